/** One text that a tab keeps over a refresh of its page, enciphered: the key is where no script can read it. */
import type { Safe } from './kept-sign-in.ts';

export interface SealedPlace {
  /** Name of the entry in the tab's storage. */
  readonly entry: string;
  /** May throw, where the browser forbids it. */
  readonly storage: () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  readonly safe: Safe;
  /** Makes the name of a key; may throw, where there is no secure context. */
  readonly newName: () => string;
}

interface Sealed {
  readonly name: string;
  readonly sealed: string;
}

/** None of its methods throws or rejects: what cannot be kept is asked for again. */
export class SealedItem {
  readonly #place: SealedPlace;
  /** Grows with each text and its end, so that a late seal is not kept. */
  #number = 0;

  constructor(place: SealedPlace) {
    this.#place = place;
  }

  /** Null: nothing, or nothing that can be opened; that is thrown away. */
  async recall(): Promise<string | null> {
    const kept = this.#read();
    try {
      if (kept !== null) return await this.#place.safe.open(kept.name, kept.sealed);
    } catch {
      // The key is gone.
    }
    this.forget();
    return null;
  }

  async keep(text: string): Promise<void> {
    const number = ++this.#number;
    const { safe, storage, entry, newName } = this.#place;
    try {
      const name = newName();
      const sealed = await safe.seal(name, text);
      if (number !== this.#number) return void (await safe.forget(name));
      const before = this.#read();
      // A key of its own for each text: until the new one is stored, the one before can be opened.
      storage().setItem(entry, JSON.stringify({ name, sealed } satisfies Sealed));
      if (before !== null) await safe.forget(before.name);
    } catch {
      // No secure context, no store, no room.
    }
  }

  forget(): void {
    this.#number++;
    const kept = this.#read();
    try {
      this.#place.storage().removeItem(this.#place.entry);
    } catch {
      // Without its key it is of no use.
    }
    if (kept !== null) void this.#place.safe.forget(kept.name).catch(() => {});
  }

  #read(): Sealed | null {
    try {
      const { name, sealed } = JSON.parse(this.#place.storage().getItem(this.#place.entry) ?? '') as Record<
        string,
        unknown
      >;
      return typeof name === 'string' && typeof sealed === 'string' ? { name, sealed } : null;
    } catch {
      return null;
    }
  }
}
