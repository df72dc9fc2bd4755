import { expect, test } from 'vitest';
import { en, LANGUAGES } from './index.tsx';

const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map((m) => m[0]).sort();

test.each(Object.keys(LANGUAGES))('%s has every message with the same placeholders', async (language) => {
  const catalogue = (await LANGUAGES[language]?.load()) as Record<string, string>;
  expect(Object.keys(catalogue).sort()).toEqual(Object.keys(en).sort());
  for (const [key, text] of Object.entries(en))
    expect(placeholders(catalogue[key] as string), key).toEqual(placeholders(text));
});
