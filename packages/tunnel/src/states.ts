/** Where the tunnel's connection stands. */
export type TunnelState =
  /** No credentials yet, or asked to disconnect. */
  | 'idle'
  /** A stream is being opened. */
  | 'opening'
  /** Signed in; the presence of `finesse` is awaited. */
  | 'bound'
  | 'connected'
  /** Until the next attempt. */
  | 'waiting'
  /** Refused, or replaced by another session: nothing happens without new credentials. */
  | 'refused';

export type TunnelEvent =
  /** Credentials are complete, or a CONNECT_REQ came. */
  | 'connect'
  | 'bound'
  | 'service present'
  | 'lost'
  | 'conflict'
  | 'unauthorized'
  | 'delay over'
  | 'disconnect';

const ENDS = {
  conflict: 'refused',
  unauthorized: 'refused',
  lost: 'waiting',
  disconnect: 'idle',
  connect: 'opening',
} as const;

/** Everything that may happen, state by state; what is not listed changes nothing. */
export const TRANSITIONS: Readonly<Record<TunnelState, Readonly<Partial<Record<TunnelEvent, TunnelState>>>>> =
  {
    idle: { connect: 'opening' },
    opening: { bound: 'bound', ...ENDS },
    bound: { 'service present': 'connected', ...ENDS },
    connected: ENDS,
    waiting: { 'delay over': 'opening', connect: 'opening', disconnect: 'idle' },
    refused: { connect: 'opening', disconnect: 'idle' },
  };
