/** Verifiers of passwords that nodes share (docs/store.md, *Passwords*). */
import { VirtualClock } from '@poise/clock';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LocalHub } from '../cluster/index.ts';
import { NodeCluster } from '../cluster/node-cluster.ts';
import { demoConfiguration, demoUsers } from '../demo/centre.ts';
import type { UserRecord } from '../store/directory.ts';
import { LayeredDirectory } from '../store/source.ts';
import { AccountBook } from './account-book.ts';
import { PasswordProvider } from './password-provider.ts';
import { createStoredKeys, type StoredKeys } from './scram-keys.ts';
import { SharedVerifiers, verifierKey } from './shared-verifiers.ts';

const SECRET = 'a secret of the nodes';
const user = { loginId: '3001' } as UserRecord;
let clock: VirtualClock;
let hub: LocalHub;
let keys: StoredKeys;
let remembered: Set<string>;
const open: SharedVerifiers[] = [];

const settled = async (ms = 100) => {
  clock.advance(ms);
  for (let k = 0; k < 20; k++) await new Promise<void>((done) => setImmediate(done));
};

function node(name: string, secret = SECRET) {
  const local = hub.join();
  const problems: string[] = [];
  const cluster = new NodeCluster({
    clock,
    fabric: local,
    secret,
    self: { name, instance: `${name}-1` },
    word: { host: name, inService: true, inMaintenance: false, version: '1', ports: {} },
    teller: { problem: (text) => problems.push(text), info: () => {} },
  });
  const shared = new SharedVerifiers({
    cluster,
    secret,
    clock,
    isRemembered: (loginId) => remembered.has(`${name} ${loginId}`),
  });
  open.push(shared);
  const provider = new PasswordProvider({
    keysOf: async () => {
      return keys;
    },
  });
  provider.shareThrough(shared);
  return { local, cluster, shared, provider, problems };
}

