import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decode, encode, type Fields, Framer, Ged188Error, type MessageName } from './index.ts';

interface Vector {
  readonly title: string;
  readonly version: number;
  readonly name: MessageName;
  readonly fields: Fields;
  readonly hex: string;
}

// Frames written down by hand, for both floating-field headers; bytes as {"hex": "…"}.
const vectors = JSON.parse(
  readFileSync(new URL('../fixtures/vectors.json', import.meta.url), 'utf8'),
  (_key, value) =>
    typeof value === 'object' && value !== null && typeof value.hex === 'string' && !('title' in value)
      ? new Uint8Array(Buffer.from(value.hex, 'hex'))
      : value,
) as Vector[];

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));

describe.each(vectors)('$title', ({ version, name, fields, hex: wire }) => {
  test('is written byte for byte', () => {
    expect(hex(encode({ name, fields }, version))).toBe(wire);
  });

  test('is read field by field, by a client and by a server', () => {
    for (const strict of [false, true]) {
      const message = decode(bytes(wire), version, { strict });
      expect(message.name).toBe(name);
      expect(message.fields).toEqual(fields);
      expect(message.unknown).toEqual([]);
    }
  });

  test('is refused with our own error at every truncation, and framed at every split', () => {
    const frame = bytes(wire);
    for (let end = 0; end < frame.length; end++) {
      expect(() => decode(frame.subarray(0, end), version)).toThrow(Ged188Error);
      const framer = new Framer();
      expect(framer.push(frame.slice(0, end))).toEqual([]);
      expect(framer.push(frame.slice(end)).map(hex)).toEqual([wire]);
      expect(framer.buffered).toBe(0);
    }
  });

  test('is refused or read with our own error when its body is cut and the header says so', () => {
    const frame = bytes(wire);
    for (let end = 8; end < frame.length; end++) {
      const cut = frame.slice(0, end);
      new DataView(cut.buffer).setUint32(0, end - 8);
      for (const strict of [false, true]) {
        try {
          expect(decode(cut, version, { strict }).type).toBe(new DataView(cut.buffer).getUint32(4));
        } catch (error) {
          expect(error).toBeInstanceOf(Ged188Error);
        }
      }
    }
  });
});
