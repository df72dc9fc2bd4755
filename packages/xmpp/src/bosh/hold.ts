/** Requests that wait at the server for their answer, and the answers that were given last. */

import type { Element } from '@poise/xml';
import type { DeadlineList, Waiting } from './deadline-list.ts';
import { KeptAnswers } from './kept-answers.ts';
import { judgeRid, type RidVerdict } from './window.ts';

/** The way back to the client for one HTTP request. Made by the handler; the session knows no more of HTTP. */
export interface Responder {
  /**
   * HTTP 200 with this body; returns its length in bytes.
   * @param bytes that length, if it is known
   */
  answer(body: string, bytes?: number): number;
  /** An HTTP status instead of a body: 400, 403, 404, 500, 503. */
  refuse(status: number): void;
  /** Where the request waits; kept by the session so that a closed connection finds it. */
  held: HeldRequest | null;
  readonly secure: boolean;
  readonly remoteAddress: string;
}

/** What a held request needs from its session. */
export interface Holder {
  connectionLost(request: HeldRequest): void;
  waitOver(request: HeldRequest): void;
}

/** One request in the window: early (its turn has not come) or held (processed, not answered). */
export class HeldRequest implements Waiting {
  readonly holder: Holder;
  readonly rid: number;
  /** Null when the connection has closed: the answer then only goes to the cache. */
  responder: Responder | null;
  /** Payload of an early request; null after processing and for empty polls. */
  element: Element | null;
  readonly fingerprint: number;
  early: boolean;
  /** Seconds that it waits at most; undefined: as granted. */
  waitSeconds: number | undefined;
  deadlineMs = 0;
  earlier: Waiting | null = null;
  later: Waiting | null = null;
  list: DeadlineList | null = null;

  constructor(
    holder: Holder,
    rid: number,
    responder: Responder,
    element: Element | null,
    fingerprint: number,
  ) {
    this.holder = holder;
    this.rid = rid;
    this.responder = responder;
    this.element = element;
    this.fingerprint = fingerprint;
    this.early = true;
    responder.held = this;
  }
}

/**
 * The window of one session with all that is in it. Held requests are answered strictly in the order of
 * their rids; so those that are held follow the last answered one without a gap, and early ones come
 * behind them.
 */
export class Hold {
  readonly requests: number;
  /** Highest rid answered. */
  answered: number;
  /** Highest rid of the unbroken sequence that has been processed. */
  processed: number;
  /** Ascending by rid: first the held ones, then the early ones. */
  #open: HeldRequest[] = [];
  /** The last answers, the newest being that of rid `answered`. */
  readonly #answers: KeptAnswers;

  /** @param requests as granted; that many answers are kept for repetition */
  constructor(rid: number, requests: number) {
    this.requests = requests;
    this.#answers = new KeptAnswers(requests);
    this.answered = rid - 1;
    this.processed = rid - 1;
  }

  /** Held, not early ones. */
  get held(): number {
    return this.processed - this.answered;
  }

  get hasEarly(): boolean {
    return this.#open.length > this.held;
  }

  get isEmpty(): boolean {
    return this.#open.length === 0;
  }

  /** The lowest of those held. */
  get first(): HeldRequest | undefined {
    return this.held === 0 ? undefined : this.#open[0];
  }

  judge(rid: number, exempt: boolean): RidVerdict {
    return judgeRid(this, rid, this.#open.length, this.#answers.count, exempt);
  }

  /** The waiting request with this rid. */
  find(rid: number): HeldRequest | undefined {
    for (const request of this.#open) if (request.rid === rid) return request;
    return undefined;
  }

  add(request: HeldRequest): void {
    let at = this.#open.length;
    while (at > 0 && this.#open[at - 1]!.rid > request.rid) at--;
    if (at === this.#open.length) this.#open.push(request);
    else this.#open.splice(at, 0, request);
  }

  /** The request whose turn it is, now held; undefined while it is missing. */
  advance(): HeldRequest | undefined {
    const next = this.#open[this.held];
    if (next === undefined || next.rid - this.processed !== 1) return undefined;
    next.early = false;
    this.processed = next.rid;
    return next;
  }

  /**
   * Removes the first of those held and keeps its answer for repetition.
   * @param bytes of the answer in UTF-8, if they are known
   */
  release(answer: string, bytes?: number): void {
    const request = this.#open.shift()!;
    this.answered = request.rid;
    this.#answers.add(answer, bytes);
  }

  /** The answer that was given to this rid; only after {@link judge} said `repeat`. */
  answerOf(rid: number): string {
    return this.#answers.at(this.answered - rid);
  }

  /** Whether a connection of the client is waiting. */
  get isLive(): boolean {
    for (const request of this.#open) if (request.responder !== null) return true;
    return false;
  }

  /** Whether a connection is waiting among those held. */
  get canCarry(): boolean {
    for (let i = this.held - 1; i >= 0; i--) if (this.#open[i]!.responder !== null) return true;
    return false;
  }

  /** Those held and connected that have no deadline yet. */
  forEachUntimed(visit: (request: HeldRequest) => void): void {
    const { held } = this;
    for (let i = 0; i < held; i++) {
      const request = this.#open[i]!;
      if (request.list === null && request.responder !== null) visit(request);
    }
  }

  /** Empties the window and forgets the answers. */
  clear(): HeldRequest[] {
    const open = this.#open;
    this.#open = [];
    this.#answers.clear();
    this.answered = this.processed;
    return open;
  }
}
