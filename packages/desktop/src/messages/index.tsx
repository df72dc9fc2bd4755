import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { keep, recall } from '../browser-storage.ts';
import type { Sentence } from '../session/store.ts';
import { en, type MessageKey } from './catalogue.ts';
import { cataloguesThere, LANGUAGES, loadLanguage } from './languages.ts';
import { within } from './typed-text.ts';

export type { MessageKey } from './catalogue.ts';
export { LANGUAGES } from './languages.ts';

/**
 * The language of the page: `?locale=fr_FR` in the address, else the one chosen here before, else the
 * browser's, else English.
 */
export function preferredLanguage(search: string, chosen: string | null, browser: readonly string[]): string {
  const asked = new URLSearchParams(search).get('locale');
  for (const candidate of [asked, chosen, ...browser]) {
    const language = candidate?.slice(0, 2).toLowerCase();
    if (language && Object.hasOwn(LANGUAGES, language)) return language;
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

/** Fills `{name}` placeholders; a missing value stays visible as its name. */
export function format(text: string, values: Readonly<Record<string, string>> = {}): string {
  return text.replace(/\{(\w+)\}/g, (all, name: string) => {
    const value = values[name];
    return value === undefined ? all : within(value);
  });
}

export type Translate = (key: MessageKey, values?: Readonly<Record<string, string>>) => string;

/** A sentence of the state in the language of the page. */
export function say(t: Translate, sentence: Sentence): string {
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(sentence.values ?? {}))
    values[name] = typeof value === 'string' ? value : say(t, value);
  return t(sentence.key, values);
}

/** A sentence in the language that the page has now, for what is told outside of it. */
export function sayNow(sentence: Sentence): string {
  const catalogue = cataloguesThere.get(document.documentElement.lang) ?? en;
  return say((key, values) => format(catalogue[key], values), sentence);
}

/** Loads what the page says before it is drawn for the first time; what cannot be loaded is English. */
export const loadPreferredLanguage = (): Promise<unknown> =>
  loadLanguage(preferredLanguage(location.search, recall('poise.language'), navigator.languages));

interface Messages {
  readonly t: Translate;
  readonly language: string;
  /** For `Intl`: the language with the user's region. */
  readonly region: string;
  /** The page goes on in the language that it has until the other one is there. */
  readonly choose: (language: string) => void;
}

const Context = createContext<Messages | null>(null);

/** To be drawn after {@link loadPreferredLanguage}. */
export function MessagesProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(() => {
    const preferred = preferredLanguage(location.search, recall('poise.language'), navigator.languages);
    return cataloguesThere.has(preferred) ? preferred : 'en';
  });
  const chosen = useRef(language);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const value = useMemo<Messages>(() => {
    const catalogue = cataloguesThere.get(language) ?? en;
    return {
      language,
      region: regionOf(language, location.search, navigator.languages),
      t: (key, values) => format(catalogue[key], values),
      choose: (next) => {
        keep('poise.language', next);
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
