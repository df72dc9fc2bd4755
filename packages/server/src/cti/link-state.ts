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
  // A SYN that was lost is repeated after 1 s. While one side is waited for, the other is not tried.
  CONNECTING: 2_000,
};

/**
 * How long OPEN_CONF is waited for, ms, by attempt. Normally it comes within 5 s; a server with over 500 clients may need 60 s
 * (GED-188). So a side that accepts and says nothing is soon left for the other, and one that is slow gets its time in the end.
 */
export const OPENING_LIMITS_MS: readonly number[] = [5_000, 5_000, 10_000, 10_000, 20_000, 20_000, 60_000];

/** The same for a side that has just been lost and is tried once more, ms: the other one may be waiting all the time. */
export const OPENING_AGAIN_LIMIT_MS = 2_000;

export interface Opening {
  readonly attempt: number;
  /** There is no other side to try instead. */
  readonly isAlone: boolean;
  /** A session on this side has just been lost. */
  readonly isAgain: boolean;
}

export function openingLimitMs({ attempt, isAlone, isAgain }: Opening): number {
  if (isAlone) return OPENING_LIMITS_MS.at(-1)!;
  return isAgain
    ? OPENING_AGAIN_LIMIT_MS
    : OPENING_LIMITS_MS[Math.min(attempt, OPENING_LIMITS_MS.length - 1)]!;
}

/**
 * Waits before attempts after a loss, ms. Even places try the side that was lost, odd ones the other
 * (GED-188 4.1: same side at once, other side, then slower). The last one repeats: each side is tried every 0.8 s, so that
 * however long both were away, service is back within 5 s after one accepts, recovery included.
 */
export const RECONNECT_DELAYS_MS: readonly number[] = [0, 0, 250, 250, 400];

export function reconnectDelayMs(attempt: number): number {
  return RECONNECT_DELAYS_MS[Math.min(attempt, RECONNECT_DELAYS_MS.length - 1)]!;
}
