/**
 * Starts the parts in order and stops them in reverse. Each can also be stopped and started alone; one that
 * fails while the others run is started again, with growing pauses.
 */
import type { Clock, Timer } from '@poise/clock';
import { PlainError, phrase, words } from '../messages/catalogue.ts';
import type { Part, PartHealth } from './part.ts';

/** What became of one part while the server runs. */
export type PartChange = 'started' | 'stopping' | 'stopped' | 'failed';

export interface PartsOptions {
  readonly clock: Clock;
  /** A part that does not start within this time has failed. */
  readonly startTimeoutMs?: number;
  /** Stopping all parts takes no longer; what has not stopped by then is left behind. */
  readonly stopTimeoutMs?: number;
  /** Something went wrong that the operator should know; the rest goes on. */
  readonly onProblem?: (text: string) => void;
  /** … or is right again. */
  readonly onRecovery?: (text: string) => void;
  /** A part came or went, at the first start too. Synchronous. */
  readonly onChange?: (name: string, change: PartChange) => void;
  /** How often running parts are asked whether they failed; default 2 s. */
  readonly checkMs?: number;
  /** Pauses before a failed part is started again; the last one is repeated. */
  readonly pausesMs?: readonly number[];
}

export interface PartsHealth {
  /** Every part serves its users. */
  readonly ready: boolean;
  readonly parts: ReadonlyArray<PartHealth & { readonly name: string }>;
}

const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 4500;
/** Stopping one part alone: no longer than a part may take. */
const STOP_ALONE_MS = 2_000;
const CHECK_MS = 2_000;
const PAUSES_MS = [1_000, 2_000, 5_000, 10_000, 30_000, 60_000] as const;

/** A part that failed and waits for its next start. */
interface Revival {
  attempts: number;
  timer: Timer | undefined;
}

