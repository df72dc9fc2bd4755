import { expect, it } from 'vitest';
import { QueueBook, type QueueStatistics } from './queues.ts';

const figures = (more: Partial<QueueStatistics> = {}): QueueStatistics => ({
  callsInQueue: 0,
  startTimeOfLongestCallInQueue: null,
  agentsReady: 1,
  agentsNotReady: 0,
  agentsBusyOther: 0,
  agentsLoggedOn: 1,
  agentsTalkingInbound: 0,
  agentsTalkingOutbound: 0,
  agentsTalkingInternal: 0,
  agentsWrapUpNotReady: 0,
  agentsWrapUpReady: 0,
  ...more,
});

it('tells whether figures changed', () => {
  const book = new QueueBook();
  expect(book.put(1, figures())).toBe(true);
  expect(book.put(1, figures())).toBe(false);
  expect(book.put(1, figures({ agentsReady: 2 }))).toBe(true);
  expect(book.get(1)?.agentsReady).toBe(2);
  book.forget(1);
  expect(book.get(1)).toBeUndefined();
});

it('holds the start of the longest call still although it is told in whole seconds', () => {
  const book = new QueueBook();
  book.put(1, figures({ callsInQueue: 1, startTimeOfLongestCallInQueue: 100_000 }));
  expect(book.put(1, figures({ callsInQueue: 1, startTimeOfLongestCallInQueue: 100_900 }))).toBe(false);
  expect(book.get(1)?.startTimeOfLongestCallInQueue).toBe(100_000);
  expect(book.put(1, figures({ callsInQueue: 1, startTimeOfLongestCallInQueue: 130_000 }))).toBe(true);
});
