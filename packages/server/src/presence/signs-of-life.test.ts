/** Who lives by the database: whatever its clock says, and however it comes and goes. */
import { VirtualClock } from '@poise/clock';
import { beforeEach, describe, expect, test } from 'vitest';
import { SharedDatabase, type Writer } from '../../test/cluster/shared-database.ts';
import { SIGN_MS, SILENT_MS, SignsOfLife } from './signs-of-life.ts';
import { signTableContract } from './testing/sign-table-contract.ts';
import type { KeptPresence } from './watch.ts';

const place = { jid: '3001@a/desktop', transport: 'bosh', address: '10.1.2.3' };
const HOUR = 3_600_000;

interface Node extends Writer {
  readonly signs: SignsOfLife;
  readonly kept: Map<string, KeptPresence>;
  isWithoutDatabase: boolean;
}

let clock: VirtualClock;
let database: SharedDatabase;
const seen = new Set<string>();

beforeEach(() => {
  clock = new VirtualClock();
  database = new SharedDatabase(clock);
  seen.clear();
});

function node(name: string, instance = `${name}-1`): Node {
  const writer = { name, kept: new Map<string, KeptPresence>(), isWithoutDatabase: false };
  const signs = new SignsOfLife({
    clock,
    table: database.of(writer),
    self: { name, instance },
    host: `${name}.example`,
    isSeen: (one) => seen.has(one),
    flush: async () => database.keep(writer),
  });
  signs.start();
  return Object.assign(writer, { signs });
}

function keeps(at: Node, loginId: string, awaySince: number | null = null): void {
  at.kept.set(loginId, { loginId, session: place, departure: null, awaySince, lastActiveAt: null });
  database.keep(at);
}

async function pass(ms: number): Promise<void> {
  const end = clock.monotonic() + ms;
  for (;;) {
    for (let k = 0; k < 20; k++) await Promise.resolve();
    const next = clock.nextDelayMs;
    if (next === undefined || clock.monotonic() + next > end) break;
    clock.advance(next);
  }
  clock.advance(end - clock.monotonic());
  for (let k = 0; k < 20; k++) await Promise.resolve();
}

async function of(by: Node, loginId: string) {
  const told = by.signs.of(loginId);
  await pass(10);
  return told;
}

test('tells where a user is by what nodes keep that write, are not this one, and are not seen otherwise', async () => {
  const [a, b] = [node('a'), node('b')];
  keeps(a, '3001');
  keeps(a, '3002', 1_000);
  await pass(20_000);
  expect(await of(b, '3001')).toEqual({ type: 'present' });
  expect(await of(b, '3002')).toEqual({ type: 'left', absence: 'a 1000' });
  expect(await of(b, '3003')).toEqual({ type: 'nowhere' });
  expect(await of(a, '3001')).toEqual({ type: 'nowhere' });
  expect(b.signs.hosts()).toEqual(['a.example']);
  expect(b.signs.unseen()).toEqual([{ name: 'a', host: 'a.example' }]);
  expect(b.signs.hasOthers).toBe(true);
  seen.add('a');
  expect(await of(b, '3001')).toEqual({ type: 'nowhere' });
  expect([b.signs.hosts(), b.signs.unseen()]).toEqual([[], []]);
  expect(b.signs.hasOthers).toBe(true);
});

test('who has a session at one of two nodes is there; who has left both has left both', async () => {
  const [c, a, b] = [node('c'), node('a'), node('b')];
  keeps(c, '3001', 7);
  keeps(a, '3001');
  await pass(20_000);
  expect(await of(b, '3001')).toEqual({ type: 'present' });
  keeps(a, '3001', 8);
  expect(await of(b, '3001')).toEqual({ type: 'left', absence: 'a 8 c 7' });
});

