/** Preferences that gadgets set for themselves, kept in this browser for each agent and each entry of the layout. */
import { keep, recall } from '@poise/pages';

/** Preferences of one gadget, and characters of one value. */
const COUNT_MAX = 100;
const LENGTH_MAX = 10_000;

const keyOf = (loginId: string, entryId: string) => `poise.gadget.${loginId}.${entryId}`;

export function keptPreferences(loginId: string, entryId: string): Record<string, string> {
  try {
    const kept: unknown = JSON.parse(recall(keyOf(loginId, entryId)) ?? '{}');
    return Object.fromEntries(
      Object.entries(kept as object).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
    );
  } catch {
    return {};
  }
}

/** What is too much is not kept; the gadget has it until it is loaded again. */
export function keepPreference(loginId: string, entryId: string, name: string, value: string): void {
  const kept = keptPreferences(loginId, entryId);
  if (value.length > LENGTH_MAX || (!Object.hasOwn(kept, name) && Object.keys(kept).length >= COUNT_MAX))
    return;
  keep(keyOf(loginId, entryId), JSON.stringify({ ...kept, [name]: value }));
}
