/**
 * Sessions of the administration console: a second way of showing who is asking, beside the Authorization header. They live in
 * memory; of their ids only hashes do.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Directory, DirectorySource } from '../store/directory.ts';
import type { Principal } from './accounts.ts';
import { cookiesOf } from './cookies.ts';
import { decide } from './policy.ts';
import { principalOf } from './principal.ts';

export const CONSOLE_COOKIE = 'poise-console';
export const CSRF_HEADER = 'x-poise-csrf';
/** A session ends so long after its last request (admin.md 1). */
export const CONSOLE_IDLE_MS = 30 * 60_000;
/** One administrator may be signed in at so many browsers; one more ends the one that was not used for the longest time. */
export const SESSIONS_PER_USER_MAX = 10;
export const SESSIONS_MAX = 500;
const ID_BYTES = 32;

export interface ConsoleSession {
  readonly loginId: string;
  /** To be sent in {@link CSRF_HEADER} with every request that changes something. */
  readonly csrf: string;
}

interface Kept extends ConsoleSession {
  /** Monotonic ms. */
  usedAt: number;
}

/** A session that goes on. */
export interface FoundSession {
  readonly principal: Principal;
  readonly csrf: string;
}

/** What a session says of a request. */
export type SessionAnswer =
  | ({ readonly ok: true } & FoundSession)
  /** `csrf`: it would write, and does not show that it comes from the page. */
  | { readonly ok: false; readonly reason: 'none' | 'csrf' };

export interface SessionRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
}

export interface ConsoleSessionsOptions {
  readonly directory: DirectorySource;
  readonly monotonic: () => number;
  readonly random?: (bytes: number) => Buffer;
}

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);
const hashOf = (id: string): string => createHash('sha256').update(id).digest('base64url');

export class ConsoleSessions {
  readonly #directory: DirectorySource;
  readonly #monotonic: () => number;
  readonly #random: (bytes: number) => Buffer;
  /** By the hash of the id; the one used last stands last. */
  readonly #sessions = new Map<string, Kept>();

  constructor({ directory, monotonic, random = randomBytes }: ConsoleSessionsOptions) {
    this.#directory = directory;
    this.#monotonic = monotonic;
    this.#random = random;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** @returns the session and its id, which goes into the cookie and is kept nowhere */
  open(loginId: string): { readonly id: string; readonly session: ConsoleSession } {
    this.#forgetExpired();
    const own = [...this.#sessions].filter(([, session]) => session.loginId === loginId);
    if (own.length >= SESSIONS_PER_USER_MAX) this.#sessions.delete(own[0]![0]);
    const oldest = this.#sessions.keys().next();
    if (this.#sessions.size >= SESSIONS_MAX && !oldest.done) this.#sessions.delete(oldest.value);
    const id = this.#random(ID_BYTES).toString('base64url');
    const session: Kept = {
      loginId,
      csrf: this.#random(ID_BYTES).toString('base64url'),
      usedAt: this.#monotonic(),
    };
    this.#sessions.set(hashOf(id), session);
    return { id, session };
  }

  /** Who asks, by the cookie of the request; counts as use. Whoever is no administrator any more has no session. */
  of({ method, headers }: SessionRequest): SessionAnswer {
    const found = this.find(headers.cookie);
    if (found === undefined) return { ok: false, reason: 'none' };
    if (!READS.has(method) && !isEqual(headers[CSRF_HEADER], found.csrf))
      return { ok: false, reason: 'csrf' };
    return { ok: true, ...found };
  }

  /** The same for who looks at the token himself. @param cookie header of the request */
  find(cookie: string | undefined): FoundSession | undefined {
    const key = keyOf(cookie);
    const session = key === undefined ? undefined : this.#sessions.get(key);
    if (key === undefined || session === undefined) return undefined;
    const principal = administrator(this.#directory.current, session.loginId);
    this.#sessions.delete(key);
    const now = this.#monotonic();
    if (principal === undefined || now - session.usedAt >= CONSOLE_IDLE_MS) return undefined;
    session.usedAt = now;
    this.#sessions.set(key, session);
    return { principal, csrf: session.csrf };
  }

  /** Signs out. */
  end({ headers }: Pick<SessionRequest, 'headers'>): void {
    const key = keyOf(headers.cookie);
    if (key !== undefined) this.#sessions.delete(key);
  }

  /** The password of a user was changed: who signed in with the old one does so again. @param loginId null: everybody */
  endOf(loginId: string | null): void {
    for (const [key, session] of this.#sessions)
      if (loginId === null || session.loginId === loginId) this.#sessions.delete(key);
  }

  #forgetExpired(): void {
    const now = this.#monotonic();
    for (const [key, { usedAt }] of this.#sessions)
      if (now - usedAt >= CONSOLE_IDLE_MS) this.#sessions.delete(key);
  }
}

function keyOf(cookie: string | undefined): string | undefined {
  const id = cookiesOf(cookie).get(CONSOLE_COOKIE);
  return id === undefined || id === '' ? undefined : hashOf(id);
}

function administrator(directory: Directory, loginId: string): Principal | undefined {
  const user = directory.user(loginId);
  if (user?.loginId !== loginId) return undefined;
  const principal = principalOf(user);
  return decide(principal, 'console.use', {}, directory) === 'allow' ? principal : undefined;
}

function isEqual(sent: string | readonly string[] | undefined, wanted: string): boolean {
  if (typeof sent !== 'string' || sent.length !== wanted.length) return false;
  const [a, b] = [Buffer.from(sent), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
