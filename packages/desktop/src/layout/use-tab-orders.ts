import { keep, recall } from '@poise/pages';
import { useMemo, useState } from 'react';
import { ordered } from './tab-strip.ts';

export interface TabOrders {
  /** Ids of the tabs of a Multi-Tab gadget, in the order of this user. */
  of(id: string, ids: readonly string[]): readonly string[];
  change(id: string, ids: readonly string[]): void;
  /** All of them as in the layout again. */
  reset(): void;
  readonly isChanged: boolean;
}

/**
 * In which order this user has put the tabs of Multi-Tab gadgets in this browser. An order for an older version of the layout is void
 * (desktop.md 11).
 */
export function useTabOrders(version: string, loginId: string): TabOrders {
  const key = `poise.tabOrder.${loginId}`;
  const [kept, setKept] = useState(() => readOrders(recall(key), version));
  return useMemo(() => {
    const save = (orders: Readonly<Record<string, unknown>>) => {
      setKept(orders);
      keep(key, JSON.stringify({ version, orders }));
    };
    return {
      of: (id, ids) => ordered(Object.hasOwn(kept, id) ? kept[id] : null, ids),
      change: (id, ids) => save({ ...kept, [id]: ids }),
      reset: () => save({}),
      isChanged: Object.keys(kept).length > 0,
    };
  }, [kept, key, version]);
}

/** Orders as they were kept; none, where they make no sense or belong to another version of the layout. */
export function readOrders(text: string | null, version: string): Readonly<Record<string, unknown>> {
  try {
    const { version: of, orders } = JSON.parse(text ?? '{}') as { version?: unknown; orders?: unknown };
    return of === version && typeof orders === 'object' && orders !== null ? { ...orders } : {};
  } catch {
    return {};
  }
}
