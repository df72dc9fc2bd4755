import { expect, test } from 'vitest';
import { Acknowledgements, parseCounter } from './acknowledgements.ts';

test('what is acknowledged is kept no longer, oldest first', () => {
  const acks = new Acknowledgements();
  for (const xml of ['<a/>', '<bb/>', '<ccc/>']) acks.push(xml);
  expect(acks.chars).toBe(15);
  expect(acks.acknowledge(2)).toBe('valid');
  expect(acks.unacknowledged).toEqual(['<ccc/>']);
  expect(acks.chars).toBe(6);
  expect(acks.acknowledge(2)).toBe('valid');
  expect(acks.unacknowledged).toEqual(['<ccc/>']);
});

test('more than was sent is too high, less than was acknowledged before is stale; neither changes anything', () => {
  const acks = new Acknowledgements();
  acks.push('<a/>');
  acks.push('<b/>');
  expect(acks.acknowledge(3)).toBe('too-high');
  expect(acks.acknowledge(1)).toBe('valid');
  expect(acks.acknowledge(0)).toBe('stale');
  expect(acks.unacknowledged).toEqual(['<b/>']);
  expect(acks.acknowledge(2)).toBe('valid');
  expect(acks.unacknowledged).toEqual([]);
});

test('both counters wrap at 2^32', () => {
  const acks = new Acknowledgements(2 ** 32 - 2);
  for (const xml of ['a', 'b', 'c', 'd']) acks.push(xml);
  expect(acks.sent).toBe(2);
  expect(acks.acknowledge(2 ** 32 - 1)).toBe('valid');
  expect(acks.unacknowledged).toEqual(['b', 'c', 'd']);
  expect(acks.judge(3)).toBe('too-high');
  expect(acks.acknowledge(1)).toBe('valid');
  expect(acks.unacknowledged).toEqual(['d']);
  expect(acks.judge(2 ** 32 - 1)).toBe('stale');
  expect(acks.judge(2 ** 31 + 2)).toBe('stale');
  expect(acks.judge(2 ** 31 + 1)).toBe('too-high');
  expect(acks.judge(2 ** 31 - 1)).toBe('too-high');
  for (let i = 0; i < 3; i++) acks.countHandled();
  expect(acks.handled).toBe(1);
});

test('after forgetting, the counters go on and still know what is too much', () => {
  const acks = new Acknowledgements();
  acks.push('<a/>');
  acks.forget();
  acks.push('<b/>');
  expect([acks.unacknowledged.length, acks.chars, acks.kept]).toEqual([0, 0, false]);
  expect(acks.acknowledge(3)).toBe('too-high');
  expect(acks.acknowledge(2)).toBe('valid');
});

test.each([
  ['0', 0],
  ['4294967295', 4_294_967_295],
  ['4294967296', undefined],
  ['-1', undefined],
  ['1.5', undefined],
  ['', undefined],
  [undefined, undefined],
])('the counter %s is %s', (text, value) => {
  expect(parseCounter(text)).toBe(value);
});
