/** The implementation of {@link Accounts}: providers in a row, locks, a cache, one derivation for equal questions. */
import { randomBytes } from 'node:crypto';
import type { Clock } from '@poise/clock';
import type { Happenings } from '../happenings.ts';
import type { Directory, DirectorySource, UserRecord } from '../store/directory.ts';
import { foldId } from '../store/snapshot.ts';
import {
  type AccountProvider,
  type Accounts,
  type Authentication,
  type AuthenticationFailure,
  type LockScope,
  type ScramKeys,
  type ScramMechanism,
  SECRET_LENGTH_MAX,
} from './accounts.ts';
import { CredentialCache } from './credential-cache.ts';
import { networkOf } from './network-of.ts';
import { principalOf } from './principal.ts';
import { type ScramDecoy, ScramDecoys } from './scram-decoys.ts';
import { deriveScramKeys, SALT_BYTES } from './scram-keys.ts';
import type { TokenAuthority } from './tokens.ts';
import { type Attempt, countOf, WrongPasswords } from './wrong-passwords.ts';

export interface AccountLimits {
  readonly iterations: number;
  readonly cacheTtl: number;
  readonly cacheMax: number;
  readonly derivationsMax: number;
  readonly lockAfter: number;
  readonly lockFor: number;
  readonly consoleLockFor: number;
  /** Before the first wrong password of a name is answered, ms; 0: no delay. */
  readonly failureDelay: number;
}

export interface AccountBookOptions {
  readonly directory: DirectorySource;
  readonly clock: Clock;
  /** Asked in this order; the first that is responsible decides. */
  readonly providers: readonly AccountProvider[];
  /** Single sign-on; absent: everybody has a password. */
  readonly tokens?: TokenAuthority | undefined;
  /** `settings.accounts`. */
  readonly limits: AccountLimits;
  readonly happenings?: Happenings;
  /** Default: decoys of this process. */
  readonly decoys?: ScramDecoys;
}

const SHOWN_NAME_MAX = 128;
/** The delay doubles with each further wrong password, up to this many times the first. */
const DELAY_GROWTH_MAX = 8;

/**
 * Where nobody is told that a user is locked (admin.md 1), the time of the answer must not tell it either: it costs and lasts what a wrong password does.
 */
const CONCEALED: ReadonlySet<LockScope> = new Set(['console']);

const WHERE: Readonly<Record<LockScope, 'rest' | 'xmpp' | 'console'>> = {
  api: 'rest',
  configuration: 'rest',
  serviceability: 'rest',
  xmpp: 'xmpp',
  cti: 'rest',
  console: 'console',
};

interface Question {
  readonly name: string;
  readonly record: UserRecord | undefined;
  readonly attempt: Attempt;
  readonly fingerprint: string;
}

export class AccountBook implements Accounts {
  readonly #directory: DirectorySource;
  readonly #providers: readonly AccountProvider[];
  readonly #tokens: TokenAuthority | undefined;
  readonly #limits: AccountLimits;
  readonly #happenings: Happenings | undefined;
  readonly #cache: CredentialCache;
  readonly #wrongPasswords: WrongPasswords;
  /** Equal questions (scope, user, secret) under way share one answer. */
  readonly #underWay = new Map<string, Promise<Authentication>>();
  /** Different secrets for one user wait for each other, so that parallel guesses cannot outrun the lock. */
  readonly #turns = new Map<string, Promise<unknown>>();
  readonly #decoys: ScramDecoys;
  readonly #dummySalt = randomBytes(SALT_BYTES);
  /** Kept equal to the questions that have begun and not ended. */
  #waiting = 0;
  /** Refusals that are held back. */
  #delayed = 0;
  readonly #clock: Clock;
  #known: Directory;

