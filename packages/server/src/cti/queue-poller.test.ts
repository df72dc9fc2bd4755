import { VirtualClock } from '@poise/clock';
import type { Fields } from '@poise/ged188';
import { describe, expect, it } from 'vitest';
import type { QueueStatistics } from '../domain/queues.ts';
import { QUEUES_PER_ROUND_MAX, QueuePoller, type SkillGroupKey, statisticsOf } from './queue-poller.ts';

const NOW = Date.parse('2026-01-13T11:07:11.466Z');

function polled(count: number, more: { window?: number; inService?: () => boolean } = {}) {
  const clock = new VirtualClock(NOW);
  const asked: { group: SkillGroupKey; answer: (fields: Fields | null) => void }[] = [];
  const heard: [number, QueueStatistics][] = [];
  const groups = Array.from({ length: count }, (_, i) => ({ number: i + 1, id: 5000 + i }));
  const poller = new QueuePoller({
    clock,
    query: (group, answer) => asked.push({ group, answer }),
    inService: more.inService ?? (() => true),
    groups: () => groups,
    heard: (number, statistics) => heard.push([number, statistics]),
    intervalMs: 10_000,
    window: more.window ?? 50,
  });
  return { clock, asked, heard, poller };
}

describe('the poller of queue figures', () => {
  it('asks for every queue at once when it starts, and again every ten seconds', () => {
    const { clock, asked, heard, poller } = polled(3);
    poller.start();
    expect(asked.map(({ group }) => group.number)).toEqual([1, 2, 3]);
    for (const { answer } of asked.splice(0)) answer({ AgentsReady: 2 });
    expect(heard.map(([number, { agentsReady }]) => [number, agentsReady])).toEqual([
      [1, 2],
      [2, 2],
      [3, 2],
    ]);
    clock.advance(9_999);
    expect(asked).toHaveLength(0);
    clock.advance(1);
    expect(asked).toHaveLength(3);
  });

  it('keeps no more than a window of queries under way', () => {
    const { clock, asked, poller } = polled(5, { window: 2 });
    poller.start();
    expect(asked).toHaveLength(2);
    asked[0]!.answer(null);
    clock.advance(0);
    expect(asked.map(({ group }) => group.number)).toEqual([1, 2, 3]);
  });

  it('never starts a round before the last one has ended', () => {
    const { clock, asked, poller } = polled(1);
    poller.start();
    clock.advance(35_000);
    expect(asked).toHaveLength(1);
    asked[0]!.answer({ AgentsReady: 1 });
    expect(asked).toHaveLength(2);
  });

  it('takes turns when there are more queues than fit into a round', () => {
    const { clock, asked, poller } = polled(QUEUES_PER_ROUND_MAX + 2, { window: 10_000 });
    poller.start();
    for (const { answer } of asked.splice(0)) answer(null);
    clock.advance(10_000);
    expect(asked.map(({ group }) => group.number)).toEqual([752, 753]);
    for (const { answer } of asked.splice(0)) answer(null);
    clock.advance(10_000);
    expect(asked[0]!.group.number).toBe(1);
  });

  it('drops answers that come after the link was lost, and asks nothing while it is away', () => {
    let up = true;
    const { clock, asked, heard, poller } = polled(1, { inService: () => up });
    poller.start();
    poller.stop();
    asked[0]!.answer({ AgentsReady: 1 });
    clock.advance(60_000);
    expect(heard).toEqual([]);
    expect(asked).toHaveLength(1);
    up = false;
    poller.start();
    clock.advance(10_000);
    expect(asked).toHaveLength(1);
  });
});

describe('QUERY_SKILL_GROUP_STATISTICS_CONF in our words', () => {
  it('takes the calls that wait at the router, and when the first of them came', () => {
    const fields = {
      RouterCallsQNow: 3,
      LongestRouterCallQNow: 17,
      CallsQNow: 1,
      AgentsReady: 4,
      AgentsTalkingIn: 5,
      AgentsTalkingOut: 6,
      AgentsTalkingOther: 7,
      AgentsWorkReady: 8,
      AgentsWorkNotReady: 9,
      AgentsNotReady: 10,
      AgentsBusyOther: 11,
      AgentsLoggedOn: 12,
    };
    expect(statisticsOf(fields, NOW)).toEqual({
      callsInQueue: 3,
      startTimeOfLongestCallInQueue: NOW - 17_000,
      agentsReady: 4,
      agentsTalkingInbound: 5,
      agentsTalkingOutbound: 6,
      agentsTalkingInternal: 7,
      agentsWrapUpReady: 8,
      agentsWrapUpNotReady: 9,
      agentsNotReady: 10,
      agentsBusyOther: 11,
      agentsLoggedOn: 12,
    });
  });

  it('takes those at the peripheral where no router has any, and unknown figures as none', () => {
    const told = statisticsOf({ RouterCallsQNow: 0xffffffff, CallsQNow: 2, LongestCallQNow: 5 }, NOW);
    expect([told.callsInQueue, told.startTimeOfLongestCallInQueue]).toEqual([2, NOW - 5_000]);
    expect(statisticsOf({ LongestRouterCallQNow: 9 }, NOW).startTimeOfLongestCallInQueue).toBeNull();
  });
});
