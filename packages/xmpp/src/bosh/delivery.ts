/**
 * What goes to the client of one session, and on which of its requests: queue, held requests, answers
 * kept for repetition, features that are due.
 */
import type { Stream } from '../transport.ts';
import { creationBody, dataBody, EMPTY_BODY, emptyBody, restartBody } from './body.ts';
import { DeadlineList } from './deadline-list.ts';
import type { Answer } from './farewell.ts';
import { type HeldRequest, Hold, type Responder } from './hold.ts';
import { Outbox } from './outbox.ts';
import type { SessionHost, SessionTerms } from './session-host.ts';

/** A connection that was lost after less than that was hardly cut for its silence, ms. */
const SHORTENED_FROM_MS = 2_000;
/** Part of the time after which the connection was lost that the repeat of its request waits at most. */
const SHORTENED_TO = 0.75;

export class Delivery {
  readonly hold: Hold;
  readonly outbox = new Outbox();
  msgsSent = 0;
  bytesSent = 0;
  /** Last time a request was opened, answered or lost, in monotonic ms. */
  lastActiveMs: number;
  /** Requests up to this rid are answered even if there is nothing to say. */
  release = 0;

  readonly #host: SessionHost;
  readonly #terms: SessionTerms;
  #stream: Stream | null = null;
  #created = false;
  /** The request that gets the features; 0 when none does. */
  #awaiting: number;
  #features: string | null = null;

  constructor(host: SessionHost, terms: SessionTerms) {
    this.#host = host;
    this.#terms = terms;
    this.hold = new Hold(terms.rid, terms.requests);
    this.#awaiting = terms.rid;
    this.lastActiveMs = host.clock.monotonic();
  }

  /** @param stream names the client in the log */
  begin(stream: Stream): void {
    this.#stream = stream;
  }

  /** A client that is granted no held request can do nothing but poll. */
  get isPolling(): boolean {
    return this.#terms.wait === 0 || this.#terms.hold === 0;
  }

  /** A request for features is waiting. */
  get isAwaiting(): boolean {
    return this.#awaiting !== 0;
  }

  /** The request with this rid is to be answered with the features; 0: none is any more. */
  awaitFeatures(rid: number): void {
    this.#awaiting = rid;
    this.#features = null;
  }

  /** They are there. Requests before the one that waits for them are answered first. */
  giveFeatures(inner: string): void {
    this.#features = inner;
    this.release = Math.max(this.release, this.#awaiting - 1);
  }

  /** Answers what is to be answered; what goes on waiting gets its deadline. */
  settle(): void {
    this.answerHeld(Number.POSITIVE_INFINITY);
    if (this.#awaiting !== 0 || this.hold.isEmpty) return;
    this.hold.forEachUntimed((request) =>
      this.#host.waitList(request.waitSeconds ?? this.#terms.wait).add(request),
    );
  }

  /**
   * In the order of rids: data on the first connection that can carry it; nothing for requests above
   * `hold`, released ones, and lost ones that stand before the carrier.
   * @param before stops at this rid
   */
  answerHeld(before: number): void {
    const { hold, outbox } = this;
    const keep = this.isPolling ? 0 : this.#terms.hold;
    for (let first = hold.first; first !== undefined && first.rid < before; first = hold.first) {
      const { rid } = first;
      if (rid === this.#awaiting) {
        if (this.#features === null) return;
        this.#answer(first, this.#featuresBody(rid, this.#features));
      } else if (!outbox.isEmpty && first.responder !== null) {
        const body = dataBody(this.takeOutbox(), this.#ack(rid));
        this.#answer(first, body, Buffer.byteLength(body));
      } else if (hold.held > keep || rid <= this.release || (!outbox.isEmpty && hold.canCarry)) {
        this.#answer(first, this.#terms.acks ? emptyBody(this.#ack(rid)) : EMPTY_BODY);
      } else return;
    }
  }

  takeOutbox(): string {
    this.msgsSent += this.outbox.stanzas;
    return this.outbox.take();
  }

  /** A new copy of a waiting request takes its place; the old one is answered empty (XEP-0124 14.3). */
  replace(waiting: HeldRequest, responder: Responder): void {
    const former = waiting.responder;
    if (former === null) this.touch();
    else {
      former.held = null;
      this.bytesSent += former.answer(EMPTY_BODY);
    }
    waiting.responder = responder;
    responder.held = waiting;
    // It waits anew.
    DeadlineList.remove(waiting);
  }

  /** The same answer again, byte for byte. */
  repeat(responder: Responder, rid: number): void {
    this.touch();
    this.send(responder, rid, this.hold.answerOf(rid));
  }

  /** Answers one that waits, whatever comes of the window. */
  reply(request: HeldRequest, answer: Answer, bytes?: number): void {
    const { responder } = request;
    DeadlineList.remove(request);
    if (responder === null) return;
    request.responder = null;
    responder.held = null;
    this.touch();
    this.send(responder, request.rid, answer, bytes);
  }

  /** @param bytes of the answer, if they are known */
  send(responder: Responder, rid: number, answer: Answer, bytes?: number): void {
    if (typeof answer === 'number') {
      responder.refuse(answer);
      return;
    }
    this.bytesSent += responder.answer(answer, bytes);
    this.#host.observer.sent?.(this.#terms.sid, answer, rid, this.#stream?.jid ?? '');
  }

  /**
   * The connection closed: the request stays, because its client will repeat it. A proxy that cuts silent connections
   * would cut the repeat after the same time, and clients give up after a few repeats: it waits for less than that.
   */
  lost(request: HeldRequest): void {
    request.responder = null;
    const heldMs = this.#heldMs(request);
    if (heldMs >= SHORTENED_FROM_MS) {
      const seconds = Math.floor((heldMs * SHORTENED_TO) / 1000);
      request.waitSeconds = Math.min(seconds, this.#terms.wait);
    }
    DeadlineList.remove(request);
    this.touch();
  }

  /** Ms that it has been held over its connection; 0: it has no deadline yet. */
  #heldMs(request: HeldRequest): number {
    if (request.list === null) return 0;
    const waitMs = (request.waitSeconds ?? this.#terms.wait) * 1000;
    return this.#host.clock.monotonic() - (request.deadlineMs - waitMs);
  }

  touch(): void {
    this.lastActiveMs = this.#host.clock.monotonic();
  }

  /** Answers the first of those held. Without a connection the answer waits for the client to ask again. */
  #answer(request: HeldRequest, body: string, bytes?: number): void {
    this.hold.release(body, bytes);
    this.reply(request, body, bytes);
  }

  #featuresBody(rid: number, features: string): string {
    this.#awaiting = 0;
    this.#features = null;
    if (this.#created) return restartBody(this.takeOutbox(), features);
    this.#created = true;
    return creationBody(this.#terms, this.#host.limits, rid, this.#host.domainAttribute, features);
  }

  /** Highest rid received, if it is above the one being answered; else 0. */
  #ack(rid: number): number {
    const { processed } = this.hold;
    return processed > rid ? processed : 0;
  }
}
