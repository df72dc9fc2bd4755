/** A team that leaves the default layout begins with a copy of it: nobody writes a layout from nothing. */
import type { Item } from '../schema.ts';

/** Of the layout of a team, and of all that a team has. */
const layoutIn = (item: Item): Item => (isItem(item.layout) ? item.layout : item);
const isItem = (value: unknown): value is Item =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether the box was unticked, and there is no layout that the team had before. */
export function leavesDefaultLayout(before: Item, next: Item): boolean {
  const layout = layoutIn(next);
  return layoutIn(before).useDefault === true && layout.useDefault === false && layout.xml === '';
}

/** What was typed meanwhile stays. */
export function withLayout(item: Item, xml: string): Item {
  const layout = layoutIn(item);
  if (layout.xml !== '' || layout.useDefault !== false) return item;
  return layout === item ? { ...item, xml } : { ...item, layout: { ...layout, xml } };
}
