import type { Clock, Timer } from '@poise/clock';
import type { LegCause, LegId } from '../calls/switch.ts';
import type { Treatment } from './media.ts';
import type { Line, Person } from './person.ts';

/** Somebody who calls the contact centre: waits, talks, hangs up. */

/** How a customer's call ended. */
export type CustomerResult =
  /** Talked, then one side hung up. */
  | 'completed'
  /** Ran out of patience before anybody answered. */
  | 'abandoned'
  /** Ran out of patience on hold. */
  | 'abandonedOnHold'
  /** Was turned away: busy, no such number, … */
  | 'refused';

export type CustomerState = 'waiting' | 'talking' | 'onHold' | CustomerResult;

export interface CustomerTimes {
  /** Talks this long in all, then hangs up, ms; null: leaves that to the other side. */
  readonly talkMs: number | null;
  /** Waits this long for an answer, and later this long on each hold, ms; null: for ever. */
  readonly patienceMs: number | null;
}

export class Customer implements Person {
  readonly #line: Line;
  readonly #clock: Clock;
  readonly #times: CustomerTimes;
  readonly #onChange: (customer: Customer, before: CustomerState) => void;
  #state: CustomerState = 'waiting';
  #timer: Timer | null = null;
  /** Talk time used up, ms. */
  #talkedMs = 0;
  /** Monotonic ms since which the state holds. */
  #since: number;

  constructor(
    line: Line,
    clock: Clock,
    times: CustomerTimes,
    onChange: (customer: Customer, before: CustomerState) => void,
  ) {
    this.#line = line;
    this.#clock = clock;
    this.#times = times;
    this.#onChange = onChange;
    this.#since = clock.monotonic();
    this.#runOut(times.patienceMs, 'abandoned');
  }

  get leg(): LegId {
    return this.#line.leg;
  }

  get state(): CustomerState {
    return this.#state;
  }

  get hasEnded(): boolean {
    return this.#state !== 'waiting' && this.#state !== 'talking' && this.#state !== 'onHold';
  }

  /** Talk time so far, ms. */
  get talkedMs(): number {
    return this.#talkedMs + (this.#state === 'talking' ? this.#clock.monotonic() - this.#since : 0);
  }

  situation(company: readonly LegId[], _treatment: Treatment | null): void {
    if (this.hasEnded) return;
    if (company.length > 0) {
      if (this.#state === 'talking') return;
      this.#become('talking');
      const { talkMs } = this.#times;
      this.#runOut(talkMs === null ? null : Math.max(0, talkMs - this.#talkedMs), 'completed');
    } else if (this.#state === 'talking') {
      this.#become('onHold');
      this.#runOut(this.#times.patienceMs, 'abandonedOnHold');
    }
  }

  ended(_cause: LegCause): void {
    if (!this.hasEnded) this.#become(this.#talkedBefore ? 'completed' : 'refused');
  }

  /** Hangs up now, as when the simulation is stopped. */
  hangUp(): void {
    if (!this.hasEnded) this.#leave(this.#talkedBefore ? 'completed' : 'abandoned');
  }

  get #talkedBefore(): boolean {
    return this.#state !== 'waiting';
  }

  #leave(result: CustomerResult): void {
    this.#become(result);
    this.#line.hangUp();
  }

  #runOut(ms: number | null, result: CustomerResult): void {
    if (ms !== null) this.#timer = this.#clock.schedule(ms, () => this.#leave(result));
  }

  #become(state: CustomerState): void {
    const before = this.#state;
    this.#talkedMs = this.talkedMs;
    this.#timer?.cancel();
    this.#timer = null;
    this.#state = state;
    this.#since = this.#clock.monotonic();
    this.#onChange(this, before);
  }
}
