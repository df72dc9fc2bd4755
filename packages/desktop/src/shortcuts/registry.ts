/** All shortcuts of the page: those of the table, and those that gadgets add while they are shown. */
import { SHORTCUTS, type Shortcut } from './shortcut.ts';

export class ShortcutRegistry {
  #all: readonly Shortcut[] = SHORTCUTS;
  readonly #listeners = new Set<() => void>();

  readonly snapshot = (): readonly Shortcut[] => this.#all;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** @returns what takes it away again */
  add(shortcut: Shortcut): () => void {
    this.#set([...this.#all, shortcut]);
    return () => this.#set(this.#all.filter((other) => other !== shortcut));
  }

  /** Those of gadgets, all of them. */
  setGadgets(shortcuts: readonly Shortcut[]): void {
    const others = this.#all.filter(({ group }) => group !== 'gadget');
    if (shortcuts.length > 0 || others.length < this.#all.length) this.#set([...others, ...shortcuts]);
  }

  #set(all: readonly Shortcut[]): void {
    this.#all = all;
    for (const listener of this.#listeners) listener();
  }
}
