import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { base64, platformClock, randomId } from './platform.ts';

afterEach(() => vi.unstubAllGlobals());

test('ids are UUIDs of version 4, also without a secure context', () => {
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  expect(randomId()).toMatch(uuid);
  const { getRandomValues } = crypto;
  vi.stubGlobal('crypto', { getRandomValues: getRandomValues.bind(crypto) });
  const ids = new Set(Array.from({ length: 100 }, randomId));
  expect(ids.size).toBe(100);
  for (const id of ids) expect(id).toMatch(uuid);
});

test('base64 is that of the UTF-8 bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(base64(text)).toBe(Buffer.from(text, 'utf8').toString('base64'));
    }),
  );
});

test('the clock of the platform fires and cancels', async () => {
  let cancelled = true;
  platformClock
    .schedule(0, () => {
      cancelled = false;
    })
    .cancel();
  await new Promise<void>((resolve) => platformClock.schedule(2, resolve));
  expect(cancelled).toBe(true);
  expect(Math.abs(platformClock.now() - Date.now())).toBeLessThan(60_000);
});
