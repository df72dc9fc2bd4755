/**
 * Explicit subscriptions of bare JIDs, kept over restarts as the original keeps them. All of them are in
 * memory; changes are written behind, some at a time, so that subscribing never waits for the disk.
 */
import type { Clock, Timer } from '@poise/clock';
import type { KeptSubscription, KeptSubscriptions } from '@poise/xmpp';
import type { Directory } from '../store/directory.ts';
import { foldId } from '../store/snapshot.ts';
import type { SubscriptionRecord } from '../store/subscription-repository.ts';

/** Where they are kept; the store has it. */
export interface SubscriptionStore {
  all(): Promise<readonly SubscriptionRecord[]>;
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
const AGAIN_AFTER_MS = 30_000;
const NOTHING: ReadonlyMap<string, string> = new Map();

export class StoredSubscriptions implements KeptSubscriptions {
  readonly #options: StoredSubscriptionsOptions;
  /** Subids by node, by folded login id. */
  readonly #kept = new Map<string, Map<string, string>>();
  /** Nodes of users that differ from what is stored; at most one entry for each subscription. */
  readonly #changed = new Map<string, Set<string>>();
  #timer: Timer | undefined;
  #writing: Promise<void> = Promise.resolve();

  private constructor(options: StoredSubscriptionsOptions) {
    this.#options = options;
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

  /** Writes what is still to be written; for the end. */
  async flush(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#write());
    await this.#writing;
  }

  #set(user: string, node: string, subid: string): void {
    const nodes = this.#kept.get(user);
    if (nodes === undefined) this.#kept.set(user, new Map([[node, subid]]));
    else nodes.set(node, subid);
  }

  #changes(user: string, node: string): void {
    const nodes = this.#changed.get(user);
    if (nodes === undefined) this.#changed.set(user, new Set([node]));
    else nodes.add(node);
    this.#writeLater(WRITE_AFTER_MS);
  }

  #writeLater(ms: number): void {
    this.#timer ??= this.#options.clock.schedule(ms, () => {
      this.#timer = undefined;
      this.#writing = this.#writing.then(() => this.#write());
    });
  }

  async #write(): Promise<void> {
    const saved: SubscriptionRecord[] = [];
    const removed: { loginId: string; node: string }[] = [];
    for (const [loginId, nodes] of this.#changed) {
      for (const node of nodes) {
        const subid = this.#kept.get(loginId)?.get(node);
        if (subid === undefined) removed.push({ loginId, node });
        else saved.push({ loginId, node, subid });
      }
    }
    if (saved.length + removed.length === 0) return;
    this.#changed.clear();
    try {
      await this.#options.store.write(saved, removed);
    } catch (error) {
      this.#options.onProblem(error);
      for (const { loginId, node } of [...saved, ...removed]) {
        const nodes = this.#changed.get(loginId);
        if (nodes === undefined) this.#changed.set(loginId, new Set([node]));
        else nodes.add(node);
      }
      this.#writeLater(AGAIN_AFTER_MS);
    }
  }
}
