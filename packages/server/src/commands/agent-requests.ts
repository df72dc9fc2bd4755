/**
 * Requests of agents on their way: one queue per agent (the next request goes out only after the previous
 * one was confirmed or refused), and the rule by which an event without InvokeID finds its request: the
 * oldest one of this agent whose outcome fits.
 */
import type { Clock } from '@poise/clock';
import type { CtiAnswer, CtiPort } from '../cti/port.ts';
import { ON_A_CALL, permission } from '../domain/agent-state.ts';
import type { Agent, AgentBook, AgentChange, AgentEvent } from '../domain/agents.ts';
import { type AsyncError, asyncError, type CtiRefusal, ctiCode } from '../domain/errors.ts';
import { DEPLOYMENT_RULES, type Deployment } from '../domain/profile.ts';
import type { Cause } from '../happenings.ts';
import {
  type AgentRequest,
  type AgentRequestData,
  type ForeignAgentRequest,
  fits,
  isMet,
  isPending,
  isReached,
  type OwnEnd,
  type OwnRequest,
} from './agent-request.ts';
import { ForeignRequests, isOpen, type ToldOutcome } from './foreign-requests.ts';
import { newRequest, type Lane as RequestLane, RequestLanes } from './request-lanes.ts';
import type { Effect } from './request-life.ts';
import type { RequestTeller } from './request-teller.ts';
import { type Comings, SignOutWitness } from './sign-out-witness.ts';
import { UnclaimedEvents } from './unclaimed-changes.ts';

/** Where outcomes go. */
export interface OutcomePort {
  /**
   * The agent as it is now goes to its nodes, with this requestId (empty: nobody asked).
   * @param toTeam default: yes
   */
  publishAgent(agentId: string, requestId: string, cause: Cause, toTeam?: boolean): void;
  /** What became of an agent without a request that waits for it: goes to his nodes, if it can be seen in the object. */
  publishChanges(before: Agent, after: Agent, changes: readonly AgentChange[]): void;
  /** An accepted request failed. */
  publishError(error: AsyncError, agentId: string, actingId: string, requestId: string, cause: Cause): void;
}

export interface RequestLimits {
  /** Requests of one agent that may wait or be in flight. */
  readonly perAgentMax: number;
  /**
   * How long after a confirmation the event may come before the object is published as it is, ms. A confirmation that does not
   * follow its event holds the agent's next request back for half of it.
   */
  readonly settleMs: number;
  /** The same for sign-ins: a phone may need its time, and an early answer would look like a failure. */
  readonly signInSettleMs: number;
}

export const REQUEST_LIMITS: RequestLimits = { perAgentMax: 16, settleMs: 5_000, signInSettleMs: 10_000 };

export interface AgentRequestsDependencies {
  readonly agents: AgentBook;
  readonly cti: CtiPort;
  readonly outcomes: OutcomePort;
  readonly clock: Clock;
  readonly deployment: Deployment;
  readonly limits?: RequestLimits;
  /** Whether the agent's team lets agents ask for wrap-up. */
  readonly wrapUpOptional: (agentId: string) => boolean;
  /** Hears who signs in and out, and by whom. */
  readonly comings?: Comings;
  /** Tells the other nodes; absent: there are none. */
  readonly teller?: RequestTeller<AgentRequestData>;
}

/** The requests of one agent. */
type Lane = RequestLane<AgentRequest>;

export class AgentRequests {
  readonly #d: AgentRequestsDependencies;
  readonly #limits: RequestLimits;
  readonly #lanes: RequestLanes<AgentRequest>;
  readonly #witness: SignOutWitness;
  /** Those that were made at other nodes; undefined: there are none. */
  readonly #foreign: ForeignRequests<ForeignAgentRequest> | undefined;
  /** Agents of whom nothing was heard since a request was left unanswered: it may have been carried out. */
  readonly #doubted = new Set<string>();
  /** What nobody here asked for, and of which another node may have word yet. */
  readonly #unclaimed: UnclaimedEvents;

