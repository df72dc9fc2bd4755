import { VirtualClock } from '@poise/clock';
import { expect, test } from 'vitest';
import { WriteBehind } from './write-behind.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

function behind(options: { waitingMax?: number; pauseMs?: number; write?: () => Promise<void> } = {}) {
  const clock = new VirtualClock();
  const written: string[][] = [];
  const told: string[] = [];
  const store = { failing: false };
  const writer = new WriteBehind<string, number>({
    clock,
    afterMs: 50,
    batch: 2,
    async write(batch) {
      if (store.failing) throw new Error('disk full');
      written.push(batch.map(([key, value]) => `${key}=${value}`));
    },
    onProblem: (error) => told.push(String(error)),
    onLost: (count) => told.push(`lost ${count}`),
    ...options,
  });
  return { clock, written, told, store, writer };
}

test('changes are written after a moment in bounded batches; of each key the last one, in the place of the first', async () => {
  const { clock, written, writer } = behind();
  for (const [key, value] of Object.entries({ a: 1, b: 1, c: 1 })) writer.set(key, value);
  writer.set('a', 2);
  expect(clock.pending).toBe(1);
  clock.advance(49);
  await turn();
  expect(written).toEqual([]);
  clock.advance(1);
  await turn();
  expect(written).toEqual([['a=2', 'b=1'], ['c=1']]);
});

test('with a pause, other work comes between the transactions of a burst; flush makes none', async () => {
  const { clock, written, writer } = behind({ pauseMs: 5 });
  for (const key of ['a', 'b', 'c', 'd', 'e']) writer.set(key, 1);
  clock.advance(50);
  await turn();
  expect(written).toEqual([['a=1', 'b=1']]);
  clock.advance(4);
  await turn();
  expect(written).toHaveLength(1);
  clock.advance(1);
  await turn();
  expect(written).toHaveLength(2);
  await writer.flush();
  expect(written.flat()).toEqual(['a=1', 'b=1', 'c=1', 'd=1', 'e=1']);
  expect(clock.pending).toBe(0);
});

test('what cannot be written is tried again after 30 s; a change that came meanwhile wins', async () => {
  const { clock, written, told, store, writer } = behind();
  store.failing = true;
  writer.set('a', 1);
  writer.set('b', 1);
  await writer.flush();
  expect(told).toEqual(['Error: disk full']);
  writer.set('a', 2);
  store.failing = false;
  clock.advance(29_999);
  await turn();
  expect(written).toEqual([]);
  clock.advance(1);
  await turn();
  expect(written.flat().sort()).toEqual(['a=2', 'b=1']);
});

test('while a transaction stands still no other one waits behind it, and its failure is told once', async () => {
  let isLost = false;
  let fail = (_error: Error): void => {};
  const write = () =>
    isLost
      ? Promise.reject(new Error('lost'))
      : new Promise<void>((_done, failed) => {
          fail = failed;
        });
  const { clock, told, writer } = behind({ write });
  for (const key of ['a', 'b', 'c']) {
    writer.set(key, 1);
    clock.advance(50);
    await turn();
  }
  writer.set('d', 1);
  isLost = true;
  fail(new Error('frozen'));
  await turn();
  clock.advance(29_999);
  await turn();
  expect(told).toEqual(['Error: frozen']);
});

test('beyond the bound the oldest are lost, which is told when the store can be written again', async () => {
  const { written, told, store, writer } = behind({ waitingMax: 3 });
  store.failing = true;
  writer.set('a', 1);
  writer.set('b', 1);
  await writer.flush();
  for (const key of ['c', 'd', 'e']) writer.set(key, 1);
  store.failing = false;
  await writer.flush();
  expect(written.flat()).toEqual(['c=1', 'd=1', 'e=1']);
  expect(told).toEqual(['Error: disk full', 'lost 2']);
});

test('flush waits for a write under way and for what came after it', async () => {
  const { written, writer } = behind();
  writer.set('a', 1);
  const first = writer.flush();
  writer.set('b', 1);
  await Promise.all([first, writer.flush()]);
  expect(written.flat()).toEqual(['a=1', 'b=1']);
});
