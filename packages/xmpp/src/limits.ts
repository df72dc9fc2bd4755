/** Every limit of the XMPP server: one table with name, default, unit and reason. */

interface LimitDef {
  readonly default: number;
  readonly unit: 'bytes' | 'ms' | 'count' | 'per second';
  readonly meaning: string;
}

export const LIMITS = {
  stanzaBytesMax: { default: 65_536, unit: 'bytes', meaning: 'one stanza from an authenticated client' },
  // 16 KiB of base64 must fit together with its <auth/> element.
  unauthenticatedStanzaBytesMax: {
    default: 16_896,
    unit: 'bytes',
    meaning: 'one element before authentication (16 KiB of SASL data and its element)',
  },
  xmlDepthMax: { default: 32, unit: 'count', meaning: 'nesting of elements in a stanza' },
  xmlAttributesMax: { default: 64, unit: 'count', meaning: 'attributes of one element' },
  queuedStanzasMax: { default: 1_000, unit: 'count', meaning: 'stanzas waiting for one slow client' },
  queuedBytesMax: { default: 1_048_576, unit: 'bytes', meaning: 'characters waiting for one slow client' },
  pendingStanzasMax: {
    default: 32,
    unit: 'count',
    meaning: 'stanzas that wait while a credential is checked',
  },
  signInMs: {
    default: 30_000,
    unit: 'ms',
    meaning: 'from connect to authenticated, and from there to bound',
  },
  tlsHandshakeMs: { default: 10_000, unit: 'ms', meaning: 'TLS handshake on direct TLS' },
  authAttemptsMax: { default: 5, unit: 'count', meaning: 'failed authentications on one connection' },
  bindBurst: {
    default: 60,
    unit: 'count',
    meaning: 'binds of one user in quick succession, and as many resumptions',
  },
  bindPerSecond: {
    default: 1,
    unit: 'per second',
    meaning: 'binds of one user beyond the burst, and as many resumptions',
  },
  sessionsPerUserMax: { default: 32, unit: 'count', meaning: 'resources of one user bound at once' },
  subscriptionsPerUserMax: { default: 1_000, unit: 'count', meaning: 'subscriptions of one user' },
  unsubscribedNodesMax: { default: 100, unit: 'count', meaning: 'automatic nodes that one session has left' },
  fullJidSubscriptionMs: {
    default: 600_000,
    unit: 'ms',
    meaning: 'life of a full-JID subscription after its session ended',
  },
  conflictPresenceMs: {
    default: 60_000,
    unit: 'ms',
    meaning:
      'after a conflict: time in which the newcomer may become available before the old one counts as gone',
  },
  resumptionMs: {
    default: 60_000,
    unit: 'ms',
    meaning: 'time in which a lost session can be resumed; below 1000 resumption is not offered',
  },
  ackAfterStanzas: {
    default: 20,
    unit: 'count',
    meaning: 'stanzas after which a client with stream management is asked what has arrived',
  },
  ackAfterMs: { default: 2_000, unit: 'ms', meaning: 'it is asked at the latest after this time' },
  lostSessionsPerUserMax: {
    default: 4,
    unit: 'count',
    meaning: 'lost sessions of one user that wait to be resumed; the oldest is given up',
  },
  lostSessionsMax: {
    default: 20_000,
    unit: 'count',
    meaning: 'lost sessions of all users; the oldest is given up',
  },
  // Counted as if each session had a text of its own, although sessions share the payload of an event.
  lostBytesMax: {
    default: 268_435_456,
    unit: 'bytes',
    meaning:
      'characters waiting in all lost sessions; the oldest session is given up (2,000 lost together: 80 events of 1,500 characters each)',
  },
  unboundPerUserMax: {
    default: 32,
    unit: 'count',
    meaning: 'connections of one user that have signed in and not bound',
  },
  noticeMs: {
    default: 60_000,
    unit: 'ms',
    meaning: 'the same refusal of the same user or address is logged once in this time',
  },
  connectionsMax: { default: 20_000, unit: 'count', meaning: 'connections of one listener' },
  unauthenticatedPerAddressMax: {
    default: 4_096,
    unit: 'count',
    meaning: 'unauthenticated connections from one address (2,000 desktops may share one)',
  },
  tcpPingAfterMs: { default: 180_000, unit: 'ms', meaning: 'silence after which a TCP client is pinged' },
  tcpIdleMs: { default: 360_000, unit: 'ms', meaning: 'silence after which a TCP client is dropped' },
  webSocketFrameBytesMax: {
    default: 65_536,
    unit: 'bytes',
    meaning: 'longest frame from a WebSocket client',
  },
  webSocketPingAfterMs: { default: 30_000, unit: 'ms', meaning: 'silence between pings on a WebSocket' },
  webSocketIdleMs: { default: 120_000, unit: 'ms', meaning: 'silence after which a WebSocket is dropped' },
  answerGapMs: {
    default: 2,
    unit: 'ms',
    meaning: 'between two answers on TCP while the client signs in, so that each arrives by itself',
  },
  closeLingerMs: {
    default: 2_000,
    unit: 'ms',
    meaning: 'time a peer has to take the last bytes after the end',
  },
  sweepMs: { default: 1_000, unit: 'ms', meaning: 'period of the check for silent and slow connections' },
} as const satisfies Record<string, LimitDef>;

export type XmppLimits = { readonly [K in keyof typeof LIMITS]: number };

/** The defaults of {@link LIMITS} with some replaced. */
export function limitsWith(overrides: Partial<XmppLimits> = {}): XmppLimits {
  const limits: Record<string, number> = {};
  for (const [name, limit] of Object.entries(LIMITS)) limits[name] = limit.default;
  return { ...(limits as XmppLimits), ...overrides };
}
