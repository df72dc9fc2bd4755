/**
 * Asks the CTI server for the figures of all queues, round after round: GED-188 has statistics for the asking
 * only. A round starts every `intervalMs` while the link is in service, never before the last one has ended.
 */
import type { Clock, Timer } from '@poise/clock';
import type { Fields } from '@poise/ged188';
import type { QueueStatistics } from '../domain/queues.ts';

/** Skill group as the CTI server calls it. */
export interface SkillGroupKey {
  readonly number: number;
  readonly id: number;
}

export interface QueuePollerDependencies {
  readonly clock: Clock;
  /** Sends one query; `answered` is called exactly once, with null when there is no answer or it is a refusal. */
  readonly query: (group: SkillGroupKey, answered: (fields: Fields | null) => void) => void;
  readonly inService: () => boolean;
  readonly groups: () => readonly SkillGroupKey[];
  readonly heard: (number: number, statistics: QueueStatistics) => void;
  readonly intervalMs: number;
  /** Queries under way at a time. */
  readonly window: number;
}

export const QUEUE_POLLER_DEFAULTS = { intervalMs: 10_000, window: 50 } as const;

/** Most queues of one round (desktop.md 9); with more, rounds take turns. */
export const QUEUES_PER_ROUND_MAX = 751;

export class QueuePoller {
  readonly #d: QueuePollerDependencies;
  #timer: Timer | null = null;
  #round: { readonly groups: readonly SkillGroupKey[]; next: number; inFlight: number } | null = null;
  /** Where the next round begins, when there are more queues than fit into one. */
  #offset = 0;
  #stopped = true;

  constructor(dependencies: QueuePollerDependencies) {
    this.#d = dependencies;
  }

  /** The link is in service: the first round starts at once. */
  start(): void {
    this.#stopped = false;
    this.#timer?.cancel();
    this.#begin();
  }

  /** The link is gone; answers that still come are dropped. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#timer = null;
    this.#round = null;
  }

  #begin(): void {
    const { clock, groups, inService, intervalMs } = this.#d;
    this.#timer = clock.schedule(intervalMs, () => {
      this.#timer = null;
      // A slow round is not overtaken: the next one follows when it has ended.
      if (this.#round === null) this.#begin();
    });
    if (!inService()) return;
    const all = groups();
    const from = this.#offset < all.length ? this.#offset : 0;
    const chosen = all.slice(from, from + QUEUES_PER_ROUND_MAX);
    this.#offset = from + chosen.length;
    if (chosen.length === 0) return;
    this.#round = { groups: chosen, next: 0, inFlight: 0 };
    this.#send();
  }

  #send(): void {
    const round = this.#round;
    if (round === null) return;
    const { window, query, heard, clock } = this.#d;
    while (round.inFlight < window && round.next < round.groups.length) {
      const group = round.groups[round.next]!;
      round.next += 1;
      round.inFlight += 1;
      query(group, (fields) => {
        round.inFlight -= 1;
        if (this.#stopped || this.#round !== round) return;
        if (fields !== null) heard(group.number, statisticsOf(fields, clock.now()));
        if (round.next >= round.groups.length) {
          if (round.inFlight > 0) return;
          this.#round = null;
          if (this.#timer === null) this.#begin();
        } else clock.schedule(0, () => this.#send());
      });
    }
  }
}

/** What the CTI server says with 0xffffffff: unknown. */
const UNKNOWN = 0xffffffff;

/** The fields of QUERY_SKILL_GROUP_STATISTICS_CONF in our words (ged188.md 14). */
export function statisticsOf(fields: Fields, now: number): QueueStatistics {
  const count = (name: string): number => {
    const value = fields[name];
    return typeof value === 'number' && value !== UNKNOWN ? value : 0;
  };
  const router = count('RouterCallsQNow');
  const callsInQueue = router > 0 ? router : count('CallsQNow');
  const waitedSeconds = count(router > 0 ? 'LongestRouterCallQNow' : 'LongestCallQNow');
  return {
    callsInQueue,
    startTimeOfLongestCallInQueue: callsInQueue > 0 ? now - waitedSeconds * 1000 : null,
    agentsReady: count('AgentsReady'),
    agentsNotReady: count('AgentsNotReady'),
    agentsBusyOther: count('AgentsBusyOther'),
    agentsLoggedOn: count('AgentsLoggedOn'),
    agentsTalkingInbound: count('AgentsTalkingIn'),
    agentsTalkingOutbound: count('AgentsTalkingOut'),
    agentsTalkingInternal: count('AgentsTalkingOther'),
    agentsWrapUpNotReady: count('AgentsWorkNotReady'),
    agentsWrapUpReady: count('AgentsWorkReady'),
  };
}
