/** Messages of a gadget in the language of the desktop (gadgets.md 2): the nearest locale wins, message by message. */
import { parseGadgetXml } from './gadget-xml.ts';
import { type GadgetLocale, type GadgetSpec, readMessages } from './spec.ts';

export interface MessageBundle {
  readonly messages: Readonly<Record<string, string>>;
  readonly direction: 'ltr' | 'rtl';
}

export interface WantedLocale {
  readonly lang: string;
  readonly country: string;
}

/** @throws GadgetError 500 that names line and element */
export function readMessageBundle(text: string): Readonly<Record<string, string>> {
  const xml = parseGadgetXml(text, 'messagebundle');
  return readMessages(xml, xml.root);
}

/** The locales of a gadget that concern a wanted one, from the farthest (all languages) to the nearest. */
export function localesFor(spec: GadgetSpec, { lang, country }: WantedLocale): GadgetLocale[] {
  const keys = [
    ['all', 'ALL'],
    ['all', country.toUpperCase()],
    [lang.toLowerCase(), 'ALL'],
    [lang.toLowerCase(), country.toUpperCase()],
  ];
  return keys
    .filter(([l, c], index) => keys.findIndex(([first, second]) => first === l && second === c) === index)
    .flatMap(([l, c]) => spec.locales.filter((locale) => locale.lang === l && locale.country === c));
}

/** @param load fetches and reads the bundle at a URL of the gadget */
export async function bundleFor(
  spec: GadgetSpec,
  wanted: WantedLocale,
  load: (url: string) => Promise<Readonly<Record<string, string>>>,
): Promise<MessageBundle> {
  const locales = localesFor(spec, wanted);
  const loaded = await Promise.all(
    locales.map(async ({ messages, inline }) => [messages === undefined ? {} : await load(messages), inline]),
  );
  return {
    messages: Object.assign(Object.create(null), ...loaded.flat()) as Record<string, string>,
    direction: locales.at(-1)?.direction ?? 'ltr',
  };
}
