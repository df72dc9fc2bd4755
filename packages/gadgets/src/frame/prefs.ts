/** `gadgets.Prefs`: preferences of this gadget and the texts of its message bundle (gadgets.md 4 and 6). */
import { escapeString } from './escape.ts';

export interface Prefs {
  getString(name: string): string;
  getInt(name: string): number;
  getFloat(name: string): number;
  getBool(name: string): boolean;
  getArray(name: string): string[];
  getMsg(name: string): string;
  getMsgFormatted(name: string, value?: string): string;
  getCountry(): string;
  getLang(): string;
  getModuleId(): string;
  /** Pairs of name and value. */
  set(...pairs: unknown[]): void;
  setArray(name: string, values: readonly unknown[]): void;
  dump(): void;
}

/** The constructor, with what the server's inline script calls. */
export interface PrefsClass {
  new (moduleId?: unknown): Prefs;
  (moduleId?: unknown): Prefs;
  setInternal_(name: string | Readonly<Record<string, unknown>>, value?: unknown): boolean;
  /** @param moduleId may be left out */
  setMessages_(moduleId: unknown, messages?: unknown): void;
  setDefaultPrefs_(moduleId: unknown, defaults?: unknown): void;
  setDontEscape_(): void;
}

/**
 * @param changed tells the container, for the next time
 * @param credentials Base64 of `id:password` of the session: never in an address, and yet the preference `authorization`, since
 * gadgets of 9.x bring libraries that look nowhere else
 */
export function prefsClass(
  parameters: Readonly<Record<string, string>>,
  changed: (pairs: readonly unknown[]) => void,
  log: (text: string) => void,
  credentials: () => string = () => '',
): PrefsClass {
  const values = new Map<string, string>();
  const defaults = new Map<string, string>();
  let messages = new Map<string, string>();
  let isEscaped = true;
  for (const [name, value] of Object.entries(parameters))
    if (name.startsWith('up_')) values.set(name.slice(3), value);
  const country = parameters.country ?? 'ALL';
  const lang = parameters.lang ?? 'ALL';
  const moduleId = parameters.mid ?? '0';
  const escaped = (text: string) => (isEscaped ? escapeString(text) : text);
  const raw = (name: string) =>
    values.get(String(name)) ??
    defaults.get(String(name)) ??
    (String(name) === 'authorization' ? credentials() : '');
  const put = (name: string, value: unknown): boolean => {
    const text = value === undefined || value === null ? '' : String(value);
    if (values.get(name) === text) return false;
    values.set(name, text);
    return true;
  };
  const own: Prefs = {
    getString: (name) => escaped(raw(name)),
    getInt: (name) => Number.parseInt(raw(name), 10) || 0,
    getFloat: (name) => Number.parseFloat(raw(name)) || 0,
    getBool(name) {
      const value = raw(name);
      return value.toLowerCase() === 'true' || (Number.parseInt(value, 10) || 0) !== 0;
    },
    getArray(name) {
      const value = raw(name);
      return value === ''
        ? []
        : value.split('|').map((each) => escaped(each.replaceAll(/%(7C|25)/gi, decodeURIComponent)));
    },
    getMsg: (name) => messages.get(String(name)) ?? '',
    // As OpenSocial has it: a placeholder `<ph>{$name}</ph>`, replaced by the value.
    getMsgFormatted: (name, value) =>
      (messages.get(String(name)) ?? '').replace(/<ph.*?>.*?<\/ph>/g, () => value ?? ''),
    getCountry: () => country,
    getLang: () => lang,
    getModuleId: () => moduleId,
    set(...pairs) {
      let isNew = false;
      for (let at = 0; at + 1 < pairs.length; at += 2) isNew = put(String(pairs[at]), pairs[at + 1]) || isNew;
      if (isNew) changed(pairs);
    },
    setArray(name, list) {
      const text = list.map((each) => String(each).replaceAll('%', '%25').replaceAll('|', '%7C')).join('|');
      own.set(name, text);
    },
    dump() {
      for (const [name, value] of new Map([...defaults, ...values]))
        log(`${name}: ${/auth|password/i.test(name) ? '*****' : value}`);
    },
  };
  // Every gadget makes its own with `new`, some without; all of them are the same.
  const construct = function Prefs() {
    return own;
  } as unknown as PrefsClass;
  construct.setInternal_ = (name, value) => {
    if (typeof name === 'string') return put(name, value);
    let isNew = false;
    for (const [each, of] of Object.entries(name)) isNew = put(each, of) || isNew;
    return isNew;
  };
  construct.setMessages_ = (given, more) => {
    messages = new Map(textsOf(more ?? given));
  };
  construct.setDefaultPrefs_ = (given, more) => {
    for (const [name, value] of textsOf(more ?? given)) defaults.set(name, value);
  };
  construct.setDontEscape_ = () => {
    isEscaped = false;
  };
  return construct;
}

function textsOf(given: unknown): [string, string][] {
  if (typeof given !== 'object' || given === null) return [];
  return Object.entries(given).map(([name, value]) => [name, String(value ?? '')]);
}
