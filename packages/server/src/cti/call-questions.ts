/**
 * Calls that were at a phone before anybody signed in there, and before this session: no event has told of them. Whoever signs in is asked
 * for them, once for each phone; from the beginning of the session on events tell of all calls (ged188.md 12, steps 4 and 5).
 */
import type { Recovery } from './recovery.ts';

/** How the questions about a phone and its calls went. */
export interface CallQuestionsEnd {
  /** One of them was not answered. */
  readonly untold: () => void;
  /** Nothing more is asked. */
  readonly finished: () => void;
}

export interface CallQuestionsDependencies {
  /** Asks for the calls of the phones that it is told of. */
  readonly recovery: (end: CallQuestionsEnd) => Recovery;
  /** A phone is asked for the first time, or was asked and an answer is missing. */
  readonly incomplete: (extension: string) => void;
  /** All its calls are told. */
  readonly complete: (extension: string) => void;
  /** Agents of other systems on the same CTI server are none of ours. */
  readonly isAgent: (agentId: string) => boolean;
}

export class CallQuestions {
  readonly #d: CallQuestionsDependencies;
  /** Extensions that have told their calls, or have been asked. */
  readonly #known = new Set<string>();
  /** Agents who are none of ours; one of ours may come to the same phone. */
  readonly #strangers = new Set<string>();
  /** Questions that are open, and the phone that each is about. */
  readonly #open = new Map<Recovery, string>();

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
    this.#d.incomplete(extension);
    this.askAgain(extension);
  }

  /** Whatever is known of the phone, and while an earlier question may be open, whose answer may be lost. */
  askAgain(extension: string): void {
    this.#known.add(extension);
    let complete = true;
    const recovery: Recovery = this.#d.recovery({
      untold: () => {
        // A later question about the phone was answered meanwhile.
        if (!this.#open.has(recovery)) return;
        complete = false;
        this.#d.incomplete(extension);
      },
      finished: () => {
        this.#open.delete(recovery);
        if (complete) this.#completed(extension);
      },
    });
    this.#open.set(recovery, extension);
    recovery.addPhone(extension);
  }

  /** A live event told of this call: an answer that comes now may be older. */
  touchCall(callId: number): void {
    for (const recovery of this.#open.keys()) recovery.touchCall(callId);
  }

  /** The session is over. */
  cancel(): void {
    for (const recovery of this.#open.keys()) recovery.cancel();
    this.#open.clear();
  }

  /** What else was asked of the phone may never be answered, and is not waited for. */
  #completed(extension: string): void {
    for (const [recovery, phone] of this.#open) {
      if (phone !== extension) continue;
      recovery.cancel();
      this.#open.delete(recovery);
    }
    this.#d.complete(extension);
  }
}
