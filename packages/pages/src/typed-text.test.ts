import { expect, test } from 'vitest';
import { format } from './language.ts';
import { balanced, shortened, within } from './typed-text.ts';

test('what is too long is cut before its last character would be cut in two', () => {
  expect(shortened('Ada', 3)).toBe('Ada');
  expect(shortened('Ada Lovelace', 5)).toBe('Ada …');
  expect(shortened('ab\u{1F469}cd', 4)).toBe('ab…');
});

test('isolates that were not begun are not ended, those that were begun are', () => {
  expect(balanced('a\u2069b')).toBe('ab');
  expect(balanced('a\u2067b\u2066c')).toBe('a\u2067b\u2066c\u2069\u2069');
  expect(balanced('\u2067a\u2069\u2069b')).toBe('\u2067a\u2069b');
  expect(balanced('Zoë \u{1F469}')).toBe('Zoë \u{1F469}');
});

test('in a sentence a text that turns directions stands by itself; others stay as they are', () => {
  expect(within('Ada')).toBe('Ada');
  expect(within('\u202Eada')).toBe('\u2068\u202Eada\u2069');
  expect(format('Actions for {name}', { name: 'שלום' })).toBe('Actions for \u2068שלום\u2069');
  expect(format('Actions for {name}', { name: 'x'.repeat(10_000) })).toHaveLength(512);
});
