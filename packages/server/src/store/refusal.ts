/** Whether a database refuses to be written, told so that a disk which is nearly full does not begin and end all the time. */

/** A refusal that comes sooner than this after the last outage is the same one: it ends after as long without any, ms. */
export const CALM_MS = 60_000;

/**
 * Of a disk that is nearly full small rows can be written and large ones cannot. So an outage ends with the first write that succeeds,
 * but one that comes again soon only after a minute in which nothing was refused.
 */
export class Refusal {
  #error: Error | null = null;
  /** Monotonic ms. */
  #refusedAt = 0;
  #backAt = Number.NEGATIVE_INFINITY;
  #comesAgain = false;

  /** Why nothing, or not everything, can be written; null: as far as is known it can. */
  get error(): Error | null {
    return this.#error;
  }

  /** A write failed, and not because of what was written. @param now monotonic ms */
  refused(error: Error, now: number): void {
    if (this.#error === null) this.#comesAgain = now - this.#backAt < CALM_MS;
    this.#error = error;
    this.#refusedAt = now;
  }

  /** A write succeeded. @param now monotonic ms */
  written(now: number): void {
    if (this.#error === null || (this.#comesAgain && now - this.#refusedAt < CALM_MS)) return;
    this.#error = null;
    this.#backAt = now;
  }
}
