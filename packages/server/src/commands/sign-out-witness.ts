/**
 * Tells whose doing a sign-out is. Events carry no InvokeID and may come long after their request: at the end
 * of a call, after a lost answer, or as the answer to a query when the link is back.
 */
import type { Clock, Timer } from '@poise/clock';
import type { AgentState } from '../domain/agent-state.ts';
import type { Agent } from '../domain/agents.ts';
import type { Deployment } from '../domain/profile.ts';
import type { AgentRequestData, OwnEnd } from './agent-request.ts';

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
  /** Since when he had been in the state before, as far as this node knew, wall ms; absent: it did not know. */
  readonly stateSince?: number;
  /** Name of the other node at which it was asked for, and which records it; absent: none. */
  readonly node?: string;
}

/** A request that is over. */
export interface EndedRequest {
  readonly data: AgentRequestData;
  /** It left for the CTI server. */
  readonly sent: boolean;
  readonly end: Pick<OwnEnd, 'type'> | undefined;
}

export interface Comings {
  /** From LOGOUT, or unknown, to any other state, told live or found by a query; and each sign-in that was asked for here. */
  signedIn(agentId: string): void;
  signedOut(going: Going): void;
  /** NOT_READY or READY, and signed out by nobody: what was to come at the end of a call will not come any more. */
  idle(agent: Agent): void;
}

/** How long the word of a request at another node may come after its event, ms. */
export const WORD_LATE_MS = 1_000;

export class SignOutWitness {
  readonly #comings: Comings | undefined;
  readonly #clock: Clock | undefined;
  /** Sign-outs that nobody here asked for, and of which another node may have word yet. */
  readonly #untold = new Map<string, { readonly going: Going; readonly timer: Timer }>();
  readonly #mayEndNotReady: boolean;
  /** Sign-outs that left for the CTI server and whose outcome has not been seen: at most one of each agent. */
  readonly #unseen = new Map<string, AgentRequestData>();

  /**
   * @param deployment with CCX a presence-driven sign-out never ends in NOT_READY
   * @param clock with other nodes: what nobody here asked for is told when their words have had time to come
   */
  constructor(comings: Comings | undefined, deployment: Deployment, clock?: Clock) {
    this.#comings = comings;
    this.#clock = clock;
    this.#mayEndNotReady = deployment === 'CCE';
  }

  /** A request is over; `agent`: as it left him. */
  ended({ data, sent, end }: EndedRequest, agent: Agent): void {
    // Signing in once more, as a page does that is loaded anew: no event tells of it.
    const isDone = end?.type === 'event' || end?.type === 'settled';
    if (data.verb === 'LOGIN' && isDone && agent.state !== 'LOGOUT') this.#comings?.signedIn(data.agentId);
    if (data.verb !== 'LOGOUT' || !sent || end?.type === 'event' || end?.type === 'refused') return;
    this.#unseen.set(data.agentId, data);
  }

  /** The word of a request came from another node: it may be behind what has happened already. */
  told(data: AgentRequestData): void {
    if (data.verb === 'LOGOUT') this.#release(data.agentId, doingOf(data));
  }

  /** Tells of a sign-out that has waited, if one has. @param doing whose it is; absent: nobody's here or elsewhere */
  #release(agentId: string, doing: ReturnType<typeof doingOf> | undefined = undefined): void {
    const untold = this.#untold.get(agentId);
    if (untold === undefined) return;
    untold.timer.cancel();
    this.#untold.delete(agentId);
    this.#comings?.signedOut({ ...untold.going, ...doing });
  }

  /** @param answers the request that the news answers */
  heard(before: Agent, after: Agent, answers: AgentRequestData | undefined): void {
    const { loginId: agentId, state, reasonCode } = after;
    // In the order in which it happened; told once more it is no news.
    if (state !== 'LOGOUT') this.#release(agentId);
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
    const { stateChangeTime } = before;
    const since = stateChangeTime === null ? {} : { stateSince: stateChangeTime };
    const going: Going = { agentId, by: 'system', actingId: '', requestId: '', state, reasonCode, ...since };
    if (asked !== undefined) this.#comings?.signedOut({ ...going, ...doingOf(asked) });
    else if (this.#clock === undefined) this.#comings?.signedOut(going);
    else {
      const timer = this.#clock.schedule(WORD_LATE_MS, () => this.#release(agentId));
      this.#untold.set(agentId, { going, timer });
    }
  }

  forget(agentId: string): void {
    this.#unseen.delete(agentId);
    this.#untold.get(agentId)?.timer.cancel();
    this.#untold.delete(agentId);
  }
}

/** Whose doing what a request leads to is. */
function doingOf({
  by,
  actingId,
  requestId,
  cause,
  node,
}: AgentRequestData): Pick<Going, 'by' | 'actingId' | 'requestId' | 'node'> {
  const isPresence = by === 'presence';
  return {
    by,
    actingId: isPresence ? '' : actingId,
    requestId: (isPresence ? cause.requestId : requestId) ?? '',
    ...(node === undefined ? {} : { node }),
  };
}
