/** Limits of the HTTP host: name, unit and default of each. Values that a deployment may change come from settings. */
export interface HttpLimits {
  /** Time for a client to send all header lines, ms (slow-loris). */
  readonly headersTimeoutMs: number;
  /**
   * Time for a client to send the whole request, ms. It ends with the last byte of the body, so it never
   * cuts a held BOSH request; it has to let a ClientLog of 1 MiB pass over a slow line.
   */
  readonly requestTimeoutMs: number;
  /** Idle time of a connection between two requests, ms; above the longest BOSH wait. */
  readonly keepAliveTimeoutMs: number;
  /** Silence in both directions inside a request, ms: clients that never read. Above the longest BOSH wait. */
  readonly socketTimeoutMs: number;
  /** TLS handshake, ms. */
  readonly handshakeTimeoutMs: number;
  /** How often the two request timeouts are checked, ms. */
  readonly timeoutCheckMs: number;
  /** After an answer that came before the whole body (413), the rest is thrown away for this long, ms. */
  readonly lingerMs: number;
  /** Request line and header lines together, bytes; more is answered 431. */
  readonly headerBytesMax: number;
  /** Header lines. */
  readonly headersMax: number;
  /** Body of a request that no route limits further, bytes; more is answered 413. */
  readonly bodyBytesMax: number;
  /** Waiting connections that the kernel keeps until they are accepted. */
  readonly backlog: number;
  /** Connections of one listener. */
  readonly connectionsMax: number;
  /** Connections of one client address to one listener. */
  readonly connectionsPerAddressMax: number;
  /** The same for addresses of this machine: proxies, load generators, gadget loop-back. */
  readonly connectionsPerLoopbackMax: number;
}

export const DEFAULT_HTTP_LIMITS: HttpLimits = {
  headersTimeoutMs: 20_000,
  requestTimeoutMs: 120_000,
  keepAliveTimeoutMs: 90_000,
  socketTimeoutMs: 300_000,
  handshakeTimeoutMs: 20_000,
  timeoutCheckMs: 5_000,
  lingerMs: 5_000,
  headerBytesMax: 32 * 1024,
  headersMax: 200,
  bodyBytesMax: 2 * 1024 * 1024,
  backlog: 8_192,
  connectionsMax: 50_000,
  connectionsPerAddressMax: 8_192,
  connectionsPerLoopbackMax: 50_000,
};

/** The settings that matter here: durations in ms, sizes in bytes. */
export interface HttpSettings {
  readonly http: {
    readonly bodyMax: number;
    readonly headersTimeout: number;
    readonly requestTimeout: number;
    readonly keepAlive: number;
    readonly connectionsMax: number;
  };
  readonly notification: { readonly bosh: { readonly wait: number } };
}

/** Settings as limits. Whatever they say, a connection outlives the longest time that a BOSH request is held. */
export function httpLimits({ http, notification }: HttpSettings): Partial<HttpLimits> {
  const waitMs = notification.bosh.wait;
  return {
    bodyBytesMax: http.bodyMax,
    headersTimeoutMs: Math.min(http.headersTimeout, http.requestTimeout),
    requestTimeoutMs: http.requestTimeout,
    keepAliveTimeoutMs: Math.max(http.keepAlive, waitMs + 15_000),
    socketTimeoutMs: Math.max(DEFAULT_HTTP_LIMITS.socketTimeoutMs, waitMs + 60_000),
    connectionsMax: http.connectionsMax,
    connectionsPerAddressMax: Math.min(http.connectionsMax, DEFAULT_HTTP_LIMITS.connectionsPerAddressMax),
    connectionsPerLoopbackMax: http.connectionsMax,
  };
}
