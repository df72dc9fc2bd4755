/**
 * Our picture of the agents: what the CTI server told us, nothing more. Pure reducers; the book below is
 * the only place where the picture is replaced, and it is replaced in one step per event.
 */
import type { AgentState } from './agent-state.ts';
import { DEPLOYMENT_RULES, type Deployment } from './profile.ts';

export interface MobileAgent {
  readonly mode: 'CALL_BY_CALL' | 'NAILED_CONNECTION';
  readonly dialNumber: string;
}

/** One agent as last heard. */
export interface Agent {
  readonly loginId: string;
  readonly state: AgentState;
  /** Empty while signed out. */
  readonly extension: string;
  /** Wall ms of the last change; null when unknown. */
  readonly stateChangeTime: number | null;
  /** EventReasonCode of the last change; 0 = none. Meaningful for NOT_READY and LOGOUT only. */
  readonly reasonCode: number;
  /** Wish that waits for the end of a call, and of the wrap-up after it; empty when none. */
  readonly pendingState: AgentState | '';
  /** No event and no query tells it: known from the request of the sign-in, wherever it was made. */
  readonly mobile: MobileAgent | null;
  /** CCE 12.6: the device chosen at sign-in when the extension has several. */
  readonly activeDeviceId: string | null;
  /** Kind of call that TALKING, HOLD and RESERVED belong to; empty when none or not said. */
  readonly direction: CallDirection;
  /** Whether an event or a query has ever told us of this agent. */
  readonly known: boolean;
}

/** Direction of the agent's call as AGENT_STATE_EVENT names it. */
export type CallDirection = 'IN' | 'OUT' | 'OTHER_IN' | 'OTHER_OUT' | 'OUTBOUND' | '';

export function unknownAgent(loginId: string): Agent {
  return {
    loginId,
    state: 'LOGOUT',
    extension: '',
    stateChangeTime: null,
    reasonCode: 0,
    pendingState: '',
    mobile: null,
    activeDeviceId: null,
    direction: '',
    known: false,
  };
}

/** What can happen to an agent. `at` is wall ms. */
export type AgentEvent =
  /** The CTI server reported a state. Undefined extension: not said. */
  | {
      readonly type: 'state';
      readonly state: AgentState;
      readonly reasonCode: number;
      readonly extension: string | undefined;
      /** NextAgentState when said, else undefined. */
      readonly pendingState: AgentState | '' | undefined;
      /** Undefined: not said. */
      readonly direction?: CallDirection | undefined;
      readonly at: number;
      /** When the state had begun, if that was before `at`; undefined: not said. */
      readonly since?: number | undefined;
    }
  /** The answer to a query after the link came (back): no time, no reason. */
  | {
      readonly type: 'snapshot';
      readonly state: AgentState;
      readonly extension: string | undefined;
    }
  /** Since when the agent has been in a state, told after the link came (back). Says nothing of any other state. */
  | { readonly type: 'since'; readonly state: AgentState; readonly since: number }
  /** Why the agent is in a state since `since` (null: not known), as another node has heard it. Says nothing of any other period. */
  | {
      readonly type: 'reason';
      readonly state: AgentState;
      readonly reasonCode: number;
      readonly since: number | null;
    }
  /** The link came back, and nobody told since when: a time from before `openedAt` may be that of an earlier period. */
  | { readonly type: 'sinceUnknown'; readonly openedAt: number }
  /** A wish was accepted during a call. */
  | { readonly type: 'wish'; readonly state: AgentState }
  /** Details of a sign-in that the CTI server does not repeat. */
  | {
      readonly type: 'signInDetails';
      readonly mobile: MobileAgent | null;
      readonly activeDeviceId: string | null;
    }
  /** What no query tells, as another node knows it. What is known here stands. */
  | {
      readonly type: 'elsewhere';
      readonly mobile: MobileAgent | null;
      readonly activeDeviceId: string | null;
      readonly pendingState: AgentState | '';
    };

/** What changed, named after what others care for. `stateChangeTime`: it became known or unknown, without a change of the state. */
export type AgentChange = 'state' | 'stateChangeTime' | 'extension' | 'reason' | 'pendingState' | 'details';

export interface AgentTransition {
  readonly agent: Agent;
  readonly changes: readonly AgentChange[];
}

