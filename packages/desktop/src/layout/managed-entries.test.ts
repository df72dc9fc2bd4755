import { expect, test } from 'vitest';
import type { Placement } from './component.ts';
import { managedEntries } from './managed-entries.ts';
import type { PageLayout } from './page-layout.ts';

const entry = (id: string, tabId: string | null, managedBy: string | null, hidden = false): Placement => ({
  id,
  url: `/3rdpartygadget/files/${id}.xml`,
  tabId,
  managedBy,
  hidden,
  isDefault: false,
  maxRows: null,
  alternateHosts: [],
  preferences: {},
});

const layout: PageLayout = {
  version: '1',
  header: { start: [], end: [] },
  page: [entry('p1', null, 'many'), entry('p2', null, null)],
  tabs: [
    {
      id: 'one',
      label: 'One',
      icon: 'home',
      columns: [[entry('a', 'one', 'many'), entry('x', 'one', 'other')]],
    },
    {
      id: 'two',
      label: 'Two',
      icon: 'home',
      columns: [[entry('b', 'two', 'many')], [entry('h', 'two', 'many', true)]],
    },
  ],
};

test.each([
  ['one', false, 'a p1'],
  ['two', true, 'p1 b h'],
  [null, false, 'a b h p1'],
])('in tab %s, those of the page first: %s, hidden ones among them', (tabId, pageFirst, expected) => {
  const shown = managedEntries(layout, { id: 'many', tabId }, pageFirst).map(({ id }) => id);
  expect(shown.join(' ')).toBe(expected);
});
