/** One signal on its way to a collector: a bounded queue, batches, patience (OTLP 1.x, "Failures" and "Retryable response codes"). */
import type { Clock, Timer } from '@poise/clock';

/** Sends one body. @returns the status, and Retry-After in ms where the collector says it; rejects when nothing answered */
export type Post = (
  body: string,
) => Promise<{ readonly status: number; readonly retryAfterMs: number | null }>;

/** Items that wait; more are counted and dropped, the newest. */
export const QUEUE_MAX = 10_000;
const BATCH_MAX = 500;
/** Whatever comes within this time goes together. */
export const GATHER_MS = 5_000;
const RETRY_FIRST_MS = 1_000;
const RETRY_MAX_MS = 60_000;
/** The collector is busy, or on the way up. */
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504]);

export interface OutletFigures {
  sent: number;
  /** There was no room, or the collector refused. */
  dropped: number;
  /** Why the last attempt failed; empty: it did not. */
  trouble: string;
}

export class Outlet<T> {
  readonly figures: OutletFigures = { sent: 0, dropped: 0, trouble: '' };
  readonly #clock: Clock;
  readonly #post: Post;
  readonly #bodyOf: (items: readonly T[]) => object;
  #queue: T[] = [];
  #timer: Timer | null = null;
  /** The attempts that are under way. */
  #sending: Promise<void> | null = null;
  #retryMs = RETRY_FIRST_MS;

  constructor(clock: Clock, post: Post, bodyOf: (items: readonly T[]) => object) {
    this.#clock = clock;
    this.#post = post;
    this.#bodyOf = bodyOf;
  }

  push(item: T): void {
    if (this.#queue.length >= QUEUE_MAX) {
      this.figures.dropped += 1;
      return;
    }
    this.#queue.push(item);
    this.#later(GATHER_MS);
  }

  /** What waits is tried once, and then given up. */
  async end(): Promise<void> {
    this.#timer?.cancel();
    // A batch that is on its way must not go twice.
    await this.#sending;
    this.#timer?.cancel();
    this.#timer = null;
    while (this.#queue.length > 0 && (await this.#send()));
    this.figures.dropped += this.#queue.length;
    this.#queue = [];
    this.#timer = null;
  }

  #later(ms: number): void {
    if (this.#timer !== null || this.#sending !== null) return;
    this.#timer = this.#clock.schedule(ms, () => {
      this.#timer = null;
      this.#sending = this.#drain().then((waitMs) => {
        this.#sending = null;
        if (this.#queue.length > 0) this.#later(waitMs);
      });
    });
  }

  /** @returns ms until the next attempt */
  async #drain(): Promise<number> {
    while (this.#queue.length > 0)
      if (!(await this.#send())) {
        const waitMs = this.#retryMs;
        this.#retryMs = Math.min(RETRY_MAX_MS, waitMs * 2);
        return waitMs;
      }
    return GATHER_MS;
  }

  /** @returns whether the batch is off the queue */
  async #send(): Promise<boolean> {
    const batch = this.#queue.slice(0, BATCH_MAX);
    const { figures } = this;
    try {
      const { status, retryAfterMs } = await this.#post(JSON.stringify(this.#bodyOf(batch)));
      if (RETRYABLE.has(status)) {
        figures.trouble = `the collector answers ${status}`;
        if (retryAfterMs !== null)
          this.#retryMs = Math.min(RETRY_MAX_MS, Math.max(retryAfterMs, RETRY_FIRST_MS));
        return false;
      }
      this.#queue.splice(0, batch.length);
      this.#retryMs = RETRY_FIRST_MS;
      const taken = status >= 200 && status < 300;
      figures[taken ? 'sent' : 'dropped'] += batch.length;
      figures.trouble = taken ? '' : `the collector refuses with ${status}`;
      return true;
    } catch (error) {
      figures.trouble = `the collector does not answer: ${(error as Error).message}`;
      return false;
    }
  }
}
