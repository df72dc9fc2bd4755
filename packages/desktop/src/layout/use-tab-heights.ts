import { keep, recall } from '@poise/pages';
import { useCallback, useState } from 'react';

/**
 * Whether each tab of a Multi-Tab gadget has a height of its own ("Dynamic Height", desktop.md 11), as this user had it last in this
 * browser. Otherwise all have the same, and scroll.
 * @param id of the gadget
 */
export function useTabHeights(
  loginId: string,
  id: string,
): readonly [isDynamic: boolean, change: (isDynamic: boolean) => void] {
  const key = `poise.tabHeights.${loginId}`;
  const [isDynamic, setDynamic] = useState(() => !readEqual(recall(key)).includes(id));
  const change = useCallback(
    (next: boolean) => {
      setDynamic(next);
      const others = readEqual(recall(key)).filter((other) => other !== id);
      keep(key, JSON.stringify(next ? others : [...others, id]));
    },
    [key, id],
  );
  return [isDynamic, change];
}

/** Ids of the gadgets whose tabs have one height, as they were kept; none where that makes no sense. */
export function readEqual(text: string | null): readonly string[] {
  try {
    const kept: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(kept) ? kept.filter((id) => typeof id === 'string') : [];
  } catch {
    return [];
  }
}
