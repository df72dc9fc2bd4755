/**
 * Our picture of the queues: the figures that the CTI server told last (objects.md 5). Polled, because
 * GED-188 has no event for them; replaced as a whole.
 */

/** Present figures of one queue. Counts are 0 or more. */
export interface QueueStatistics {
  readonly callsInQueue: number;
  /** Wall ms, null when no call waits. */
  readonly startTimeOfLongestCallInQueue: number | null;
  readonly agentsReady: number;
  readonly agentsNotReady: number;
  readonly agentsBusyOther: number;
  readonly agentsLoggedOn: number;
  readonly agentsTalkingInbound: number;
  readonly agentsTalkingOutbound: number;
  readonly agentsTalkingInternal: number;
  readonly agentsWrapUpNotReady: number;
  readonly agentsWrapUpReady: number;
}

/** How far two answers may differ in the start of the longest call and still mean the same call, ms. */
const SAME_START_MS = 1_500;

/** Figures by queue number. */
export class QueueBook {
  readonly #statistics = new Map<number, QueueStatistics>();

  /** Undefined: not told yet. */
  get(number: number): QueueStatistics | undefined {
    return this.#statistics.get(number);
  }

  /** @returns whether anything changed that is printed */
  put(number: number, statistics: QueueStatistics): boolean {
    const before = this.#statistics.get(number);
    // The CTI server tells how long the call has waited, in seconds: the start computed from it trembles.
    const after = { ...statistics, startTimeOfLongestCallInQueue: steadyStart(before, statistics) };
    this.#statistics.set(number, after);
    return before === undefined || !sameStatistics(before, after);
  }

  forget(number: number): void {
    this.#statistics.delete(number);
  }
}

function steadyStart(before: QueueStatistics | undefined, after: QueueStatistics): number | null {
  const start = after.startTimeOfLongestCallInQueue;
  const known = before?.startTimeOfLongestCallInQueue ?? null;
  return start !== null && known !== null && Math.abs(start - known) <= SAME_START_MS ? known : start;
}

function sameStatistics(a: QueueStatistics, b: QueueStatistics): boolean {
  return (Object.keys(a) as (keyof QueueStatistics)[]).every((key) => a[key] === b[key]);
}
