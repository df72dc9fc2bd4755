/** What a registry holds under a key. */
export interface Entry {
  /** As {@link Bus} words, joined by dots. */
  readonly key: string;
  readonly value: Uint8Array;
  /** Grows with every write to the bucket, also with removals. */
  readonly revision: number;
}

/** What a watcher is told; its functions must not throw. */
export interface Watcher {
  changed(entry: Entry): void;
  /** Removed, or its lifetime is over. */
  removed(key: string): void;
  /**
   * All that was there has been told. Comes again after the registry was out of reach or a bucket was lost, after everything has been
   * told anew: what was not told again is not there any more (and has been told as removed).
   */
  current(): void;
}

/**
 * Keys and values that all nodes share: one bucket of {@link BUCKETS}. All promises reject with {@link UnreachableError} when the
 * registry cannot be asked (within 2 s) or does not take the value, and for no other reason: after one, nothing is known of whether it
 * was written.
 */
export interface Registry {
  get(key: string): Promise<Entry | undefined>;
  /**
   * @param value at most {@link VALUE_BYTES_MAX}
   * @returns the revision; the lifetime of the entry begins anew
   */
  put(key: string, value: Uint8Array): Promise<number>;
  /**
   * Writes if the key still is as it was read.
   * @param revision that was read; 0: there must be none
   * @returns the new revision; undefined: somebody else has written
   */
  compareAndSet(key: string, value: Uint8Array, revision: number): Promise<number | undefined>;
  /** @param revision that was read; without it, whatever is there. @returns false: somebody else has written */
  remove(key: string, revision?: number): Promise<boolean>;
  /** @param prefix words with a dot at the end, or empty for all. @returns ends it */
  watch(prefix: string, watcher: Watcher): () => void;
}

/** Longest message and longest value, bytes: below what an engine takes by default. */
export const VALUE_BYTES_MAX = 512 * 1024;

/** The registry cannot be asked now; nothing is known of what it holds. */
export class UnreachableError extends Error {
  constructor(what = 'The nodes cannot reach what they share.') {
    super(what);
    this.name = 'UnreachableError';
  }
}

/**
 * The buckets, and how long an entry lives after its last write, ms; 0: until it is removed. NATS servers before 2.11 know a
 * lifetime for a bucket only, so it is no argument of a write.
 */
export const BUCKETS = {
  /** Which nodes live: written anew every 2 s. */
  nodes: 10_000,
  /** Who may do what only one node does. */
  leases: 30_000,
  /** At which node a user has sessions; counts as long as that node lives. */
  presence: 0,
  /** Keyed verifiers of passwords that a node has checked. */
  verifiers: 1_800_000,
} as const satisfies Record<string, number>;

export type Bucket = keyof typeof BUCKETS;
