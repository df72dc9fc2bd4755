/**
 * Explicit subscriptions of bare JIDs, kept over restarts as the original keeps them. All of them are in
 * memory; changes are written behind, some at a time, so that subscribing never waits for the disk.
 */
import type { Clock } from '@poise/clock';
import type { KeptSubscription, KeptSubscriptions } from '@poise/xmpp';
import type { Directory } from '../store/directory.ts';
import { foldId } from '../store/snapshot.ts';
import type { SubscriptionRecord } from '../store/subscription-repository.ts';
import { WriteBehind } from '../store/write-behind.ts';

/** Where they are kept; the store has it. */
export interface SubscriptionStore {
  all(): Promise<readonly SubscriptionRecord[]>;
  /** Those of some users, by folded login id. Absent: no other process writes. */
  of?(loginIds: readonly string[]): Promise<readonly SubscriptionRecord[]>;
  /** In one transaction. */
  write(
    saved: readonly SubscriptionRecord[],
    removed: readonly Pick<SubscriptionRecord, 'loginId' | 'node'>[],
  ): Promise<void>;
}

export interface StoredSubscriptionsOptions {
  readonly store: SubscriptionStore;
  readonly clock: Clock;
  /** Users whose subscriptions are not worth keeping. */
  readonly isPassing?: (user: string) => boolean;
  readonly onProblem: (error: unknown) => void;
}

const WRITE_AFTER_MS = 1_000;
/** Subscriptions of one transaction. */
const BATCH = 1_000;
const NOTHING: ReadonlyMap<string, string> = new Map();

/** A subscription that differs from what is stored; no subid: it is gone. */
interface Changed extends Omit<SubscriptionRecord, 'subid'> {
  readonly subid: string | undefined;
}

export class StoredSubscriptions implements KeptSubscriptions {
  readonly #options: StoredSubscriptionsOptions;
  /** By user and node. */
  readonly #behind: WriteBehind<string, Changed>;
  /** What is not known to be stored yet. */
  readonly #own = new Map<string, Changed>();
  readonly #listeners = new Set<(user: string) => void>();
  /** Subids by node, by folded login id. */
  readonly #kept = new Map<string, Map<string, string>>();

  private constructor(options: StoredSubscriptionsOptions) {
    const { store, clock, onProblem } = options;
    this.#options = options;
    this.#behind = new WriteBehind({
      clock,
      onProblem,
      afterMs: WRITE_AFTER_MS,
      batch: BATCH,
      write: async (batch) => {
        const changed = batch.map(([, change]) => change);
        await store.write(
          changed.flatMap(({ subid, ...rest }) => (subid === undefined ? [] : [{ ...rest, subid }])),
          changed.flatMap(({ subid, ...rest }) => (subid === undefined ? [rest] : [])),
        );
        for (const [key, change] of batch) if (this.#own.get(key) === change) this.#own.delete(key);
      },
    });
  }

  static async open(options: StoredSubscriptionsOptions): Promise<StoredSubscriptions> {
    const opened = new StoredSubscriptions(options);
    for (const { loginId, node, subid } of await options.store.all()) opened.#set(loginId, node, subid);
    return opened;
  }

  *of(user: string): Iterable<KeptSubscription> {
    for (const [node, subid] of this.#kept.get(foldId(user)) ?? NOTHING) yield { node, subid };
  }

  add(user: string, node: string, subid: string): void {
    if (this.#options.isPassing?.(user) === true) return;
    this.#set(foldId(user), node, subid);
    this.#changes(foldId(user), node);
  }

  remove(user: string, node: string): void {
    const nodes = this.#kept.get(foldId(user));
    if (nodes?.delete(node) !== true) return;
    if (nodes.size === 0) this.#kept.delete(foldId(user));
    this.#changes(foldId(user), node);
  }

  removeUser(user: string): void {
    for (const { node } of [...this.of(user)]) this.remove(user, node);
  }

  /** Drops those of users who do not exist: they were deleted while nobody watched. */
  prune(directory: Directory): void {
    for (const user of [...this.#kept.keys()]) if (directory.user(user) === undefined) this.removeUser(user);
  }

  /** Tells of users, by folded login id, whose subscriptions another node has changed. @returns the function that ends it */
  onChange(listener: (user: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Takes over what another node has stored; what is not written yet here goes before it. Does not reject.
   * @param users folded login ids; null: anybody
   */
  async heard(users: readonly string[] | null): Promise<void> {
    try {
      const { store } = this.#options;
      const rows = users === null || store.of === undefined ? await store.all() : await store.of(users);
      const stored = new Map<string, Map<string, string>>();
      for (const { loginId, node, subid } of rows) {
        const nodes = stored.get(loginId) ?? new Map<string, string>();
        stored.set(loginId, nodes.set(node, subid));
      }
      for (const { loginId, node, subid } of this.#own.values()) {
        if (users !== null && !users.includes(loginId)) continue;
        const nodes = stored.get(loginId) ?? new Map<string, string>();
        stored.set(loginId, nodes);
        if (subid === undefined) nodes.delete(node);
        else nodes.set(node, subid);
      }
      for (const user of users ?? new Set([...this.#kept.keys(), ...stored.keys()])) {
        const nodes = stored.get(user) ?? new Map<string, string>();
        if (isSame(nodes, this.#kept.get(user) ?? NOTHING)) continue;
        if (nodes.size === 0) this.#kept.delete(user);
        else this.#kept.set(user, nodes);
        for (const listener of [...this.#listeners]) listener(user);
      }
    } catch (error) {
      this.#options.onProblem(error);
    }
  }

  /** Writes what is still to be written; for the end. */
  flush(): Promise<void> {
    return this.#behind.flush();
  }

  #set(user: string, node: string, subid: string): void {
    const nodes = this.#kept.get(user);
    if (nodes === undefined) this.#kept.set(user, new Map([[node, subid]]));
    else nodes.set(node, subid);
  }

  #changes(loginId: string, node: string): void {
    const change = { loginId, node, subid: this.#kept.get(loginId)?.get(node) };
    const key = JSON.stringify([loginId, node]);
    this.#own.set(key, change);
    this.#behind.set(key, change);
  }
}

const isSame = (one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean =>
  one.size === other.size && [...one].every(([node, subid]) => other.get(node) === subid);
