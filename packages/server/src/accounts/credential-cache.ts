/** Verified credentials, remembered as keyed hashes: what a Basic header with every request lives on. */
import { createHmac, randomBytes } from 'node:crypto';

interface Remembered {
  readonly loginId: string;
  readonly until: number;
}

/** Bounded, oldest first out; the key exists in this process only. */
export class CredentialCache {
  readonly #key = randomBytes(32);
  readonly #entries = new Map<string, Remembered>();
  readonly #byUser = new Map<string, Set<string>>();
  readonly #ttlMs: number;
  readonly #entriesMax: number;
  readonly #monotonic: () => number;

  constructor(options: { ttlMs: number; entriesMax: number; monotonic: () => number }) {
    this.#ttlMs = options.ttlMs;
    this.#entriesMax = options.entriesMax;
    this.#monotonic = options.monotonic;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Login ids of which something is remembered. */
  users(): Iterable<string> {
    return this.#byUser.keys();
  }

  /** Whether any credential of the user is remembered, and not too old. */
  remembers(loginId: string): boolean {
    for (const fingerprint of this.#byUser.get(loginId) ?? [])
      if ((this.#entries.get(fingerprint)?.until ?? 0) > this.#monotonic()) return true;
    return false;
  }

  /** Stands for a user and a secret; without the key of this process it tells nothing of the secret. */
  fingerprint(loginId: string, secret: string): string {
    return createHmac('sha256', this.#key).update(`${loginId.length}:${loginId}${secret}`).digest('base64');
  }

  has(fingerprint: string): boolean {
    const entry = this.#entries.get(fingerprint);
    if (entry === undefined) return false;
    if (entry.until > this.#monotonic()) return true;
    this.#remove(fingerprint, entry);
    return false;
  }

  remember(fingerprint: string, loginId: string): void {
    if (this.#entriesMax === 0 || this.#ttlMs === 0) return;
    const old = this.#entries.get(fingerprint);
    if (old !== undefined) this.#remove(fingerprint, old);
    const oldest = this.#entries.entries().next();
    if (this.#entries.size >= this.#entriesMax && !oldest.done) this.#remove(...oldest.value);
    this.#entries.set(fingerprint, { loginId, until: this.#monotonic() + this.#ttlMs });
    const own = this.#byUser.get(loginId);
    if (own === undefined) this.#byUser.set(loginId, new Set([fingerprint]));
    else own.add(fingerprint);
  }

  forget(loginId: string): void {
    for (const fingerprint of this.#byUser.get(loginId) ?? []) this.#entries.delete(fingerprint);
    this.#byUser.delete(loginId);
  }

  clear(): void {
    this.#entries.clear();
    this.#byUser.clear();
  }

  #remove(fingerprint: string, entry: Remembered): void {
    this.#entries.delete(fingerprint);
    const own = this.#byUser.get(entry.loginId);
    own?.delete(fingerprint);
    if (own?.size === 0) this.#byUser.delete(entry.loginId);
  }
}
