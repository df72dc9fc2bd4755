import { directionOf, format, keep, preferredAmong, recall, regionOf } from '@poise/pages';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react';

export { format, regionOf } from '@poise/pages';

import type { Sentence } from '../session/store.ts';
import { en, type MessageKey } from './catalogue.ts';
import { cataloguesThere, LANGUAGES, loadLanguage } from './languages.ts';

export type { MessageKey } from './catalogue.ts';
export { LANGUAGES } from './languages.ts';

/** The language of the page: see {@link preferredAmong}. */
export const preferredLanguage = (
  search: string,
  chosen: string | null,
  browser: readonly string[],
): string => preferredAmong(Object.keys(LANGUAGES), search, chosen, browser);

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
    Object.assign(document.documentElement, { lang: language, dir: directionOf(language) });
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
