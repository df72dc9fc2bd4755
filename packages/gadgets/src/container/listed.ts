/** A list that others look at: another array whenever it changes. */
export class Listed<T> {
  #all: readonly T[] = [];
  readonly #listeners = new Set<() => void>();

  readonly snapshot = (): readonly T[] => this.#all;

  /** @returns the function that ends it */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  set(all: readonly T[]): void {
    if (all.length === 0 && this.#all.length === 0) return;
    this.#all = all;
    for (const listener of this.#listeners) listener();
  }
}
