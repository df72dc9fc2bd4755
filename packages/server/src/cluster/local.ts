/**
 * The adapter without an engine: all nodes live in this process. Usually there is one; tests and the simulation make several of
 * one {@link LocalHub} and cut them off.
 */
import type { Clock, Timer } from '@poise/clock';
import type { Bus, BusListener } from './bus.ts';
import type { Fabric } from './fabric.ts';
import {
  BUCKETS,
  type Bucket,
  type Entry,
  type Registry,
  UnreachableError,
  VALUE_BYTES_MAX,
  type Watcher,
} from './registry.ts';

interface Subscription {
  readonly topic: string;
  readonly listener: BusListener;
}

interface Kept {
  entry: Entry;
  timer: Timer | undefined;
}

interface Watching {
  readonly prefix: string;
  readonly watcher: Watcher;
  /** What it has been told and not told to be gone, with its revision. */
  readonly told: Map<string, number>;
}

/** What the nodes of one process share. */
export class LocalHub {
  readonly #clock: Clock;
  readonly #onProblem: (text: string) => void;
  readonly #nodes = new Set<LocalFabric>();
  readonly #buckets = new Map<Bucket, Map<string, Kept>>();
  #revision = 0;

  /** @param onProblem a listener threw */
  constructor(clock: Clock, onProblem: (text: string) => void) {
    this.#clock = clock;
    this.#onProblem = onProblem;
  }

  /** A further node. */
  join(): LocalFabric {
    const node = new LocalFabric(this, this.#onProblem);
    this.#nodes.add(node);
    return node;
  }

  /** @internal */
  leave(node: LocalFabric): void {
    this.#nodes.delete(node);
  }

  /** @internal What is published reaches the others after the present turn, as over a wire. */
  publish(from: LocalFabric, topic: string, message: Uint8Array): void {
    const copy = Uint8Array.from(message);
    this.#clock.schedule(from.wire.up, () => {
      for (const node of this.#nodes)
        if (node !== from && node.isReachable) this.#down(node, () => node.heard(topic, copy));
    });
  }

  /** @internal */
  roundTrip(node: LocalFabric, back: () => void): void {
    this.#clock.schedule(node.wire.up, () => this.#down(node, back));
  }

