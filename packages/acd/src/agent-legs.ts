import type { Clock } from '@poise/clock';
import type { AgentStateName } from './agent-state.ts';
import { isInbound } from './call-fields.ts';
import type { CallTypeName, CallView, ConnectionState, ConnectionView } from './calls/call.ts';
import type { CallFact } from './calls/call-fact.ts';

/**
 * The part of each agent in each call, from joining to leaving, and what it adds to the counters of
 * QUERY_AGENT_STATISTICS_CONF and QUERY_SKILL_GROUP_STATISTICS_CONF (ged188.md 11).
 */

/** The counters that one kind of call adds to. */
interface Counted {
  readonly calls: string;
  /** Up to after-call work, held times included. */
  readonly talk?: string;
  /** The same; what `afterCall` names goes on counting. */
  readonly time?: string;
  readonly held?: string;
  readonly heldTime?: string;
  /** Where the two times begin; without it with the first sound of the call. */
  readonly from?: 'answer';
  /** Times that run while the agent wraps such a call up. */
  readonly afterCall?: readonly string[];
}

const HANDLED: Counted = {
  calls: 'HandledCalls',
  talk: 'HandledCallsTalkTime',
  time: 'HandledCallsTime',
  held: 'IncomingCallsHeld',
  heldTime: 'IncomingCallsHeldTime',
  from: 'answer',
  afterCall: ['HandledCallsAfterCallTime', 'HandledCallsTime'],
};
const OUT: Counted = {
  calls: 'AgentOutCalls',
  talk: 'AgentOutCallsTalkTime',
  time: 'AgentOutCallsTime',
  held: 'AgentOutCallsHeld',
  heldTime: 'AgentOutCallsHeldTime',
  afterCall: ['AgentOutCallsTime'],
};
const INTERNAL_HOLD = { held: 'InternalCallsHeld', heldTime: 'InternalCallsHeldTime' };
const PLACED: Counted = { calls: 'InternalCalls', time: 'InternalCallsTime', ...INTERNAL_HOLD };
const RECEIVED: Counted = { calls: 'InternalCallsRcvd', time: 'InternalCallsRcvdTime', ...INTERNAL_HOLD };
const BY_TYPE: Readonly<Partial<Record<CallTypeName, Counted>>> = {
  OUT,
  AGENT_OUT: OUT,
  SUPERVISOR_MONITOR: { calls: 'MonitorCalls' },
  SUPERVISOR_WHISPER: { calls: 'WhisperCalls' },
  SUPERVISOR_BARGEIN: { calls: 'BargeInCalls' },
  SUPERVISOR_INTERCEPT: { calls: 'InterceptCalls' },
  EMERGENCY: { calls: 'EmergencyCalls' },
};

/** What a call that an agent has left adds to the counters. */
export interface EndedLeg {
  readonly agentId: string;
  /** SkillGroupNumber that the connection counts towards; null: none. */
  readonly skillGroup: number | null;
  /** Counter and amount; times in ms. */
  readonly amounts: readonly (readonly [name: string, amount: number])[];
  /** Times that run while the agent wraps the call up. */
  readonly afterCall: readonly string[];
}

/** States in which the times of {@link EndedLeg.afterCall} run. */
export const WRAP_UP: ReadonlySet<AgentStateName> = new Set(['WORK_NOT_READY', 'WORK_READY']);

interface Leg {
  readonly agentId: string;
  readonly skillGroup: number | null;
  readonly counted: Counted;
  readonly startedAt: number;
  connectedAt: number | null;
  state: ConnectionState;
  since: number;
  holds: number;
  heldMs: number;
}

/** Follows the legs of agents; the work of a fact grows with the parties of its call only. */
export class AgentLegs {
  readonly #clock: Clock;
  readonly #ended: (leg: EndedLeg) => void;
  /** By call number, then by device. */
  readonly #legs = new Map<number, Map<string, Leg>>();

  /** @param ended told of each leg that was connected, when its agent has left the call */
  constructor(clock: Clock, ended: (leg: EndedLeg) => void) {
    this.#clock = clock;
    this.#ended = ended;
  }

  /** To be called for every fact about a call, in order. */
  fact(fact: Exclude<CallFact, { type: 'agent' }>): void {
    const { call } = fact;
    const legs = this.#legs.get(call.id) ?? new Map<string, Leg>();
    if (fact.type === 'transferred' || fact.type === 'conferenced') {
      const merged = fact.primaryCallId === call.id ? fact.secondaryCallId : fact.primaryCallId;
      if (merged !== null) this.#merge(merged, legs);
    }
    const present = new Set<string>();
    for (const connection of call.connections) {
      if (connection.agentId === null || connection.kind !== 'station') continue;
      present.add(connection.device);
      this.#seen(legs, call, connection, connection.agentId);
    }
    for (const [device, leg] of legs) {
      if (present.has(device)) continue;
      this.#end(leg);
      legs.delete(device);
    }
    if (legs.size === 0) this.#legs.delete(call.id);
    else this.#legs.set(call.id, legs);
  }

  #seen(legs: Map<string, Leg>, call: CallView, connection: ConnectionView, agentId: string): void {
    const { device, callType, state, skillGroup } = connection;
    const now = this.#clock.monotonic();
    let leg = legs.get(device);
    if (leg === undefined) {
      const counted = countedAs(callType, call.connections[0]?.device === device);
      const times = { startedAt: now, connectedAt: null, since: now };
      leg = { agentId, skillGroup, counted, state, ...times, holds: 0, heldMs: 0 };
      legs.set(device, leg);
    }
    if (leg.state !== state) {
      closeHold(leg, now);
      if (state === 'HOLD') leg.holds++;
      leg.state = state;
      leg.since = now;
    }
    if (state === 'CONNECT') leg.connectedAt ??= now;
  }

  #end(leg: Leg): void {
    const { agentId, skillGroup, counted, connectedAt, startedAt } = leg;
    if (connectedAt === null) return;
    const now = this.#clock.monotonic();
    closeHold(leg, now);
    const { calls, talk, time, held, heldTime, from, afterCall = [] } = counted;
    const lasted = now - (from === 'answer' ? connectedAt : startedAt);
    const amounts: [string, number][] = [[calls, 1]];
    if (talk !== undefined) amounts.push([talk, lasted]);
    if (time !== undefined) amounts.push([time, lasted]);
    if (held !== undefined && leg.holds > 0) amounts.push([held, 1]);
    if (heldTime !== undefined) amounts.push([heldTime, leg.heldMs]);
    this.#ended({ agentId, skillGroup, amounts, afterCall });
  }

  /** Legs of a call that went into another go on there; whoever is in both has left the one. */
  #merge(from: number, into: Map<string, Leg>): void {
    for (const [device, leg] of this.#legs.get(from) ?? []) {
      if (into.has(device)) this.#end(leg);
      else into.set(device, leg);
    }
    this.#legs.delete(from);
  }
}

function closeHold(leg: Leg, now: number): void {
  if (leg.state === 'HOLD') leg.heldMs += now - leg.since;
}

function countedAs(type: CallTypeName, placed: boolean): Counted {
  if (isInbound(type)) return HANDLED;
  return BY_TYPE[type] ?? (placed ? PLACED : RECEIVED);
}