test('a node that writes no more lives for 10 s after its last sign', async () => {
  const [a, b] = [node('a'), node('b')];
  keeps(a, '3001');
  await pass(20_000);
  a.isWithoutDatabase = true;
  await pass(SILENT_MS - SIGN_MS - 100);
  expect(await of(b, '3001')).toEqual({ type: 'present' });
  await pass(SIGN_MS + 200);
  expect(await of(b, '3001')).toEqual({ type: 'nowhere' });
  expect(b.signs.hasOthers).toBe(false);
  a.isWithoutDatabase = false;
  await pass(SIGN_MS);
  expect(await of(b, '3001')).toEqual({ type: 'present' });
});

test.each([
  ['forward', HOUR],
  ['back', -HOUR],
])('the clock of the database is set %s: who writes lives, and who does not is dead', async (_how, ms) => {
  const [a, b, c] = [node('a'), node('b'), node('c')];
  keeps(a, '3001');
  keeps(c, '3002');
  await pass(20_000);
  c.isWithoutDatabase = true;
  await pass(20_000);
  database.offsetMs = ms;
  expect(await of(b, '3001')).toEqual({ type: 'present' });
  expect(await of(b, '3002')).toEqual({ type: 'nowhere' });
  await pass(SIGN_MS);
  expect(await of(b, '3001')).toEqual({ type: 'present' });
  await pass(30_000);
  expect(await of(b, '3001')).toEqual({ type: 'present' });
  a.isWithoutDatabase = true;
  await pass(30_000);
  expect(await of(b, '3001')).toEqual({ type: 'nowhere' });
});

test('another server of the database, whose clock is an hour ahead, takes over between a sign and its reading', async () => {
  const a = node('a');
  keeps(a, '3001');
  await pass(1_000);
  const b = node('b');
  await pass(20_000);
  // a has written since b read last.
  await pass(SIGN_MS - (clock.monotonic() % SIGN_MS) + 500);
  database.offsetMs = HOUR;
  a.isWithoutDatabase = true;
  expect(await of(b, '3001')).toEqual({ type: 'present' });
});

test('one that starts when the clock was set back knows who is dead a little later', async () => {
  const a = node('a');
  keeps(a, '3001');
  await pass(20_000);
  a.isWithoutDatabase = true;
  database.offsetMs = -HOUR;
  const b = node('b');
  await pass(SILENT_MS + SIGN_MS);
  expect(await of(b, '3001')).toEqual({ type: 'nowhere' });
});

test('one that starts knows at once who lives: by the clock of the database', async () => {
  const [a, c] = [node('a'), node('c')];
  keeps(a, '3001');
  keeps(c, '3002');
  await pass(20_000);
  c.isWithoutDatabase = true;
  await pass(20_000);
  const b = node('b');
  await pass(10);
  expect(await of(b, '3001')).toEqual({ type: 'present' });
  expect(await of(b, '3002')).toEqual({ type: 'nowhere' });
});

test('a database that is away says nothing; back, nothing is certain of nodes that had lived until they can have written', async () => {
  const [a, b, c] = [node('a'), node('b'), node('c')];
  keeps(a, '3001');
  await pass(20_000);
  c.isWithoutDatabase = true;
  await pass(20_000);
  database.isDown = true;
  expect(await of(b, '3001')).toEqual({ type: 'nowhere' });
  a.isWithoutDatabase = true;
  await pass(60_000);
  expect(await of(b, '3001')).toEqual({ type: 'nowhere' });
  expect(b.signs.hasOthers).toBe(false);
  database.isDown = false;
  await pass(SIGN_MS);
  expect(await of(b, '3001')).toEqual({ type: 'present' });
  // Whoever came there meanwhile is not written yet.
  expect(await of(b, '3009')).toEqual({ type: 'unsure' });
  a.isWithoutDatabase = false;
  await pass(SIGN_MS);
  expect(await of(b, '3009')).toEqual({ type: 'nowhere' });
  database.isDown = true;
  a.isWithoutDatabase = true;
  await pass(60_000);
  database.isDown = false;
  await pass(20_000);
  expect(await of(b, '3009')).toEqual({ type: 'nowhere' });
  expect(await of(b, '3001')).toEqual({ type: 'nowhere' });
});

