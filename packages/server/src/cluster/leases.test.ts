import { beforeEach, expect, test } from 'vitest';
import { BUCKETS } from './registry.ts';
import { VirtualNodes } from './testing/virtual-nodes.ts';

let nodes: VirtualNodes;
beforeEach(() => {
  nodes = new VirtualNodes();
});
const LEASE_MS = BUCKETS.leases;

test('a lease has one holder, who may renew it, until he gives it back', async () => {
  const [a, b] = await nodes.start('a', 'b');
  const [mine, theirs] = [a!.cluster.leases, b!.cluster.leases];
  expect(await mine.take('signout.1001')).toBe(true);
  expect(await theirs.take('signout.1001')).toBe(false);
  expect(await theirs.take('signout.1002')).toBe(true);
  await nodes.pass(LEASE_MS - 1_000);
  expect(await mine.take('signout.1001')).toBe(true);
  await nodes.pass(LEASE_MS - 1_000);
  expect(await theirs.take('signout.1001')).toBe(false);
  await mine.release('signout.1001');
  expect(await theirs.take('signout.1001')).toBe(true);
  expect(await mine.take('signout.1001')).toBe(false);
});

test('of several who take it at once, one has it; the same process may ask twice', async () => {
  const all = await nodes.start('a', 'b', 'c');
  const taken = await Promise.all(
    all.flatMap(({ cluster }) => [cluster.leases.take('x'), cluster.leases.take('x')]),
  );
  const holders = [0, 1, 2].filter((index) => taken[2 * index] || taken[2 * index + 1]);
  expect(holders).toHaveLength(1);
  const holder = holders[0] as number;
  expect(taken.slice(2 * holder, 2 * holder + 2)).toEqual([true, true]);
});

test('a lease ends 30 s after its last renewal, also when its holder is dead', async () => {
  const [a, b] = await nodes.start('a', 'b');
  await a!.cluster.leases.take('x');
  a!.fabric.cut(true);
  await nodes.pass(LEASE_MS - 1_000);
  expect(await b!.cluster.leases.take('x')).toBe(false);
  await nodes.pass(1_100);
  expect(await b!.cluster.leases.take('x')).toBe(true);
  // Who comes back has lost it, and gives nothing back that is not his.
  a!.fabric.cut(false);
  await nodes.pass(0);
  await a!.cluster.leases.release('x');
  expect(await a!.cluster.leases.take('x')).toBe(false);
  expect(await b!.cluster.leases.take('x')).toBe(true);
});

test('whoever cannot ask has no lease', async () => {
  const [a] = await nodes.start('a', 'b');
  await a!.cluster.leases.take('x');
  a!.fabric.cut(true);
  expect(await a!.cluster.leases.take('x')).toBe(false);
  expect(await a!.cluster.leases.take('y')).toBe(false);
  await a!.cluster.leases.release('x');
});

test('whoever has not started has no lease', async () => {
  expect(await nodes.process('a').cluster.leases.take('x')).toBe(false);
});

test('a process takes over at once what the one before it under its name held', async () => {
  const [a, b] = await nodes.start('a', 'b');
  await a!.cluster.leases.take('x');
  await nodes.done(a!.cluster.members.stop());
  const second = nodes.process('a', 'a.2');
  await nodes.done(second.cluster.members.start());
  expect(await b!.cluster.leases.take('x')).toBe(false);
  expect(await second.cluster.leases.take('x')).toBe(true);
});

test.each([
  ['of a holder', (place: string) => nodes.process('old', 'old.1').cluster.seal(place, 'lease', {})],
  ['of nobody', () => Buffer.from('rubbish')],
])(
  'a stale lease %s, which does not end by itself, is taken over after 35 s, with the reason',
  async (_, make) => {
    const [a] = await nodes.start('a', 'b');
    const value = make('leases/x');
    // In a bucket without lifetime: here it is put back, the same as it was, so that it never ends.
    nodes.hub.write('leases', 'x', value);
    const { revision } = nodes.hub.entry('leases', 'x') as { revision: number };
    const registry = a!.fabric.registry('leases');
    const lasting = { ...registry, get: async () => ({ key: 'x', value, revision }) };
    const { NodeLeases } = await import('./leases.ts');
    const { Refusals } = await import('./refusals.ts');
    const { Seals } = await import('./seals.ts');
    const problems: string[] = [];
    const refusals = new Refusals(nodes.clock, (text) => problems.push(text));
    const written: number[] = [];
    const leases = new NodeLeases({
      clock: nodes.clock,
      fabric: {
        ...a!.fabric,
        registry: () => ({
          ...lasting,
          compareAndSet: async (_key: string, _value: Uint8Array, over: number) => {
            if (over !== revision) return undefined;
            written.push(over);
            return revision + 1;
          },
        }),
      } as never,
      seals: new Seals('the secret of all nodes', a!.cluster.members.self, nodes.clock, refusals),
      hasName: () => true,
    });
    for (let seconds = 0; seconds <= 35; seconds += 5) {
      expect(await leases.take('x')).toBe(false);
      await nodes.pass(5_000);
    }
    expect(written).toEqual([]);
    expect(await leases.take('x')).toBe(true);
    expect(written).toEqual([revision]);
    expect(refusals.counts['stale lease']).toBe(1);
    expect(problems.at(-1)).toMatch(/"leases\/x".* was refused: stale lease/);
  },
);
