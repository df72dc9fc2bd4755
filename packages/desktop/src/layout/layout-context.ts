import { createContext, type ReactNode, useContext } from 'react';
import type { Placement } from './component.ts';
import type { PageLayout } from './page-layout.ts';
import type { Arrangements } from './use-arrangements.ts';

/** The layout, and where the user is in it: for what shows other entries, leads to tabs, or puts the layout back. */
export interface LayoutPlace {
  readonly layout: PageLayout;
  /** Id of the tab that is shown. */
  readonly tab: string;
  readonly choose: (tabId: string) => void;
  /** Null: boxes cannot be moved. */
  readonly arrangements: Arrangements | null;
  /** An entry without a frame, for what shows others. */
  readonly draw: (placement: Placement) => ReactNode;
}

export const LayoutContext = createContext<LayoutPlace | null>(null);

export function useLayoutPlace(): LayoutPlace {
  const place = useContext(LayoutContext);
  if (!place) throw new Error('LayoutPage is missing');
  return place;
}
