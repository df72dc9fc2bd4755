import { expect, test } from 'vitest';
import type { AuditRow } from './audit-repository.ts';
import { Store } from './store.ts';

const row = (at: number): AuditRow => ({
  at,
  who: 'admin',
  address: '',
  client: 'cli',
  method: 'POST',
  path: '/',
  resource: 'teams',
  objectId: '1',
  before: null,
  after: '{}',
});

test('records are bounded in number and age, the oldest go first', async () => {
  const store = await Store.open();
  const times = async () =>
    (await store.repositories.audit.find({ offset: 0, limit: 10 })).rows.map(({ at }) => at);
  await store.change(async ({ audit }) => {
    await audit.add([row(100), row(200), row(300), row(400)]);
    await audit.prune(1_000, { count: 3, ageMs: 10_000 });
  });
  expect(await times()).toEqual([400, 300, 200]);
  await store.change(({ audit }) => audit.prune(1_000, { count: 3, ageMs: 700 }));
  expect(await times()).toEqual([400, 300]);
  await store.close();
});

test('a record that cannot be written undoes the change', async () => {
  const store = await Store.open();
  const change = store.change(
    ({ devices }) => devices.create('1001'),
    () => Promise.reject(new Error('the disk is full')),
  );
  await expect(change).rejects.toThrow('the disk is full');
  expect(store.directory.current.devices()).toEqual([]);
  await store.change(({ devices }) => devices.create('1001'));
  await store.close();
});

test('a search finds text anywhere, in any case, as it stands', async () => {
  const store = await Store.open();
  const found = async (search: string) =>
    (await store.repositories.audit.find({ search, offset: 0, limit: 10 })).rows.map(({ at }) => at);
  await store.change(({ audit }) =>
    audit.add([
      { ...row(1), after: '{"label":"Lunch 100% off"}' },
      { ...row(2), who: 'Boss_1', before: '{"label":"Lunch"}' },
      { ...row(3), address: '10.0.0.1' },
    ]),
  );
  expect(await found('lunch')).toEqual([2, 1]);
  expect(await found('0% O')).toEqual([1]);
  expect(await found('s_1')).toEqual([2]);
  expect(await found('%')).toEqual([1]);
  expect(await found('\\')).toEqual([]);
  expect(await found('TEAMS')).toEqual([3, 2, 1]);
  expect(await found("' or 1=1 --")).toEqual([]);
  await store.close();
});
