import type { Element } from '@poise/xml';

/** Why a stream is over. */
export type EndReason =
  /** The network or the server went away, or the server ended the stream: worth another try. */
  | 'lost'
  /** The same full JID was bound elsewhere (RFC 6120 4.9.3.3): do not come back. */
  | 'conflict'
  /** The server refused user or password. */
  | 'unauthorized'
  /** We said goodbye. */
  | 'closed';

export interface StreamEnd {
  readonly reason: EndReason;
  /** For logs; never contains credentials. */
  readonly detail: string;
  /** The server answered over another connection while this one was silent. */
  readonly isServerThere?: boolean;
  /** The connection broke, and nobody said goodbye. */
  readonly isCut?: boolean;
  /** With a bound session that was cut, or died while the server was there: silence of both sides before, ms; a last ping not counted. */
  readonly silenceMs?: number;
}

/** What a transport tells the session above it. `ended` comes once and last. */
export interface TransportEvents {
  features(features: Element): void;
  /** A stanza or an element of the sign-in. */
  stanza(element: Element): void;
  /** Anything arrived: the connection lives. */
  alive(): void;
  /** A request is repeated in vain: what is said may be late, or lost with the connection. `alive` is the end of it. */
  doubtful(detail: string): void;
  /** An answer that is due has not come: the server must be asked whether it is there. */
  overdue(): void;
  ended(end: StreamEnd): void;
}

/** Moves elements; knows nothing of sign-in, binding or stanzas. WebSocket or BOSH. */
export interface Transport {
  /** Whether a ping can be said beside what waits for the server's next word; else the session must not ask. */
  readonly canPing: boolean;
  open(events: TransportEvents): void;
  send(element: Element): void;
  /** Restarts the stream after sign-in (RFC 6120 4.3.3, XEP-0206 section 5). */
  restart(): void;
  /**
   * What waits for an answer is asked for again, over a new connection where the old one may be dead.
   * @returns false: there is one connection, and with it the stream ends
   */
  refresh(): boolean;
  /** Says goodbye, with a last stanza where one is given, and ends with reason `closed`. */
  close(last?: Element): void;
  /** Drops the connection without a word and without `ended`. */
  abandon(): void;
}

/** The end that a stream error means (RFC 6120 4.9.3). */
export function endOfStreamError(error: Element): StreamEnd {
  const condition = error.elements()[0]?.name ?? 'undefined-condition';
  const reason =
    condition === 'conflict' ? 'conflict' : condition === 'not-authorized' ? 'unauthorized' : 'lost';
  return { reason, detail: `stream error ${condition}` };
}
