/**
 * What the server says to people, in their language. Texts for machines (protocols, logs, JSON) are not
 * in here: they never change with the language.
 */
import { EN } from './en.ts';

export type MessageId = keyof typeof EN;
export type Language = 'en' | 'de' | 'fr';
export const LANGUAGES: readonly Language[] = ['en', 'de', 'fr'];

/** One language: every message, with the same placeholders as the English one (a test checks them). */
export type Catalogue = { readonly [Id in MessageId]: string };

type Placeholders<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;
type Values<Id extends MessageId> = { readonly [Name in Placeholders<(typeof EN)[Id]>]: string | number };

/** The values that a message needs: nothing, or one object with each placeholder. */
export type MessageValues<Id extends MessageId> = [Placeholders<(typeof EN)[Id]>] extends [never]
  ? []
  : [values: Values<Id>];

/** A message that is not yet in any language, so that its reader's language can be chosen at the edge. */
export interface Phrase {
  readonly id: MessageId;
  readonly values: Readonly<Record<string, string | number | Phrase>>;
}

/** Makes a {@link Phrase}; the compiler checks that each placeholder has a value. */
export function phrase<Id extends MessageId>(
  id: Id,
  ...[values]: [Placeholders<(typeof EN)[Id]>] extends [never]
    ? []
    : [values: { readonly [Name in Placeholders<(typeof EN)[Id]>]: string | number | Phrase }]
): Phrase {
  return { id, values: (values ?? {}) as Phrase['values'] };
}

/** Fills the placeholders of a text; an unknown placeholder stays as it is. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : String(value);
  });
}

/** The phrase in the language of `catalogue`; phrases inside it are put into words first. */
export function words(said: Phrase, catalogue: Catalogue = EN): string {
  const values: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(said.values)) {
    values[name] = typeof value === 'object' ? words(value, catalogue) : value;
  }
  return fill(catalogue[said.id], values);
}

/** One message in the language of `catalogue`. */
export function say<Id extends MessageId>(
  catalogue: Catalogue,
  id: Id,
  ...[values]: MessageValues<Id>
): string {
  return fill(catalogue[id], (values ?? {}) as Record<string, string | number>);
}

/**
 * The language that a process should speak, from the variables that POSIX names (LC_ALL, LC_MESSAGES,
 * LANG), else from the operating system. English when the wish is unknown.
 */
export function languageOf(env: Readonly<Record<string, string | undefined>>, systemLocale = ''): Language {
  const wish = env.LC_ALL || env.LC_MESSAGES || env.LANG || systemLocale;
  const primary = wish.slice(0, 2).toLowerCase();
  return LANGUAGES.find((language) => language === primary) ?? 'en';
}

/** Loads a language. Only the chosen one is read. */
export async function catalogueOf(language: Language): Promise<Catalogue> {
  if (language === 'de') return (await import('./de.ts')).DE;
  if (language === 'fr') return (await import('./fr.ts')).FR;
  return EN;
}

/** An error whose message is meant for people: one plain sentence, no stack, in any language. */
export class PlainError extends Error {
  override readonly name: string = 'PlainError';
  readonly said: Phrase;

  constructor(said: Phrase, options?: { cause?: unknown }) {
    super(words(said), options);
    this.said = said;
  }
}
