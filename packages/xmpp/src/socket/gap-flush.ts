/** Lets connections go on writing a little later, so that what they write next arrives by itself. */
import type { Clock } from '@poise/clock';
import type { Flushable } from './turn-flush.ts';

export class GapFlush {
  readonly #clock: Clock;
  readonly #gapMs: number;
  /** Oldest first, because all wait equally long; one timer for all of them. */
  #waiting: { readonly connection: Flushable; readonly dueMs: number }[] = [];

  /** @param gapMs 0: as soon as other I/O has had its turn */
  constructor(clock: Clock, gapMs: number) {
    this.#clock = clock;
    this.#gapMs = gapMs;
  }

  /** The connection's `flush` is called once, after the gap. */
  add(connection: Flushable): void {
    if (this.#gapMs === 0) {
      setImmediate(() => connection.flush());
      return;
    }
    this.#waiting.push({ connection, dueMs: this.#clock.monotonic() + this.#gapMs });
    if (this.#waiting.length === 1) this.#arm(this.#gapMs);
  }

  #arm(ms: number): void {
    this.#clock.schedule(ms, () => {
      const now = this.#clock.monotonic();
      let due = 0;
      while (due < this.#waiting.length && this.#waiting[due]!.dueMs <= now) due++;
      const ready = this.#waiting.splice(0, due);
      const next = this.#waiting[0];
      if (next !== undefined) this.#arm(next.dueMs - now);
      for (const { connection } of ready) connection.flush();
    });
  }
}
