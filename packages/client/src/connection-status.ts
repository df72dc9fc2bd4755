/**
 * What an application sees of the connection to the notification service:
 *
 * - `connecting`: an attempt begins
 * - `connected`: signed in, and the service `finesse` is present: events flow
 * - `disconnected`: the connection is gone; `detail` says why
 * - `reconnecting`: the next attempt follows after `delayMs`
 * - `interrupted`: the connection stands, but a request is repeated in vain: what is asked for now may be lost
 * - `resumed`: it goes on after that, and nothing was missed
 * - `failing`: the server is out of service, or several attempts failed; what is shown may be stale
 * - `searching`: neither node can be used; the next round follows. `other` and `status` tell of the other node
 * - `moving`: the other node takes over; `node` names it
 * - `recovered`: after any of that all is well again; fetch anew what you show
 * - `conflict`: the same user and resource signed in elsewhere; there will be no further attempt
 * - `unauthorized`: user or password refused; there will be no further attempt
 */
export type ConnectionStatus =
  | 'connecting'
  | 'connected'
  | 'disconnected'
  | 'reconnecting'
  | 'interrupted'
  | 'resumed'
  | 'failing'
  | 'searching'
  | 'moving'
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
  /** Host of the node that this is about. */
  readonly node?: string;
  /** With `searching`: host of the other node; `status` is 0 or 408 when this client cannot reach it. */
  readonly other?: string;
}

/** Where the connection stands. */
export type ConnectionState =
  | 'idle'
  | 'fetching info'
  | 'opening'
  | 'awaiting service'
  | 'ready'
  /** Connected, but the service cannot be used: out of service, or `finesse` is absent. */
  | 'failing'
  /** The same, and the node is asked how it is. */
  | 'checking current'
  /** The other node is asked whether it can take over. */
  | 'asking other'
  /** It can; before moving, the current node is asked once more. */
  | 'rechecking current'
  | 'waiting'
  /** The page was put aside; it may come back. */
  | 'suspended'
  | 'ended';

export type ConnectionEvent =
  | 'start'
  | 'info received'
  | 'bound'
  | 'service available'
  /** While connected: SystemInfo says OUT_OF_SERVICE, or `finesse` went away. */
  | 'service lost'
  | 'service back'
  /** The attempt, or the connection, failed, and another attempt shall follow. */
  | 'failed'
  /** The first attempt failed: the caller of `connect` decides. */
  | 'gave up'
  | 'delay over'
  | 'try other'
  | 'other qualifies'
  /** Neither node can be used; the connection to the current one stands. */
  | 'still failing'
  /** Neither node can be used, and there is no connection. */
  | 'still lost'
  /** The other node becomes the current one. */
  | 'move'
  | 'suspend'
  | 'resume'
  | 'conflict'
  | 'unauthorized'
  | 'close';

const LEAVE = { suspend: 'suspended', close: 'ended' } as const;
const END = { conflict: 'ended', unauthorized: 'ended', ...LEAVE } as const;
/** While a connection stands that cannot be used. */
const KEPT = { 'service back': 'ready', 'still failing': 'failing', failed: 'waiting', ...END } as const;

/** Everything that may happen, state by state; what is not listed cannot (notification-service.md 7.6). */
export const TRANSITIONS: Readonly<
  Record<ConnectionState, Readonly<Partial<Record<ConnectionEvent, ConnectionState>>>>
> = {
  idle: { start: 'fetching info', close: 'ended' },
  'fetching info': {
    'info received': 'opening',
    failed: 'waiting',
    'try other': 'asking other',
    'gave up': 'idle',
    ...LEAVE,
  },
  opening: {
    bound: 'awaiting service',
    failed: 'waiting',
    'try other': 'asking other',
    'gave up': 'idle',
    ...END,
  },
  'awaiting service': {
    'service available': 'ready',
    failed: 'waiting',
    'try other': 'asking other',
    'gave up': 'idle',
    ...END,
  },
  // `move`: the application wants the other node, which takes over.
  ready: { 'service lost': 'failing', failed: 'waiting', move: 'opening', ...END },
  failing: { 'delay over': 'checking current', ...KEPT },
  'checking current': { 'try other': 'asking other', ...KEPT },
  'asking other': { 'other qualifies': 'rechecking current', 'still lost': 'waiting', ...KEPT },
  'rechecking current': { move: 'opening', 'info received': 'opening', ...KEPT },
  waiting: { 'delay over': 'fetching info', ...LEAVE },
  suspended: { resume: 'fetching info', close: 'ended' },
  ended: { start: 'fetching info' },
};

/** The states in which a connection stands that cannot be used, where one was left standing. */
export const KEPT_STATES: ReadonlySet<ConnectionState> = new Set([
  'failing',
  'checking current',
  'asking other',
  'rechecking current',
]);
