/** Which language a page speaks, and how it fills its texts. */
import { within } from './typed-text.ts';

/**
 * The language of the page: `?locale=fr_FR` in the address, else the one chosen here before, else the
 * browser's, else English.
 * @param there the languages that there are, two letters each
 */
export function preferredAmong(
  there: readonly string[],
  search: string,
  chosen: string | null,
  browser: readonly string[],
): string {
  const asked = new URLSearchParams(search).get('locale');
  for (const candidate of [asked, chosen, ...browser]) {
    const language = candidate?.slice(0, 2).toLowerCase();
    if (language && there.includes(language)) return language;
  }
  return 'en';
}

const canonical = (tag: string): string | null => {
  try {
    return Intl.getCanonicalLocales(tag.replaceAll('_', '-'))[0] ?? null;
  } catch {
    return null;
  }
};

/**
 * The form of times, dates and numbers: that of the region which the address or the browser names beside the page's language
 * (`en-GB` has 24 hours, `de-AT` its own months), else the language's own.
 */
export function regionOf(language: string, search: string, browser: readonly string[]): string {
  const asked = new URLSearchParams(search).get('locale');
  for (const candidate of [asked, ...browser]) {
    const tag = candidate ? canonical(candidate) : null;
    if (tag?.split('-')[0] === language && tag.includes('-')) return tag;
  }
  return language;
}

/** Scripts that are written from right to left and have languages of today. */
const RIGHT_TO_LEFT = new Set(['Adlm', 'Arab', 'Hebr', 'Mand', 'Nkoo', 'Rohg', 'Syrc', 'Thaa']);

/** In which direction a language is written; what is no language runs from left to right. */
export function directionOf(language: string): 'ltr' | 'rtl' {
  try {
    const { script } = new Intl.Locale(language).maximize();
    return script !== undefined && RIGHT_TO_LEFT.has(script) ? 'rtl' : 'ltr';
  } catch {
    return 'ltr';
  }
}

/** Fills `{name}` placeholders; a missing value stays visible as its name. */
export function format(text: string, values: Readonly<Record<string, string>> = {}): string {
  return text.replace(/\{(\w+)\}/g, (all, name: string) => {
    const value = values[name];
    return value === undefined ? all : within(value);
  });
}
