/** Passwords: those whose keys are stored, and those that are public anyway (demonstration, bench). */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { UserRecord } from '../store/directory.ts';
import { foldId } from '../store/snapshot.ts';
import type { AccountProvider, ScramKeys, ScramMechanism } from './accounts.ts';
import type { ScramDecoys } from './scram-decoys.ts';
import { deriveScramKeys, keysFor, type StoredKeys, verifyPassword } from './scram-keys.ts';
import type { SharedVerifiers } from './shared-verifiers.ts';

/** Where stored keys come from. */
export interface KeySource {
  keysOf(loginId: string): Promise<StoredKeys | undefined>;
}

/** Verifies against stored SCRAM keys. */
export class PasswordProvider implements AccountProvider {
  readonly name = 'password';
  readonly #source: KeySource;
  #shared: SharedVerifiers | undefined;

  constructor(source: KeySource) {
    this.#source = source;
  }

  /** From now on what one node has verified spares the others the derivation. */
  shareThrough(shared: SharedVerifiers): void {
    this.#shared = shared;
  }

  async verify(user: UserRecord, secret: string): Promise<boolean | undefined> {
    const keys = await this.#source.keysOf(user.loginId);
    if (keys === undefined) return undefined;
    // Only the right password is known by this: a wrong one costs what it always does.
    const isRight = this.#shared?.matches(user.loginId, keys, secret) || (await verifyPassword(secret, keys));
    if (isRight) this.#shared?.share(user.loginId, keys, secret);
    return isRight;
  }

  async scramKeys(user: UserRecord, mechanism: ScramMechanism): Promise<ScramKeys | undefined> {
    const keys = await this.#source.keysOf(user.loginId);
    return keys === undefined ? undefined : keysFor(keys, mechanism);
  }
}

const PUBLIC_KEYS_MAX = 10_000;

/**
 * Verifies users whose password is known to the program: demonstration users (the login id) and bench
 * agents (one password for all). Nothing is derived for PLAIN and Basic, so that thousands of them start
 * in no time; SCRAM keys are derived when first asked for, once for each user, and look like those of a name
 * that does not exist.
 */
export class KnownPasswordProvider implements AccountProvider {
  readonly name = 'known-password';
  readonly #passwordOf: (user: UserRecord) => string | undefined;
  readonly #hashKey = randomBytes(32);
  readonly #decoys: ScramDecoys;
  readonly #scram = new Map<string, Promise<ScramKeys>>();
  /** The password asked for last and its hash: bench agents share one. */
  #hashed: { readonly password: string; readonly hash: Buffer } | undefined;

  /** @param passwordOf undefined: not a user of this provider */
  constructor(passwordOf: (user: UserRecord) => string | undefined, decoys: ScramDecoys) {
    this.#passwordOf = passwordOf;
    this.#decoys = decoys;
  }

  verify(user: UserRecord, secret: string): Promise<boolean | undefined> {
    const password = this.#passwordOf(user);
    return Promise.resolve(
      password === undefined ? undefined : timingSafeEqual(this.#hash(secret), this.#known(password)),
    );
  }

  async scramKeys(user: UserRecord, mechanism: ScramMechanism): Promise<ScramKeys | undefined> {
    const password = this.#passwordOf(user);
    if (password === undefined) return undefined;
    const { salt, iterations } = await this.#decoys.of(foldId(user.loginId));
    const key = `${mechanism} ${iterations} ${user.loginId}`;
    const known = this.#scram.get(key);
    if (known !== undefined) return known;
    if (this.#scram.size >= PUBLIC_KEYS_MAX) this.#scram.clear();
    const keys = deriveScramKeys(password, salt, iterations, mechanism);
    this.#scram.set(key, keys);
    return keys;
  }

  #known(password: string): Buffer {
    if (this.#hashed?.password !== password) this.#hashed = { password, hash: this.#hash(password) };
    return this.#hashed.hash;
  }

  #hash(text: string): Buffer {
    return createHmac('sha256', this.#hashKey).update(text).digest();
  }
}
