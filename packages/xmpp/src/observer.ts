import type { StreamEnd } from './transport.ts';

/** How a session ceased to be available. */
export type Departure =
  /** It said so, and may still be connected. */
  | 'unavailable'
  /** Its stream ended from the client's side or by silence. */
  | StreamEnd
  /** The server ended its stream: an error of the client, a limit, an account that is gone. */
  | 'ended'
  /** Another connection took its resource and never became available. */
  | 'replaced';

/** What the server tells its owner; all calls are synchronous, and an exception in one disturbs nobody. */
export interface XmppObserver {
  /**
   * A session became available or unavailable (repeated presences are not told).
   * @param last no available session of this user remains
   * @param how with `unavailable`: what ended it
   */
  presence(
    user: string,
    fullJid: string,
    type: 'available' | 'unavailable',
    last: boolean,
    how: Departure | undefined,
  ): void;
  /** The server removed a presence-bound subscription (see XmppAccess.presenceNodes). */
  unsubscribed(node: string, bareJid: string): void;
  /** BOSH wire log: body as received without its namespace; SASL data and passwords are masked. */
  boshReceived(sid: string, xml: string, jid: string, rid: number): void;
  boshSent(sid: string, xml: string, jid: string, rid: number): void;
  /**
   * Stanzas and framing of a TCP or WebSocket connection are handed to its socket, in one write. May hold SASL data.
   * Costs a call for each write.
   */
  socketSent(id: string, pieces: readonly string[], jid: string): void;
  /** A stanza came over a TCP or WebSocket connection; SASL data and passwords are masked. Costs its serialisation. */
  socketReceived(id: string, xml: string, jid: string): void;
  /** A request was taken up by its session. `status`: 1 connected, 3 authenticated. */
  boshConsume(sid: string, jid: string, status: number, presenceXml: string, rid: number): void;
  /** Sweep over the BOSH sessions; `msAgo` is 0 while a request is held. */
  sessionActive(sid: string, msAgo: number, jid: string): void;
  sessionIdleClosed(sid: string, jid: string, thresholdSeconds: number): void;
  /** A bound session of any transport has ended. */
  sessionClosed(jid: string): void;
  /** Sweep over the BOSH sessions: figures since the session's start. */
  stats(jid: string, sent: number, queued: number, dropped: number, bytesSent: number): void;
  /** An event is about to go to the sessions of a bare JID, if there are any. Costs a call for each subscriber. */
  addressedToUser(stanzaXml: string): void;
  /** An event for a user without an available session; the stanza as it would have been sent. */
  unroutable(stanzaXml: string): void;
  authFailed(user: string, reason: string): void;
  info(line: string): void;
  debug(line: string): void;
}

const NONE = (): void => {};

type Hook = (a: unknown, b: unknown, c: unknown, d: unknown, e: unknown) => void;

/** Fills what is missing and keeps exceptions of observers away from the streams. */
export function guardObserver(observer: Partial<XmppObserver> = {}): XmppObserver {
  const guarded: Record<string, unknown> = {};
  const names: ReadonlyArray<keyof XmppObserver> = [
    'presence',
    'unsubscribed',
    'boshReceived',
    'boshSent',
    'socketSent',
    'socketReceived',
    'boshConsume',
    'sessionActive',
    'sessionIdleClosed',
    'sessionClosed',
    'stats',
    'addressedToUser',
    'unroutable',
    'authFailed',
    'info',
    'debug',
  ];
  for (const name of names) {
    const fn = observer[name] as Hook | undefined;
    guarded[name] =
      fn === undefined
        ? NONE
        : // Named parameters: an array for each call would be much to collect. No hook has more than five.
          (a?: unknown, b?: unknown, c?: unknown, d?: unknown, e?: unknown) => {
            try {
              fn.call(observer, a, b, c, d, e);
            } catch {
              // An observer's failure is the observer's own; the stream that caused the call goes on.
            }
          };
  }
  return guarded as unknown as XmppObserver;
}