  #down({ wire }: LocalFabric, arrive: () => void): void {
    if (wire.down === 0) arrive();
    else this.#clock.schedule(wire.down, arrive);
  }

  /** @internal */
  entry(bucket: Bucket, key: string): Entry | undefined {
    return this.#buckets.get(bucket)?.get(key)?.entry;
  }

  /** @internal */
  entries(bucket: Bucket): Iterable<Entry> {
    return [...(this.#buckets.get(bucket)?.values() ?? [])].map(({ entry }) => entry);
  }

  /** @internal */
  write(bucket: Bucket, key: string, value: Uint8Array): number {
    let kept = this.#buckets.get(bucket);
    if (kept === undefined) {
      kept = new Map();
      this.#buckets.set(bucket, kept);
    }
    kept.get(key)?.timer?.cancel();
    this.#revision += 1;
    const entry = { key, value: Uint8Array.from(value), revision: this.#revision };
    const lifeMs = BUCKETS[bucket];
    kept.set(key, {
      entry,
      timer: lifeMs > 0 ? this.#clock.schedule(lifeMs, () => this.erase(bucket, key)) : undefined,
    });
    for (const node of this.#nodes) node.written(bucket, entry);
    return this.#revision;
  }

  /** @internal */
  erase(bucket: Bucket, key: string): void {
    const kept = this.#buckets.get(bucket)?.get(key);
    if (kept === undefined) return;
    kept.timer?.cancel();
    this.#buckets.get(bucket)?.delete(key);
    this.#revision += 1;
    for (const node of this.#nodes) node.erased(bucket, key);
  }

  /** Empties a bucket, as somebody might by hand; for tests. */
  empty(bucket: Bucket): void {
    for (const { key } of this.entries(bucket)) this.erase(bucket, key);
  }
}

/** One node's door to a {@link LocalHub}. */
export class LocalFabric implements Fabric {
  readonly #hub: LocalHub;
  readonly #onProblem: (text: string) => void;
  readonly #subscriptions = new Set<Subscription>();
  readonly #watching = new Map<Bucket, Set<Watching>>();
  readonly #listeners = new Set<(isReachable: boolean) => void>();
  #isReachable = true;
  /** How long what is published takes from this node to the hub, and from there to this node, ms; for tests. */
  readonly wire = { up: 0, down: 0 };

  /** @internal */
  constructor(hub: LocalHub, onProblem: (text: string) => void) {
    this.#hub = hub;
    this.#onProblem = onProblem;
  }

  readonly bus: Bus = {
    publish: (topic, message) => {
      if (message.length > VALUE_BYTES_MAX) this.#onProblem(tooLong(topic, message));
      else if (this.#isReachable) this.#hub.publish(this, topic, message);
    },
    subscribe: (topic, listener) => {
      const subscription = { topic, listener };
      this.#subscriptions.add(subscription);
      return () => void this.#subscriptions.delete(subscription);
    },
    roundTrip: (back) => {
      if (this.#isReachable)
        this.#hub.roundTrip(this, () => {
          if (this.#isReachable) this.#guarded(back);
        });
    },
  };

  registry(bucket: Bucket): Registry {
    const asked = async <T>(answer: () => T, value?: Uint8Array): Promise<T> => {
      await Promise.resolve();
      if (!this.#isReachable) throw new UnreachableError();
      if (value !== undefined && value.length > VALUE_BYTES_MAX)
        throw new UnreachableError(tooLong(bucket, value));
      return answer();
    };
    return {
      get: (key) => asked(() => this.#hub.entry(bucket, key)),
      put: (key, value) => asked(() => this.#hub.write(bucket, key, value), value),
      compareAndSet: (key, value, revision) =>
        asked(
          () =>
            (this.#hub.entry(bucket, key)?.revision ?? 0) === revision
              ? this.#hub.write(bucket, key, value)
              : undefined,
          value,
        ),
      remove: (key, revision) =>
        asked(() => {
          if (revision !== undefined && this.#hub.entry(bucket, key)?.revision !== revision) return false;
          this.#hub.erase(bucket, key);
          return true;
        }),
      watch: (prefix, watcher) => this.#watch(bucket, prefix, watcher),
    };
  }

  get isReachable(): boolean {
    return this.#isReachable;
  }

  onReachable(listener: (isReachable: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#subscriptions.clear();
    this.#watching.clear();
    this.#listeners.clear();
    this.#hub.leave(this);
  }

  /** Cuts the node off from the others, or lets it back; for tests and the simulation. */
  cut(isCut: boolean): void {
    if (this.#isReachable === !isCut) return;
    this.#isReachable = !isCut;
    if (!isCut) {
      for (const [bucket, watchings] of this.#watching)
        for (const watching of watchings) this.#tellAll(bucket, watching);
    }
    for (const listener of [...this.#listeners]) this.#guarded(() => listener(this.#isReachable));
  }

  /** @internal */
  heard(topic: string, message: Uint8Array): void {
    for (const { topic: wanted, listener } of [...this.#subscriptions])
      if (isBelow(wanted, topic)) this.#guarded(() => listener(message, topic));
  }

  /** @internal */
  written(bucket: Bucket, entry: Entry): void {
    if (!this.#isReachable) return;
    for (const watching of [...(this.#watching.get(bucket) ?? [])]) {
      if (!entry.key.startsWith(watching.prefix)) continue;
      watching.told.set(entry.key, entry.revision);
      this.#guarded(() => watching.watcher.changed(entry));
    }
  }

  /** @internal */
  erased(bucket: Bucket, key: string): void {
    if (!this.#isReachable) return;
    for (const watching of [...(this.#watching.get(bucket) ?? [])])
      if (watching.told.delete(key)) this.#guarded(() => watching.watcher.removed(key));
  }

  #watch(bucket: Bucket, prefix: string, watcher: Watcher): () => void {
    const watching: Watching = { prefix, watcher, told: new Map() };
    const all = this.#watching.get(bucket) ?? new Set<Watching>();
    this.#watching.set(bucket, all.add(watching));
    // As with an engine, never before the caller has what this returns.
    queueMicrotask(() => {
      if (this.#isReachable && all.has(watching)) this.#tellAll(bucket, watching);
    });
    return () => void all.delete(watching);
  }

  /** Everything anew: what changed, what is gone, and that this is all. */
  #tellAll(bucket: Bucket, { prefix, watcher, told }: Watching): void {
    const gone = new Set(told.keys());
    for (const entry of this.#hub.entries(bucket)) {
      if (!entry.key.startsWith(prefix)) continue;
      gone.delete(entry.key);
      if (told.get(entry.key) === entry.revision) continue;
      told.set(entry.key, entry.revision);
      this.#guarded(() => watcher.changed(entry));
    }
    for (const key of gone) {
      told.delete(key);
      this.#guarded(() => watcher.removed(key));
    }
    this.#guarded(() => watcher.current());
  }

  #guarded(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#onProblem(`A listener of the nodes’ messages failed: ${String(error)}`);
    }
  }
}

function isBelow(wanted: string, topic: string): boolean {
  return wanted.endsWith('>') ? topic.startsWith(wanted.slice(0, -1)) : topic === wanted;
}

/** What is said of a message or value that no engine takes. */
export const tooLong = (place: string, { length }: Uint8Array): string =>
  `${place}: ${length} bytes are more than ${VALUE_BYTES_MAX}.`;
