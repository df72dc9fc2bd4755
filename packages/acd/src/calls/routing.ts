import type { AgentView, ChangeKind } from '../agent-model.ts';
import type { Cause, DeviceName } from './call-fact.ts';
import type { Call, Line, QueuePlace, Reservation } from './call-record.ts';
import type { Parts } from './parts.ts';
import { type AvailableAgent, Queues } from './queue.ts';
import { RouterCallKeys } from './router-call-key.ts';

const PRIORITY_DEFAULT = 5;

/** Brings calls that wait and agents who are available together. */
export class Routing {
  readonly #parts: Parts;
  readonly queues = new Queues();
  readonly #keys = new RouterCallKeys();
  readonly #available = new Map<string, AvailableAgent>();
  /** Rank of each agent whose state is AVAILABLE: kept while a call that rings elsewhere passes by. */
  readonly #ranks = new Map<string, number>();
  /** Agents and skill groups that may have something to do. */
  readonly #freshAgents = new Set<AvailableAgent>();
  readonly #freshGroups = new Set<number>();
  #rank = 0;
  #arrival = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  isAvailable(loginId: string): boolean {
    return this.#available.has(loginId);
  }

  /** The agent's state or skills changed. */
  follow(agent: AgentView, kind: ChangeKind): void {
    const { loginId } = agent.profile;
    if (agent.status.state !== 'AVAILABLE') this.#ranks.delete(loginId);
    else if (!this.#ranks.has(loginId) || kind === 'state') this.#ranks.set(loginId, ++this.#rank);
    if (kind === 'skills') this.#leave(loginId);
    this.evaluate(agent);
  }

  /** Whether the agent can be given a call just now. */
  evaluate({ profile, status, instrument }: AgentView): void {
    const { loginId } = profile;
    const line = instrument === null ? undefined : this.#parts.board.line(instrument);
    const can =
      status.state === 'AVAILABLE' &&
      line !== undefined &&
      line.load === 0 &&
      line.reservation === null &&
      this.#parts.agents.instrumentInService(line.device) &&
      this.#parts.nailed.ready(loginId);
    if (!can) this.#leave(loginId);
    else if (!this.#available.has(loginId)) {
      const rank = this.#ranks.get(loginId) ?? ++this.#rank;
      this.#ranks.set(loginId, rank);
      const agent = { loginId, skillGroups: profile.skillGroups, rank };
      this.#available.set(loginId, agent);
      this.queues.enter(agent);
      this.#freshAgents.add(agent);
    }
  }

  /** Agents of a removed or changed roster are looked at again. */
  forget(loginId: string): void {
    this.#ranks.delete(loginId);
    this.#leave(loginId);
  }

  /**
   * A call reaches a route point: it waits from now on.
   * @param addedBy device that adds the agent who is found to a conference
   */
  enqueue(call: Call, routePoint: DeviceName, cause: Cause, addedBy: string | null = null): void {
    const { agents, clock, settings, board } = this.#parts;
    const entry = agents.roster.dialledNumber(routePoint.id);
    if (!entry || !agents.roster.skillGroup(entry.skillGroup)) {
      this.#parts.dialling.failed(call, routePoint, routePoint, 'DEST_NOT_OBTAINABLE');
      return;
    }
    const { skillGroup, priority = PRIORITY_DEFAULT } = entry;
    if (this.queues.group(skillGroup).calls.size >= settings.waitingMax) {
      this.#parts.dialling.failed(call, routePoint, routePoint, 'MAX_QUEUE_EXCEEDED');
      return;
    }
    const key = call.data.key;
    const sequence = ++call.segments.last;
    call.data = {
      ...call.data,
      key: key ? { ...key, sequence } : this.#keys.next(clock.now(), sequence),
    };
    const arrival = ++this.#arrival;
    const since = clock.now();
    this.#wait(call, { skillGroup, routePoint, priority, arrival, since, again: false, addedBy }, cause);
    board.touchCall(call);
  }

  /** The call waits no longer. */
  withdraw(call: Call, cause: Cause): void {
    const { board, emit } = this.#parts;
    const { waiting } = call;
    if (!waiting) return;
    const { skillGroup, routePoint } = waiting.place;
    const queue = this.queues.group(skillGroup);
    queue.delete(call);
    call.waiting = null;
    board.remove(waiting.connection, 'divert');
    emit({ type: 'dequeued', call, routePoint, skillGroup, waiting: queue.calls.size, cause });
  }

  /**
   * The call has no use for the agent any more; the agent's state follows with the line.
   * @param tell false: another fact has said so
   */
  release(call: Call, tell = true): void {
    const { reservation } = call;
    if (reservation) this.#cancel(reservation, tell);
  }

  /** Takes the call away from the reserved agent and puts it back to the head of its queue. */
  pullBack(reservation: Reservation, cause: Cause): void {
    const { offers, emit, board } = this.#parts;
    const { call, line, offer, place } = reservation;
    const rang = offer?.connection ?? null;
    if (rang) {
      board.remove(rang, 'divert');
      emit({ type: 'diverted', call, diverting: rang.name, called: place.routePoint, cause });
    }
    if (offer) offers.cancel(offer);
    this.#cancel(reservation, rang === null);
    board.endNow(call, line.device);
    this.#requeue(call, place);
  }

  /** The reserved agent's phone was not answered, or (`phoneFault`) could not be had at all. */
  notAnswered(reservation: Reservation, cause: Cause, phoneFault: boolean): void {
    const { desk, dialect, agents } = this.#parts;
    const { agentId } = reservation;
    const mobile = agents.agent(agentId)?.mobile != null;
    this.pullBack(reservation, cause);
    const { notAnswered, mobileNotAnswered, mobileCallFailed } = dialect.reasons;
    if (mobile && phoneFault) desk.apply(agentId, 'signOutBySystem', mobileCallFailed);
    else desk.apply(agentId, 'notAnswered', mobile ? mobileNotAnswered : notAnswered);
  }

  /** The reserved agent has answered. */
  answered({ call, line }: Reservation): void {
    call.reservation = null;
    line.reservation = null;
    this.#parts.board.touchLine(line);
  }

  /** Serves who can be served. */
  match(): void {
    if (!this.#parts.orders.up) return;
    for (const agent of [...this.#freshAgents].sort((a, b) => a.rank - b.rank)) {
      this.#freshAgents.delete(agent);
      // The call that this agent is due may find another one who has been available longer.
      while (this.#available.get(agent.loginId) === agent) {
        const call = this.queues.bestFor(agent.skillGroups);
        const longest = call?.waiting && this.queues.group(call.waiting.place.skillGroup).agents.first();
        if (!longest || !this.#reserve(call, longest)) break;
      }
    }
    for (const number of this.#freshGroups) {
      this.#freshGroups.delete(number);
      const group = this.queues.group(number);
      for (;;) {
        const call = group.calls.first();
        const agent = group.agents.first();
        if (!call || !agent || !this.#reserve(call, agent)) break;
      }
    }
  }

  /** Skill groups have gone: their calls go where the number leads now, or are cleared. */
  rosterReplaced(removed: Iterable<number>): void {
    for (const number of removed) {
      const group = this.queues.find(number);
      for (const call of group ? [...group.calls] : []) {
        const routePoint = call.waiting?.place.routePoint;
        if (!routePoint) continue;
        this.withdraw(call, 'OVERFLOW');
        this.#parts.board.endNow(call, routePoint.id);
        this.enqueue(call, routePoint, 'OVERFLOW');
      }
    }
  }

  #wait(call: Call, place: QueuePlace, cause: Cause): void {
    const { board, emit, types } = this.#parts;
    const { skillGroup, routePoint } = place;
    const birth = { device: routePoint.id, kind: 'routePoint', callType: types.routed, leg: null } as const;
    const connection = board.add(call, 'queue', birth);
    call.waiting = { place, connection };
    call.skillGroup = skillGroup;
    const queue = this.queues.group(skillGroup);
    queue.add(call);
    this.#freshGroups.add(skillGroup);
    board.begin(connection);
    const calling = call.connections.find(({ kind }) => kind !== 'routePoint')?.name ?? null;
    emit({ type: 'queued', call, routePoint, calling, skillGroup, waiting: queue.calls.size, cause });
  }

  #requeue(call: Call, place: QueuePlace): void {
    if (call.ended) return;
    if (!this.#parts.agents.roster.skillGroup(place.skillGroup)) {
      this.enqueue(call, place.routePoint, 'OVERFLOW');
      return;
    }
    this.#wait(call, { ...place, again: true }, 'REDIRECTED');
  }

  /** @returns false if the agent could not be reserved after all */
  #reserve(call: Call, { loginId }: AvailableAgent): boolean {
    const { board, emit, desk, dialling } = this.#parts;
    const line = this.#lineOf(loginId);
    const { waiting } = call;
    this.#leave(loginId);
    if (!line || !waiting) return false;
    const { place } = waiting;
    this.withdraw(call, 'NONE');
    board.endNow(call, place.routePoint.id);
    const reservation: Reservation = {
      call,
      line,
      agentId: loginId,
      skillGroup: place.skillGroup,
      place,
      offer: null,
    };
    call.reservation = reservation;
    line.reservation = reservation;
    emit({ type: 'preCall', call, agentId: loginId, instrument: line.device, skillGroup: place.skillGroup });
    if (!desk.apply(loginId, 'offered')) {
      this.pullBack(reservation, 'REDIRECTED');
      return false;
    }
    dialling.offerRouted(reservation);
    return true;
  }

  #cancel(reservation: Reservation, tell = true): void {
    const { call, line, agentId } = reservation;
    if (call.reservation === reservation) call.reservation = null;
    if (line.reservation === reservation) line.reservation = null;
    this.#parts.board.touchLine(line);
    if (tell) this.#parts.emit({ type: 'preCallAbort', call, agentId, instrument: line.device });
  }

  #leave(loginId: string): void {
    const agent = this.#available.get(loginId);
    if (!agent) return;
    this.#available.delete(loginId);
    this.#freshAgents.delete(agent);
    this.queues.leave(agent);
  }

  #lineOf(loginId: string): Line | undefined {
    const instrument = this.#parts.agents.agent(loginId)?.instrument;
    return instrument == null ? undefined : this.#parts.board.line(instrument);
  }
}
