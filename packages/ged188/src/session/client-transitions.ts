import type { TransitionTable } from './transition.ts';

/** States of a client session. RESETTING: the owner has been told to drop the connection. */
export type ClientState = 'DISCONNECTED' | 'OPENING' | 'OPEN' | 'CLOSING' | 'RESETTING';

/** What can happen to a client session. */
export type ClientInput =
  | 'connected'
  | 'openConfirmed'
  | 'servicesMissing'
  | 'openRefused'
  | 'openTimeout'
  | 'message'
  | 'beatDue'
  | 'beatConfirmed'
  | 'beatRefused'
  | 'beatsMissed'
  | 'serverSilent'
  | 'serverOffline'
  | 'sessionEnded'
  | 'framingLost'
  | 'close'
  | 'closeConfirmed'
  | 'closeTimeout'
  | 'lost';

/** What a client session does on a transition. */
export type ClientAction =
  | 'sendOpen'
  | 'sendBeat'
  | 'sendClose'
  | 'countBeat'
  | 'startBeating'
  | 'stopTimers'
  | 'failPending'
  | 'deliver'
  | 'tellOpen'
  | 'tellRefused'
  | 'tellFailure'
  | 'tellReset'
  | 'tellClosed';

const reset = { to: 'RESETTING', do: ['stopTimers', 'failPending', 'tellReset'] } as const;
const lost = { to: 'DISCONNECTED', do: ['stopTimers', 'failPending'] } as const;

/** The client side of a session (GED-188, session management). */
export const CLIENT_TRANSITIONS: TransitionTable<ClientState, ClientInput, ClientAction> = {
  DISCONNECTED: {
    connected: { to: 'OPENING', do: ['sendOpen'] },
    close: { to: 'DISCONNECTED', do: ['tellClosed'] },
  },
  OPENING: {
    openConfirmed: { to: 'OPEN', do: ['stopTimers', 'startBeating', 'tellOpen'] },
    servicesMissing: { to: 'RESETTING', do: ['stopTimers', 'tellRefused', 'tellReset'] },
    openRefused: { to: 'RESETTING', do: ['stopTimers', 'tellRefused', 'tellReset'] },
    openTimeout: reset,
    serverOffline: { to: 'RESETTING', do: ['stopTimers', 'tellFailure', 'tellReset'] },
    sessionEnded: { to: 'RESETTING', do: ['stopTimers', 'tellFailure', 'tellReset'] },
    framingLost: reset,
    close: { to: 'RESETTING', do: ['stopTimers', 'tellClosed'] },
    lost,
  },
  OPEN: {
    message: { to: 'OPEN', do: ['deliver'] },
    beatDue: { to: 'OPEN', do: ['sendBeat'] },
    beatConfirmed: { to: 'OPEN', do: ['countBeat'] },
    beatRefused: { to: 'RESETTING', do: ['stopTimers', 'tellFailure', 'failPending', 'tellReset'] },
    beatsMissed: reset,
    serverSilent: reset,
    // CTI_SERVER_OFFLINE asks the client to close in good order.
    serverOffline: { to: 'CLOSING', do: ['stopTimers', 'tellFailure', 'sendClose'] },
    sessionEnded: { to: 'RESETTING', do: ['stopTimers', 'tellFailure', 'failPending', 'tellReset'] },
    framingLost: reset,
    close: { to: 'CLOSING', do: ['stopTimers', 'sendClose'] },
    lost,
  },
  CLOSING: {
    message: { to: 'CLOSING', do: ['deliver'] },
    closeConfirmed: { to: 'RESETTING', do: ['stopTimers', 'failPending', 'tellClosed'] },
    closeTimeout: { to: 'RESETTING', do: ['stopTimers', 'failPending', 'tellClosed'] },
    framingLost: { to: 'RESETTING', do: ['stopTimers', 'failPending', 'tellClosed'] },
    lost: { to: 'DISCONNECTED', do: ['stopTimers', 'failPending', 'tellClosed'] },
  },
  RESETTING: {
    connected: { to: 'OPENING', do: ['sendOpen'] },
    lost: { to: 'DISCONNECTED', do: [] },
  },
};
