import { expect, test } from 'vitest';
import { en } from './catalogue.ts';
import { format, LANGUAGES, preferredLanguage } from './index.tsx';

const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map((m) => m[0]).sort();

test.each(Object.keys(LANGUAGES))(
  '%s has every message with the same placeholders as English',
  (language) => {
    const catalogue = LANGUAGES[language]?.catalogue as Record<string, string>;
    expect(Object.keys(catalogue).sort()).toEqual(Object.keys(en).sort());
    for (const [key, text] of Object.entries(en))
      expect(placeholders(catalogue[key] as string), key).toEqual(placeholders(text));
  },
);

test('the address fixes the language, then the choice made before, then the browser, then English', () => {
  expect(preferredLanguage('?locale=fr_FR', 'de', ['en'])).toBe('fr');
  expect(preferredLanguage('', 'de', ['fr'])).toBe('de');
  expect(preferredLanguage('', null, ['pt-BR', 'fr-CA'])).toBe('fr');
  expect(preferredLanguage('?locale=xx', null, ['tlh'])).toBe('en');
});

test('a placeholder is filled, and stays visible when nothing fills it', () => {
  expect(format('a {x} b', { x: '1' })).toBe('a 1 b');
  expect(format('a {x} b')).toBe('a {x} b');
});
