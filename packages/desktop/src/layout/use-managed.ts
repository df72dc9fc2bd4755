import { configOf } from '@poise/layout';
import { useSyncExternalStore } from 'react';
import { componentNameOf } from '../components/urls.ts';
import { useDesktopState } from '../desktop-context.tsx';
import type { DesktopState } from '../session/store.ts';
import type { Placement } from './component.ts';
import { useLayoutPlace } from './layout-context.ts';
import { managedEntries } from './managed-entries.ts';

const pageFirst = ({ layout }: DesktopState) =>
  (layout?.properties ?? configOf({}).properties).displayNavLevelGadgetsFirstInMultitab;
const hasCalls = ({ calls }: DesktopState) => calls.dialogs.length > 0;

/** What a Multi-Tab gadget holds. */
export interface Managed {
  readonly all: readonly Placement[];
  /** Those that have a tab now: call control has none without a call, hidden ones until they show it (desktop.md 11). */
  readonly shown: readonly Placement[];
  readonly callControl: Placement | null;
}

export function useManaged(placement: Placement): Managed {
  const { layout, facts } = useLayoutPlace();
  const told = useSyncExternalStore(facts.subscribe, facts.snapshot);
  const all = managedEntries(layout, placement, useDesktopState(pageFirst));
  const callControl = all.find(({ url }) => componentNameOf(url) === 'call-control') ?? null;
  const withCalls = useDesktopState(hasCalls);
  const shown = all.filter(
    (entry) => !(told.get(entry.id)?.isHidden ?? entry.hidden) && (entry !== callControl || withCalls),
  );
  return { all, shown, callControl };
}
