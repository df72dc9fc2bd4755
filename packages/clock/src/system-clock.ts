import type { Clock, Timer } from './clock.ts';
import { checkedDelay, type DeadlineEntry, DeadlineHeap } from './deadline-heap.ts';

export interface SystemClockOptions {
  /**
   * Told of an exception in a timer function; the other timers run all the same. Without it the
   * exception is thrown again on its own, so that the process hears of it (`uncaughtException`).
   */
  onError?: (error: unknown) => void;
  /**
   * Whether a pending timer alone keeps the process running. Default false: a server lives through its
   * sockets, and a forgotten idle limit must not hold up its end.
   */
  keepAlive?: boolean;
}

/** Longest delay that the platform's timers take; they fire at once when given more. */
export const PLATFORM_DELAY_MAX_MS = 2 ** 31 - 1;

/**
 * The clock of the machine. All timers share one deadline heap and ONE platform timer, armed for the
 * earliest deadline. A timer never fires early; delays may be of any length, Infinity means never.
 */
export function systemClock(options: SystemClockOptions = {}): Clock {
  return new SystemClock(options);
}

class SystemClock implements Clock {
  readonly #heap = new DeadlineHeap();
  readonly #onError: (error: unknown) => void;
  readonly #keepAlive: boolean;
  #sequence = 0;
  #platformTimer: ReturnType<typeof setTimeout> | undefined;
  /** Deadline that the platform timer is armed for; Infinity when it is not armed. */
  #armedFor = Infinity;

  constructor({ onError = rethrow, keepAlive = false }: SystemClockOptions) {
    this.#onError = onError;
    this.#keepAlive = keepAlive;
  }

  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return performance.now();
  }

  schedule(delayMs: number, fn: () => void): Timer {
    const deadline = performance.now() + checkedDelay(delayMs);
    const entry: DeadlineEntry = { deadline, sequence: this.#sequence++, fn, index: -1 };
    this.#heap.push(entry);
    if (deadline < this.#armedFor) this.#arm();
    return { cancel: () => this.#cancel(entry) };
  }

  #cancel(entry: DeadlineEntry): void {
    if (!this.#heap.remove(entry)) return;
    // The platform timer stays armed for the vanished deadline: firing once for nothing is cheaper than
    // arming anew on each cancel. Only a timer that holds the process must go with the last entry.
    if (this.#keepAlive && this.#heap.size === 0) this.#disarm();
  }

  #arm(): void {
    this.#disarm();
    const first = this.#heap.peek();
    if (first === undefined || first.deadline === Infinity) return;
    this.#armedFor = first.deadline;
    // Rounded up: the platform drops fractions and would fire before the deadline.
    const delay = Math.ceil(first.deadline - performance.now());
    const timer = setTimeout(this.#run, Math.min(Math.max(delay, 0), PLATFORM_DELAY_MAX_MS));
    if (!this.#keepAlive) timer.unref?.();
    this.#platformTimer = timer;
  }

  #disarm(): void {
    if (this.#platformTimer !== undefined) clearTimeout(this.#platformTimer);
    this.#platformTimer = undefined;
    this.#armedFor = Infinity;
  }

  readonly #run = (): void => {
    const now = performance.now();
    // Timers set by the ones that run now wait for the next turn, or `schedule(0)` in a circle would
    // starve the sockets.
    const newcomer = this.#sequence;
    // Nothing arms the platform timer while timers run; it is armed once, at the end.
    this.#armedFor = -Infinity;
    for (let entry = this.#heap.peek(); entry !== undefined; entry = this.#heap.peek()) {
      if (entry.deadline > now || entry.sequence >= newcomer) break;
      this.#heap.remove(entry);
      try {
        entry.fn();
      } catch (error) {
        this.#report(error);
      }
    }
    this.#arm();
  };

  #report(error: unknown): void {
    try {
      this.#onError(error);
    } catch (second) {
      rethrow(second);
    }
  }
}

function rethrow(error: unknown): void {
  setTimeout(() => {
    throw error;
  }, 0);
}
