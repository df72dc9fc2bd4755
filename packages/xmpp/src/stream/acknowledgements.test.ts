import { expect, test } from 'vitest';
import { Acknowledgements, parseCounter } from './acknowledgements.ts';

test('what is acknowledged is kept no longer, oldest first', () => {
  const acks = new Acknowledgements();
  for (const xml of ['<a/>', '<bb/>', '<ccc/>']) acks.push(xml);
  expect(acks.chars).toBe(15);
  expect(acks.acknowledge(2)).toBe(true);
  expect(acks.unacknowledged).toEqual(['<ccc/>']);
  expect(acks.chars).toBe(6);
  expect(acks.acknowledge(2)).toBe(true);
  expect(acks.unacknowledged).toEqual(['<ccc/>']);
});

test('more than was sent, or less than was acknowledged before, is refused and changes nothing', () => {
  const acks = new Acknowledgements();
  acks.push('<a/>');
  acks.push('<b/>');
  expect(acks.acknowledge(3)).toBe(false);
  expect(acks.acknowledge(1)).toBe(true);
  expect(acks.acknowledge(0)).toBe(false);
  expect(acks.unacknowledged).toEqual(['<b/>']);
});

test('both counters wrap at 2^32', () => {
  const acks = new Acknowledgements(2 ** 32 - 2);
  for (const xml of ['a', 'b', 'c', 'd']) acks.push(xml);
  expect(acks.sent).toBe(2);
  expect(acks.acknowledge(2 ** 32 - 1)).toBe(true);
  expect(acks.unacknowledged).toEqual(['b', 'c', 'd']);
  expect(acks.covers(3)).toBe(false);
  expect(acks.acknowledge(1)).toBe(true);
  expect(acks.unacknowledged).toEqual(['d']);
  for (let i = 0; i < 3; i++) acks.countHandled();
  expect(acks.handled).toBe(1);
});

test('after forgetting, the counters go on and still know what is too much', () => {
  const acks = new Acknowledgements();
  acks.push('<a/>');
  acks.forget();
  acks.push('<b/>');
  expect([acks.unacknowledged.length, acks.chars, acks.kept]).toEqual([0, 0, false]);
  expect(acks.acknowledge(3)).toBe(false);
  expect(acks.acknowledge(2)).toBe(true);
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
