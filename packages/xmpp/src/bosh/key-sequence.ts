import { createHash } from 'node:crypto';

/**
 * Key sequences (XEP-0124 15): each request shows the pre-image of the key of the one before, so that
 * whoever overhears an unencrypted session cannot take it over.
 */
export class KeySequence {
  /** What the next key has to hash to: 40 hexadecimal digits. */
  #expected: string;
  readonly #kept: number;
  /** Keys shown with the latest rids: a repeat has to show its own again. */
  readonly #shown = new Map<number, string>();

  /**
   * @param newkey as given by the session request
   * @param kept rids for which repeats are possible
   */
  constructor(newkey: string, kept: number) {
    this.#expected = newkey.toLowerCase();
    this.#kept = kept;
  }

  /** The next request in sequence; false if it has to be refused. */
  advance(rid: number, key: string | undefined, newkey: string | undefined): boolean {
    if (key === undefined || createHash('sha1').update(key, 'utf8').digest('hex') !== this.#expected)
      return false;
    this.#expected = (newkey ?? key).toLowerCase();
    this.#shown.set(rid, key);
    // Held and answered ones both may be repeated.
    this.#shown.delete(rid - 2 * this.#kept);
    return true;
  }

  /** Whether `key` is the one that came with this rid; true for rids that have not been processed. */
  wasShown(rid: number, key: string | undefined): boolean {
    const shown = this.#shown.get(rid);
    return shown === undefined || shown === key;
  }
}
