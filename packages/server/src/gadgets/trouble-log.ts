/** What goes wrong with gadgets, for the operator: the same thing once a minute, however many desktops load the gadget. */
import type { Clock } from '@poise/clock';
import type { Happenings } from '../happenings.ts';
import { phrase } from '../messages/catalogue.ts';
import { GadgetError } from './gadget-error.ts';
import { shownUrl } from './target.ts';

export const REPEAT_MS = 60_000;
/** Different lines in that time; who makes up addresses fills no disk. */
export const LINES_MAX = 200;

export class TroubleLog {
  readonly #clock: Clock;
  readonly #happenings: Happenings;
  /** When each was written, monotonic ms, the oldest first. */
  readonly #told = new Map<string, number>();

  constructor(clock: Clock, happenings: Happenings) {
    this.#clock = clock;
    this.#happenings = happenings;
  }

  /**
   * Writes what happened.
   * @param gadgetUrl empty: not known
   * @param requestUrl what the gadget asked for, where that is the trouble
   * @returns what is told the browser: an error that nobody foresaw says nothing about itself
   */
  told(error: unknown, gadgetUrl: string, requestUrl = ''): GadgetError {
    const known =
      error instanceof GadgetError
        ? error
        : new GadgetError(500, phrase('gadget.internal'), String((error as Error)?.stack ?? error));
    const gadget = shownUrl(gadgetUrl);
    const request = shownUrl(requestUrl);
    const key = [gadget, request, known.said.id, known.reason].join('\n');
    const now = this.#clock.monotonic();
    const before = this.#told.get(key);
    if (before !== undefined && now - before < REPEAT_MS) return known;
    for (const [old, at] of this.#told) {
      if (now - at < REPEAT_MS) break;
      this.#told.delete(old);
    }
    if (this.#told.size >= LINES_MAX) return known;
    this.#told.set(key, now);
    this.#happenings.publish('operator', {
      level: error instanceof GadgetError ? 'warn' : 'error',
      text: known.message,
      detail: {
        ...(gadget === '' ? {} : { gadget }),
        ...(request === '' ? {} : { request }),
        status: known.status,
        ...(known.reason === '' ? {} : { reason: known.reason }),
      },
    });
    return known;
  }
}
