/** When the loss of the connection is an alarm, what it says and for how long, and that all is well again. */
import type { ClientClock, ClientTimer } from '@poise/client';
import { isFinal, type LinkEvent, type Store } from './store.ts';

/** A loss that is mended within this time, at the first attempt, is no alarm: proxies cut connections every day. */
const ALARM_DELAY_MS = 2_000;
/** The words of an alarm stay at least this long: what is known better a moment later must not flicker. */
const WORDS_KEPT_MS = 1_000;
/** How long the end of an alarm is told. */
const RESTORED_SHOWN_MS = 15_000;

export class LinkAlarm {
  readonly #store: Store;
  readonly #clock: ClientClock;
  #alarmTimer: ClientTimer | undefined;
  #restoredTimer: ClientTimer | undefined;
  /** While it runs, the words of the alarm stay. */
  #wordsTimer: ClientTimer | undefined;
  /** What the words shall say then. */
  #nextWords: LinkEvent | null = null;

  constructor(store: Store, clock: ClientClock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Whether events come in spite of what is to be said next; what is said first decides. */
  get stillHears(): boolean {
    return this.#nextWords?.stillHears !== false;
  }

  /** What is wrong now: at once, or when the words before have been read. */
  say(words: LinkEvent): void {
    if (isFinal(words.link) || this.#wordsTimer === undefined) this.#store.dispatch(words);
    else this.#nextWords = words;
  }

  /** The words that wait need not wait any longer. */
  sayNext(): void {
    if (this.#nextWords !== null) this.#store.dispatch(this.#nextWords);
    this.#nextWords = null;
  }

  /** Unless the connection is back soon. What follows the first bad news does not put the alarm off. */
  raiseLater(): void {
    this.#alarmTimer ??= this.#clock.schedule(ALARM_DELAY_MS, () => this.raise());
  }

  raise(): void {
    this.#alarmTimer?.cancel();
    this.#alarmTimer = undefined;
    if (this.#store.snapshot().alarm) return;
    this.#store.dispatch({ type: 'alarm' });
    this.#wordsTimer = this.#clock.schedule(WORDS_KEPT_MS, () => {
      this.#wordsTimer = undefined;
      this.sayNext();
    });
  }

  /** No alarm is to come any more. */
  drop(): void {
    this.#alarmTimer?.cancel();
    this.#alarmTimer = undefined;
    this.#wordsTimer?.cancel();
    this.#wordsTimer = undefined;
    this.#nextWords = null;
  }

  /** The connection is up, and all that is shown is up to date. */
  restored(): void {
    this.drop();
    this.#store.dispatch({ type: 'link', link: 'up' });
    this.tellRestored();
  }

  /** Tells for a while that an alarm is over, if there was one. */
  tellRestored(): void {
    if (!this.#store.snapshot().restored) return;
    this.#restoredTimer?.cancel();
    this.#restoredTimer = this.#clock.schedule(RESTORED_SHOWN_MS, () =>
      this.#store.dispatch({ type: 'restored seen' }),
    );
  }

  /** Nobody works at the page any more. */
  end(): void {
    this.drop();
    this.#restoredTimer?.cancel();
  }
}
