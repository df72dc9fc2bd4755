/** Requests that the server accepted (202) and whose event does not come (rest-api.md: every 202 is followed by one Update). */
import type { ClientClock } from '@poise/client';
import type { Sentence } from './store.ts';

/**
 * Nobody is kept waiting for longer. The answer itself is given up after 10 s, with words of its own; the server and the SDK go on
 * waiting for the outcome, for 20 s and 25 s, and what still comes is told.
 */
export const UNCONFIRMED_MS = 12_000;

export const UNCONFIRMED: Sentence = { key: 'error.timeout' };

/** @param late called once, when the outcome takes too long. @returns the outcome, whenever it comes */
export async function outcomeOf<T>(clock: ClientClock, answer: Promise<T>, late: () => void): Promise<T> {
  const timer = clock.schedule(UNCONFIRMED_MS, late);
  try {
    return await answer;
  } finally {
    timer.cancel();
  }
}

/** Whether this is what was said before the outcome was known. */
export function isUnconfirmed(sentence: Sentence | null | undefined): boolean {
  return sentence?.key === UNCONFIRMED.key;
}
