import type { Clock } from '@poise/clock';
import type { Fields } from '@poise/ged188';
import type { AgentChange } from './agent-model.ts';
import type { AgentStateName } from './agent-state.ts';
import { isInbound } from './call-fields.ts';
import type { CallTypeName, CallView, ConnectionState, ConnectionView } from './calls/call.ts';
import type { CallFact } from './calls/call-fact.ts';

/**
 * The counters of QUERY_AGENT_STATISTICS_CONF, for the present sign-in and for the day, counted from the facts as
 * they happen. A call counts when the agent has left it and was connected; what nobody counts here (dialer calls)
 * stays 0. The day begins at midnight UTC.
 */

const DAY_MS = 86_400_000;

/** Times that run while an agent is in a state; signed in is every state but LOGOUT. */
const TIMES_OF: Readonly<Partial<Record<AgentStateName, readonly string[]>>> = {
  AVAILABLE: ['AvailTime', 'ICMAvailableTime'],
  NOT_READY: ['NotReadyTime'],
  WORK_NOT_READY: ['HandledCallsAfterCallTime'],
  WORK_READY: ['HandledCallsAfterCallTime'],
};
const SIGNED_IN_TIMES = ['LoggedOnTime', 'RoutableTime'];

/** The counters that one kind of call adds to. */
interface Counted {
  readonly calls: string;
  readonly talk?: string;
  readonly time?: string;
  readonly held?: string;
  readonly heldTime?: string;
}

