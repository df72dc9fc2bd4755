/** Strict UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF). */

// Shared by all: it keeps no state, since incomplete sequences are held back by Utf8Decoder. A byte-order
// mark is left in the text, where the tokenizer accepts it at the very start and nowhere else.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export interface Decoded {
  /** What could be decoded, up to the first bad byte. */
  readonly text: string;
  /** Whether a byte that cannot be UTF-8 follows. */
  readonly bad: boolean;
}

/** Decodes all of `bytes`. */
export function decodeUtf8(bytes: Uint8Array): Decoded {
  try {
    return { text: decoder.decode(bytes), bad: false };
  } catch {
    const end = validPrefixLength(bytes);
    return { text: decoder.decode(bytes.subarray(0, end)), bad: true };
  }
}

/** Decodes a stream of bytes that is cut anywhere, also inside of a character. */
export class Utf8Decoder {
  /** The first bytes of a character whose rest is still to come. */
  #pending: Uint8Array | undefined;

  write(chunk: Uint8Array): Decoded {
    let bytes = chunk;
    if (this.#pending !== undefined) {
      bytes = new Uint8Array(this.#pending.length + chunk.length);
      bytes.set(this.#pending);
      bytes.set(chunk, this.#pending.length);
      this.#pending = undefined;
    }
    const held = incompleteTailLength(bytes);
    if (held > 0) {
      this.#pending = bytes.slice(bytes.length - held);
      bytes = bytes.subarray(0, bytes.length - held);
    }
    return decodeUtf8(bytes);
  }

  /** Bytes held back. */
  get pending(): number {
    return this.#pending?.length ?? 0;
  }

  reset(): void {
    this.#pending = undefined;
  }
}

/** UTF-8 bytes of `text` between two indexes. */
export function utf8Length(text: string, from = 0, to = text.length): number {
  let bytes = to - from;
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    // Each half of a surrogate pair counts two.
    if (code >= 0x80) bytes += code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 1 : 2;
  }
  return bytes;
}

/** How many bytes at the end may be the beginning of a character (0 to 3). */
function incompleteTailLength(bytes: Uint8Array): number {
  const { length } = bytes;
  for (let back = 1; back <= 3 && back <= length; back++) {
    const byte = bytes[length - back]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return sequenceLength(byte) > back && isPossiblePrefix(bytes, length - back) ? back : 0;
  }
  return 0;
}

function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  if (lead >= 0xf0 && lead < 0xf5) return 4;
  return 0;
}

/** Second bytes are restricted after some leads (overlong forms, surrogates, beyond U+10FFFF). */
function isSecondByte(lead: number, byte: number): boolean {
  if (byte < 0x80 || byte > 0xbf) return false;
  if (lead === 0xe0) return byte >= 0xa0;
  if (lead === 0xed) return byte < 0xa0;
  if (lead === 0xf0) return byte >= 0x90;
  if (lead === 0xf4) return byte < 0x90;
  return true;
}

/** Whether the bytes from `start` to the end can still become one character. */
function isPossiblePrefix(bytes: Uint8Array, start: number): boolean {
  const second = bytes[start + 1];
  return second === undefined || isSecondByte(bytes[start]!, second);
}

/** Length of the longest prefix that is whole characters. Only for the report of an error. */
function validPrefixLength(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const lead = bytes[at]!;
    const length = sequenceLength(lead);
    if (length === 0 || at + length > bytes.length) break;
    if (length > 1 && !isSecondByte(lead, bytes[at + 1]!)) break;
    if (length > 2 && (bytes[at + 2]! & 0xc0) !== 0x80) break;
    if (length > 3 && (bytes[at + 3]! & 0xc0) !== 0x80) break;
    at += length;
  }
  return at;
}
