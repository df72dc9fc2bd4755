import type { Clock } from '@poise/clock';
import type { Fields } from '@poise/ged188';
import { type EndedLeg, WRAP_UP } from './agent-legs.ts';
import type { AgentChange } from './agent-model.ts';
import type { AgentStateName } from './agent-state.ts';
import { add, type Counters, counterFields } from './counters.ts';

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
};
const SIGNED_IN_TIMES = ['LoggedOnTime', 'RoutableTime'];

interface Agent {
  session: Counters;
  today: Counters;
  /** Number of the day that `today` belongs to. */
  day: number;
  state: AgentStateName;
  /** Monotonic ms since when. */
  since: number;
  /** Of the call that the agent left last. */
  afterCall: readonly string[];
}

export class AgentStatistics {
  readonly #clock: Clock;
  readonly #agents = new Map<string, Agent>();

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
    for (const name of timesOf(agent)) {
      add(session, name, elapsed);
      add(today, name, Math.min(elapsed, this.#clock.now() % DAY_MS));
    }
    return { ...counterFields(session, 'Session'), ...counterFields(today, 'Today') };
  }

  agent({ kind, agent: { profile, status } }: AgentChange): void {
    const known = this.#agents.get(profile.loginId);
    if (known === undefined && status.state === 'LOGOUT') return;
    const agent = known ?? this.#added(profile.loginId);
    const now = this.#clock.monotonic();
    this.#turnDay(agent);
    for (const name of timesOf(agent)) {
      add(agent.session, name, now - agent.since);
      add(agent.today, name, Math.min(now - agent.since, this.#clock.now() % DAY_MS));
    }
    if (kind === 'signIn') agent.session = new Map();
    agent.state = status.state;
    agent.since = now;
  }

  callEnded({ agentId, amounts, afterCall }: EndedLeg): void {
    const agent = this.#agents.get(agentId);
    if (agent === undefined) return;
    this.#turnDay(agent);
    for (const [name, amount] of amounts) {
      add(agent.session, name, amount);
      add(agent.today, name, amount);
    }
    agent.afterCall = afterCall;
  }

  /** Agents who have left the directory are forgotten. */
  forget(agentId: string): void {
    this.#agents.delete(agentId);
  }

  #added(agentId: string): Agent {
    const agent: Agent = {
      session: new Map(),
      today: new Map(),
      day: this.#day(),
      state: 'LOGOUT',
      since: this.#clock.monotonic(),
      afterCall: [],
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

function timesOf({ state, afterCall }: Agent): readonly string[] {
  if (state === 'LOGOUT') return [];
  return [...SIGNED_IN_TIMES, ...(TIMES_OF[state] ?? []), ...(WRAP_UP.has(state) ? afterCall : [])];
}
