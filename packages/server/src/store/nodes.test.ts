/** Several nodes on one database of PostgreSQL. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, VirtualClock } from '@poise/clock';
import type { Kysely } from 'kysely';
import pg from 'pg';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { postgresCluster, postgresMissing } from '../../test/postgres-cluster.ts';
import { TeamMessageBoard } from '../commands/team-message-board.ts';
import { seedDemo } from '../demo/seed.ts';
import type { SignOutRecord } from '../domain/presence.ts';
import { teamMessageStore } from '../main/configuration.ts';
import { presenceStore, signOutStore, signTable } from '../presence/stores.ts';
import { signTableContract } from '../presence/testing/sign-table-contract.ts';
import { openBackup } from './backup.ts';
import { compatibleFormat, DATA_FORMAT, MIGRATION_STEPS, type MigrationStep } from './migrations.ts';
import { Store, type StoreOptions } from './store.ts';
import { provideSystemReasonCodes } from './system-reason-codes.ts';

const missing = postgresMissing();
const directories: string[] = [];
const stores: Store[] = [];
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
});
afterAll(() => {
  for (const path of directories) rmSync(path, { recursive: true, force: true });
});

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'poise-nodes-'));
  directories.push(path);
  return path;
}

async function open(url: string, node: string, more: Partial<StoreOptions> = {}): Promise<Store> {
  const store = await Store.open({ path: directory(), postgres: { url }, node, ...more });
  stores.push(store);
  return store;
}

const shift = (loginId: string, who: string) => ({ loginId, shift: JSON.stringify({ who }) });
const record = (id: number, at: number) => ({ id, at, loginId: '1001', record: '{"endedAt":null}' });

const HOUR_MS = 3_600_000;
/** Between what is written and what is looked at, on a busy machine. */
const WITHIN_MS = 60_000;
const MESSAGE = {
  createdBy: { id: '2050', firstName: 'Minnie', lastName: 'Mouse' },
  content: 'Lunch',
  teamIds: [5000],
};
const AUDITED = {
  who: 'admin',
  address: '',
  client: 'cli',
  method: 'set',
  path: 'poise',
  resource: 'teams',
  objectId: '1',
  before: null,
  after: '{}',
} as const;

/** A step of a release after this one. */
const adding: MigrationStep = Object.assign(
  async (db: Kysely<unknown>) => {
    await db.schema.createTable('newer').addColumn('id', 'integer').execute();
    await db.schema
      .alterTable('team')
      .addColumn('colour', 'text', (column) => column.notNull().defaultTo('grey'))
      .execute();
  },
  { addsOnly: true } as const,
);
const changing: MigrationStep = (db) =>
  db.schema.alterTable('contact').renameColumn('description', 'note').execute();

