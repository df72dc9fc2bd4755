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

  /** False when one of the limits would be exceeded; the stanza is not taken then. */
  add(xml: string, stanzasMax: number, bytesMax: number): boolean {
    const bytes = this.#bytes + Buffer.byteLength(xml);
    if (this.#stanzas >= stanzasMax || bytes > bytesMax) return false;
    this.#text += xml;
    this.#stanzas++;
    this.#bytes = bytes;
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
