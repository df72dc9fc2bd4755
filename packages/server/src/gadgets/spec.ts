/** The model of a gadget spec and its reader (gadgets.md 2). */
import type { Element } from '@poise/xml';
import { type GadgetXml, parseGadgetXml } from './gadget-xml.ts';

export interface GadgetFeature {
  readonly name: string;
  readonly required: boolean;
  /** A parameter may be given several times. */
  readonly params: Readonly<Record<string, readonly string[]>>;
}

export interface GadgetLocale {
  /** Lower case; `all` where none is named. */
  readonly lang: string;
  /** Upper case; `ALL` where none is named. */
  readonly country: string;
  /** URL of a message bundle; undefined: the messages stand in the gadget alone. */
  readonly messages: string | undefined;
  readonly inline: Readonly<Record<string, string>>;
  readonly direction: 'ltr' | 'rtl';
}

export interface UserPref {
  readonly name: string;
  readonly displayName: string;
  readonly defaultValue: string;
  readonly datatype: string;
  readonly required: boolean;
  readonly enumValues: ReadonlyArray<{ readonly value: string; readonly displayValue: string }>;
}

export interface GadgetView {
  readonly name: string;
  /** `html`: content, here or at `href`. `url`: the page at `href` is the gadget. */
  readonly type: 'html' | 'url';
  readonly href: string;
  readonly content: string;
  /** As written; undefined: not said. */
  readonly preferredHeight: number | undefined;
  readonly preferredWidth: number | undefined;
}

export interface GadgetSpec {
  /** Attributes of ModulePrefs as written. */
  readonly prefs: Readonly<Record<string, string>>;
  readonly features: readonly GadgetFeature[];
  readonly locales: readonly GadgetLocale[];
  readonly userPrefs: readonly UserPref[];
  readonly views: ReadonlyMap<string, GadgetView>;
}

export const DEFAULT_VIEW = 'default';

const COUNTS_MAX = { features: 200, locales: 500, userPrefs: 500, views: 50, params: 200, enumValues: 1000 };

/** @throws GadgetError 500 that names line and element */
export function readGadgetSpec(text: string): GadgetSpec {
  const xml = parseGadgetXml(text, 'Module');
  const { root } = xml;
  const all = elements(root);
  const modulePrefs = all.filter(({ name }) => name === 'ModulePrefs');
  if (modulePrefs.length !== 1)
    throw xml.refuse(
      modulePrefs[1] ?? root,
      modulePrefs.length === 0 ? 'ModulePrefs is missing' : 'more than one',
    );
  const prefs = modulePrefs[0] as Element;
  const parts = elements(prefs);
  const features = parts.filter(({ name }) => name === 'Require' || name === 'Optional');
  const locales = parts.filter(({ name }) => name === 'Locale');
  const userPrefs = all.filter(({ name }) => name === 'UserPref');
  const contents = all.filter(({ name }) => name === 'Content');
  limited(xml, features, COUNTS_MAX.features);
  limited(xml, locales, COUNTS_MAX.locales);
  limited(xml, userPrefs, COUNTS_MAX.userPrefs);
  limited(xml, contents, COUNTS_MAX.views);
  if (contents.length === 0) throw xml.refuse(root, 'Content is missing');
  return {
    prefs: { ...prefs.attrs },
    features: features.map((element) => readFeature(xml, element)),
    locales: locales.map((element) => readLocale(xml, element)),
    userPrefs: userPrefs.map((element) => readUserPref(xml, element)),
    views: readViews(xml, contents),
  };
}

function readFeature(xml: GadgetXml, element: Element): GadgetFeature {
  const params: Record<string, string[]> = Object.create(null) as Record<string, string[]>;
  const given = elements(element).filter(({ name }) => name === 'Param');
  limited(xml, given, COUNTS_MAX.params);
  for (const param of given) {
    const name = wanted(xml, param, 'name');
    params[name] ??= [];
    params[name].push(textIn(param).trim());
  }
  return { name: wanted(xml, element, 'feature').trim(), required: element.name === 'Require', params };
}

