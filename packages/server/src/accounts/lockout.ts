/**
 * Wrong passwords in a row lock a user for a while, in each scope apart (developer guide 12.5, pages 29,
 * 205, 333). An attempt while locked begins the time anew.
 */
import type { LockScope } from './accounts.ts';

/** A wrong password, and where it was tried. */
export interface Guess {
  readonly door: LockScope;
  /** Stands for the password and tells nothing of it. */
  readonly fingerprint: string;
}

interface Record {
  failures: number;
  /** Monotonic ms; 0: not locked. */
  lockedUntil: number;
  /** Counted last; the same one at another door is no further guess, once. */
  guess: Guess | undefined;
}

export interface LockoutOptions {
  readonly lockAfter: number;
  readonly lockForMs: (scope: LockScope) => number;
  readonly monotonic: () => number;
  /** Names that are remembered at most; the one that failed longest ago is forgotten first. */
  readonly namesMax: number;
}

export class Lockout {
  readonly #options: LockoutOptions;
  readonly #records = new Map<string, Record>();

  constructor(options: LockoutOptions) {
    this.#options = options;
  }

  isLocked(scope: LockScope, name: string): boolean {
    const record = this.#records.get(`${scope} ${name}`);
    return record !== undefined && record.lockedUntil > this.#options.monotonic();
  }

  /** Begins the time of a locked user anew. @returns whether the user was locked */
  touch(scope: LockScope, name: string): boolean {
    if (!this.isLocked(scope, name)) return false;
    this.#records.get(`${scope} ${name}`)!.lockedUntil =
      this.#options.monotonic() + this.#options.lockForMs(scope);
    return true;
  }

  /**
   * Programs of agents try one password over REST and XMPP at once or one after the other: a slip of the keyboard is one wrong
   * password all the same, and whoever guesses learns nothing by asking twice.
   *
   * @returns whether this failure locked the user
   */
  failed(scope: LockScope, name: string, guess?: Guess): boolean {
    const key = `${scope} ${name}`;
    const now = this.#options.monotonic();
    let record = this.#records.get(key);
    // A lock that has ended leaves a clean slate: five more tries.
    if (record === undefined || (record.lockedUntil !== 0 && record.lockedUntil <= now)) {
      record = { failures: 0, lockedUntil: 0, guess: undefined };
    }
    this.#records.delete(key);
    if (isRepeated(record.guess, guess)) record.guess = undefined;
    else {
      record.guess = guess;
      record.failures++;
    }
    if (record.failures >= this.#options.lockAfter) record.lockedUntil = now + this.#options.lockForMs(scope);
    this.#records.set(key, record);
    if (this.#records.size > this.#options.namesMax) {
      const oldest = this.#records.keys().next();
      if (!oldest.done) this.#records.delete(oldest.value);
    }
    return record.lockedUntil > now;
  }

  /** Who is locked at the moment: scope and name as they were given. */
  locked(): ReadonlyArray<{ readonly scope: string; readonly name: string }> {
    const now = this.#options.monotonic();
    return [...this.#records].flatMap(([key, { lockedUntil }]) => {
      const blank = key.indexOf(' ');
      return lockedUntil > now ? [{ scope: key.slice(0, blank), name: key.slice(blank + 1) }] : [];
    });
  }

  /** Wrong passwords in a row so far. */
  failures(scope: LockScope, name: string): number {
    return this.#records.get(`${scope} ${name}`)?.failures ?? 0;
  }

  succeeded(scope: LockScope, name: string): void {
    this.#records.delete(`${scope} ${name}`);
  }
}

const isRepeated = (before: Guess | undefined, now: Guess | undefined): boolean =>
  before !== undefined && before.fingerprint === now?.fingerprint && before.door !== now.door;