  constructor(options: AccountBookOptions) {
    const { limits, clock } = options;
    const monotonic = (): number => clock.monotonic();
    this.#directory = options.directory;
    this.#providers = options.providers;
    this.#tokens = options.tokens;
    this.#limits = limits;
    this.#clock = clock;
    this.#happenings = options.happenings;
    this.#decoys = options.decoys ?? ScramDecoys.ofProcess(limits.iterations);
    this.#cache = new CredentialCache({ ttlMs: limits.cacheTtl, entriesMax: limits.cacheMax, monotonic });
    const lockForMs = (scope: LockScope): number =>
      scope === 'console' ? limits.consoleLockFor : limits.lockFor;
    this.#wrongPasswords = new WrongPasswords({ lockAfter: limits.lockAfter, lockForMs, monotonic });
    this.#known = options.directory.current;
    options.directory.onChange((directory) => this.#directoryChanged(directory));
  }

  remembered(scope: LockScope, user: string, secret: string, from?: string): Authentication | undefined {
    // Too long to be anybody's: not worth a hash.
    if (secret.length > SECRET_LENGTH_MAX) return undefined;
    return this.#atOnce(this.#question(scope, user, secret, from));
  }

  async authenticate(scope: LockScope, user: string, secret: string, from?: string): Promise<Authentication> {
    if (secret.length > SECRET_LENGTH_MAX) return this.#tooLong(scope, user, from);
    const question = this.#question(scope, user, secret, from);
    const known = this.#atOnce(question);
    if (known?.ok === true) return known;
    if (known !== undefined && !CONCEALED.has(scope)) {
      this.#stillLocked(question);
      return this.#refused(scope, user, 'locked');
    }
    const key = `${scope} ${question.name} ${question.attempt.network ?? ''} ${question.fingerprint}`;
    const underWay = this.#underWay.get(key);
    if (underWay !== undefined) return this.#slowly(scope, question, underWay);
    if (this.#waiting >= this.#limits.derivationsMax) return this.#refused(scope, user, 'unavailable');
    this.#waiting++;
    const turn = `${countOf(scope)} ${question.name}`;
    const answer = (this.#turns.get(turn) ?? Promise.resolve())
      .then(() => this.#ask(scope, user, question, secret))
      .finally(() => {
        this.#waiting--;
        this.#underWay.delete(key);
        if (this.#turns.get(turn) === answer) this.#turns.delete(turn);
      });
    this.#underWay.set(key, answer);
    this.#turns.set(turn, answer);
    return this.#slowly(scope, question, answer);
  }

  /** A secret beyond all limits is a wrong password like any other, found out without a derivation. */
  #tooLong(scope: LockScope, user: string, from?: string): Promise<Authentication> {
    const question = this.#question(scope, user, '', from);
    const locked = this.#wrongPasswords.touch(question.attempt);
    if (!locked) this.#failed(question);
    return this.#slowly(scope, question, this.#refused(scope, user, locked ? 'locked' : 'wrong'));
  }

  /**
   * Holds a refusal back, the longer the more wrong passwords came in a row. Only the asker waits: the
   * next one in the row has been let through already. A lock that is told is told at once, it gives nothing to guess.
   */
  async #slowly(
    scope: LockScope,
    question: Question,
    answer: Authentication | Promise<Authentication>,
  ): Promise<Authentication> {
    const result = await answer;
    if (result.ok) return result;
    const { reason } = result;
    if (reason === 'wrong' || reason === 'unknown' || (reason === 'locked' && CONCEALED.has(scope)))
      await this.#delay(this.#wrongPasswords.failures(question.attempt));
    return result;
  }

  async #delay(failures: number): Promise<void> {
    const { failureDelay, derivationsMax } = this.#limits;
    if (failureDelay === 0 || failures === 0 || this.#delayed >= derivationsMax) return;
    this.#delayed++;
    const ms = failureDelay * Math.min(2 ** (failures - 1), DELAY_GROWTH_MAX);
    await new Promise<void>((over) => this.#clock.schedule(ms, over));
    this.#delayed--;
  }

  rememberedToken(token: string): Authentication | undefined {
    const name = this.#tokens?.remembered(token);
    if (name === undefined) return undefined;
    const record = this.#ownerOf(name);
    return record && { ok: true, principal: principalOf(record) };
  }

  async authenticateToken(scope: LockScope, token: string): Promise<Authentication> {
    if (this.#tokens === undefined || token.length > SECRET_LENGTH_MAX)
      return this.#refused(scope, '', 'wrong');
    let name: string | null;
    try {
      name = await this.#tokens.verify(token);
    } catch {
      return this.#refused(scope, '', 'unavailable');
    }
    if (name === null) return this.#refused(scope, '', 'wrong');
    const record = this.#ownerOf(name);
    return record === undefined
      ? this.#refused(scope, name, 'unknown')
      : { ok: true, principal: principalOf(record) };
  }

  /** The user whom a verified token names, provided that he signs in with tokens. */
  #ownerOf(name: string): UserRecord | undefined {
    const record = this.#find(name);
    return record !== undefined && this.#tokens?.owns(record) === true ? record : undefined;
  }

  async scramKeys(user: string, mechanism: ScramMechanism): Promise<ScramKeys | null> {
    const record = this.#find(user);
    // A token has no verifier, and the password of such a user must not open a way around it.
    if (record === undefined || this.#tokens?.owns(record) === true) return null;
    for (const provider of this.#providers) {
      const keys = await provider.scramKeys?.(record, mechanism);
      if (keys !== undefined) return keys;
    }
    return null;
  }

  scramDecoy(user: string): Promise<ScramDecoy> {
    return this.#decoys.of(foldId(user));
  }

  isLocked(scope: LockScope, user: string, from?: string): boolean {
    return this.#wrongPasswords.isLocked(this.#question(scope, user, '', from).attempt);
  }

  async noteOutcome(scope: LockScope, user: string, ok: boolean, from?: string): Promise<boolean> {
    const question = this.#question(scope, user, '', from);
    if (this.#wrongPasswords.touch(question.attempt)) return this.#refused(scope, user, 'locked').ok;
    if (ok) {
      this.#wrongPasswords.succeeded(question.attempt);
      return true;
    }
    this.#failed(question);
    const reason = question.record === undefined ? 'unknown' : 'wrong';
    return (await this.#slowly(scope, question, this.#refused(scope, user, reason))).ok;
  }

  forget(loginId: string | null): void {
    if (loginId === null) this.#cache.clear();
    else this.#cache.forget(this.#directory.current.user(loginId)?.loginId ?? loginId);
  }

  /**
   * Users that are locked at the moment, each once, by login id. Names that do not exist lock, too, but are anybody's invention;
   * a lock for one network alone counts.
   */
  lockedUsers(): readonly string[] {
    return [...new Set(this.#wrongPasswords.locked())]
      .filter((name) => this.#find(name) !== undefined)
      .sort();
  }

  /** Whether a credential of the user is remembered at the moment. */
  remembers(loginId: string): boolean {
    return this.#cache.remembers(loginId);
  }

  /** Remembered credentials, for diagnostics. */
  get rememberedCount(): number {
    return this.#cache.size;
  }

  #find(user: string): UserRecord | undefined {
    return this.#directory.current.user(user) ?? this.#directory.current.userByName(user);
  }

  /** Counts a wrong password; the operator is told when it locks a user. Names that do not exist are anybody's invention. */
  #failed({ attempt, name, record }: Question, fingerprint?: string): void {
    const locked = this.#wrongPasswords.failed(attempt, fingerprint);
    if (locked === null || record === undefined) return;
    const from = locked === 'user' ? '' : ` from ${attempt.network}`;
    const times = this.#limits.lockAfter;
    this.#happenings?.publish('operator', {
      level: 'warn',
      text: `${times} wrong passwords for ${name}${from} (${WHERE[attempt.scope]}): further attempts are refused for a while.`,
    });
  }

  #question(scope: LockScope, user: string, secret: string, from?: string): Question {
    const record = this.#find(user);
    const name = record?.loginId ?? user.slice(0, SHOWN_NAME_MAX).toLowerCase();
    const network = from === undefined ? undefined : networkOf(from);
    return {
      name,
      record,
      attempt: { scope, name, exists: record !== undefined, network },
      fingerprint: this.#cache.fingerprint(name, secret),
    };
  }

  #atOnce({ attempt, record, fingerprint }: Question): Authentication | undefined {
    if (this.#wrongPasswords.isLocked(attempt)) return { ok: false, reason: 'locked' };
    if (record === undefined || !this.#cache.has(fingerprint)) return undefined;
    this.#wrongPasswords.succeeded(attempt);
    return { ok: true, principal: principalOf(record) };
  }

  /** Whether the user is locked, and then for longer: but a remembered credential does not prolong a lock that somebody else's guesses caused. */
  #stillLocked({ fingerprint, attempt }: Question): boolean {
    return this.#cache.has(fingerprint)
      ? this.#wrongPasswords.isLocked(attempt)
      : this.#wrongPasswords.touch(attempt);
  }

  /** The slow part, one at a time for each user and scope. */
  async #ask(scope: LockScope, user: string, question: Question, secret: string): Promise<Authentication> {
    // Whoever was before us in the row may have locked the user.
    const locked = this.#stillLocked(question);
    if (locked && !CONCEALED.has(scope)) return this.#refused(scope, user, 'locked');
    let verdict: boolean;
    try {
      verdict = await this.#verify(question.record, secret);
    } catch {
      return this.#refused(scope, user, 'unavailable');
    }
    if (locked) return this.#refused(scope, user, 'locked');
    if (verdict) {
      // The user may have been changed or deleted while the key was derived.
      const record = this.#directory.current.user(question.name);
      if (record !== undefined) {
        this.#wrongPasswords.succeeded(question.attempt);
        // A token ends by itself; its authority remembers until when.
        if (this.#tokens?.owns(record) !== true) this.#cache.remember(question.fingerprint, record.loginId);
        return { ok: true, principal: principalOf(record) };
      }
    }
    this.#failed(question, question.fingerprint);
    return this.#refused(scope, user, question.record === undefined ? 'unknown' : 'wrong');
  }

  async #verify(record: UserRecord | undefined, secret: string): Promise<boolean> {
    if (record !== undefined && this.#tokens?.owns(record) === true) {
      const name = await this.#tokens.verify(secret);
      return name !== null && this.#find(name)?.loginId === record.loginId;
    }
    if (record !== undefined) {
      for (const provider of this.#providers) {
        const verdict = await provider.verify(record, secret);
        if (verdict !== undefined) return verdict;
      }
    }
    // A name that does not exist, or has no password, costs the same time as one that has.
    await deriveScramKeys(secret, this.#dummySalt, this.#limits.iterations, 'SCRAM-SHA-256');
    return false;
  }

  #refused(scope: LockScope, user: string, reason: AuthenticationFailure): Authentication {
    this.#happenings?.publish('auth.failed', {
      user: user.slice(0, SHOWN_NAME_MAX),
      where: WHERE[scope],
      reason,
    });
    return { ok: false, reason };
  }

  #directoryChanged(directory: Directory): void {
    for (const loginId of [...this.#cache.users()]) {
      const before = this.#known.user(loginId);
      const now = directory.user(loginId);
      if (now === before) continue;
      if (JSON.stringify(before) !== JSON.stringify(now)) this.#cache.forget(loginId);
    }
    this.#known = directory;
  }
}
