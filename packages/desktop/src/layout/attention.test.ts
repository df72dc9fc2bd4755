import { expect, test } from 'vitest';
import { Attention } from './attention.ts';

test('who asks twice is told of once, and who was seen no more', () => {
  const attention = new Attention();
  let told = 0;
  const end = attention.subscribe(() => told++);
  attention.ask('a');
  attention.ask('a');
  attention.ask('b');
  expect([told, [...attention.snapshot()]]).toEqual([2, ['a', 'b']]);
  attention.seen('a');
  attention.seen('a');
  expect([told, [...attention.snapshot()]]).toEqual([3, ['b']]);
  end();
  attention.seen('b');
  expect(told).toBe(3);
});
