/** `finesse.utilities.I18n`: texts of a gadget by key. */
let bundle: Readonly<Record<string, string>> = {};

export const I18n = {
  /** Sets the texts: `{key: text}`. `{0}`, `{1}` … stand for what is put in. */
  setBundle(texts: Readonly<Record<string, string>> | null | undefined): void {
    bundle = texts ?? {};
  },

  /** The text of a key with its places filled in; the key itself where there is none. */
  getString(key: string, ...substitutes: readonly unknown[]): string {
    const text = Object.hasOwn(bundle, key) ? String(bundle[key]) : key;
    return text.replace(/\{(\d+)\}/g, (place, n: string) =>
      Number(n) < substitutes.length ? String(substitutes[Number(n)]) : place,
    );
  },
};
