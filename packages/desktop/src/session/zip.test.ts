import { crc32, inflateRawSync } from 'node:zlib';
import { afterEach, expect, test, vi } from 'vitest';
import { zipOf } from './zip.ts';

afterEach(() => vi.unstubAllGlobals());

test('a zip of one text, which any reader can open', async () => {
  const text = 'a line, ä and 😀\n'.repeat(1000);
  const at = new Date(2026, 10, 29, 13, 45, 58);
  const zip = Buffer.from((await zipOf('clientlog.2001.log', text, at.getTime()))!);
  expect(zip.length).toBeLessThan(1_000);
  // From the end, as readers do.
  const end = zip.subarray(-22);
  expect(end.readUInt32LE(0)).toBe(0x06054b50);
  expect([end.readUInt16LE(8), end.readUInt16LE(10), end.readUInt16LE(20)]).toEqual([1, 1, 0]);
  const [length, start] = [end.readUInt32LE(12), end.readUInt32LE(16)];
  expect(start + length).toBe(zip.length - 22);
  const entry = zip.subarray(start, start + length);
  expect(entry.readUInt32LE(0)).toBe(0x02014b50);
  expect(entry.subarray(46).toString()).toBe('clientlog.2001.log');
  const packed = entry.readUInt32LE(20);
  expect(entry.readUInt32LE(24)).toBe(Buffer.byteLength(text));
  expect(entry.readUInt32LE(16)).toBe(crc32(text));
  expect(entry.readUInt32LE(42)).toBe(0);
  // The local header says the same.
  expect(zip.readUInt32LE(0)).toBe(0x04034b50);
  expect(zip.subarray(4, 30)).toEqual(entry.subarray(6, 32));
  const content = zip.subarray(30 + 18, 30 + 18 + packed);
  expect(30 + 18 + packed).toBe(start);
  expect(inflateRawSync(content).toString()).toBe(text);
  const [time, date] = [zip.readUInt16LE(10), zip.readUInt16LE(12)];
  expect([time >> 11, (time >> 5) & 63, (time & 31) * 2]).toEqual([13, 45, 58]);
  expect([1980 + (date >> 9), (date >> 5) & 15, date & 31]).toEqual([2026, 11, 29]);
});

test('a browser that cannot compress has none', async () => {
  vi.stubGlobal(
    'CompressionStream',
    class {
      constructor() {
        throw new TypeError('deflate-raw');
      }
    },
  );
  expect(await zipOf('x', 'text', 0)).toBeNull();
  vi.stubGlobal('CompressionStream', undefined);
  expect(await zipOf('x', 'text', 0)).toBeNull();
});
