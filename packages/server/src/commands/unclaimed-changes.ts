/** Changes of dialogs that answered no request, for as long as the word of one may still come from another node (docs/cluster.md). */
import type { Clock } from '@poise/clock';
import type { DialogChange } from '../domain/dialog.ts';

/** How late the word of a request may come, ms. */
export const WORD_LATE_MS = 2_000;
/** Changes that are kept; the oldest goes first. */
export const UNCLAIMED_MAX = 1_024;

export class UnclaimedChanges {
  readonly #clock: Clock;
  readonly #changes: { readonly change: DialogChange; readonly at: number }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Costs the same however many are kept: what is too old goes a few at a time. */
  add(change: DialogChange): void {
    const now = this.#clock.monotonic();
    this.#changes.push({ change, at: now });
    for (let i = 0; i < 2; i++) {
      const oldest = this.#changes[0];
      if (oldest === undefined || (oldest.at > now - WORD_LATE_MS && this.#changes.length <= UNCLAIMED_MAX))
        return;
      this.#changes.shift();
    }
  }

  /** The latest one that is wanted, once. Proportional to what is kept; asked for words that come late only. */
  take(isWanted: (change: DialogChange) => boolean): DialogChange | undefined {
    const since = this.#clock.monotonic() - WORD_LATE_MS;
    const at = this.#changes.findLastIndex((one) => one.at > since && isWanted(one.change));
    return at < 0 ? undefined : this.#changes.splice(at, 1)[0]?.change;
  }
}
