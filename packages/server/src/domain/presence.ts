/**
 * The presence watch as a table (notification-service.md 6): who has had a session at this server, and what
 * follows when his last one is gone. Pure: time, requests and lines are effects, run by `presence/watch.ts`.
 */
import type { AgentState } from './agent-state.ts';

export type PresencePhase =
  /** Not watched: has had no session here, or what followed his last one is over. */
  | 'absent'
  /** Has an available session that counts. */
  | 'present'
  /** Was here when the notification service or the webservices went down. Unknown is not away: no time runs. */
  | 'unknown'
  /** His last session is gone; the grace period runs. */
  | 'away'
  /** The grace period is over; the sign-out has not been asked for, or has to be asked for again. */
  | 'due'
  /** The sign-out waits in the agent's queue or is at the CTI server. */
  | 'requested'
  /** The CTI server has taken the sign-out for the end of his call or wrap-up. */
  | 'taken';

export type PresenceInput =
  /** A session that counts became available. */
  | 'available'
  /** The last one is gone. */
  | 'gone'
  /** This process stood still: nobody could come back meanwhile. */
  | 'frozen'
  /** Sessions cannot be seen any more, or none can come back. */
  | 'interrupted'
  /** Notification service, webservices and CTI link serve (again). */
  | 'inService'
  /** The agent signed in. */
  | 'signedIn'
  /** The agent is signed out, however it came. */
  | 'signedOut'
  | 'graceOver'
  /** Time for another attempt. */
  | 'again'
  /** The request took its place in the agent's queue. */
  | 'asked'
  /** The CTI server has carried it out. */
  | 'done'
  /** The CTI server has taken it: he is in a call or its wrap-up. */
  | 'taken'
  /** No answer came, it could not be asked, or nothing has come of it: once more after a pause. */
  | 'failed'
  /** The link was lost with it: once more when it is back. */
  | 'lost'
  /** Refused for good, or tried often enough. */
  | 'abandoned'
  /** Another node has him. */
  | 'elsewhere'
  /** Another node had him until now. */
  | 'left'
  /** The user is gone from the directory. */
  | 'removed';

export type PresenceEffect =
  /** The line AGENT_PRESENCE_MONITOR, then the grace period from its beginning. */
  | 'startGrace'
  /** Whatever time runs is stopped. */
  | 'stop'
  /** Look whether he is signed in, and ask. */
  | 'attempt'
  /** Another attempt after a pause. */
  | 'pause';

type Transition = readonly [PresencePhase, ...PresenceEffect[]];

/** Inputs that are not listed change nothing. */
export const PRESENCE_TABLE: Readonly<
  Record<PresencePhase, Readonly<Partial<Record<PresenceInput, Transition>>>>
> = {
  absent: { available: ['present'] },
  present: { gone: ['away', 'startGrace'], interrupted: ['unknown'], removed: ['absent'] },
  unknown: {
    available: ['present'],
    inService: ['away', 'startGrace'],
    signedOut: ['absent'],
    elsewhere: ['absent'],
    removed: ['absent'],
  },
  away: {
    available: ['present', 'stop'],
    interrupted: ['unknown', 'stop'],
    // A page that is loaded anew signs in before its session is there.
    signedIn: ['away', 'stop', 'startGrace'],
    frozen: ['away', 'stop', 'startGrace'],
    signedOut: ['absent', 'stop'],
    graceOver: ['due', 'attempt'],
    elsewhere: ['absent', 'stop'],
    left: ['away', 'stop', 'startGrace'],
    removed: ['absent', 'stop'],
  },
  due: {
    available: ['present', 'stop'],
    interrupted: ['unknown', 'stop'],
    signedIn: ['away', 'stop', 'startGrace'],
    frozen: ['away', 'stop', 'startGrace'],
    signedOut: ['absent', 'stop'],
    inService: ['due', 'stop', 'attempt'],
    again: ['due', 'attempt'],
    asked: ['requested'],
    // Another node was quicker, or the event of an own request came after its time: he is where it leads, which need not be LOGOUT.
    done: ['absent', 'stop'],
    failed: ['due', 'pause'],
    abandoned: ['absent', 'stop'],
    elsewhere: ['absent', 'stop'],
    left: ['away', 'stop', 'startGrace'],
    removed: ['absent', 'stop'],
  },
  requested: {
    // Decided: the session that comes now sees the LOGOUT event, unless the request has not left its queue.
    available: ['present'],
    signedOut: ['absent'],
    done: ['absent'],
    taken: ['taken'],
    failed: ['due', 'pause'],
    lost: ['due', 'pause'],
    abandoned: ['absent'],
    removed: ['absent'],
  },
  taken: {
    available: ['present'],
    signedIn: ['away', 'startGrace'],
    signedOut: ['absent'],
    done: ['absent'],
    // The call is over, and he is where calls are routed to him.
    failed: ['due', 'pause'],
    removed: ['absent'],
  },
};

