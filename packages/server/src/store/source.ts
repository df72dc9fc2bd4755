/** The current directory: what is stored, with an in-memory layer beside it, replaced as a whole. */
import type { Directory, DirectoryListener, DirectorySection, DirectorySource } from './directory.ts';
import { createDirectory, type DirectoryData, EMPTY_DIRECTORY, mergeData } from './snapshot.ts';

const NOTHING: ReadonlySet<DirectorySection> = new Set();

/** A {@link DirectorySource} whose records are given to it. */
export class LayeredDirectory implements DirectorySource {
  readonly #listeners = new Set<DirectoryListener>();
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

  onChange(listener: DirectoryListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes what the store holds now, and tells everybody. @param changed default: everything may be different */
  replaceStored(
    stored: DirectoryData,
    changed: ReadonlySet<DirectorySection> = new Set(Object.keys(stored) as DirectorySection[]),
  ): void {
    this.#stored = stored;
    this.#rebuild(changed);
  }

  replaceBeside(beside: DirectoryData): void {
    this.#beside = beside;
    this.#rebuild(NOTHING);
  }

  #rebuild(changed: ReadonlySet<DirectorySection>): void {
    this.#current = createDirectory(this.#current.version + 1, mergeData(this.#stored, this.#beside));
    for (const listener of [...this.#listeners]) listener(this.#current, changed);
  }
}
