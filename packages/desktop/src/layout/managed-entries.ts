import { componentNameOf } from '../components/urls.ts';
import type { Placement } from './component.ts';
import type { PageLayout } from './page-layout.ts';

/**
 * What a Multi-Tab gadget shows, in the order of the layout (gadgets.md 1.5): entries of its own tab (of every tab, when it stands
 * on the page), and entries of the page.
 * Hidden ones are among them: their tab is hidden until they show it.
 * @param pageFirst `displayNavLevelGadgetsFirstInMultitab`
 */
export function managedEntries(
  layout: PageLayout,
  { id, tabId }: Pick<Placement, 'id' | 'tabId'>,
  pageFirst: boolean,
): readonly Placement[] {
  const isShown = ({ managedBy }: Placement) => managedBy === id;
  const ofPage = layout.page.filter(isShown);
  const ofTabs = layout.tabs
    .filter((tab) => tabId === null || tab.id === tabId)
    .flatMap(({ columns }) => columns.flat())
    .filter(isShown);
  return pageFirst ? [...ofPage, ...ofTabs] : [...ofTabs, ...ofPage];
}

/** Whether call control stands in this place: by itself, or as a tab of a Multi-Tab gadget. */
export function holdsCalls(layout: PageLayout, placement: Placement): boolean {
  const name = componentNameOf(placement.url);
  return (
    name === 'call-control' ||
    (name === 'tabbed-gadgets' &&
      managedEntries(layout, placement, false).some(({ url }) => componentNameOf(url) === 'call-control'))
  );
}
