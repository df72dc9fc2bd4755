import type { TransitionTable } from './transition.ts';

/** States of a server session. ENDING: FAILURE_EVENT has been sent, the client may still close in good order. */
export type ServerState = 'CONNECTED' | 'OPEN' | 'ENDING' | 'ENDED';

/** What can happen to a server session. */
export type ServerInput =
  | 'openAccepted'
  | 'openRefused'
  | 'openTimeout'
  | 'heartbeat'
  | 'request'
  | 'badRequest'
  | 'closeRequested'
  | 'closeWith'
  | 'endTimeout'
  | 'idle'
  | 'framingLost'
  | 'unreadable'
  | 'flood'
  | 'lost';

/** What a server session does on a transition. */
export type ServerAction =
  | 'confirmOpen'
  | 'refuse'
  | 'refuseEarly'
  | 'refuseEnding'
  | 'confirmBeat'
  | 'confirmClose'
  | 'sendFailure'
  | 'startIdleTimer'
  | 'startEndTimer'
  | 'stopTimer'
  | 'deliver'
  | 'tellOpen'
  | 'tellRefused'
  | 'tellClosed'
  | 'tellReset';

const reset = { to: 'ENDED', do: ['stopTimer', 'tellReset'] } as const;
const lost = { to: 'ENDED', do: ['stopTimer'] } as const;

/** The server side of a session (GED-188, session management). */
export const SERVER_TRANSITIONS: TransitionTable<ServerState, ServerInput, ServerAction> = {
  CONNECTED: {
    openAccepted: { to: 'OPEN', do: ['stopTimer', 'startIdleTimer', 'confirmOpen', 'tellOpen'] },
    // The client may try again, with another version for instance, until the time to open is up.
    openRefused: { to: 'CONNECTED', do: ['refuse', 'tellRefused'] },
    openTimeout: reset,
    heartbeat: { to: 'CONNECTED', do: ['refuseEarly'] },
    request: { to: 'CONNECTED', do: ['refuseEarly'] },
    badRequest: { to: 'CONNECTED', do: ['refuseEarly'] },
    closeRequested: { to: 'CONNECTED', do: ['refuseEarly'] },
    closeWith: { to: 'ENDED', do: ['stopTimer', 'sendFailure', 'tellReset'] },
    framingLost: reset,
    unreadable: reset,
    flood: reset,
    lost,
  },
  OPEN: {
    heartbeat: { to: 'OPEN', do: ['confirmBeat'] },
    request: { to: 'OPEN', do: ['deliver'] },
    badRequest: { to: 'OPEN', do: ['refuse'] },
    closeRequested: { to: 'ENDED', do: ['stopTimer', 'confirmClose', 'tellClosed'] },
    closeWith: { to: 'ENDING', do: ['stopTimer', 'sendFailure', 'startEndTimer'] },
    idle: reset,
    framingLost: reset,
    unreadable: reset,
    flood: reset,
    lost,
  },
  ENDING: {
    heartbeat: { to: 'ENDING', do: ['refuseEnding'] },
    request: { to: 'ENDING', do: ['refuseEnding'] },
    badRequest: { to: 'ENDING', do: ['refuseEnding'] },
    closeRequested: { to: 'ENDED', do: ['stopTimer', 'confirmClose', 'tellClosed'] },
    endTimeout: reset,
    framingLost: reset,
    unreadable: reset,
    flood: reset,
    lost,
  },
  ENDED: {},
};
