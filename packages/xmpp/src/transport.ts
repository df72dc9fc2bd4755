/**
 * The seam between transports (TCP, WebSocket, BOSH) and the one session logic behind them.
 * A transport moves XML and knows nothing of SASL, binding or stanzas; a stream knows nothing of
 * sockets, frames or request ids.
 */
import type { Element } from '@poise/xml';

/** RFC 6120 4.9.3, the conditions that this server uses. */
export type StreamCondition =
  | 'bad-format'
  | 'conflict'
  | 'connection-timeout'
  | 'host-unknown'
  | 'internal-server-error'
  | 'improper-addressing'
  | 'invalid-namespace'
  | 'invalid-xml'
  | 'not-authorized'
  | 'not-well-formed'
  | 'policy-violation'
  | 'resource-constraint'
  | 'restricted-xml'
  | 'system-shutdown'
  | 'undefined-condition'
  | 'unsupported-encoding'
  | 'unsupported-stanza-type'
  | 'unsupported-version';

export type TransportKind = 'tcp' | 'websocket' | 'bosh';

/** How a connection came to its end, as the transport saw it. */
export type StreamEnd =
  /** `</stream:stream>`, `<close/>`, BOSH terminate: the client said goodbye. */
  | 'closed'
  /** Socket error, reset, or end without a goodbye. */
  | 'lost'
  /** Silent for longer than the transport allows (BOSH inactivity, ping timeout). */
  | 'idle';

/** Attributes of a stream header, `<open/>` or BOSH session/restart request; values as received. */
export interface StreamHeader {
  readonly to?: string | undefined;
  readonly from?: string | undefined;
  readonly version?: string | undefined;
  readonly lang?: string | undefined;
}

export interface StreamError {
  readonly condition: StreamCondition;
  readonly text?: string;
  /** Application-specific condition, as XML with its own xmlns. */
  readonly detail?: string;
}

/** From where the mechanism PLAIN (and XEP-0078) is taken without TLS: this machine, anywhere, nowhere. */
export type PlainInClear = 'loopback' | 'always' | 'never';

/** SASL settings of one listener. */
export interface SaslPolicy {
  readonly plainInClear?: PlainInClear | undefined;
  /** SCRAM mechanisms to offer, on TLS only (several clients prefer SCRAM and then fail with a token). */
  readonly scram?: ReadonlyArray<'SCRAM-SHA-1' | 'SCRAM-SHA-256'> | undefined;
}

/** Implemented by each transport; used by the stream. All calls are synchronous and never throw. */
export interface Transport {
  readonly kind: TransportKind;
  /** BOSH sid; for TCP and WebSocket the stream id. Shown in logs. */
  readonly id: string;
  /** TLS on this connection (or declared by a trusted proxy). */
  readonly secure: boolean;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Both ends on this machine: decides whether PLAIN may go in clear. */
  readonly loopback: boolean;
  /** TLS could be started inside this connection (TCP on a listener with a certificate, not yet secure). */
  readonly canStartTls: boolean;

  /**
   * Answers {@link Stream.opened}: header or `<open/>` (BOSH: creation or restart answer) and the features.
   * @param inner children of `<stream:features>`, each with its own xmlns
   */
  features(inner: string): void;
  /**
   * Queues one stanza. `xml` begins `<message`, `<presence` or `<iq`, without `xmlns`; transports whose
   * framing needs `xmlns="jabber:client"` (BOSH, WebSocket) insert it as the first attribute.
   * Overflow of the outgoing queue (count or bytes) ends the stream with policy-violation; {@link Stream.ended}
   * is then called in a later turn, never from inside this call.
   * @param urgent goes ahead of stanzas that wait for a slow peer (ping answers); may be ignored where nothing
   *   can overtake
   */
  stanza(xml: string, urgent?: boolean): void;
  /**
   * {@link stanza} for a `<message`, given as what stands behind its name. Events come in pieces; where the namespace is inserted they
   * would first have to be joined to be cut.
   */
  message(rest: string): void;
  /** Queues an element that carries its own xmlns (SASL, starttls, stream management). */
  nonza(xml: string): void;
  /** Begins the TLS handshake after `<proceed/>` was queued. Only if {@link canStartTls}. */
  startTls(): void;
  /** After SASL success: the next thing from the peer is a new stream header. Needed only where headers are not framed (TCP). */
  expectHeader?(): void;
  /**
   * From now on the peer speaks to this stream: the connection takes up a lost session. Absent where a session
   * cannot move to another connection (BOSH sessions are no connections).
   */
  attach?(stream: Stream): void;
  /** What this listener permits; absent: PLAIN over TLS or on loopback, no SCRAM. */
  readonly saslPolicy?: SaslPolicy | undefined;
  /** Ends the stream; with an error, that is sent first. Calls no {@link Stream} method afterwards. */
  end(error?: StreamError): void;
  /** Outgoing stanzas that no write has taken yet. */
  readonly queuedStanzas: number;
}

/** Implemented by the session logic; called by the transport, in the order of the wire. */
export interface Stream {
  /** A header arrived: the first one, or the one after SASL or TLS. The stream answers with {@link Transport.features} or {@link Transport.end}. */
  opened(header: StreamHeader): void;
  /** One complete first-level element. Ignored after {@link ended}. */
  received(element: Element): void;
  /** The transport is gone. Called exactly once, unless {@link Transport.end} was called first. */
  ended(how: StreamEnd, error?: StreamError): void;
  /** Asks a silent client for a sign of life. @returns false: the transport has to ping by itself */
  probe?(): boolean;
  /** Full JID once bound, else the authenticated bare JID, else empty: for logs. */
  readonly jid: string;
  /** Past SASL: limits for unauthenticated peers no longer apply. */
  readonly authenticated: boolean;
  /** Last available presence stanza as received, for the debug log of BOSH; empty before. */
  readonly presenceXml: string;
}

/** Makes the stream for a new connection. */
export type StreamFactory = (transport: Transport) => Stream;
