/**
 * Tells whose doing a sign-out is. Events carry no InvokeID and may come long after their request: at the end
 * of a call, after a lost answer, or as the answer to a query when the link is back.
 */
import type { AgentState } from '../domain/agent-state.ts';
import type { Agent } from '../domain/agents.ts';
import type { Deployment } from '../domain/profile.ts';
import type { AgentRequest, AgentRequestData } from './agent-request.ts';

/** An agent signed out, or was made NOT_READY by a presence-driven sign-out. */
export interface Going {
  readonly agentId: string;
  /** `system`: nobody here asked for it. */
  readonly by: AgentRequestData['by'] | 'system';
  /** Login id of whoever asked; empty with `system` and `presence`. */
  readonly actingId: string;
  /** REST requestId, or that of the record with `presence`; empty when there is none. */
  readonly requestId: string;
  readonly state: AgentState;
  readonly reasonCode: number;
}

export interface Comings {
  /** From LOGOUT, or unknown, to any other state, told live or found by a query; and each sign-in that was asked for here. */
  signedIn(agentId: string): void;
  signedOut(going: Going): void;
  /** NOT_READY or READY, and signed out by nobody: what was to come at the end of a call will not come any more. */
  idle(agent: Agent): void;
}

export class SignOutWitness {
  readonly #comings: Comings | undefined;
  readonly #mayEndNotReady: boolean;
  /** Sign-outs that left for the CTI server and whose outcome has not been seen: at most one of each agent. */
  readonly #unseen = new Map<string, AgentRequestData>();

  /** @param deployment with CCX a presence-driven sign-out never ends in NOT_READY */
  constructor(comings: Comings | undefined, deployment: Deployment) {
    this.#comings = comings;
    this.#mayEndNotReady = deployment === 'CCE';
  }

  /** A request is over; `agent`: as it left him. */
  ended({ data, sent, end }: AgentRequest, agent: Agent): void {
    // Signing in once more, as a page does that is loaded anew: no event tells of it.
    const isDone = end?.type === 'event' || end?.type === 'settled';
    if (data.verb === 'LOGIN' && isDone && agent.state !== 'LOGOUT') this.#comings?.signedIn(data.agentId);
    if (data.verb !== 'LOGOUT' || !sent || end?.type === 'event' || end?.type === 'refused') return;
    this.#unseen.set(data.agentId, data);
  }

  /** @param answers the request that the news answers */
  heard(before: Agent, after: Agent, answers: AgentRequestData | undefined): void {
    const { loginId: agentId, state, reasonCode } = after;
    const wasIn = before.known && before.state !== 'LOGOUT';
    if (!wasIn) {
      if (state === 'LOGOUT') return;
      this.#unseen.delete(agentId);
      this.#comings?.signedIn(agentId);
      return;
    }
    const asked = answers ?? this.#unseen.get(agentId);
    const madeNotReady =
      this.#mayEndNotReady &&
      state === 'NOT_READY' &&
      asked?.by === 'presence' &&
      // The same once more, as after a gap in the link, is no news.
      (before.state !== state || (reasonCode !== 0 && reasonCode !== before.reasonCode));
    const ended = state === 'LOGOUT' || madeNotReady;
    // Idle again: the sign-out will not come any more.
    const isIdle = state === 'NOT_READY' || state === 'READY';
    if (ended || isIdle) this.#unseen.delete(agentId);
    if (!ended) {
      if (isIdle) this.#comings?.idle(after);
      return;
    }
    this.#comings?.signedOut({
      agentId,
      by: asked?.by ?? 'system',
      actingId: asked === undefined || asked.by === 'presence' ? '' : asked.actingId,
      requestId: (asked?.by === 'presence' ? asked.cause.requestId : asked?.requestId) ?? '',
      state,
      reasonCode,
    });
  }

  forget(agentId: string): void {
    this.#unseen.delete(agentId);
  }
}
