import type { FieldValue } from './data-types.ts';

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const latin1 = new TextDecoder('latin1');

/** Bytes of a text without its zero byte. The protocol says ASCII; beyond it we write UTF-8. */
export const encodeText = (text: string): Uint8Array => Buffer.from(text);

/**
 * Text of bytes: cut at the first zero byte (some clients send none), read as UTF-8, and where that is
 * not possible as Latin-1, so that no sequence of bytes is an error.
 */
export function decodeText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  const data = end < 0 ? bytes : bytes.subarray(0, end);
  try {
    return strictUtf8.decode(data);
  } catch {
    return latin1.decode(data);
  }
}

/** Longest prefix of a text that takes at most `bytesMax` bytes, never splitting a character. */
export function cutText(text: string, bytesMax: number): string {
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += encodeText(character).length;
    if (bytes > bytesMax) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** A field that may come as text or as bytes (ClientPassword), as text. Anything else: undefined. */
export function textOf(value: FieldValue | readonly unknown[] | undefined): string | undefined {
  if (typeof value === 'string') return value;
  return value instanceof Uint8Array ? decodeText(value) : undefined;
}
