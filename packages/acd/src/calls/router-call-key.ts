import type { RouterCallKey } from './call.ts';

const DAY_MS = 86_400_000;
/** Day numbers of the router count from here. */
const DAY_ZERO = Date.UTC(1601, 0, 1);

/**
 * Numbers routed calls: day, call of the day. The calls of a day are counted from the millisecond of the day at
 * which counting began, so that a server that is started again on the same day does not repeat a number (unless
 * it routed more than 1,000 calls a second all the time).
 */
export class RouterCallKeys {
  #day = -1;
  #last = 0;

  next(nowMs: number, sequence: number): RouterCallKey {
    const day = Math.floor((nowMs - DAY_ZERO) / DAY_MS);
    if (day !== this.#day) {
      this.#last = this.#day < 0 ? (((nowMs - DAY_ZERO) % DAY_MS) + DAY_MS) % DAY_MS : 0;
      this.#day = day;
    }
    return { day, callId: ++this.#last, sequence };
  }
}
