/** Tells the other nodes of requests that are made here (docs/cluster.md). Never throws. */
import type { OwnEnd } from './agent-request.ts';
import type { ToldOutcome } from './foreign-requests.ts';

export interface RequestTeller<D> {
  /**
   * Before a request goes to the CTI server.
   * @param settleMs how long after its confirmation it may take until it is answered
   * @returns by what the others know it
   */
  asked(data: D, settleMs: number): number;
  /**
   * Calls back when the others have been told, so that they hear of the request before they hear what comes of it: at once when they have
   * been already, or cannot be; after some ms at most.
   */
  told(ref: number, then: () => void): void;
  /**
   * When it has been answered here; nothing has to have been told before.
   * @param ref of {@link asked}; undefined: it was never sent
   */
  ended(data: D, ref: number | undefined, outcome: ToldOutcome, end: OwnEnd['type']): void;
}
