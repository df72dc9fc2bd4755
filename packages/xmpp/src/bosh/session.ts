/**
 * One BOSH session (XEP-0124, XEP-0206). It hears of requests, lost connections, stanzas to send and
 * deadlines, and speaks through {@link Responder} and {@link Stream}; it knows no HTTP.
 */
import type { Timer } from '@poise/clock';
import type { Element } from '@poise/xml';
import type { SaslPolicy, Stream, StreamEnd, StreamError, Transport } from '../transport.ts';
import {
  clientMessage,
  clientStanza,
  EMPTY_BODY,
  headerOf,
  integerOf,
  isTerminate,
  NS_XBOSH,
  type RequestBody,
  stanzaOf,
  TERMINATED_BODY,
  terminateBody,
} from './body.ts';
import { bindingCondition, OFFENCES, type Offence, type TerminateCondition } from './conditions.ts';
import type { DeadlineList, Waiting } from './deadline-list.ts';
import { Delivery } from './delivery.ts';
import { type Answer, farewell } from './farewell.ts';
import { HeldRequest, type Hold, type Responder } from './hold.ts';
import { KeySequence } from './key-sequence.ts';
import { tellConsumed, tellReceived } from './observer.ts';
import { PollAllowance } from './poll-allowance.ts';
import type { SessionHost, SessionTerms } from './session-host.ts';
import { type BoshEvent, type BoshState, isAlive, nextState } from './session-state.ts';

const NOTICE_ADDRESS = 1;
const NOTICE_TOLERATED = 2;

/** Stanzas of one session that are processed before the others have their turn: a hundred pings take about a millisecond. */
const STANZAS_PER_TURN = 100;

/** A body of which some stanzas are not processed yet. */
interface UnfinishedBody {
  readonly element: Element;
  readonly rid: number;
  /** The child to go on with. */
  next: number;
}

/** Implements {@link Waiting} for the list of sessions that have not signed in. */
export class BoshSession implements Transport, Waiting {
  readonly kind = 'bosh';
  readonly id: string;
  readonly secure: boolean;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly loopback: boolean;
  readonly canStartTls = false;
  readonly saslPolicy: SaslPolicy | undefined;
  /** Set right after construction, because stream and transport need each other. */
  stream!: Stream;
  state: BoshState = 'opening';

  deadlineMs = 0;
  earlier: Waiting | null = null;
  later: Waiting | null = null;
  list: DeadlineList | null = null;

