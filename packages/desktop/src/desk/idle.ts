/** Covers the page after a time without input, so that nobody reads over an empty chair (desktop.md leaves it open; off unless set). */
import type { ClientClock, ClientTimer } from '@poise/client';

const MODIFIERS: ReadonlySet<string> = new Set(['Control', 'Alt', 'AltGraph', 'Shift', 'Meta']);

export class IdleWatch {
  readonly #clock: ClientClock;
  readonly #minutes: () => number;
  readonly #isRinging: () => boolean;
  #lastInput: number;
  #timer: ClientTimer | undefined;
  /** For which the timer was set. */
  #plannedMinutes = 0;
  #isIdle = false;
  readonly #listeners = new Set<() => void>();

  /**
   * @param minutes 0: never
   * @param isRinging while a call rings the page stays open
   */
  constructor(clock: ClientClock, minutes: () => number, isRinging: () => boolean) {
    this.#clock = clock;
    this.#minutes = minutes;
    this.#isRinging = isRinging;
    this.#lastInput = clock.now();
    this.#plan();
  }

  readonly snapshot = (): boolean => this.#isIdle;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** A movement, a touch. Costs next to nothing: the timer is not touched. */
  input(): void {
    this.#lastInput = this.#clock.now();
    this.#set(false);
  }

  /**
   * A key. One that opens the page does nothing else; of keys that are pressed together the last opens it.
   * @returns whether it was for that alone
   */
  key(name: string): boolean {
    const wasIdle = this.#isIdle;
    if (!wasIdle || !MODIFIERS.has(name)) this.input();
    return wasIdle;
  }

  /** What is set, or whether a call rings, may be another. */
  changed(): void {
    if (this.#isIdle && (this.#isRinging() || this.#minutes() === 0)) this.input();
    else if (this.#minutes() !== this.#plannedMinutes) this.#plan();
  }

  #plan(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const minutes = this.#minutes();
    this.#plannedMinutes = minutes;
    if (minutes === 0) return;
    const dueInMs = this.#lastInput + minutes * 60_000 - this.#clock.now();
    this.#timer = this.#clock.schedule(Math.max(dueInMs, 1_000), () => this.#due());
  }

  #due(): void {
    this.#timer = undefined;
    const minutes = this.#minutes();
    // A ringing call is input, too: the agent has the whole time again after it.
    if (this.#isRinging()) this.#lastInput = this.#clock.now();
    if (minutes > 0 && this.#clock.now() - this.#lastInput >= minutes * 60_000) this.#set(true);
    this.#plan();
  }

  #set(isIdle: boolean): void {
    if (isIdle === this.#isIdle) return;
    this.#isIdle = isIdle;
    for (const listener of this.#listeners) listener();
  }
}
