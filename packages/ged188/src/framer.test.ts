import { expect, test } from 'vitest';
import { Framer, Ged188Error } from './index.ts';

const beat = Uint8Array.from([0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0, 1]);

test('a claim of 4 GB is refused at the header, and nothing is kept for it', () => {
  const framer = new Framer();
  expect(() => framer.push(Uint8Array.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 5, 1, 2, 3]))).toThrow(
    Ged188Error,
  );
  expect(framer.buffered).toBe(0);
  expect(framer.error?.code).toBe('length-impossible');
  expect(() => framer.push(beat)).toThrow(Ged188Error);
});

test('a claim of 4 GB is refused also when its header comes byte by byte', () => {
  const framer = new Framer();
  for (const byte of [0xff, 0xff, 0xff, 0xff, 0, 0, 0]) expect(framer.push(Uint8Array.of(byte))).toEqual([]);
  expect(() => framer.push(Uint8Array.of(5))).toThrow('a frame of 4294967303 bytes is announced');
});

test('frames before an impossible one are still delivered', () => {
  const framer = new Framer();
  expect(framer.push(Buffer.concat([beat, beat, Buffer.alloc(8, 0x41)]))).toHaveLength(2);
  expect(framer.error).toBeInstanceOf(Ged188Error);
});

test('the limit holds for whole frames and can be lowered for older versions', () => {
  const claim = (length: number) => {
    const header = new Uint8Array(8);
    new DataView(header.buffer).setUint32(0, length);
    return header;
  };
  expect(new Framer().push(claim(12_492))).toEqual([]);
  expect(() => new Framer().push(claim(12_493))).toThrow('12500 are allowed');
  const narrow = new Framer();
  narrow.push(beat);
  narrow.limitTo(4_329);
  expect(() => narrow.push(claim(4_322))).toThrow('4329 are allowed');
  expect(new Framer({ lengthMax: 4_329 }).push(claim(4_321))).toEqual([]);
});

test('a message without a body is a frame', () => {
  const framer = new Framer();
  expect(framer.push(Uint8Array.from([0, 0, 0, 0, 0, 0, 1, 21]))).toHaveLength(1);
  for (const byte of [0, 0, 0, 0, 0, 0, 1]) expect(framer.push(Uint8Array.of(byte))).toEqual([]);
  expect(framer.push(Uint8Array.of(21))).toHaveLength(1);
});

test('buffers no more than the one incomplete frame', () => {
  const framer = new Framer();
  framer.push(Buffer.concat([beat, beat.subarray(0, 10)]));
  expect(framer.buffered).toBe(10);
});
