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
  // OPEN_CONF normally comes within 5 s; a server with over 500 clients may need 60 s (ged188.md 3.2).
  OPENING: 60_000,
};

/** What a state means for the probe of the other side (`SideProbe`). */
export type Company =
  /** Begins, unless it is under way. */
  | 'begin'
  /** Begins anew: what it waits for is something else. */
  | 'anew'
  | 'keep'
  | 'end';

export const LINK_COMPANY: Readonly<Record<LinkState, Company>> = {
  STOPPED: 'end',
  // Whoever loses a connection takes or ends the probe; while both sides are tried in turn there is none.
  DISCONNECTED: 'keep',
  CONNECTING: 'keep',
  OPENING: 'begin',
  CONFIGURING: 'anew',
  // Until something is delivered.
  RECOVERING: 'keep',
  IN_SERVICE: 'end',
  PERIPHERAL_OFFLINE: 'end',
};

/**
 * How long an opening is alone before the other side is tried beside it, ms, by how many sessions in a row a CTI server has
 * ended for an opening of our own. Sides of one server may share sessions: a slow one that reads the second OPEN_REQ after it
 * has answered the first ends our session for it, and would do so for ever.
 */
export const OPENING_ALONE_MS: readonly number[] = [2_000, 10_000, 60_000];

/**
 * How long an open session may deliver nothing, neither configuration nor answers, before the other side is tried beside it,
 * ms, by how many sessions in a row the other side has opened and delivered nothing in: two slow sides must not be exchanged
 * for each other for ever.
 */
export const UNDELIVERED_ALONE_MS: readonly number[] = [2_000, 10_000, 60_000];

/** The value for `times`; the last one stands for all that follow. */
export const stepOf = (steps: readonly number[], times: number): number =>
  steps[Math.min(times, steps.length - 1)]!;

/**
 * Waits before attempts after a loss, ms. Even places try the side that was lost, odd ones the other
 * (GED-188 4.1: same side at once, other side, then slower). The last one repeats: each side is tried every 0.8 s, so that
 * however long both were away, service is back within 5 s after one accepts, recovery included.
 */
export const RECONNECT_DELAYS_MS: readonly number[] = [0, 0, 250, 250, 400];

export function reconnectDelayMs(attempt: number): number {
  return stepOf(RECONNECT_DELAYS_MS, attempt);
}
