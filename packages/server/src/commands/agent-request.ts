/**
 * The life of one accepted request as a table. Whatever happens, in whatever order, it is answered
 * exactly once: "every 202 is followed by exactly one Update with its requestId" (rest-api.md 1.6).
 */
import type { Timer } from '@poise/clock';
import type { AgentState, Verb } from '../domain/agent-state.ts';
import type { Agent, AgentEvent, MobileAgent } from '../domain/agents.ts';
import type { Cause } from '../happenings.ts';

export type Phase =
  /** Waits for its turn. */
  | 'waiting'
  /** At the CTI server, neither confirmed nor answered. */
  | 'sent'
  /** Its event came before its confirmation; answered. */
  | 'answered'
  /** Confirmed; its event has not come. */
  | 'confirmed'
  | 'done';

export type Step =
  | 'dispatch'
  | 'settleLocally'
  | 'confirm'
  | 'refuse'
  | 'event'
  | 'settle'
  | 'timeout'
  | 'lost';

/** Which answer a step gives: the object (changed or not), an error, or none. */
export type Effect = 'object' | 'error' | 'none';

/** Steps that are not listed are late, repeated or foreign, and change nothing. */
export const REQUEST_LIFE: Readonly<
  Record<Phase, Readonly<Partial<Record<Step, readonly [Phase, Effect]>>>>
> = {
  waiting: {
    dispatch: ['sent', 'none'],
    settleLocally: ['done', 'object'],
    refuse: ['done', 'error'],
    lost: ['done', 'error'],
  },
  sent: {
    confirm: ['confirmed', 'none'],
    refuse: ['done', 'error'],
    event: ['answered', 'object'],
    settle: ['done', 'object'],
    timeout: ['done', 'error'],
    lost: ['done', 'error'],
  },
  answered: {
    confirm: ['done', 'none'],
    refuse: ['done', 'none'],
    timeout: ['done', 'none'],
    lost: ['done', 'none'],
  },
  confirmed: {
    event: ['done', 'object'],
    settle: ['done', 'object'],
    lost: ['done', 'error'],
  },
  done: {},
};

/** Everything about a request that does not change. */
export interface AgentRequestData {
  /** Login id of the agent it concerns. */
  readonly agentId: string;
  /** Login id of the user who asks. */
  readonly actingId: string;
  readonly by: 'agent' | 'supervisor' | 'presence';
  readonly verb: Verb;
  readonly extension: string;
  readonly mobile: MobileAgent | null;
  readonly activeDeviceId: string | null;
  /** EventReasonCode to send. */
  readonly reasonCode: number;
  readonly forced: boolean;
  /** Printed in Updates; empty when the client sent none. */
  readonly requestId: string;
  readonly cause: Cause;
  /** False for requests of the server itself: nobody waits for an answer. */
  readonly wantsAnswer: boolean;
}

/** A request under way. `password` is dropped when it has been sent. */
export interface AgentRequest {
  readonly data: AgentRequestData;
  phase: Phase;
  password: string | undefined;
  settleTimer: Timer | undefined;
}

/** The state that a successful request leads to. */
const OUTCOME: Readonly<Record<Verb, AgentState | null>> = {
  LOGIN: null,
  LOGOUT: 'LOGOUT',
  READY: 'READY',
  NOT_READY: 'NOT_READY',
  WORK: 'WORK',
};

type StateEvent = Extract<AgentEvent, { type: 'state' }>;

/** Whether a state event can be the outcome of the request; events carry no InvokeID (seed 002). */
export function fits(
  request: AgentRequestData,
  event: Pick<StateEvent, 'state' | 'reasonCode' | 'extension'>,
): boolean {
  if (request.verb === 'LOGIN') {
    return (
      event.state !== 'LOGOUT' && (event.extension === undefined || event.extension === request.extension)
    );
  }
  if (request.by === 'presence') return event.state === 'LOGOUT' || event.state === 'NOT_READY';
  if (event.state !== OUTCOME[request.verb]) return false;
  return request.verb !== 'NOT_READY' || event.reasonCode === request.reasonCode;
}

/** Whether the agent is where the request leads, as far as events tell. */
export function isReached(request: AgentRequestData, agent: Agent): boolean {
  return (
    agent.known &&
    fits(request, { state: agent.state, reasonCode: agent.reasonCode, extension: agent.extension })
  );
}

/** Whether the picture already shows all that the request asks for. */
export function isMet(request: AgentRequestData, agent: Agent): boolean {
  return isReached(request, agent) && (request.verb !== 'LOGIN' || sameDetails(request, agent));
}

function sameDetails(request: AgentRequestData, agent: Agent): boolean {
  return (
    request.mobile?.mode === agent.mobile?.mode && request.mobile?.dialNumber === agent.mobile?.dialNumber
  );
}
