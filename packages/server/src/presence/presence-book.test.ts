/** Bucket `presence` (docs/cluster.md): written behind and repaired, read from a watch, and what is not believed. */
import { VirtualClock } from '@poise/clock';
import { expect, test } from 'vitest';
import { type Entry, type Fabric, LocalHub } from '../cluster/index.ts';
import { NodeCluster } from '../cluster/node-cluster.ts';
import { type BookedPresence, PresenceBook } from './presence-book.ts';
import type { ShownPresence } from './watched.ts';

const shown = (loginId: string, isPresent = true): ShownPresence => ({
  loginId,
  isPresent,
  session: { jid: `${loginId}@d/desktop`, transport: 'bosh', address: '10.1.2.3' },
  departure: null,
  awaySince: null,
  lastActiveAt: null,
});

function centre() {
  const clock = new VirtualClock();
  const hub = new LocalHub(clock, (text) => {
    throw new Error(text);
  });
  const pass = async (ms = 100) => {
    clock.advance(ms);
    for (let k = 0; k < 50; k++) await new Promise<void>((done) => setImmediate(done));
  };
  const node = (name: string, instance = `${name}-1`) => {
    const local = hub.join();
    let underWay = 0;
    const counted = { writes: 0, atOnce: 0 };
    const fabric: Fabric = {
      bus: local.bus,
      get isReachable() {
        return local.isReachable;
      },
      onReachable: (listener) => local.onReachable(listener),
      close: () => local.close(),
      registry(bucket) {
        const registry = local.registry(bucket);
        return {
          ...registry,
          async put(key, value) {
            counted.writes += 1;
            underWay += 1;
            counted.atOnce = Math.max(counted.atOnce, underWay);
            try {
              return await registry.put(key, value);
            } finally {
              underWay -= 1;
            }
          },
        };
      },
    };
    const problems: string[] = [];
    const cluster = new NodeCluster({
      clock,
      fabric,
      secret: 'a secret',
      self: { name, instance },
      word: { host: name, inService: true, inMaintenance: false, version: '1', ports: {} },
      teller: { problem: (text) => problems.push(text), info: () => {} },
    });
    const users = new Map<string, ShownPresence>();
    const book = new PresenceBook({
      cluster,
      clock,
      shownOf: (loginId) => users.get(loginId),
      shown: () => users.keys(),
      onShown: () => {},
      onCurrent: () => {},
      onProblem: (text) => problems.push(text),
    });
    const set = (loginId: string, one: ShownPresence | undefined) => {
      if (one === undefined) users.delete(loginId);
      else users.set(loginId, one);
      book.note(loginId);
    };
    return { local, cluster, book, users, set, problems, counted };
  };
  const keys = () => [...hub.entries('presence')].map(({ key }: Entry) => key).sort();
  return { hub, pass, node, keys };
}
const of = (book: PresenceBook, loginId: string) =>
  [...book.of(loginId)].map(({ node, instance, isPresent }) => ({ node, instance, isPresent }));

test('what a node shows others see; what changes back within a moment is written once', async () => {
  const { pass, node } = centre();
  const [a, b] = [node('a'), node('b')];
  await pass();
  for (let k = 0; k < 9; k++) a.set('3001', shown('3001', k % 2 === 0));
  await pass();
  expect(of(b.book, '3001')).toEqual([{ node: 'a', instance: 'a-1', isPresent: true }]);
  expect(a.counted.writes).toBe(1);
  a.set('3001', undefined);
  await pass();
  expect(of(b.book, '3001')).toEqual([]);
  expect(b.book.size).toBe(0);
});

test('2,000 at once go out some at a time', async () => {
  const { pass, node, keys } = centre();
  const a = node('a');
  await pass();
  for (let n = 0; n < 2_000; n++) a.set(String(n), shown(String(n)));
  await pass();
  expect(keys()).toHaveLength(2_000);
  expect(a.counted).toEqual({ writes: 2_000, atOnce: 64 });
});

test('emptied by hand it is written again; so is what changed while it was out of reach', async () => {
  const { hub, pass, node, keys } = centre();
  const a = node('a');
  await pass();
  for (const loginId of ['3001', '3002', '3003']) a.set(loginId, shown(loginId));
  await pass();
  hub.empty('presence');
  await pass();
  expect(keys()).toEqual(['3001.a', '3002.a', '3003.a']);
  a.local.cut(true);
  expect(a.book.isCurrent).toBe(false);
  a.set('3001', undefined);
  a.set('3004', shown('3004'));
  await pass();
  hub.erase('presence', '3002.a');
  a.local.cut(false);
  await pass();
  expect(a.book.isCurrent).toBe(true);
  expect(keys()).toEqual(['3002.a', '3003.a', '3004.a']);
});

