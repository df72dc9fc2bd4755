/**
 * Order between the bus and the other wires of a node. Whoever tells the other nodes of something and then does it waits at his gate in
 * between; whoever hears of what was done, on another wire, waits at his own before he takes it as true. Then the word is there first,
 * however the wires race (docs/cluster.md, *Requests*). Nobody waits for long, nor for nothing.
 */
import type { Clock, Timer } from '@poise/clock';
import type { Fabric } from './fabric.ts';

/** Nobody waits longer, ms; who comes after that does not wait until a round trip has been quick again. */
export const WAIT_MAX_MS = 200;
/**
 * A bus whose quickest of the last {@link TRIPS} round trips takes longer is waited for by nobody, ms. What one node asks for and another
 * one tells passes two gates, at each of which it may just have missed a trip: all in all less than the 100 ms that a user notices.
 */
export const QUICK_MS = 20;
/** Of a busy machine some are late, of a far engine all of them. */
const TRIPS = 16;

/** What is needed of a {@link BusGate}. */
export interface Gate {
  /**
   * Calls `then` when a round trip of the bus that began after this call has come back, after all that was passed here before; at once
   * where there is nobody to wait for, or the bus is out of reach or slow.
   */
  pass(then: () => void): void;
}

export interface BusGateOptions {
  readonly clock: Clock;
  readonly fabric: Fabric;
  /** Whether there is another node. */
  readonly isNeeded: () => boolean;
  /**
   * Calls back when what has arrived at the sockets by now was read: after a standstill a process sees its timers before what has come
   * meanwhile.
   */
  readonly afterReading: (then: () => void) => void;
}

interface Waiting {
  readonly then: () => void;
  /** Monotonic ms. */
  readonly since: number;
}

export class BusGate implements Gate {
  readonly #o: BusGateOptions;
  /** In the order in which they came. */
  readonly #waiting: Waiting[] = [];
  #isOpening = false;
  /** The number of the round trip that is under way; undefined: there is none. */
  #trip: number | undefined;
  #trips = 0;
  #begunAt = 0;
  /** How many of those who wait it is for. */
  #awaited = 0;
  /** Until it takes too long; undefined: it does. */
  #timer: Timer | undefined;
  /** Of the last round trips, ms. */
  #took: number[] = [];
  #isSlow = false;

  constructor(options: BusGateOptions) {
    this.#o = options;
    options.fabric.onReachable(() => {
      // What is under way may never come back, and the next connection is another one.
      this.#endTrip();
      this.#took = [];
      this.#isSlow = false;
      this.#next();
    });
  }

  pass(then: () => void): void {
    // Nobody overtakes those who wait, whatever has become of their reason.
    if (!this.#isOpening && this.#waiting.length === 0 && !this.#isOfUse()) then();
    else {
      this.#waiting.push({ then, since: this.#o.clock.monotonic() });
      this.#next();
    }
  }

  #isOfUse(): boolean {
    return !this.#isSlow && this.#o.fabric.isReachable && this.#o.isNeeded();
  }

  #next(): void {
    if (this.#isOpening) return;
    while (this.#waiting.length > 0 && !this.#isOfUse()) {
      this.#awaited = 0;
      this.#open(this.#waiting.length);
    }
    if (this.#trip !== undefined) return;
    // A slow one is followed by another until they are quick again.
    if (this.#waiting.length > 0 || (this.#isSlow && this.#o.fabric.isReachable)) this.#begin();
  }

  #begin(): void {
    const { clock, fabric, afterReading } = this.#o;
    const trip = ++this.#trips;
    this.#trip = trip;
    this.#begunAt = clock.monotonic();
    this.#awaited = this.#waiting.length;
    const since = this.#waiting[0]?.since ?? this.#begunAt;
    this.#timer = clock.schedule(Math.max(0, since + WAIT_MAX_MS - this.#begunAt), () =>
      afterReading(() => {
        if (this.#trip === trip) this.#overdue();
      }),
    );
    fabric.bus.roundTrip(() => {
      if (this.#trip === trip) this.#back();
    });
  }

  #overdue(): void {
    this.#isSlow = true;
    this.#timer = undefined;
    this.#next();
  }

  #back(): void {
    const awaited = this.#awaited;
    if (this.#took.push(this.#o.clock.monotonic() - this.#begunAt) > TRIPS) this.#took.shift();
    if (this.#timer !== undefined) this.#isSlow = Math.min(...this.#took) > QUICK_MS;
    this.#endTrip();
    this.#open(awaited);
    this.#next();
  }

  #endTrip(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#trip = undefined;
    this.#awaited = 0;
  }

  #open(count: number): void {
    this.#isOpening = true;
    for (let i = 0; i < count; i++) {
      try {
        this.#waiting.shift()?.then();
      } catch (error) {
        // As if it had been called without us, and nobody else's affair.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
    this.#isOpening = false;
  }
}
