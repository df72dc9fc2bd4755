/**
 * Writing behind: changes are collected in memory, the last one of each key counts, and go to the store a moment later
 * in transactions of a bounded size, so that nobody waits for the disk. What cannot be written is tried again.
 */
import type { Clock, Timer } from '@poise/clock';

export interface WriteBehindOptions<K, V> {
  /** In one transaction. */
  readonly write: (batch: ReadonlyArray<readonly [K, V]>) => Promise<void>;
  readonly clock: Clock;
  /** From the first change to its writing, ms: so much is lost at most when the process is killed. */
  readonly afterMs: number;
  /** Changes of one transaction: a burst does not keep the event loop. */
  readonly batch: number;
  /** Between two transactions, ms, for other work: a transaction keeps the event loop. Default: none. `flush` makes none. */
  readonly pauseMs?: number;
  /** Changes that wait for a store that cannot be written; the oldest are lost beyond it. Default: no bound but the keys. */
  readonly waitingMax?: number;
  readonly onProblem: (error: unknown) => void;
  /** So many changes were lost; told when the store can be written again. */
  readonly onLost?: (count: number) => void;
}

const AGAIN_AFTER_MS = 30_000;

export class WriteBehind<K, V> {
  readonly #options: WriteBehindOptions<K, V>;
  /** In the order of their first change. */
  readonly #waiting = new Map<K, V>();
  #timer: Timer | undefined;
  #writing: Promise<void> = Promise.resolve();
  /** A transaction is under way: it may take as long as a database that stands still. */
  #isBusy = false;
  #lost = 0;
  #isFailing = false;

  constructor(options: WriteBehindOptions<K, V>) {
    this.#options = options;
  }

  /** Takes the place of an earlier change of the same key that has not been written. */
  set(key: K, value: V): void {
    this.#waiting.set(key, value);
    this.#bound();
    this.#writeLater(this.#options.afterMs);
  }

  /** Whether what was tried last could not be written, and waits. */
  get isFailing(): boolean {
    return this.#isFailing;
  }

  /** Writes what waits. */
  async flush(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    await this.#write();
  }

  #bound(): void {
    const { waitingMax = Number.POSITIVE_INFINITY } = this.#options;
    for (const oldest of this.#waiting.keys()) {
      if (this.#waiting.size <= waitingMax) return;
      this.#waiting.delete(oldest);
      this.#lost += 1;
    }
  }

  #writeLater(ms: number): void {
    this.#timer ??= this.#options.clock.schedule(ms, () => {
      this.#timer = undefined;
      // What is under way goes on with what was added, or plans when it is tried again.
      if (!this.#isBusy) void this.#write(this.#options.pauseMs);
    });
  }

  #write(pauseMs?: number): Promise<void> {
    this.#writing = this.#writing.then(() => this.#writeAll(pauseMs));
    return this.#writing;
  }

  async #writeAll(pauseMs: number | undefined): Promise<void> {
    const { write, batch: size, onProblem, onLost } = this.#options;
    while (this.#waiting.size > 0) {
      const batch: [K, V][] = [];
      for (const entry of this.#waiting) if (batch.push(entry) === size) break;
      for (const [key] of batch) this.#waiting.delete(key);
      try {
        this.#isBusy = true;
        await write(batch);
        this.#isBusy = false;
        this.#isFailing = false;
      } catch (error) {
        this.#isBusy = false;
        this.#isFailing = true;
        // A later change of the same key is the truer one.
        for (const [key, value] of batch) if (!this.#waiting.has(key)) this.#waiting.set(key, value);
        this.#bound();
        onProblem(error);
        // Also what was added meanwhile waits: it would find the store as it is.
        this.#timer?.cancel();
        this.#timer = undefined;
        this.#writeLater(AGAIN_AFTER_MS);
        return;
      }
      if (pauseMs !== undefined && this.#waiting.size > 0) {
        this.#writeLater(pauseMs);
        return;
      }
    }
    if (this.#lost === 0) return;
    const lost = this.#lost;
    this.#lost = 0;
    onLost?.(lost);
  }
}
