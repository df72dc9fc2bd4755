/**
 * What one node has verified spares the others the derivation: after a failover thousands sign in at the node that is left within
 * seconds. Bucket `verifiers` holds a MAC of the password for each user, under a key that takes `node.secret` and the stored keys of
 * the password to make. docs/store.md, *Passwords*
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { Clock, Timer } from '@poise/clock';
import { BUCKETS, type Cluster, type Registry, wordOf } from '../cluster/index.ts';
import { WriteBehind } from '../store/write-behind.ts';
import { preparePassword, type StoredKeys } from './scram-keys.ts';

const KEY_BYTES = 32;
const WRITE_AFTER_MS = 50;
/** Writes under way at once. */
const BATCH = 64;
/** A verifier is written anew so long before it would be gone, as long as its user is remembered here, ms. */
const RENEW_MS = BUCKETS.verifiers / 3;

export interface SharedVerifiersOptions {
  readonly cluster: Cluster;
  /** Setting `node.secret`. */
  readonly secret: string;
  readonly clock: Clock;
  /** Whether this node would let the user in without a derivation: his verifier is kept alive as long as that. */
  readonly isRemembered: (loginId: string) => boolean;
}

/**
 * The key of a user's verifier. Whoever lacks `node.secret`, or the stored keys of this very password, cannot make it: what is in the
 * bucket cannot be guessed at without both, and is worth nothing when the password has changed.
 */
export function verifierKey(
  secret: string,
  loginId: string,
  { salt, iterations, sha256 }: StoredKeys,
): Uint8Array {
  const version = Buffer.concat([salt, Buffer.from(`/${iterations}/`), sha256.storedKey]);
  return new Uint8Array(hkdfSync('sha256', secret, version, `poise verifier 1 ${loginId}`, KEY_BYTES));
}

const verifierOf = (key: Uint8Array, password: string): Buffer =>
  createHmac('sha256', key).update(preparePassword(password)).digest();

export class SharedVerifiers {
  readonly #o: SharedVerifiersOptions;
  readonly #registry: Registry;
  /** What is in the bucket, sealed, by key. */
  readonly #known = new Map<string, Uint8Array>();
  /** What this node has shared, by login id. */
  readonly #own = new Map<string, string>();
  readonly #behind: WriteBehind<string, string | null>;
  readonly #end: () => void;
  #timer: Timer | undefined;

  constructor(options: SharedVerifiersOptions) {
    const { cluster, clock } = options;
    this.#o = options;
    this.#registry = cluster.fabric.registry('verifiers');
    this.#behind = new WriteBehind({
      clock,
      afterMs: WRITE_AFTER_MS,
      batch: BATCH,
      write: async (batch) => {
        await Promise.all(batch.map(([loginId, verifier]) => this.#write(loginId, verifier)));
      },
      // Out of reach: others derive then, and the operator knows.
      onProblem: () => {},
    });
    this.#end = this.#registry.watch('', {
      changed: ({ key, value }) => void this.#known.set(key, value),
      removed: (key) => void this.#known.delete(key),
      current: () => {},
    });
    this.#renewLater();
  }

  /** Whether another node (or this one) has found this password right, for these stored keys. Costs some microseconds. */
  matches(loginId: string, keys: StoredKeys, password: string): boolean {
    const key = wordOf(loginId);
    const value = this.#known.get(key);
    const body = value && this.#o.cluster.open(`verifiers/${key}`, value)?.body;
    const { verifier } = (body ?? {}) as { readonly verifier?: unknown };
    if (typeof verifier !== 'string') return false;
    const known = Buffer.from(verifier, 'base64');
    const given = verifierOf(verifierKey(this.#o.secret, loginId, keys), password);
    return known.length === given.length && timingSafeEqual(known, given);
  }

  /** The password was found right; never blocks. */
  share(loginId: string, keys: StoredKeys, password: string): void {
    const verifier = verifierOf(verifierKey(this.#o.secret, loginId, keys), password).toString('base64');
    this.#own.set(loginId, verifier);
    this.#behind.set(loginId, verifier);
  }

  /** The user or his password has changed. @param loginId null: all may have */
  forget(loginId: string | null): void {
    if (loginId === null) this.#own.clear();
    else if (this.#own.delete(loginId) || this.#known.has(wordOf(loginId))) this.#behind.set(loginId, null);
  }

  async close(): Promise<void> {
    this.#timer?.cancel();
    this.#end();
    await this.#behind.flush();
  }

  async #write(loginId: string, verifier: string | null): Promise<void> {
    const key = wordOf(loginId);
    if (verifier === null) await this.#registry.remove(key);
    else await this.#registry.put(key, this.#o.cluster.seal(`verifiers/${key}`, 'verifier', { verifier }));
  }

  #renewLater(): void {
    this.#timer = this.#o.clock.schedule(RENEW_MS, () => {
      for (const [loginId, verifier] of this.#own)
        if (this.#o.isRemembered(loginId)) this.#behind.set(loginId, verifier);
        else this.#own.delete(loginId);
      this.#renewLater();
    });
  }
}
