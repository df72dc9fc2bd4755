/** Which keys stand for what: the predefined ones, those that the agent has set, those of gadgets, and where they clash. */
import { type KeysProblem, problemOfKeys } from './keys.ts';

export interface Keyed {
  readonly id: string;
  readonly keys: string;
}

export interface Keymap {
  /** Keys by id; '' where there are none. */
  readonly keysOf: ReadonlyMap<string, string>;
  /** What a press does: one id for each keys that are not in conflict. */
  readonly byKeys: ReadonlyMap<string, string>;
  /** Keys that several want: they do nothing until that is settled (desktop.md section 15). */
  readonly conflicts: ReadonlyMap<string, readonly string[]>;
}

/** @param own what the agent has set, by id; '' takes the keys away */
export function keymap(shortcuts: readonly Keyed[], own: Readonly<Record<string, string>>): Keymap {
  const keysOf = new Map(
    shortcuts.map(({ id, keys }) => [id, Object.hasOwn(own, id) ? (own[id] as string) : keys]),
  );
  const wanted = new Map<string, string[]>();
  for (const [id, keys] of keysOf) if (keys !== '') wanted.set(keys, [...(wanted.get(keys) ?? []), id]);
  const several = [...wanted].filter(([, ids]) => ids.length > 1);
  const single = [...wanted].filter(([, ids]) => ids.length === 1);
  return {
    keysOf,
    byKeys: new Map(single.map(([keys, [id]]) => [keys, id as string])),
    conflicts: new Map(several),
  };
}

/** What speaks against giving these keys to this shortcut: who owns them, or another shortcut by id. */
export function objection(
  map: Keymap,
  id: string,
  keys: string,
): { readonly by: KeysProblem } | { readonly taken: string } | null {
  const problem = problemOfKeys(keys);
  if (problem) return { by: problem };
  for (const [other, theirs] of map.keysOf) if (other !== id && theirs === keys) return { taken: other };
  return null;
}
