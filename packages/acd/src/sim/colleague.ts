import type { Clock, Timer } from '@poise/clock';
import type { LegId } from '../calls/switch.ts';
import type { Line, Person } from './person.ts';

/** Simulated people among themselves talk this long, ms. */
export const CHAT_MS = 30_000;
/** Nobody stays on the phone longer, ms. */
export const TALK_MAX_MS = 3_600_000;

/**
 * Somebody who answered a call: a colleague at a phone without an agent, or an outside party. Stays as long as the
 * other side wants; left with nobody but simulated people, says goodbye after a while.
 */
export class Colleague implements Person {
  readonly #line: Line;
  readonly #clock: Clock;
  readonly #isReal: (leg: LegId) => boolean;
  readonly #longest: Timer;
  #chat: Timer | null = null;

  /** @param isReal whether somebody not simulated may be at a leg */
  constructor(line: Line, clock: Clock, isReal: (leg: LegId) => boolean) {
    this.#line = line;
    this.#clock = clock;
    this.#isReal = isReal;
    this.#longest = clock.schedule(TALK_MAX_MS, () => line.hangUp());
  }

  situation(company: readonly LegId[]): void {
    const alone = company.length === 0 || company.some(this.#isReal);
    if (alone) {
      this.#chat?.cancel();
      this.#chat = null;
    } else this.#chat ??= this.#clock.schedule(CHAT_MS, () => this.#line.hangUp());
  }

  ended(): void {
    this.#chat?.cancel();
    this.#longest.cancel();
  }
}
