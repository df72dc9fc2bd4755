import { describe, expect, test } from 'vitest';
import { keysOf, type Pressed, problemOfKeys, shownKeys, typesCharacter } from './keys.ts';

/** `Ctrl+Alt+AltGraph` before the key and its place, as an event of the browser. */
function pressed(modifiers: string, key: string, code: string): Pressed {
  const has = (name: string) => modifiers.split('+').includes(name);
  return {
    key,
    code,
    ctrlKey: has('Ctrl'),
    altKey: has('Alt'),
    shiftKey: has('Shift'),
    metaKey: has('Meta'),
    getModifierState: () => has('AltGraph'),
  };
}

describe('keys as text', () => {
  test.each([
    ['Ctrl+Alt', 'r', 'KeyR', 'Ctrl+Alt+R', 'a letter'],
    ['Ctrl+Alt', 'R', 'KeyR', 'Ctrl+Alt+R', 'with Caps Lock'],
    ['Ctrl+Alt', 'a', 'KeyQ', 'Ctrl+Alt+A', 'a letter that stands elsewhere on this keyboard'],
    ['Ctrl+Alt', '®', 'KeyR', 'Ctrl+Alt+R', 'Option on a Mac'],
    ['Ctrl+Alt', '€', 'KeyE', 'Ctrl+Alt+E', 'Ctrl+Alt as AltGr'],
    ['AltGraph', '€', 'KeyE', 'Ctrl+Alt+E', 'AltGr itself'],
    ['Ctrl+Shift', '"', 'Digit2', 'Ctrl+Shift+2', 'a digit with another character above it'],
    ['Ctrl+Alt', '&', 'Digit1', 'Ctrl+Alt+1', 'a digit of a French keyboard'],
    ['Alt+Shift', 'N', 'KeyN', 'Alt+Shift+N', 'without Ctrl'],
    ['Ctrl', 'F2', 'F2', 'Ctrl+F2', 'a function key'],
  ])('%s and %s at %s are %s: %s', (modifiers, key, code, keys) => {
    expect(keysOf(pressed(modifiers, key, code))).toBe(keys);
  });

  test.each([
    ['Ctrl+Alt', 'Alt', 'AltLeft'],
    ['Ctrl+Alt', 'Dead', 'BracketLeft'],
    ['Meta', 'r', 'KeyR'],
  ])('%s and %s are no keys of a shortcut', (modifiers, key, code) => {
    expect(keysOf(pressed(modifiers, key, code))).toBeNull();
  });
});

describe('who types keeps the characters', () => {
  test.each([
    ['Ctrl+Alt', '€', 'KeyE', false, true],
    ['Ctrl+Alt', '@', 'KeyQ', false, true],
    ['AltGraph', '@', 'KeyQ', false, true],
    ['AltGraph', 'e', 'KeyE', false, true],
    ['Ctrl+Alt', 'Dead', 'KeyN', false, true],
    ['Alt', '®', 'KeyR', true, true],
    ['', 'r', 'KeyR', false, true],
    ['Shift', 'R', 'KeyR', false, true],
    // What types nothing works in a field, too.
    ['Ctrl+Alt', 'r', 'KeyR', false, false],
    ['Ctrl+Alt', '2', 'Digit2', false, false],
    ['Ctrl+Alt', '®', 'KeyR', true, false],
    ['Ctrl+Shift', 'F', 'KeyF', false, false],
    ['Ctrl', 'F2', 'F2', false, false],
  ])('%s and %s at %s, Mac %s: types %s', (modifiers, key, code, isMac, types) => {
    expect(typesCharacter(pressed(modifiers, key, code), isMac)).toBe(types);
  });
});

test.each([
  ['Ctrl+Alt+R', null],
  ['Ctrl+Shift+2', null],
  ['Alt+Shift+N', null],
  ['Ctrl+Alt+Shift+K', null],
  ['Ctrl+R', 'browser'],
  ['Ctrl+Shift+T', 'browser'],
  ['Ctrl+Shift+W', 'browser'],
  ['F5', 'browser'],
  ['Ctrl+3', 'browser'],
  ['Ctrl+Alt+Delete', 'system'],
  ['Ctrl+Alt+F1', 'system'],
  ['Alt+F4', 'system'],
  ['Alt+Tab', 'system'],
  ['Ctrl+K', 'modifiers'],
  ['Shift+K', 'modifiers'],
  ['K', 'modifiers'],
])('%s as a shortcut of one’s own: %s', (keys, problem) => {
  expect(problemOfKeys(keys)).toBe(problem);
});

test('keys are shown as they are called on the keyboard', () => {
  expect(shownKeys('Ctrl+Alt+R', false, () => null)).toBe('Ctrl + Alt + R');
  const german = (key: string) => ({ Ctrl: 'Strg', Shift: 'Umschalt' })[key] ?? null;
  expect(shownKeys('Ctrl+Shift+ArrowUp', false, german)).toBe('Strg + Umschalt + ↑');
  expect(shownKeys('Ctrl+Alt+R', true, german)).toBe('⌃ ⌥ R');
});