const NOTHING: readonly PresenceEffect[] = [];

/** What becomes of a phase. @returns the same phase without effects for an input that does not concern it */
export function nextPresence(
  phase: PresencePhase,
  input: PresenceInput,
): { readonly phase: PresencePhase; readonly effects: readonly PresenceEffect[] } {
  const transition = PRESENCE_TABLE[phase][input];
  if (transition === undefined) return { phase, effects: NOTHING };
  const [next, ...effects] = transition;
  return { phase: next, effects };
}

/** Setting `presence.resources`: which sessions count. */
export type CountedResources = 'any' | 'desktop';

/** Whether a session with this full JID keeps its user present. */
export const counts = (fullJid: string, resources: CountedResources): boolean =>
  resources === 'any' || fullJid.slice(fullJid.indexOf('/') + 1) === 'desktop';

/** Pauses before further attempts, ms; after the last one the sign-out is given up. */
export const ATTEMPT_PAUSES_MS: readonly number[] = [1_000, 2_000, 5_000, 10_000, 20_000, 30_000, 60_000];

/** What a sign-out that an agent did not ask for came from. */
export type SignOutCause = 'presence' | 'supervisor' | 'administrator' | 'system';

/** How such a sign-out stands. */
export type SignOutOutcome =
  /** On its way. */
  | 'requested'
  /** Taken by the CTI server, which has not told a new state yet: at the end of a call. */
  | 'pending'
  | 'signedOut'
  /** CCE, `presence.onDisconnect` notReady. */
  | 'notReady'
  /** He came back, or was signed out otherwise, before the request left. */
  | 'cancelled'
  | 'refused'
  /** Given up after several attempts. */
  | 'unanswered';

/** Where a user's last session was. */
export interface SessionPlace {
  /** Full JID. */
  readonly jid: string;
  /** `bosh`, `websocket` or `tcp`; empty when unknown. */
  readonly transport: string;
  /** Empty when unknown. */
  readonly address: string;
}

/** One sign-out that the agent did not ask for. Times are wall ms. */
export interface SignOutRecord {
  readonly id: number;
  /** When it was asked for; for those that nobody here asked for, when it was heard of. */
  readonly at: number;
  readonly agentId: string;
  readonly cause: SignOutCause;
  /** The supervisor who asked; empty otherwise. */
  readonly actingId: string;
  /** The last session known; null when there has been none. */
  readonly session: SessionPlace | null;
  /** How that session ceased to be available (`idle`, `lost`, `closed`, …); null while it is available or unknown. */
  readonly departure: string | null;
  readonly lastActiveAt: number | null;
  /** Since when the user has had no session. */
  readonly awaySince: number | null;
  readonly graceMs: number | null;
  readonly requestId: string;
  readonly invokeId: number | null;
  readonly attempts: number;
  readonly outcome: SignOutOutcome;
  /** State and reason code that the CTI server told; null before. */
  readonly state: AgentState | null;
  readonly reasonCode: number | null;
  /** Constant or code of the refusal. */
  readonly refusal: string | null;
  readonly endedAt: number | null;
  /**
   * Of those that nobody here asked for: since when he had been in the state before, as far as this node knew. After a standstill, or a gap in
   * the CTI link, it heard of the end long after it. Not told to clients.
   */
  readonly stateSince?: number;
}
