/** Looks whether agents can sign in, while the sign-in page is shown: who cannot shall know before he types. */
import type { ClientClock, ClientTimer } from '@poise/client';
import type { ConfigAnswer } from './desktop-config.ts';

/** Between two questions, while all is well and while it is not. */
export const WELL_MS = 60_000;
export const BAD_MS = 5_000;

export interface WatchOptions {
  readonly clock: ClientClock;
  readonly ask: () => Promise<ConfigAnswer>;
  readonly told: (answer: ConfigAnswer) => void;
}

export class ServerWatch {
  readonly #options: WatchOptions;
  #timer: ClientTimer | undefined;
  /** Grows with each question, so that the answer to an earlier one changes nothing. */
  #question = 0;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  /** Asks now, and from then on again and again. */
  look(): void {
    this.#timer?.cancel();
    const question = ++this.#question;
    void this.#options.ask().then((answer) => {
      if (question !== this.#question) return;
      this.#options.told(answer);
      const isBad = answer.status === 'out-of-service' || answer.status === 'unreachable';
      this.#timer = this.#options.clock.schedule(isBad ? BAD_MS : WELL_MS, () => this.look());
    });
  }

  /** Nobody looks at the page. */
  stop(): void {
    this.#question++;
    this.#timer?.cancel();
  }
}
