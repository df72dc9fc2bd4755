/** Calls between the store and the server: what the agent asks for, and the dialogs as the server knows them. */
import { ApiError, type Calls, type PoiseClient } from '@poise/client';
import { NEW_CALL } from './calls.ts';
import { sentenceFor } from './sentences.ts';
import type { Sentence, Store } from './store.ts';

/** The part of the SDK that calls need. */
export type CallClient = Pick<PoiseClient, 'dialogs' | 'wrapUpReasons'> & {
  readonly calls: Pick<
    Calls,
    | 'make'
    | 'answer'
    | 'hold'
    | 'retrieve'
    | 'drop'
    | 'consult'
    | 'transfer'
    | 'conference'
    | 'transferDirectly'
    | 'sendDtmf'
    | 'updateData'
  >;
};

/** The list is read again when an event came while it was on its way, at most this often. */
const READS_MAX = 5;

export class CallControl {
  readonly #store: Store;
  readonly #client: CallClient;
  readonly #current: () => boolean;
  /** Grows with each event of a dialog. */
  #heard = 0;

  /** @param current whether this client is still the one that counts */
  constructor(store: Store, client: CallClient, current: () => boolean) {
    this.#store = store;
    this.#client = client;
    this.#current = current;
  }

  /** An Update on the own Dialogs node was given to the store. */
  heard(): void {
    this.#heard++;
  }

  /** Reads what events may have been missed of. Never rejects: the next recovery asks again. */
  async load(): Promise<void> {
    try {
      for (let reads = 0; reads < READS_MAX; reads++) {
        const heard = this.#heard;
        const dialogs = await this.#client.dialogs();
        if (!this.#current()) return;
        // A list that an event has overtaken would show older data over newer.
        if (heard !== this.#heard) continue;
        this.#store.dispatch({ type: 'dialogs read', dialogs });
        break;
      }
      const reasons = await this.#client.wrapUpReasons();
      if (this.#current())
        this.#store.dispatch({ type: 'wrap-up reasons', labels: reasons.map(({ label }) => label) });
    } catch {
      // Calls that begin from now on are told by events.
    }
  }

  make(number: string): Promise<void> {
    return this.request(NEW_CALL, (calls) => calls.make(number));
  }

  /** Sends one request about a dialog; a second one of the same dialog waits for nobody and is not sent. */
  async request(of: string, send: (calls: CallClient['calls']) => Promise<unknown>): Promise<void> {
    if (!this.#current() || this.#store.snapshot().calls.busy.has(of)) return;
    this.#store.dispatch({ type: 'call requested', of });
    let error: Sentence | null = null;
    try {
      await send(this.#client.calls);
    } catch (failure) {
      error = callSentence(failure);
    }
    if (this.#current()) this.#store.dispatch({ type: 'call answered', of, error });
  }
}

/** What went wrong with a call, in one plain sentence. */
export function callSentence(error: unknown): Sentence {
  if (!(error instanceof ApiError) || error.status === 0 || error.status === 408 || error.status === 503)
    return sentenceFor(error, '');
  const { errorType, errorData, errorMessage } = error;
  if (errorType === 'Invalid Destination') return { key: 'call.error.destination' };
  if (
    /INVALID_ACTION|INVALID_OBJECT_STATE|INVALID_CONNECTION/.test(errorMessage) ||
    errorType === 'Invalid State'
  )
    return { key: 'call.error.state' };
  if (/INVALID_(CALLED|DESTINATION|CALLING)/.test(errorMessage)) return { key: 'call.error.destination' };
  if (/BUSY/.test(errorMessage)) return { key: 'call.error.busy' };
  if (error.status === 404 || /Not Found/.test(errorType)) return { key: 'call.error.gone' };
  return { key: 'error.other', values: { detail: errorMessage || errorData || errorType } };
}
