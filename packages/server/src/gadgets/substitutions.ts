/** `__MSG_key__`, `__UP_name__`, `__MODULE_ID__` and `__BIDI_…__` in attributes and contents of a gadget (gadgets.md 2). */

export interface SubstitutionValues {
  readonly messages: Readonly<Record<string, string>>;
  /** Values of the user preferences, plain. */
  readonly prefs: Readonly<Record<string, string>>;
  readonly moduleId: string;
  readonly direction: 'ltr' | 'rtl';
}

/** Reading directions as the gadgets specification names them. */
const BIDI: Readonly<Record<'ltr' | 'rtl', Readonly<Record<string, string>>>> = {
  ltr: { START_EDGE: 'left', END_EDGE: 'right', DIR: 'ltr', REVERSE_DIR: 'rtl' },
  rtl: { START_EDGE: 'right', END_EDGE: 'left', DIR: 'rtl', REVERSE_DIR: 'ltr' },
};

/** Each text found is replaced once; what comes in by it is looked at for the kinds that follow: messages may name preferences. */
const ORDER = ['MSG', 'BIDI', 'UP', 'MODULE'] as const;
type Kind = (typeof ORDER)[number];

const PATTERNS: Readonly<Record<Kind, RegExp>> = {
  // Keys of bundles hold dots, spaces, quotes (gadgets.md 2), and single underscores.
  MSG: /__MSG_((?:(?!__)[^\r\n<>]){1,256})__/g,
  BIDI: /__BIDI_(START_EDGE|END_EDGE|DIR|REVERSE_DIR)__/g,
  UP: /__UP_((?:(?!__)[^\r\n<>]){1,256})__/g,
  MODULE: /__MODULE_ID__/g,
};

/** @param escaped applied to values of preferences, which come from the URL: for HTML, or as they are (URLs) */
export function substitute(
  text: string,
  values: SubstitutionValues,
  escaped: (value: string) => string,
): string {
  if (!text.includes('__')) return text;
  const found: Readonly<Record<Kind, (name: string) => string | undefined>> = {
    MSG: (name) => values.messages[name],
    BIDI: (name) => BIDI[values.direction][name],
    UP: (name) => (Object.hasOwn(values.prefs, name) ? escaped(values.prefs[name] as string) : undefined),
    MODULE: () => values.moduleId,
  };
  let result = text;
  for (const kind of ORDER)
    result = result.replace(PATTERNS[kind], (whole, name: string) => found[kind](name) ?? whole);
  return result;
}

/** As the original escapes preferences in HTML: what could end a text or an attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
