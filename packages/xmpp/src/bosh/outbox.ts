/** Stanzas that wait for a request to carry them. Bounded: a client that does not fetch is not served for ever. */
export class Outbox {
  #text = '';
  #stanzas = 0;
  #bytes = 0;

  get stanzas(): number {
    return this.#stanzas;
  }

  get isEmpty(): boolean {
    return this.#stanzas === 0;
  }

  /** Bytes of all of them in UTF-8. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * False when one of the limits would be exceeded; the stanza is not taken then.
   * @param bytes of `xml` in UTF-8; whoever knows them spares counting, which puts the pieces of a text together
   */
  add(xml: string, bytes: number, stanzasMax: number, bytesMax: number): boolean {
    if (this.#stanzas >= stanzasMax || this.#bytes + bytes > bytesMax) return false;
    this.#text += xml;
    this.#stanzas++;
    this.#bytes += bytes;
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
    this.#bytes = 0;
  }
}
