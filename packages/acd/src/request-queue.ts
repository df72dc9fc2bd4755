/**
 * Keeps the requests of one agent in order although a password check takes time: a request that has to
 * wait holds back the later ones of the same agent and nobody else's.
 */
export class RequestQueue {
  readonly #waiting = new Map<string, (() => Promise<void> | undefined)[]>();
  readonly #perAgentMax: number;

  constructor(perAgentMax: number) {
    this.#perAgentMax = perAgentMax;
  }

  /**
   * Runs the task now, or after the earlier ones of the agent. A task that returns a promise holds back
   * the next; it must not reject.
   * @returns false if too many requests of the agent are waiting; the task is then not run
   */
  run(agentId: string, task: () => Promise<void> | undefined): boolean {
    const waiting = this.#waiting.get(agentId);
    if (waiting) {
      if (waiting.length >= this.#perAgentMax) return false;
      waiting.push(task);
      return true;
    }
    const pending = task();
    if (pending) {
      this.#waiting.set(agentId, []);
      void pending.then(() => this.#next(agentId));
    }
    return true;
  }

  /** Agents with a request under way. */
  get size(): number {
    return this.#waiting.size;
  }

  #next(agentId: string): void {
    const waiting = this.#waiting.get(agentId);
    for (;;) {
      const task = waiting?.shift();
      if (!task) break;
      const pending = task();
      if (pending) {
        void pending.then(() => this.#next(agentId));
        return;
      }
    }
    this.#waiting.delete(agentId);
  }
}