  readonly #host: SessionHost;
  readonly #modern: boolean;
  readonly #delivery: Delivery;
  readonly #hold: Hold;
  readonly #allowance = new PollAllowance();
  readonly #keys: KeySequence | null;
  #overflow = false;
  /** Answers wait until the request under way has been processed. */
  #processing = false;
  /** That request, while the rest of its body waits for the next turn; later requests wait behind it. */
  #unfinished: UnfinishedBody | null = null;
  #settling = false;
  #pauseSeconds = 0;
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
    this.saslPolicy = terms.saslPolicy;
    this.#modern = terms.modern;
    this.#delivery = new Delivery(host, terms);
    this.#hold = this.#delivery.hold;
    this.#keys = terms.newkey === undefined ? null : new KeySequence(terms.newkey, terms.requests);
  }

  // ---- from the client --------------------------------------------------------------------------

  /** The session request: held until the stream announces its features. */
  begin(body: Element, rid: number, responder: Responder): void {
    this.#delivery.begin(this.stream);
    this.#hold.add(new HeldRequest(this, rid, responder, null, 0));
    this.#hold.advance();
    tellReceived(this.#host.observer, this.id, body, rid, this.stream.jid);
    this.#processing = true;
    this.stream.opened(headerOf(body));
    this.#processing = false;
    this.settle();
  }

  /** A request with a valid rid for this session. */
  request(body: RequestBody, responder: Responder): void {
    tellReceived(this.#host.observer, this.id, body.element, body.rid!, this.stream.jid);
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
    this.#delivery.lost(request);
  }

  /** The wait of a held request is over. */
  waitOver(request: HeldRequest): void {
    this.#delivery.release = Math.max(this.#delivery.release, request.rid);
    this.settle();
  }

  /** Finds out what the rid means and acts accordingly; returns the offence, if it is one. */
  #accept(body: RequestBody, rid: number, responder: Responder): Offence | null {
    const { element } = body;
    if (this.secure && !responder.secure) return OFFENCES.inClear;
    if (body.bytes > this.#host.limits.unauthenticatedBodyBytesMax && !this.stream.authenticated) {
      return OFFENCES.tooLarge;
    }
    if (responder.remoteAddress !== this.remoteAddress) {
      this.#notice(
        NOTICE_ADDRESS,
        `requests come from ${responder.remoteAddress}, at first from ${this.remoteAddress}`,
      );
    }
    const waiting = this.#hold.find(rid);
    if (waiting !== undefined) return this.#replace(waiting, body, responder);
    const exempt = element !== null && (isTerminate(element) || element.attr('pause') !== undefined);
    const verdict = this.#hold.judge(rid, exempt);
    if (verdict === 'repeat') return this.#repeat(rid, element, responder);
    if (verdict === 'too-many') return OFFENCES.tooMany;
    if (verdict === 'forgotten') return OFFENCES.forgotten;
    if (verdict !== 'next' && verdict !== 'early') return OFFENCES.beyond;
    this.#hold.add(new HeldRequest(this, rid, responder, element, body.fingerprint));
    if (verdict === 'next') return this.#processInOrder();
    this.#gap ??= this.#host.standstill.deadline(this.#host.limits.inactivitySeconds * 1000, () => {
      this.#gap = null;
      this.#fail(OFFENCES.gap, null);
    });
    return null;
  }

  /** Same rid as a waiting request: the new copy takes the place of the old one (XEP-0124 14.3). */
  #replace(waiting: HeldRequest, body: RequestBody, responder: Responder): Offence | null {
    // COMPAT JabberWerx: after resending a lost request it counts on from there and may poll with the
    // rid of a request that is still waiting. A poll has nothing that could get lost.
    if (body.fingerprint !== waiting.fingerprint && body.fingerprint !== 0) return OFFENCES.changed;
    if (!this.#showsKey(waiting.rid, body.element)) return OFFENCES.key;
    // Where the connection was lost the client has to repeat.
    const isNeedless = waiting.responder !== null;
    this.#delivery.replace(waiting, responder);
    return isNeedless && !this.#spendAllowance() ? OFFENCES.repeats : null;
  }

  /** Answered before: the same answer, byte for byte; nothing is processed twice. */
  #repeat(rid: number, element: Element | null, responder: Responder): Offence | null {
    if (!this.#showsKey(rid, element)) return OFFENCES.key;
    if (!this.#spendAllowance()) return OFFENCES.repeats;
    this.#delivery.repeat(responder, rid);
    return null;
  }

  /** The request whose turn it is, and the early ones that follow it without a gap. */
  #processInOrder(): Offence | null {
    for (let count = 0; isAlive(this.state) && this.#unfinished === null; count++) {
      const request = this.#hold.advance();
      if (request === undefined) {
        // What waited behind a gap is answered at once, as Openfire does.
        if (count > 1) this.#delivery.release = this.#hold.processed;
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

  #process(request: HeldRequest): Offence | null {
    const { element, rid } = request;
    const { stream } = this;
    request.element = null;
    tellConsumed(this.#host.observer, this.id, rid, stream);
    if (this.#keys !== null && !this.#keys.advance(rid, element?.attr('key'), element?.attr('newkey'))) {
      return OFFENCES.key;
    }
    this.#pauseSeconds = 0;
    this.#become('request');
    if (element === null) return this.#mayPoll() ? null : OFFENCES.polls;
    this.#read({ element, rid, next: 0 });
    return null;
  }

  /** Hands the stanzas of a body to the stream, and then does what its attributes ask for. Long ones take several turns. */
  #read(body: UnfinishedBody): void {
    const { children } = body.element;
    this.#unfinished = null;
    this.#processing = true;
    for (let count = 0; body.next < children.length && isAlive(this.state); body.next++) {
      const child = children[body.next]!;
      if (typeof child === 'string') continue;
      if (count++ === STANZAS_PER_TURN) {
        this.#unfinished = body;
        this.#host.goOnLater(this);
        return;
      }
      this.stream.received(stanzaOf(child));
    }
    if (isAlive(this.state)) this.#obey(body.element, body.rid);
    this.#processing = false;
  }

  /** The others have had their turn: the rest of a body, and the requests that waited behind it. */
  goOn(): void {
    const body = this.#unfinished;
    if (body === null || !isAlive(this.state)) return;
    this.#read(body);
    const offence = this.#processInOrder();
    if (offence !== null) this.#fail(offence, null);
    else this.settle();
  }

  /** What the attributes of a body ask for, after its children. */
  #obey(element: Element, rid: number): void {
    if (isTerminate(element)) {
      this.#terminated(rid);
    } else if (element.attrNS(NS_XBOSH, 'restart') === 'true') {
      this.#become('restart');
      this.#delivery.awaitFeatures(rid);
      this.stream.opened(headerOf(element));
    } else {
      const seconds = integerOf(element.attr('pause'), 0);
      // More than was granted is an ordinary poll, as in Openfire.
      if (seconds === 0 || seconds > this.#host.limits.maxpauseSeconds) return;
      this.#become('pause');
      this.#pauseSeconds = seconds;
      this.#delivery.release = rid;
    }
  }

  /** XEP-0124 13: the others get their answers, this one the confirmation. */
  #terminated(rid: number): void {
    const delivery = this.#delivery;
    delivery.awaitFeatures(0);
    delivery.release = rid - 1;
    delivery.answerHeld(rid);
    const stanzas = delivery.takeOutbox();
    const confirmation = stanzas === '' ? TERMINATED_BODY : terminateBody(undefined, stanzas, '');
    this.#close(confirmation, EMPTY_BODY, 'closed', true);
    this.stream.ended('closed');
  }

  // ---- from the stream (Transport) --------------------------------------------------------------

  get queuedStanzas(): number {
    return this.#delivery.outbox.stanzas;
  }

  features(inner: string): void {
    if (!this.#delivery.isAwaiting || !isAlive(this.state)) return;
    this.#delivery.giveFeatures(inner);
    this.#become('features');
    if (!this.#processing) this.settle();
  }

  stanza(xml: string): void {
    this.#enqueue(clientStanza(xml));
  }

  message(rest: string): void {
    this.#enqueue(clientMessage(rest));
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
    if (!this.#take(xml)) {
      // Ends the session at the end of the turn: the stream is in the middle of something now.
      this.#overflow = true;
    } else if (this.#processing || this.#hold.isEmpty) return;
    if (this.#settling) return;
    this.#settling = true;
    this.#host.settleLater(this);
  }

  /** Into the queue; if that is full, a request that is held may empty it first. */
  #take(xml: string): boolean {
    const { queuedStanzasMax, queuedBytesMax } = this.#host.limits;
    const { outbox } = this.#delivery;
    if (outbox.add(xml, queuedStanzasMax, queuedBytesMax)) return true;
    if (this.#processing || !this.#hold.canCarry) return false;
    this.#delivery.settle();
    return outbox.add(xml, queuedStanzasMax, queuedBytesMax);
  }

  // ---- from the service -------------------------------------------------------------------------

  /** Ms since a request was last opened or answered; 0 while one is held. */
  idleMs(nowMs: number): number {
    return this.#hold.isLive ? 0 : nowMs - this.#delivery.lastActiveMs;
  }

  /** Stanzas delivered. */
  get msgsSent(): number {
    return this.#delivery.msgsSent;
  }

  /** Bytes of all bodies that were sent. */
  get bytesSent(): number {
    return this.#delivery.bytesSent;
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
    this.#close(terminateBody(undefined, this.#delivery.takeOutbox(), ''), rest, 'lost', true);
    this.stream.ended('lost');
  }

  /** Gives up telling the client why the session ended. */
  forget(): void {
    this.#become('end');
    this.#lastAnswer = '';
    this.#host.closed(this, false);
  }

  /** Answers what is to be answered, unless the client has to go. */
  settle(): void {
    this.#settling = false;
    if (!isAlive(this.state)) return;
    if (this.#overflow) this.#fail(OFFENCES.slow, null);
    else if (!this.#processing) this.#delivery.settle();
  }

  // ---- the end ----------------------------------------------------------------------------------

  /** The client broke a rule, or reached a limit. */
  #fail({ condition, reason }: Offence, offender: Responder | null): void {
    this.#host.observer.notice?.(this.id, this.stream.jid, `ended by ${condition}: ${reason}`);
    this.#delivery.outbox.clear();
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
    const opening = this.state === 'opening';
    const { first, rest } = farewell(condition, error, this.#delivery.takeOutbox(), this.#modern, opening);
    // Unless it waits in the window, like the others.
    const told = offender !== null && offender.held === null;
    if (told) this.#delivery.send(offender, 0, first);
    this.#close(told ? rest : first, rest, how, told || condition === undefined);
  }

  /** @param told the reason has reached the client, or there is none */
  #close(first: Answer, rest: Answer, how: StreamEnd, told: boolean): void {
    const { jid } = this.stream;
    let answer = first;
    let wasTold = told;
    for (const request of this.#hold.clear()) {
      if (request.responder === null) continue;
      this.#delivery.reply(request, answer);
      answer = rest;
      wasTold = true;
    }
    this.#delivery.outbox.clear();
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
    this.#delivery.send(responder, 0, answer);
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
    const { limits, clock } = this.#host;
    if (!this.#allowance.isEarly(limits, clock.monotonic()) || !this.#delivery.outbox.isEmpty) return true;
    return (!this.#delivery.isPolling && this.#hold.held < this.#hold.requests) || this.#spendAllowance();
  }

  #spendAllowance(): boolean {
    const { limits, clock } = this.#host;
    if (!this.#allowance.spend(limits, clock.monotonic())) return false;
    if ((this.#noticed & NOTICE_TOLERATED) === 0)
      this.#notice(NOTICE_TOLERATED, 'polls more often than needed');
    return true;
  }

  /** Once per kind and session. */
  #notice(kind: number, text: string): void {
    if ((this.#noticed & kind) !== 0) return;
    this.#noticed |= kind;
    this.#host.observer.notice?.(this.id, this.stream.jid, text);
  }
}
