/**
 * One BOSH session (XEP-0124, XEP-0206). It hears of requests, lost connections, stanzas to send and
 * deadlines, and speaks through {@link Responder} and {@link Stream}; it knows no HTTP.
 */
import type { Clock, Timer } from '@poise/clock';
import type { Element } from '@poise/xml';
import type { Stream, StreamEnd, StreamError, StreamHeader, Transport } from '../transport.ts';
import {
  clientStanza,
  creationBody,
  dataBody,
  EMPTY_BODY,
  emptyBody,
  NS_XBOSH,
  type RequestBody,
  restartBody,
  stanzaOf,
  TERMINATED_BODY,
  terminateBody,
} from './body.ts';
import { bindingCondition, LEGACY_STATUS, streamErrorXml, type TerminateCondition } from './conditions.ts';
import { DeadlineList, type Waiting } from './deadline-list.ts';
import { HeldRequest, Hold, type Responder } from './hold.ts';
import { KeySequence } from './key-sequence.ts';
import type { BoshLimits } from './limits.ts';
import { type BoshObserver, maskedBody, STATUS_AUTHENTICATED, STATUS_CONNECTED } from './observer.ts';
import { Outbox } from './outbox.ts';
import { spend } from './poll-allowance.ts';
import { type BoshEvent, type BoshState, isAlive, nextState } from './session-state.ts';

/** What all sessions of a service share. */
export interface SessionHost {
  readonly clock: Clock;
  readonly limits: BoshLimits;
  readonly observer: Partial<BoshObserver>;
  /** Domain for the creation response, escaped for an attribute. */
  readonly domainAttribute: string;
  /** Wait deadlines for this many seconds. */
  waitList(seconds: number): DeadlineList;
  /** Calls {@link BoshSession.settle} at the end of this turn. */
  settleLater(session: BoshSession): void;
  /** The session is over; while `untold`, it still has a last answer to give. */
  closed(session: BoshSession, untold: boolean): void;
}

/** What the session request asked for, already cut to the limits. */
export interface SessionTerms {
  readonly sid: string;
  readonly rid: number;
  /** Seconds. */
  readonly wait: number;
  readonly hold: number;
  readonly requests: number;
  /** Asked for version 1.6 or above. */
  readonly modern: boolean;
  /** Asked for acknowledgements on every answer (XEP-0124 9). */
  readonly acks: boolean;
  readonly newkey: string | undefined;
  readonly secure: boolean;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly loopback: boolean;
}

/** A body, or a status for clients older than version 1.6. */
type Answer = string | number;

const NOTICE_ADDRESS = 1;
const NOTICE_TOLERATED = 2;

/** Implements {@link Waiting} for the list of sessions that have not signed in. */
export class BoshSession implements Transport, Waiting {
  readonly kind = 'bosh';
  readonly id: string;
  readonly secure: boolean;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly loopback: boolean;
  readonly canStartTls = false;
  /** Set right after construction, because stream and transport need each other. */
  stream!: Stream;
  state: BoshState = 'opening';
  msgsSent = 0;
  bytesSent = 0;

  deadlineMs = 0;
  earlier: Waiting | null = null;
  later: Waiting | null = null;
  list: DeadlineList | null = null;

  readonly #host: SessionHost;
  readonly #wait: number;
  readonly #keep: number;
  readonly #modern: boolean;
  readonly #acks: boolean;
  readonly #hold: Hold;
  readonly #outbox = new Outbox();
  readonly #keys: KeySequence | null;
  /** Requests up to this rid are answered even if there is nothing to say. */
  #release = 0;
  /** The request that gets the features; 0 when none does. */
  #awaiting: number;
  #features: string | null = null;
  #overflow = false;
  /** Answers wait until the request under way has been processed. */
  #processing = false;
  #settling = false;
  #lastActiveMs: number;
  #lastPollMs = Number.NEGATIVE_INFINITY;
  #pauseSeconds = 0;
  #allowanceMs = 0;
  #noticed = 0;
  #gap: Timer | null = null;
  #lastAnswer: Answer = '';

  constructor(host: SessionHost, terms: SessionTerms) {
    this.#host = host;
    this.id = terms.sid;
    this.secure = terms.secure;
    this.remoteAddress = terms.remoteAddress;
    this.remotePort = terms.remotePort;
    this.loopback = terms.loopback;
    this.#wait = terms.wait;
    this.#keep = terms.hold;
    this.#modern = terms.modern;
    this.#acks = terms.acks;
    this.#hold = new Hold(terms.rid, terms.requests);
    this.#keys = terms.newkey === undefined ? null : new KeySequence(terms.newkey, terms.requests);
    this.#awaiting = terms.rid;
    this.#lastActiveMs = host.clock.monotonic();
  }

