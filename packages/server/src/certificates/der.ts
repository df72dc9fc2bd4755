/** As much of DER (X.690) as a certificate needs: writing only. */

type Bytes = Uint8Array;

const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
  utcTime: 0x17,
  generalizedTime: 0x18,
} as const;

/** Tag, length, content. */
function tlv(tag: number, ...content: readonly Bytes[]): Bytes {
  const body = Buffer.concat(content);
  const length: number[] = [];
  if (body.length < 0x80) length.push(body.length);
  else {
    for (let rest = body.length; rest > 0; rest = Math.floor(rest / 256)) length.unshift(rest % 256);
    length.unshift(0x80 | length.length);
  }
  return Buffer.concat([Uint8Array.of(tag, ...length), body]);
}

export const sequence = (...items: readonly Bytes[]): Bytes => tlv(TAG.sequence, ...items);
export const set = (...items: readonly Bytes[]): Bytes => tlv(TAG.set, ...items);
export const octetString = (bytes: Bytes): Bytes => tlv(TAG.octetString, bytes);
export const utf8String = (text: string): Bytes => tlv(TAG.utf8String, Buffer.from(text, 'utf8'));
export const boolean = (value: boolean): Bytes => tlv(TAG.boolean, Uint8Array.of(value ? 0xff : 0));
/** @param unusedBits of the last byte */
export const bitString = (bytes: Bytes, unusedBits = 0): Bytes =>
  tlv(TAG.bitString, Uint8Array.of(unusedBits), bytes);
/** Context-specific and constructed, e.g. `[0] EXPLICIT`. */
export const explicit = (number: number, ...items: readonly Bytes[]): Bytes => tlv(0xa0 | number, ...items);
/** Context-specific and primitive, e.g. the names of a GeneralName. */
export const implicit = (number: number, bytes: Bytes): Bytes => tlv(0x80 | number, bytes);

/** A positive number from its bytes, most significant first. */
export function integer(bytes: Bytes): Bytes {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const body = bytes.subarray(start);
  return tlv(TAG.integer, body[0]! >= 0x80 ? Buffer.concat([Uint8Array.of(0), body]) : body);
}

/** @param dotted e.g. `2.5.29.17` */
export function oid(dotted: string): Bytes {
  const [first, second, ...rest] = dotted.split('.').map(Number);
  const bytes = [first! * 40 + second!];
  for (const arc of rest) {
    const groups = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return tlv(TAG.oid, Uint8Array.from(bytes));
}

/** UTCTime until 2049, GeneralizedTime from 2050 on (RFC 5280 section 4.1.2.5). */
export function time(ms: number): Bytes {
  const digits = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, '');
  return new Date(ms).getUTCFullYear() < 2050
    ? tlv(TAG.utcTime, Buffer.from(digits.slice(2), 'latin1'))
    : tlv(TAG.generalizedTime, Buffer.from(digits, 'latin1'));
}