beforeEach(async () => {
  clock = new VirtualClock();
  hub = new LocalHub(clock, (text) => {
    throw new Error(text);
  });
  keys = await createStoredKeys('right', 4096);
  remembered = new Set();
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

test('what one node has verified, another knows without a derivation; no other password', async () => {
  const [a, b] = [node('a'), node('b')];
  await settled();
  expect(b.shared.matches('3001', keys, 'right')).toBe(false);
  expect(await a.provider.verify(user, 'right')).toBe(true);
  await settled();
  expect(b.shared.matches('3001', keys, 'right')).toBe(true);
  for (const wrong of ['', 'wrong', 'right ', 'Right']) {
    expect(b.shared.matches('3001', keys, wrong)).toBe(false);
    expect(await b.provider.verify(user, wrong)).toBe(false);
  }
  expect(b.shared.matches('3002', keys, 'right')).toBe(false);
});

test('a wrong password shares nothing, and does not take the place of the right one', async () => {
  const [a, b] = [node('a'), node('b')];
  await settled();
  expect(await a.provider.verify(user, 'wrong')).toBe(false);
  await settled();
  expect([...hub.entries('verifiers')]).toEqual([]);
  await a.provider.verify(user, 'right');
  await b.provider.verify(user, 'wrong');
  await settled();
  expect(b.shared.matches('3001', keys, 'right')).toBe(true);
});

test('a password that has changed, or is set anew, makes it worthless, before anybody removes it', async () => {
  const [a, b] = [node('a'), node('b')];
  await settled();
  await a.provider.verify(user, 'right');
  await settled();
  const before = keys;
  keys = await createStoredKeys('another', 4096);
  expect(b.shared.matches('3001', keys, 'right')).toBe(false);
  expect(await b.provider.verify(user, 'right')).toBe(false);
  keys = await createStoredKeys('right', 4096);
  expect(b.shared.matches('3001', keys, 'right')).toBe(false);
  expect(b.shared.matches('3001', before, 'right')).toBe(true);
  b.shared.forget('3001');
  await settled();
  expect([...hub.entries('verifiers')]).toEqual([]);
});

test('its key takes the secret of the nodes, the login id and the stored keys', () => {
  const of = (secret: string, loginId: string, stored: StoredKeys) =>
    Buffer.from(verifierKey(secret, loginId, stored)).toString('hex');
  const other = { ...keys, sha256: { ...keys.sha256, storedKey: Buffer.alloc(32) } };
  const all = [
    of(SECRET, '3001', keys),
    of('another', '3001', keys),
    of(SECRET, '3002', keys),
    of(SECRET, '3001', other),
    of(SECRET, '3001', { ...keys, iterations: 4097 }),
  ];
  expect(new Set(all).size).toBe(all.length);
});

test('without the secret nothing can be put there: it is refused, and the password derived', async () => {
  const [a, stranger] = [node('a'), node('b', 'another secret')];
  await settled();
  stranger.shared.share('3001', keys, 'guessed');
  await settled();
  expect(a.shared.matches('3001', keys, 'guessed')).toBe(false);
  expect(a.problems.join()).toContain('not one of ours');
  expect(await a.provider.verify(user, 'right')).toBe(true);
});

test('it lives 30 minutes, longer as long as a node remembers the credential', async () => {
  const [a, b] = [node('a'), node('b')];
  await settled();
  remembered.add('a 3001');
  await a.provider.verify(user, 'right');
  for (let minutes = 0; minutes < 60; minutes += 5) await settled(300_000);
  expect(b.shared.matches('3001', keys, 'right')).toBe(true);
  remembered.clear();
  for (let minutes = 0; minutes < 45; minutes += 5) await settled(300_000);
  expect(b.shared.matches('3001', keys, 'right')).toBe(false);
});

test('out of reach: nobody waits; what was known before is known', async () => {
  const [a, b] = [node('a'), node('b')];
  await settled();
  await a.provider.verify(user, 'right');
  await settled();
  b.local.cut(true);
  expect(b.shared.matches('3001', keys, 'right')).toBe(true);
  expect(await b.provider.verify({ loginId: '3002' } as UserRecord, 'right')).toBe(true);
});

test('nothing is derived for what is known: these stored keys are of no password at all', async () => {
  const [a, b] = [node('a'), node('b')];
  await settled();
  keys = { ...keys, sha256: { ...keys.sha256, storedKey: Buffer.alloc(32, 7) } };
  expect(await b.provider.verify(user, 'right')).toBe(false);
  a.shared.share('3001', keys, 'right');
  await settled();
  expect(await b.provider.verify(user, 'right')).toBe(true);
});

test('wrong passwords count and lock as ever, whatever is known of the right one; with a lock nobody comes in by it', async () => {
  const [a, b] = [node('a'), node('b')];
  await settled();
  await a.provider.verify({ loginId: '2001' } as UserRecord, 'right');
  await settled();
  const accounts = new AccountBook({
    directory: new LayeredDirectory({ ...demoConfiguration(), users: demoUsers() }),
    clock,
    providers: [b.provider],
    limits: {
      iterations: 4096,
      cacheTtl: 1_800_000,
      cacheMax: 100,
      derivationsMax: 50,
      lockAfter: 3,
      lockFor: 300_000,
      consoleLockFor: 300_000,
      failureDelay: 0,
    },
  });
  const answer = async (password: string) => {
    const told = await accounts.authenticate('api', '2001', password);
    return told.ok ? 'ok' : told.reason;
  };
  expect([await answer('wrong'), await answer('wronger')]).toEqual(['wrong', 'wrong']);
  expect(await answer('right')).toBe('ok');
  expect(accounts.remembers('2001')).toBe(true);
  accounts.forget('2001');
  expect(accounts.remembers('2001')).toBe(false);
  for (const password of ['a', 'b', 'c']) expect(await answer(password)).toBe('wrong');
  expect(await answer('right')).toBe('locked');
});
