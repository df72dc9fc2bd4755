/** Random identifiers from an injected source, drawn in blocks because events need them by the thousand. */

const ALPHANUMERICS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const BLOCK_BYTES = 4096;

export class RandomIds {
  readonly #source: (bytes: number) => Uint8Array;
  #block: Uint8Array = new Uint8Array(0);
  #at = 0;

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

  /** `length` characters of 0-9a-zA-Z, evenly distributed. */
  alphanumeric(length: number): string {
    let id = '';
    while (id.length < length) {
      // 248 = 4 * 62: larger bytes would favour the first characters.
      const byte = this.#byte();
      if (byte < 248) id += ALPHANUMERICS[byte % 62];
    }
    return id;
  }

  /** `bytes` random bytes as lower-case hexadecimal. */
  hex(bytes: number): string {
    let id = '';
    for (let i = 0; i < bytes; i++) id += (this.#byte() + 0x100).toString(16).slice(1);
    return id;
  }

  /** Random (version 4) UUID. */
  uuid(): string {
    const hex = this.hex(16);
    const variant = '89ab'[Number.parseInt(hex[16] as string, 16) & 3];
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
  }
}
