import { expect, test } from 'vitest';
import { type IterationsInUse, ScramDecoys } from './scram-decoys.ts';

const KEY = new Uint8Array(32).fill(7);
const decoys = (inUse: readonly IterationsInUse[] = []): ScramDecoys =>
  new ScramDecoys({ key: async () => KEY, iterationsInUse: async () => inUse }, 100_000);

test('a name is shown the same after a restart, and each name its own salt', async () => {
  const first = await decoys().of('nobody');
  expect(await decoys().of('nobody')).toEqual(first);
  expect(first.salt).toHaveLength(16);
  expect((await decoys().of('somebody')).salt).not.toEqual(first.salt);
});

test('while no password is stored the iterations are those of new ones', async () => {
  expect(await decoys().of('nobody')).toMatchObject({ iterations: 100_000 });
});

test('iterations are as frequent as among stored passwords', async () => {
  const mixed = decoys([
    { iterations: 200_000, users: 30 },
    { iterations: 50_000, users: 10 },
  ]);
  const count = new Map<number, number>();
  for (let n = 0; n < 2_000; n++) {
    const { iterations } = await mixed.of(`name ${n}`);
    count.set(iterations, (count.get(iterations) ?? 0) + 1);
  }
  expect([...count.keys()].sort()).toEqual([200_000, 50_000]);
  expect(count.get(50_000)! / 2_000).toBeCloseTo(0.25, 1);
});

test('what is stored is asked once until it changes, and again after a failure', async () => {
  let asked = 0;
  let broken = true;
  const source = {
    key: async () => KEY,
    iterationsInUse: async () => {
      asked++;
      if (broken) throw new Error('database gone');
      return [{ iterations: 4096 + asked, users: 1 }];
    },
  };
  const counted = new ScramDecoys(source, 100_000);
  await expect(counted.of('a')).rejects.toThrow('database gone');
  broken = false;
  expect((await counted.of('a')).iterations).toBe(4098);
  expect((await counted.of('b')).iterations).toBe(4098);
  counted.refresh();
  expect((await counted.of('a')).iterations).toBe(4099);
});