test('a node that cannot write whom it has writes no sign either', async () => {
  const b = node('b');
  const writer = { name: 'a', kept: new Map(), isWithoutDatabase: false };
  let isWritten = true;
  new SignsOfLife({
    clock,
    table: database.of(writer),
    self: { name: 'a', instance: 'a-1' },
    host: 'a.example',
    isSeen: () => false,
    flush: async () => isWritten,
  }).start();
  await pass(10_000);
  expect(b.signs.hosts()).toEqual(['a.example']);
  isWritten = false;
  await pass(20_000);
  expect(b.signs.hosts()).toEqual([]);
});

test('a database that does not answer is waited for 2 s', async () => {
  const a = node('a');
  keeps(a, '3001');
  const asked = new SignsOfLife({
    clock,
    table: {
      write: () => new Promise(() => {}),
      all: () => new Promise(() => {}),
      keptBy: () => new Promise(() => {}),
      remove: () => new Promise(() => {}),
    },
    self: { name: 'b', instance: 'b-1' },
    host: 'b.example',
    isSeen: () => false,
    flush: async () => true,
  });
  asked.start();
  const told = asked.of('3001');
  await pass(2_100);
  await expect(told).resolves.toEqual({ type: 'nowhere' });
  const closed = asked.close();
  await pass(2_100);
  await expect(closed).resolves.toBeUndefined();
});

test('2,000 questions of one moment are a few queries, and a minute without any costs one write and one reading every 3 s', async () => {
  const [a, b] = [node('a'), node('b')];
  for (let n = 0; n < 2_000; n++)
    a.kept.set(String(n), {
      loginId: String(n),
      session: place,
      departure: null,
      awaySince: null,
      lastActiveAt: null,
    });
  await pass(20_000);
  a.isWithoutDatabase = false;
  const [writes, reads] = [database.writes, database.reads];
  await pass(60_000);
  expect([database.writes - writes, database.reads - reads]).toEqual([40, 40]);
  const before = database.reads;
  const all = Array.from({ length: 2_000 }, (_, n) => b.signs.of(String(n)));
  await pass(100);
  expect((await Promise.all(all)).every(({ type }) => type === 'present')).toBe(true);
  expect(database.reads - before).toBeLessThan(10);
});

test('of two processes of one name the second one does not take back the sign of the first', async () => {
  const first = node('a', 'a-1');
  const b = node('b');
  await pass(10);
  const second = node('a', 'a-2');
  await pass(1_000);
  await first.signs.close();
  await pass(SIGN_MS);
  expect(b.signs.hosts()).toEqual(['a.example']);
  await second.signs.close();
  await pass(SIGN_MS);
  expect(b.signs.hosts()).toEqual([]);
});

describe('the database of these tests is one', () =>
  signTableContract(async () => {
    const writer = (name: string) => ({ name, kept: new Map(), isWithoutDatabase: false });
    const a = writer('a');
    return {
      a: database.of(a),
      b: database.of(writer('b')),
      keep: async (...all) => {
        for (const kept of all) a.kept.set(kept.loginId, kept);
        database.keep(a);
      },
    };
  }));

test('a node whose row is old or gone has fallen silent, which is told; of one that never wrote, or while the database is away, nothing is known', async () => {
  const [a, b] = [node('a'), node('b')];
  let told = 0;
  const end = b.signs.onSilent(() => told++);
  const silent = () => [b.signs.hasFallenSilent('a'), b.signs.hasFallenSilent('never'), told];
  await pass(20_000);
  expect(silent()).toEqual([false, false, 0]);
  a.isWithoutDatabase = true;
  await pass(SILENT_MS + SIGN_MS);
  expect(silent()).toEqual([true, false, 1]);
  a.isWithoutDatabase = false;
  await pass(2 * SIGN_MS);
  expect(silent()).toEqual([false, false, 2]);
  await a.signs.close();
  await pass(SIGN_MS);
  expect(silent()).toEqual([true, false, 3]);
  b.isWithoutDatabase = true;
  await pass(SIGN_MS);
  expect(silent()).toEqual([false, false, 4]);
  end();
  b.isWithoutDatabase = false;
  await pass(SIGN_MS);
  expect(silent()).toEqual([true, false, 4]);
});
