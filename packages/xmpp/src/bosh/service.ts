/** All BOSH sessions of a server: making them, finding them, ending them. No HTTP in here. */
import { type Clock, Standstill } from '@poise/clock';
import { type Element, escapeAttr } from '@poise/xml';
import { RandomIds } from '../random.ts';
import type { SaslPolicy, StreamFactory } from '../transport.ts';
import { integerOf, isTerminate, type RequestBody, terminateBody } from './body.ts';
import { LEGACY_STATUS, type TerminateCondition } from './conditions.ts';
import { DeadlineList } from './deadline-list.ts';
import type { HeldRequest, Responder } from './hold.ts';
import type { BoshLimits } from './limits.ts';
import type { BoshObserver } from './observer.ts';
import { Reaper } from './reaper.ts';
import { BoshSession } from './session.ts';
import type { SessionHost } from './session-host.ts';
import { VainRequests } from './vain-requests.ts';

export interface BoshServiceOptions {
  readonly openStream: StreamFactory;
  readonly clock: Clock;
  /** Default: one of its own. */
  readonly standstill?: Standstill | undefined;
  /** Cryptographically strong random bytes: a session id is all that a thief needs. */
  readonly random: (bytes: number) => Uint8Array;
  readonly domain: string;
  readonly limits: BoshLimits;
  readonly observer: Partial<BoshObserver>;
  /** Calls back when the others have had their turn. Default: setImmediate. */
  readonly nextTurn?: ((goOn: () => void) => void) | undefined;
  /** `short`: 8 hexadecimal digits as Openfire has them; they can be guessed. Default: 128 bits. */
  readonly sid: 'long' | 'short';
}

/** A request and where it came from. */
export interface RequestPeer extends Responder {
  readonly remotePort: number;
  /** Both ends on this machine. */
  readonly loopback: boolean;
  readonly saslPolicy: SaslPolicy | undefined;
}

/**
 * Part of the wait by which a request may be answered sooner together with another one. Waking up costs more than an empty
 * answer; with 2,000 idle sessions whose requests wait 30 s one would be due every 15 ms.
 */
const EARLY_MS_PER_SECOND = 3;

export type StopReason = 'shutdown' | 'failover';

export class BoshSessions implements SessionHost {
  readonly clock: Clock;
  readonly standstill: Standstill;
  readonly limits: BoshLimits;
  readonly observer: Partial<BoshObserver>;
  readonly domainAttribute: string;

  readonly #options: BoshServiceOptions;
  readonly #sessions = new Map<string, BoshSession>();
  readonly #waitLists = new Map<number, DeadlineList>();
  readonly #signIns: DeadlineList;
  readonly #unauthenticated = new Map<string, number>();
  readonly #reaper: Reaper;
  readonly #ids: RandomIds;
  readonly #nextTurn: (goOn: () => void) => void;
  readonly #vain = new VainRequests();
  readonly #hasSessions = (): boolean => this.#sessions.size > 0;
  #unsettled: BoshSession[] = [];
  #stopped = false;

