/** So many requests of one address within a minute; the oldest addresses are forgotten first. */

const WINDOW_MS = 60_000;
const ADDRESSES_MAX = 10_000;

interface Count {
  readonly since: number;
  count: number;
}

export class RateLimit {
  readonly #max: number;
  readonly #monotonic: () => number;
  readonly #counts = new Map<string, Count>();

  constructor(max: number, monotonic: () => number) {
    this.#max = max;
    this.#monotonic = monotonic;
  }

  /** Counts a request. @returns whether it is one too many */
  exceeded(address: string): boolean {
    const now = this.#monotonic();
    const known = this.#counts.get(address);
    if (known !== undefined && now - known.since < WINDOW_MS) return ++known.count > this.#max;
    this.#counts.delete(address);
    const oldest = this.#counts.keys().next();
    if (this.#counts.size >= ADDRESSES_MAX && !oldest.done) this.#counts.delete(oldest.value);
    this.#counts.set(address, { since: now, count: 1 });
    return false;
  }
}
