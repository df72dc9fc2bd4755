import { expect, test } from 'vitest';
import { en } from './catalogue.ts';
import { de } from './de.ts';
import { fr } from './fr.ts';
import { format, LANGUAGES, preferredLanguage, regionOf } from './index.tsx';
import { cataloguesThere, loadLanguage } from './languages.ts';

const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map((m) => m[0]).sort();

test.each(Object.keys(LANGUAGES))(
  '%s has every message with the same placeholders as English',
  async (language) => {
    const catalogue = (await LANGUAGES[language]?.load()) as Record<string, string>;
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

test.each<[string, string, readonly string[], string]>([
  ['en', '', ['en-GB', 'en'], 'en-GB'],
  ['en', '?locale=en', ['de-AT', 'en-GB'], 'en-GB'],
  ['de', '?locale=de_DE', ['de-AT'], 'de-DE'],
  ['de', '', ['en-GB', 'de-AT'], 'de-AT'],
  ['fr', '', ['en-GB'], 'fr'],
  ['en', '?locale=x_', ['-', 'en'], 'en'],
])('times of %s, %s, %j have the form of %s', (language, search, browser, region) => {
  expect(regionOf(language, search, browser)).toBe(region);
});

test('French has its spaces, marks and quotation marks', () => {
  for (const [key, text] of Object.entries(fr)) {
    // A time is no list.
    if (key === 'state.unknownSince') continue;
    expect(text, key).not.toMatch(/ [:;!?»]|« |[^\u00a0]:|[^\u202f][;!?»]|«[^\u202f]/);
    expect(text, key).not.toMatch(/['"“”„]| …/);
  }
});

test('German has its quotation marks, and one word for one thing', () => {
  for (const [key, text] of Object.entries(de)) {
    expect(text, key).not.toMatch(/["”«»]|Zustand|Kennwort|Reiter\b|Aufsicht\b/);
    expect(text.split('„').length, key).toBe(text.split('“').length);
  }
});

test('a language is there once it is loaded; what does not exist never is', async () => {
  expect([...cataloguesThere.keys()]).toEqual(['en']);
  expect(await loadLanguage('de')).toBe(true);
  expect(cataloguesThere.get('de')).toBe(de);
  expect(await loadLanguage('tlh')).toBe(false);
});
