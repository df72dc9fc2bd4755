/** What gadgets say of themselves while they run, for who shows them among others. */

export interface EntryFact {
  /** Empty: not known yet. */
  readonly title: string;
  /** Its tab of a Multi-Tab gadget is hidden. */
  readonly isHidden: boolean;
}

export class EntryFacts {
  #facts: ReadonlyMap<string, EntryFact> = new Map();
  readonly #listeners = new Set<() => void>();

  /** By id of the entry; another map whenever it changes. */
  readonly snapshot = (): ReadonlyMap<string, EntryFact> => this.#facts;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  tell(id: string, { title, isHidden }: EntryFact): void {
    const known = this.#facts.get(id);
    if (known?.title === title && known.isHidden === isHidden) return;
    this.#facts = new Map([...this.#facts, [id, { title, isHidden }]]);
    for (const listener of this.#listeners) listener();
  }
}
