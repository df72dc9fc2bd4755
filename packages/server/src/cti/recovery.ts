/**
 * Asks the CTI server for the state of every agent after the link came (back), a window of requests at a
 * time (GED-188: restart of a client). A live event that arrives meanwhile is newer than any answer.
 */
import type { AgentKey } from './agent-messages.ts';

export interface RecoveryDependencies {
  /** Sends one query; `done` is called once, with or without an answer. */
  readonly query: (agent: AgentKey, done: () => void) => void;
  readonly finished: () => void;
  /** Queries in flight: 1,000 for the embedded server, 50 for others. */
  readonly window: number;
}

export class Recovery {
  readonly #d: RecoveryDependencies;
  readonly #waiting: readonly AgentKey[];
  readonly #touched = new Set<string>();
  #next = 0;
  #inFlight = 0;
  #over = false;
  #sending = false;

  constructor(agents: readonly AgentKey[], dependencies: RecoveryDependencies) {
    this.#waiting = agents;
    this.#d = dependencies;
  }

  start(): void {
    this.#send();
  }

  /** A live event told of this agent: its query is out of date. */
  touch(agentId: string): void {
    this.#touched.add(agentId);
  }

  /** Whether an answer about this agent may still be used. */
  isFresh(agentId: string): boolean {
    return !this.#over && !this.#touched.has(agentId);
  }

  /** The link was lost: nothing more is sent or reported. */
  cancel(): void {
    this.#over = true;
  }

  #send(): void {
    // An answer that comes at once must not nest a thousand deep.
    if (this.#sending) return;
    this.#sending = true;
    while (!this.#over && this.#inFlight < this.#d.window && this.#next < this.#waiting.length) {
      const agent = this.#waiting[this.#next]!;
      this.#next += 1;
      this.#inFlight += 1;
      let answered = false;
      this.#d.query(agent, () => {
        if (answered) return;
        answered = true;
        this.#inFlight -= 1;
        this.#send();
      });
    }
    this.#sending = false;
    if (!this.#over && this.#inFlight === 0 && this.#next >= this.#waiting.length) {
      this.#over = true;
      this.#d.finished();
    }
  }
}
