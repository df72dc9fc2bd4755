/** What every {@link SignTable} does: the database's, and that of tests over nodes in one process. */
import { expect, test } from 'vitest';
import type { SignTable } from '../signs-of-life.ts';
import type { KeptPresence } from '../watch.ts';

/** Two nodes on one database. */
export interface SignTables {
  readonly a: SignTable;
  readonly b: SignTable;
  /** What node `a` keeps of its users from now on. */
  keep(...kept: KeptPresence[]): Promise<void>;
}

const kept = (loginId: string, awaySince: number | null): KeptPresence => ({
  loginId,
  session: { jid: `${loginId}@a/desktop`, transport: 'bosh', address: '10.1.2.3' },
  departure: awaySince === null ? null : 'lost',
  awaySince,
  lastActiveAt: awaySince,
});

/** @param tables new ones, of nodes `a` and `b` */
export function signTableContract(tables: () => Promise<SignTables>): void {
  test('each node has one sign, the last that it wrote, with its age by one clock', async () => {
    const { a, b } = await tables();
    expect(await a.all()).toEqual([]);
    await a.write('a-1', 'one.example');
    await b.write('b-1', 'two.example');
    await a.write('a-2', 'three.example');
    const signs = [...(await b.all())].sort((one, other) => (one.node < other.node ? -1 : 1));
    expect(signs.map(({ node, instance, host }) => [node, instance, host])).toEqual([
      ['a', 'a-2', 'three.example'],
      ['b', 'b-1', 'two.example'],
    ]);
    for (const { ageMs } of signs) {
      expect(ageMs).toBeGreaterThanOrEqual(0);
      expect(ageMs).toBeLessThan(60_000);
    }
  });

  test('a sign is taken back by the process that wrote it alone', async () => {
    const { a, b } = await tables();
    await a.write('a-2', 'one.example');
    await b.write('b-1', 'two.example');
    await a.remove('a-1');
    await b.remove('a-2');
    expect(await b.all()).toHaveLength(2);
    await a.remove('a-2');
    expect((await b.all()).map(({ node }) => node)).toEqual(['b']);
  });

  test('what nodes keep of users is read of those that are asked for', async () => {
    const { b, keep } = await tables();
    await keep(kept('3001', null), kept('3002', 1_700_000_000_000), kept('3003', null));
    const read = async (nodes: string[], logins: string[]) =>
      [...(await b.keptBy(nodes, logins))].sort((one, other) => (one.loginId < other.loginId ? -1 : 1));
    expect(await read(['a', 'c'], ['3001', '3002', '3009'])).toEqual([
      { node: 'a', loginId: '3001', awaySince: null },
      { node: 'a', loginId: '3002', awaySince: 1_700_000_000_000 },
    ]);
    expect(await read(['b'], ['3001'])).toEqual([]);
    expect(await read([], ['3001'])).toEqual([]);
    expect(await read(['a'], [])).toEqual([]);
  });
}
