/** The page's log on its way to the server (desktop.md section 13). */
import { ApiError, type ClientClock, type ClientTimer, type PoiseClient } from '@poise/client';
import type { ClientLog } from './client-log.ts';
import { sentenceFor } from './sentences.ts';
import type { Sentence, Store } from './store.ts';

/** What the server takes as one log, in characters; the newest part of a longer one is sent. */
export const REPORT_MAX = 1_000_000;
/** What the server takes as one file; characters may have several bytes. */
const REPORT_BYTES_MAX = 1_500_000;
/** How long the menu says that it was sent, or why it was not. */
export const TOLD_MS = 10_000;

export class ErrorReport {
  readonly #store: Store;
  readonly #clock: ClientClock;
  readonly #log: Pick<ClientLog, 'text'>;
  #told: ClientTimer | undefined;

  constructor(store: Store, clock: ClientClock, log: Pick<ClientLog, 'text'>) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
  }

  /** Never rejects: what went wrong is told in the state. One at a time. */
  async send(client: Pick<PoiseClient, 'clientLog'>, current: () => boolean): Promise<void> {
    if (this.#store.snapshot().report === 'sending') return;
    this.#told?.cancel();
    this.#store.dispatch({ type: 'report', report: 'sending' });
    let error: Sentence | null = null;
    try {
      await client.clientLog(newest(readable(this.#log.text())));
    } catch (failure) {
      error = reportSentence(failure);
    }
    if (!current()) return;
    this.#store.dispatch({ type: 'report', report: error ? { error } : 'sent' });
    this.#told = this.#clock.schedule(TOLD_MS, () =>
      this.#store.dispatch({ type: 'report', report: 'idle' }),
    );
  }
}

function reportSentence(error: unknown): Sentence {
  if (error instanceof ApiError && error.status === 413) return { key: 'report.tooLong' };
  return sentenceFor(error, '');
}

/** Without what XML cannot carry: control characters and halves of characters. */
export function readable(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu, '\ufffd');
}

/** The end of the log, from the beginning of a line, as long as the server takes it. */
export function newest(
  text: string,
  charactersMax: number = REPORT_MAX,
  bytesMax: number = REPORT_BYTES_MAX,
): string {
  let kept = text;
  const isTooLong = () => kept.length > charactersMax || new TextEncoder().encode(kept).length > bytesMax;
  while (isTooLong()) {
    const from = Math.max(kept.length - charactersMax, Math.ceil(kept.length / 10));
    const line = kept.indexOf('\n', from - 1);
    kept = kept.slice(line === -1 ? from : line + 1);
  }
  return kept;
}
