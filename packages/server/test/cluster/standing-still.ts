/**
 * A node of several in one process that can stand still, as under SIGSTOP: neither its timers run nor is anything read from its sockets;
 * when it goes on, the timers that fell due come first, then what waited.
 */
import type { Clock, Timer } from '@poise/clock';
import type { Bucket, Fabric, LocalFabric, Registry } from '../../src/cluster/index.ts';

export class StandingStill {
  readonly #clock: Clock;
  readonly #local: LocalFabric;
  #isStill = false;
  #timers: { readonly at: number; readonly fn: () => void }[] = [];
  #read: (() => void)[] = [];

  constructor(clock: Clock, local: LocalFabric) {
    this.#clock = clock;
    this.#local = local;
  }

  readonly clock: Clock = {
    now: () => this.#clock.now(),
    monotonic: () => this.#clock.monotonic(),
    schedule: (ms, fn): Timer => {
      let isCancelled = false;
      const at = this.#clock.monotonic() + ms;
      const run = () => {
        if (!isCancelled) fn();
      };
      const timer = this.#clock.schedule(ms, () => {
        if (this.#isStill) this.#timers.push({ at, fn: run });
        else run();
      });
      return {
        cancel: () => {
          isCancelled = true;
          timer.cancel();
        },
      };
    },
  };

  get isStill(): boolean {
    return this.#isStill;
  }

  get fabric(): Fabric {
    const local = this.#local;
    return {
      bus: {
        publish: (topic, message) => local.bus.publish(topic, message),
        subscribe: (topic, listener) =>
          local.bus.subscribe(topic, (...told) => this.#when(() => listener(...told))),
        roundTrip: (back) => local.bus.roundTrip(() => this.#when(back)),
      },
      registry: (bucket) => this.#registry(bucket),
      get isReachable() {
        return local.isReachable;
      },
      onReachable: (listener) => local.onReachable((told) => this.#when(() => listener(told))),
      close: () => local.close(),
    };
  }

  /** Stands still from now on, or goes on. */
  stand(isStill: boolean): void {
    this.#isStill = isStill;
    if (isStill) return;
    const [timers, read] = [this.#timers, this.#read];
    this.#timers = [];
    this.#read = [];
    for (const { fn } of timers.sort((a, b) => a.at - b.at)) fn();
    for (const fn of read) fn();
  }

  /** What comes in at a socket of this node. */
  when(fn: () => void): void {
    this.#when(fn);
  }

  #when(fn: () => void): void {
    if (this.#isStill) this.#read.push(fn);
    else fn();
  }

  #registry(bucket: Bucket): Registry {
    const local = this.#local.registry(bucket);
    const answered = <T>(answer: Promise<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        answer.then(
          (value) => this.#when(() => resolve(value)),
          (error) => this.#when(() => reject(error)),
        );
      });
    return {
      get: (key) => answered(local.get(key)),
      put: (key, value) => answered(local.put(key, value)),
      compareAndSet: (key, value, revision) => answered(local.compareAndSet(key, value, revision)),
      remove: (key, revision) => answered(local.remove(key, revision)),
      watch: (prefix, watcher) =>
        local.watch(prefix, {
          changed: (entry) => this.#when(() => watcher.changed(entry)),
          removed: (key) => this.#when(() => watcher.removed(key)),
          current: () => this.#when(() => watcher.current()),
        }),
    };
  }
}
