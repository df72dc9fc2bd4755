/**
 * The line `[Expired] Removed agent from cache`: users who have been away for 30 s, told by a sweep every 30 s.
 * What the original's cache is for is not known; operators search for the line.
 */
import type { Clock, Timer } from '@poise/clock';

const SWEEP_MS = 30_000;
const KEPT_MS = 30_000;

export class ExpirySweep {
  readonly #clock: Clock;
  readonly #expired: (agentId: string) => void;
  readonly #startedAt: number;
  /** Monotonic ms since when, in the order of their coming. */
  readonly #entries = new Map<string, number>();
  /** None while there is nobody: an idle server does nothing. */
  #timer: Timer | undefined;

  /** Sweeps are whole multiples of 30 s from now. */
  constructor(clock: Clock, expired: (agentId: string) => void) {
    this.#clock = clock;
    this.#expired = expired;
    this.#startedAt = clock.monotonic();
  }

  add(agentId: string): void {
    this.#entries.delete(agentId);
    this.#entries.set(agentId, this.#clock.monotonic());
    this.#arm();
  }

  remove(agentId: string): void {
    this.#entries.delete(agentId);
  }

  close(): void {
    this.#timer?.cancel();
    this.#entries.clear();
  }

  #arm(): void {
    if (this.#timer !== undefined || this.#entries.size === 0) return;
    const passed = this.#clock.monotonic() - this.#startedAt;
    this.#timer = this.#clock.schedule(SWEEP_MS - (passed % SWEEP_MS), () => {
      this.#timer = undefined;
      this.#sweep();
      this.#arm();
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
