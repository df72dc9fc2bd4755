/** What the presence watch is made of: whom it asks, whom it tells, and what it remembers of a user. */
import type { Clock, Timer } from '@poise/clock';
import type { OwnRequest } from '../commands/agent-request.ts';
import type { Agent } from '../domain/agents.ts';
import type { CountedResources, PresencePhase, SessionPlace } from '../domain/presence.ts';
import type { Deployment } from '../domain/profile.ts';
import type { Cause, Happenings } from '../happenings.ts';
import type { SignOutLog } from './sign-out-log.ts';

/** What is known of a user at the other nodes. */
export type PresenceElsewhere =
  /** One has him, or waits for him. */
  | 'present'
  /** None has: this one may sign him out. */
  | 'absent'
  /** The other one of a pair could not be asked. */
  | 'unknown'
  /** Nobody can say: there are others, and this node is cut off from them. */
  | 'cutOff'
  /** He was at a node that is cut off, and is not there any more: from now on he is away. */
  | 'left'
  /** Another node is about to sign him out. */
  | 'anothers';

/** What is kept of a watched user over a restart. Times are wall ms. */
export interface KeptPresence {
  readonly loginId: string;
  /** The last session that came. */
  readonly session: SessionPlace;
  /** How it ended; null while it is there. */
  readonly departure: string | null;
  readonly awaySince: number | null;
  readonly lastActiveAt: number | null;
  /** He was signed in; undefined: unknown (kept by an older release). */
  readonly isSignedIn?: boolean;
}

export interface PresenceWatchDependencies {
  readonly clock: Clock;
  readonly happenings: Happenings;
  readonly deployment: Deployment;
  readonly graceMs: number;
  readonly resources: CountedResources;
  /** Another node serves the same users. */
  readonly hasPeer: boolean;
  /** Asks the other nodes whether a user has a session there; never rejects. Absent: there is none. */
  readonly elsewhere?: ((loginId: string) => Promise<PresenceElsewhere>) | undefined;
  /** Whether the answer `absent` still holds, now that the request's turn has come. Absent: it does. */
  readonly isStillAbsent?: ((loginId: string) => boolean) | undefined;
  /** Whether another node shows that he has a session there, as far as is known at once. Absent: none does. */
  readonly isShownElsewhere?: ((loginId: string) => boolean) | undefined;
  /** What other nodes see of a user has changed: {@link SharedUsers.shownOf}; never blocks. */
  readonly changed?: ((loginId: string) => void) | undefined;
  readonly agent: (loginId: string) => Agent;
  /** Whether he has asked to be signed in, and nothing has come of it yet. */
  readonly isSigningIn: (loginId: string) => boolean;
  /** Whether the directory has the user. */
  readonly isUser: (loginId: string) => boolean;
  /** Notification service, webservices and CTI link serve. */
  readonly inService: () => boolean;
  /** Takes a place in the agent's queue. @returns the function that lets the request go; undefined: no room */
  readonly askSignOut: (loginId: string, cause: Cause, own: OwnRequest) => (() => void) | undefined;
  readonly newId: () => string;
  readonly log: SignOutLog;
  /** Remembers a watched user, or forgets him; never blocks. */
  readonly keep: (loginId: string, kept: KeptPresence | null) => void;
}

/** What a presence is told with. */
export interface SessionNews {
  /** With `available`. */
  readonly place?: SessionPlace | undefined;
  /** With `unavailable`: what ended it. */
  readonly how?: string | undefined;
  /** With `unavailable`: when its client was last heard, wall ms. */
  readonly lastActiveAt?: number | undefined;
}

/** What the watch knows of one user. */
export interface Watched {
  phase: PresencePhase;
  /** Full JIDs of available sessions that count. */
  readonly sessions: Set<string>;
  timer: Timer | undefined;
  /** Attempts that count against the bound. */
  attempts: number;
  /** How often the sign-out was asked for. */
  asked: number;
  /** How often this absence has had its grace period anew because the process had stood still. */
  standstills: number;
  /** He was signed out in this session: its end is nobody's loss. */
  isSignedOut: boolean;
  /** Nobody saw him go: he was here before an outage. */
  isMissed: boolean;
  /** He was signed in when the process before this one ended, and nothing has been heard of him since. */
  wasSignedIn: boolean;
  /** That he may be at the other node has been told. */
  isDoubted: boolean;
  /** Another node has said last that it signs him out. */
  isAnothers: boolean;
  /** The question to the other node that counts. */
  asking: object | null;
  session: SessionPlace;
  departure: string | null;
  awaySince: number | null;
  lastActiveAt: number | null;
}

/** The users of this node, as what the nodes share sees them. */
export interface SharedUsers {
  /** What is shown to other nodes; undefined: nothing is known of him here. */
  shownOf(loginId: string): ShownPresence | undefined;
  /** Those of whom anything is shown. */
  shown(): Iterable<string>;
  /** Whether he is here, or this node waits for him or signs him out. Not so when his time here is over and nothing is decided. */
  isHere(loginId: string): boolean;
  /** He has a session at another node: this one waits for him no longer. */
  movedAway(loginId: string): void;
  /** His node is gone: he gets one whole grace period here. Nothing for who is here, or is signed out. */
  inherit(kept: ShownPresence): void;
  /** The users of a node that is gone have been taken over, or were signed out: so are the sign-outs that it had asked for. Never rejects. */
  inheritedFrom(node: string): Promise<void>;
  /** Asks at once about those whom it could not ask about. */
  askAgain(): void;
}

/** What a node shows of one of its users. */
export interface ShownPresence extends KeptPresence {
  /** He has a session; or did, and is waited for. */
  readonly isPresent: boolean;
}
