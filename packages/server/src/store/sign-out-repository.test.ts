import { expect, onTestFinished, test } from 'vitest';
import { Store } from './store.ts';

const row = (id: number, at: number, loginId = '2001') => ({ id, at, loginId, record: `{"id":${id}}` });

async function fresh(): Promise<Store> {
  const store = await Store.open();
  onTestFinished(() => store.close());
  return store;
}

test('the number and the age of records are bounded', async () => {
  const store = await fresh();
  await store.change(async ({ signOuts }) => {
    await signOuts.save([1, 2, 3, 4, 5].map((id) => row(id, id * 1_000)));
    await signOuts.prune(10_000, { count: 3, ageMs: 6_500 });
  });
  const found = await store.repositories.signOuts.find({ limit: 10 });
  expect(found.map(({ id }) => id)).toEqual([5, 4]);
  expect(await store.repositories.signOuts.lastId()).toBe(5);
});

test('a record is replaced by a later one of its id; ids of users in any case', async () => {
  const store = await fresh();
  await store.change(({ signOuts }) => signOuts.save([row(1, 1, 'JDoe')]));
  await store.change(({ signOuts }) => signOuts.save([{ ...row(1, 1, 'JDoe'), record: '{"later":true}' }]));
  const found = await store.repositories.signOuts.find({ loginIds: ['jdoe'], limit: 10 });
  expect(found).toEqual([{ node: 'node1', id: 1, at: 1, loginId: 'jdoe', record: '{"later":true}' }]);
  expect(await store.repositories.signOuts.find({ loginIds: [], limit: 10 })).toEqual([]);
});

test('records that are not over are found at the start, oldest first', async () => {
  const store = await fresh();
  const record = (id: number, endedAt: number | null) => ({
    ...row(id, id),
    record: JSON.stringify({ id, refusal: '"endedAt":null', endedAt }),
  });
  await store.change(({ signOuts }) => signOuts.save([record(1, null), record(2, 5), record(3, null)]));
  const open = await store.repositories.signOuts.open();
  expect(open.map(({ id }) => id)).toEqual([1, 3]);
});
