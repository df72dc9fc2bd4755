/** The messages between a page and its tunnel: `TYPE|text`, with the numbers of the original (gadgets.md 8). */
export const TYPES = {
  /** Out: encoded node, then the XML of the Update. */
  EVENT: 0,
  /** In: login id. */
  ID: 1,
  /** In: password or access token. */
  PASSWORD: 2,
  /** In: resource to ask for. Out: the one of the connection, before every status. */
  RESOURCEID: 3,
  /** Out: a {@link TunnelStatus}. */
  STATUS: 4,
  /** In. */
  XMPPDOMAIN: 5,
  /** In. */
  PUBSUBDOMAIN: 6,
  /** In: node. Out: node, then `|` and ApiErrors if it was refused. */
  SUBSCRIBE: 7,
  /** As SUBSCRIBE. */
  UNSUBSCRIBE: 8,
  /** Out: `<presence><from/><type/></presence>`. */
  PRESENCE: 9,
  /** In: `<connInfo><id/><password/><xmppDomain/></connInfo>`. */
  CONNECT_REQ: 10,
  /** In: empty. */
  DISCONNECT_REQ: 11,
  /** In: `bosh` or `websocket`. */
  NOTIFICATION_CONNECTION_TYPE: 12,
  /** Out: a line for the page's log. */
  LOGGING: 13,
  /** In: empty. Out: JSON, `[{node, jid, status}]`. */
  SUBSCRIPTIONS_REQ: 14,
  /** In: JSON of {@link PingProperties}. */
  XMPP_DISCONNECT_PROPERTIES: 15,
  /** In: JSON, `{enableConsoleTraceLogging}`. */
  FINESSE_CONTAINER_CONFIG: 16,
} as const;

export type TunnelStatus =
  /** The tunnel waits for credentials. */
  | 'loaded'
  | 'connecting'
  /** Signed in, and the service `finesse` is present: events flow. */
  | 'connected'
  | 'disconnected'
  /** Another attempt follows. */
  | 'reconnecting'
  /** The same user and resource signed in elsewhere; no attempt follows. */
  | 'conflict'
  /** Refused; no attempt follows. */
  | 'unauthorized'
  | 'disconnecting'
  | 'unloading';

export interface TunnelMessage {
  readonly type: number;
  readonly text: string;
}

/** Longer ones are not read: the longest that makes sense is a token. */
const TEXT_MAX = 65_536;

/** Reads a message; null for what is none: other scripts post messages, too. */
export function readMessage(data: unknown): TunnelMessage | null {
  if (typeof data !== 'string' || data.length > TEXT_MAX) return null;
  const match = /^(\d{1,2})\|/.exec(data);
  return match === null ? null : { type: Number(match[1]), text: data.slice(match[0].length) };
}

export const writeMessage = (type: number, text: string): string => `${type}|${text}`;
