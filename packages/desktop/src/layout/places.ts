/** What the user can go to by its name: tabs, and what is on them (desktop.md D23). Pure. */
import { within } from '@poise/pages';
import type { Placement } from './component.ts';
import type { PageLayout } from './page-layout.ts';

export interface PlaceToGo {
  /** Id of the entry, or `panel_` and that of the tab. */
  readonly id: string;
  /** Tab to be opened; null: it is on every tab. */
  readonly tabId: string | null;
  /** `tab name – component name`. */
  readonly label: string;
}

/** All places, in the order of the layout: each tab, then what is on it; at last what is on every tab. */
export function placesOf(
  { tabs, page }: Pick<PageLayout, 'tabs' | 'page'>,
  tabName: (label: string) => string,
  entryName: (entry: Placement) => string,
): readonly PlaceToGo[] {
  const seen = ({ hidden }: Placement) => !hidden;
  const ofTabs = tabs.flatMap(({ id, label, columns }) => {
    const name = tabName(label);
    const entries = columns.flat().filter(seen);
    return [
      { id: `panel_${id}`, tabId: id, label: name },
      ...entries.map((entry) => ({
        id: entry.id,
        tabId: id,
        label: `${within(name)} – ${within(entryName(entry))}`,
      })),
    ];
  });
  const ofPage = page
    .filter(seen)
    .map((entry): PlaceToGo => ({ id: entry.id, tabId: null, label: entryName(entry) }));
  return [...ofTabs, ...ofPage];
}

/** Without marks and case: who types `kontakte` or `resume` need not look for the right keys. */
const folded = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** Those whose label has every word that was typed, or its beginning. */
export function matching(places: readonly PlaceToGo[], typed: string): readonly PlaceToGo[] {
  const words = folded(typed)
    .split(/[\s–-]+/)
    .filter((word) => word !== '');
  return places.filter(({ label }) => words.every((word) => folded(label).includes(word)));
}
