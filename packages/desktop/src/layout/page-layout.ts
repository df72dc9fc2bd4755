/** What is drawn for one user: the layout of the role, placeholders filled, ready to be put on the page. */
import {
  defaultLayout,
  expandPlaceholders,
  type LayoutEntry,
  type LayoutHeader,
  type LayoutIcon,
  type LayoutWidth,
  layoutFor,
  type PlaceholderValues,
  type RoleLayout,
} from '@poise/layout';
import type { IconName } from '../parts/icon-paths.ts';
import type { Placement } from './component.ts';

export interface HeaderColumn {
  /** Counts for gadgets; built-in components are as wide as what they say. */
  readonly width: LayoutWidth | null;
  readonly entry: Placement | null;
}

/** Of tabs for which the layout has none. */
export const NO_ICON: IconName = 'puzzle';

export interface TabLayout {
  readonly id: string;
  /** Text of the layout, or the resource key of a stock tab. */
  readonly label: string;
  /** A stock icon, or the address of an image. */
  readonly icon: IconName | { readonly src: string };
  readonly columns: readonly (readonly Placement[])[];
}

export interface PageLayout {
  /** Another one whenever the layout is another one. */
  readonly version: string;
  readonly header: { readonly start: readonly HeaderColumn[]; readonly end: readonly HeaderColumn[] };
  /** On every tab, above what the tab holds. */
  readonly page: readonly Placement[];
  readonly tabs: readonly TabLayout[];
}

/** Stock icons that layouts of the original name, and ours of the same meaning. */
const STOCK_ICONS: Readonly<Record<string, IconName>> = {
  home: 'home',
  history: 'history',
  'manage-call': 'customer',
  'manage-customer': 'customer',
  'my-statistics': 'chart',
  'more-reports': 'chart',
  'team-data': 'people',
  'queue-data': 'chart',
  'manage-chat-and-email': 'message',
  'manage-digital-channels': 'message',
};

/** @param values whose data take the place of placeholders in addresses */
export function pageLayoutOf(
  {
    version,
    header,
    layout,
  }: { readonly version: string; readonly header: LayoutHeader; readonly layout: RoleLayout },
  values: PlaceholderValues,
): PageLayout {
  const placed = (tabId: string | null, place: string) => (entry: LayoutEntry, index: number) =>
    placementOf(entry, tabId, `${place}-${index + 1}`, values);
  const column =
    (place: string) =>
    ({ width, entry }: LayoutHeader['left'][number], index: number): HeaderColumn => ({
      width,
      entry: entry && placementOf(entry, null, `${place}-${index + 1}`, values),
    });
  return {
    version,
    header: { start: header.left.map(column('header-left')), end: header.right.map(column('header-right')) },
    page: layout.page.map(placed(null, 'page')),
    tabs: layout.tabs.map(({ id, label, icon, columns }) => ({
      id,
      label,
      icon: iconOf(icon),
      columns: columns.map((entries, index) => entries.map(placed(id, `tab-${id}-${index + 1}`))),
    })),
  };
}

/** Shown until the layout of the server is there, and while it cannot be had. */
export function productLayout(role: 'Agent' | 'Supervisor', values: PlaceholderValues): PageLayout {
  const model = defaultLayout();
  const layout = layoutFor(model, role) as RoleLayout;
  return pageLayoutOf({ version: 'product', header: model.header, layout }, values);
}

function placementOf(
  { id, url, managedBy, hidden, isDefault, maxRows, alternateHosts, preferences }: LayoutEntry,
  tabId: string | null,
  place: string,
  values: PlaceholderValues,
): Placement {
  return {
    id: id ?? place,
    url: expandPlaceholders(url, values),
    tabId,
    managedBy,
    hidden,
    isDefault,
    maxRows,
    alternateHosts,
    preferences,
  };
}

function iconOf(icon: LayoutIcon | null): TabLayout['icon'] {
  if (icon?.kind === 'image') return { src: icon.url };
  const name = icon?.name ?? '';
  return Object.hasOwn(STOCK_ICONS, name) ? (STOCK_ICONS[name] as IconName) : NO_ICON;
}
