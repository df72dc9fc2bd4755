/** UTF-16 takes up to three bytes of UTF-8 for each of its units. */
const UNIT_BYTES_MAX = 3;

/** Stanzas that wait for a request to carry them. Bounded: a client that does not fetch is not served for ever. */
export class Outbox {
  #text = '';
  #stanzas = 0;
  /** Bytes of all of them in UTF-8, or more: they are only counted near the limit, because counting joins the pieces of a text. */
  #bytesAtMost = 0;

  get stanzas(): number {
    return this.#stanzas;
  }

  get isEmpty(): boolean {
    return this.#stanzas === 0;
  }

  /**
   * False when one of the limits would be exceeded; the stanza is not taken then.
   * @param bytesMax of all of them in UTF-8
   */
  add(xml: string, stanzasMax: number, bytesMax: number): boolean {
    if (this.#stanzas >= stanzasMax) return false;
    let bytes = xml.length * UNIT_BYTES_MAX;
    if (this.#bytesAtMost + bytes > bytesMax) {
      bytes = Buffer.byteLength(xml);
      if (this.#bytesAtMost + bytes > bytesMax) this.#bytesAtMost = Buffer.byteLength(this.#text);
      if (this.#bytesAtMost + bytes > bytesMax) return false;
    }
    this.#text += xml;
    this.#stanzas++;
    this.#bytesAtMost += bytes;
    return true;
  }

  /** All of them in order, as one text. */
  take(): string {
    const text = this.#text;
    this.clear();
    return text;
  }

  clear(): void {
    this.#text = '';
    this.#stanzas = 0;
    this.#bytesAtMost = 0;
  }
}
