/** The tabs of a Multi-Tab gadget: their order, and which are seen at once (desktop.md 11). Pure. */

/** Ids as they were kept, as far as they are still there; new ones stand at the end, in the order of the layout. */
export function ordered(kept: unknown, ids: readonly string[]): readonly string[] {
  if (!Array.isArray(kept)) return ids;
  const known = [...new Set(kept)].filter((id): id is string => ids.includes(id));
  return [...known, ...ids.filter((id) => !known.includes(id))];
}

/** The id at another place. Places beyond the ends are the ends. */
export function movedTo(ids: readonly string[], id: string, place: number): readonly string[] {
  const rest = ids.filter((other) => other !== id);
  return rest.length === ids.length ? ids : rest.toSpliced(Math.max(0, place), 0, id);
}

export interface Strip {
  readonly shown: readonly string[];
  /** In the drop-down. */
  readonly more: readonly string[];
}

/** The first ones are shown; one that is chosen of the others takes the last place, so that what is open can be seen. */
export function strip(ids: readonly string[], selected: string, max: number): Strip {
  if (ids.length <= max) return { shown: ids, more: [] };
  const first = ids.slice(0, max);
  const shown =
    ids.includes(selected) && !first.includes(selected) ? [...first.slice(0, -1), selected] : first;
  return { shown, more: ids.filter((id) => !shown.includes(id)) };
}

/** The tab that a key leads to from the one that has the focus; null: the key means nothing here. */
export function byKey(ids: readonly string[], from: string, key: string, isRtl = false): string | null {
  const index = ids.indexOf(from);
  const step = { ArrowRight: isRtl ? -1 : 1, ArrowLeft: isRtl ? 1 : -1 }[key];
  if (step !== undefined) return ids[(index + step + ids.length) % ids.length] ?? null;
  if (key === 'Home') return ids[0] ?? null;
  return key === 'End' ? (ids.at(-1) ?? null) : null;
}