function readLocale(xml: GadgetXml, element: Element): GadgetLocale {
  const direction = element.attr('language_direction') ?? 'ltr';
  if (direction !== 'ltr' && direction !== 'rtl')
    throw xml.refuse(element, 'language_direction must be ltr or rtl');
  const messages = element.attr('messages')?.trim();
  return {
    lang: (element.attr('lang') || 'all').trim().toLowerCase(),
    country: (element.attr('country') || 'ALL').trim().toUpperCase(),
    messages: messages === '' ? undefined : messages,
    inline: readMessages(xml, element),
    direction,
  };
}

/** The `msg` children of an element. */
export function readMessages(xml: GadgetXml, parent: Element): Record<string, string> {
  const messages = Object.create(null) as Record<string, string>;
  for (const element of elements(parent)) {
    if (element.name === 'msg') messages[wanted(xml, element, 'name')] = textIn(element).trim();
  }
  return messages;
}

function readUserPref(xml: GadgetXml, element: Element): UserPref {
  const enumValues = elements(element).filter(({ name }) => name === 'EnumValue');
  limited(xml, enumValues, COUNTS_MAX.enumValues);
  const name = wanted(xml, element, 'name');
  return {
    name,
    displayName: element.attr('display_name') ?? name,
    defaultValue: element.attr('default_value') ?? '',
    datatype: element.attr('datatype') ?? 'string',
    required: element.attr('required') === 'true',
    enumValues: enumValues.map((value) => {
      const text = wanted(xml, value, 'value');
      return { value: text, displayValue: value.attr('display_value') ?? text };
    }),
  };
}

/** A view may be put together from several Content elements, and one element may be several views. */
function readViews(xml: GadgetXml, contents: readonly Element[]): ReadonlyMap<string, GadgetView> {
  const views = new Map<string, GadgetView>();
  for (const element of contents) {
    const type = (element.attr('type') ?? 'html').trim().toLowerCase();
    if (type !== 'html' && type !== 'url') throw xml.refuse(element, 'type must be html or url');
    const href = (element.attr('href') ?? '').trim();
    if (type === 'url' && href === '') throw xml.refuse(element, 'a Content of type url needs href');
    const names = (element.attr('view') ?? '').split(',').map((name) => name.trim());
    for (const name of new Set(names.map((given) => given || DEFAULT_VIEW))) {
      const before = views.get(name);
      if (before !== undefined && before.type !== type)
        throw xml.refuse(element, `the view ${name} has contents of both types`);
      views.set(name, {
        name,
        type,
        href: href || (before?.href ?? ''),
        content: (before?.content ?? '') + textIn(element),
        preferredHeight: pixels(element.attr('preferred_height')) ?? before?.preferredHeight,
        preferredWidth: pixels(element.attr('preferred_width')) ?? before?.preferredWidth,
      });
    }
  }
  if (views.size > COUNTS_MAX.views) throw xml.refuse(contents[0] as Element, 'too many views');
  return views;
}

/** A whole number of pixels, as people write it: `300`, `300px`. */
export function pixels(text: string | undefined): number | undefined {
  const match = /^\s*(\d{1,5})(?:\.\d*)?\s*(?:px)?\s*$/.exec(text ?? '');
  return match === null ? undefined : Number(match[1]);
}

function elements(parent: Element): Element[] {
  return parent.children.filter((child): child is Element => typeof child !== 'string');
}

/** All character data below; HTML that somebody forgot to put into CDATA loses its tags, as in the original. */
function textIn(element: Element): string {
  return element.children.map((child) => (typeof child === 'string' ? child : textIn(child))).join('');
}

function wanted(xml: GadgetXml, element: Element, attribute: string): string {
  const value = element.attr(attribute);
  if (value === undefined || value.trim() === '')
    throw xml.refuse(element, `the attribute ${attribute} is missing`);
  return value;
}

function limited(xml: GadgetXml, found: readonly Element[], max: number): void {
  if (found.length > max) throw xml.refuse(found[max] as Element, `more than ${max} of them`);
}
