/** What a recovery leaves to be told when it is complete; one that was broken off says nothing. */
import type { Untold } from './recovery-requests.ts';

export class RecoveryReport {
  /** Users of ours whom the CTI server does not know. */
  readonly unknownAgents: string[] = [];
  /** What was not told within the deadline: what was known of it stands. */
  readonly untold: Untold[] = [];
  /** Answers that the recovery did not wait for. */
  stragglers = 0;

  /** For the operator. */
  get warnings(): readonly string[] {
    const [unknown] = this.unknownAgents;
    return [
      ...(unknown === undefined
        ? []
        : [
            `The CTI server does not know ${this.unknownAgents.length} of our users, for instance ${unknown}.`,
          ]),
      ...(this.stragglers === 0
        ? []
        : [
            `The CTI server left questions of the recovery unanswered (${this.stragglers}); it was ended without them, and what was known stands until an answer comes: they are asked again.`,
          ]),
    ];
  }
}
