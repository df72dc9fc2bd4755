/** Exponential delays with jitter, so that a restarted server is not met by all clients at once. */
export class ReconnectDelay {
  readonly #baseMs: number;
  readonly #maxMs: number;
  readonly #random: () => number;
  #attempts = 0;

  constructor(baseMs: number, maxMs: number, random: () => number) {
    this.#baseMs = baseMs;
    this.#maxMs = maxMs;
    this.#random = random;
  }

  /** Attempts since the last success. */
  get attempts(): number {
    return this.#attempts;
  }

  /** Ms until the next attempt: between half of and the full doubled delay. */
  next(): number {
    const ceiling = Math.min(this.#maxMs, this.#baseMs * 2 ** Math.min(this.#attempts, 30));
    this.#attempts++;
    return Math.round(ceiling * (0.5 + this.#random() / 2));
  }

  /** Ms until the next question in a long search: between five eighths of and the full largest delay. */
  longest(): number {
    return Math.round(this.#maxMs * (0.625 + this.#random() * 0.375));
  }

  reset(): void {
    this.#attempts = 0;
  }
}
