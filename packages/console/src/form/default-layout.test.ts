import { expect, test } from 'vitest';
import { leavesDefaultLayout, withLayout } from './default-layout.ts';

const USES = { useDefault: true, xml: '' };
const LEAVES = { useDefault: false, xml: '' };

test('who unticks the default layout gets a copy of it, by itself and among all that the team has', () => {
  expect(leavesDefaultLayout(USES, LEAVES)).toBe(true);
  expect(withLayout(LEAVES, '<x/>')).toEqual({ useDefault: false, xml: '<x/>' });
  const team = { phoneBooks: [1], layout: LEAVES };
  expect(leavesDefaultLayout({ ...team, layout: USES }, team)).toBe(true);
  expect(withLayout(team, '<x/>')).toEqual({ phoneBooks: [1], layout: { useDefault: false, xml: '<x/>' } });
});

test('a layout that the team had, or that was typed meanwhile, stays', () => {
  const had = { useDefault: false, xml: '<y/>' };
  expect(leavesDefaultLayout({ ...had, useDefault: true }, had)).toBe(false);
  expect(withLayout(had, '<x/>')).toBe(had);
  // Ticked again before the copy came.
  expect(withLayout(USES, '<x/>')).toBe(USES);
});

test('other forms are none of its business', () => {
  for (const item of [{ name: 'a' }, { layout: null }, { layout: 'x' }, { xml: '' }])
    expect([leavesDefaultLayout(item, { ...item }), withLayout(item, '<x/>')]).toEqual([false, item]);
});
