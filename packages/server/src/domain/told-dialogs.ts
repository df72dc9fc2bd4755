/** The dialogs as their users were told of them last, by number and by the extensions of those who see them. */
import type { Dialog } from './dialog.ts';
import type { Seen } from './dialog-difference.ts';

export class ToldDialogs {
  readonly #told = new Map<string, Seen>();
  readonly #byExtension = new Map<string, Set<string>>();

  get size(): number {
    return this.#told.size;
  }

  get(id: string): Seen | undefined {
    return this.#told.get(id);
  }

  has(id: string): boolean {
    return this.#told.has(id);
  }

  ids(): readonly string[] {
    return [...this.#told.keys()];
  }

  /** What the user at an extension sees, oldest first. */
  at(extension: string): readonly Dialog[] {
    return [...(this.#byExtension.get(extension) ?? [])].map((id) => this.#told.get(id)!.dialog);
  }

  set(id: string, seen: Seen): void {
    const before = this.#told.get(id);
    this.#told.set(id, seen);
    for (const extension of before?.viewers.keys() ?? [])
      if (!seen.viewers.has(extension)) this.#remove(extension, id);
    for (const extension of seen.viewers.keys()) {
      const ids = this.#byExtension.get(extension);
      if (ids === undefined) this.#byExtension.set(extension, new Set([id]));
      else ids.add(id);
    }
  }

  delete(id: string): void {
    for (const extension of this.#told.get(id)?.viewers.keys() ?? []) this.#remove(extension, id);
    this.#told.delete(id);
  }

  #remove(extension: string, id: string): void {
    const ids = this.#byExtension.get(extension);
    ids?.delete(id);
    if (ids?.size === 0) this.#byExtension.delete(extension);
  }
}