export class Parts {
  readonly #parts: readonly Part[];
  readonly #options: Required<PartsOptions>;
  /** In the order in which they started. */
  #running: Part[] = [];
  readonly #revivals = new Map<Part, Revival>();
  #stopping: Promise<void> | undefined;
  #check: Timer | undefined;
  /** Parts are started and stopped one at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: readonly Part[], options: PartsOptions) {
    this.#parts = parts;
    this.#options = {
      startTimeoutMs: START_TIMEOUT_MS,
      stopTimeoutMs: STOP_TIMEOUT_MS,
      onProblem: () => {},
      onRecovery: () => {},
      onChange: () => {},
      checkMs: CHECK_MS,
      pausesMs: PAUSES_MS,
      ...options,
    };
  }

  /** @throws PlainError that names the part which cannot start; the others are stopped then */
  async start(): Promise<void> {
    for (const part of this.#parts) {
      if (this.#stopping !== undefined) return this.#stopping;
      this.#running.push(part);
      try {
        await this.#begin(part);
      } catch (error) {
        await this.stop();
        throw failure(part, error);
      }
    }
    if (this.#stopping === undefined) this.#checkLater();
  }

  /** Idempotent; never rejects and never hangs. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  /**
   * Starts one part that was stopped. One that cannot start is tried again until it is stopped.
   * @throws PlainError that says why it cannot
   */
  async startPart(name: string): Promise<void> {
    const part = this.#find(name);
    return this.#inTurn(async () => {
      if (this.#running.includes(part)) return;
      this.#endRevival(part);
      try {
        await this.#begin(part);
      } catch (error) {
        this.#revive(part, error);
        throw failure(part, error);
      }
      await this.#joined(part);
    });
  }

  /** Stops one part; the others stay. */
  async stopPart(name: string): Promise<void> {
    const part = this.#find(name);
    return this.#inTurn(async () => {
      this.#endRevival(part);
      await this.#end(part);
    });
  }

  async restartPart(name: string): Promise<void> {
    await this.stopPart(name);
    await this.startPart(name);
  }

  health(): PartsHealth {
    const parts = this.#parts.map((part) => ({ name: part.name, ...healthOf(part) }));
    return { ready: parts.every((part) => part.ready), parts };
  }

  async #begin(part: Part): Promise<void> {
    await this.#within(part.start(), this.#options.startTimeoutMs, () => {
      const seconds = Math.round(this.#options.startTimeoutMs / 1000);
      throw new PlainError(phrase('parts.timeout', { seconds }));
    });
    this.#options.onChange(part.name, 'started');
  }

  async #end(part: Part): Promise<void> {
    if (this.#running.includes(part)) this.#options.onChange(part.name, 'stopping');
    this.#running = this.#running.filter((other) => other !== part);
    await this.#within(part.stop(), STOP_ALONE_MS, () =>
      this.#options.onProblem(`The part ${part.name} did not stop in time.`),
    );
    this.#options.onChange(part.name, 'stopped');
  }

  // ---- parts that fail --------------------------------------------------------------------------

  #checkLater(): void {
    this.#check = this.#options.clock.schedule(this.#options.checkMs, () => {
      for (const part of [...this.#running]) {
        const health = healthOf(part);
        if (health.state === 'failed') this.#failed(part, new Error(health.reason ?? 'no reason given'));
      }
      this.#checkLater();
    });
  }

  #failed(part: Part, error: unknown): void {
    this.#running = this.#running.filter((other) => other !== part);
    this.#options.onChange(part.name, 'failed');
    this.#revive(part, error);
  }

  /** Plans the next start of a part that failed, and says so. */
  #revive(part: Part, error: unknown): void {
    if (this.#stopping !== undefined) return;
    const revival = this.#revivals.get(part) ?? { attempts: 0, timer: undefined };
    this.#revivals.set(part, revival);
    const { pausesMs, clock, onProblem } = this.#options;
    const pause = pausesMs[Math.min(revival.attempts, pausesMs.length - 1)]!;
    revival.attempts += 1;
    onProblem(
      `The part ${part.name} failed: ${reasonOf(error)} It is started again in ${pause / 1000} s (attempt ${revival.attempts}).`,
    );
    revival.timer = clock.schedule(pause, () => void this.#inTurn(() => this.#tryAgain(part, revival)));
  }

  async #tryAgain(part: Part, revival: Revival): Promise<void> {
    if (this.#revivals.get(part) !== revival || this.#stopping !== undefined) return;
    try {
      // What is left of it would stand in its own way: a port, a timer.
      await this.#within(part.stop(), STOP_ALONE_MS, () => {}).catch(() => {});
      await this.#begin(part);
    } catch (error) {
      this.#revive(part, error);
      return;
    }
    this.#revivals.delete(part);
    this.#options.onRecovery(`The part ${part.name} runs again.`);
    await this.#joined(part);
  }

  /** One more runs; unless all were stopped while it started. */
  async #joined(part: Part): Promise<void> {
    if (this.#stopping === undefined) this.#running.push(part);
    else await part.stop();
  }

  #endRevival(part: Part): void {
    this.#revivals.get(part)?.timer?.cancel();
    this.#revivals.delete(part);
  }

  /** One after the other, whoever asks. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }

  async #stopAll(): Promise<void> {
    this.#check?.cancel();
    for (const part of this.#parts) this.#endRevival(part);
    const parts = this.#running.reverse();
    this.#running = [];
    const deadline = this.#options.clock.monotonic() + this.#options.stopTimeoutMs;
    for (const [index, part] of parts.entries()) {
      // What is left is shared fairly, so that one that hangs does not take the time of the others.
      const left = Math.max(0, deadline - this.#options.clock.monotonic());
      const own = left / Math.max(1, Math.min(2, parts.length - index));
      try {
        await this.#within(part.stop(), own, () =>
          this.#options.onProblem(`The part ${part.name} did not stop in time.`),
        );
      } catch (error) {
        this.#options.onProblem(`The part ${part.name} did not stop cleanly: ${messageOf(error)}`);
      }
    }
  }

  /** Settles as `work` does, or with what `late` returns or throws when the time is up. */
  #within(work: Promise<void>, ms: number, late: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = this.#options.clock.schedule(ms, () => {
        try {
          resolve(late());
        } catch (error) {
          reject(error);
        }
      });
      work.then(resolve, reject).finally(() => timer.cancel());
    });
  }

  #find(name: string): Part {
    const part = this.#parts.find((candidate) => candidate.name === name);
    if (part === undefined) {
      const parts = this.#parts.map((candidate) => candidate.name).join(', ');
      throw new PlainError(phrase('parts.unknown', { part: name, parts }));
    }
    return part;
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const reasonOf = (error: unknown): string =>
  (error instanceof PlainError ? words(error.said) : messageOf(error)).replace(/([^.])$/, '$1.');

function failure(part: Part, error: unknown): PlainError {
  const reason = error instanceof PlainError ? words(error.said) : messageOf(error);
  return new PlainError(phrase('parts.failed', { part: part.name, reason }), { cause: error });
}

function healthOf(part: Part): PartHealth {
  try {
    return part.health();
  } catch (error) {
    return { state: 'failed', ready: false, reason: messageOf(error) };
  }
}
