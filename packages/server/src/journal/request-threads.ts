/**
 * Thread numbers for REST calls. The original logs the thread of the web container; here they keep apart
 * the lines of calls that are under way at the same time, which is what readers use them for.
 */
import type { Cause, Happening } from '../happenings.ts';

const THREADS_MAX = 1_024;

export class RequestThreads {
  /** Calls share one cause object from REQUEST_START to REQUEST_END. */
  readonly #numbers = new WeakMap<Cause, number>();
  readonly #taken = new Set<number>();

  /** 1 for a call whose start was not seen. */
  of(happening: Happening): number {
    const { cause, kind } = happening;
    if (kind === 'request.start') {
      let number = 1;
      while (this.#taken.has(number) && number < THREADS_MAX) number++;
      this.#taken.add(number);
      this.#numbers.set(cause, number);
      return number;
    }
    const number = this.#numbers.get(cause) ?? 1;
    if (kind === 'request.end' && this.#numbers.delete(cause)) this.#taken.delete(number);
    return number;
  }
}
