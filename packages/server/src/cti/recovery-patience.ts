/**
 * When a recovery goes on without the answers that are still missing: one that never comes must not keep the whole centre out
 * of service until its deadline.
 */

/** No answer of any kind for so long, ms, while nothing is left to ask. */
export const STRAGGLERS_WAIT_MS = 3_000;
/** A server that took longer for one of its answers has so many times that. */
const SLOWEST_FACTOR = 2;

export class RecoveryPatience {
  readonly #monotonic: () => number;
  #answers = 0;
  #slowestMs = 0;
  /** Last question or answer. */
  #movedAt: number;

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
    this.#movedAt = monotonic();
  }

  asked(): void {
    this.#movedAt = this.#monotonic();
  }

  answered(elapsedMs: number): void {
    this.#answers += 1;
    this.#slowestMs = Math.max(this.#slowestMs, elapsedMs);
    this.#movedAt = this.#monotonic();
  }

  /**
   * How long to wait for `missing` answers from now on, ms; 0: it is over. Null: for their deadlines, because a server that owes
   * more answers than it gave is rather silent than slow.
   */
  leftMs(missing: number): number | null {
    if (missing > this.#answers) return null;
    const waitMs = Math.max(STRAGGLERS_WAIT_MS, this.#slowestMs * SLOWEST_FACTOR);
    return Math.max(0, this.#movedAt + waitMs - this.#monotonic());
  }
}
