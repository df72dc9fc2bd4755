/** Calls between the store and the server: what the agent asks for, and the dialogs as the server knows them. */
import {
  ApiError,
  type Calls,
  type ClientClock,
  type PoiseClient,
  platformClock,
  type Update,
} from '@poise/client';
import { dialogsOf, NEW_CALL, type PhoneBookState } from './calls.ts';
import { isOfTheServer, sentenceFor } from './sentences.ts';
import type { Sentence, Store } from './store.ts';
import { isUnconfirmed, outcomeOf, UNCONFIRMED } from './unconfirmed.ts';

/** The part of the SDK that calls need. */
export type CallClient = Pick<
  PoiseClient,
  'dialogs' | 'wrapUpReasons' | 'phoneBooks' | 'mediaPropertiesLayouts'
> & {
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
    | 'dropParticipant'
    | 'barge'
    | 'accept'
    | 'reject'
    | 'close'
    | 'reclassify'
    | 'scheduleCallback'
    | 'cancelCallback'
  >;
};

export class CallControl {
  readonly #store: Store;
  readonly #client: CallClient;
  readonly #current: () => boolean;
  /** For each list that is on its way: the dialogs that events have told of since. */
  readonly #overtaken = new Set<Set<string>>();
  readonly #clock: ClientClock;
  /** Keys that wait for those before them: their order counts. */
  #keys = '';
  #keysOf = '';
  #isSendingKeys = false;

  /** @param current whether this client is still the one that counts */
  constructor(store: Store, client: CallClient, current: () => boolean, clock: ClientClock = platformClock) {
    this.#clock = clock;
    this.#store = store;
    this.#client = client;
    this.#current = current;
  }

