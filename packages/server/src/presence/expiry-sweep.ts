/**
 * The line `[Expired] Removed agent from cache`: users who have been away for 30 s, told by a sweep every 30 s.
 * What the original's cache is for is not known; operators search for the line.
 */
import type { Clock, Timer } from '@poise/clock';

const SWEEP_MS = 30_000;
const KEPT_MS = 30_000;
/** From the first user of an empty cache to the first sweep, as in seed 001 (00:16:04.631, 00:16:35.384). */
const FIRST_SWEEP_MS = 30_753;

export class ExpirySweep {
  readonly #clock: Clock;
  readonly #expired: (agentId: string) => void;
  /** Monotonic ms since when, in the order of their coming. */
  readonly #entries = new Map<string, number>();
  /** None while there is nobody: an idle server does nothing. */
  #timer: Timer | undefined;

  constructor(clock: Clock, expired: (agentId: string) => void) {
    this.#clock = clock;
    this.#expired = expired;
  }

  add(agentId: string): void {
    this.#entries.delete(agentId);
    this.#entries.set(agentId, this.#clock.monotonic());
    this.#arm(FIRST_SWEEP_MS);
  }

  remove(agentId: string): void {
    this.#entries.delete(agentId);
  }

  close(): void {
    this.#timer?.cancel();
    this.#entries.clear();
  }

  #arm(ms: number): void {
    if (this.#timer !== undefined || this.#entries.size === 0) return;
    this.#timer = this.#clock.schedule(ms, () => {
      this.#timer = undefined;
      this.#sweep();
      this.#arm(SWEEP_MS);
    });
  }

  #sweep(): void {
    const before = this.#clock.monotonic() - KEPT_MS;
    for (const [agentId, since] of this.#entries) {
      if (since > before) return;
      this.#entries.delete(agentId);
      this.#expired(agentId);
    }
  }
}
