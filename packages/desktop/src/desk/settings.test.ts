import { expect, test } from 'vitest';
import { DEFAULTS, parseSettings, SettingsStore } from './settings.ts';

function memory() {
  const map = new Map<string, string>();
  return {
    map,
    recall: (key: string) => map.get(key) ?? null,
    keep: (key: string, value: string) => void map.set(key, value),
  };
}

test('what was set is there after a reload, for each agent apart', () => {
  const kept = memory();
  const first = new SettingsStore(kept);
  first.open('3001');
  first.change({ theme: 'contrast', shortcuts: { ready: 'Ctrl+Alt+T' } });
  first.open('3002');
  expect(first.snapshot()).toEqual(DEFAULTS);
  first.change({ volume: 10 });
  const second = new SettingsStore(kept);
  second.open('3001');
  expect(second.snapshot()).toEqual({ ...DEFAULTS, theme: 'contrast', shortcuts: { ready: 'Ctrl+Alt+T' } });
});

test('before anybody has signed in the page looks as it did last', () => {
  const kept = memory();
  const first = new SettingsStore(kept);
  first.open('3001');
  first.change({ theme: 'dark', volume: 10 });
  expect(new SettingsStore(kept).snapshot()).toEqual({ ...DEFAULTS, theme: 'dark' });
});

test('kept nonsense is the default, entry by entry', () => {
  for (const text of [null, 'x', '[]', 'null', '7']) expect(parseSettings(text)).toEqual(DEFAULTS);
  const kept = {
    theme: 'pink',
    volume: 500,
    callSound: '__proto__',
    shortcuts: { ready: 7 },
    idleMinutes: 7,
    noticeSound: 'off',
    language: 'de',
    more: 1,
  };
  expect(parseSettings(JSON.stringify(kept))).toEqual({ ...DEFAULTS, noticeSound: 'off', language: 'de' });
});

test('a change is told once, and a storage that fails costs the memory alone', () => {
  const store = new SettingsStore({ recall: () => null, keep: () => false });
  store.open('3001');
  let told = 0;
  store.subscribe(() => told++);
  store.change({ theme: 'light' });
  expect([told, store.snapshot().theme]).toEqual([1, 'light']);
});