  /** An Update on the own Dialogs node was given to the store. */
  heard(update: Update): void {
    for (const id of dialogsOf(update)) for (const overtaken of this.#overtaken) overtaken.add(id);
  }

  /** Reads what events may have been missed of; what events tell meanwhile counts more. Rejects with ApiError. */
  async load(): Promise<void> {
    const overtaken = new Set<string>();
    this.#overtaken.add(overtaken);
    try {
      const dialogs = await this.#client.dialogs();
      if (this.#current()) this.#store.dispatch({ type: 'dialogs read', dialogs, overtaken });
    } finally {
      this.#overtaken.delete(overtaken);
    }
  }

  /** Reads the reasons that a call can be wrapped up with. Rejects with ApiError. */
  async loadReasons(): Promise<void> {
    const reasons = await this.#client.wrapUpReasons();
    if (this.#current())
      this.#store.dispatch({ type: 'wrap-up reasons', labels: reasons.map(({ label }) => label) });
  }

  /** Reads the layouts of call variables; a server that has none shows what is filled. Rejects with ApiError. */
  async loadLayouts(): Promise<void> {
    try {
      const layouts = await this.#client.mediaPropertiesLayouts();
      if (this.#current()) this.#store.dispatch({ type: 'variable layouts', layouts });
    } catch (error) {
      if (!(error instanceof ApiError && (error.status === 404 || error.status === 501))) throw error;
    }
  }

  /** Reads the phone books, once; where that failed, when it is asked for again. Never rejects. */
  async loadPhoneBooks(): Promise<void> {
    const { phoneBooks } = this.#store.snapshot().calls;
    if (phoneBooks !== 'unread' && phoneBooks !== 'failed') return;
    this.#store.dispatch({ type: 'phone books', books: 'reading' });
    let books: PhoneBookState = 'failed';
    try {
      books = await this.#client.phoneBooks();
    } catch {
      // The list says so, and offers another attempt.
    }
    if (this.#current()) this.#store.dispatch({ type: 'phone books', books });
  }

  /** An administrator changed them: who has read them sees the new ones, others when they read them. Never rejects. */
  async renewPhoneBooks(): Promise<void> {
    const { phoneBooks } = this.#store.snapshot().calls;
    if (phoneBooks === 'unread' || phoneBooks === 'failed') return;
    try {
      const books = await this.#client.phoneBooks();
      if (this.#current()) this.#store.dispatch({ type: 'phone books', books });
    } catch {
      // The old ones are better than none.
    }
  }

  /** Sends a key of the open keypad, after those before it. @returns whether it was taken: too many may be on their way */
  pressKey(key: string): boolean {
    const { calls, link } = this.#store.snapshot();
    const { keypad, options } = calls;
    if (!keypad?.isOpen || !this.#current() || link !== 'up') return false;
    if (keypad.pending >= options.pendingDTMFThresholdCount) return false;
    if (this.#keysOf !== keypad.of) this.#keys = '';
    this.#keysOf = keypad.of;
    this.#keys += key;
    this.#store.dispatch({ type: 'keys sent', of: keypad.of, keys: key });
    if (!this.#isSendingKeys) void this.#sendKeys();
    return true;
  }

  /** One request at a time, with all keys that wait: requests that run side by side may arrive in another order. */
  async #sendKeys(): Promise<void> {
    this.#isSendingKeys = true;
    while (this.#keys !== '' && this.#current()) {
      const [of, keys] = [this.#keysOf, this.#keys];
      this.#keys = '';
      const { dtmfRequestTimeoutInMs } = this.#store.snapshot().calls.options;
      const error = await this.#within(dtmfRequestTimeoutInMs, this.#client.calls.sendDtmf(of, keys));
      if (this.#current()) this.#store.dispatch({ type: 'keys answered', of, count: keys.length, error });
    }
    this.#isSendingKeys = false;
  }

  /** What went wrong with a request, also that it took too long; null: nothing. */
  #within(ms: number, answer: Promise<unknown>): Promise<Sentence | null> {
    return new Promise((done) => {
      const timer = this.#clock.schedule(ms, () => done({ key: 'error.timeout' }));
      answer
        .then(
          () => done(null),
          (error: unknown) => done(callSentence(error)),
        )
        .finally(() => timer.cancel());
    });
  }

  make(number: string): Promise<void> {
    return this.request(NEW_CALL, (calls) => calls.make(number));
  }

  /**
   * Sends one request about a dialog; a second one of the same dialog waits for nobody and is not sent.
   * @param to to whom the request hands the call over
   */
  async request(
    of: string,
    send: (calls: CallClient['calls']) => Promise<unknown>,
    to?: string,
  ): Promise<void> {
    const { calls, link } = this.#store.snapshot();
    if (!this.#current() || link !== 'up' || calls.busy.has(of)) return;
    this.#store.dispatch({ type: 'call requested', of, to });
    let error: Sentence | null = null;
    let isLate = false;
    try {
      await outcomeOf(this.#clock, send(this.#client.calls), () => {
        isLate = true;
        if (this.#current()) this.#store.dispatch({ type: 'call answered', of, error: UNCONFIRMED });
      });
    } catch (failure) {
      error = callSentence(failure);
    }
    if (!this.#current()) return;
    if (isLate) this.#tellLate(of, error);
    else this.#store.dispatch({ type: 'call answered', of, error });
  }

  /** The outcome of what is not waited for any more; what was asked for since is not disturbed by it. */
  #tellLate(of: string, error: Sentence | null): void {
    const { busy, error: shown } = this.#store.snapshot().calls;
    if (busy.has(of) || shown?.of !== of || !isUnconfirmed(shown.sentence) || isUnconfirmed(error)) return;
    if (error === null) this.#store.dispatch({ type: 'call error seen' });
    else this.#store.dispatch({ type: 'call answered', of, error });
  }
}

/** What went wrong with a call, in one plain sentence. */
export function callSentence(error: unknown): Sentence {
  if (!(error instanceof ApiError) || isOfTheServer(error) || error.status === 403)
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
