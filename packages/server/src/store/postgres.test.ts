/** What is different about PostgreSQL: it is elsewhere, others may write to it, and it can be lost. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@poise/clock';
import pg from 'pg';
import { afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { PostgresCluster, postgresCluster, postgresMissing } from '../../test/postgres-cluster.ts';
import { openBackup } from './backup.ts';
import { DATA_FORMAT, MIGRATION_STEPS, type MigrationStep } from './migrations.ts';
import { type PostgresOptions, placeOf } from './postgres.ts';
import { Store, type StoreOptions } from './store.ts';

const missing = postgresMissing();
const NOW = Date.UTC(2026, 10, 20, 19, 30);
/** Against what hangs, not against what is slow. */
const PATIENT = 30_000;
const addColour: MigrationStep = async (db) => {
  await db.schema.alterTable('team').addColumn('colour', 'text').execute();
};

// Making a cluster takes some seconds of a busy disk.
beforeAll(async () => {
  if (postgresMissing() === undefined) await postgresCluster();
});

let path: string;
let cluster: PostgresCluster;
let url: string;
beforeEach(async ({ skip }) => {
  if (missing !== undefined) skip(missing);
  path = mkdtempSync(join(tmpdir(), 'poise-pgstore-'));
  cluster = await postgresCluster();
  url = await cluster.database();
});
afterEach(() => path !== undefined && rmSync(path, { recursive: true, force: true }));

async function open(options: StoreOptions = {}): Promise<Store> {
  const store = await Store.open({ path, postgres: { url }, now: () => NOW, ...options });
  onTestFinished(() => store.close());
  return store;
}
const addPhone = (store: Store, extension: string) =>
  store.change(({ devices }) => devices.create(extension));

test('the place of an address has neither user nor password', () => {
  expect(placeOf('postgres://me:secret@db.example:5433/poise')).toBe('db.example:5433/poise');
  expect(placeOf('postgres:///poise?host=/run/postgresql&user=me&password=secret')).toBe(
    '/run/postgresql/poise',
  );
  expect(placeOf('postgres:///poise')).toBe('localhost/poise');
  expect(placeOf('postgres://me:secret@a:5433,b/poise?target_session_attrs=read-write')).toBe(
    'a:5433,b/poise',
  );
});

test('keeps what was written when it is opened again, and touches no file', async () => {
  const store = await open();
  await addPhone(store, '1000');
  await store.close();
  expect((await open()).directory.current.devices()).toEqual(['1000']);
  expect(readdirSync(path)).toEqual([]);
});

test('whole numbers have 64 bits and texts are ordered by code point, as in SQLite', async () => {
  const store = await open();
  await store.change(({ skillGroups }) => skillGroups.create({ number: 5_000_000_000, id: 1, name: 'x' }));
  for (const number of ['b', 'A', 'a', 'B'])
    await store.change(({ dialledNumbers }) =>
      dialledNumbers.create({ number, skillGroupNumber: 5_000_000_000, priority: 5 }),
    );
  const numbers = await store.repositories.dialledNumbers.all();
  expect(numbers.map(({ number }) => number)).toEqual(['A', 'B', 'a', 'b']);
  await expect(store.change(({ teams }) => teams.remove(9_999_999_999))).rejects.toMatchObject({
    code: 'not-found',
  });
});

test('refuses what no text or number of PostgreSQL can hold', async () => {
  const store = await open();
  await expect(addPhone(store, 'a\0b')).rejects.toMatchObject({ code: 'invalid' });
  await expect(store.change(({ teams }) => teams.remove(2 ** 70))).rejects.toMatchObject({ code: 'invalid' });
});