/** Applies an event to an agent. Pure; never fails: every transition is possible (objects.md 2.1). */
export function applyToAgent(agent: Agent, event: AgentEvent, deployment: Deployment): AgentTransition {
  switch (event.type) {
    case 'state': {
      const signedOut = event.state === 'LOGOUT';
      const stateChanged = event.state !== agent.state || !agent.known;
      const reasonCode = carriesReason(event.state) ? event.reasonCode : 0;
      const reasonChanged = reasonCode !== agent.reasonCode && carriesReason(event.state);
      const next: Agent = {
        ...agent,
        known: true,
        state: event.state,
        extension: signedOut ? '' : (event.extension ?? agent.extension),
        stateChangeTime:
          stateChanged || reasonChanged
            ? (event.since ?? event.at)
            : (agent.stateChangeTime ?? event.since ?? null),
        reasonCode,
        pendingState: event.pendingState ?? wishIn(event.state, agent.pendingState),
        direction: event.direction ?? (isOnACall(event.state) ? agent.direction : ''),
        mobile: signedOut ? null : agent.mobile,
        activeDeviceId: signedOut ? null : agent.activeDeviceId,
      };
      return { agent: next, changes: differences(agent, next) };
    }
    case 'snapshot': {
      const same = agent.known && event.state === agent.state;
      const keeps = same && DEPLOYMENT_RULES[deployment].keepsTimesOverFailover;
      const signedOut = event.state === 'LOGOUT';
      const next: Agent = {
        ...agent,
        known: true,
        state: event.state,
        extension: signedOut ? '' : (event.extension ?? (same ? agent.extension : '')),
        stateChangeTime: keeps ? agent.stateChangeTime : null,
        reasonCode: keeps ? agent.reasonCode : 0,
        pendingState: same ? agent.pendingState : '',
        direction: same ? agent.direction : '',
        mobile: signedOut ? null : agent.mobile,
        activeDeviceId: signedOut ? null : agent.activeDeviceId,
      };
      return { agent: next, changes: differences(agent, next) };
    }
    case 'since': {
      const { known, state, stateChangeTime } = agent;
      const agrees = known && event.state === state && DEPLOYMENT_RULES[deployment].keepsTimesOverFailover;
      if (!agrees) return { agent, changes: [] };
      if (stateChangeTime === null) return retimed(agent, event.since);
      // A later period in the same state, of whose beginning we were not told.
      return event.since > stateChangeTime + SAME_PERIOD_MS
        ? retimed(agent, event.since)
        : { agent, changes: [] };
    }
    case 'reason': {
      const { known, state, stateChangeTime, reasonCode } = agent;
      const lacksIt = known && event.state === state && carriesReason(state) && reasonCode === 0;
      if (!lacksIt || !DEPLOYMENT_RULES[deployment].keepsTimesOverFailover) return { agent, changes: [] };
      const differMs =
        stateChangeTime === null || event.since === null ? 0 : Math.abs(event.since - stateChangeTime);
      if (differMs > SAME_PERIOD_MS) return { agent, changes: [] };
      const next: Agent = {
        ...agent,
        reasonCode: event.reasonCode,
        stateChangeTime: stateChangeTime ?? event.since,
      };
      return { agent: next, changes: differences(agent, next) };
    }
    case 'sinceUnknown': {
      const outdated = agent.stateChangeTime !== null && agent.stateChangeTime < event.openedAt;
      return outdated ? retimed(agent, null) : { agent, changes: [] };
    }
    case 'wish': {
      const next: Agent = { ...agent, pendingState: event.state };
      return { agent: next, changes: differences(agent, next) };
    }
    case 'signInDetails': {
      const next: Agent = { ...agent, mobile: event.mobile, activeDeviceId: event.activeDeviceId };
      return { agent: next, changes: differences(agent, next) };
    }
    case 'elsewhere': {
      if (agent.state === 'LOGOUT') return { agent, changes: [] };
      const next: Agent = {
        ...agent,
        mobile: agent.mobile ?? event.mobile,
        activeDeviceId: agent.activeDeviceId ?? event.activeDeviceId,
        pendingState: agent.pendingState || wishIn(agent.state, event.pendingState),
      };
      return { agent: next, changes: differences(agent, next) };
    }
  }
}

/** How much later than the known one a told time may be and mean the same: rounding, and the way here. */
const SAME_PERIOD_MS = 3_000;

