/**
 * Keys of shortcuts as text, `Ctrl+Alt+R`: modifiers in the order Ctrl, Alt, Shift, then the key. On a Mac, Alt is the Option key.
 */

/** The part of a KeyboardEvent that counts. */
export interface Pressed {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  readonly metaKey: boolean;
  getModifierState(name: 'AltGraph'): boolean;
}

const NAMED: ReadonlySet<string> = new Set([
  'Enter',
  'Escape',
  'Tab',
  'Delete',
  'Backspace',
  'Insert',
  'Home',
  'End',
  'PageUp',
  'PageDown',
  'ArrowUp',
  'ArrowDown',
  'ArrowLeft',
  'ArrowRight',
  'Space',
]);

/**
 * The key itself: the letter that it has on this keyboard. Where a modifier makes another character of it (AltGr+E is €, Option+R
 * is ®, Shift+2 is "), the place on the keyboard tells which key it is.
 */
function nameOfKey({ key, code }: Pick<Pressed, 'key' | 'code'>): string | null {
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(code);
  if (digit) return digit[1] as string;
  if (/^[a-z]$/i.test(key)) return key.toUpperCase();
  if (/^F([1-9]|1[0-2])$/.test(key)) return key;
  if (NAMED.has(key)) return key;
  if (code === 'Space') return code;
  return /^Key([A-Z])$/.exec(code)?.[1] ?? null;
}

/** Keys that are pressed; null: nothing that could be a shortcut. */
export function keysOf(pressed: Pressed): string | null {
  const name = nameOfKey(pressed);
  if (name === null || pressed.metaKey) return null;
  // Where AltGr is a modifier of its own, a shortcut with Ctrl+Alt can be pressed with it, as people are used to.
  const isAltGr = pressed.getModifierState('AltGraph');
  const modifiers = [
    pressed.ctrlKey || isAltGr ? 'Ctrl' : '',
    pressed.altKey || isAltGr ? 'Alt' : '',
    pressed.shiftKey ? 'Shift' : '',
  ];
  return [...modifiers.filter((modifier) => modifier !== ''), name].join('+');
}

/**
 * Whether a field gets a character from this: such a key is never taken away from who types. AltGr, and Ctrl+Alt which is the same
 * on many keyboards, type € and @ where the keyboard has them; then `key` is that character and not the letter of the key.
 * @param isMac Option types characters there, unless Ctrl is held, too
 */
export function typesCharacter(pressed: Pressed, isMac: boolean): boolean {
  const { key, code, ctrlKey, altKey, metaKey } = pressed;
  if (key === 'Dead') return true;
  if ([...key].length !== 1) return false;
  if (metaKey) return false;
  if (isMac) return !ctrlKey;
  if (pressed.getModifierState('AltGraph')) return true;
  if (ctrlKey && altKey) return !/^[a-z0-9]$/i.test(key) && /^(Key|Digit|Numpad)/.test(code);
  return !ctrlKey && !altKey;
}

const ARROWS: Readonly<Record<string, string>> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
};

/**
 * What keys look like on the cap: `Ctrl + Alt + R`, in German `Strg + Alt + R`, on a Mac `⌃ ⌥ R`.
 * @param nameOf name of a key in the language of the page; null: it has none of its own
 */
export function shownKeys(keys: string, isMac: boolean, nameOf: (key: string) => string | null): string {
  const mac: Readonly<Record<string, string>> = { Ctrl: '⌃', Alt: '⌥', Shift: '⇧' };
  const shown = (part: string) => (isMac ? mac[part] : undefined) ?? ARROWS[part] ?? nameOf(part) ?? part;
  return keys
    .split('+')
    .map(shown)
    .join(isMac ? ' ' : ' + ');
}

/** Keys that never reach a page, or that do something else everywhere. */
const RESERVED: readonly { readonly keys: RegExp; readonly by: 'browser' | 'system' }[] = [
  { keys: /^Ctrl\+(Shift\+)?[NTWQR]$/, by: 'browser' },
  { keys: /^Ctrl\+Shift\+([ABCDIJKMOPYG]|Delete)$/, by: 'browser' },
  { keys: /^Ctrl\+(Shift\+)?(Tab|PageUp|PageDown|[1-9])$/, by: 'browser' },
  { keys: /^Alt\+(Shift\+)?[DEF]$/, by: 'browser' },
  { keys: /^Ctrl\+(Shift\+)?(F[1-9]|F1[0-2])$|^(Shift\+)?F(1|3|5|6|7|11|12)$/, by: 'browser' },
  { keys: /^Ctrl\+Alt\+(Delete|Backspace|Tab|Escape|End|Insert|Arrow\w+|F[1-9]|F1[0-2])$/, by: 'system' },
  { keys: /^(Ctrl\+)?(Alt\+)?(Shift\+)?(Tab|Escape)$/, by: 'system' },
  { keys: /^Alt\+(Shift\+)?(F\d+|Space|Enter|Arrow\w+)$/, by: 'system' },
];

/** The predefined keys of the original that look reserved, but reach the page. */
const KNOWN_TO_WORK: ReadonlySet<string> = new Set([
  'Ctrl+Shift+2',
  'Ctrl+Shift+0',
  'Alt+Shift+N',
  'Alt+Shift+P',
]);

export type KeysProblem = 'modifiers' | 'browser' | 'system';

/** What is wrong with keys that somebody wants for a shortcut; null: nothing. */
export function problemOfKeys(keys: string): KeysProblem | null {
  if (KNOWN_TO_WORK.has(keys)) return null;
  const reserved = RESERVED.find((row) => row.keys.test(keys));
  if (reserved) return reserved.by;
  const modifiers = keys.split('+').slice(0, -1);
  // One modifier alone belongs to the browser, to menus and to who types.
  return modifiers.length >= 2 && modifiers.some((name) => name !== 'Shift') ? null : 'modifiers';
}