const HANDLED: Counted = {
  calls: 'HandledCalls',
  talk: 'HandledCallsTalkTime',
  time: 'HandledCallsTime',
  held: 'IncomingCallsHeld',
  heldTime: 'IncomingCallsHeldTime',
};
const OUT: Counted = {
  calls: 'AgentOutCalls',
  talk: 'AgentOutCallsTalkTime',
  time: 'AgentOutCallsTime',
  held: 'AgentOutCallsHeld',
  heldTime: 'AgentOutCallsHeldTime',
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

type Counters = Map<string, number>;

interface Agent {
  session: Counters;
  today: Counters;
  /** Number of the day that `today` belongs to. */
  day: number;
  state: AgentStateName;
  /** Monotonic ms since when. */
  since: number;
}

/** An agent's part in one call. */
interface Leg {
  readonly agentId: string;
  readonly counted: Counted;
  readonly startedAt: number;
  state: ConnectionState;
  since: number;
  connected: boolean;
  talkMs: number;
  holds: number;
  heldMs: number;
}

export class AgentStatistics {
  readonly #clock: Clock;
  readonly #agents = new Map<string, Agent>();
  /** By call number, then by device. */
  readonly #legs = new Map<number, Map<string, Leg>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The 84 counters but those that are 0. */
  of(agentId: string): Fields {
    const agent = this.#agents.get(agentId);
    if (agent === undefined) return {};
    this.#turnDay(agent);
    const elapsed = this.#clock.monotonic() - agent.since;
    const session = new Map(agent.session);
    const today = new Map(agent.today);
    for (const name of timesOf(agent.state)) {
      add(session, name, elapsed);
      add(today, name, Math.min(elapsed, this.#clock.now() % DAY_MS));
    }
    return { ...printed(session, 'Session'), ...printed(today, 'Today') };
  }

  /** Counts what a fact tells; to be called for every fact, in order. */
  fact(fact: CallFact): void {
    if (fact.type === 'agent') this.agent(fact.change);
    else this.#call(fact.call, fact);
  }

  agent({ kind, agent: { profile, status } }: AgentChange): void {
    const known = this.#agents.get(profile.loginId);
    if (known === undefined && status.state === 'LOGOUT') return;
    const agent = known ?? this.#added(profile.loginId);
    const now = this.#clock.monotonic();
    this.#turnDay(agent);
    for (const name of timesOf(agent.state)) {
      add(agent.session, name, now - agent.since);
      add(agent.today, name, Math.min(now - agent.since, this.#clock.now() % DAY_MS));
    }
    if (kind === 'signIn') agent.session = new Map();
    agent.state = status.state;
    agent.since = now;
  }

  /** Agents who have left the directory are forgotten. */
  forget(agentId: string): void {
    this.#agents.delete(agentId);
  }

  #call(call: CallView, fact: CallFact): void {
    const legs = this.#legs.get(call.id) ?? new Map<string, Leg>();
    if (fact.type === 'transferred' || fact.type === 'conferenced') {
      const merged = fact.primaryCallId === call.id ? fact.secondaryCallId : fact.primaryCallId;
      if (merged !== null) this.#merge(merged, legs);
    }
    const present = new Set<string>();
    for (const connection of call.connections) {
      if (connection.agentId === null || connection.kind !== 'station') continue;
      present.add(connection.device);
      this.#seen(legs, call, connection);
    }
    for (const [device, leg] of legs) {
      if (present.has(device)) continue;
      this.#ended(leg);
      legs.delete(device);
    }
    if (legs.size === 0) this.#legs.delete(call.id);
    else this.#legs.set(call.id, legs);
  }

  #seen(legs: Map<string, Leg>, call: CallView, { device, agentId, callType, state }: ConnectionView): void {
    const now = this.#clock.monotonic();
    let leg = legs.get(device);
    if (leg === undefined) {
      const counted = countedAs(callType, call.connections[0]?.device === device);
      leg = { agentId: agentId ?? '', counted, startedAt: now, state, since: now, ...NOTHING_YET };
      legs.set(device, leg);
    }
    if (leg.state !== state) {
      this.#closeState(leg, now);
      if (state === 'HOLD') leg.holds++;
      leg.state = state;
    }
    leg.connected ||= state === 'CONNECT';
  }

  #closeState(leg: Leg, now: number): void {
    if (leg.state === 'CONNECT') leg.talkMs += now - leg.since;
    else if (leg.state === 'HOLD') leg.heldMs += now - leg.since;
    leg.since = now;
  }

  #ended(leg: Leg): void {
    const now = this.#clock.monotonic();
    this.#closeState(leg, now);
    const agent = this.#agents.get(leg.agentId);
    if (!leg.connected || agent === undefined) return;
    this.#turnDay(agent);
    const { calls, talk, time, held, heldTime } = leg.counted;
    for (const counters of [agent.session, agent.today]) {
      add(counters, calls, 1);
      if (talk !== undefined) add(counters, talk, leg.talkMs);
      if (time !== undefined) add(counters, time, now - leg.startedAt);
      if (held !== undefined && leg.holds > 0) add(counters, held, 1);
      if (heldTime !== undefined) add(counters, heldTime, leg.heldMs);
    }
  }

  /** Legs of a call that went into another go on there; whoever is in both has left the one. */
  #merge(from: number, into: Map<string, Leg>): void {
    for (const [device, leg] of this.#legs.get(from) ?? []) {
      if (into.has(device)) this.#ended(leg);
      else into.set(device, leg);
    }
    this.#legs.delete(from);
  }

  #added(agentId: string): Agent {
    const agent: Agent = {
      session: new Map(),
      today: new Map(),
      day: this.#day(),
      state: 'LOGOUT',
      since: this.#clock.monotonic(),
    };
    this.#agents.set(agentId, agent);
    return agent;
  }

  #turnDay(agent: Agent): void {
    const day = this.#day();
    if (day === agent.day) return;
    agent.day = day;
    agent.today = new Map();
  }

  #day(): number {
    return Math.floor(this.#clock.now() / DAY_MS);
  }
}

const NOTHING_YET = { connected: false, talkMs: 0, holds: 0, heldMs: 0 };

function countedAs(type: CallTypeName, placed: boolean): Counted {
  if (isInbound(type)) return HANDLED;
  return BY_TYPE[type] ?? (placed ? PLACED : RECEIVED);
}

function timesOf(state: AgentStateName): readonly string[] {
  return state === 'LOGOUT' ? [] : [...SIGNED_IN_TIMES, ...(TIMES_OF[state] ?? [])];
}

function add(counters: Counters, name: string, amount: number): void {
  counters.set(name, (counters.get(name) ?? 0) + amount);
}

/** Times are kept in ms and told in whole seconds. */
function printed(counters: Counters, suffix: string): Fields {
  return Object.fromEntries(
    [...counters].map(([name, value]) => [
      `${name}${suffix}`,
      name.endsWith('Time') ? Math.floor(value / 1000) : value,
    ]),
  );
}
