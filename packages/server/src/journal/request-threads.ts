/**
 * Thread numbers for REST calls. The original logs the thread of the web container; here they keep apart
 * the lines of calls that are under way at the same time, which is what readers use them for.
 */
import type { Happening } from '../happenings.ts';

/** Calls under way beyond this share the number 1. */
const THREADS_MAX = 1_024;

export class RequestThreads {
  /** {@link Cause.call} → thread number. */
  readonly #numbers = new Map<number, number>();
  /** Numbers given back, the last one first. */
  readonly #free: number[] = [];
  #highest = 0;

  /** 1 for a call whose start was not seen. */
  of(happening: Happening): number {
    const { kind, cause } = happening;
    if (cause.call === undefined) return 1;
    if (kind === 'request.start') return this.#begin(cause.call);
    const number = this.#numbers.get(cause.call) ?? 1;
    if (kind === 'request.end' && this.#numbers.delete(cause.call)) this.#free.push(number);
    return number;
  }

  #begin(call: number): number {
    if (this.#numbers.size >= THREADS_MAX) return 1;
    const number = this.#free.pop() ?? ++this.#highest;
    this.#numbers.set(call, number);
    return number;
  }
}