  constructor(dependencies: AgentRequestsDependencies) {
    this.#d = dependencies;
    this.#unclaimed = new UnclaimedEvents(dependencies.clock);
    this.#lanes = new RequestLanes(dependencies.clock, {
      dispatch: (lane, request) => this.#dispatch(lane, request),
      answer: (request, effect, error) => this.#tellAnswer(request, this.#answer(request, effect, error)),
      ended: (request) => {
        request.password = undefined;
        this.#witness.ended(request, this.#d.agents.get(request.data.agentId));
        request.own?.ended(request.end ?? { type: 'lost' });
        if (!request.data.wantsAnswer && request.ref !== undefined) this.#tellEnd(request, { type: 'none' });
      },
      // What is to be done without anybody having asked is not given up for that.
      isPatient: ({ own }) => own !== undefined,
    });
    this.#witness = new SignOutWitness(
      dependencies.comings,
      dependencies.deployment,
      dependencies.teller === undefined ? undefined : dependencies.clock,
    );
    this.#limits = dependencies.limits ?? REQUEST_LIMITS;
    if (dependencies.teller !== undefined)
      this.#foreign = new ForeignRequests(dependencies.clock, {
        answer: (request, effect, error) => void this.#answer(request, effect, error),
        answersLate: (request) => this.#takesHeard(request) && this.#answersShown(request),
        answersShown: (request) => this.#answersShown(request),
      });
  }

  /** Whether one more request of this agent can be taken. */
  hasRoom(agentId: string): boolean {
    return this.#lanes.length(agentId) < this.#limits.perAgentMax;
  }

  /** Whether the agent has asked to be signed in and nothing has come of it yet. */
  isSigningIn(agentId: string): boolean {
    const isSignIn = ({ data }: { readonly data: AgentRequestData }) => data.verb === 'LOGIN';
    return (
      (this.#lanes.get(agentId)?.requests.some(isSignIn) ?? false) ||
      (this.#foreign?.in(agentId).some((request) => isOpen(request) && isSignIn(request)) ?? false)
    );
  }

  /** Requests that wait, are in flight, or wait for their event. */
  get pending(): number {
    return this.#lanes.pending;
  }

  /** Takes a place in the agent's queue at once. The returned function lets it go, after the 202 was written. */
  reserve(data: AgentRequestData, password?: string, own?: OwnRequest): () => void {
    // The word is on its way while the 202 is written: it should be there before the event.
    const isNext = this.#lanes.length(data.agentId) === 0;
    const ref = isNext ? this.#d.teller?.asked(data, this.#settleMs(data)) : undefined;
    return this.#lanes.reserve(data.agentId, {
      ...newRequest(),
      data,
      own,
      password,
      sent: false,
      at: 0,
      end: undefined,
      isWish: false,
      ref,
    });
  }

  /**
   * A request goes to the CTI server from another node: it is correlated here as one of our own is, and answered.
   * @param key the process that made it and its number there
   * @param withinMs after that nobody will answer it
   * @returns false: there are too many
   */
  foreignAsked(key: string, data: AgentRequestData, withinMs: number): boolean {
    if (this.#foreign?.isSuspended !== true) this.#witness.told(data);
    return this.#foreign?.asked(data.agentId, this.#foreignRequest(key, data), withinMs) ?? false;
  }

  /**
   * A request is over at another node.
   * @param end how, in the words of {@link OwnEnd}
   * @returns false: there are too many
   */
  foreignEnded(key: string, data: AgentRequestData, outcome: ToldOutcome, end: OwnEnd['type']): boolean {
    const { agentId, verb } = data;
    const { agents } = this.#d;
    // How the agent was when that happened is not known, nor who signed him out; what he asked for is answered when he is seen again.
    if (this.#foreign?.isSuspended === true)
      return this.#foreign.ended(agentId, this.#foreignRequest(key, data), outcome) !== undefined;
    if (outcome.type === 'wished' && verb !== 'LOGIN' && ON_A_CALL.has(agents.get(agentId).state))
      agents.apply(agentId, { type: 'wish', state: verb });
    this.#witness.told(data);
    const isSeen = this.#foreign?.phaseOf(key) === 'answered';
    const request = this.#foreign?.ended(agentId, this.#foreignRequest(key, data), outcome);
    if (!request) return request === null;
    if (end === 'timeout' && !isSeen) this.#doubted.add(agentId);
    if (!isSeen) this.#witness.ended({ data, sent: true, end: { type: end } }, agents.get(agentId));
    return true;
  }

  #foreignRequest(key: string, data: AgentRequestData): ForeignAgentRequest {
    return { key, data, at: this.#d.clock.monotonic(), phase: 'sent', timer: undefined };
  }

  /**
   * Whether the event came before the word of the request did. That the agent is where the request leads tells nothing of it: where the
   * bus is quicker, the events of older requests, or of what he did at his phone, have not come yet, either.
   */
  #takesHeard({ key, data }: ForeignAgentRequest): boolean {
    const event = this.#unclaimed.of(data.agentId);
    const isNext = this.#foreign?.in(data.agentId).find(isOpen)?.key === key;
    if (!isNext || event === undefined || !fits(data, event, this.#d.deployment)) return false;
    this.#unclaimed.forget(data.agentId);
    return true;
  }

  /** Whoever waits for the requestId, which the event did not bear, is told once more. */
  #answersShown({ data }: ForeignAgentRequest): boolean {
    if (!isReached(data, this.#d.agents.get(data.agentId), this.#d.deployment)) return false;
    this.#keepDetails(data);
    const { agentId, requestId, cause, by, wantsAnswer } = data;
    // Teams have been told, and none of them waits for what the agent himself has asked for.
    if (wantsAnswer && requestId !== '')
      this.#d.outcomes.publishAgent(agentId, requestId, cause, by !== 'agent');
    return true;
  }

  /** A live state event: updates the picture, answers the request it belongs to, publishes. */
  heard(agentId: string, event: Extract<AgentEvent, { type: 'state' }>): void {
    const before = this.#d.agents.get(agentId);
    const { extension = '' } = event;
    const there = extension === before.extension ? undefined : this.#d.agents.at(extension);
    this.#doubted.delete(agentId);
    const { agent, changes } = this.#d.agents.apply(agentId, event);
    const lane = this.#lanes.get(agentId);
    const isOutcome = (candidate: Pick<AgentRequest, 'data' | 'phase'>) =>
      isOpen(candidate) && fits(candidate.data, event, this.#d.deployment);
    const own = lane?.requests.find(isOutcome);
    const foreign = this.#foreign?.oldest(agentId, isOutcome);
    // The oldest one, wherever it was made.
    const request = own === undefined || (foreign !== undefined && foreign.at < own.at) ? foreign : own;
    if (own !== undefined && request === own) own.end = { type: 'event' };
    this.#witness.heard(before, agent, request?.data);
    if (request !== undefined) {
      this.#unclaimed.forget(agentId);
      this.#keepDetails(request.data);
    } else if (this.#foreign !== undefined) {
      this.#unclaimed.add(agentId, event);
    }
    if (lane !== undefined && own !== undefined && request === own) {
      this.#lanes.step(lane, own, 'event');
      if (own.phase === 'answered') this.#awaitConfirmation(lane, own);
    } else if (foreign !== undefined && request === foreign) {
      this.#foreign?.step(foreign, 'event');
    }
    if (request?.data.wantsAnswer !== true) this.#d.outcomes.publishChanges(before, agent, changes);
    if (lane !== undefined && own !== undefined) this.#lanes.advance(lane);
    // Two agents at one phone: one of them is not there any more, or never was.
    if (agent.extension !== '' && there !== undefined && there.loginId !== agentId)
      for (const loginId of [there.loginId, agentId]) this.#d.cti.askAgent(loginId);
  }

  /** The answer to a query after the link came (back). @returns the agent as it is now */
  recovered(agentId: string, event: Extract<AgentEvent, { type: 'snapshot' }>): Agent {
    const before = this.#d.agents.get(agentId);
    this.#doubted.delete(agentId);
    const { agent } = this.#d.agents.apply(agentId, event);
    this.#witness.heard(before, agent, undefined);
    return agent;
  }

  /**
   * The answer to a question while in service. What differs is told with the requestId of a confirmed request whose outcome it
   * is, else without one. @returns null: nothing does
   */
  checked(agentId: string, event: Extract<AgentEvent, { type: 'snapshot' }>): Agent | null {
    const before = this.#d.agents.get(agentId);
    this.#doubted.delete(agentId);
    if (agrees(before, event)) return null;
    const { extension = before.extension } = event;
    const { state } = event;
    const request = this.#lanes
      .get(agentId)
      ?.requests.find(
        ({ phase, data }) =>
          phase === 'confirmed' &&
          fits(data, { state, extension, reasonCode: data.reasonCode }, this.#d.deployment),
      );
    if (request !== undefined) {
      // The event that is missing; a query tells no reason, and the one that was asked for was confirmed.
      const { reasonCode } = request.data;
      const at = this.#d.clock.now();
      this.heard(agentId, { type: 'state', state, reasonCode, extension, pendingState: undefined, at });
      return this.#d.agents.get(agentId);
    }
    const agent = this.recovered(agentId, { ...event, extension });
    this.#d.outcomes.publishAgent(agentId, '', {});
    return agent;
  }

  /** The CTI link is lost: all requests but those that the link answers itself fail. */
  linkLost(): void {
    this.#lanes.linkLost();
    this.#foreign?.suspend();
  }

  /** The link is back and every agent is known: what other nodes were asked meanwhile is answered. */
  linkBack(): void {
    this.#foreign?.resume();
  }

  /** The agent is gone from the directory: nobody is left to answer to. */
  forget(agentId: string): void {
    this.#witness.forget(agentId);
    this.#doubted.delete(agentId);
    this.#unclaimed.forget(agentId);
    this.#lanes.drop(({ data }) => data.agentId === agentId);
    this.#foreign?.drop(({ data }) => data.agentId === agentId);
  }

  #dispatch(lane: Lane, request: AgentRequest): void {
    const { data } = request;
    const { agents, cti } = this.#d;
    const agent = agents.get(data.agentId);
    // With an older request still unsettled the picture is about to change: the CTI server decides.
    const unsettled = lane.requests.some((other) => other !== request && other.phase === 'confirmed');
    if (request.own?.stillWanted() === false) {
      request.end = { type: 'cancelled' };
      this.#lanes.step(lane, request, 'settleLocally');
      return;
    }
    const refusal = unsettled ? null : this.#lateRefusal(data);
    if (refusal !== null) {
      this.#lanes.step(lane, request, 'refuse', refusal);
    } else if (!unsettled && this.#mayStand(data) && isMet(data, agent, this.#d.deployment)) {
      this.#lanes.step(lane, request, 'settleLocally');
    } else if (!cti.inService) {
      this.#lanes.step(lane, request, 'lost');
    } else {
      this.#send(lane, request, agent.extension);
    }
  }

  /** Whether the request need not be sent where the picture shows already what it asks for. */
  #mayStand({ agentId, by, verb }: AgentRequestData): boolean {
    return by !== 'presence' && verb !== 'LOGIN' && !this.#doubted.has(agentId);
  }

  #send(lane: Lane, request: AgentRequest, extension: string): void {
    const { data, password } = request;
    request.password = undefined;
    this.#lanes.step(lane, request, 'dispatch');
    request.sent = true;
    request.at = this.#d.clock.monotonic();
    const send = () => {
      // The agent is gone meanwhile, and nobody is left to ask.
      if (request.phase === 'done') return;
      const invokeId = this.#d.cti.setAgentState(
        {
          agentId: data.agentId,
          state: data.verb,
          extension: data.verb === 'LOGIN' ? data.extension : extension || data.extension,
          mobile: data.mobile,
          activeDeviceId: data.activeDeviceId,
          reasonCode: data.reasonCode,
          forced: data.forced,
          password,
          singleSignOn: data.singleSignOn === true,
          supervisorId: data.by === 'supervisor' ? data.actingId : null,
          agentServiceReq: data.by === 'presence' ? 1 : 0,
        },
        data.cause,
        (answer) => this.#answered(lane, request, answer),
      );
      request.own?.sent(invokeId);
    };
    const { teller } = this.#d;
    request.ref ??= teller?.asked(data, this.#settleMs(data));
    if (teller === undefined || request.ref === undefined) send();
    else teller.told(request.ref, send);
  }

  #answered(lane: Lane, request: AgentRequest, answer: CtiAnswer): void {
    switch (answer.type) {
      case 'confirmed':
        this.#confirmed(lane, request);
        break;
      case 'refused':
        this.#refused(lane, request, answer.refusal);
        break;
      case 'timeout':
        request.end ??= { type: 'timeout' };
        // An event that came has told what became of it.
        if (request.phase === 'sent') this.#doubted.add(request.data.agentId);
        this.#lanes.step(lane, request, 'timeout');
        break;
      case 'lost':
        this.#lanes.step(lane, request, 'lost');
        break;
    }
    this.#lanes.advance(lane);
  }

  #confirmed(lane: Lane, request: AgentRequest): void {
    const { data } = request;
    const { agents, deployment, clock } = this.#d;
    const wasOpen = request.phase === 'sent';
    this.#lanes.step(lane, request, 'confirm');
    if (!wasOpen) return;
    const agent = agents.get(data.agentId);
    // What the CTI server makes of a presence-driven sign-out is its own affair: no wish of the agent's.
    if (
      data.by !== 'presence' &&
      ON_A_CALL.has(agent.state) &&
      data.verb !== 'LOGIN' &&
      DEPLOYMENT_RULES[deployment].pendingStates
    ) {
      agents.apply(data.agentId, { type: 'wish', state: data.verb });
      request.isWish = true;
      this.#lanes.step(lane, request, 'settle');
      return;
    }
    const older = lane.requests.some((other) => other !== request && other.phase === 'confirmed');
    // A wish that is kept already is told by no event.
    // A presence-driven sign-out leads to one of two states: the agent may be in the wrong one already.
    const mayBeOver = !older && data.by !== 'presence';
    if (mayBeOver && (isMet(data, agent, deployment) || isPending(data, agent))) {
      request.end ??= { type: 'settled' };
      this.#lanes.step(lane, request, 'settle');
      return;
    }
    const settleMs = this.#settleMs(data);
    request.settleTimer = clock.schedule(settleMs / 2, () => {
      // The event may be lost, or have told of somebody else: the answer must not say what is not so.
      this.#d.cti.askAgent(data.agentId);
      request.settleTimer = clock.schedule(settleMs / 2, () => this.#settle(lane, request));
    });
  }

  #settleMs({ verb }: AgentRequestData): number {
    return verb === 'LOGIN' ? this.#limits.signInSettleMs : this.#limits.settleMs;
  }

  /** The event has told of the outcome: the agent's next request does not wait for a confirmation that is lost. */
  #awaitConfirmation(lane: Lane, request: AgentRequest): void {
    request.settleTimer = this.#d.clock.schedule(this.#limits.settleMs / 2, () => {
      this.#lanes.step(lane, request, 'settle');
      this.#lanes.advance(lane);
    });
  }

  /** A confirmed request whose event has not come is answered with the agent as he is. */
  #settle(lane: Lane, request: AgentRequest): void {
    if (isReached(request.data, this.#d.agents.get(request.data.agentId), this.#d.deployment))
      this.#keepDetails(request.data);
    request.end ??= { type: 'settled' };
    this.#lanes.step(lane, request, 'settle');
    this.#lanes.advance(lane);
  }

  #refused(lane: Lane, request: AgentRequest, refusal: CtiRefusal): void {
    const agent = this.#d.agents.get(request.data.agentId);
    // A second sign-in with the same extension has nothing to change, however the CTI server words it.
    if (
      refusal.code === 259 &&
      request.data.verb === 'LOGIN' &&
      isMet(request.data, agent, this.#d.deployment)
    ) {
      request.end ??= { type: 'settled' };
      this.#lanes.step(lane, request, 'settle');
    } else {
      request.end ??= { type: 'refused', refusal };
      this.#lanes.step(lane, request, 'refuse', asyncError(refusal, request.data.verb === 'LOGIN'));
    }
  }

  /** Refusals that are ours to give, with an event after the 202 (objects.md 2.6). */
  #lateRefusal(data: AgentRequestData): AsyncError | null {
    const { agents, deployment, wrapUpOptional } = this.#d;
    if (data.by === 'presence') return null;
    const from = agents.get(data.agentId).state;
    const question = {
      deployment,
      verb: data.verb,
      by: data.by === 'agent' ? data.by : ('supervisor' as const),
      from,
      wrapUpOptional: wrapUpOptional(data.agentId),
    };
    switch (permission(question)) {
      case 'later:signed-out': {
        const constant =
          data.verb === 'NOT_READY'
            ? DEPLOYMENT_RULES[deployment].notReadyWhileLogout
            : 'CF_INVALID_OBJECT_STATE';
        return asyncError({ code: ctiCode(constant) });
      }
      case 'later:work':
        return asyncError({ code: ctiCode('CF_INVALID_OBJECT_STATE') });
      case 'later:reserved-outbound':
        return {
          ...asyncError({ code: ctiCode('CF_GENERIC_UNSPECIFIED_REJECTION') }),
          errorType: 'Internal Server Error',
        };
      default:
        return null;
    }
  }

  /** To those who are here. @returns the error that was told; undefined: the agent was */
  #answer(
    { data }: Pick<AgentRequest, 'data'>,
    effect: Effect,
    error: AsyncError | undefined,
  ): AsyncError | undefined {
    if (!data.wantsAnswer) return undefined;
    const { outcomes } = this.#d;
    if (effect === 'object') {
      outcomes.publishAgent(data.agentId, data.requestId, data.cause);
      return undefined;
    }
    const said = error ?? asyncError({ code: ctiCode('CF_REQUEST_TIMEOUT_REJECTION') });
    outcomes.publishError(said, data.agentId, data.actingId, data.requestId, data.cause);
    return said;
  }

  /** To those who are at other nodes. */
  #tellAnswer(request: AgentRequest, error: AsyncError | undefined): void {
    if (!request.data.wantsAnswer) return;
    const object =
      request.end?.type === 'event' ? 'changed' : request.isWish ? ('wished' as const) : 'unchanged';
    if (error !== undefined) this.#tellEnd(request, { type: 'error', error });
    else this.#tellEnd(request, object === 'wished' ? { type: object } : { type: object, dialogId: null });
  }

  #tellEnd({ data, ref, end }: AgentRequest, outcome: ToldOutcome): void {
    this.#d.teller?.ended(data, ref, outcome, end?.type ?? 'lost');
  }

  /** What the CTI server does not repeat in its events. */
  #keepDetails(data: AgentRequestData): void {
    if (data.verb !== 'LOGIN') return;
    this.#d.agents.apply(data.agentId, {
      type: 'signInDetails',
      mobile: data.mobile,
      activeDeviceId: data.activeDeviceId,
    });
  }
}

/** Whether an answer to a query says what is known already. It does not tell one kind of reservation from another. */
function agrees(agent: Agent, { state, extension }: Extract<AgentEvent, { type: 'snapshot' }>): boolean {
  const sameState = agent.state === state || (state === 'RESERVED' && agent.state.startsWith('RESERVED'));
  return (
    agent.known &&
    sameState &&
    (state === 'LOGOUT' || extension === undefined || extension === agent.extension)
  );
}
