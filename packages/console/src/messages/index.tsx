import { directionOf, format, keep, preferredAmong, recall, regionOf } from '@poise/pages';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { type Catalogue, en, type MessageKey } from './en.ts';

export type { MessageKey } from './en.ts';
export { en } from './en.ts';

interface Language {
  readonly name: string;
  readonly load: () => Promise<Catalogue>;
}

export const LANGUAGES: Readonly<Record<string, Language>> = {
  en: { name: 'English', load: () => Promise.resolve(en) },
  de: { name: 'Deutsch', load: async () => (await import('./de.ts')).de },
  fr: { name: 'Français', load: async () => (await import('./fr.ts')).fr },
};

/** English is part of the page, and stands in for what cannot be loaded. */
const there = new Map<string, Catalogue>([['en', en]]);

export async function loadLanguage(language: string): Promise<boolean> {
  try {
    const catalogue = there.get(language) ?? (await LANGUAGES[language]?.load());
    if (catalogue === undefined) return false;
    there.set(language, catalogue);
    return true;
  } catch {
    return false;
  }
}

/** The choice is that of the desktop, too. */
const KEPT = 'poise.language';
const preferred = (): string =>
  preferredAmong(Object.keys(LANGUAGES), location.search, recall(KEPT), navigator.languages);

export const loadPreferredLanguage = (): Promise<unknown> => loadLanguage(preferred());

export type Translate = (key: MessageKey, values?: Readonly<Record<string, string>>) => string;

interface Messages {
  readonly t: Translate;
  readonly language: string;
  /** For `Intl`. */
  readonly region: string;
  readonly choose: (language: string) => void;
}

const Context = createContext<Messages | null>(null);

/** To be drawn after {@link loadPreferredLanguage}. */
export function MessagesProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(() => (there.has(preferred()) ? preferred() : 'en'));
  const chosen = useRef(language);
  useEffect(() => {
    Object.assign(document.documentElement, { lang: language, dir: directionOf(language) });
  }, [language]);
  const value = useMemo<Messages>(() => {
    const catalogue = there.get(language) ?? en;
    return {
      language,
      region: regionOf(language, location.search, navigator.languages),
      t: (key, values) => format(catalogue[key], values),
      choose: (next) => {
        keep(KEPT, next);
        chosen.current = next;
        void loadLanguage(next).then((isThere) => {
          if (isThere && chosen.current === next) setLanguage(next);
        });
      },
    };
  }, [language]);
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

export function useMessages(): Messages {
  const value = useContext(Context);
  if (!value) throw new Error('MessagesProvider is missing');
  return value;
}

/** A name of the API in the language of the page; what it does not know stays as it is. */
export function named(t: Translate, kind: 'f' | 'c' | 's', name: string): string {
  const key = `${kind}.${name}`;
  return Object.hasOwn(en, key) ? t(key as MessageKey) : name;
}
