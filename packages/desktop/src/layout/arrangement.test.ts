import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Arrangement,
  arrangementOf,
  byKey,
  fitted,
  moved,
  movedToColumn,
  resized,
} from './arrangement.ts';
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

test('columns of the layout stand side by side, each with its own boxes', () => {
  expect(arrangementOf(columns)).toEqual([
    { id: 'a', start: 0, width: 6, height: null },
    { id: 'c', start: 6, width: 6, height: null },
    { id: 'b', start: 0, width: 6, height: null },
  ]);
  expect(arrangementOf([[]])).toEqual([]);
});

test('what was kept counts as far as the layout still has it', () => {
  const kept = [
    { id: 'b', start: 3, width: 12, height: 300 },
    { id: 'gone', width: 3 },
    { id: 'b', width: 1 },
    { id: 'a', start: 8, width: 3, height: -1 },
    null,
    'x',
  ];
  expect(fitted(kept, columns)).toEqual([
    { id: 'b', start: 0, width: 12, height: 300 },
    { id: 'a', start: 8, width: 3, height: 120 },
    { id: 'c', start: 6, width: 6, height: null },
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
  expect(boxes[1]).toEqual({ id: 'c', start: 6, width: 1, height: 120 });
  expect(resized(boxes, 'c', 40, null)[1]).toEqual({ id: 'c', start: 0, width: 12, height: null });
});

test('a box that is moved stands in the column of the box whose place it takes; the others keep theirs', () => {
  const boxes = moved(arrangementOf(columns), 'b', 1);
  expect(boxes.map(({ id, start }) => [id, start])).toEqual([
    ['a', 0],
    ['b', 6],
    ['c', 6],
  ]);
  expect(movedToColumn(boxes, 'b', 99).at(-1)).toEqual({ id: 'b', start: 6, width: 6, height: null });
});

test.each([
  ['a', 'ArrowDown', false, 'cba', 0, 6, null],
  ['b', 'ArrowUp', false, 'bac', 0, 6, null],
  ['c', 'ArrowUp', false, 'acb', 6, 6, null],
  ['c', 'ArrowLeft', false, 'acb', 0, 6, null],
  ['c', 'ArrowRight', false, 'acb', 6, 6, null],
  ['b', 'ArrowRight', false, 'acb', 6, 6, null],
  ['a', 'ArrowRight', true, 'acb', 0, 7, null],
  ['c', 'ArrowRight', true, 'acb', 5, 7, null],
  ['c', 'ArrowUp', true, 'acb', 6, 6, 260],
])('%s, %s (Shift: %s)', (id, key, shift, order, start, width, height) => {
  const next = byKey(arrangementOf(columns), id, { key, shift, heightNow: () => 300 });
  expect(next && ids(next)).toBe(order);
  expect(next?.find((box) => box.id === id)).toEqual({ id, start, width, height });
});

test('other keys mean nothing', () => {
  const heightNow = () => 300;
  expect(byKey(arrangementOf(columns), 'c', { key: 'Enter', shift: false, heightNow })).toBeNull();
  expect(byKey(arrangementOf(columns), 'x', { key: 'ArrowUp', shift: false, heightNow })).toBeNull();
});
