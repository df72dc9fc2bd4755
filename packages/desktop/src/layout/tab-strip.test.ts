import { describe, expect, test } from 'vitest';
import { byKey, movedTo, ordered, strip } from './tab-strip.ts';

const IDS = ['a', 'b', 'c', 'd'];

test.each([
  ['as it was kept', ['d', 'a', 'c', 'b'], 'dacb'],
  ['new ones stand at the end', ['c', 'a'], 'cabd'],
  ['those that are gone, and nonsense, are left out', ['x', 7, 'c', 'c'], 'cabd'],
  ['nothing was kept', null, 'abcd'],
  ['what was kept is no list', { a: 1 }, 'abcd'],
])('order: %s', (_title, kept, expected) => {
  expect(ordered(kept, IDS).join('')).toBe(expected);
});

test.each([
  ['a', 2, 'bcad'],
  ['d', 0, 'dabc'],
  ['b', 9, 'acdb'],
  ['b', -1, 'bacd'],
  ['x', 1, 'abcd'],
])('%s moved to place %i: %s', (id, place, expected) => {
  expect(movedTo(IDS, id, place).join('')).toBe(expected);
});

describe('what is seen at once', () => {
  test.each([
    [4, 'a', 'abcd', ''],
    [2, 'b', 'ab', 'cd'],
    [2, 'd', 'ad', 'bc'],
    [1, 'c', 'c', 'abd'],
    [3, '', 'abc', 'd'],
  ])('of four, %i, with %j open: %s and %s', (max, selected, shown, more) => {
    const { shown: seen, more: hidden } = strip(IDS, selected, max);
    expect([seen.join(''), hidden.join('')]).toEqual([shown, more]);
  });
});

test.each([
  ['a', 'ArrowRight', false, 'b'],
  ['d', 'ArrowRight', false, 'a'],
  ['a', 'ArrowLeft', false, 'd'],
  ['a', 'ArrowLeft', true, 'b'],
  ['c', 'Home', false, 'a'],
  ['a', 'End', false, 'd'],
  ['a', 'x', false, null],
])('from %s, %s (rtl %s) leads to %s', (from, key, isRtl, expected) => {
  expect(byKey(IDS, from, key, isRtl)).toBe(expected);
});