/** A time other than the known one: the reason that was known belongs to the other period. */
function retimed(agent: Agent, stateChangeTime: number | null): AgentTransition {
  return { agent: { ...agent, stateChangeTime, reasonCode: 0 }, changes: ['stateChangeTime'] };
}

/** EventReasonCode counts for these states only (GED-188, AGENT_STATE_EVENT). */
export function carriesReason(state: AgentState): boolean {
  return state === 'NOT_READY' || state === 'LOGOUT';
}

/** What is left of a wish: a call and its wrap-up keep it, and wrap-up itself is one that has come true. */
export function wishIn(state: AgentState, wish: AgentState | ''): AgentState | '' {
  if (isOnACall(state)) return wish;
  return (state === 'WORK' || state === 'WORK_READY') && wish !== 'WORK' ? wish : '';
}

function isOnACall(state: AgentState): boolean {
  return state === 'TALKING' || state === 'HOLD';
}

function differences(before: Agent, after: Agent): readonly AgentChange[] {
  const changes: AgentChange[] = [];
  if (before.state !== after.state) changes.push('state');
  if (before.extension !== after.extension) changes.push('extension');
  if (
    before.reasonCode !== after.reasonCode ||
    (before.known !== after.known && after.stateChangeTime !== null)
  ) {
    changes.push('reason');
  }
  if (before.state === after.state && before.stateChangeTime !== after.stateChangeTime)
    changes.push('stateChangeTime');
  if (before.pendingState !== after.pendingState) changes.push('pendingState');
  if (!sameMobile(before.mobile, after.mobile) || before.activeDeviceId !== after.activeDeviceId)
    changes.push('details');
  return changes;
}

function sameMobile(a: MobileAgent | null, b: MobileAgent | null): boolean {
  return a === b || (a !== null && b !== null && a.mode === b.mode && a.dialNumber === b.dialNumber);
}

/** All agents by login id. Holds those that were ever heard of; others read as signed out and unknown. */
export class AgentBook {
  readonly #agents = new Map<string, Agent>();
  /**
   * Login ids by extension, of signed-in agents. Who came last has it; the one before has it again when that one goes, or was never
   * there. More than one is an error of the CTI server.
   */
  readonly #byExtension = new Map<string, readonly string[]>();
  readonly #deployment: Deployment;
  /** Agents of the map in any state but LOGOUT; kept with every change, because operators ask often. */
  #signedIn = 0;

  constructor(deployment: Deployment) {
    this.#deployment = deployment;
  }

  get(loginId: string): Agent {
    return this.#agents.get(loginId) ?? unknownAgent(loginId);
  }

  /** The agent who is signed in on an extension. */
  at(extension: string): Agent | undefined {
    const loginId = this.#byExtension.get(extension)?.at(-1);
    return loginId === undefined ? undefined : this.#agents.get(loginId);
  }

  /** Synchronous: read, reduce, write without a pause. */
  apply(loginId: string, event: AgentEvent): AgentTransition {
    const before = this.get(loginId);
    const transition = applyToAgent(before, event, this.#deployment);
    this.#agents.set(loginId, transition.agent);
    this.#seat(before, transition.agent);
    this.#signedIn += signedInAs(transition.agent) - signedInAs(before);
    return transition;
  }

  /** A deleted user leaves the picture. */
  forget(loginId: string): void {
    const agent = this.get(loginId);
    this.#signedIn -= signedInAs(agent);
    this.#seat(agent, unknownAgent(loginId));
    this.#agents.delete(loginId);
  }

  #seat(before: Agent, after: Agent): void {
    const { loginId } = after;
    if (before.extension !== after.extension) {
      const others = this.#others(before.extension, loginId);
      if (others.length > 0) this.#byExtension.set(before.extension, others);
      else this.#byExtension.delete(before.extension);
    }
    if (after.extension !== '')
      this.#byExtension.set(after.extension, [...this.#others(after.extension, loginId), loginId]);
  }

  #others(extension: string, loginId: string): readonly string[] {
    return this.#byExtension.get(extension)?.filter((other) => other !== loginId) ?? [];
  }

  /** How many agents are signed in (operator figures). */
  get signedIn(): number {
    return this.#signedIn;
  }
}

const signedInAs = (agent: Agent): number => (agent.state === 'LOGOUT' ? 0 : 1);
