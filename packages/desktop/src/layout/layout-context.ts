import { createContext, type ReactNode, useContext } from 'react';
import type { Attention } from './attention.ts';
import type { Placement } from './component.ts';
import type { EntryFacts } from './entry-facts.ts';
import type { PageLayout } from './page-layout.ts';
import type { PlaceToGo } from './places.ts';
import type { Arrangements } from './use-arrangements.ts';
import type { TabOrders } from './use-tab-orders.ts';

/** How an entry without a frame of its own fills the tab: with what it stands in. */
export interface Filling {
  readonly isFilling: boolean;
  readonly fill: (isFilling: boolean) => void;
}

/** The layout, and where the user is in it: for what shows other entries, leads to tabs, or puts the layout back. */
export interface LayoutPlace {
  readonly layout: PageLayout;
  /** Id of the tab that is shown. */
  readonly tab: string;
  readonly choose: (tabId: string) => void;
  /** Id of the entry that fills the tab; null: none does. */
  readonly maximised: string | null;
  /** Null: boxes cannot be moved. */
  readonly arrangements: Arrangements | null;
  readonly tabOrders: TabOrders;
  readonly attention: Attention;
  readonly facts: EntryFacts;
  /** Opens its tab, and gives it the focus. */
  readonly goTo: (place: PlaceToGo) => void;
  /** Id of the entry that the user is led to, until whoever shows it has shown it. */
  readonly wanted: string | null;
  /** The entry that was wanted is shown, and has the focus. */
  readonly found: () => void;
  /** An entry without a frame, for what shows others. */
  readonly draw: (placement: Placement, filling?: Filling) => ReactNode;
  readonly maximise: (entryId: string | null) => void;
}

export const LayoutContext = createContext<LayoutPlace | null>(null);

export function useLayoutPlace(): LayoutPlace {
  const place = useContext(LayoutContext);
  if (!place) throw new Error('LayoutPage is missing');
  return place;
}
