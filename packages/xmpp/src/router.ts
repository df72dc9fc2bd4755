/** Who is here: sessions by user, and the rules for taking a resource. */
import type { Clock } from '@poise/clock';
import { escapeAttr } from '@poise/xml';
import { escapeLocal, foldCase } from './jid.ts';
import type { XmppLimits } from './limits.ts';
import { retained } from './retained.ts';
import type { ClientStream } from './stream/client-stream.ts';

/** So many at once, and then so many a second. */
class Allowance {
  readonly #burst: number;
  readonly #perSecond: number;
  #tokens: number;
  #at: number;

  constructor({ bindBurst, bindPerSecond }: XmppLimits, now: number) {
    this.#burst = bindBurst;
    this.#perSecond = bindPerSecond;
    this.#tokens = bindBurst;
    this.#at = now;
  }

  has(now: number): boolean {
    const earned = ((now - this.#at) / 1000) * this.#perSecond;
    this.#tokens = Math.min(this.#burst, this.#tokens + earned);
    this.#at = now;
    return this.#tokens >= 1;
  }

  spend(): void {
    this.#tokens -= 1;
  }
}

/** Sessions of one user; kept after the last one ends, because the rate of binds is counted here. */
export class UserSessions {
  /** Login id in the spelling of the authenticator and the access callbacks. */
  readonly user: string;
  readonly bareJid: string;
  /** Escaped for an attribute. */
  readonly bareJidXml: string;
  /** Replaced, never changed: whoever walks it may end sessions meanwhile. */
  sessions: readonly ClientStream[] = [];
  /** Sessions that are available, or stand for one that was when they took its resource. */
  present = 0;
  /** Connections that have signed in and not bound, oldest first. */
  readonly unbound = new Set<ClientStream>();
  readonly binds: Allowance;
  /** Apart from {@link binds}: a program that binds in a loop must not keep a desktop from coming back. */
  readonly resumptions: Allowance;

  constructor(user: string, domain: string, limits: XmppLimits, now: number) {
    this.user = retained(user);
    // The JID is folded; the id itself keeps the spelling of the directory.
    this.bareJid = retained(`${escapeLocal(foldCase(user))}@${domain}`);
    const escaped = escapeAttr(this.bareJid);
    this.bareJidXml = escaped === this.bareJid ? this.bareJid : escaped;
    this.binds = new Allowance(limits, now);
    this.resumptions = new Allowance(limits, now);
  }

  session(resource: string): ClientStream | undefined {
    for (const session of this.sessions) if (session.resource === resource) return session;
    return undefined;
  }
}

export type BindRefusal = 'too-many-binds' | 'too-many-sessions';

export class Router {
  readonly #users = new Map<string, UserSessions>();
  readonly #domain: string;
  readonly #limits: XmppLimits;
  readonly #clock: Clock;
  #sessions = 0;

  constructor(domain: string, limits: XmppLimits, clock: Clock) {
    this.#domain = domain;
    this.#limits = limits;
    this.#clock = clock;
  }

  /** The user's entry, made when missing. */
  entry(user: string): UserSessions {
    let entry = this.#users.get(user);
    if (entry === undefined) {
      entry = new UserSessions(user, this.#domain, this.#limits, this.#clock.monotonic());
      this.#users.set(entry.user, entry);
    }
    return entry;
  }

  find(user: string): UserSessions | undefined {
    return this.#users.get(user);
  }

  /** Bound sessions. */
  get size(): number {
    return this.#sessions;
  }

  *sessions(): Iterable<ClientStream> {
    for (const entry of this.#users.values()) yield* entry.sessions;
  }

  /** Counts a bind against the user's rate; two clients that throw each other out are slowed down here. */
  admit(entry: UserSessions, resource: string): BindRefusal | null {
    if (!entry.binds.has(this.#clock.monotonic())) return 'too-many-binds';
    if (entry.sessions.length >= this.#limits.sessionsPerUserMax && entry.session(resource) === undefined)
      return 'too-many-sessions';
    entry.binds.spend();
    return null;
  }

  /** Counts a resumption against the user's rate of resumptions. @returns false when there are too many */
  admitResumption(entry: UserSessions): boolean {
    if (!entry.resumptions.has(this.#clock.monotonic())) return false;
    entry.resumptions.spend();
    return true;
  }

  add(entry: UserSessions, session: ClientStream): void {
    entry.sessions = [...entry.sessions, session];
    this.#sessions += 1;
  }

  remove(entry: UserSessions, session: ClientStream): void {
    const rest = entry.sessions.filter((other) => other !== session);
    this.#sessions -= entry.sessions.length - rest.length;
    entry.sessions = rest;
  }

  /** Forgets a user without sessions. */
  forget(user: string): void {
    if (this.#users.get(user)?.sessions.length === 0) this.#users.delete(user);
  }
}
