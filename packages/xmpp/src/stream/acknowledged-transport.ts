/**
 * The transport of a session with stream management: counts what goes out and keeps it until the client has
 * acknowledged it. The line below may be lost and replaced by another one; the session notices nothing.
 */
import type { Timer } from '@poise/clock';
import type { SaslPolicy, Stream, StreamError, Transport, TransportKind } from '../transport.ts';
import { Acknowledgements, type Verdict } from './acknowledgements.ts';
import type { ClientStream } from './client-stream.ts';
import { REQUEST } from './management-xml.ts';

/** What lets another connection take up the session. */
export interface Resumption {
  readonly id: string;
  /** Time to come back after a loss. */
  readonly graceMs: number;
  /** Runs while the line is lost. */
  deadline: Timer | null;
  /** When it was lost, in monotonic ms. */
  lostMs: number;
}

/** What the owner decides: limits, and what happens at one. */
export interface AcknowledgementKeeper {
  /** Stanzas after which the client is asked what has arrived. */
  readonly askAfter: number;
  readonly stanzasMax: number;
  readonly charsMax: number;
  /** A session without a line keeps that much more. */
  grew(chars: number): void;
  /** More waits for the client's acknowledgement than may; must be made to forget. Called from within a fan-out. */
  full(transport: AcknowledgedTransport): void;
}

export class AcknowledgedTransport implements Transport {
  readonly acks = new Acknowledgements();
  readonly session: ClientStream;
  /** Kept by its owner; null: the session ends with its line. */
  resumption: Resumption | null = null;
  readonly #keeper: AcknowledgementKeeper;
  /** The present line, or the last one. */
  #line: Transport;
  #connected = true;
  /** Stanzas since the last question. */
  #unasked = 0;
  #asked = false;
  /** Stanzas wait until the client has shown that it has read `<enabled/>`. */
  #greeting = false;
  /** The answer to the question of {@link greet} is still to come, waited for or not. */
  #greetingUnanswered = false;
  /** A whole period of {@link askIfDue} has not begun yet since {@link greet}. */
  #greetingIsNew = false;

  constructor(keeper: AcknowledgementKeeper, session: ClientStream, line: Transport) {
    this.#keeper = keeper;
    this.session = session;
    this.#line = line;
  }

  get connected(): boolean {
    return this.#connected;
  }

  stanza(xml: string): void {
    // Nothing may overtake, not even a ping answer: the client's counter tells how many came, not which.
    const { acks } = this;
    acks.push(xml);
    if (!this.#connected) this.#keeper.grew(xml.length);
    else if (!this.#greeting) {
      this.#line.stanza(xml);
      // Where nothing is kept the answer would be of no use.
      if (!acks.kept) return;
      this.#unasked += 1;
      if (!this.#asked && this.#unasked >= this.#keeper.askAfter) this.ask();
    }
    if (acks.unacknowledged.length > this.#keeper.stanzasMax || acks.chars > this.#keeper.charsMax)
      this.#keeper.full(this);
  }

  message(rest: string): void {
    this.stanza(`<message${rest}`);
  }

  nonza(xml: string): void {
    if (this.#connected) this.#line.nonza(xml);
  }

  /** Asks the client what has arrived. */
  ask(): void {
    this.#asked = true;
    this.#unasked = 0;
    this.nonza(REQUEST);
  }

  /**
   * After `<enabled/>`: asks at once, and sends nothing that counts before the answer.
   * COMPAT xmpp.js 0.14: sets its counter to zero some time after it has read `<enabled/>`, and forgets what it has
   * counted by then; what came last before a loss would be repeated although it had arrived.
   */
  greet(): void {
    this.#greeting = true;
    this.#greetingUnanswered = true;
    this.#greetingIsNew = true;
    this.ask();
  }

  /** Sends what has waited for the answer to {@link greet}. */
  open(): void {
    if (!this.#greeting) return;
    this.#greeting = false;
    this.#sendAll();
    // One question at a time: answers to two could both bear a counter from before `<enabled/>`.
    this.#asked = this.#greetingUnanswered;
  }

  #sendAll(): void {
    const { unacknowledged } = this.acks;
    for (const xml of unacknowledged) this.#line.stanza(xml);
    this.#asked = false;
    this.#unasked = unacknowledged.length;
  }

  /** The periodic question about stanzas that have stood for some time, unless an answer is due already. */
  askIfDue(): void {
    // A client that does not even answer the first question gets its stanzas all the same. The period is that of
    // all sessions: this one may have begun a moment ago.
    if (this.#greetingIsNew) this.#greetingIsNew = false;
    else if (this.#connected) this.open();
    if (this.#connected && this.acks.kept && !this.#asked && this.#unasked > 0) this.ask();
  }

  /** `<a/>`; a stale one frees nothing, but is an answer. */
  acknowledged(h: number): Verdict {
    if (this.#greetingUnanswered) {
      // The counter may be one from before `<enabled/>` (see greet): it tells nothing but that the client reads.
      this.#greetingUnanswered = false;
      this.#asked = false;
      this.open();
      return 'valid';
    }
    const verdict = this.acks.acknowledge(h);
    if (verdict === 'too-high') return verdict;
    this.#asked = false;
    if (this.#unasked >= this.#keeper.askAfter) this.ask();
    return verdict;
  }

  /** The line is gone; stanzas wait. */
  lose(): void {
    this.#connected = false;
  }

  /** Goes on over another line, where `first` and then what the client has not acknowledged is sent. */
  moveTo(line: Transport, first: string): void {
    // RFC 6120 4.9.3.3: the former connection is told, should it still read.
    if (this.#connected) this.#line.end({ condition: 'conflict' });
    this.#line = line;
    this.#connected = true;
    this.#greeting = false;
    this.#greetingUnanswered = false;
    line.nonza(first);
    this.#sendAll();
    if (this.#unasked > 0) this.ask();
  }

  end(error?: StreamError): void {
    if (this.#connected) this.#line.end(error);
  }

  get kind(): TransportKind {
    return this.#line.kind;
  }
  get id(): string {
    return this.#line.id;
  }
  get secure(): boolean {
    return this.#line.secure;
  }
  get remoteAddress(): string {
    return this.#line.remoteAddress;
  }
  get remotePort(): number {
    return this.#line.remotePort;
  }
  get loopback(): boolean {
    return this.#line.loopback;
  }
  get saslPolicy(): SaslPolicy | undefined {
    return this.#line.saslPolicy;
  }
  get canStartTls(): boolean {
    return false;
  }
  get queuedStanzas(): number {
    return this.#connected ? this.#line.queuedStanzas : this.acks.unacknowledged.length;
  }
  features(inner: string): void {
    this.#line.features(inner);
  }
  startTls(): void {
    // Never called: canStartTls is false.
  }
  attach(stream: Stream): void {
    this.#line.attach?.(stream);
  }
}
