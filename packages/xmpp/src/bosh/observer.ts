/** What the BOSH service tells its owner: the wire log and the lines of the sweep. */
import type { Element } from '@poise/xml';
import { maskedXml } from '../masked.ts';
import type { Stream, StreamEnd } from '../transport.ts';
import { NS_HTTPBIND } from './body.ts';

/** Openfire's numbers for the state of a session, as its log prints them. */
const STATUS_CONNECTED = 1;
const STATUS_AUTHENTICATED = 3;

/** All hooks are optional; one that is absent costs nothing. They are called synchronously. */
export interface BoshObserver {
  /** A body came in; `xml` without the namespace of the body, credentials masked. */
  received(sid: string, xml: string, rid: number, jid: string): void;
  /** An answer went out, as sent. */
  sent(sid: string, xml: string, rid: number, jid: string): void;
  /** A request was taken up by its session. */
  consume(sid: string, jid: string, status: number, presenceXml: string, rid: number): void;
  /** Sweep: `msAgo` is 0 while a request is held. */
  lastActive(sid: string, msAgo: number, jid: string): void;
  /** Sweep: figures of one session since its start; nothing is ever dropped without ending the session. */
  stats(figures: {
    jid: string;
    msgsSent: number;
    msgsQueue: number;
    msgsDrop: number;
    bytesSent: number;
  }): void;
  /** Sweep: silent for longer than its threshold; {@link ended} follows. */
  idleClosed(sid: string, jid: string, thresholdSeconds: number): void;
  ended(sid: string, jid: string, how: StreamEnd): void;
  /** A request that no session takes: none is made for it, or there is none. */
  refused(address: string, reason: string): void;
  /** Something odd: tolerated (another source address, a client that polls too often), or why the session ends. */
  notice(sid: string, jid: string, text: string): void;
}

/** @param element null for an empty poll */
export function tellReceived(
  observer: Partial<BoshObserver>,
  sid: string,
  element: Element | null,
  rid: number,
  jid: string,
): void {
  if (observer.received === undefined) return;
  observer.received(
    sid,
    element === null ? `<body sid="${sid}" rid="${rid}"/>` : maskedXml(element, NS_HTTPBIND),
    rid,
    jid,
  );
}

export function tellConsumed(
  observer: Partial<BoshObserver>,
  sid: string,
  rid: number,
  stream: Stream,
): void {
  if (observer.consume === undefined) return;
  const { jid, authenticated, presenceXml } = stream;
  observer.consume(sid, jid, authenticated ? STATUS_AUTHENTICATED : STATUS_CONNECTED, presenceXml, rid);
}
