import { keep, recall } from '@poise/pages';
import { useCallback, useMemo, useState } from 'react';
import { type Arrangement, fitted } from './arrangement.ts';
import type { PageLayout, TabLayout } from './page-layout.ts';

export interface Arrangements {
  of(tab: TabLayout): Arrangement;
  change(tabId: string, boxes: Arrangement): void;
  /** Back to the layout. @param tabId null: all tabs */
  reset(tabId: string | null): void;
  readonly isChanged: boolean;
}

/**
 * What this user made of the layout in this browser. Another version of the layout begins anew: what was arranged for an older one is
 * void (desktop.md D90).
 */
export function useArrangements(layout: PageLayout, loginId: string): Arrangements {
  const key = `poise.arrangement.${loginId}`;
  const { version } = layout;
  const [kept, setKept] = useState<Readonly<Record<string, unknown>>>(() => read(key, version));
  const save = useCallback(
    (tabs: Readonly<Record<string, unknown>>) => {
      setKept(tabs);
      keep(key, JSON.stringify({ version, tabs }));
    },
    [key, version],
  );
  return useMemo(
    () => ({
      of: ({ id, columns }) => fitted(kept[id], columns),
      change: (tabId, boxes) => save({ ...kept, [tabId]: boxes }),
      reset: (tabId) =>
        save(
          tabId === null ? {} : Object.fromEntries(Object.entries(kept).filter(([other]) => other !== tabId)),
        ),
      isChanged: Object.keys(kept).length > 0,
    }),
    [kept, save],
  );
}

function read(key: string, version: string): Readonly<Record<string, unknown>> {
  try {
    const { version: of, tabs } = JSON.parse(recall(key) ?? '{}') as { version?: unknown; tabs?: unknown };
    return of === version && typeof tabs === 'object' && tabs !== null ? { ...tabs } : {};
  } catch {
    return {};
  }
}
