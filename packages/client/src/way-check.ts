import type { ApiError } from './api-error.ts';
import type { ClientClock } from './platform.ts';

/** As many connections to a host as a browser keeps. */
const CONNECTIONS = 6;
/** For an answer over a connection that is well. */
const LIMIT_MS = 1_000;
/** A server that is slow for long, so that the silence was none, is not asked oftener than this. */
const PAUSE_MS = 30_000;

/** `not asked`: it was a moment ago. */
export type WayAnswer = 'answered' | 'unanswered' | 'not asked';

/**
 * Asks a server over other connections whether it is there. Where connections die without a word (another address, a
 * firewall that forgot them), those that the browser keeps for the next requests are dead, too: so many questions go at
 * once that each of them is used, and what is not answered is aborted, which rids the browser of its connection.
 */
export class WayCheck {
  readonly #clock: ClientClock;
  readonly #ask: (limitMs: number) => Promise<unknown>;
  #dueAt = Number.NEGATIVE_INFINITY;

  /** @param ask rejects with ApiError; what a server refuses, it has answered */
  constructor(clock: ClientClock, ask: (limitMs: number) => Promise<unknown>) {
    this.#clock = clock;
    this.#ask = ask;
  }

  /** A connection was dead indeed: the next silence is asked about at once. */
  rearm(): void {
    this.#dueAt = Number.NEGATIVE_INFINITY;
  }

  /** @param isDead asks also when it has been asked a moment ago */
  async ask(isDead = false): Promise<WayAnswer> {
    const now = this.#clock.monotonic();
    if (now < this.#dueAt && !isDead) return 'not asked';
    this.#dueAt = now + PAUSE_MS;
    const answers = await Promise.all(Array.from({ length: CONNECTIONS }, () => this.#isAnswered()));
    // The next one goes over a new connection.
    return answers.includes(true) || (await this.#isAnswered()) ? 'answered' : 'unanswered';
  }

  #isAnswered(): Promise<boolean> {
    return this.#ask(LIMIT_MS).then(
      () => true,
      ({ status }: ApiError) => status >= 400 && status !== 408,
    );
  }
}
