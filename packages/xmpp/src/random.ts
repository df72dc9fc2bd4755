/** Random identifiers from an injected source, drawn in blocks because events need them by the thousand. */

const ALPHANUMERICS = Buffer.from('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ');
const HEX = Buffer.from('0123456789abcdef');
const LENGTH_MAX = 64;
const BLOCK_BYTES = 4096;

export class RandomIds {
  readonly #source: (bytes: number) => Uint8Array;
  #block: Uint8Array = new Uint8Array(0);
  #at = 0;
  /** Ids are made here and copied out: put together character by character they would stay in pieces. */
  readonly #scratch = Buffer.alloc(LENGTH_MAX);

  /** @param source returns that many random bytes */
  constructor(source: (bytes: number) => Uint8Array) {
    this.#source = source;
  }

  #byte(): number {
    if (this.#at >= this.#block.length) {
      this.#block = this.#source(BLOCK_BYTES);
      this.#at = 0;
    }
    return this.#block[this.#at++] as number;
  }

  /** `length` (at most 64) characters of 0-9a-zA-Z, evenly distributed. */
  alphanumeric(length: number): string {
    const id = this.#scratch;
    let at = 0;
    while (at < length) {
      // 248 = 4 * 62: larger bytes would favour the first characters.
      const byte = this.#byte();
      if (byte < 248) id[at++] = ALPHANUMERICS[byte % 62] as number;
    }
    return id.toString('latin1', 0, length);
  }

  /** `bytes` (at most 32) random bytes as lower-case hexadecimal. */
  hex(bytes: number): string {
    const id = this.#scratch;
    for (let i = 0; i < bytes; i++) {
      const byte = this.#byte();
      id[2 * i] = HEX[byte >>> 4] as number;
      id[2 * i + 1] = HEX[byte & 15] as number;
    }
    return id.toString('latin1', 0, 2 * bytes);
  }

  /** Random (version 4) UUID. */
  uuid(): string {
    const hex = this.hex(16);
    const variant = '89ab'[Number.parseInt(hex[16] as string, 16) & 3];
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
  }
}
