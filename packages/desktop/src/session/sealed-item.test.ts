import { beforeEach, expect, test } from 'vitest';
import { Tab, TurningSafe } from '../../test/tab.ts';
import { SealedItem } from './sealed-item.ts';

const ENTRY = 'poise.item';

let tab: Tab;
let safe: TurningSafe;
let names: number;
beforeEach(() => {
  tab = new Tab();
  safe = new TurningSafe();
  names = 0;
});
/** As a page that was loaded anew has it. */
const item = () =>
  new SealedItem({ entry: ENTRY, storage: () => tab, safe, newName: () => `key ${++names}` });

test('the next page has the text, which is nowhere in the clear', async () => {
  await item().keep('secret');
  expect([...tab.items.values()].join()).not.toContain('secret');
  expect(await item().recall()).toBe('secret');
});

test('each text has a key of its own, and only the last one has one still', async () => {
  const one = item();
  await one.keep('first');
  await one.keep('second');
  expect([...safe.names]).toEqual(['key 2']);
  expect(await item().recall()).toBe('second');
});

test('of texts that are sealed at the same time the last one counts', async () => {
  const one = item();
  await Promise.all([one.keep('first'), one.keep('second')]);
  expect(await item().recall()).toBe('second');
  expect(safe.names.size).toBe(1);
});

test('what is forgotten while it is sealed is not kept', async () => {
  const one = item();
  const keeping = one.keep('secret');
  one.forget();
  await keeping;
  expect([tab.items.size, safe.names.size]).toEqual([0, 0]);
});

test.each([
  ['that a release before kept in the clear', '{"tokens":{"token":"secret"}}'],
  ['that is no JSON', 'secret'],
  ['whose key is gone', '{"name":"key 9","sealed":"terces"}'],
])('a text %s is thrown away', async (_what, stored) => {
  tab.items.set(ENTRY, stored);
  expect(await item().recall()).toBeNull();
  expect(tab.items.size).toBe(0);
});

test('without a safe, a storage or names of keys nothing is kept and nothing is thrown', async () => {
  safe.isBroken = true;
  await item().keep('secret');
  const forbidden = new SealedItem({
    entry: ENTRY,
    storage: () => {
      throw new Error('forbidden');
    },
    safe: new TurningSafe(),
    newName: () => {
      throw new TypeError('not here');
    },
  });
  await forbidden.keep('secret');
  forbidden.forget();
  expect([await forbidden.recall(), tab.items.size]).toEqual([null, 0]);
});
