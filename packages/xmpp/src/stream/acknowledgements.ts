/**
 * The counters of stream management (XEP-0198 4) and what the client has not acknowledged yet. Counters run
 * modulo 2^32; differences, not sizes, decide.
 */

const MODULUS = 2 ** 32;

/** Decimal digits up to 2^32 - 1, else undefined. */
export function parseCounter(text: string | undefined): number | undefined {
  if (text === undefined || !/^[0-9]{1,10}$/.test(text)) return undefined;
  const value = Number(text);
  return value < MODULUS ? value : undefined;
}

export type Verdict =
  | 'valid'
  /** Less than the client has acknowledged before. */
  | 'stale'
  /** More than it was sent. */
  | 'too-high';

export class Acknowledgements {
  #handled = 0;
  #sent = 0;
  #acknowledged = 0;
  #kept = true;
  #unacknowledged: string[] = [];
  #chars = 0;

  /** @param start value of both counters: zero but in tests, which want to see them wrap */
  constructor(start = 0) {
    this.#handled = start;
    this.#sent = start;
    this.#acknowledged = start;
  }

  /** Stanzas of the client that have been handled. */
  get handled(): number {
    return this.#handled;
  }

  /** Stanzas sent to the client. */
  get sent(): number {
    return this.#sent;
  }

  /** Whether unacknowledged stanzas are kept. */
  get kept(): boolean {
    return this.#kept;
  }

  /** What the client has not acknowledged, oldest first; empty after {@link forget}. */
  get unacknowledged(): readonly string[] {
    return this.#unacknowledged;
  }

  /** Characters in {@link unacknowledged}. */
  get chars(): number {
    return this.#chars;
  }

  /** A stanza of the client has been handled. */
  countHandled(): void {
    this.#handled = (this.#handled + 1) % MODULUS;
  }

  /** A stanza is on its way to the client; only the reference is kept. */
  push(xml: string): void {
    this.#sent = (this.#sent + 1) % MODULUS;
    if (!this.#kept) return;
    this.#unacknowledged.push(xml);
    this.#chars += xml.length;
  }

  /** What a counter of the client means. */
  judge(h: number): Verdict {
    if (distance(this.#acknowledged, h) <= distance(this.#acknowledged, this.#sent)) return 'valid';
    // Half of the circle lies behind the last acknowledgement.
    return distance(h, this.#acknowledged) < MODULUS / 2 ? 'stale' : 'too-high';
  }

  /** The client has received everything up to the counter `h`. Does nothing unless it is valid. */
  acknowledge(h: number): Verdict {
    const verdict = this.judge(h);
    if (verdict !== 'valid') return verdict;
    const count = distance(this.#acknowledged, h);
    this.#acknowledged = h;
    if (!this.#kept || count === 0) return verdict;
    for (const xml of this.#unacknowledged.splice(0, count)) this.#chars -= xml.length;
    return verdict;
  }

  /** Keeps nothing any more; the counters go on. */
  forget(): void {
    this.#kept = false;
    this.#unacknowledged = [];
    this.#chars = 0;
  }
}

function distance(from: number, to: number): number {
  return (to - from + MODULUS) % MODULUS;
}