  constructor(options: BoshServiceOptions) {
    this.#options = options;
    this.#ids = new RandomIds(options.random);
    this.#nextTurn = options.nextTurn ?? setImmediate;
    this.clock = options.clock;
    this.standstill = options.standstill ?? new Standstill(options.clock);
    this.limits = options.limits;
    this.observer = options.observer;
    this.domainAttribute = escapeAttr(options.domain);
    this.#signIns = new DeadlineList(
      this.clock,
      this.limits.unauthenticatedSeconds * 1000,
      (entry) => this.#signInOver(entry as BoshSession),
      0,
      this.standstill,
    );
    this.#reaper = new Reaper(
      this.clock,
      this.standstill,
      this.limits.sweepSeconds,
      () => this.#sessions.values(),
      this.observer,
    );
  }

  /** Sessions that exist, those included that still owe their last answer. */
  get count(): number {
    return this.#sessions.size;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  *sessions(): Iterable<BoshSession> {
    for (const session of this.#sessions.values()) if (session.state !== 'ending') yield session;
  }

  /** One request body; the answer comes through `peer`, now or later. */
  request(body: RequestBody, peer: RequestPeer): void {
    if (body.rid === undefined) this.refuse(peer, 400, 'a request without a valid rid');
    else if (body.sid === undefined) this.#create(body.element, body.rid, peer);
    else {
      const session = this.#sessions.get(body.sid);
      if (session === undefined) this.#refuseUnknown(body.sid, body.rid, peer);
      else this.#pass(session, body, peer);
    }
  }

  /** Refuses a request that belongs to no session, and tells of it. */
  refuse(peer: RequestPeer, status: number, reason: string): void {
    this.observer.refused?.(peer.remoteAddress, reason);
    peer.refuse(status);
  }

  /** Ends all sessions; requests that come later must not reach this service. */
  stop(reason: StopReason): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#reaper.stop();
    this.standstill.unwatch(this.#hasSessions);
    for (const session of [...this.#sessions.values()]) {
      if (reason === 'shutdown') session.drop('lost', 'system-shutdown', { condition: 'system-shutdown' });
      else session.depart();
      if (session.state === 'ending') session.forget();
    }
    this.#signIns.clear();
    for (const list of this.#waitLists.values()) list.clear();
  }

  // ---- SessionHost ------------------------------------------------------------------------------

  waitList(seconds: number): DeadlineList {
    let list = this.#waitLists.get(seconds);
    if (list === undefined) {
      list = new DeadlineList(
        this.clock,
        seconds * 1000,
        (entry) => waitOver(entry),
        seconds * EARLY_MS_PER_SECOND,
      );
      this.#waitLists.set(seconds, list);
    }
    return list;
  }

  settleLater(session: BoshSession): void {
    if (this.#unsettled.push(session) === 1) queueMicrotask(() => this.#settleAll());
  }

  goOnLater(session: BoshSession): void {
    this.#nextTurn(() => this.#guarded(session, () => session.goOn()));
  }

  closed(session: BoshSession, untold: boolean): void {
    if (session.list !== null) this.#signedIn(session);
    if (!untold) this.#sessions.delete(session.id);
  }

  // ---- inside -----------------------------------------------------------------------------------

  #pass(session: BoshSession, body: RequestBody, peer: RequestPeer): void {
    this.#guarded(session, () => session.request(body, peer));
  }

  /** Lets a session work that may sign in by it. */
  #guarded(session: BoshSession, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#broken(session, error);
    }
    if (session.list !== null && session.stream.authenticated) this.#signedIn(session);
  }

  /** HTTP 404, as the original; who repeats the request all the same is told by a terminate body. */
  #refuseUnknown(sid: string, rid: number, peer: RequestPeer): void {
    const reason = 'there is no such session';
    if (!this.#vain.isRepeated(sid, rid)) {
      this.refuse(peer, 404, reason);
      return;
    }
    this.observer.refused?.(peer.remoteAddress, reason);
    peer.answer(terminateBody('item-not-found', '', ''));
  }

  #settleAll(): void {
    const sessions = this.#unsettled;
    this.#unsettled = [];
    for (const session of sessions) {
      try {
        session.settle();
      } catch (error) {
        this.#broken(session, error);
      }
    }
  }

  #create(element: Element | null, rid: number, peer: RequestPeer): void {
    const { limits } = this;
    // A body without sid always has its element.
    if (element === null || isTerminate(element)) {
      this.refuse(peer, 400, 'a session request that ends the session');
      return;
    }
    if (this.#sessions.size >= limits.sessionsMax) {
      this.refuse(peer, 503, 'too many sessions');
      return;
    }
    const modern = isModern(element.attr('ver'));
    const fromAddress = this.#unauthenticated.get(peer.remoteAddress) ?? 0;
    if (fromAddress >= limits.unauthenticatedPerAddressMax) {
      this.observer.refused?.(peer.remoteAddress, 'too many sessions of this address have not signed in');
      refuse(peer, modern, 'policy-violation');
      return;
    }
    const hold = Math.min(integerOf(element.attr('hold'), 1), limits.holdMax);
    const session = new BoshSession(this, {
      sid: this.#newSid(),
      rid,
      wait: Math.min(integerOf(element.attr('wait'), limits.waitSeconds), limits.waitSeconds),
      hold,
      requests: Math.max(2, hold + 1),
      modern,
      acks: element.attr('ack') === '1',
      newkey: element.attr('newkey'),
      secure: peer.secure,
      remoteAddress: peer.remoteAddress,
      remotePort: peer.remotePort,
      loopback: peer.loopback,
      saslPolicy: peer.saslPolicy,
    });
    this.#sessions.set(session.id, session);
    this.standstill.watchWhile(this.#hasSessions);
    this.#unauthenticated.set(session.remoteAddress, fromAddress + 1);
    this.#signIns.add(session);
    try {
      session.stream = this.#options.openStream(session);
      session.begin(element, rid, peer);
    } catch (error) {
      this.#broken(session, error);
      if (peer.held === null) peer.refuse(500);
    }
  }

  #newSid(): string {
    for (;;) {
      const sid = this.#ids.hex(this.#options.sid === 'short' ? 4 : 16);
      if (!this.#sessions.has(sid)) return sid;
    }
  }

  /** Takes the session out of the list and the count of those that have not signed in. */
  #signedIn(session: BoshSession): void {
    DeadlineList.remove(session);
    const left = (this.#unauthenticated.get(session.remoteAddress) ?? 1) - 1;
    if (left === 0) this.#unauthenticated.delete(session.remoteAddress);
    else this.#unauthenticated.set(session.remoteAddress, left);
  }

  #signInOver(session: BoshSession): void {
    // It has left the list by itself; the count is still to be put right.
    this.#signedIn(session);
    if (session.stream.authenticated) return;
    session.drop('idle', 'policy-violation', { condition: 'connection-timeout' });
    if (session.state === 'ending') session.forget();
  }

  /** An error of our own: this session ends, the others never notice. */
  #broken(session: BoshSession, error: unknown): void {
    this.observer.notice?.(
      session.id,
      '',
      `internal error: ${error instanceof Error ? error.stack : String(error)}`,
    );
    try {
      session.drop('lost', 'internal-server-error', { condition: 'internal-server-error' });
    } catch {
      session.forget();
    }
  }
}

function waitOver(entry: object): void {
  const request = entry as HeldRequest;
  request.holder.waitOver(request);
}

function refuse(peer: RequestPeer, modern: boolean, condition: TerminateCondition): void {
  if (modern) peer.answer(terminateBody(condition, '', ''));
  else peer.refuse(LEGACY_STATUS[condition] ?? 500);
}

/** `ver` of 1.6 or above, compared number by number: 1.10 is above 1.6. */
function isModern(ver: string | undefined): boolean {
  const match = /^([0-9]{1,3})\.([0-9]{1,3})$/.exec(ver ?? '');
  if (match === null) return false;
  const major = Number(match[1]);
  return major > 1 || (major === 1 && Number(match[2]) >= 6);
}
