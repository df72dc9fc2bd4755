/**
 * How much one client may publish: a bucket of tokens, refilled steadily. What comes faster waits in a bounded queue; what does not fit
 * there is dropped, counted, and told.
 */
import type { HubClock } from './clock.ts';

export interface FloodLimits {
  /** Messages per second, for ever. */
  readonly perSecond: number;
  /** Messages at once. */
  readonly burst: number;
  /** Messages that wait. */
  readonly queueMax: number;
  /** How often a client that goes on flooding is named, in ms. */
  readonly reportEveryMs: number;
}

/** A gadget that logs busily stays far below: the busiest of the public ones publishes about ten lines for an event. */
export const FLOOD_LIMITS: FloodLimits = { perSecond: 100, burst: 300, queueMax: 500, reportEveryMs: 10_000 };

export interface Flood {
  /** Messages that had to wait since the last report. */
  readonly delayed: number;
  /** Messages that were lost since the last report. */
  readonly dropped: number;
}

export class FloodGate<Message> {
  readonly #clock: HubClock;
  readonly #limits: FloodLimits;
  readonly #pass: (message: Message) => void;
  readonly #report: (flood: Flood) => void;
  #tokens: number;
  #filledAt: number;
  readonly #queue: Message[] = [];
  #timer: { cancel(): void } | null = null;
  #delayed = 0;
  #dropped = 0;
  /** Null: not reported yet. */
  #reportedAt: number | null = null;

  constructor(
    clock: HubClock,
    limits: FloodLimits,
    pass: (message: Message) => void,
    report: (flood: Flood) => void,
  ) {
    this.#clock = clock;
    this.#limits = limits;
    this.#pass = pass;
    this.#report = report;
    this.#tokens = limits.burst;
    this.#filledAt = clock.now();
  }

  /** @returns false: it is lost */
  take(message: Message): boolean {
    this.#fill();
    if (this.#queue.length === 0 && this.#tokens >= 1) {
      this.#tokens--;
      this.#pass(message);
      return true;
    }
    const isTaken = this.#queue.length < this.#limits.queueMax;
    if (isTaken) {
      this.#queue.push(message);
      this.#delayed++;
    } else this.#dropped++;
    this.#tell();
    this.#drainLater();
    return isTaken;
  }

  /** What waits is forgotten. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#queue.length = 0;
  }

  #fill(): void {
    const now = this.#clock.now();
    const gained = (Math.max(0, now - this.#filledAt) * this.#limits.perSecond) / 1_000;
    this.#tokens = Math.min(this.#limits.burst, this.#tokens + gained);
    this.#filledAt = now;
  }

  #drainLater(): void {
    // Ten at a time: a timer for each would be work of its own.
    const atOnce = Math.min(10, this.#limits.burst);
    this.#timer ??= this.#clock.schedule(Math.ceil((atOnce * 1_000) / this.#limits.perSecond), () => {
      this.#timer = null;
      this.#fill();
      while (this.#tokens >= 1 && this.#queue.length > 0) {
        this.#tokens--;
        this.#pass(this.#queue.shift() as Message);
      }
      if (this.#queue.length > 0) this.#drainLater();
    });
  }

  #tell(): void {
    const now = this.#clock.now();
    if (this.#reportedAt !== null && now - this.#reportedAt < this.#limits.reportEveryMs) return;
    this.#reportedAt = now;
    this.#report({ delayed: this.#delayed, dropped: this.#dropped });
    this.#delayed = 0;
    this.#dropped = 0;
  }
}
