import { describe, expect, test } from 'vitest';
import {
  catalogueOf,
  fill,
  LANGUAGES,
  languageOf,
  type MessageId,
  PlainError,
  phrase,
  say,
  words,
} from './catalogue.ts';
import { EN } from './en.ts';

const placeholders = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]!).sort();

describe.each(LANGUAGES)('the catalogue %s', (language) => {
  test('has every message and no other', async () => {
    expect(Object.keys(await catalogueOf(language)).sort()).toEqual(Object.keys(EN).sort());
  });

  test('uses the placeholders of the English text', async () => {
    const catalogue = await catalogueOf(language);
    for (const id of Object.keys(EN) as MessageId[]) {
      expect([id, placeholders(catalogue[id])]).toEqual([id, placeholders(EN[id])]);
    }
  });

  test('has no empty text and no space at the ends, but after a prompt', async () => {
    for (const [id, text] of Object.entries(await catalogueOf(language))) {
      expect(text.trim().length, id).toBeGreaterThan(0);
      if (!text.endsWith(': ')) expect(text, id).toBe(text.trim());
    }
  });
});

test('the language follows LC_ALL, then LC_MESSAGES, then LANG, then the system', () => {
  expect(languageOf({ LC_ALL: 'de_CH.UTF-8', LANG: 'fr_FR' })).toBe('de');
  expect(languageOf({ LC_MESSAGES: 'fr', LANG: 'de' })).toBe('fr');
  expect(languageOf({ LANG: 'fr_CA.UTF-8' })).toBe('fr');
  expect(languageOf({}, 'de-DE')).toBe('de');
  expect(languageOf({ LANG: 'C.UTF-8' }, 'de-DE')).toBe('en');
  expect(languageOf({ LANG: 'xx' })).toBe('en');
});

test('a phrase inside a phrase is put into the same language', async () => {
  const said = phrase('settings.bad', {
    key: 'a',
    value: 'b',
    source: 'c',
    allowed: phrase('allowed.boolean'),
  });
  expect(words(said)).toBe('The setting a cannot be b (c). Allowed: true or false.');
  expect(words(said, await catalogueOf('de'))).toContain('true oder false');
});

test('a value that looks like a placeholder is not replaced again', () => {
  expect(fill('{a} {b}', { a: '{b}', b: 'x' })).toBe('{b} x');
  expect(fill('{a} {unknown}', { a: 1 })).toBe('1 {unknown}');
});

test('a plain error reads as its English sentence and can be said in another language', async () => {
  const error = new PlainError(phrase('cli.userUnknown', { user: 'x' }));
  expect(error.message).toBe('There is no user x.');
  expect(words(error.said, await catalogueOf('fr'))).toBe("Il n'y a pas d'utilisateur x.");
  expect(say(EN, 'cli.stopped')).toBe('Stopped.');
});
