/** The current directory: what is stored, with an in-memory layer beside it, replaced as a whole. */
import type { Directory, DirectorySource } from './directory.ts';
import { createDirectory, type DirectoryData, EMPTY_DIRECTORY, mergeData } from './snapshot.ts';

/** A {@link DirectorySource} whose records are given to it. */
export class LayeredDirectory implements DirectorySource {
  readonly #listeners = new Set<(directory: Directory) => void>();
  #stored: DirectoryData;
  #beside: DirectoryData;
  #current: Directory;

  /** @param beside records that are not stored (demonstration and bench users) */
  constructor(stored: DirectoryData = EMPTY_DIRECTORY, beside: DirectoryData = EMPTY_DIRECTORY) {
    this.#stored = stored;
    this.#beside = beside;
    this.#current = createDirectory(1, mergeData(stored, beside));
  }

  get current(): Directory {
    return this.#current;
  }

  onChange(listener: (directory: Directory) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes what the store holds now, and tells everybody. */
  replaceStored(stored: DirectoryData): void {
    this.#stored = stored;
    this.#rebuild();
  }

  replaceBeside(beside: DirectoryData): void {
    this.#beside = beside;
    this.#rebuild();
  }

  #rebuild(): void {
    this.#current = createDirectory(this.#current.version + 1, mergeData(this.#stored, this.#beside));
    for (const listener of [...this.#listeners]) listener(this.#current);
  }
}
