/** Requests that change the state of an agent, and which event answers which. */
import { type AgentState, ON_A_CALL, type Verb } from '../domain/agent-state.ts';
import type { Agent, AgentEvent, MobileAgent } from '../domain/agents.ts';
import type { CtiRefusal } from '../domain/errors.ts';
import type { Deployment } from '../domain/profile.ts';
import type { Cause } from '../happenings.ts';
import type { ForeignRequest } from './foreign-requests.ts';
import type { LaneRequest } from './request-lanes.ts';

/** Everything about a request that does not change. */
export interface AgentRequestData {
  /** Login id of the agent it concerns. */
  readonly agentId: string;
  /** Login id of the user who asks. */
  readonly actingId: string;
  readonly by: 'agent' | 'supervisor' | 'administrator' | 'presence';
  readonly verb: Verb;
  readonly extension: string;
  readonly mobile: MobileAgent | null;
  readonly activeDeviceId: string | null;
  /** EventReasonCode to send. */
  readonly reasonCode: number;
  readonly forced: boolean;
  /** Sent to the CTI server in the place of a password. Default: no. */
  readonly singleSignOn?: boolean;
  /** Printed in Updates; empty when the client sent none. */
  readonly requestId: string;
  readonly cause: Cause;
  /** False for requests of the server itself: nobody waits for an answer. */
  readonly wantsAnswer: boolean;
  /** Name of the other node at which it was made; absent: at this one. */
  readonly node?: string;
}

/** How a request of the server itself ended, for whoever made it. */
export type OwnEnd =
  /** The state it leads to was told. */
  | { readonly type: 'event' }
  /** Confirmed, without an event yet: it comes with the end of a call, if at all. */
  | { readonly type: 'settled' }
  /** Its reason was gone when its turn came; nothing was sent. */
  | { readonly type: 'cancelled' }
  | { readonly type: 'refused'; readonly refusal: CtiRefusal }
  | { readonly type: 'timeout' }
  | { readonly type: 'lost' };

/** Who makes a request of the server itself, and hears of it. */
export interface OwnRequest {
  /** Asked when it is the request's turn in the agent's queue. */
  readonly stillWanted: () => boolean;
  readonly sent: (invokeId: number | undefined) => void;
  /** Called exactly once. */
  readonly ended: (end: OwnEnd) => void;
}

/** A request under way. `password` is dropped when it has been sent. */
export interface AgentRequest extends LaneRequest {
  readonly data: AgentRequestData;
  readonly own: OwnRequest | undefined;
  password: string | undefined;
  /** It left for the CTI server. */
  sent: boolean;
  /** When, monotonic ms. */
  at: number;
  /** Known before the request leaves its lane. */
  end: OwnEnd | undefined;
  /** The wish is kept for the end of the call. */
  isWish: boolean;
  /** By which the other nodes know it; undefined: they have not heard of it. */
  ref: number | undefined;
}

/** A request that was made at another node. */
export type ForeignAgentRequest = ForeignRequest<AgentRequestData>;

/** The state that a successful request leads to. */
const OUTCOME: Readonly<Record<Verb, AgentState | null>> = {
  LOGIN: null,
  LOGOUT: 'LOGOUT',
  READY: 'READY',
  NOT_READY: 'NOT_READY',
  WORK: 'WORK',
};

type StateEvent = Extract<AgentEvent, { type: 'state' }>;

/** Whether the wish is kept for the end of the call, as far as the picture or an event tells. */
export const isPending = (
  { verb, by }: Pick<AgentRequestData, 'verb' | 'by'>,
  { state, pendingState }: Partial<Pick<StateEvent, 'state' | 'pendingState'>>,
): boolean =>
  by !== 'presence' &&
  state !== undefined &&
  ON_A_CALL.has(state) &&
  OUTCOME[verb] !== null &&
  pendingState === OUTCOME[verb];

/**
 * Whether a state event can be the outcome of the request; events carry no InvokeID (seed 002).
 * @param deployment on CCX a presence-driven sign-out never ends in NOT_READY
 */
export function fits(
  request: AgentRequestData,
  event: Pick<StateEvent, 'state' | 'reasonCode' | 'extension'> & Partial<Pick<StateEvent, 'pendingState'>>,
  deployment: Deployment,
): boolean {
  if (isPending(request, event)) return true;
  if (request.verb === 'LOGIN') {
    return (
      event.state !== 'LOGOUT' && (event.extension === undefined || event.extension === request.extension)
    );
  }
  if (request.by === 'presence')
    return event.state === 'LOGOUT' || (event.state === 'NOT_READY' && deployment === 'CCE');
  if (event.state !== OUTCOME[request.verb]) return false;
  return request.verb !== 'NOT_READY' || event.reasonCode === request.reasonCode;
}

/** Whether the agent is where the request leads, as far as events tell. */
export function isReached(request: AgentRequestData, agent: Agent, deployment: Deployment): boolean {
  return (
    agent.known &&
    fits(
      request,
      { state: agent.state, reasonCode: agent.reasonCode, extension: agent.extension },
      deployment,
    )
  );
}

/** Whether the picture already shows all that the request asks for. */
export function isMet(request: AgentRequestData, agent: Agent, deployment: Deployment): boolean {
  return isReached(request, agent, deployment) && (request.verb !== 'LOGIN' || sameDetails(request, agent));
}

function sameDetails(request: AgentRequestData, agent: Agent): boolean {
  return (
    request.mobile?.mode === agent.mobile?.mode && request.mobile?.dialNumber === agent.mobile?.dialNumber
  );
}
