/** Numbers of calls that are over, or go on under another number: late events must not bring them back. */

/** Remembered at most; the oldest are forgotten first. */
export const ENDED_CALLS_MAX = 4_096;

type Fate = { readonly now: 'over' } | { readonly now: 'merged' | 'renamed'; readonly into: string };

export class EndedCalls {
  readonly #fates = new Map<string, Fate>();

  /**
   * The number under which news of a call belongs now; null: it is old news. `begins`: the event proves that the
   * call is there, so a number that was used before is in use again.
   */
  current(id: string, begins: boolean): string | null {
    let at = id;
    // Renamed more often than this it is a loop.
    for (let steps = 0; steps < 8; steps += 1) {
      const fate = this.#fates.get(at);
      if (fate === undefined) return at;
      if (fate.now === 'merged') return null;
      if (fate.now === 'over') {
        if (!begins) return null;
        this.#fates.delete(at);
        return at;
      }
      at = fate.into;
    }
    return null;
  }

  /** The call that took this one up, if any. */
  mergedInto(id: string): string | undefined {
    const fate = this.#fates.get(id);
    return fate?.now === 'merged' ? fate.into : undefined;
  }

  over(id: string): void {
    if (!this.#fates.has(id)) this.#remember(id, { now: 'over' });
  }

  merged(id: string, into: string): void {
    this.#remember(id, { now: 'merged', into });
  }

  renamed(id: string, into: string): void {
    this.#fates.delete(into);
    this.#remember(id, { now: 'renamed', into });
  }

  #remember(id: string, fate: Fate): void {
    this.#fates.delete(id);
    this.#fates.set(id, fate);
    if (this.#fates.size > ENDED_CALLS_MAX) this.#fates.delete(this.#fates.keys().next().value!);
  }
}
