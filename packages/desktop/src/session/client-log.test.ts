import { expect, test } from 'vitest';
import { ClientLog } from './client-log.ts';

test('the newest lines are kept, within the limit, and each is echoed once', () => {
  const echoed: string[] = [];
  const log = new ClientLog((line) => echoed.push(line), 12);
  for (const line of ['one', 'two', 'three']) log.add(line);
  expect(log.text()).toBe('two\nthree');
  log.add('x'.repeat(20));
  expect(log.text()).toBe('');
  expect(echoed).toHaveLength(4);
});
