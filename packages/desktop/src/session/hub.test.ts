import { expect, test } from 'vitest';
import { Hub } from './hub.ts';

test('tells those who are connected, and says whether anybody is', () => {
  const hub = new Hub();
  expect(hub.publish('t', 0)).toBe(false);
  const heard: unknown[] = [];
  const end = hub.connect((topic, payload) => heard.push([topic, payload]));
  expect(hub.publish('t', 1)).toBe(true);
  end();
  expect(hub.publish('t', 2)).toBe(false);
  expect(heard).toEqual([['t', 1]]);
});
