/**
 * Whose wrong passwords count with whose, and whom they lock.
 *
 * | guesses | count for | refused when |
 * |---|---|---|
 * | agent API | the user, and the user from that network | either is locked; where the user works: the latter |
 * | notification service, CTI server | the same two: there is one count for all | the user from that network is locked |
 * | each other API, the console | the user, and the user from that network, of that scope alone | likewise |
 * | without an address | the user | the user is locked |
 *
 * The same wrong password over the other of REST and XMPP counts once (lockout.ts).
 *
 * Guesses from elsewhere lock the agent API for a user, as with the original, but do not keep a desktop that has lost its
 * connection from coming back (notification-service.md 4.1), nor whoever works from the work: where the user has given the
 * right password lately, before the lock, only wrong ones from that very network lock him. A guesser gains no try by that.
 */
import type { LockScope } from './accounts.ts';
import { Lockout, type LockoutOptions } from './lockout.ts';

/** Names that do not exist are remembered too, so that they lock like those that do. */
const UNKNOWN_NAMES_MAX = 10_000;
/** Pairs of name and network whose wrong passwords are remembered. */
const ADDRESSED_NAMES_MAX = 20_000;

/** How long a right password tells of the network it came from that the user works there: a shift, ms. */
const AT_HOME_MS = 12 * 3_600_000;

/** Somebody tries a password. */
export interface Attempt {
  readonly scope: LockScope;
  /** Login id of the user; of a name that does not exist, the name. */
  readonly name: string;
  readonly exists: boolean;
  /** Where it comes from (network-of.ts); undefined: all count together. */
  readonly network: string | undefined;
}

/** Doors that have one count with the agent API, and are shut by the lock of their own network alone. */
const WITH_API: ReadonlySet<LockScope> = new Set(['xmpp', 'cti']);

/** The count that a scope has part in. */
export const countOf = (scope: LockScope): LockScope => (WITH_API.has(scope) ? 'api' : scope);

export class WrongPasswords {
  readonly #users: Lockout;
  readonly #addressed: Lockout;
  /** Apart, so that guesses at made-up names do not make a lock of a user forgotten. */
  readonly #unknown: Lockout;
  readonly #unknownAddressed: Lockout;
  /** Until when, monotonic ms, a name is at home in a network; the latest come last. */
  readonly #atHome = new Map<string, number>();
  readonly #monotonic: () => number;

  constructor(options: Omit<LockoutOptions, 'namesMax'>) {
    this.#monotonic = options.monotonic;
    this.#users = new Lockout({ ...options, namesMax: Number.POSITIVE_INFINITY });
    this.#addressed = new Lockout({ ...options, namesMax: ADDRESSED_NAMES_MAX });
    this.#unknown = new Lockout({ ...options, namesMax: UNKNOWN_NAMES_MAX });
    this.#unknownAddressed = new Lockout({ ...options, namesMax: UNKNOWN_NAMES_MAX });
  }

  isLocked(attempt: Attempt): boolean {
    return this.#deciding(attempt).some((key) =>
      this.#of(attempt, key).isLocked(countOf(attempt.scope), key),
    );
  }

  /** Begins the time of what is locked anew. @returns whether the attempt is refused */
  touch(attempt: Attempt): boolean {
    const refused = this.isLocked(attempt);
    if (refused)
      for (const key of counted(attempt)) this.#of(attempt, key).touch(countOf(attempt.scope), key);
    return refused;
  }

  /**
   * @param fingerprint of the password; undefined where it is not known, as with SCRAM
   * @returns what this failure has locked: the user from that network, the user, or nothing that was not locked before
   */
  failed(attempt: Attempt, fingerprint: string | undefined): 'network' | 'user' | null {
    const { name } = attempt;
    const scope = countOf(attempt.scope);
    const guess = fingerprint === undefined ? undefined : { door: attempt.scope, fingerprint };
    const locked = counted(attempt).filter((key) => {
      const locks = this.#of(attempt, key);
      const wasLocked = locks.isLocked(scope, key);
      return locks.failed(scope, key, guess) && !wasLocked;
    });
    if (locked.some((key) => key !== name)) return 'network';
    return locked.length > 0 ? 'user' : null;
  }

  /** Wrong passwords in a row so far. */
  failures(attempt: Attempt): number {
    const counts = this.#deciding(attempt).map((key) =>
      this.#of(attempt, key).failures(countOf(attempt.scope), key),
    );
    return Math.max(...counts);
  }

  /** A right password: what is not locked begins anew. */
  succeeded(attempt: Attempt): void {
    const scope = countOf(attempt.scope);
    let anyLocked = false;
    for (const key of counted(attempt)) {
      const locks = this.#of(attempt, key);
      if (locks.isLocked(scope, key)) anyLocked = true;
      else locks.succeeded(scope, key);
    }
    // Whoever comes for the first time while others have locked the user could be anybody.
    if (!anyLocked || this.#isAtHome(attempt)) this.#settle(attempt);
  }

  /** Names that exist and are locked at the moment, in any scope or from any network; a name may come more than once. */
  locked(): readonly string[] {
    return [...this.#users.locked(), ...this.#addressed.locked()].map(
      ({ name }) => name.split(' ')[0] as string,
    );
  }

  /** What refuses the attempt when it is locked. */
  #deciding(attempt: Attempt): readonly string[] {
    const keys = counted(attempt);
    return WITH_API.has(attempt.scope) || this.#isAtHome(attempt) ? keys.slice(-1) : keys;
  }

  #isAtHome(attempt: Attempt): boolean {
    const until = this.#atHome.get(homeOf(attempt));
    return attempt.network !== undefined && until !== undefined && until > this.#monotonic();
  }

  #settle(attempt: Attempt): void {
    if (attempt.network === undefined) return;
    const home = homeOf(attempt);
    this.#atHome.delete(home);
    this.#atHome.set(home, this.#monotonic() + AT_HOME_MS);
    if (this.#atHome.size <= ADDRESSED_NAMES_MAX) return;
    const oldest = this.#atHome.keys().next();
    if (!oldest.done) this.#atHome.delete(oldest.value);
  }

  #of({ name, exists }: Attempt, key: string): Lockout {
    if (key === name) return exists ? this.#users : this.#unknown;
    return exists ? this.#addressed : this.#unknownAddressed;
  }
}

/** Under what a failure is counted. */
const counted = ({ name, network }: Attempt): readonly string[] =>
  network === undefined ? [name] : [name, `${name} ${network}`];

const homeOf = ({ scope, name, network }: Attempt): string => `${countOf(scope)} ${name} ${network}`;
