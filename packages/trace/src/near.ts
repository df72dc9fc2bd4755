/** Names that copies of logs spell wrongly (`request_identifcier`, `agentext` for `agenttext`) or cut. */

/** Letters and digits only, in lower case: blanks and underscores are where copies break lines. */
const squeezed = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** Edits that two names are apart; at most `limit` are looked for, more count as `limit + 1`. */
export function distance(a: string, b: string, limit = 2): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      row[j] = Math.min(
        (before[j] as number) + 1,
        (row[j - 1] as number) + 1,
        (before[j - 1] as number) + same,
      );
    }
    before = row;
  }
  return Math.min(before[b.length] as number, limit + 1);
}

/**
 * The known name that is meant: the same letters, else the only one at most two edits away (short names must
 * be exact), else, for a cut name, the only one that it begins. Null: none, or more than one.
 */
export function nearest(name: string, known: readonly string[]): string | null {
  // Most logs are spelled rightly.
  if (known.includes(name)) return name;
  const wanted = squeezed(name);
  const exact = known.find((candidate) => squeezed(candidate) === wanted);
  if (exact !== undefined) return exact;
  const limit = wanted.length >= 10 ? 3 : wanted.length >= 7 ? 2 : 0;
  let best: string[] = [];
  let least = limit + 1;
  for (const candidate of known) {
    const edits = distance(wanted, squeezed(candidate), limit);
    if (edits > limit) continue;
    if (edits < least) {
      best = [candidate];
      least = edits;
    } else if (edits === least) best.push(candidate);
  }
  if (best.length === 1) return best[0] as string;
  if (best.length > 1 || wanted.length < 7) return null;
  const begun = known.filter((candidate) => beginsNearly(squeezed(candidate), wanted));
  return begun.length === 1 ? (begun[0] as string) : null;
}

/** Whether `name` begins with `start`, the last letter of which may have been cut through. */
const beginsNearly = (name: string, start: string): boolean =>
  name.length > start.length && (name.startsWith(start) || name.startsWith(start.slice(0, -1)));
