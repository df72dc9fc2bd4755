import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keepPreference, keptPreferences } from './gadget-preferences.ts';

const kept = new Map<string, string>();
beforeEach(() =>
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  }),
);
afterEach(() => {
  kept.clear();
  vi.unstubAllGlobals();
});

test('each agent has preferences of his own for each gadget', () => {
  keepPreference('1001', 'g', 'color', 'blue');
  keepPreference('1001', 'g', 'color', 'red');
  keepPreference('1001', 'g', 'size', '3');
  expect(keptPreferences('1001', 'g')).toEqual({ color: 'red', size: '3' });
  expect(keptPreferences('1002', 'g')).toEqual({});
  expect(keptPreferences('1001', 'h')).toEqual({});
});

test('a gadget cannot fill the browser', () => {
  for (let n = 0; n < 150; n++) keepPreference('1001', 'g', `n${n}`, 'x');
  keepPreference('1001', 'g', 'n0', 'x'.repeat(10_001));
  const all = keptPreferences('1001', 'g');
  expect(Object.keys(all)).toHaveLength(100);
  expect(all.n0).toBe('x');
});

test('what cannot be read counts as nothing', () => {
  for (const text of ['{', '"text"', 'null', '{"a":1}']) {
    kept.set('poise.gadget.1001.g', text);
    expect(Object.values(keptPreferences('1001', 'g')).filter((value) => typeof value !== 'string')).toEqual(
      [],
    );
  }
});
