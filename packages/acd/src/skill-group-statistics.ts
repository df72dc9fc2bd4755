import type { Clock } from '@poise/clock';
import type { Fields } from '@poise/ged188';
import { type EndedLeg, WRAP_UP } from './agent-legs.ts';
import type { AgentChange } from './agent-model.ts';
import type { AgentStateName } from './agent-state.ts';
import { add, counterFields } from './counters.ts';

/**
 * The counters of QUERY_SKILL_GROUP_STATISTICS_CONF (ged188.md 11): of the current five minutes, the current half
 * hour and the day. Intervals follow each other on the clock (UTC) and begin at 0. Nothing runs for its own sake: a
 * group knows how many agents each of its times runs for, and works the times out when that number changes or
 * somebody asks.
 */

const MINUTE_MS = 60_000;
/** Suffix of the counters and length. */
const INTERVALS: readonly (readonly [suffix: string, ms: number])[] = [
  ['To5', 5 * MINUTE_MS],
  ['ToHalf', 30 * MINUTE_MS],
  ['Today', 24 * 60 * MINUTE_MS],
];

/** Times that run in every group of an agent who is in the state. */
const TIMES_OF: Readonly<Partial<Record<AgentStateName, string>>> = {
  AVAILABLE: 'AvailTime',
  NOT_READY: 'NotReadyTime',
};

/** Counters that agents have and skill groups have not. */
const AGENTS_ONLY: ReadonlySet<string> = new Set(['InternalCalls', 'InternalCallsTime']);

/** A time that runs for an agent in a group. */
type Running = readonly [skillGroup: number, name: string];

interface Member {
  skillGroups: readonly number[];
  running: readonly Running[];
  /** What runs while the agent wraps up the call that was left last. */
  afterCall: readonly Running[];
}

export class SkillGroupStatistics {
  readonly #clock: Clock;
  readonly #groups = new Map<number, GroupCounters>();
  readonly #members = new Map<string, Member>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The counters of a group but those that are 0. */
  of(skillGroup: number): Fields {
    return this.#groups.get(skillGroup)?.fields() ?? {};
  }

  agent({ agent: { profile, status } }: AgentChange): void {
    const member = this.#member(profile.loginId);
    const { skillGroups } = profile;
    member.skillGroups = skillGroups;
    const running: Running[] = [];
    if (status.state !== 'LOGOUT') {
      const time = TIMES_OF[status.state];
      for (const number of skillGroups) {
        running.push([number, 'LoggedOnTime']);
        if (time !== undefined) running.push([number, time]);
      }
      if (WRAP_UP.has(status.state)) running.push(...member.afterCall);
    }
    this.#run(member, running);
  }

  /** Counts in the group that the call was for, of the agent's first group where it was for none of them. */
  callEnded({ agentId, skillGroup, amounts, afterCall }: EndedLeg): void {
    const member = this.#members.get(agentId);
    if (!member) return;
    const home = member.skillGroups.includes(skillGroup ?? -1) ? skillGroup : member.skillGroups[0];
    if (home == null) return;
    for (const [name, amount] of amounts) if (!AGENTS_ONLY.has(name)) this.#group(home).add(name, amount);
    member.afterCall = afterCall.map((name) => [home, name]);
  }

  /** Agents who have left the directory (and were signed out before) are forgotten; what they did stays. */
  forget(agentId: string): void {
    this.#members.delete(agentId);
  }

  #run(member: Member, running: readonly Running[]): void {
    for (const [number, name] of member.running) this.#group(number).run(name, -1);
    for (const [number, name] of running) this.#group(number).run(name, 1);
    member.running = running;
  }

  #member(agentId: string): Member {
    let member = this.#members.get(agentId);
    if (!member) {
      member = { skillGroups: [], running: [], afterCall: [] };
      this.#members.set(agentId, member);
    }
    return member;
  }

  #group(number: number): GroupCounters {
    let group = this.#groups.get(number);
    if (!group) {
      group = new GroupCounters(this.#clock);
      this.#groups.set(number, group);
    }
    return group;
  }
}

/** The counters of one group in the three intervals. */
class GroupCounters {
  readonly #clock: Clock;
  readonly #intervals = INTERVALS.map(([suffix, ms]) => ({
    suffix,
    ms,
    number: -1,
    counters: new Map<string, number>(),
  }));
  /** For how many agents each time runs. */
  readonly #running = new Map<string, number>();
  /** Monotonic ms up to which the running times are worked out. */
  #settledAt: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#settledAt = clock.monotonic();
  }

  add(name: string, amount: number): void {
    this.#settle();
    for (const { counters } of this.#intervals) add(counters, name, amount);
  }

  /** The time runs for one agent more or less. */
  run(name: string, by: 1 | -1): void {
    this.#settle();
    add(this.#running, name, by);
  }

  fields(): Fields {
    this.#settle();
    return Object.assign(
      {},
      ...this.#intervals.map(({ counters, suffix }) => counterFields(counters, suffix)),
    );
  }

  #settle(): void {
    const elapsed = this.#clock.monotonic() - this.#settledAt;
    const wall = this.#clock.now();
    this.#settledAt += elapsed;
    for (const interval of this.#intervals) {
      const number = Math.floor(wall / interval.ms);
      if (number !== interval.number) interval.counters.clear();
      interval.number = number;
      const within = Math.min(elapsed, wall % interval.ms);
      for (const [name, agents] of this.#running) add(interval.counters, name, agents * within);
    }
  }
}
