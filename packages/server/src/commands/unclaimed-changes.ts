/** What answered no request, for as long as the word of one may still come from another node (docs/cluster.md). */
import type { Clock } from '@poise/clock';
import type { AgentEvent } from '../domain/agents.ts';
import type { DialogChange } from '../domain/dialog.ts';

/** How late the word of a request may come, ms. */
export const WORD_LATE_MS = 2_000;
/** Changes, or events, that are kept; the oldest goes first. */
export const UNCLAIMED_MAX = 1_024;

/** Changes of dialogs. */
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

type StateEvent = Extract<AgentEvent, { type: 'state' }>;

/** The last event of each agent, if it answered no request. One that is followed by another is not the outcome of what comes later. */
export class UnclaimedEvents {
  readonly #clock: Clock;
  readonly #events = new Map<string, { readonly event: StateEvent; readonly at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(agentId: string, event: StateEvent): void {
    this.#events.delete(agentId);
    this.#events.set(agentId, { event, at: this.#clock.monotonic() });
    if (this.#events.size > UNCLAIMED_MAX) this.#events.delete(this.#events.keys().next().value as string);
  }

  forget(agentId: string): void {
    this.#events.delete(agentId);
  }

  /** Undefined: there is none, or it is older than {@link WORD_LATE_MS}. */
  of(agentId: string): StateEvent | undefined {
    const last = this.#events.get(agentId);
    return last !== undefined && last.at > this.#clock.monotonic() - WORD_LATE_MS ? last.event : undefined;
  }
}
