import { type Element, element, parse } from '@poise/xml';
import type { ClientClock, ClientTimer } from '../src/platform.ts';
import type { FakeXmppSession } from './fake-xmpp-session.ts';
import { fakeResponse } from './wire-texts.ts';

const NS = 'http://jabber.org/protocol/httpbind';

interface Held {
  readonly rid: number;
  readonly answer: (body: string | number) => void;
  readonly timer: ClientTimer;
}

/** What the network does to one exchange. */
export type Fault = 'none' | 'request lost' | 'answer lost' | 'status 502' | 'garbage';

/** A BOSH server with one session at a time: rid order, hold 1, answers remembered for repetition. */
export class FakeBosh {
  /** Asked for each exchange, with the body that is sent. */
  fault: (body: string) => Fault = () => 'none';
  /** Bodies as they came, repetitions included. */
  readonly bodies: string[] = [];
  /** Stanzas as the session got them, each once. */
  readonly processed: Element[] = [];
  /** Most requests that were open at once. */
  openMax = 0;
  terminated = 0;
  /** What every request is answered with, instead of all this. */
  override: (() => Response) | undefined;
  readonly #clock: ClientClock;
  readonly #newSession: (send: (element: Element) => void) => FakeXmppSession;
  #session: FakeXmppSession | undefined;
  #sid = '';
  #sessions = 0;
  #nextRid = 0;
  #createdBy = 0;
  #held: Held[] = [];
  #waiting = new Map<number, Element>();
  #outbox: Element[] = [];
  #answers = new Map<number, string>();

  constructor(clock: ClientClock, newSession: (send: (element: Element) => void) => FakeXmppSession) {
    this.#clock = clock;
    this.#newSession = newSession;
  }

  /** The server forgets the session. */
  forget(): void {
    this.#sid = 'forgotten';
  }

  /** Ends the session with a terminate body. */
  terminate(condition: string): void {
    const body = element('body', NS, { type: 'terminate', condition }).toString();
    for (const held of this.#held.splice(0)) this.#finish(held, body);
    this.forget();
  }

  /** Every connection that waits for an answer is reset. */
  drop(): void {
    for (const held of this.#held.splice(0)) {
      held.timer.cancel();
      held.answer(0);
    }
  }

  async handle(text: string, signal: AbortSignal): Promise<Response> {
    if (this.override !== undefined) return this.override();
    const fault = this.fault(text);
    if (fault === 'request lost') throw new TypeError('network error');
    if (fault === 'status 502') return fakeResponse(502, '<html>');
    this.bodies.push(text);
    const answer = await new Promise<string | number>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
      this.#take(parse(text), resolve);
    });
    if (answer === 0) throw new TypeError('network error');
    if (typeof answer === 'number') return fakeResponse(answer, '');
    if (fault === 'answer lost') throw new TypeError('network error');
    if (fault === 'garbage') return fakeResponse(200, answer.slice(0, 10));
    return fakeResponse(200, answer);
  }

  #take(body: Element, resolve: (answer: string | number) => void): void {
    const rid = Number(body.attr('rid'));
    if (body.attr('sid') === undefined) this.#create(rid);
    else if (body.attr('sid') !== this.#sid) {
      resolve(404);
      return;
    }
    const known = this.#answers.get(rid);
    if (known !== undefined) {
      resolve(known);
      return;
    }
    // A repetition of a held request takes its place (XEP-0124 section 14.3).
    const before = this.#held.find((held) => held.rid === rid);
    if (before !== undefined) {
      this.#held = this.#held.filter((held) => held !== before);
      before.timer.cancel();
    }
    const timer = this.#clock.schedule(30_000, () => this.#release(rid));
    this.#held.push({ rid, answer: resolve, timer });
    this.#held.sort((a, b) => a.rid - b.rid);
    this.openMax = Math.max(this.openMax, this.#held.length);
    if (before === undefined) this.#waiting.set(rid, body);
    for (let next = this.#waiting.get(this.#nextRid); next; next = this.#waiting.get(this.#nextRid)) {
      this.#waiting.delete(this.#nextRid++);
      this.#process(next);
    }
    this.#flush();
  }

  #create(rid: number): void {
    // A repeated creation gets the answer of the first.
    if (rid === this.#createdBy && this.#answers.size <= 1) return;
    this.#createdBy = rid;
    this.#sid = `sid${++this.#sessions}`;
    this.#nextRid = rid;
    this.#answers.clear();
    this.#held = [];
    this.#outbox = [];
    this.#session = this.#newSession((stanza) => {
      this.#outbox.push(stanza);
      this.#flush();
    });
  }

  #process(body: Element): void {
    const session = this.#session!;
    if (body.attr('sid') === undefined || body.attr('xmpp:restart') === 'true') session.opened();
    for (const stanza of body.elements()) {
      this.processed.push(stanza);
      session.receive(stanza);
    }
    if (body.attr('type') === 'terminate') {
      this.terminated++;
      session.isBound = false;
      for (const held of this.#held.splice(0)) this.#finish(held, element('body', NS).toString());
    }
  }

  /** Answers the oldest request with what waits; all but one when nothing does. */
  #flush(): void {
    const ready = this.#held.filter(({ rid }) => rid < this.#nextRid);
    if (ready.length > 0 && this.#outbox.length > 0) this.#release(ready[0]!.rid);
    else if (ready.length > 1) this.#release(ready[0]!.rid);
  }

  #release(rid: number): void {
    const held = this.#held.find((candidate) => candidate.rid === rid);
    if (held === undefined) return;
    this.#held = this.#held.filter((candidate) => candidate !== held);
    const isCreation = this.#answers.size === 0;
    const attributes = isCreation ? { sid: this.#sid, wait: 30, requests: 2, hold: 1, ver: '1.6' } : {};
    this.#finish(held, element('body', NS, attributes, this.#outbox.splice(0)).toString());
  }

  #finish(held: Held, body: string): void {
    held.timer.cancel();
    this.#answers.set(held.rid, body);
    held.answer(body);
  }
}
