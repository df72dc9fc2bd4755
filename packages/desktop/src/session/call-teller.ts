/** Tells who hears the page what becomes of calls, when it has settled, in whatever order and at whatever distance the events of it come. */
import type { ClientClock, ClientTimer } from '@poise/client';
import { callNews, heardOf, isHalfTold, retrievedOf } from './call-news.ts';
import type { CallState, Calls } from './calls.ts';
import type { DesktopState, Sentence } from './store.ts';

/** A conference or a transfer comes in several events: what is said is what has become of it. */
export const SETTLES_MS = 300;
/** So long the rest of it is waited for, where calls and state of the agent do not go together ({@link isHalfTold}). */
export const REST_MS = 2_000;

/** What of the page the news are made of. */
export interface CallsHeard {
  readonly calls: Pick<CallState, 'dialogs' | 'gone' | 'handing' | 'busy'>;
  readonly user: Pick<NonNullable<DesktopState['user']>, 'extension' | 'state'> | null;
}

export class CallTeller {
  readonly #clock: ClientClock;
  readonly #tell: (sentences: readonly Sentence[]) => void;
  /** Calls as who hears the page knows them, and those that have come since it has settled: they may have gone again. */
  #known: Calls;
  #seen: CallsHeard;
  #timer: ClientTimer | null = null;
  /** Since when the rest is waited for, monotonic ms; null: it is not. */
  #waitsSince: number | null = null;

  /**
   * @param first what is there and not told
   * @param tell called with at least one sentence
   */
  constructor(clock: ClientClock, first: CallsHeard, tell: (sentences: readonly Sentence[]) => void) {
    this.#clock = clock;
    this.#tell = tell;
    this.#known = first.calls.dialogs;
    this.#seen = first;
  }

  /** To be called with every state of the page. */
  see(now: CallsHeard): void {
    const { calls, user } = this.#seen;
    // Whoever asks for something knows what there is: what comes of it is another piece of news.
    if (this.#timer !== null && [...now.calls.busy].some((id) => !calls.busy.has(id))) {
      this.#timer.cancel();
      this.#tellNow();
    }
    this.#seen = now;
    const { dialogs, gone, handing, busy } = now.calls;
    if (
      calls.dialogs === dialogs &&
      calls.gone === gone &&
      calls.handing === handing &&
      calls.busy === busy &&
      user?.state === now.user?.state &&
      user?.extension === now.user?.extension
    )
      return;
    const known = new Set(this.#known.map(({ id }) => id));
    const all = [...this.#known, ...dialogs.filter(({ id }) => !known.has(id))];
    this.#known = retrievedOf(all, dialogs, now.user?.extension ?? '');
    this.#timer?.cancel();
    this.#timer = this.#clock.schedule(SETTLES_MS, this.#settle);
  }

  /** Nothing more is told. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  readonly #settle = (): void => {
    const { calls, user } = this.#seen;
    if (isHalfTold(this.#known, calls.dialogs, user?.extension ?? '', user?.state ?? '')) {
      const now = this.#clock.monotonic();
      this.#waitsSince ??= now;
      const leftMs = this.#waitsSince + REST_MS - now;
      if (leftMs > 0) {
        this.#timer = this.#clock.schedule(leftMs, this.#settle);
        return;
      }
    }
    this.#tellNow();
  };

  readonly #tellNow = (): void => {
    this.#timer = null;
    this.#waitsSince = null;
    const { calls, user } = this.#seen;
    // The rest of what was asked for is on its way: until then a consultation that becomes a conference looks like one that has ended.
    if (this.#known.some(({ id }) => calls.busy.has(id))) return;
    const extension = user?.extension ?? '';
    const sentences = callNews(this.#known, calls.dialogs, extension, calls.gone, calls.handing);
    this.#known = heardOf(this.#known, calls.dialogs, extension, user?.state ?? '');
    if (sentences.length > 0) this.#tell(sentences);
  };
}