describe('the format', () => {
  test('of a newer Poise is refused in one plain sentence', async () => {
    await (await open({ steps: [...MIGRATION_STEPS, addColour] })).close();
    await expect(open()).rejects.toThrow(
      `The PostgreSQL database ${placeOf(url)} has the format ${DATA_FORMAT + 1}, but this version of Poise knows only formats up to ${DATA_FORMAT}.`,
    );
  });

  test('that is older is brought up to date after a backup', async () => {
    await addPhone(await open(), '1000');
    const backups: unknown[] = [];
    const store = await open({
      steps: [...MIGRATION_STEPS, addColour],
      onBackup: (backup) => backups.push(backup),
    });
    expect(store.directory.current.devices()).toEqual(['1000']);
    const folder = join(path, 'backup', `20261120T193000Z-format-${DATA_FORMAT}`);
    expect(backups).toEqual([{ path: folder, from: DATA_FORMAT, to: DATA_FORMAT + 1 }]);
    expect((await openBackup(join(folder, 'database.poise-backup'))).format).toBe(DATA_FORMAT);
  });

  test('stays as it was when a step fails', async () => {
    await addPhone(await open(), '1000');
    const broken: MigrationStep = async (db) => {
      await addColour(db, 'postgres');
      throw new Error('halfway');
    };
    await expect(open({ steps: [...MIGRATION_STEPS, broken] })).rejects.toThrow('halfway');
    expect((await open()).directory.current.devices()).toEqual(['1000']);
  });

  test('is made by one of two that start at the same time', async () => {
    const stores = await Promise.all([open(), open()]);
    await addPhone(stores[0], '1000');
    expect(existsSync(join(path, 'backup'))).toBe(false);
  });
});

test('a database that cannot be used is named, without the password', async () => {
  const refused = (address: string) =>
    open({ postgres: { url: address } }).then(
      () => 'opened',
      (error: Error) => error.message,
    );
  expect(await refused(url.replace(/[^/]+$/, 'nothing'))).toMatch(
    /^Cannot use the PostgreSQL database .*nothing.*not exist\.$/,
  );
  const dead = await refused('postgres://me:secret@127.0.0.1:1/poise');
  expect(dead).toMatch(/^Cannot use the PostgreSQL database 127\.0\.0\.1:1\/poise: .*ECONNREFUSED/);
  expect(dead).not.toContain('secret');
});

