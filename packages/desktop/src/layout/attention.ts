/** Which entries of the layout ask for attention: what they have to show is new, and nobody sees it (desktop.md 11). */

export class Attention {
  #asking: ReadonlySet<string> = new Set();
  readonly #listeners = new Set<() => void>();

  /** Ids of the entries; another set whenever it changes. */
  readonly snapshot = (): ReadonlySet<string> => this.#asking;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** An entry has something new. Who shows it takes it back with {@link seen}. */
  ask(id: string): void {
    if (!this.#asking.has(id)) this.#set(new Set([...this.#asking, id]));
  }

  seen(id: string): void {
    if (this.#asking.has(id)) this.#set(new Set([...this.#asking].filter((other) => other !== id)));
  }

  #set(asking: ReadonlySet<string>): void {
    this.#asking = asking;
    for (const listener of this.#listeners) listener();
  }
}
