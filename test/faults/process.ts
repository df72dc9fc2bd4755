/** A simulated process: it can be stopped for a while and go on, be killed, and have a wall clock of its own. */
import type { Clock, Timer, VirtualClock } from '@poise/clock';

type Work = () => void;

interface Pending {
  readonly run: Work;
  /** Deadline on the monotonic clock: what fell due while the process was stopped runs in this order. */
  readonly at: number;
  over: boolean;
}

export class SimProcess {
  readonly name: string;
  readonly clock: Clock;
  readonly #base: VirtualClock;
  #state: 'running' | 'frozen' | 'dead' = 'running';
  /** What fell due, and what arrived, while the process was stopped. */
  #due: Pending[] = [];
  #arrived: Work[] = [];
  readonly #onDeath = new Set<Work>();
  /** Monotonic ms at which it was started, or went on for the last time. */
  ranSince: number;
  /** Since when it stands still, monotonic ms; undefined: it does not. */
  stoodSince: number | undefined;
  /** Shift of its wall clock, ms. */
  wallOffsetMs = 0;

  constructor(name: string, base: VirtualClock) {
    this.name = name;
    this.#base = base;
    this.ranSince = base.monotonic();
    this.clock = {
      now: () => base.now() + this.wallOffsetMs,
      monotonic: () => base.monotonic(),
      schedule: (delayMs, fn) => this.#schedule(delayMs, fn),
    };
  }

  get state(): 'running' | 'frozen' | 'dead' {
    return this.#state;
  }

  get alive(): boolean {
    return this.#state !== 'dead';
  }

  get running(): boolean {
    return this.#state === 'running';
  }

  /** Something from outside: read when the process runs, never when it is dead. */
  io(work: Work): void {
    if (this.#state === 'running') work();
    else if (this.#state === 'frozen') this.#arrived.push(work);
  }

  /** Stopped (SIGSTOP, a sleeping laptop): neither timers nor arrivals are served; time goes on. */
  freeze(): void {
    if (this.#state !== 'running') return;
    this.#state = 'frozen';
    this.stoodSince = this.#base.monotonic();
  }

  /** Goes on: timers that are overdue first, as an event loop has it, then what arrived. */
  thaw(): void {
    if (this.#state !== 'frozen') return;
    this.#state = 'running';
    this.stoodSince = undefined;
    this.ranSince = this.#base.monotonic();
    const due = this.#due.sort((a, b) => a.at - b.at);
    const arrived = this.#arrived;
    this.#due = [];
    this.#arrived = [];
    for (const entry of due) this.#base.schedule(0, () => this.#fire(entry));
    for (const work of arrived) this.#base.schedule(0, () => this.io(work));
  }

  /** Told of the death. @returns the function that ends that */
  onDeath(work: Work): () => void {
    this.#onDeath.add(work);
    return () => this.#onDeath.delete(work);
  }

  /** Dead at once: none of its timers and none of what arrives counts any more. */
  kill(): void {
    if (this.#state === 'dead') return;
    this.#state = 'dead';
    this.stoodSince = undefined;
    this.#due = [];
    this.#arrived = [];
    for (const work of [...this.#onDeath]) work();
    this.#onDeath.clear();
  }

  #schedule(delayMs: number, run: Work): Timer {
    const entry: Pending = { run, at: this.#base.monotonic() + delayMs, over: false };
    const timer = this.#base.schedule(delayMs, () => this.#fire(entry));
    return {
      cancel: () => {
        entry.over = true;
        timer.cancel();
      },
    };
  }

  #fire(entry: Pending): void {
    if (entry.over || this.#state === 'dead') return;
    if (this.#state === 'frozen') {
      this.#due.push(entry);
      return;
    }
    entry.over = true;
    entry.run();
  }
}