test('written over by hand it is written again; others believe what was shown before, and can remove it when its node is gone', async () => {
  const { hub, pass, node, keys } = centre();
  const [a, b] = [node('a'), node('b')];
  await pass();
  a.set('3001', shown('3001'));
  await pass();
  const old = hub.entry('presence', '3001.a')!.value;
  for (const value of [
    Buffer.from('rubbish'),
    a.cluster.seal('presence/3001.a', 'presence', { loginId: 7 }),
  ]) {
    hub.write('presence', '3001.a', value);
    await pass();
    expect(b.cluster.open('presence/3001.a', hub.entry('presence', '3001.a')!.value)?.body).toEqual(
      shown('3001'),
    );
  }
  // What was true once is put back.
  a.set('3001', shown('3001', false));
  await pass();
  hub.write('presence', '3001.a', old);
  await pass();
  expect(of(b.book, '3001')).toEqual([{ node: 'a', instance: 'a-1', isPresent: false }]);
  a.set('3001', undefined);
  await pass();
  hub.write('presence', '3001.a', old);
  await pass();
  expect([keys(), of(b.book, '3001')]).toEqual([[], []]);
  a.set('3002', shown('3002'));
  await pass();
  await a.local.close();
  hub.write('presence', '3002.a', Buffer.from('rubbish'));
  await pass();
  const [entry] = [...b.book.of('3002')];
  await b.book.remove(entry!);
  await pass();
  expect(keys()).toEqual([]);
});

test('a new process of a node writes over what the one before it has shown, and leaves the rest to be inherited', async () => {
  const { pass, node, keys } = centre();
  const before = node('a');
  const b = node('b');
  await pass();
  for (const loginId of ['3001', '3002']) before.set(loginId, shown(loginId));
  await pass();
  await before.local.close();
  const a = node('a', 'a-2');
  a.users.set('3001', shown('3001', false));
  await pass();
  expect(of(b.book, '3001')).toEqual([{ node: 'a', instance: 'a-2', isPresent: false }]);
  expect(of(b.book, '3002')).toEqual([{ node: 'a', instance: 'a-1', isPresent: true }]);
  expect(keys()).toEqual(['3001.a', '3002.a']);
  // Only as it was read: whoever has written since keeps his entry.
  const [entry] = [...b.book.of('3002')];
  a.set('3002', shown('3002'));
  await pass();
  await b.book.remove(entry!);
  expect(keys()).toEqual(['3001.a', '3002.a']);
});

test.each([
  [
    { host: 'a.example', forMs: 5 },
    { host: 'a.example', forMs: 5 },
  ],
  [
    { host: null, forMs: 5 },
    { host: null, forMs: 5 },
  ],
  // What is no host is asked nothing.
  [
    { host: 'a/b c', forMs: 5 },
    { host: null, forMs: 5 },
  ],
  [
    { host: 'a'.repeat(254), forMs: 5 },
    { host: null, forMs: 5 },
  ],
  [{ host: 'a.example', forMs: 'long' }, undefined],
  [{ host: 'a.example', forMs: -1 }, undefined],
  ['silent', undefined],
])('that a node fell silent may be news: %j', async (uninformed, read) => {
  const { pass, node } = centre();
  const [a, b] = [node('a'), node('b')];
  await pass();
  a.set('3001', { ...shown('3001', false), uninformed } as BookedPresence);
  await pass();
  expect([...b.book.of('3001')].map((entry) => entry.uninformed)).toEqual([read]);
});

test.each([
  ['under the name of another node', '3001.b', shown('3001'), 'another’s name'],
  ['under the key of another user', '3002.a', shown('3001'), 'another’s name'],
  ['of no form', '3001.a', { loginId: '3001' }, 'malformed'],
  ['without a session', '3001.a', { loginId: '3001', isPresent: true, session: 7 }, 'malformed'],
])('refused, and told once: %s', async (_what, key, body, reason) => {
  const { pass, node } = centre();
  const [a, b] = [node('a'), node('b')];
  await pass();
  for (let k = 0; k < 3; k++) {
    await a.cluster.fabric.registry('presence').put(key, a.cluster.seal(`presence/${key}`, 'presence', body));
    await pass();
  }
  expect(of(b.book, '3001')).toEqual([]);
  expect(b.problems).toHaveLength(1);
  expect(b.problems[0]).toContain(`"presence/${key}" of "a" was refused: ${reason}`);
});
