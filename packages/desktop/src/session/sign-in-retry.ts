/** A sign-in that failed because of the phone is tried again: the phone may be starting (desktop.md D5). */
import type { ClientClock, ClientTimer } from '@poise/client';
import type { Sentence, Store } from './store.ts';

/** `loginFailureRetryAttempts` and `loginFailureRetryInterval` of the original. */
export const RETRY_ATTEMPTS = 3;
export const RETRY_MS = 60_000;

const OF_THE_PHONE: ReadonlySet<string> = new Set(['error.extension', 'error.extensionBusy']);

export class SignInRetry {
  readonly #store: Store;
  readonly #clock: ClientClock;
  #left = RETRY_ATTEMPTS;
  #timer: ClientTimer | undefined;

  constructor(store: Store, clock: ClientClock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** The agent signs in by hand: all attempts are there again. */
  begin(): void {
    this.#timer?.cancel();
    this.#left = RETRY_ATTEMPTS;
  }

  failed(error: Sentence, again: () => void): void {
    this.#timer?.cancel();
    if (!OF_THE_PHONE.has(error.key) || this.#left === 0) return;
    this.#store.dispatch({ type: 'retry', retry: { left: this.#left, at: this.#clock.now() + RETRY_MS } });
    this.#timer = this.#clock.schedule(RETRY_MS, () => {
      this.#left--;
      again();
    });
  }

  stop(): void {
    this.#timer?.cancel();
    this.#store.dispatch({ type: 'retry', retry: null });
  }
}
