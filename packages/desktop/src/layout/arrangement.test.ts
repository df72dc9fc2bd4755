import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Arrangement, arrangementOf, byKey, fitted, moved, resized } from './arrangement.ts';
import type { Placement } from './component.ts';

const entry = (id: string): Placement => ({
  id,
  url: `/3rdpartygadget/files/${id}.xml`,
  tabId: 'home',
  managedBy: null,
  hidden: false,
  isDefault: false,
  maxRows: null,
  alternateHosts: [],
  preferences: {},
});
const columns = [['a', 'b'], ['c'], []].map((ids) => ids.map(entry));
const ids = (boxes: Arrangement) => boxes.map(({ id }) => id).join('');

test('columns of the layout stand side by side, row after row', () => {
  expect(arrangementOf(columns)).toEqual([
    { id: 'a', width: 6, height: null },
    { id: 'c', width: 6, height: null },
    { id: 'b', width: 6, height: null },
  ]);
  expect(arrangementOf([[]])).toEqual([]);
});

test('what was kept counts as far as the layout still has it', () => {
  const kept = [
    { id: 'b', width: 12, height: 300 },
    { id: 'gone', width: 3 },
    { id: 'b', width: 1 },
    { id: 'a', width: 99, height: -1 },
    null,
    'x',
  ];
  expect(fitted(kept, columns)).toEqual([
    { id: 'b', width: 12, height: 300 },
    { id: 'a', width: 12, height: 120 },
    { id: 'c', width: 6, height: null },
  ]);
  expect(fitted('nonsense', columns)).toEqual(arrangementOf(columns));
});

test('whatever was kept, every entry stands there once', () => {
  fc.assert(
    fc.property(fc.anything(), (kept) => {
      expect([...ids(fitted(kept, columns))].sort().join('')).toBe('abc');
    }),
  );
});

test.each([
  ['a', 2, 'cba'],
  ['b', 0, 'bac'],
  ['c', 99, 'abc'],
  ['c', -5, 'cab'],
  ['nobody', 0, 'acb'],
])('moving %s to place %d', (id, to, expected) => {
  expect(ids(moved(arrangementOf(columns), id, to))).toBe(expected);
});

test('moving a box to its own place changes nothing', () => {
  const boxes = arrangementOf(columns);
  expect(moved(boxes, 'c', 1)).toBe(boxes);
});

test('sizes stay within the grid', () => {
  const boxes = resized(arrangementOf(columns), 'c', 0, Number.NaN);
  expect(boxes[1]).toEqual({ id: 'c', width: 1, height: 120 });
  expect(resized(boxes, 'c', 40, null)[1]).toEqual({ id: 'c', width: 12, height: null });
});

test.each([
  ['ArrowLeft', false, 'cab', 6, null],
  ['ArrowDown', false, 'abc', 6, null],
  ['ArrowRight', true, 'acb', 7, null],
  ['ArrowUp', true, 'acb', 6, 260],
])('%s (Shift: %s) at the second box', (key, shift, order, width, height) => {
  const next = byKey(arrangementOf(columns), 'c', { key, shift, heightNow: () => 300 });
  expect(next && ids(next)).toBe(order);
  expect(next?.find(({ id }) => id === 'c')).toEqual({ id: 'c', width, height });
});

test('other keys mean nothing', () => {
  const heightNow = () => 300;
  expect(byKey(arrangementOf(columns), 'c', { key: 'Enter', shift: false, heightNow })).toBeNull();
  expect(byKey(arrangementOf(columns), 'x', { key: 'ArrowUp', shift: false, heightNow })).toBeNull();
});
