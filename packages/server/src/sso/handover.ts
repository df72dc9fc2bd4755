/** The way of the outcome from the provider's redirect to the page: kept for a moment, given once. */
import { randomBytes } from 'node:crypto';
import type { Clock } from '@poise/clock';

export const HANDOVER_SECONDS = 60;
const ENTRIES_MAX = 5_000;

export class Handover<T> {
  readonly #clock: Clock;
  readonly #entries = new Map<string, { readonly value: T; readonly until: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns the key, which only one browser gets */
  put(value: T): string {
    const now = this.#clock.monotonic();
    for (const [key, { until }] of this.#entries) {
      if (until > now && this.#entries.size < ENTRIES_MAX) break;
      this.#entries.delete(key);
    }
    const key = randomBytes(32).toString('base64url');
    this.#entries.set(key, { value, until: now + HANDOVER_SECONDS * 1000 });
    return key;
  }

  take(key: string): T | undefined {
    const entry = this.#entries.get(key);
    this.#entries.delete(key);
    return entry !== undefined && entry.until > this.#clock.monotonic() ? entry.value : undefined;
  }
}
