/**
 * A process can stand still: stopped, swapped out, on a machine that sleeps. Its timers then run before its sockets
 * are read: whoever wanted to be heard meanwhile waits there, and silence proves nothing.
 */
import type { Clock, Timer } from './clock.ts';

/** Later than this, in ms, no timer comes in a process that runs. One number, so that all parts agree. */
export const LATE_MS = 2_000;

/** While somebody is waited for the process looks this often, in ms, whether it has stood still. */
export const PULSE_MS = 1_000;

/** Knows when the process last stood still, from timers that come too late. */
export class Standstill {
  readonly #clock: Clock;
  #endedAt = Number.NEGATIVE_INFINITY;
  readonly #waiting = new Set<() => boolean>();
  #pulse: Timer | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** When the last one was over, in monotonic ms; -Infinity before the first one. */
  get endedAt(): number {
    return this.#endedAt;
  }

  /** To be told by a timer that runs now of the monotonic ms at which it was due. */
  ran(dueMs: number): void {
    const now = this.#clock.monotonic();
    // Several timers fall into one standstill; what comes late after its end is none.
    if (now - Math.max(dueMs, this.#endedAt) > LATE_MS) this.#endedAt = now;
  }

  /**
   * Looks once a second as long as any of the functions given says that it waits for somebody; the same function counts
   * once. Deadlines that fall due shortly before the end of a standstill are known as late ones only by this.
   */
  watchWhile(isWaiting: () => boolean): void {
    this.#waiting.add(isWaiting);
    this.#pulse ??= this.#arm();
  }

  /** It waits for nobody any more. */
  unwatch(isWaiting: () => boolean): void {
    this.#waiting.delete(isWaiting);
    if (this.#waiting.size > 0) return;
    this.#pulse?.cancel();
    this.#pulse = null;
  }

  #arm(): Timer {
    const dueMs = this.#clock.monotonic() + PULSE_MS;
    return this.#clock.schedule(PULSE_MS, () => {
      this.ran(dueMs);
      for (const isWaiting of this.#waiting) if (!isWaiting()) this.#waiting.delete(isWaiting);
      this.#pulse = this.#waiting.size > 0 ? this.#arm() : null;
    });
  }

  /** A limit of `ms` for somebody who is waited for; a standstill before its end gives him the whole time anew. */
  deadline(ms: number, fn: () => void): Timer {
    let timer: Timer;
    const arm = (delayMs: number): void => {
      const dueMs = this.#clock.monotonic() + delayMs;
      timer = this.#clock.schedule(delayMs, () => {
        this.ran(dueMs);
        const leftMs = this.#endedAt + ms - this.#clock.monotonic();
        if (leftMs > 0) arm(leftMs);
        else fn();
      });
    };
    arm(ms);
    return { cancel: () => timer.cancel() };
  }
}
