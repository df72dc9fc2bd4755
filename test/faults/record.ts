/** What happened in a run: every line goes into the digest, the last ones are kept for whoever reads a failure. */
import { createHash } from 'node:crypto';

const KEPT_LINES = 250;

/** An invariant that does not hold. */
export class BrokenInvariant extends Error {
  readonly invariant: string;

  constructor(invariant: string, detail: string) {
    super(`${invariant}: ${detail}`);
    this.invariant = invariant;
  }
}

export class Recording {
  readonly #hash = createHash('sha256');
  readonly #monotonic: () => number;
  readonly #lines: string[] = [];
  readonly #faults: string[] = [];
  /** Called with each line: what stands out can be printed at once. */
  readonly #print: ((line: string) => void) | undefined;
  count = 0;

  constructor(monotonic: () => number, print?: (line: string) => void) {
    this.#monotonic = monotonic;
    this.#print = print;
  }

  line(text: string): void {
    const line = `${(this.#monotonic() / 1000).toFixed(3).padStart(8)} ${text}`;
    this.#hash.update(line);
    this.count++;
    this.#lines.push(line);
    if (this.#lines.length > 2 * KEPT_LINES) this.#lines.splice(0, KEPT_LINES);
    this.#print?.(line);
  }

  /** A fault begins or ends: kept to the end. */
  fault(text: string): void {
    this.#faults.push(`${(this.#monotonic() / 1000).toFixed(3).padStart(8)} ${text}`);
    this.line(`FAULT ${text}`);
  }

  get digest(): string {
    return this.#hash.copy().digest('hex').slice(0, 16);
  }

  /** All faults, then the last lines. */
  get timeLine(): string {
    return ['faults:', ...this.#faults, 'last lines:', ...this.#lines.slice(-KEPT_LINES)].join('\n');
  }
}
