/**
 * Our session was ended by the CTI server in favour of one of the same ClientID and ClientSignature (FAILURE_EVENT
 * NEW_SESSION_OPENED, ged188.md 3.2): how long to stay away. The newer one wins, so two servers of one name would chase
 * each other away for ever. The newer one may be our own, though: an OPEN_REQ that we gave up, and that a CTI server which
 * had stood still reads afterwards. Then nobody else is there to give way to.
 */
import type { Clock } from '@poise/clock';

/** Waits, ms, by how often a stranger ended our session of late. */
export const DISPLACED_DELAYS_MS: readonly number[] = [5_000, 15_000, 30_000, 60_000, 120_000];
/** After this time without it, it counts as if it had never happened. */
export const DISPLACED_FORGOTTEN_MS = 600_000;
/** More openings than that are not excused: each lets a stranger of our name displace us once without a wait. */
export const OWN_OPENINGS_MAX = 8;

export interface Displaced {
  /** Until the next attempt. */
  readonly delayMs: number;
  /** Probably by an opening of our own that was given up. */
  readonly byOwn: boolean;
}

export class Displacement {
  readonly #clock: Clock;
  #times = 0;
  #last = Number.NEGATIVE_INFINITY;
  /** Openings that were given up without an answer, and may still be read; and when the last one was. */
  #openings = 0;
  #givenUpAt = Number.NEGATIVE_INFINITY;
  #now: Displaced | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A connection ended after OPEN_REQ and before its answer. */
  openingGivenUp(): void {
    const now = this.#clock.monotonic();
    if (now - this.#givenUpAt >= DISPLACED_FORGOTTEN_MS) this.#openings = 0;
    this.#openings = Math.min(this.#openings + 1, OWN_OPENINGS_MAX);
    this.#givenUpAt = now;
  }

  /** The CTI server said so. */
  happened(): Displaced {
    const now = this.#clock.monotonic();
    const byOwn = this.#openings > 0 && now - this.#givenUpAt < DISPLACED_FORGOTTEN_MS;
    if (byOwn) {
      this.#openings -= 1;
    } else {
      this.#times = now - this.#last < DISPLACED_FORGOTTEN_MS ? this.#times + 1 : 1;
      this.#last = now;
    }
    const delayMs = byOwn ? 0 : DISPLACED_DELAYS_MS[Math.min(this.#times, DISPLACED_DELAYS_MS.length) - 1]!;
    this.#now = { delayMs, byOwn };
    return this.#now;
  }

  /** The connection that is lost now was lost for that; null: for something else. */
  take(): Displaced | null {
    const now = this.#now;
    this.#now = null;
    return now;
  }
}
