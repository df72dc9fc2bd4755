/**
 * Stream management (XEP-0198): acknowledgements, and sessions that outlive their connection. A session whose
 * connection is lost stays bound, unseen and with its events, until it is resumed or its time is over.
 */
import type { Timer } from '@poise/clock';
import type { Element } from '@poise/xml';
import type { Core } from '../core.ts';
import type { Transport } from '../transport.ts';
import { AcknowledgedTransport, type AcknowledgementKeeper } from './acknowledged-transport.ts';
import { parseCounter } from './acknowledgements.ts';
import type { ClientStream } from './client-stream.ts';
import {
  acknowledgementXml,
  enabledXml,
  type FailedCondition,
  failedXml,
  handledTooHighXml,
  resumedXml,
} from './management-xml.ts';

/** 62^32 possible ids: 190 bits. */
const ID_LENGTH = 32;
/** Sessions that ended lately, so that who comes too late can be told why. */
const REMEMBERED_MAX = 1_000;
const TOO_MUCH = 'too much waited in lost sessions';

/** What is left of a session that could have been resumed. */
interface Past {
  readonly user: string;
  readonly reason: string;
  readonly handled: number;
}

interface Refusal {
  readonly condition: FailedCondition;
  readonly reason: string;
  readonly handled?: number;
}

export class StreamManagement implements AcknowledgementKeeper {
  readonly askAfter: number;
  readonly stanzasMax: number;
  readonly charsMax: number;
  readonly #core: Core;
  /** All with stream management, resumable or not. */
  readonly #managed = new Set<AcknowledgedTransport>();
  /** Those that can be resumed, by the id that the client shows. */
  readonly #byId = new Map<string, AcknowledgedTransport>();
  /** Those that have lost their line, longest ago first. */
  readonly #lost = new Set<AcknowledgedTransport>();
  readonly #past = new Map<string, Past>();
  readonly #hasLost = (): boolean => this.#lost.size > 0;
  #lostChars = 0;
  #sweep: Timer | null = null;

  constructor(core: Core) {
    const { ackAfterStanzas, queuedStanzasMax, queuedBytesMax } = core.limits;
    this.#core = core;
    this.askAfter = ackAfterStanzas;
    this.stanzasMax = queuedStanzasMax;
    this.charsMax = queuedBytesMax;
  }

  /** Sessions that wait to be resumed. */
  get lost(): number {
    return this.#lost.size;
  }

  /** `<enable/>` of a bound session. */
  enable(session: ClientStream, element: Element): void {
    const line = session.transport;
    if (session.managed !== null) this.#fail(line, 'unexpected-request');
    else if (line.attach === undefined) this.#fail(line, 'feature-not-implemented');
    else this.#enable(session, element);
  }

