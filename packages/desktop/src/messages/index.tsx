import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { keep, recall } from '../browser-storage.ts';
import type { Sentence } from '../session/store.ts';
import { type Catalogue, en, type MessageKey } from './catalogue.ts';
import { de } from './de.ts';
import { fr } from './fr.ts';
import { within } from './typed-text.ts';

export type { MessageKey } from './catalogue.ts';

/** Installed languages, by the name that people know them by. */
export const LANGUAGES: Readonly<Record<string, { name: string; catalogue: Catalogue }>> = {
  en: { name: 'English', catalogue: en },
  de: { name: 'Deutsch', catalogue: de },
  fr: { name: 'Français', catalogue: fr },
};

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
  const { catalogue } = LANGUAGES[document.documentElement.lang] ?? { catalogue: en };
  return say((key, values) => format(catalogue[key], values), sentence);
}

interface Messages {
  readonly t: Translate;
  readonly language: string;
  /** For `Intl`: the language with the user's region. */
  readonly region: string;
  readonly choose: (language: string) => void;
}

const Context = createContext<Messages | null>(null);

export function MessagesProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(() =>
    preferredLanguage(location.search, recall('poise.language'), navigator.languages),
  );
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const value = useMemo<Messages>(() => {
    const catalogue = (LANGUAGES[language] as { catalogue: Catalogue }).catalogue;
    return {
      language,
      region: regionOf(language, location.search, navigator.languages),
      t: (key, values) => format(catalogue[key], values),
      choose: (next) => {
        keep('poise.language', next);
        setLanguage(next);
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
