import type { Clock, Timer } from './clock.ts';
import { checkedDelay, type DeadlineEntry, DeadlineHeap } from './deadline-heap.ts';

/** Wall time at which a virtual clock starts unless told otherwise: 2024-01-01T00:00:00Z. */
export const VIRTUAL_START_WALL_MS = Date.UTC(2024, 0, 1);

/** Timers that may fire without time moving on; more is taken for timers that set each other in a circle. */
const RUNS_PER_INSTANT_MAX = 1_000_000;

export interface VirtualClockOptions {
  /**
   * Told of an exception in a timer function. Without it `advance` and `runNext` throw the first such
   * exception when they are done, so that no test overlooks it.
   */
  onError?: (error: unknown) => void;
}

/** A clock for tests and simulations: time stands still until it is advanced. */
export class VirtualClock implements Clock {
  readonly #heap = new DeadlineHeap();
  readonly #onError: ((error: unknown) => void) | undefined;
  #sequence = 0;
  #monotonicMs = 0;
  /** Wall time minus monotonic time. */
  #wallOffsetMs: number;
  #running = false;
  #errors: unknown[] = [];

  constructor(startWallMs: number = VIRTUAL_START_WALL_MS, options: VirtualClockOptions = {}) {
    this.#wallOffsetMs = startWallMs;
    this.#onError = options.onError;
  }

  now(): number {
    return Math.floor(this.#wallOffsetMs + this.#monotonicMs);
  }

  monotonic(): number {
    return this.#monotonicMs;
  }

  /** Number of timers that wait. */
  get pending(): number {
    return this.#heap.size;
  }

  /** Monotonic ms from now until the next timer is due; undefined when none waits. */
  get nextDelayMs(): number | undefined {
    const first = this.#heap.peek();
    return first && Math.max(0, first.deadline - this.#monotonicMs);
  }

  schedule(delayMs: number, fn: () => void): Timer {
    const entry: DeadlineEntry = {
      deadline: this.#monotonicMs + checkedDelay(delayMs),
      sequence: this.#sequence++,
      fn,
      index: -1,
    };
    this.#heap.push(entry);
    return {
      cancel: () => {
        this.#heap.remove(entry);
      },
    };
  }

  /**
   * Lets `ms` pass and runs what falls due meanwhile, in the order of deadlines (equal ones in the order
   * of scheduling), each at its own moment; also what those timers schedule in turn.
   */
  advance(ms: number): void {
    const end = this.#monotonicMs + checkedDelay(ms);
    if (end === Infinity) throw new RangeError('time cannot be advanced without end');
    this.#drive(() => {
      let runs = 0;
      for (let entry = this.#heap.peek(); entry && entry.deadline <= end; entry = this.#heap.peek()) {
        if (entry.deadline > this.#monotonicMs) runs = 0;
        else if (++runs > RUNS_PER_INSTANT_MAX) throw new Error('timers set each other without end');
        this.#run(entry);
      }
      this.#monotonicMs = end;
    });
  }

  /**
   * Lets `ms` pass while nothing runs, as when the process is stopped or the machine sleeps; then runs what fell due
   * meanwhile, late, in its order.
   */
  freeze(ms: number): void {
    this.#monotonicMs += checkedDelay(ms);
    this.advance(0);
  }

  /** Moves to the next deadline and runs that one timer; false when none waits. */
  runNext(): boolean {
    const entry = this.#heap.peek();
    if (entry === undefined || entry.deadline === Infinity) return false;
    this.#drive(() => this.#run(entry));
    return true;
  }

  /** Shifts wall time only, as an operator or NTP would; timers do not care. `ms` may be negative. */
  step(ms: number): void {
    this.#wallOffsetMs += ms;
  }

  #run(entry: DeadlineEntry): void {
    this.#heap.remove(entry);
    this.#monotonicMs = Math.max(this.#monotonicMs, entry.deadline);
    try {
      entry.fn();
    } catch (error) {
      if (this.#onError) this.#onError(error);
      else this.#errors.push(error);
    }
  }

  #drive(run: () => void): void {
    if (this.#running) throw new Error('a timer function cannot move the clock that runs it');
    this.#running = true;
    try {
      run();
    } finally {
      this.#running = false;
    }
    const errors = this.#errors;
    this.#errors = [];
    if (errors.length > 0) throw errors[0];
  }
}