describe.skipIf(missing !== undefined)(`nodes of one database ${missing ?? ''}`, () => {
  test('each node has presences, shifts and sign-outs of its own; sign-outs are read of all', async () => {
    const url = await (await postgresCluster()).database();
    const a = await open(url, 'a');
    const b = await open(url, 'b');
    for (const [store, name] of [
      [a, 'a'],
      [b, 'b'],
    ] as const) {
      await store.change(async ({ presences, shifts, signOuts }) => {
        await presences.save([{ loginId: '1001', watched: `"${name}"` }]);
        await shifts.save([shift('1001', name)]);
        await shifts.addEntries([
          { id: 1, loginId: '1001', shiftId: 7, kind: 'call', ordinal: 1, version: 1, entry: `"${name}"` },
        ]);
        await signOuts.save([record(1, name === 'a' ? 1_000 : 2_000)]);
      });
    }
    const { presences, shifts, signOuts } = b.repositories;
    expect(await presences.all()).toEqual([{ loginId: '1001', watched: '"b"' }]);
    expect(await shifts.all()).toEqual(['{"who":"b"}']);
    expect(await shifts.find({ loginId: '1001', shiftId: 7, kind: 'call', limit: 10 })).toEqual(['"b"']);
    expect((await signOuts.open()).map(({ node }) => node)).toEqual(['b']);
    expect((await signOuts.find({ limit: 10 })).map(({ node, id }) => [node, id])).toEqual([
      ['b', 1],
      ['a', 1],
    ]);
    await b.change(async (own) => {
      await own.presences.remove(['1001']);
      await own.shifts.remove('1001');
      await own.signOuts.prune(2_500, { count: 0, ageMs: 10_000 });
    });
    expect(await a.repositories.presences.all()).toHaveLength(1);
    expect(await a.repositories.shifts.all()).toHaveLength(1);
    expect(await a.repositories.signOuts.find({ limit: 10 })).toHaveLength(1);
  });

  test('a node whose clock is wrong takes nothing for old, and what it writes is as old for the others as it is', async () => {
    const url = await (await postgresCluster()).database();
    const [a, b] = [await open(url, 'a'), await open(url, 'b')];
    for (const offMs of [5 * HOUR_MS, -5 * HOUR_MS]) {
      const clock = new VirtualClock(Math.floor(Date.now() / 1_000) * 1_000 + offMs);
      const [right, wrong] = [teamMessageStore(a, Date.now), teamMessageStore(b, () => clock.now())];
      const sent = { id: `a${offMs}`, createdAt: Date.now() - 60_000, durationSeconds: 300, ...MESSAGE };
      await right.create(sent);
      const board = new TeamMessageBoard({
        deployment: 'CCE',
        clock,
        store: wrong,
        outcomes: { publish: () => {} },
        newId: () => `b${offMs}`,
        onProblem: () => {},
      });
      await board.load();
      // Pages reckon by the clock of the node that they are at.
      const age = clock.now() - (board.book.get(sent.id)?.createdAt ?? 0);
      expect(Math.abs(age - 60_000)).toBeLessThan(WITHIN_MS);
      const { createdBy, ...request } = MESSAGE;
      await board.create({ ...request, durationSeconds: 300 }, createdBy);
      board.close();
      const stored = new Map((await right.all()).map(({ id, createdAt }) => [id, createdAt]));
      expect(Math.abs(Date.now() - (stored.get(`b${offMs}`) ?? 0))).toBeLessThan(WITHIN_MS);
      expect(stored.get(sent.id)).toBe(sent.createdAt);
    }
  });

  test('no records are removed as too old by a clock that is far ahead', async () => {
    const url = await (await postgresCluster()).database();
    const [a, b] = [await open(url, 'a'), await open(url, 'b')];
    const at = Date.now();
    await a.change(async ({ signOuts, audit }) => {
      await signOuts.save([record(1, at)]);
      await audit.add([{ ...AUDITED, at }]);
    });
    const years = at + 3 * 365 * 24 * HOUR_MS;
    await b.change(async ({ signOuts, audit }) => {
      await signOuts.prune(years);
      await audit.prune(years);
    });
    expect(await a.repositories.signOuts.find({ limit: 10 })).toHaveLength(1);
    expect((await a.repositories.audit.find({ offset: 0, limit: 10 })).total).toBe(1);
    await b.change(async ({ signOuts, audit }) => {
      await signOuts.prune(at, { count: 10, ageMs: -10_000 });
      await audit.prune(at, { count: 10, ageMs: -10_000 });
    });
    expect(await a.repositories.signOuts.find({ limit: 10 })).toHaveLength(0);
    expect((await a.repositories.audit.find({ offset: 0, limit: 10 })).total).toBe(0);
  });

  test('what a node had begun that is gone another one ends in its place', async () => {
    const url = await (await postgresCluster()).database();
    const [a, b] = [await open(url, 'a'), await open(url, 'b')];
    const [theirs, ours] = [a, b].map((store) => signOutStore(store, () => 2_000));
    const begun = { id: 1, at: 1_000, agentId: '1001', outcome: 'requested', endedAt: null } as SignOutRecord;
    await theirs!.save([begun, { ...begun, id: 2, agentId: '1002' }]);
    await ours!.save([begun]);
    const ended = await ours!.endOf('a', (record) =>
      record.agentId === '1001' ? { ...record, outcome: 'signedOut', endedAt: 1_500 } : undefined,
    );
    expect(ended.map(({ id }) => id)).toEqual([1]);
    expect((await theirs!.open()).map(({ id }) => id)).toEqual([2]);
    const rows = (await a.repositories.signOuts.find({ limit: 10 })).map(
      ({ node, id, record }) => `${node} ${id} ${(JSON.parse(record) as SignOutRecord).outcome}`,
    );
    expect(rows.sort()).toEqual(['a 1 signedOut', 'a 2 requested', 'b 1 requested']);
  });

  test('rows of a server of before go to the first that starts, and to no other', async () => {
    const url = await (await postgresCluster()).database();
    const old = await Store.open({
      path: directory(),
      postgres: { url },
      steps: MIGRATION_STEPS.slice(0, 9),
    });
    await old.close();
    const cluster = await postgresCluster();
    await cluster.query(`insert into presence (login_id, watched) values ('1001', '{}')`, url);
    await cluster.query(`insert into shift (login_id, shift) values ('1001', '{}')`, url);
    await cluster.query(`insert into sign_out values (5, 1, '1001', '{"endedAt":null}')`, url);
    // Whoever looks first need not be a server.
    await (await open(url, 'node1')).close();
    const a = await open(url, 'a');
    await a.claim();
    const b = await open(url, 'b');
    await b.claim();
    expect(await a.repositories.presences.all()).toHaveLength(1);
    expect(await a.repositories.shifts.all()).toHaveLength(1);
    expect(await a.repositories.signOuts.lastId()).toBe(5);
    expect(await b.repositories.presences.all()).toEqual([]);
    expect(await b.repositories.signOuts.open()).toEqual([]);
  });

  test.each([0, 9])(
    'of many that start together on format %i one migrates, and the others wait',
    async (format) => {
      const url = await (await postgresCluster()).database();
      if (format > 0)
        await (
          await Store.open({ path: directory(), postgres: { url }, steps: MIGRATION_STEPS.slice(0, format) })
        ).close();
      const backups: number[] = [];
      const nodes = await Promise.all(
        ['a', 'b', 'c', 'd'].map((node) => open(url, node, { onBackup: ({ from }) => backups.push(from) })),
      );
      expect(backups).toEqual(format > 0 ? [format] : []);
      // What each start puts into an empty store is there once.
      await Promise.all(
        nodes.map(async (store) => {
          await seedDemo(store);
          await provideSystemReasonCodes(store, 'CCE');
          await store.claim();
        }),
      );
      const keys = await Promise.all(
        nodes.map((store, n) => store.secret('gadgets.tokenKey', () => Buffer.alloc(32, n))),
      );
      expect(new Set(keys.map(String)).size).toBe(1);
      for (const store of nodes) await store.refresh();
      const [first] = nodes;
      for (const {
        directory: { current },
      } of nodes) {
        expect(current.teams()).toEqual(first!.directory.current.teams());
        expect(current.reasonCodes('NOT_READY', null)).toEqual(
          first!.directory.current.reasonCodes('NOT_READY', null),
        );
      }
    },
  );

  test('a release goes on beside the next one where that one only added; what it does not know it does not copy', async () => {
    const url = await (await postgresCluster()).database();
    const a = await open(url, 'a');
    const newer = await open(url, 'b', { steps: [...MIGRATION_STEPS, adding] });
    await newer.change(({ teams }) => teams.create({ name: 'by the newer one', ...WRAP_UP }));
    // Running already, and started anew.
    await a.change(({ teams }) => teams.create({ name: 'by the older one', ...WRAP_UP }));
    const again = await open(url, 'c');
    expect(again.directory.current.teams().map(({ name }) => name)).toEqual([
      'by the newer one',
      'by the older one',
    ]);
    await expect(again.backUp(join(directory(), 'x'), 0)).rejects.toThrow(
      `knows only formats up to ${DATA_FORMAT}`,
    );
    const { path } = await newer.backUp(join(directory(), 'x.poise-backup'), 0);
    await expect(openBackup(path)).rejects.toThrow(`format ${DATA_FORMAT + 1}`);
  });

  test('signs of life are a step that only adds: a node of format 10 goes on beside it, and nobody is told of each', async () => {
    expect(compatibleFormat(MIGRATION_STEPS.slice(0, 11))).toBe(10);
    const url = await (await postgresCluster()).database();
    const old = await open(url, 'a', { steps: MIGRATION_STEPS.slice(0, 10) });
    const newer = await open(url, 'b');
    await signTable(newer).write('b-1', 'b.example');
    await old.change(({ teams }) => teams.create({ name: 'by the older one', ...WRAP_UP }));
    await newer.refresh();
    expect(newer.directory.current.teams().map(({ name }) => name)).toEqual(['by the older one']);
    const client = new pg.Client(url);
    await client.connect();
    const { rows } = await client.query(
      "select tgname from pg_trigger where tgrelid = 'sign_of_life'::regclass and not tgisinternal",
    );
    await client.end();
    expect(rows).toEqual([]);
    expect(old.problem).toBeNull();
  });

  describe('signs of life', () =>
    signTableContract(async () => {
      const url = await (await postgresCluster()).database();
      const a = await open(url, 'a');
      return {
        a: signTable(a),
        b: signTable(await open(url, 'b')),
        keep: (...kept) => presenceStore(a).write(kept, []),
      };
    }));

  test('a release refuses what a newer one has changed, and writes nothing more beside it', async () => {
    const url = await (await postgresCluster()).database();
    const a = await open(url, 'a');
    const problems: unknown[] = [];
    a.onProblem((problem) => problems.push(problem));
    a.watch(systemClock());
    await open(url, 'b', { steps: [...MIGRATION_STEPS, adding, changing] });
    await expect(open(url, 'c')).rejects.toThrow(`knows only formats up to ${DATA_FORMAT}`);
    await vi.waitFor(() => expect(a.problem).not.toBeNull(), { timeout: 30_000 });
    // Told within a sentence, so without its own full stop.
    expect(a.problem).toMatch(
      new RegExp(
        `^The PostgreSQL database .* has the format ${DATA_FORMAT + 2}, but .* knows only formats up to ${DATA_FORMAT}\\..*[^.]$`,
      ),
    );
    expect(problems).toHaveLength(1);
    await expect(a.change(async () => {})).rejects.toMatchObject({ code: 'unavailable' });
    await expect(signTable(a).write('a-1', 'a.example')).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('a restore beside running nodes reaches all, and takes away nothing that they write themselves', async () => {
    const url = await (await postgresCluster()).database();
    const a = await open(url, 'a');
    const b = await open(url, 'b');
    b.watch(systemClock());
    await a.change(({ teams }) => teams.create({ name: 'before', ...WRAP_UP }));
    await a.change(({ presences }) => presences.save([{ loginId: '1001', watched: '1' }]));
    const { path } = await a.backUp(join(directory(), 'x.poise-backup'), 0);
    await b.change(async ({ presences, subscriptions, teams }) => {
      await presences.save([{ loginId: '1001', watched: '2' }]);
      await subscriptions.save([{ loginId: '1001', node: '/x', subid: 's' }]);
      await teams.create({ name: 'after', ...WRAP_UP });
    });
    const names = (store: Store) => store.directory.current.teams().map(({ name }) => name);
    expect(names(b)).toEqual(['before', 'after']);
    expect(await a.isShared()).toBe(true);
    await a.restore(await openBackup(path), await a.isShared());
    await vi.waitFor(() => expect(names(b)).toEqual(['before']), { timeout: 30_000 });
    expect(await b.repositories.presences.all()).toEqual([{ loginId: '1001', watched: '2' }]);
    expect(await a.repositories.presences.all()).toEqual([{ loginId: '1001', watched: '1' }]);
    expect(await b.repositories.subscriptions.all()).toHaveLength(1);
  });

  test('whose subscriptions another node has changed is told, and nobody to itself', async () => {
    const url = await (await postgresCluster()).database();
    const a = await open(url, 'a');
    const b = await open(url, 'b');
    const heard: unknown[] = [];
    for (const [name, store] of [
      ['a', a],
      ['b', b],
    ] as const) {
      store.onSubscriptions((users) => heard.push([name, users]));
      store.watch(systemClock());
    }
    // What happened before either listened is not known.
    await vi.waitFor(() => expect(heard).toHaveLength(2), { timeout: 30_000 });
    await a.change(async ({ subscriptions }) => {
      await subscriptions.save([{ loginId: 'Joe Doe', node: '/x', subid: 's' }]);
      await subscriptions.tell(['Joe Doe']);
    });
    await vi.waitFor(() => expect(heard).toHaveLength(3), { timeout: 30_000 });
    expect(heard[2]).toEqual(['b', ['joe doe']]);
    expect(await b.repositories.subscriptions.of(['JOE DOE'])).toHaveLength(1);
  });
});

const WRAP_UP = {
  wrapUpOnIncoming: 'NOT_ALLOWED',
  wrapUpOnOutgoing: 'NOT_ALLOWED',
  wrapUpTimerSeconds: 30,
} as const;

test('a file serves one server, whatever its name was', async () => {
  const path = directory();
  const before = await Store.open({ path, node: 'before' });
  await before.change(async ({ presences, signOuts }) => {
    await presences.save([{ loginId: '1001', watched: '{}' }]);
    await signOuts.save([record(3, 1)]);
  });
  await before.close();
  const after = await Store.open({ path, node: 'after' });
  stores.push(after);
  await after.claim();
  expect(await after.repositories.presences.all()).toHaveLength(1);
  expect(await after.repositories.signOuts.find({ limit: 9 })).toHaveLength(1);
});
