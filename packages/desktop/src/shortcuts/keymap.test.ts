import { expect, test } from 'vitest';
import { keymap, objection } from './keymap.ts';
import { problemOfKeys } from './keys.ts';
import { isTyping, meant } from './listener.ts';
import { SHORTCUTS } from './shortcut.ts';

const TWO = [
  { id: 'ready', keys: 'Ctrl+Alt+R' },
  { id: 'hold', keys: 'Ctrl+Alt+V' },
];

test('predefined keys hold until the agent sets others or none', () => {
  expect(keymap(TWO, {}).byKeys.get('Ctrl+Alt+R')).toBe('ready');
  const changed = keymap(TWO, { ready: 'Ctrl+Alt+T', hold: '' });
  expect([...changed.byKeys]).toEqual([['Ctrl+Alt+T', 'ready']]);
  expect(changed.keysOf.get('hold')).toBe('');
});

test('keys that several want do nothing, and are told', () => {
  const map = keymap([...TWO, { id: 'gadget', keys: 'Ctrl+Alt+R' }], {});
  expect(map.byKeys.has('Ctrl+Alt+R')).toBe(false);
  expect([...map.conflicts]).toEqual([['Ctrl+Alt+R', ['ready', 'gadget']]]);
  // Other keys for one of them settle it.
  const settled = keymap([...TWO, { id: 'gadget', keys: 'Ctrl+Alt+R' }], { ready: 'Ctrl+Alt+T' });
  expect(settled.conflicts.size).toBe(0);
  expect(settled.byKeys.get('Ctrl+Alt+R')).toBe('gadget');
});

test('keys of others are objected to: of another shortcut, of the browser, of the system', () => {
  const map = keymap(TWO, {});
  expect(objection(map, 'ready', 'Ctrl+Alt+V')).toEqual({ taken: 'hold' });
  expect(objection(map, 'ready', 'Ctrl+Alt+R')).toBeNull();
  expect(objection(map, 'ready', 'Ctrl+Shift+T')).toEqual({ by: 'browser' });
  expect(objection(map, 'ready', 'Ctrl+Alt+Delete')).toEqual({ by: 'system' });
});

test('the predefined shortcuts are in no conflict, and nobody else owns their keys', () => {
  const map = keymap(SHORTCUTS, {});
  expect(map.conflicts.size).toBe(0);
  expect(map.keysOf.size).toBe(SHORTCUTS.length);
  for (const { id, keys } of SHORTCUTS) expect([id, problemOfKeys(keys)]).toEqual([id, null]);
});

test('a press in a field that types a character is nobody else’s', () => {
  const map = keymap([{ id: 'end', keys: 'Ctrl+Alt+E' }], {});
  const press = (key: string) => ({
    key,
    code: 'KeyE',
    ctrlKey: true,
    altKey: true,
    shiftKey: false,
    metaKey: false,
    getModifierState: () => false,
  });
  expect(meant(press('€'), map, true, false)).toBeNull();
  expect(meant(press('€'), map, false, false)).toBe('end');
  expect(meant(press('e'), map, true, false)).toBe('end');
});

test('fields are what gets text', () => {
  const element = (tagName: string, type = '') => ({ tagName, type }) as unknown as EventTarget;
  expect(isTyping(element('INPUT', 'text'))).toBe(true);
  expect(isTyping(element('TEXTAREA'))).toBe(true);
  expect(isTyping(element('INPUT', 'radio'))).toBe(false);
  expect(isTyping(element('BUTTON'))).toBe(false);
  expect(isTyping(null)).toBe(false);
});
