import type { BoshLimits } from './limits.ts';

/**
 * Allowance for needless requests: empty polls that come early, and repeats. The original ends a session
 * at its first early poll; but JabberWerx and Strophe send some whenever a proxy drops their connections,
 * so only a flood is punished: `pollBurst` at once, earned back within `pollBurstSeconds`.
 */
export class PollAllowance {
  /** When the whole allowance is restored (GCRA): one number tells how much is left. */
  #restoredAtMs = 0;
  #lastPollMs = Number.NEGATIVE_INFINITY;

  /** Takes note of an empty poll; true if it comes sooner than clients are asked to poll. */
  isEarly(limits: BoshLimits, nowMs: number): boolean {
    const sinceMs = nowMs - this.#lastPollMs;
    this.#lastPollMs = nowMs;
    return sinceMs < limits.pollingSeconds * 1000;
  }

  /** Takes one from the allowance; false if none is left. */
  spend(limits: BoshLimits, nowMs: number): boolean {
    const wholeMs = limits.pollBurstSeconds * 1000;
    const restoredAtMs = Math.max(this.#restoredAtMs, nowMs) + wholeMs / limits.pollBurst;
    // Half a millisecond of tolerance for sums of fractions.
    if (restoredAtMs - nowMs > wholeMs + 0.5) return false;
    this.#restoredAtMs = restoredAtMs;
    return true;
  }
}