describe('what others write', () => {
  const changed = (store: Store) =>
    new Promise<void>((resolve) => {
      const end = store.directory.onChange(() => {
        end();
        resolve();
      });
    });
  /** Until the first look, which takes over what was written before it. */
  async function watched(intervalMs?: number): Promise<Store> {
    const store = await open();
    const first = changed(store);
    store.watch(systemClock(), intervalMs);
    await first;
    return store;
  }

  test('another process, is taken over when the database tells of it, not when it is looked at next', async () => {
    const store = await watched(3_600_000);
    const other = await open();
    const taken = changed(store);
    await addPhone(other, '1000');
    await taken;
    expect(store.directory.current.devices()).toEqual(['1000']);
  });

  test('is taken over although the connection broke on which it was read', async () => {
    const one = await open();
    const other = await open();
    const problems: unknown[] = [];
    one.watch(systemClock(), undefined, (error) => problems.push(error));
    await vi.waitFor(async () => expect(await one.refresh()).toBe(false), PATIENT);
    const holder = new pg.Client({ connectionString: url });
    await holder.connect();
    // Whoever reads everything waits.
    await holder.query('begin; lock table team in access exclusive mode');
    await addPhone(other, '1000');
    const waiting = `from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await vi.waitFor(
      async () => expect((await cluster.query(`select 1 ${waiting}`, url)).rowCount).toBeGreaterThan(0),
      PATIENT,
    );
    await cluster.query(`select pg_terminate_backend(pid) ${waiting}`, url);
    await holder.query('commit');
    await holder.end();
    await vi.waitFor(() => expect(one.directory.current.devices()).toEqual(['1000']), PATIENT);
    expect(problems).toEqual([]);
  });

  test('whose password was set, changed or removed is told, and nobody else is', async () => {
    const store = await watched();
    const other = await open();
    await other.change(async ({ users, credentials }) => {
      for (const loginId of ['jdoe', 'stays']) {
        await users.create({ ...USER, loginId, loginName: loginId, skillTargetId: loginId.length });
        await credentials.save(loginId, KEYS);
      }
    });
    await vi.waitFor(async () => expect(await store.credentialOf('stays')).toBeDefined(), PATIENT);
    const forgotten = vi.fn();
    store.onCredentialChange(forgotten);
    await other.setCredential('jdoe', { ...KEYS, changedAtMs: KEYS.changedAtMs + 1 });
    await vi.waitFor(() => expect(forgotten).toHaveBeenCalledExactlyOnceWith('jdoe'), PATIENT);
    await other.change(({ users }) => users.remove('jdoe'));
    await vi.waitFor(() => expect(forgotten).toHaveBeenCalledTimes(2), PATIENT);
    const taken = changed(store);
    await addPhone(other, '1000');
    await taken;
    expect(forgotten.mock.calls).toEqual([['jdoe'], ['jdoe']]);
  });

  test('with the tools of PostgreSQL, is taken over too', async () => {
    const store = await watched();
    const taken = changed(store);
    await cluster.query(`insert into device (extension) values ('1001')`, url);
    await taken;
    expect(store.directory.current.devices()).toEqual(['1001']);
  });

  test('own changes, and what only servers write, are not read again', async () => {
    const store = await watched();
    const told = vi.fn();
    store.directory.onChange((_, sections) => told([...sections]));
    await addPhone(store, '1000');
    await cluster.query(`insert into presence (login_id, watched) values ('x', '{}')`, url);
    const taken = changed(store);
    await cluster.query(`insert into device (extension) values ('1001')`, url);
    await taken;
    await store.change(() => Promise.resolve());
    // Once by this process, once by another; and nothing else is taken for changed.
    expect(told.mock.calls).toEqual([[['devices']], [['devices']]]);
  });
});

describe('a database of several servers', { timeout: 240_000 }, () => {
  /** Two servers that know nothing of each other: which one may be written is set by hand. */
  async function two() {
    const servers = [await PostgresCluster.start(), await PostgresCluster.start()] as const;
    onTestFinished(async () => {
      for (const server of servers) await server.stop();
    });
    for (const server of servers) await server.query('create database poise');
    const [a, b] = servers;
    const set = async (server: PostgresCluster, readOnly: boolean) => {
      await server.query(`alter system set default_transaction_read_only = ${readOnly ? 'on' : 'off'}`);
      await server.query('select pg_reload_conf()');
      // It is read a moment later. Once a new connection has it, the others have been told of it.
      await vi.waitFor(async () => {
        const { rows } = await server.query('show default_transaction_read_only');
        expect(rows).toEqual([{ default_transaction_read_only: readOnly ? 'on' : 'off' }]);
      }, PATIENT);
    };
    const address = `postgres://poise@127.0.0.1:${a.port},127.0.0.1:${b.port}/poise`;
    return { a, b, set, address };
  }

  test('the one is worked with that can be written, and the other one when that has changed', async () => {
    const { a, b, set, address } = await two();
    // The other has the same once it is written first.
    await (await open({ postgres: { url: b.url('poise') } })).close();
    await set(b, true);
    const store = await open({ postgres: { url: address } });
    store.watch(systemClock());
    await addPhone(store, '1000');
    expect((await a.query('select extension from device', a.url('poise'))).rows).toHaveLength(1);

    // The first is gone, and the second one promoted.
    await set(b, false);
    await a.down('SIGQUIT');
    await vi.waitFor(() => addPhone(store, '1001'), { timeout: 30_000, interval: 100 });
    expect((await b.query('select extension from device', b.url('poise'))).rows).toEqual([
      { extension: '1001' },
    ]);
    // What is there is what the second one has.
    expect(store.directory.current.devices()).toEqual(['1001']);

    // The first is back as the one that cannot be written, then they change places once more, while both serve.
    await a.up();
    await set(a, true);
    await addPhone(store, '1002');
    await set(a, false);
    await set(b, true);
    await vi.waitFor(() => addPhone(store, '1003'), { timeout: 30_000, interval: 100 });
    expect((await a.query('select extension from device order by 1', a.url('poise'))).rows).toEqual([
      { extension: '1000' },
      { extension: '1003' },
    ]);
    await vi.waitFor(() => expect(store.directory.current.devices()).toEqual(['1000', '1003']), PATIENT);
  });

  test('none that can be written: refused with what the last one said', async () => {
    const { a, b, set, address } = await two();
    for (const server of [a, b]) await set(server, true);
    await expect(open({ postgres: { url: address } })).rejects.toThrow('the server cannot be written');
  });
});

describe('a database that is lost', { timeout: 240_000 }, () => {
  /** A cluster that may be stopped. */
  async function own(options: Partial<PostgresOptions> = {}) {
    const server = await PostgresCluster.start();
    onTestFinished(() => server.stop());
    const address = await server.database();
    const store = await open({ postgres: { ...options, url: address } });
    const problems: (string | null)[] = [];
    store.onProblem((problem) => problems.push(problem));
    return { server, store, address, problems };
  }
  const told = (store: Store, good: boolean) =>
    new Promise<void>((resolve) => {
      const end = store.onProblem((problem) => {
        if ((problem === null) !== good) return;
        end();
        resolve();
      });
    });

  test.each(['SIGINT', 'SIGQUIT'] as const)(
    'by %s: reading goes on, writes are refused at once, and go on by themselves when it is back',
    async (signal) => {
      const { server, store, problems } = await own();
      await store.change(({ users }) => users.create(USER));
      await store.setCredential('jdoe', KEYS);
      const key = await store.secret('key', () => Buffer.from('first'));
      store.watch(systemClock());
      const lost = told(store, false);
      await server.down(signal);
      await lost;
      const connects = vi.spyOn(pg.Pool.prototype, 'connect');
      await expect(addPhone(store, '1001')).rejects.toMatchObject({ code: 'unavailable' });
      await expect(store.reserveNumbers('x', 1)).rejects.toMatchObject({ code: 'unavailable' });
      expect(connects, 'at once: nothing is tried').not.toHaveBeenCalled();
      expect(store.directory.current.user('jdoe')?.firstName).toBe('Jane');
      expect((await store.credentialOf('JDOE'))?.iterations).toBe(KEYS.iterations);
      expect(await store.secret('key', () => Buffer.from('another'))).toEqual(key);
      expect(store.problem).not.toBeNull();
      const back = told(store, true);
      await server.up();
      await back;
      await addPhone(store, '1002');
      expect(store.directory.current.devices()).toEqual(['1002']);
      expect(problems.map((problem) => problem === null)).toEqual([false, true]);
    },
  );

  test('that stands still is lost, too: what waits for it is refused, and reading goes on', async () => {
    // Nothing but the watch ends what waits for the server.
    const { server, store } = await own({ statementTimeoutMs: 3_600_000 });
    store.watch(systemClock());
    await addPhone(store, '1000');
    server.freeze();
    onTestFinished(() => server.thaw());
    await expect(addPhone(store, '1001')).rejects.toMatchObject({ code: 'unavailable' });
    expect(store.directory.current.devices()).toEqual(['1000']);
    const back = told(store, true);
    server.thaw();
    await back;
    await addPhone(store, '1002');
    expect(await store.repositories.devices.all()).toEqual(['1000', '1002']);
  });

  test('in the middle of a transaction leaves nothing of it', async () => {
    const { server, store } = await own();
    store.watch(systemClock());
    const lost = told(store, false);
    const half = store.change(async ({ devices }) => {
      await devices.create('1000');
      await server.down('SIGQUIT');
      await devices.create('1001');
    });
    await expect(half).rejects.toMatchObject({ code: 'unavailable' });
    await lost;
    const back = told(store, true);
    await server.up();
    await back;
    expect(await store.repositories.devices.all()).toEqual([]);
    expect(store.directory.current.devices()).toEqual([]);
  });

  test('what others wrote while it was away is taken over', async () => {
    const { server, store, address } = await own();
    store.watch(systemClock());
    const lost = told(store, false);
    await server.down();
    await lost;
    const taken = new Promise<void>((resolve) =>
      store.directory.onChange((directory) => directory.devices().length === 1 && resolve()),
    );
    await server.up();
    await server.query(`insert into device (extension) values ('1001')`, address);
    await taken;
  });

  test('a statement that takes too long is given up, and the next one is served', async () => {
    const store = await open({ postgres: { url, statementTimeoutMs: 3_000 } });
    const pg = await import('pg');
    const other = new pg.default.Client({ connectionString: url });
    await other.connect();
    onTestFinished(() => other.end());
    await other.query('begin');
    await other.query('lock table device');
    await expect(addPhone(store, '1000')).rejects.toMatchObject({ code: 'unavailable' });
    await other.query('rollback');
    await addPhone(store, '1001');
    expect(store.directory.current.devices()).toEqual(['1001']);
  });
});

const USER = {
  loginId: 'JDoe',
  loginName: 'Jane',
  firstName: 'Jane',
  lastName: 'Doe',
  roles: ['Agent'],
  teamId: null,
  supervisedTeamIds: [],
  skillTargetId: 1,
  skillGroupNumbers: [],
} as const;
const KEYS = {
  salt: Buffer.from('salt'),
  iterations: 4096,
  sha1: { storedKey: Buffer.from('s1'), serverKey: Buffer.from('k1') },
  sha256: { storedKey: Buffer.from('s2'), serverKey: Buffer.from('k2') },
  setByHand: true,
  changedAtMs: 1_700_000_000_000,
};
