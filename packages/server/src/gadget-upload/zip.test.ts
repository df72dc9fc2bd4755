import { expect, test } from 'vitest';
import { makeZip } from '../../test/centre/make-zip.ts';
import { readZip, ZipError } from './zip.ts';

const LIMITS = { files: 10, bytes: 10_000 };

test('reads names and bytes; folders are left out, separators of old programs are slashes', async () => {
  const files = await readZip(makeZip({ 'a/': '', 'a\\é.txt': 'text', b: '' }), LIMITS);
  expect(files.map(({ path, bytes }) => [path, Buffer.from(bytes).toString()])).toEqual([
    ['a/é.txt', 'text'],
    ['b', ''],
  ]);
});

test('whatever byte of it is wrong, it is read or refused, and never more than is allowed', async () => {
  const zip = makeZip({ 'H/a.xml': 'x'.repeat(500), 'H/b': 'y' });
  for (let at = 0; at < zip.length; at++)
    for (const wrong of [0, 0xff, zip.readUInt8(at) ^ 1]) {
      const spoiled = Buffer.from(zip);
      spoiled[at] = wrong;
      const read = await readZip(spoiled, LIMITS).catch((error: unknown) => error);
      if (Array.isArray(read))
        expect(read.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThanOrEqual(LIMITS.bytes);
      else expect(read).toBeInstanceOf(ZipError);
    }
});
