import { expect, test } from 'vitest';
import { keep, recall } from './browser-storage.ts';

test('what is kept is recalled', () => {
  const map = new Map<string, string>();
  const storage = () => ({
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => void map.set(key, value),
  });
  expect(recall('a', storage)).toBeNull();
  expect(keep('a', '1', storage)).toBe(true);
  expect(recall('a', storage)).toBe('1');
});

test('a storage that is forbidden or full costs the memory, not the page', () => {
  const forbidden = () => {
    throw new DOMException('denied', 'SecurityError');
  };
  const full = () => ({
    getItem: () => null,
    setItem: () => {
      throw new DOMException('full', 'QuotaExceededError');
    },
  });
  expect(recall('a', forbidden)).toBeNull();
  expect(keep('a', '1', forbidden)).toBe(false);
  expect(keep('a', '1', full)).toBe(false);
});
