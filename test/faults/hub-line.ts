/**
 * A node's line to what all nodes share (`LocalHub`), as a connection to an engine is: words and answers take their time, arrive when the
 * process runs, and an outage is known at once or only when nothing answers. The line outlives the processes of its node.
 */
import type { Timer } from '@poise/clock';
import {
  type Bucket,
  type Fabric,
  type LocalFabric,
  type LocalHub,
  type Registry,
  UnreachableError,
  type Watcher,
} from '../../packages/server/src/cluster/index.ts';
import { between, type Random } from './chance.ts';
import type { SimProcess } from './process.ts';
import type { World } from './world.ts';

/** One way, ms. */
const LATENCY_MS = 1;
/** Until a server that says nothing any more is given up: its turn of being asked, and the patience of the adapter. */
const NOTICED_MS = 1_900;
/** A question that gets no answer fails after this. */
const UNANSWERED_MS = 1_800;
/** From the end of an outage to the next attempt to connect. */
const AGAIN_MS = { least: 100, most: 2_000 } as const;

export class HubLine {
  readonly name: string;
  readonly world: Pick<World, 'clock'>;
  readonly hub: LocalHub;
  readonly random: Random;
  latencyMs = LATENCY_MS;
  /** Outages that last: one cut does not end another. */
  #outages = 0;
  /** Monotonic ms: since when it has been as it is. */
  since = 0;
  #fabric: LineFabric | undefined;

  constructor(name: string, world: HubLine['world'], hub: LocalHub, random: Random) {
    this.name = name;
    this.world = world;
    this.hub = hub;
    this.random = random;
  }

  get isDown(): boolean {
    return this.#outages > 0;
  }

  /** The fabric of a process; it ends with it. */
  join(process: SimProcess): Fabric {
    const fabric = new LineFabric(this, process);
    this.#fabric = fabric;
    return fabric;
  }

  /** @param isSilent nobody tells: nothing answers any more */
  down(isSilent: boolean): void {
    if (this.#outages++ > 0) return;
    this.since = this.world.clock.monotonic();
    this.#fabric?.down(isSilent);
  }

  up(): void {
    if (--this.#outages > 0) return;
    this.since = this.world.clock.monotonic();
    this.#fabric?.up(between(this.random, AGAIN_MS.least, AGAIN_MS.most));
  }
}

/** What one process has of the line. */
class LineFabric implements Fabric {
  readonly #line: HubLine;
  readonly #process: SimProcess;
  readonly #local: LocalFabric;
  readonly #listeners = new Set<(isReachable: boolean) => void>();
  #isReachable: boolean;
  /** There is a connection, whether the process knows of its end or not. */
  #isConnected: boolean;
  #attempt: Timer | undefined;
  /** When what was sent last arrives, monotonic ms: the order stays. */
  #outAt = 0;
  #inAt = 0;

  constructor(line: HubLine, process: SimProcess) {
    this.#line = line;
    this.#process = process;
    this.#local = line.hub.join();
    this.#isConnected = !line.isDown;
    this.#isReachable = this.#isConnected;
    if (!this.#isConnected) this.#local.cut(true);
    process.onDeath(() => {
      this.#attempt?.cancel();
      void this.#local.close();
    });
  }

  readonly bus: Fabric['bus'] = {
    publish: (topic, message) => {
      if (!this.#isReachable) return;
      this.#send(() => this.#isConnected && this.#local.bus.publish(topic, message));
    },
    subscribe: (topic, listener) =>
      this.#local.bus.subscribe(topic, (...told) =>
        this.#arrive(
          () => listener(...told),
          () => this.#isConnected,
        ),
      ),
    roundTrip: (back) => {
      if (!this.#isReachable) return;
      this.#send(() => {
        if (this.#isConnected) this.#local.bus.roundTrip(() => this.#arrive(back, () => this.#isConnected));
      });
    },
  };

  registry(bucket: Bucket): Registry {
    const local = this.#local.registry(bucket);
    return {
      get: (key) => this.#asked(() => local.get(key)),
      put: (key, value) => this.#asked(() => local.put(key, value)),
      compareAndSet: (key, value, revision) => this.#asked(() => local.compareAndSet(key, value, revision)),
      remove: (key, revision) => this.#asked(() => local.remove(key, revision)),
      watch: (prefix, watcher) => local.watch(prefix, this.#watcher(watcher)),
    };
  }

  get isReachable(): boolean {
    return this.#isReachable;
  }

  onReachable(listener: (isReachable: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  close(): Promise<void> {
    this.#listeners.clear();
    return this.#local.close();
  }

  down(isSilent: boolean): void {
    this.#attempt?.cancel();
    this.#isConnected = false;
    this.#local.cut(true);
    const notice = () => {
      if (!this.#isConnected) this.#reachable(false);
    };
    if (isSilent) this.#process.clock.schedule(NOTICED_MS, notice);
    else this.#arrive(notice);
  }

  up(afterMs: number): void {
    // A process that stands still opens no connection.
    const connect = () => {
      this.#isConnected = true;
      this.#arrive(() => this.#reachable(false));
      this.#arrive(() => {
        this.#isReachable = this.#isConnected;
      });
      this.#local.cut(false);
      this.#arrive(() => {
        if (this.#isReachable) this.#tell();
      });
    };
    this.#attempt = this.#process.clock.schedule(afterMs, connect);
  }

  #reachable(isReachable: boolean): void {
    if (this.#isReachable === isReachable) return;
    this.#isReachable = isReachable;
    this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener(this.#isReachable);
  }

  /** What has been told is not told again: it arrives also when the connection ends meanwhile. */
  #watcher(watcher: Watcher): Watcher {
    return {
      changed: (entry) => this.#arrive(() => watcher.changed(entry)),
      removed: (key) => this.#arrive(() => watcher.removed(key)),
      current: () => this.#arrive(() => watcher.current()),
    };
  }

  #asked<T>(ask: () => Promise<T>): Promise<T> {
    if (!this.#isReachable) return Promise.reject(new UnreachableError());
    return new Promise((resolve, reject) => {
      const late = this.#process.clock.schedule(UNANSWERED_MS, () => reject(new UnreachableError()));
      const settled = (settle: () => void) =>
        this.#arrive(
          () => {
            late.cancel();
            settle();
          },
          () => this.#isConnected,
        );
      this.#send(() => {
        if (!this.#isConnected) return;
        ask().then(
          (value) => settled(() => resolve(value)),
          (error) => settled(() => reject(error)),
        );
      });
    });
  }

  #send(work: () => void): void {
    const { clock } = this.#line.world;
    this.#outAt = Math.max(this.#outAt, clock.monotonic() + this.#line.latencyMs);
    clock.schedule(this.#outAt - clock.monotonic(), work);
  }

  /** @param holds whether it still arrives, when its time has come */
  #arrive(work: () => void, holds: () => boolean = () => true): void {
    const { clock } = this.#line.world;
    this.#inAt = Math.max(this.#inAt, clock.monotonic() + this.#line.latencyMs);
    clock.schedule(this.#inAt - clock.monotonic(), () => {
      if (holds()) this.#process.io(work);
    });
  }
}
