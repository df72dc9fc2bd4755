/** A sign-in that failed because of the phone is tried again: the phone may be starting (desktop.md D5). */
import type { ClientClock, ClientTimer } from '@poise/client';
import { NO_CONFIG, type RetryRule } from './desktop-config.ts';
import type { Sentence, Store } from './store.ts';

const OF_THE_PHONE: ReadonlySet<string> = new Set(['error.extension', 'error.extensionBusy']);

export class SignInRetry {
  readonly #store: Store;
  readonly #clock: ClientClock;
  #rule: RetryRule = NO_CONFIG.retry;
  #left = this.#rule.attempts;
  #timer: ClientTimer | undefined;

  constructor(store: Store, clock: ClientClock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Holds from the next sign-in by hand on. */
  setRule(rule: RetryRule): void {
    this.#rule = rule;
  }

  /** The agent signs in by hand: all attempts are there again. */
  begin(): void {
    this.#timer?.cancel();
    this.#left = this.#rule.attempts;
  }

  failed(error: Sentence, again: () => void): void {
    this.#timer?.cancel();
    if (!OF_THE_PHONE.has(error.key) || this.#left === 0) return;
    const { intervalMs } = this.#rule;
    this.#store.dispatch({ type: 'retry', retry: { left: this.#left, at: this.#clock.now() + intervalMs } });
    this.#timer = this.#clock.schedule(intervalMs, () => {
      this.#left--;
      again();
    });
  }

  stop(): void {
    this.#timer?.cancel();
    this.#store.dispatch({ type: 'retry', retry: null });
  }
}
