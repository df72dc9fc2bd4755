import { gadgetsIfAny } from '../frame/gadgets.ts';

/** `finesse.utilities.I18n`: texts of a gadget by key. */
let bundle: Readonly<Record<string, string>> = {};
let getter: ((key: string) => unknown) | undefined;

export const I18n = {
  /** Sets who is asked for texts, e.g. `prefs.getMsg`; the message bundle of the gadget without. */
  setGetter(next: (key: string) => unknown): void {
    getter = next;
  },

  /** Sets the texts: `{key: text}`. `{0}`, `{1}` … stand for what is put in. */
  setBundle(texts: Readonly<Record<string, string>> | null | undefined): void {
    bundle = texts ?? {};
  },

  /** The text of a key with its places filled in; the key itself where there is none. */
  getString(key: string, ...substitutes: readonly unknown[]): string {
    const text = Object.hasOwn(bundle, key) ? String(bundle[key]) : asked(key) || key;
    return text.replace(/\{(\d+)\}/g, (place, n: string) =>
      Number(n) < substitutes.length ? String(substitutes[Number(n)]) : place,
    );
  },
};

/** What the gadget's own function or its message bundle says; "" for nothing. */
function asked(key: string): string {
  const Prefs = gadgetsIfAny()?.Prefs;
  const prefs = getter === undefined && Prefs ? new Prefs() : undefined;
  return String(getter?.(key) ?? prefs?.getMsg?.(key) ?? '');
}
