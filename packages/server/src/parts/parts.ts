/** Starts the parts in order and stops them in reverse; each can also be stopped and started alone. */
import type { Clock } from '@poise/clock';
import { PlainError, phrase, words } from '../messages/catalogue.ts';
import type { Part, PartHealth } from './part.ts';

export interface PartsOptions {
  readonly clock: Clock;
  /** A part that does not start within this time has failed. */
  readonly startTimeoutMs?: number;
  /** Stopping all parts takes no longer; what has not stopped by then is left behind. */
  readonly stopTimeoutMs?: number;
  /** Something went wrong that the operator should know; the rest goes on. */
  readonly onProblem?: (text: string) => void;
}

export interface PartsHealth {
  /** Every part serves its users. */
  readonly ready: boolean;
  readonly parts: ReadonlyArray<PartHealth & { readonly name: string }>;
}

const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 4500;

export class Parts {
  readonly #parts: readonly Part[];
  readonly #options: Required<PartsOptions>;
  /** In the order in which they started. */
  #running: Part[] = [];
  #stopping: Promise<void> | undefined;

  constructor(parts: readonly Part[], options: PartsOptions) {
    this.#parts = parts;
    this.#options = {
      startTimeoutMs: START_TIMEOUT_MS,
      stopTimeoutMs: STOP_TIMEOUT_MS,
      onProblem: () => {},
      ...options,
    };
  }

  /** @throws PlainError that names the part which cannot start; the others are stopped then */
  async start(): Promise<void> {
    for (const part of this.#parts) {
      if (this.#stopping !== undefined) return this.#stopping;
      this.#running.push(part);
      try {
        await this.#within(part.start(), this.#options.startTimeoutMs, () => {
          const seconds = Math.round(this.#options.startTimeoutMs / 1000);
          throw new PlainError(phrase('parts.timeout', { seconds }));
        });
      } catch (error) {
        await this.stop();
        throw failure(part, error);
      }
    }
  }

  /** Idempotent; never rejects and never hangs. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  /** Starts one part that was stopped. */
  async startPart(name: string): Promise<void> {
    const part = this.#find(name);
    if (this.#running.includes(part)) return;
    try {
      await part.start();
      this.#running.push(part);
    } catch (error) {
      throw failure(part, error);
    }
  }

  /** Stops one part; the others stay. */
  async stopPart(name: string): Promise<void> {
    const part = this.#find(name);
    this.#running = this.#running.filter((other) => other !== part);
    await part.stop();
  }

  health(): PartsHealth {
    const parts = this.#parts.map((part) => ({ name: part.name, ...healthOf(part) }));
    return { ready: parts.every((part) => part.ready), parts };
  }

  async #stopAll(): Promise<void> {
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
