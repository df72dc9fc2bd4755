import { VirtualClock } from '@poise/clock';
import { expect, test } from 'vitest';
import type { Directory } from '../store/directory.ts';
import type { SubscriptionRecord } from '../store/subscription-repository.ts';
import { StoredSubscriptions, type SubscriptionStore } from './kept-subscriptions.ts';

class MemoryStore implements SubscriptionStore {
  readonly rows = new Map<string, SubscriptionRecord>();
  writes = 0;
  broken = false;

  async all(): Promise<SubscriptionRecord[]> {
    return [...this.rows.values()];
  }

  async of(loginIds: readonly string[]): Promise<SubscriptionRecord[]> {
    return (await this.all()).filter(({ loginId }) => loginIds.includes(loginId));
  }

  async write(
    saved: readonly SubscriptionRecord[],
    removed: readonly Pick<SubscriptionRecord, 'loginId' | 'node'>[],
  ): Promise<void> {
    if (this.broken) throw new Error('the disk is full');
    this.writes++;
    for (const row of saved) this.rows.set(`${row.loginId} ${row.node}`, row);
    for (const { loginId, node } of removed) this.rows.delete(`${loginId} ${node}`);
  }
}

const settled = (): Promise<void> => new Promise((done) => setImmediate(done));

async function opened(store = new MemoryStore()) {
  const clock = new VirtualClock();
  const problems: unknown[] = [];
  const kept = await StoredSubscriptions.open({
    store,
    clock,
    isPassing: (user) => user === 'bench',
    onProblem: (error) => problems.push(error),
  });
  return { store, clock, kept, problems };
}

test('what was subscribed is there again after a restart, in any spelling of the login id', async () => {
  const { store, clock, kept } = await opened();
  kept.add('Joe', 'a', 's1');
  kept.add('joe', 'b', 's2');
  kept.remove('JOE', 'a');
  clock.advance(1_000);
  await settled();
  expect(store.writes).toBe(1);
  const after = await opened(store);
  expect([...after.kept.of('joe')]).toEqual([{ node: 'b', subid: 's2' }]);
  expect([...after.kept.of('nobody')]).toEqual([]);
});

test('nothing is written at once, and the rest at the end', async () => {
  const { store, kept } = await opened();
  kept.add('joe', 'a', 's1');
  await settled();
  expect(store.rows.size).toBe(0);
  await kept.flush();
  expect(store.rows.size).toBe(1);
  await kept.flush();
  expect(store.writes).toBe(1);
});

test('a failure is told, and what it held up is written later, as it is then', async () => {
  const { store, clock, kept, problems } = await opened();
  store.broken = true;
  kept.add('joe', 'a', 's1');
  kept.add('joe', 'b', 's2');
  clock.advance(1_000);
  await settled();
  expect(problems).toHaveLength(1);
  store.broken = false;
  kept.remove('joe', 'a');
  clock.advance(30_000);
  await settled();
  expect([...store.rows.keys()]).toEqual(['joe b']);
});

test('users who are gone leave nothing, passing ones never had anything', async () => {
  const { store, kept } = await opened();
  kept.add('joe', 'a', 's1');
  kept.add('ann', 'a', 's2');
  kept.add('bench', 'a', 's3');
  await kept.flush();
  kept.prune({ user: (id: string) => (id === 'ann' ? {} : undefined) } as unknown as Directory);
  await kept.flush();
  expect([...store.rows.keys()]).toEqual(['ann a']);
  kept.removeUser('ann');
  await kept.flush();
  expect(store.rows.size).toBe(0);
});

test('what another node has changed is taken over, but for what is not written yet here', async () => {
  const { store, clock, kept } = await opened();
  const heard: string[] = [];
  kept.onChange((user) => heard.push(user));
  kept.add('joe', 'a', 's1');
  kept.add('ann', 'a', 's2');
  await kept.flush();
  // The other node removes one and adds two; here one is added and one removed at the same moment.
  store.rows.delete('joe a');
  store.rows.set('joe b', { loginId: 'joe', node: 'b', subid: 's3' });
  store.rows.set('joe c', { loginId: 'joe', node: 'c', subid: 's4' });
  kept.add('joe', 'd', 's5');
  kept.remove('ann', 'a');
  await kept.heard(['joe']);
  expect([...kept.of('joe')].map(({ node }) => node)).toEqual(['b', 'c', 'd']);
  expect(heard).toEqual(['joe']);
  await kept.heard(null);
  expect([...kept.of('ann')]).toEqual([]);
  expect(heard).toEqual(['joe']);
  clock.advance(1_000);
  await settled();
  await kept.heard(null);
  expect([...kept.of('joe')].map(({ node }) => node)).toEqual(['b', 'c', 'd']);
  expect(heard).toEqual(['joe']);
});
