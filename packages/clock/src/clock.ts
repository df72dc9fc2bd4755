/**
 * Time as an argument. Everything in Poise that waits or stamps takes a Clock, so that a timeout of
 * 180 s is tested in microseconds and a simulated shift takes seconds.
 */

/** A pending call; see {@link Clock.schedule}. */
export interface Timer {
  /** Idempotent; the call will not happen (unless it is running now). */
  cancel(): void;
}

/** The source of time. Wall time may jump (NTP, operators); monotonic time never does. */
export interface Clock {
  /** Wall clock in ms since 1970: for timestamps on the wire and in logs, never for measuring. */
  now(): number;
  /** Monotonic ms with fraction since an arbitrary start: for idle limits, grace periods, latencies. */
  monotonic(): number;
  /**
   * Calls `fn` once, `delayMs` (>= 0) of monotonic time from now, never synchronously.
   * An exception in `fn` does not keep other timers from running.
   */
  schedule(delayMs: number, fn: () => void): Timer;
}
