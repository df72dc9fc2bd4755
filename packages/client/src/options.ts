import { addressOf, type NodeAddress } from './node-address.ts';
import { type ClientClock, type FetchLike, platformClock, type WebSocketConstructor } from './platform.ts';

/** Gives an access token that can be used now. Rejects when there is none. */
export type TokenSource = () => Promise<string>;

export interface PoiseClientOptions {
  /** Origin of the server, e.g. `https://desk.example:8445` or `http://127.0.0.1:8082`. */
  readonly baseUrl: string;
  /** Login id or login name. */
  readonly user: string;
  /** Not with `accessToken`. */
  readonly password?: string;
  /**
   * For users of single sign-on, in the place of a password: gives an access token that is still good, for each request
   * and each sign-in to the notification service.
   */
  readonly accessToken?: TokenSource;
  /**
   * Default: `websocket` where the platform or the options have one, else `bosh`. Without this option, and without
   * `notificationUrl`, BOSH takes the place of a WebSocket that cannot be opened.
   */
  readonly transport?: 'websocket' | 'bosh';
  /** Where the notification service is. Default: `/ws/` or `/http-bind/` at `baseUrl`. */
  readonly notificationUrl?: string;
  /** XMPP domain. Default: the one that SystemInfo names. */
  readonly domain?: string;
  /** XMPP resource. Two clients with the same one displace each other. Default: the server chooses. */
  readonly resource?: string;
  /** Default: the platform's. */
  readonly fetch?: FetchLike;
  /** For Node below 22: the class of the `ws` package. Default: the platform's. */
  readonly WebSocket?: WebSocketConstructor;
  readonly clock?: ClientClock;
  /** Source of jitter, 0 to 1. Default: Math.random. */
  readonly random?: () => number;
  /** Whether a lost connection is repaired. Default: true. */
  readonly reconnect?: boolean;
  /** First and largest delay before another attempt; doubled each time, with jitter. Default: 1 s, 8 s. */
  readonly reconnectBaseMs?: number;
  readonly reconnectMaxMs?: number;
  /** Whether the other node that SystemInfo names may take over when this one is lost. Default: true. */
  readonly failover?: boolean;
  /** Between two questions to the other node while this one is lost. Default: 20 s. */
  readonly searchIntervalMs?: number;
  /** How long the answer to `probe` may take, and that of SystemInfo after a loss. Default: 5 s. */
  readonly probeTimeoutMs?: number;
  /** Between two measurements of the server's clock; 0: none. Default: 60 s. */
  readonly clockIntervalMs?: number;
  /** How long a REST answer may take. Default: 10 s. */
  readonly requestTimeoutMs?: number;
  /** How long the event after an accepted request may take; the server gives up after 20 s. Default: 25 s. */
  readonly actionTimeoutMs?: number;
  /** Silence before a ping; how long the answer to a ping may take. Default: 6 s, 3 s. */
  readonly pingIntervalMs?: number;
  readonly pingTimeoutMs?: number;
  /** BOSH: how long the server may hold a request. Default: 30 s. */
  readonly boshWaitSeconds?: number;
  /** From opening the connection to the bound session, and from there to the presence of `finesse`. Default: 30 s, 10 s. */
  readonly negotiationTimeoutMs?: number;
  readonly serviceTimeoutMs?: number;
}

/** The options with everything filled in. */
export interface ClientSettings {
  readonly node: NodeAddress;
  readonly user: string;
  readonly password: string;
  readonly accessToken: TokenSource | undefined;
  readonly transport: 'websocket' | 'bosh';
  /** Whether BOSH may take the place of a WebSocket that cannot be opened: nobody chose the transport. */
  readonly mayFallBack: boolean;
  readonly domain: string | undefined;
  readonly resource: string | undefined;
  readonly fetch: FetchLike;
  readonly WebSocket: WebSocketConstructor | undefined;
  readonly clock: ClientClock;
  readonly random: () => number;
  readonly reconnect: boolean;
  readonly reconnectBaseMs: number;
  readonly reconnectMaxMs: number;
  readonly failover: boolean;
  readonly searchIntervalMs: number;
  readonly probeTimeoutMs: number;
  readonly clockIntervalMs: number;
  readonly timeoutMs: number;
  readonly iqTimeoutMs: number;
  readonly actionTimeoutMs: number;
  readonly pingIntervalMs: number;
  readonly pingTimeoutMs: number;
  readonly boshWaitSeconds: number;
  readonly negotiationTimeoutMs: number;
  readonly serviceTimeoutMs: number;
}

/** Throws TypeError on options that cannot work. */
export function settingsFrom(options: PoiseClientOptions): ClientSettings {
  const baseUrl = originOf(options.baseUrl);
  if (options.user === '' || options.user.includes(':'))
    throw new TypeError('the user must be a login id or name');
  if ((options.password === undefined) === (options.accessToken === undefined))
    throw new TypeError('either a password or an accessToken is needed');
  const WebSocket = options.WebSocket ?? (globalThis.WebSocket as WebSocketConstructor | undefined);
  const transport = options.transport ?? (WebSocket === undefined ? 'bosh' : 'websocket');
  if (transport === 'websocket' && WebSocket === undefined) {
    throw new TypeError('this platform has no WebSocket: pass one in the options, or choose bosh');
  }
  const defaultUrl = transport === 'bosh' ? `${baseUrl}/http-bind/` : `${baseUrl.replace(/^http/, 'ws')}/ws/`;
  return {
    node: addressOf(baseUrl, options.notificationUrl ?? defaultUrl),
    user: options.user,
    password: options.password ?? '',
    accessToken: options.accessToken,
    transport,
    mayFallBack: options.transport === undefined && options.notificationUrl === undefined,
    domain: options.domain,
    resource: options.resource,
    fetch: options.fetch ?? ((url, init) => globalThis.fetch(url, init)),
    WebSocket,
    clock: options.clock ?? platformClock,
    random: options.random ?? Math.random,
    reconnect: options.reconnect ?? true,
    reconnectBaseMs: options.reconnectBaseMs ?? 1_000,
    reconnectMaxMs: options.reconnectMaxMs ?? 8_000,
    failover: options.failover ?? true,
    searchIntervalMs: options.searchIntervalMs ?? 20_000,
    probeTimeoutMs: options.probeTimeoutMs ?? 5_000,
    clockIntervalMs: options.clockIntervalMs ?? 60_000,
    timeoutMs: options.requestTimeoutMs ?? 10_000,
    iqTimeoutMs: options.requestTimeoutMs ?? 10_000,
    actionTimeoutMs: options.actionTimeoutMs ?? 25_000,
    pingIntervalMs: options.pingIntervalMs ?? 6_000,
    pingTimeoutMs: options.pingTimeoutMs ?? 3_000,
    boshWaitSeconds: options.boshWaitSeconds ?? 30,
    negotiationTimeoutMs: options.negotiationTimeoutMs ?? 30_000,
    serviceTimeoutMs: options.serviceTimeoutMs ?? 10_000,
  };
}

function originOf(baseUrl: string): string {
  const url = new URL(baseUrl);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new TypeError('baseUrl must be http or https');
  if (url.pathname !== '/' || url.search !== '')
    throw new TypeError('baseUrl must be an origin, without a path');
  return url.origin;
}
