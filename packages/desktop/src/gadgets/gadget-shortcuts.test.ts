import { expect, test } from 'vitest';
import { gadgetPage } from '../../test/gadget-page.ts';
import type { Shortcut } from '../shortcuts/shortcut.ts';
import { GadgetShortcuts, gadgetKeys, SHORTCUTS_MAX } from './gadget-shortcuts.ts';

const REQUESTS = 'finesse.shortcutkey.requests';

function setup() {
  const page = gadgetPage();
  let tab = 'home';
  let shown: readonly Shortcut[] = [];
  const shortcuts = new GadgetShortcuts(page.container, {
    page: () => [{ id: 'ready', keys: 'Ctrl+Alt+R' }],
    own: () => ({}),
    activeTab: () => tab,
    show: (all) => {
      shown = all;
    },
    log: () => {},
  });
  const gadget = (id: string) => {
    const made = page.connected(id);
    made.hears('finesse.shortcutkey.responses.*');
    made.hears(`finesse.shortcutkey.events.${made.gadget.mid}`);
    const register = (...all: object[]) => {
      made.ask(REQUESTS, 'RegisterShortcutKeyReq', { shortcuts: all });
      const [, answer] = made.heard.filter(([topic]) => topic.includes('responses')).at(-1) ?? [];
      return (answer as { shortcuts: { id: string; conflict: boolean }[] }).shortcuts.map((each) => [
        each.id,
        each.conflict,
      ]);
    };
    return { ...made, register };
  };
  const go = (to: string) => {
    tab = to;
    shortcuts.tabChanged();
  };
  return { gadget, go, shown: () => shown };
}

const key = (id: string, letter: string, more: object = {}) => ({
  id,
  actionName: `Do ${id}`,
  key: letter,
  modifierKeys: ['CTRL', 'SHIFT'],
  ...more,
});

test('keys of a gadget are in the list under its name, and a press tells it which', () => {
  const { gadget, shown } = setup();
  const a = gadget('a');
  a.gadget.setTitle('My gadget');
  expect(a.register(key('one', 'e'), key('two', 'f', { componentName: 'Search' }))).toEqual([
    ['one', false],
    ['two', false],
  ]);
  expect(shown()).toMatchObject([
    { id: 'gadget.a.one', keys: 'Ctrl+Shift+E', owner: 'My gadget', label: { values: { action: 'Do one' } } },
    { id: 'gadget.a.two', keys: 'Ctrl+Shift+F', owner: 'Search' },
  ]);
  shown()[0]?.run({} as never);
  expect(a.heard.at(-1)).toEqual([`finesse.shortcutkey.events.${a.gadget.mid}`, { id: 'one' }]);
  a.leave();
  expect(shown()).toEqual([]);
});

test('an id may have dots and blanks in it', () => {
  const { gadget, shown } = setup();
  const a = gadget('a');
  expect(a.register(key('my.gadget/write a note', 'e'), key('', 'f'), key('x'.repeat(201), 'g'))).toEqual([
    ['my.gadget/write a note', false],
    ['', true],
    ['x'.repeat(201), true],
  ]);
  shown()[0]?.run({} as never);
  expect(a.heard.at(-1)?.[1]).toEqual({ id: 'my.gadget/write a note' });
});

test('keys that the page, another gadget or the browser has are in conflict', () => {
  const { gadget } = setup();
  const [a, b] = [gadget('a'), gadget('b')];
  expect(a.register(key('ready', 'R', { modifierKeys: 'ctrl,alt' }))).toEqual([['ready', true]]);
  expect(a.register(key('tab', 'T'), key('meta', 'E', { modifierKeys: 'META+SHIFT' }))).toEqual([
    ['tab', true],
    ['meta', true],
  ]);
  expect(a.register(key('plain', 'E', { modifierKeys: [] }), { id: 'none' })).toEqual([
    ['plain', true],
    ['none', true],
  ]);
  expect(a.register(key('x', 'E'))).toEqual([['x', false]]);
  expect(b.register(key('x', 'E'))).toEqual([['x', true]]);
  const many = Array.from({ length: SHORTCUTS_MAX + 1 }, (_, n) =>
    key(`n${n}`, 'X', { modifierKeys: 'ctrl alt' }),
  );
  expect(b.register(...many).at(-1)?.[1]).toBe(true);
});

test('they work while their tab is shown; those of the page level always', () => {
  const { gadget, go, shown } = setup();
  const a = gadget('a');
  a.register(key('here', 'E'), key('everywhere', 'F', { isPageLevel: true }));
  go('other');
  expect(shown().map(({ id }) => id)).toEqual(['gadget.a.everywhere']);
  go('home');
  expect(shown()).toHaveLength(2);
});

test.each([
  ['r', 'ctrl,shift', 'Ctrl+Shift+R'],
  [82, ['CONTROL', 'ALT'], 'Ctrl+Alt+R'],
  [5, 'altshift', 'Alt+Shift+5'],
  [113, 'ctrl alt', 'Ctrl+Alt+F2'],
  ['82', ['CTRL', 'ALT'], 'Ctrl+Alt+R'],
  ['113', 'ctrl alt', 'Ctrl+Alt+F2'],
  ['7', 'ctrl alt', 'Ctrl+Alt+7'],
  ['999', 'ctrl', null],
  ['13', 'ctrl', null],
  ['f10', 'ctrl', 'Ctrl+F10'],
  ['Enter', 'ctrl', null],
  ['é', 'ctrl', null],
  [{}, 'ctrl', null],
  ['r', 'cmd', null],
])('%s with %s is %s', (given, modifiers, keys) => {
  expect(gadgetKeys(given, modifiers)).toBe(keys);
});
