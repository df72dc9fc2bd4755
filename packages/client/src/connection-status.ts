/**
 * What an application sees of the connection to the notification service:
 *
 * - `connecting`: an attempt begins
 * - `connected`: signed in, and the service `finesse` is present: events flow
 * - `disconnected`: the connection is gone; `detail` says why
 * - `reconnecting`: the next attempt follows after `delayMs`
 * - `failing`: the server is out of service, or several attempts failed; what is shown may be stale
 * - `recovered`: after any of that all is well again; fetch anew what you show
 * - `conflict`: the same user and resource signed in elsewhere; there will be no further attempt
 * - `unauthorized`: user or password refused; there will be no further attempt
 */
export type ConnectionStatus =
  | 'connecting'
  | 'connected'
  | 'disconnected'
  | 'reconnecting'
  | 'failing'
  | 'recovered'
  | 'conflict'
  | 'unauthorized';

export interface ConnectionDetail {
  /** For logs. */
  readonly detail: string;
  /** Where something failed: the status of the ApiError that says how, e.g. 503 for out of service. */
  readonly status?: number;
  /** With `reconnecting`: number of the attempt, from 1, and ms until it begins. */
  readonly attempt?: number;
  readonly delayMs?: number;
}

/** Where the connection stands. */
export type ConnectionState =
  | 'idle'
  | 'fetching info'
  | 'opening'
  | 'awaiting service'
  | 'ready'
  | 'waiting'
  | 'ended';

export type ConnectionEvent =
  | 'start'
  | 'info received'
  | 'bound'
  | 'service available'
  /** The attempt, or the connection, failed, and another attempt shall follow. */
  | 'failed'
  /** The first attempt failed: the caller of `connect` decides. */
  | 'gave up'
  | 'delay over'
  | 'conflict'
  | 'unauthorized'
  | 'close';

const END = { conflict: 'ended', unauthorized: 'ended', close: 'ended' } as const;

/** Everything that may happen, state by state; what is not listed cannot. */
export const TRANSITIONS: Readonly<
  Record<ConnectionState, Readonly<Partial<Record<ConnectionEvent, ConnectionState>>>>
> = {
  idle: { start: 'fetching info', close: 'ended' },
  'fetching info': { 'info received': 'opening', failed: 'waiting', 'gave up': 'idle', close: 'ended' },
  opening: { bound: 'awaiting service', failed: 'waiting', 'gave up': 'idle', ...END },
  'awaiting service': { 'service available': 'ready', failed: 'waiting', 'gave up': 'idle', ...END },
  ready: { failed: 'waiting', ...END },
  waiting: { 'delay over': 'fetching info', close: 'ended' },
  ended: { start: 'fetching info' },
};
