/** Records of several nodes that share a database. */
import { afterEach, expect, test } from 'vitest';
import { Store } from '../store/store.ts';
import type { SignOutFound } from './sign-out-log.ts';
import { signOutStore, withoutDoubles } from './stores.ts';

const record = (node: string, more: Partial<SignOutFound> = {}): SignOutFound => ({
  node,
  id: 1,
  at: 1_000,
  agentId: '2001',
  cause: 'system',
  actingId: '',
  session: null,
  departure: null,
  lastActiveAt: null,
  awaySince: null,
  graceMs: null,
  requestId: '',
  invokeId: null,
  attempts: 0,
  outcome: 'signedOut',
  state: 'LOGOUT',
  reasonCode: 999,
  refusal: null,
  endedAt: 1_000,
  ...more,
});
const left = (...records: SignOutFound[]) => withoutDoubles(records).map(({ node, id }) => `${node} ${id}`);

let store: Store | undefined;
afterEach(() => store?.close());

test('of what several nodes have heard of, the one that asked tells', () => {
  const asked = record('b', { cause: 'supervisor', actingId: '2050', requestId: 'r', endedAt: 1_400 });
  expect(left(record('c'), asked, record('a'))).toEqual(['b 1']);
  expect(left(record('c'), record('a'))).toEqual(['c 1']);
});

test('other agents, other states, other times and the same node are other sign-outs', () => {
  expect(left(record('a'), record('b', { agentId: '2002' }))).toHaveLength(2);
  expect(left(record('a'), record('b', { state: 'NOT_READY' }))).toHaveLength(2);
  expect(left(record('a'), record('b', { endedAt: 12_000 }))).toHaveLength(2);
  expect(left(record('a'), record('a', { id: 2 }))).toHaveLength(2);
  // Each has asked by itself: both are told.
  const one = record('a', { cause: 'presence', requestId: 'r1' });
  expect(left(one, record('b', { cause: 'presence', requestId: 'r2' }))).toHaveLength(2);
  expect(left(one, record('b', { cause: 'presence', requestId: 'r1' }))).toHaveLength(1);
});

test('what a node has heard of only after it had stood still is the sign-out of that time', () => {
  const asked = record('b', { cause: 'presence', requestId: 'r', at: 30_000, endedAt: 30_200 });
  const late = { at: 90_000, endedAt: 90_000, reasonCode: 0 };
  expect(left(record('a', { ...late, stateSince: 20_000 }), asked)).toEqual(['b 1']);
  expect(
    left(record('a', { ...late, stateSince: 20_000 }), record('c', { ...late, endedAt: 30_100 })),
  ).toEqual(['a 1']);
  // He had signed in once more after that one.
  expect(left(record('a', { ...late, stateSince: 50_000 }), asked)).toHaveLength(2);
  expect(left(asked, record('a', { at: 10_000, endedAt: 10_000, stateSince: 5_000 }))).toHaveLength(2);
});

test('since when he had been in the state before is kept, and not told', async () => {
  store = await Store.open({ node: 'a' });
  const records = signOutStore(store, () => 5_000);
  await records.save([record('', { stateSince: 1 })]);
  expect((await records.find({ limit: 1 }))[0]).not.toHaveProperty('stateSince');
});

test('a limit counts what is told', async () => {
  store = await Store.open({ node: 'a' });
  const records = signOutStore(store, () => 5_000);
  for (const id of [1, 2, 3]) await records.save([record('', { id, at: id * 1_000, endedAt: id * 1_000 })]);
  expect((await records.find({ limit: 2 })).map(({ node, id }) => `${node} ${id}`)).toEqual(['a 3', 'a 2']);
});
