import { expect, test } from 'vitest';
import type { Placement } from './component.ts';
import { matching, placesOf } from './places.ts';

const entry = (id: string, tabId: string | null, hidden = false): Placement => ({
  id,
  url: id,
  tabId,
  managedBy: null,
  hidden,
  isDefault: false,
  maxRows: null,
  alternateHosts: [],
  preferences: {},
});

const places = placesOf(
  {
    page: [entry('calls', null), entry('headless', null, true)],
    tabs: [
      {
        id: 'home',
        label: 'Home',
        icon: 'home',
        columns: [[entry('queues', 'home')], [entry('éléments', 'home')]],
      },
      { id: 'past', label: 'My history', icon: 'history', columns: [[entry('x', 'past', true)]] },
    ],
  },
  (label) => label,
  ({ url }) => url.toUpperCase(),
);

test('each tab, what is on it, and at last what is on every tab; never what is hidden', () => {
  expect(places.map(({ id, tabId, label }) => [id, tabId, label])).toEqual([
    ['panel_home', 'home', 'Home'],
    ['queues', 'home', 'Home – QUEUES'],
    ['éléments', 'home', 'Home – ÉLÉMENTS'],
    ['panel_past', 'past', 'My history'],
    ['calls', null, 'CALLS'],
  ]);
});

test.each([
  ['', 5],
  ['hOme', 3],
  ['que home', 1],
  ['Home – queues', 1],
  ['elements', 1],
  ['ÉLÉ', 1],
  ['nowhere', 0],
])('%j finds %i', (typed, count) => {
  expect(matching(places, typed)).toHaveLength(count);
});
