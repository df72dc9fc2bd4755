import type { Element } from '@poise/xml';
import { find, idOf, list, number, text, time } from './read.ts';

/** Present figures of a queue; null: nobody works for it, or unknown (the wire says -1). */
export interface QueueStatistics {
  readonly callsInQueue: number | null;
  /** Null when no call waits. */
  readonly startTimeOfLongestCallInQueue: Date | null;
  readonly agentsReady: number | null;
  readonly agentsNotReady: number | null;
  readonly agentsBusyOther: number | null;
  readonly agentsLoggedOn: number | null;
  readonly agentsTalkingInbound: number | null;
  readonly agentsTalkingOutbound: number | null;
  readonly agentsTalkingInternal: number | null;
  readonly agentsWrapUpNotReady: number | null;
  readonly agentsWrapUpReady: number | null;
}

export interface Queue {
  readonly uri: string;
  readonly id: string;
  /** '' in the update of a queue that is gone. */
  readonly name: string;
  readonly statistics: QueueStatistics;
}

export function readQueue(element: Element): Queue {
  const statistics = find(element, 'statistics');
  const figure = (name: string): number | null => {
    const value = number(statistics, name);
    return value === null || value < 0 ? null : value;
  };
  return {
    uri: text(element, 'uri'),
    id: idOf(element),
    name: text(element, 'name'),
    statistics: {
      callsInQueue: figure('callsInQueue'),
      startTimeOfLongestCallInQueue: time(statistics, 'startTimeOfLongestCallInQueue'),
      agentsReady: figure('agentsReady'),
      agentsNotReady: figure('agentsNotReady'),
      agentsBusyOther: figure('agentsBusyOther'),
      agentsLoggedOn: figure('agentsLoggedOn'),
      agentsTalkingInbound: figure('agentsTalkingInbound'),
      agentsTalkingOutbound: figure('agentsTalkingOutbound'),
      agentsTalkingInternal: figure('agentsTalkingInternal'),
      agentsWrapUpNotReady: figure('agentsWrapUpNotReady'),
      agentsWrapUpReady: figure('agentsWrapUpReady'),
    },
  };
}

export function readQueues(root: Element): Queue[] {
  return list(root, 'Queue').map(readQueue);
}
