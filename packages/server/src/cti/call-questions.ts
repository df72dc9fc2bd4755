/**
 * Calls that were at a phone before anybody signed in there, and before this session: no event has told of them. Whoever signs in is asked
 * for them, once for each phone; from the beginning of the session on events tell of all calls (ged188.md 12, steps 4 and 5).
 */
import type { Recovery } from './recovery.ts';

export interface CallQuestionsDependencies {
  /** Asks for the calls of the phones that it is told of. */
  readonly recovery: (finished: () => void) => Recovery;
  /** Agents of other systems on the same CTI server are none of ours. */
  readonly isAgent: (agentId: string) => boolean;
}

export class CallQuestions {
  readonly #d: CallQuestionsDependencies;
  /** Extensions that have told their calls, or have been asked. */
  readonly #known = new Set<string>();
  /** Agents who are none of ours; one of ours may come to the same phone. */
  readonly #strangers = new Set<string>();
  readonly #open = new Set<Recovery>();

  constructor(dependencies: CallQuestionsDependencies) {
    this.#d = dependencies;
  }

  /** The phone has told its calls. */
  told(extension: string): void {
    this.#known.add(extension);
  }

  /** A live event, or an answer while in service, shows the agent at this phone; empty: at none. */
  ask(agentId: string, extension: string): void {
    if (extension === '' || this.#known.has(extension) || this.#strangers.has(agentId)) return;
    if (!this.#d.isAgent(agentId)) {
      this.#strangers.add(agentId);
      return;
    }
    this.#known.add(extension);
    const recovery: Recovery = this.#d.recovery(() => this.#open.delete(recovery));
    this.#open.add(recovery);
    recovery.touch(agentId, extension);
  }

  /** A live event told of this call: an answer that comes now may be older. */
  touchCall(callId: number): void {
    for (const recovery of this.#open) recovery.touchCall(callId);
  }

  /** The session is over. */
  cancel(): void {
    for (const recovery of this.#open) recovery.cancel();
    this.#open.clear();
  }
}
