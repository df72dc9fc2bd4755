/** The installed languages. A new one is a catalogue in a file of its own and a line here; the page loads the one that it speaks. */
import { type Catalogue, en } from './catalogue.ts';

interface Language {
  /** By which people know it. */
  readonly name: string;
  readonly load: () => Promise<Catalogue>;
}

export const LANGUAGES: Readonly<Record<string, Language>> = {
  en: { name: 'English', load: () => Promise.resolve(en) },
  de: { name: 'Deutsch', load: async () => (await import('./de.ts')).de },
  fr: { name: 'Français', load: async () => (await import('./fr.ts')).fr },
};

/** What was loaded so far; English is part of the page, and stands in for what cannot be loaded. */
export const cataloguesThere = new Map<string, Catalogue>([['en', en]]);

/** @returns whether it is there; it is not when the server cannot be reached and the browser has not kept it */
export async function loadLanguage(language: string): Promise<boolean> {
  if (cataloguesThere.has(language)) return true;
  try {
    const catalogue = await LANGUAGES[language]?.load();
    if (catalogue === undefined) return false;
    cataloguesThere.set(language, catalogue);
    return true;
  } catch {
    return false;
  }
}