  // ---- from the client --------------------------------------------------------------------------

  /** The session request: held until the stream announces its features. */
  begin(body: Element, responder: Responder): void {
    this.#hold.add(new HeldRequest(this, this.#awaiting, responder, null, 0));
    this.#hold.advance();
    this.#tellReceived(body, this.#awaiting);
    this.#processing = true;
    this.stream.opened(headerOf(body));
    this.#processing = false;
    this.settle();
  }

  /** A request with a valid rid for this session. */
  request(body: RequestBody, responder: Responder): void {
    this.#tellReceived(body.element, body.rid!);
    if (this.state === 'ending') {
      this.#tellLast(responder);
      return;
    }
    const offence = this.#accept(body, body.rid!, responder);
    if (offence !== null) this.#fail(offence, responder);
    else if (!this.#processing) this.settle();
  }

  /** The connection of a waiting request closed: nothing was delivered, the client will repeat it. */
  connectionLost(request: HeldRequest): void {
    request.responder = null;
    DeadlineList.remove(request);
    if (!this.#hold.isLive) this.#lastActiveMs = this.#host.clock.monotonic();
  }

  /** The wait of a held request is over. */
  waitOver(request: HeldRequest): void {
    this.#release = Math.max(this.#release, request.rid);
    this.settle();
  }

  /** Finds out what the rid means and acts accordingly; returns the offence, if it is one. */
  #accept(body: RequestBody, rid: number, responder: Responder): TerminateCondition | null {
    const { element } = body;
    if (this.secure && !responder.secure) return 'bad-request';
    if (body.bytes > this.#host.limits.unauthenticatedBodyBytesMax && !this.stream.authenticated) {
      return 'policy-violation';
    }
    if (responder.remoteAddress !== this.remoteAddress) this.#noticeAddress(responder.remoteAddress);
    const waiting = this.#hold.find(rid);
    if (waiting !== undefined) return this.#replace(waiting, body, responder);
    const exempt = element !== null && (isTerminate(element) || element.attr('pause') !== undefined);
    const verdict = this.#hold.judge(rid, exempt);
    if (verdict === 'repeat') return this.#repeat(rid, element, responder);
    if (verdict === 'too-many') return 'policy-violation';
    if (verdict !== 'next' && verdict !== 'early') return 'item-not-found';
    this.#hold.add(new HeldRequest(this, rid, responder, element, body.fingerprint));
    if (verdict === 'next') return this.#processInOrder();
    this.#gap ??= this.#host.clock.schedule(this.#host.limits.inactivitySeconds * 1000, () => {
      this.#gap = null;
      this.#fail('item-not-found', null);
    });
    return null;
  }

  /** Same rid as a waiting request: the new copy takes the place of the old one (XEP-0124 14.3). */
  #replace(waiting: HeldRequest, body: RequestBody, responder: Responder): TerminateCondition | null {
    // COMPAT JabberWerx: after resending a lost request it counts on from there and may poll with the
    // rid of a request that is still waiting. A poll has nothing that could get lost.
    if (body.fingerprint !== waiting.fingerprint && body.element !== null) return 'bad-request';
    if (!this.#showsKey(waiting.rid, body.element)) return 'item-not-found';
    const former = waiting.responder;
    if (former === null) this.#lastActiveMs = this.#host.clock.monotonic();
    else {
      former.held = null;
      waiting.responder = null;
      this.bytesSent += former.answer(EMPTY_BODY);
      if (!this.#spendAllowance()) return 'policy-violation';
    }
    waiting.responder = responder;
    responder.held = waiting;
    // It waits anew.
    DeadlineList.remove(waiting);
    return null;
  }

  /** Answered before: the same answer, byte for byte; nothing is processed twice. */
  #repeat(rid: number, element: Element | null, responder: Responder): TerminateCondition | null {
    if (!this.#showsKey(rid, element)) return 'item-not-found';
    if (!this.#spendAllowance()) return 'policy-violation';
    this.#lastActiveMs = this.#host.clock.monotonic();
    this.#send(responder, rid, this.#hold.answerOf(rid));
    return null;
  }

  /** The request whose turn it is, and the early ones that follow it without a gap. */
  #processInOrder(): TerminateCondition | null {
    for (let count = 0; isAlive(this.state); count++) {
      const request = this.#hold.advance();
      if (request === undefined) {
        // What waited behind a gap is answered at once, as Openfire does.
        if (count > 1) this.#release = this.#hold.processed;
        break;
      }
      const offence = this.#process(request);
      if (offence !== null) return offence;
    }
    if (this.#gap !== null && !this.#hold.hasEarly) {
      this.#gap.cancel();
      this.#gap = null;
    }
    return null;
  }

  #process(request: HeldRequest): TerminateCondition | null {
    const { element, rid } = request;
    const { stream } = this;
    request.element = null;
    this.#host.observer.consume?.({
      sid: this.id,
      rid,
      jid: stream.jid,
      status: stream.authenticated ? STATUS_AUTHENTICATED : STATUS_CONNECTED,
      presenceXml: stream.presenceXml,
    });
    if (this.#keys !== null && !this.#keys.advance(rid, element?.attr('key'), element?.attr('newkey'))) {
      return 'item-not-found';
    }
    this.#pauseSeconds = 0;
    this.#become('request');
    if (element === null) return this.#mayPoll() ? null : 'policy-violation';
    this.#processing = true;
    for (const child of element.children) {
      if (typeof child === 'string') continue;
      stream.received(stanzaOf(child));
      if (!isAlive(this.state)) break;
    }
    if (isAlive(this.state)) this.#obey(element, rid);
    this.#processing = false;
    return null;
  }

  /** What the attributes of a body ask for, after its children. */
  #obey(element: Element, rid: number): void {
    if (isTerminate(element)) {
      this.#terminated(rid);
    } else if (element.attrNS(NS_XBOSH, 'restart') === 'true') {
      this.#become('restart');
      this.#awaiting = rid;
      this.#features = null;
      this.stream.opened(headerOf(element));
    } else {
      const pause = element.attr('pause');
      if (pause === undefined || !/^[0-9]{1,9}$/.test(pause)) return;
      const seconds = Number(pause);
      // More than was granted is an ordinary poll, as in Openfire.
      if (seconds === 0 || seconds > this.#host.limits.maxpauseSeconds) return;
      this.#become('pause');
      this.#pauseSeconds = seconds;
      this.#release = rid;
    }
  }

  /** XEP-0124 13: the others get their answers, this one the confirmation. */
  #terminated(rid: number): void {
    this.#awaiting = 0;
    this.#release = rid - 1;
    this.#answerHeld(rid);
    const stanzas = this.#takeOutbox();
    const confirmation = stanzas === '' ? TERMINATED_BODY : terminateBody(undefined, stanzas, '');
    this.#close(confirmation, EMPTY_BODY, 'closed', true);
    this.stream.ended('closed');
  }

  // ---- from the stream (Transport) --------------------------------------------------------------

  get queuedStanzas(): number {
    return this.#outbox.stanzas;
  }

  features(inner: string): void {
    if (this.#awaiting === 0 || !isAlive(this.state)) return;
    this.#features = inner;
    this.#release = Math.max(this.#release, this.#awaiting - 1);
    if (!this.#processing) this.settle();
  }

  stanza(xml: string): void {
    this.#enqueue(clientStanza(xml));
  }

  nonza(xml: string): void {
    this.#enqueue(xml);
  }

  startTls(): void {
    // Never called: canStartTls is false. TLS is that of HTTPS.
  }

  end(error?: StreamError): void {
    if (!isAlive(this.state)) return;
    this.#finish(error === undefined ? undefined : bindingCondition(error.condition), error, null, 'closed');
  }

  #enqueue(xml: string): void {
    if (!isAlive(this.state) || this.#overflow) return;
    const { limits } = this.#host;
    if (!this.#outbox.add(xml, limits.queuedStanzasMax, limits.queuedBytesMax)) {
      // Ends the session at the end of the turn: the stream is in the middle of something now.
      this.#overflow = true;
    } else if (this.#processing || this.#hold.isEmpty) return;
    if (this.#settling) return;
    this.#settling = true;
    this.#host.settleLater(this);
  }

  // ---- from the service -------------------------------------------------------------------------

  /** Ms since a request was last opened or answered; 0 while one is held. */
  idleMs(nowMs: number): number {
    return this.#hold.isLive ? 0 : nowMs - this.#lastActiveMs;
  }

  /** Silence that is tolerated now. */
  get inactivitySeconds(): number {
    return this.#pauseSeconds === 0 ? this.#host.limits.inactivitySeconds : this.#pauseSeconds;
  }

  /** Ends the session for a reason of the service: idle, not signed in, stop, an error of our own. */
  drop(how: StreamEnd, condition: TerminateCondition | undefined, error?: StreamError): void {
    if (!isAlive(this.state)) return;
    this.#finish(condition, error, null, how);
    this.stream.ended(how, error);
  }

  /** The service stops and another one takes over: an end without a condition makes clients look for it. */
  depart(): void {
    if (!isAlive(this.state)) return;
    const rest = terminateBody(undefined, '', '');
    this.#close(terminateBody(undefined, this.#takeOutbox(), ''), rest, 'lost', true);
    this.stream.ended('lost');
  }

  /** Gives up telling the client why the session ended. */
  forget(): void {
    this.#become('end');
    this.#lastAnswer = '';
    this.#host.closed(this, false);
  }

  // ---- answers ----------------------------------------------------------------------------------

  /** Answers what is to be answered; the others get their deadline. */
  settle(): void {
    this.#settling = false;
    if (!isAlive(this.state)) return;
    if (this.#overflow) {
      this.#fail('policy-violation', null);
      return;
    }
    this.#answerHeld(Number.POSITIVE_INFINITY);
    if (this.#awaiting === 0 && !this.#hold.isEmpty) {
      const deadlines = this.#host.waitList(this.#wait);
      this.#hold.forEachUntimed((request) => deadlines.add(request));
    }
  }

  /**
   * In the order of rids: data on the first connection that can carry it; nothing for those above
   * `hold`, released by their deadline, a pause or a closed gap, and for lost ones before the carrier.
   * @param before stops at this rid
   */
  #answerHeld(before: number): void {
    const hold = this.#hold;
    const keep = this.#wait === 0 ? 0 : this.#keep;
    for (let first = hold.first; first !== undefined && first.rid < before; first = hold.first) {
      const { rid } = first;
      if (rid === this.#awaiting) {
        if (this.#features === null) return;
        this.#answerWithFeatures(first, this.#features);
      } else if (!this.#outbox.isEmpty && first.responder !== null) {
        this.#answer(first, dataBody(this.#takeOutbox(), this.#ack(rid)));
      } else if (hold.held > keep || rid <= this.#release || (!this.#outbox.isEmpty && hold.canCarry)) {
        this.#answer(first, this.#acks ? emptyBody(this.#ack(rid)) : EMPTY_BODY);
      } else return;
    }
  }

  #answerWithFeatures(request: HeldRequest, features: string): void {
    const opening = this.state === 'opening';
    this.#awaiting = 0;
    this.#features = null;
    this.#become('features');
    if (!opening) {
      this.#answer(request, restartBody(this.#takeOutbox(), features));
      return;
    }
    const { limits, domainAttribute } = this.#host;
    const grant = {
      sid: this.id,
      requests: this.#hold.requests,
      inactivity: limits.inactivitySeconds,
      polling: limits.pollingSeconds,
      wait: this.#wait,
      hold: this.#keep,
      rid: request.rid,
      maxpause: limits.maxpauseSeconds,
      domain: domainAttribute,
      modern: this.#modern,
    };
    this.#answer(request, creationBody(grant, features));
  }

  /** Answers the first of those held. Without a connection the answer waits for the client to ask again. */
  #answer(request: HeldRequest, body: string): void {
    this.#hold.release(body);
    this.#reply(request, body);
  }

  #reply(request: HeldRequest, answer: Answer): void {
    const { responder } = request;
    DeadlineList.remove(request);
    if (responder === null) return;
    request.responder = null;
    responder.held = null;
    this.#lastActiveMs = this.#host.clock.monotonic();
    this.#send(responder, request.rid, answer);
  }

  #send(responder: Responder, rid: number, answer: Answer): void {
    if (typeof answer === 'number') {
      responder.refuse(answer);
      return;
    }
    this.bytesSent += responder.answer(answer);
    this.#host.observer.sent?.(this.id, answer, rid, this.stream.jid);
  }

  /** Highest rid received, if it is above the one being answered; else 0. */
  #ack(rid: number): number {
    const { processed } = this.#hold;
    return processed > rid ? processed : 0;
  }

  #takeOutbox(): string {
    this.msgsSent += this.#outbox.stanzas;
    return this.#outbox.take();
  }

  // ---- the end ----------------------------------------------------------------------------------

  /** The client broke a rule, or reached a limit. */
  #fail(condition: TerminateCondition, offender: Responder | null): void {
    this.#outbox.clear();
    this.#finish(condition, undefined, offender, 'lost');
    this.stream.ended('lost', { condition: condition === 'policy-violation' ? condition : 'bad-format' });
  }

  /** Tells every waiting request, and the offending one, how the session ends. */
  #finish(
    condition: TerminateCondition | undefined,
    error: StreamError | undefined,
    offender: Responder | null,
    how: StreamEnd,
  ): void {
    const stanzas = this.#takeOutbox();
    let first: Answer;
    let rest: Answer;
    if (condition === undefined) {
      // No reason to give: an empty answer now and 404 later, as Openfire does.
      rest = this.state === 'opening' ? terminateBody(undefined, '', '') : EMPTY_BODY;
      first = stanzas === '' ? rest : dataBody(stanzas, 0);
    } else if (this.#modern) {
      const streamError = error === undefined ? '' : streamErrorXml(error);
      first = terminateBody(condition, stanzas, streamError);
      rest = stanzas === '' ? first : terminateBody(condition, '', streamError);
    } else {
      rest = LEGACY_STATUS[condition] ?? 500;
      first = stanzas === '' ? rest : dataBody(stanzas, 0);
    }
    // Unless it waits in the window, like the others.
    const told = offender !== null && offender.held === null;
    if (told) {
      this.#send(offender, 0, first);
      first = rest;
    }
    this.#close(first, rest, how, told || condition === undefined);
  }

  /** @param told the reason has reached the client, or there is none */
  #close(first: Answer, rest: Answer, how: StreamEnd, told: boolean): void {
    const { jid } = this.stream;
    let answer = first;
    let wasTold = told;
    for (const request of this.#hold.clear()) {
      if (request.responder === null) continue;
      this.#reply(request, answer);
      answer = rest;
      wasTold = true;
    }
    this.#outbox.clear();
    this.#gap?.cancel();
    this.#gap = null;
    this.#lastAnswer = wasTold ? '' : first;
    this.#become(wasTold ? 'end' : 'end-untold');
    this.#host.closed(this, !wasTold);
    this.#host.observer.ended?.(this.id, jid, how);
  }

  /** The first request after an end that nobody could be told of. */
  #tellLast(responder: Responder): void {
    const answer = this.#lastAnswer;
    this.#become('request');
    this.#host.closed(this, false);
    this.#send(responder, 0, answer);
  }

  // ---- small questions --------------------------------------------------------------------------

  #become(event: BoshEvent): void {
    this.state = nextState(this.state, event);
  }

  #showsKey(rid: number, element: Element | null): boolean {
    return this.#keys === null || this.#keys.wasShown(rid, element?.attr('key'));
  }

  /** An empty poll soon after another one is needless if the client has its requests at the server already. */
  #mayPoll(): boolean {
    const now = this.#host.clock.monotonic();
    const early = now - this.#lastPollMs < this.#host.limits.pollingSeconds * 1000;
    this.#lastPollMs = now;
    if (!early || !this.#outbox.isEmpty) return true;
    // A session that holds nothing has nothing but polls.
    const isPolling = this.#wait === 0 || this.#keep === 0;
    return (!isPolling && this.#hold.held < this.#hold.requests) || this.#spendAllowance();
  }

  #spendAllowance(): boolean {
    const { limits, clock } = this.#host;
    const next = spend(limits.pollBurst, limits.pollBurstSeconds, this.#allowanceMs, clock.monotonic());
    if (next === null) return false;
    this.#allowanceMs = next;
    if ((this.#noticed & NOTICE_TOLERATED) === 0)
      this.#notice(NOTICE_TOLERATED, 'polls more often than needed');
    return true;
  }

  #noticeAddress(address: string): void {
    if ((this.#noticed & NOTICE_ADDRESS) !== 0) return;
    this.#notice(NOTICE_ADDRESS, `requests come from ${address}, at first from ${this.remoteAddress}`);
  }

  /** Once per kind and session. */
  #notice(kind: number, text: string): void {
    this.#noticed |= kind;
    this.#host.observer.notice?.(this.id, this.stream.jid, text);
  }

  #tellReceived(element: Element | null, rid: number): void {
    const { observer } = this.#host;
    if (observer.received === undefined) return;
    const xml = element === null ? `<body sid="${this.id}" rid="${rid}"/>` : maskedBody(element);
    observer.received(this.id, xml, rid, this.stream.jid);
  }
}

function headerOf(element: Element): StreamHeader {
  return {
    to: element.attr('to'),
    from: element.attr('from'),
    version: element.attrNS(NS_XBOSH, 'version'),
    lang: element.attr('xml:lang'),
  };
}

function isTerminate(element: Element): boolean {
  return element.attr('type') === 'terminate';
}
