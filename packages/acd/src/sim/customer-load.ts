import type { Clock, Timer } from '@poise/clock';
import type { CallDataPatch } from '../calls/call.ts';
import { CUSTOMERS_MAX, type Customers } from './customers.ts';
import { type Distribution, draw } from './distribution.ts';
import { drawInteger, pick, RandomStream } from './random.ts';

/** Steady traffic: customers arrive at random, all of it from a seed. */

export interface LoadPlan {
  /** Mean of the arrivals (Poisson), more than 0, at most {@link CALLS_PER_SECOND_MAX}. */
  readonly callsPerSecond: number;
  /** Ends after this, ms; null: when it is stopped. */
  readonly durationMs: number | null;
  /** Numbers called, each as often as it stands here. Not empty. */
  readonly to: readonly string[];
  /** Null: customers never hang up by themselves. */
  readonly talk: Distribution | null;
  /** Null: customers wait for ever. */
  readonly patience: Distribution | null;
  /** Data of the call with this number (from 1); it may draw from the stream. */
  readonly data?: (n: number, random: RandomStream) => CallDataPatch;
  readonly seed: number;
}

export interface LoadView {
  readonly callsPerSecond: number;
  readonly to: readonly string[];
  readonly seed: number;
  /** UTC in ISO 8601. */
  readonly startedAt: string;
  /** Likewise; null: when it is stopped. */
  readonly endsAt: string | null;
  /** Customers that called. */
  readonly calls: number;
  /** Customers that could not call because {@link CUSTOMERS_MAX} were on the line. */
  readonly left: number;
}

export const CALLS_PER_SECOND_MAX = 1_000;

export class CustomerLoad {
  readonly #clock: Clock;
  readonly #customers: Customers;
  readonly #plan: LoadPlan;
  readonly #arrivals: RandomStream;
  readonly #talk: RandomStream;
  readonly #patience: RandomStream;
  readonly #numbers: RandomStream;
  readonly #data: RandomStream;
  readonly #startedAt: number;
  /** The same moment, wall ms. */
  readonly #begun: number;
  readonly #onEnd: () => void;
  /** Monotonic ms of the next arrival: kept apart from the timer, whose lateness must not slow the load down. */
  #dueAt: number;
  #timer: Timer | null = null;
  #calls = 0;
  #left = 0;

  constructor(options: { clock: Clock; customers: Customers; plan: LoadPlan; onEnd?: () => void }) {
    const { clock, plan } = options;
    this.#clock = clock;
    this.#customers = options.customers;
    this.#plan = plan;
    this.#onEnd = options.onEnd ?? (() => {});
    const stream = (name: string) => new RandomStream(plan.seed, name);
    this.#arrivals = stream('arrivals');
    this.#talk = stream('talk');
    this.#patience = stream('patience');
    this.#numbers = stream('numbers');
    this.#data = stream('data');
    this.#startedAt = clock.monotonic();
    this.#begun = clock.now();
    this.#dueAt = this.#startedAt;
    this.#plant();
  }

  get running(): boolean {
    return this.#timer !== null;
  }

  get view(): LoadView {
    const { callsPerSecond, to, seed, durationMs } = this.#plan;
    return {
      callsPerSecond,
      to,
      seed,
      startedAt: timeText(this.#begun),
      endsAt: durationMs === null ? null : timeText(this.#begun + durationMs),
      calls: this.#calls,
      left: this.#left,
    };
  }

  /** No further arrivals; customers on the line stay. Idempotent. */
  stop(): void {
    if (this.#timer === null) return;
    this.#timer.cancel();
    this.#timer = null;
    this.#onEnd();
  }

  get #endsAt(): number {
    return this.#plan.durationMs === null ? Infinity : this.#startedAt + this.#plan.durationMs;
  }

  #plant(): void {
    const meanMs = 1_000 / this.#plan.callsPerSecond;
    this.#dueAt += draw(this.#arrivals, { kind: 'exponential', meanMs });
    const end = this.#endsAt;
    const delayMs = Math.max(0, Math.min(this.#dueAt, end) - this.#clock.monotonic());
    this.#timer = this.#clock.schedule(delayMs, () => (this.#dueAt > end ? this.stop() : this.#arrive()));
  }

  #arrive(): void {
    // First the next one: a failing call must not end the load.
    this.#plant();
    const { to, talk, patience, data } = this.#plan;
    // Drawn whether or not the call takes place, so that the same seed stays in step.
    const number = pick(this.#numbers, to);
    const from = `1555${String(drawInteger(this.#numbers, 2_000_000, 9_999_999))}`;
    const talkMs = talk && Math.round(draw(this.#talk, talk));
    const patienceMs = patience && Math.round(draw(this.#patience, patience));
    const n = this.#calls + this.#left + 1;
    const patch = data?.(n, this.#data);
    if (this.#customers.present >= CUSTOMERS_MAX) {
      this.#left++;
      return;
    }
    this.#calls++;
    this.#customers.call({
      from,
      to: number,
      talkMs,
      patienceMs,
      ...(patch === undefined ? {} : { data: patch }),
    });
  }
}

const timeText = (wallMs: number): string => new Date(wallMs).toISOString();