  #enable(session: ClientStream, element: Element): void {
    const line = session.transport;
    const transport = new AcknowledgedTransport(this, session, line);
    const wanted = element.attr('resume');
    const graceMs = this.#graceMs(element.attr('max'));
    const isResumable = (wanted === 'true' || wanted === '1') && graceMs >= 1_000;
    const id = isResumable ? this.#core.ids.alphanumeric(ID_LENGTH) : undefined;
    if (id !== undefined) {
      transport.resumption = { id, graceMs, deadline: null, lostMs: 0 };
      this.#byId.set(id, transport);
    } else transport.acks.forget();
    line.nonza(enabledXml(id, Math.floor(graceMs / 1_000)));
    if (id !== undefined) transport.greet();
    session.transport = transport;
    session.managed = transport;
    this.#managed.add(transport);
    this.#sweep ??= this.#arm();
  }

  /** What this server grants, or the seconds that the client asks for if that is less. */
  #graceMs(max: string | undefined): number {
    const { resumptionMs } = this.#core.limits;
    const wanted = parseCounter(max) ?? 0;
    return wanted === 0 ? resumptionMs : Math.min(resumptionMs, wanted * 1_000);
  }

  /** `<r/>` */
  requested(session: ClientStream): void {
    const { managed } = session;
    if (managed === null) this.#fail(session.transport, 'unexpected-request');
    else managed.nonza(acknowledgementXml(managed.acks.handled));
  }

  /** `<a/>` */
  acknowledged(session: ClientStream, element: Element): void {
    const { managed } = session;
    if (managed === null) {
      this.#fail(session.transport, 'unexpected-request');
      return;
    }
    const h = parseCounter(element.attr('h'));
    if (h === undefined) session.fail('bad-format', 'h is no counter');
    else if (managed.acknowledged(h) === 'too-high') this.#tooHigh(session, h, managed.acks.sent);
  }

  /** `<resume/>` on a connection that has signed in and not bound; it can still bind when refused. */
  resume(stream: ClientStream, element: Element): void {
    const id = element.attr('previd') ?? '';
    const transport = this.#byId.get(id);
    const h = parseCounter(element.attr('h'));
    if (transport === undefined || transport.session.entry !== stream.entry)
      this.#refuse(stream, this.#absent(stream, id, transport));
    else if (h === undefined) this.#refuse(stream, { condition: 'bad-request', reason: 'h is no counter' });
    else this.#resume(stream, transport, h);
  }

  /** Why there is no such session for this user. Whose it is, or was, is for the log alone. */
  #absent(stream: ClientStream, id: string, transport: AcknowledgedTransport | undefined): Refusal {
    const past = this.#past.get(id);
    if (past?.user === stream.entry.user)
      return { condition: 'item-not-found', reason: past.reason, handled: past.handled };
    const owner = transport?.session.entry.user ?? past?.user;
    const reason = owner === undefined ? 'there is no such session' : `the session is that of ${owner}`;
    return { condition: 'item-not-found', reason };
  }

  #resume(stream: ClientStream, transport: AcknowledgedTransport, h: number): void {
    const { session, acks } = transport;
    if (!this.#core.router.admitResumption(session.entry)) {
      this.#refuse(stream, { condition: 'resource-constraint', reason: 'too-many-resumptions' });
      return;
    }
    switch (acks.judge(h)) {
      case 'too-high':
        this.#tooHigh(stream, h, acks.sent);
        break;
      case 'stale':
        // What it lacks is gone. The session stays: another connection may know better, and a bind replaces it.
        this.#refuse(stream, {
          condition: 'item-not-found',
          reason: 'it shows a lower count than it has acknowledged, and what it lacks is no longer kept',
          handled: acks.handled,
        });
        break;
      case 'valid':
        this.#found(transport);
        acks.acknowledge(h);
        this.#moveTo(transport, stream);
    }
  }

  #refuse(stream: ClientStream, { condition, reason, handled }: Refusal): void {
    const { bareJid } = stream.entry;
    const { remoteAddress } = stream.transport;
    this.#core.notices.tell(
      bareJid,
      `resume: ${reason}`,
      `${bareJid} at ${remoteAddress} cannot resume a session: ${reason}`,
    );
    this.#fail(stream.transport, condition, handled);
  }

  #moveTo(transport: AcknowledgedTransport, stream: ClientStream): void {
    const { session, acks, resumption } = transport;
    if (resumption === null) return;
    const lostMs = transport.connected ? 0 : this.#core.clock.monotonic() - resumption.lostMs;
    const repeated = acks.unacknowledged.length;
    const line = stream.transport;
    stream.yieldTo(session);
    line.attach?.(session);
    transport.moveTo(line, resumedXml(resumption.id, acks.handled));
    this.#core.observer.info(
      `${session.fullJid} resumed its session from ${line.remoteAddress}: ` +
        `${Math.round(lostMs)} ms without a connection, ${repeated} stanzas repeated`,
    );
    session.resumed();
  }

  /** The connection of a session is lost. @returns whether the session waits for another one */
  keep(session: ClientStream): boolean {
    const transport = session.managed;
    const resumption = transport?.resumption ?? null;
    if (transport === null || resumption === null || this.#core.stopping) return false;
    const { graceMs } = resumption;
    transport.lose();
    resumption.lostMs = this.#core.clock.monotonic();
    // A client that knocks while the process stands still is not heard in time.
    resumption.deadline = this.#core.standstill.deadline(graceMs, () =>
      this.#giveUp(transport, `it was not resumed within ${Math.floor(graceMs / 1_000)} s`),
    );
    this.#lost.add(transport);
    this.#core.standstill.watchWhile(this.#hasLost);
    this.#lostChars += transport.acks.chars;
    return true;
  }

  /** Gives up what is lost beyond the limits, longest lost first. @param session the one that was lost last */
  limitLost(session: ClientStream): void {
    const { lostSessionsPerUserMax, lostSessionsMax, lostBytesMax } = this.#core.limits;
    const ofUser = session.entry.sessions.filter(({ managed }) => managed !== null && !managed.connected);
    if (ofUser.length > lostSessionsPerUserMax)
      for (const transport of this.#lost)
        if (transport.session.entry === session.entry) {
          this.#giveUp(transport, 'the user has lost too many sessions');
          break;
        }
    if (this.#lost.size > lostSessionsMax) this.#giveUpOldest('too many sessions are lost');
    while (this.#lostChars > lostBytesMax && this.#lost.size > 0) this.#giveUpOldest(TOO_MUCH);
  }

  /** The session is over. */
  drop(session: ClientStream, reason: string): void {
    const { managed } = session;
    if (managed === null) return;
    this.#forget(managed, reason);
    this.#managed.delete(managed);
    if (this.#managed.size > 0) return;
    this.#sweep?.cancel();
    this.#sweep = null;
  }

  // What AcknowledgedTransport reports.

  grew(chars: number): void {
    this.#lostChars += chars;
    if (this.#lostChars > this.#core.limits.lostBytesMax) this.#giveUpOldest(TOO_MUCH);
  }

  full(transport: AcknowledgedTransport): void {
    const reason = 'too much waited for its acknowledgement';
    if (!transport.connected) {
      this.#giveUp(transport, reason);
      return;
    }
    // The session goes on, and ends with its connection.
    const { bareJid } = transport.session.entry;
    if (transport.resumption !== null)
      this.#core.notices.tell(
        bareJid,
        'acknowledges too little',
        `${bareJid} acknowledges too little: its session can no longer be resumed`,
      );
    transport.open();
    this.#forget(transport, reason);
  }

  #giveUpOldest(reason: string): void {
    for (const transport of this.#lost) {
      this.#giveUp(transport, reason);
      return;
    }
  }

  /** Ends a lost session. Safe in the midst of a fan-out: nobody but the log hears of it. */
  #giveUp(transport: AcknowledgedTransport, reason: string): void {
    this.#forget(transport, reason);
    transport.session.close();
  }

  /** It is not lost any more. */
  #found(transport: AcknowledgedTransport): void {
    transport.resumption?.deadline?.cancel();
    if (this.#lost.delete(transport)) this.#lostChars -= transport.acks.chars;
  }

  /** It can no longer be resumed. */
  #forget(transport: AcknowledgedTransport, reason: string): void {
    const { resumption, session, acks } = transport;
    this.#found(transport);
    acks.forget();
    if (resumption === null) return;
    transport.resumption = null;
    this.#byId.delete(resumption.id);
    this.#past.set(resumption.id, { user: session.entry.user, reason, handled: acks.handled });
    if (this.#past.size > REMEMBERED_MAX) {
      for (const oldest of this.#past.keys()) {
        this.#past.delete(oldest);
        break;
      }
    }
  }

  #tooHigh(stream: ClientStream, h: number, sent: number): void {
    const { bareJid } = stream.entry;
    this.#core.notices.tell(
      bareJid,
      'handled count too high',
      `${bareJid} acknowledges ${h} stanzas, but ${sent} were sent`,
    );
    stream.close({ condition: 'undefined-condition', detail: handledTooHighXml(h, sent) });
  }

  #fail(line: Transport, condition: FailedCondition, handled?: number): void {
    line.nonza(failedXml(condition, handled));
  }

  /** One timer asks all clients whose stanzas have stood for some time. */
  #arm(): Timer {
    return this.#core.clock.schedule(this.#core.limits.ackAfterMs, () => {
      for (const transport of this.#managed) transport.askIfDue();
      this.#sweep = this.#arm();
    });
  }
}
