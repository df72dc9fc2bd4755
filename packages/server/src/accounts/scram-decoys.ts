/**
 * What SCRAM shows of a name without keys: a salt and a number of iterations, as if it had some
 * (RFC 5802 section 9). The same name is shown the same for ever, also after a restart, and the iterations
 * are those that stored passwords have, as often as they have them, so that nobody can tell who exists.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { SALT_BYTES } from './scram-keys.ts';

/** How many stored passwords have so many iterations. */
export interface IterationsInUse {
  readonly iterations: number;
  readonly users: number;
}

/** What decoys are made of; asked when the first one is needed. */
export interface DecoySource {
  /** A secret of this installation, at least 16 bytes. */
  key(): Promise<Uint8Array>;
  iterationsInUse(): Promise<readonly IterationsInUse[]>;
}

export interface ScramDecoy {
  readonly salt: Uint8Array;
  readonly iterations: number;
}

interface Pattern {
  readonly key: Uint8Array;
  readonly inUse: readonly IterationsInUse[];
  readonly users: number;
}

export class ScramDecoys {
  readonly #source: DecoySource;
  readonly #iterations: number;
  #pattern: Promise<Pattern> | undefined;

  /** @param iterations of passwords that are set now: shown while none is stored */
  constructor(source: DecoySource, iterations: number) {
    this.#source = source;
    this.#iterations = iterations;
  }

  /** Decoys of this process alone, for tests and where nothing is stored. */
  static ofProcess(iterations: number): ScramDecoys {
    const key = Promise.resolve(randomBytes(SALT_BYTES));
    return new ScramDecoys({ key: () => key, iterationsInUse: () => Promise.resolve([]) }, iterations);
  }

  /** Stored passwords changed. */
  refresh(): void {
    this.#pattern = undefined;
  }

  /** @param name login id or whatever was presented; folded */
  async of(name: string): Promise<ScramDecoy> {
    this.#pattern ??= this.#load();
    const { key, inUse, users } = await this.#pattern;
    const digest = (what: string): Buffer => createHmac('sha256', key).update(`${what} ${name}`).digest();
    const salt = digest('salt').subarray(0, SALT_BYTES);
    let rest = (digest('iterations').readUInt32BE(0) / 2 ** 32) * users;
    for (const row of inUse) {
      rest -= row.users;
      if (rest < 0) return { salt, iterations: row.iterations };
    }
    return { salt, iterations: this.#iterations };
  }

  async #load(): Promise<Pattern> {
    try {
      const [key, rows] = await Promise.all([this.#source.key(), this.#source.iterationsInUse()]);
      const inUse = [...rows].sort((a, b) => a.iterations - b.iterations);
      return { key, inUse, users: inUse.reduce((sum, row) => sum + row.users, 0) };
    } catch (error) {
      this.#pattern = undefined;
      throw error;
    }
  }
}
