/** The CTI link as a table: states, what can happen in them, and where it leads. */

export type LinkState =
  /** No connection; the next attempt has its time. */
  | 'DISCONNECTED'
  /** TCP connection under way. */
  | 'CONNECTING'
  /** OPEN_REQ sent. */
  | 'OPENING'
  /** CONFIG_REQUEST_EVENT sent; waits for the last CONFIG_END_EVENT. */
  | 'CONFIGURING'
  /** Asks the state of every agent. */
  | 'RECOVERING'
  | 'IN_SERVICE'
  /** The session is fine, but the peripheral or its gateway is not. */
  | 'PERIPHERAL_OFFLINE'
  /** Stopped by its owner. */
  | 'STOPPED';

export type LinkEvent =
  | 'attempt'
  | 'connected'
  | 'opened'
  | 'configured'
  | 'recovered'
  | 'peripheralOffline'
  | 'peripheralOnline'
  | 'lost'
  | 'stop'
  | 'start';

export const LINK_TRANSITIONS: Readonly<Record<LinkState, Readonly<Partial<Record<LinkEvent, LinkState>>>>> =
  {
    STOPPED: { start: 'DISCONNECTED' },
    DISCONNECTED: { attempt: 'CONNECTING', stop: 'STOPPED' },
    CONNECTING: { connected: 'OPENING', lost: 'DISCONNECTED', stop: 'STOPPED' },
    OPENING: {
      opened: 'CONFIGURING',
      peripheralOffline: 'PERIPHERAL_OFFLINE',
      lost: 'DISCONNECTED',
      stop: 'STOPPED',
    },
    CONFIGURING: {
      configured: 'RECOVERING',
      peripheralOffline: 'PERIPHERAL_OFFLINE',
      lost: 'DISCONNECTED',
      stop: 'STOPPED',
    },
    RECOVERING: {
      recovered: 'IN_SERVICE',
      peripheralOffline: 'PERIPHERAL_OFFLINE',
      lost: 'DISCONNECTED',
      stop: 'STOPPED',
    },
    IN_SERVICE: { peripheralOffline: 'PERIPHERAL_OFFLINE', lost: 'DISCONNECTED', stop: 'STOPPED' },
    PERIPHERAL_OFFLINE: { peripheralOnline: 'CONFIGURING', lost: 'DISCONNECTED', stop: 'STOPPED' },
  };

/** Next state, or undefined when the event means nothing in this state. */
export function nextLinkState(state: LinkState, event: LinkEvent): LinkState | undefined {
  return LINK_TRANSITIONS[state][event];
}

/** How long a state may last before the connection is given up, ms. */
export const STATE_LIMITS_MS: Readonly<Partial<Record<LinkState, number>>> = {
  CONNECTING: 5_000,
  // OPEN_CONF normally comes within 5 s; 60 s where a server has over 500 clients (GED-188).
  OPENING: 60_000,
};

/**
 * Waits before attempts after a loss, ms. Even places try the side that was lost, odd ones the other
 * (GED-188 4.1: same side at once, other side, then slower). The last one repeats: each side is tried every 0.8 s, so that
 * however long both were away, service is back within 5 s after one accepts, recovery included.
 */
export const RECONNECT_DELAYS_MS: readonly number[] = [0, 0, 250, 250, 400];

/**
 * Waits after the CTI server ended our session because a client of the same name opened one (FAILURE_EVENT 11), ms, by
 * how often that happened of late. The newer one wins, so two servers of one name would chase each other away for ever.
 */
export const DISPLACED_DELAYS_MS: readonly number[] = [5_000, 15_000, 30_000, 60_000, 120_000];
/** After this time without it, it counts as if it had never happened. */
export const DISPLACED_FORGOTTEN_MS = 600_000;

export function displacedDelayMs(times: number): number {
  return DISPLACED_DELAYS_MS[Math.min(times, DISPLACED_DELAYS_MS.length) - 1]!;
}

export function reconnectDelayMs(attempt: number): number {
  return RECONNECT_DELAYS_MS[Math.min(attempt, RECONNECT_DELAYS_MS.length - 1)]!;
}
