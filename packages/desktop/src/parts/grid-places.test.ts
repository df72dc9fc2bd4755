import { expect, test } from 'vitest';
import { type Place, placeAfter } from './grid-places.ts';

const size = { ids: ['a', 'b', 'c', 'd', 'e'], columns: 3, page: 2, isRtl: false };
const key = (name: string, more: object = {}) => ({
  key: name,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  shiftKey: false,
  ...more,
});
const at = (row: string | null, column: number): Place => ({ row, column });

test.each<[string, Place, Place]>([
  ['ArrowDown', at('a', 1), at('b', 1)],
  ['ArrowDown', at(null, 1), at('a', 1)],
  ['ArrowDown', at('e', 1), at('e', 1)],
  ['ArrowUp', at('b', 1), at('a', 1)],
  ['ArrowUp', at('a', 1), at(null, 1)],
  ['ArrowUp', at(null, 1), at(null, 1)],
  ['ArrowRight', at('a', 1), at('a', 2)],
  ['ArrowRight', at('a', 2), at('a', 2)],
  ['ArrowLeft', at('a', 0), at('a', 0)],
  ['PageDown', at('a', 0), at('c', 0)],
  ['PageDown', at('d', 0), at('e', 0)],
  ['PageUp', at('d', 0), at('b', 0)],
  ['PageUp', at('b', 0), at('a', 0)],
  ['Home', at('c', 2), at('c', 0)],
  ['End', at('c', 0), at('c', 2)],
])('%s from %j leads to %j', (name, from, to) => {
  expect(placeAfter(key(name), from, size)).toEqual(to);
});

test('with Control, Home and End lead to the corners', () => {
  expect(placeAfter(key('Home', { ctrlKey: true }), at('c', 1), size)).toEqual(at('a', 0));
  expect(placeAfter(key('End', { ctrlKey: true }), at('c', 1), size)).toEqual(at('e', 2));
});

test('from right to left the arrows are turned', () => {
  expect(placeAfter(key('ArrowLeft'), at('a', 0), { ...size, isRtl: true })).toEqual(at('a', 1));
});

test('other keys, and those with Alt, Shift or Meta, are left to others', () => {
  expect(placeAfter(key('Enter'), at('a', 0), size)).toBeNull();
  expect(placeAfter(key('ArrowDown', { altKey: true }), at('a', 0), size)).toBeNull();
});

test('without rows everything leads to the header', () => {
  expect(placeAfter(key('ArrowDown'), at(null, 0), { ...size, ids: [] })).toEqual(at(null, 0));
});
