/**
 * How many questions of a recovery may be under way (ged188.md 12, step 8). A CTI server that answers as fast with many
 * of them as with few gets more, up to a bound; one that needs longer the more it has to do gets fewer, down to where it
 * began. So a fast server far away is not waited for, and a busy one is not pressed.
 */
export interface RecoveryWindowLimits {
  /** At the beginning, and always. */
  readonly least: number;
  readonly most: number;
}

/** Longer than the fastest answer by this factor and these ms: the server has a queue of questions. */
const SLOWER = { factor: 1.5, ms: 100 };
/** Quicker than that: it could do with more. */
const SWIFT = { factor: 1.25, ms: 50 };

export class RecoveryWindow {
  readonly #limits: RecoveryWindowLimits;
  #size: number;
  #fastestMs = Number.POSITIVE_INFINITY;
  /** Answers until the window may shrink again: those to questions that were under way when it shrank do not count. */
  #pardoned = 0;

  constructor(limits: RecoveryWindowLimits) {
    this.#limits = limits;
    this.#size = limits.least;
  }

  get size(): number {
    return this.#size;
  }

  /** @param elapsedMs from the question to its answer, or to the moment when it was given up */
  answered(elapsedMs: number): void {
    const { least, most } = this.#limits;
    this.#fastestMs = Math.min(this.#fastestMs, elapsedMs);
    if (this.#pardoned > 0) this.#pardoned -= 1;
    if (elapsedMs <= this.#fastestMs * SWIFT.factor + SWIFT.ms) {
      // One for each answer: twice as many after a window of answers.
      this.#size = Math.min(most, this.#size + 1);
    } else if (elapsedMs > this.#fastestMs * SLOWER.factor + SLOWER.ms && this.#pardoned === 0) {
      this.#pardoned = this.#size;
      this.#size = Math.max(least, Math.floor(this.#size / 2));
    }
  }
}
