/** Backups: whole or refused, restored all or nothing, the same for both databases. */
import {
  existsSync,
  linkSync,
  mkdtempSync,
  type PathLike,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Kysely } from 'kysely';
import { afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { postgresCluster, postgresMissing } from '../../test/postgres-cluster.ts';
import { auditingRestore } from '../audit/trail.ts';
import { seedDemo } from '../demo/seed.ts';
import { nameFreely, openBackup, writeBackup } from './backup.ts';
import { inspectDataDirectory, migrate } from './data-directory.ts';
import { DATA_FORMAT, FORMAT_TABLE, MIGRATION_STEPS } from './migrations.ts';
import { tablesOf } from './repository.ts';
import type { Schema } from './schema.ts';
import { openDatabase, sqliteDialect } from './sqlite.ts';
import { Store } from './store.ts';

const NOW = Date.UTC(2026, 10, 20, 19, 30);
let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'poise-backup-'));
  file = join(folder, 'a.poise-backup');
});
const opened: Store[] = [];
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  rmSync(folder, { recursive: true, force: true });
});

// Making a cluster takes some seconds of a busy disk.
beforeAll(async () => {
  if (postgresMissing() === undefined) await postgresCluster();
});

type Kind = 'SQLite' | 'PostgreSQL';
const missing = postgresMissing();

async function open(kind: Kind): Promise<Store> {
  const store =
    kind === 'SQLite'
      ? await Store.open({ path: mkdtempSync(join(folder, 'data-')) })
      : await Store.open({ postgres: { url: await (await postgresCluster()).database() } });
  opened.push(store);
  return store;
}

const KEYS = {
  salt: Buffer.from('salt'),
  iterations: 4096,
  sha1: { storedKey: Buffer.from('s1'), serverKey: Buffer.from('k1') },
  sha256: { storedKey: Buffer.from('s2'), serverKey: Buffer.from('k2') },
  setByHand: true,
  changedAtMs: 1_700_000_000_000,
};

/** A centre with something in every table. */
async function fill(store: Store): Promise<void> {
  await seedDemo(store);
  await store.change(async (all) => {
    await all.users.create({
      loginId: 'JDoe',
      loginName: 'Jane',
      firstName: 'Ünïcödé 😀',
      lastName: "Robert'); DROP TABLE team;--",
      roles: ['Agent', 'Supervisor'],
      teamId: 5000,
      supervisedTeamIds: [5001],
      skillTargetId: 7,
      skillGroupNumbers: [85881],
    });
    await all.credentials.save('jdoe', KEYS);
    await all.desktopLayouts.save({ teamId: null, xml: '<a>\n"äöü"</a>', useDefault: false });
    await all.teamMessages.create(
      {
        id: 'm',
        createdBy: { id: 'x', firstName: '', lastName: '' },
        createdAt: NOW,
        durationSeconds: 60,
        content: 'hello',
        teamIds: [5000],
      },
      Date.now,
    );
    await all.subscriptions.save([{ loginId: 'x', node: 'n', subid: 's' }]);
    await all.presences.save([{ loginId: 'x', watched: '{}' }]);
    await all.signOuts.save([{ id: 4, at: NOW, loginId: 'x', record: '{}' }]);
    await all.shifts.save([{ loginId: 'x', shift: '{}' }]);
    await all.shifts.addEntries([
      { id: NOW, loginId: 'x', shiftId: NOW, kind: 'call', ordinal: 1, version: 1, entry: '{}' },
    ]);
    // The last id that was given is more than that of any row.
    const id = await all.wrapUpReasons.create({ label: 'gone', forAll: true, teamIds: [] });
    await all.wrapUpReasons.remove(id);
  });
  await store.reserveNumbers('calls.ids', 10_000);
}

const everything = async (store: Store): Promise<string[]> => {
  const to = join(mkdtempSync(join(folder, 'look-')), 'x');
  await store.backUp(to, NOW);
  return gunzipSync(readFileSync(to)).toString().trim().split('\n').slice(0, -1);
};
const rowsOf = async (store: Store): Promise<string[]> => (await everything(store)).slice(1);

const PAIRS: ReadonlyArray<readonly [Kind, Kind]> = [
  ['SQLite', 'SQLite'],
  ['SQLite', 'PostgreSQL'],
  ['PostgreSQL', 'SQLite'],
  ['PostgreSQL', 'PostgreSQL'],
];

describe.each(PAIRS)('a backup of %s restored into %s', (from, to) => {
  beforeEach(({ skip }) => {
    if (missing !== undefined && (from === 'PostgreSQL' || to === 'PostgreSQL')) skip(missing);
  });

  test('brings everything, takes the place of what was there, and tells once', async () => {
    const [source, target] = [await open(from), await open(to)];
    await fill(source);
    await target.change(({ teams }) =>
      teams.create({
        name: 'Other',
        wrapUpOnIncoming: 'OPTIONAL',
        wrapUpOnOutgoing: 'OPTIONAL',
        wrapUpTimerSeconds: 1,
      }),
    );
    const written = await source.backUp(file, NOW);
    expect(await openBackup(file)).toMatchObject(written);
    const [told, forgotten] = [vi.fn(), vi.fn()];
    target.directory.onChange(told);
    target.onCredentialChange(forgotten);
    const { rows } = await target.restore(await openBackup(file), false);
    expect(rows).toBe(written.rows);
    expect(await rowsOf(target)).toEqual(await rowsOf(source));
    expect(target.directory.current.user('jdoe')).toEqual(source.directory.current.user('jdoe'));
    expect(await target.credentialOf('jdoe')).toEqual(KEYS);
    expect(told).toHaveBeenCalledTimes(1);
    expect(forgotten).toHaveBeenCalledExactlyOnceWith(null);
    // Ids and numbers go on where they were.
    const create = (store: Store) =>
      store.change(({ wrapUpReasons }) => wrapUpReasons.create({ label: 'new', forAll: true, teamIds: [] }));
    expect(await create(target)).toBe(await create(source));
    expect(await target.reserveNumbers('calls.ids', 1)).toBe(10_000);
  });

  test('writes down first what was there, to the last change, in a file of its own', async () => {
    const [source, target] = [await open(from), await open(to)];
    await fill(source);
    await source.backUp(file, NOW);
    const backup = await openBackup(file);
    const before = { target: { start: join(folder, 'before') }, nowMs: NOW };
    const [, first, , second] = await Promise.all([
      target.change(({ devices }) => devices.create('901')),
      target.restore(backup, true, undefined, before),
      target.change(({ devices }) => devices.create('902')),
      target.restore(backup, true, undefined, before),
    ]);
    expect([first.before?.path, second.before?.path]).toEqual(
      ['before', 'before-2'].map((name) => join(folder, `${name}.poise-backup`)),
    );
    const devices = (path: string) =>
      [
        ...gunzipSync(readFileSync(path))
          .toString()
          .matchAll(/^\["device",.*"(90\d)"/gm),
      ].map(([, is]) => is);
    expect(devices(first.before!.path)).toEqual(['901']);
    expect(devices(second.before!.path)).toEqual(['902']);
    expect(readdirSync(folder).filter((name) => name.endsWith('.unfinished'))).toEqual([]);
  });

  test('beside a running server leaves alone what that holds in memory', async () => {
    const [source, target] = [await open(from), await open(to)];
    await fill(source);
    await target.change(async (all) => {
      await all.presences.save([{ loginId: 'here', watched: '{}' }]);
      await all.facts.set('secret', 'kept');
    });
    await source.backUp(file, NOW);
    await target.restore(await openBackup(file), true);
    expect(target.directory.current.teams()).toEqual(source.directory.current.teams());
    expect(await target.repositories.presences.all()).toEqual([{ loginId: 'here', watched: '{}' }]);
    expect(await target.repositories.facts.get('secret')).toBe('kept');
    expect(await target.repositories.teamMessages.all(Date.now)).toEqual([]);
  });
});

describe('from the backup of what was there to its end a restore lets nobody write', () => {
  test('in SQLite', async () => {
    const target = await open('SQLite');
    await fill(target);
    await target.backUp(file, NOW);
    const other = openDatabase(target.place);
    other.exec('PRAGMA busy_timeout = 0');
    onTestFinished(() => other.close());
    const before = { target: { start: join(folder, 'before') }, nowMs: NOW };
    const witness = vi.fn(async () => {
      expect(existsSync(join(folder, 'before.poise-backup'))).toBe(true);
      expect(() => other.exec("insert into fact (name, value) values ('theirs', '1')")).toThrow(/locked/);
    });
    await target.restore(await openBackup(file), true, witness, before);
    expect(witness).toHaveBeenCalledOnce();
  });

  test('in PostgreSQL', async ({ skip }) => {
    if (missing !== undefined) return skip(missing);
    const url = await (await postgresCluster()).database();
    const [target, other] = [
      await Store.open({ postgres: { url } }),
      await Store.open({ postgres: { url } }),
    ];
    opened.push(target, other);
    await fill(target);
    await target.backUp(file, NOW);
    const before = { target: { start: join(folder, 'before') }, nowMs: NOW };
    const written = vi.fn();
    let writing: Promise<unknown> | undefined;
    const witness = vi.fn(async () => {
      writing = other.change(({ devices }) => devices.create('999')).then(written);
      // Time enough for a write that nothing holds up.
      for (let question = 0; question < 50; question++) await target.repositories.facts.get('x');
      expect(written).not.toHaveBeenCalled();
    });
    await target.restore(await openBackup(file), true, witness, before);
    expect(witness).toHaveBeenCalledOnce();
    await writing;
    expect(written).toHaveBeenCalledOnce();
  });
});

test('names every table of the database but the one that tells what it is', async () => {
  const store = await open('SQLite');
  const { head } = await store.backUp(file, NOW).then(() => openBackup(file));
  const db = new Kysely<Schema>({ dialect: sqliteDialect(openDatabase(store.place)) });
  const known = [...(await tablesOf(db, 'sqlite')).keys()].filter((name) => name !== FORMAT_TABLE);
  expect(Object.keys(head.tables).sort()).toEqual(known.sort());
  await db.destroy();
});

test('keeps ids and counted numbers that were given here after the backup was made', async () => {
  const store = await open('SQLite');
  await store.backUp(file, NOW);
  const create = () =>
    store.change(({ wrapUpReasons }) => wrapUpReasons.create({ label: 'x', forAll: true, teamIds: [] }));
  const id = await create();
  await store.reserveNumbers('calls.ids', 10_000);
  await store.restore(await openBackup(file), false);
  expect(await create()).toBe(id + 1);
  expect(await store.reserveNumbers('calls.ids', 1)).toBe(10_000);
});

describe.each(['SQLite', 'PostgreSQL'] as const)('what was changed stays written down in %s', (kind) => {
  beforeEach(({ skip }) => {
    if (missing !== undefined && kind === 'PostgreSQL') skip(missing);
  });
  const note = (store: Store, at: number, objectId: string) =>
    store.change(({ audit }) =>
      audit.add([
        {
          at,
          who: 'admin',
          address: '',
          client: 'rest',
          method: 'PUT',
          path: '',
          resource: 'teams',
          objectId,
          before: null,
          after: null,
        },
      ]),
    );
  const noted = async (store: Store) =>
    (await store.repositories.audit.find({ offset: 0, limit: 10 })).rows.map(({ objectId }) => objectId);

  test.each([true, false])('also what a restore undid; beside a running server: %s', async (keepLive) => {
    const store = await open(kind);
    await note(store, 1, 'before');
    await store.backUp(file, NOW);
    await note(store, 2, 'after');
    await store.change(({ teams }) =>
      teams.create({
        name: 'Undone',
        wrapUpOnIncoming: 'OPTIONAL',
        wrapUpOnOutgoing: 'OPTIONAL',
        wrapUpTimerSeconds: 1,
      }),
    );
    const summary = await openBackup(file);
    await store.restore(
      summary,
      keepLive,
      auditingRestore(summary, () => 3),
    );
    const { rows } = await store.repositories.audit.find({ offset: 0, limit: 10 });
    expect(rows.map(({ objectId, resource }) => `${resource} ${objectId}`)).toEqual([
      'backup a.poise-backup',
      `teams ${rows[1]!.objectId}`,
      'teams after',
      'teams before',
    ]);
    expect(rows[0]).toMatchObject({ at: 3, who: '', client: 'cli', method: 'restore', before: null });
    expect(JSON.parse(rows[0]!.after!)).toEqual({ path: file, made: '2026-11-20T19:30:00.000Z' });
    expect([rows[1]!.method, JSON.parse(rows[1]!.before!).name, rows[1]!.after]).toEqual([
      'restore',
      'Undone',
      null,
    ]);
  });

  test('and what a backup knows from the time before comes before it', async () => {
    const [source, target] = [await open(kind), await open(kind)];
    for (const [at, id] of ['a', 'b', 'c'].entries()) await note(source, at + 1, id);
    await source.backUp(file, NOW);
    await note(target, 3, 'x');
    await note(target, 4, 'y');
    await target.restore(await openBackup(file), false);
    expect(await noted(target)).toEqual(['y', 'x', 'b', 'a']);
    await note(target, 5, 'z');
    expect(await noted(target)).toEqual(['z', 'y', 'x', 'b', 'a']);
  });
});

test('of an older format is brought up to date', async () => {
  const old = join(folder, 'old');
  const place = inspectDataDirectory(old, 3);
  const db = new Kysely<Schema>({ dialect: sqliteDialect(openDatabase(place.databasePath)) });
  await migrate(place, db, 'sqlite', MIGRATION_STEPS.slice(0, 3));
  await db.insertInto('skill_group').values({ number: 1, id: 1, name: 'Sales' }).execute();
  await db
    .insertInto('dialled_number')
    .values({ number: '6001', skill_group_number: 1 } as never)
    .execute();
  await db.transaction().execute((transaction) => writeBackup(file, transaction, 'sqlite', 3, NOW));
  await db.destroy();
  const target = await open('SQLite');
  await target.restore(await openBackup(file), false);
  expect(target.directory.current.dialledNumbers()).toEqual([
    { number: '6001', skillGroupNumber: 1, priority: 5 },
  ]);
  expect(target.directory.current.mediaPropertiesLayouts().map(({ name }) => name)).toEqual([
    'Default Layout',
  ]);
});

describe('a name that nothing has', () => {
  const START = 'backup-2026-11-20T19-30-00Z';
  const made = (name: string): string => {
    const path = join(folder, name);
    writeFileSync(path, name);
    return path;
  };
  const names = () => readdirSync(folder).sort();

  test('is the wanted one, or the next with a number; nothing loses its place', () => {
    const start = join(folder, START);
    const given = ['a', 'b', 'c'].map((name) => nameFreely(made(name), start));
    expect(given).toEqual(['', '-2', '-3'].map((number) => `${start}${number}.poise-backup`));
    expect(given.map((path) => readFileSync(path, 'utf8'))).toEqual(['a', 'b', 'c']);
    expect(names()).toHaveLength(3);
  });

  test('is found where somebody else takes it at the last moment', () => {
    const start = join(folder, START);
    const late = (from: PathLike, to: PathLike): void => {
      if (String(to) === `${start}.poise-backup`) writeFileSync(to, 'theirs', { flag: 'a' });
      linkSync(from, to);
    };
    expect(nameFreely(made('ours'), start, late)).toBe(`${start}-2.poise-backup`);
    expect(readFileSync(`${start}.poise-backup`, 'utf8')).toBe('theirs');
  });

  test('is found where the file system has no second names', () => {
    const start = join(folder, START);
    const refuses = (): never => {
      throw Object.assign(new Error('no links'), { code: 'ENOTSUP' });
    };
    const given = ['a', 'b'].map((name) => nameFreely(made(name), start, refuses));
    expect(given.map((path) => readFileSync(path, 'utf8'))).toEqual(['a', 'b']);
    expect(names()).toHaveLength(2);
  });

  test('is each one’s own of two stores that back up at once', async () => {
    const stores = [await open('SQLite'), await open('SQLite')];
    const target = { start: join(folder, START) };
    const done = await Promise.all(stores.map((store) => store.backUp(target, NOW)));
    expect(new Set(done.map(({ path }) => path)).size).toBe(2);
    for (const { path } of done) expect(await openBackup(path)).toBeDefined();
  });
});

test('is one state of the database, whoever writes meanwhile, and is the owner’s alone', async () => {
  const store = await open('SQLite');
  await fill(store);
  const before = await rowsOf(store);
  const [, other] = await Promise.all([
    store.backUp(file, NOW),
    store.change(({ devices }) => devices.create('999')),
  ]);
  expect(other).toBeUndefined();
  expect(gunzipSync(readFileSync(file)).toString().trim().split('\n').slice(1, -1)).toEqual(before);
  if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder).filter((name) => name.endsWith('.unfinished'))).toEqual([]);
});

describe('a file that cannot be restored', () => {
  const refusal = () =>
    openBackup(file).then(
      () => 'accepted',
      (error: Error) => error.message,
    );
  async function lines(change: (all: string[]) => string[]): Promise<void> {
    const store = await open('SQLite');
    await fill(store);
    await store.backUp(file, NOW);
    const all = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n');
    writeFileSync(file, gzipSync(`${change(all).join('\n')}\n`));
  }
  const damaged = () => `The backup ${file} is damaged or not complete. Nothing was restored.`;

  test.each<[string, (all: string[]) => string[]]>([
    ['a changed value', (all) => all.map((line) => line.replace('Minnies_Team', 'Mickeys_Team'))],
    ['a missing row', (all) => all.filter((_, at) => at !== 5)],
    ['a row twice', (all) => [...all.slice(0, 5), ...all.slice(4)]],
    ['no end', (all) => all.slice(0, -1)],
    ['something after the end', (all) => [...all, all[1]!]],
    ['a changed head', (all) => [all[0]!.replace('2026', '2025'), ...all.slice(1)]],
    ['a table of another program', (all) => [all[0]!.replace('"team"', '"sqlite_master"'), ...all.slice(1)]],
    ['a column that is SQL', (all) => [all[0]!.replace('"login_id"', '"login_id)--"'), ...all.slice(1)]],
  ])('because it has %s', async (_what, change) => {
    await lines(change);
    expect(await refusal()).toBe(damaged());
  });

  test('because it is cut off, at any place', async () => {
    await lines((all) => all);
    const whole = readFileSync(file);
    for (const part of [0.1, 0.5, 0.9, 0.999]) {
      writeFileSync(file, whole.subarray(0, Math.floor(whole.length * part)));
      expect(await refusal()).toBe(damaged());
    }
  });

  test.each(['', 'this is no backup', '{"poise":"backup"}\n'])(
    'because it is no backup: %j',
    async (text) => {
      writeFileSync(file, text);
      expect(await refusal()).toBe(`The file ${file} is no backup of Poise.`);
      writeFileSync(file, gzipSync(text));
      expect(await refusal()).toBe(`The file ${file} is no backup of Poise.`);
    },
  );

  test('because it is newer', async () => {
    await lines(([head, ...rows]) => [head!.replace(`"format":${DATA_FORMAT}`, '"format":99'), ...rows]);
    expect(await refusal()).toContain(
      `has the format 99, but this version of Poise knows only formats up to ${DATA_FORMAT}`,
    );
  });

  test('because it is not there', async () => {
    expect(await refusal()).toBe(`Cannot read the backup ${file}: ENOENT.`);
  });
});

test.each(['SQLite', 'PostgreSQL'] as const)(
  'what %s refuses in the middle leaves everything as it was',
  async (kind) => {
    if (kind === 'PostgreSQL' && missing !== undefined) return;
    const store = await open(kind);
    await fill(store);
    const before = await rowsOf(store);
    const users = store.directory.current.users();
    const source = await open('SQLite');
    await fill(source);
    await source.backUp(file, NOW);
    const checked = await openBackup(file);
    // Damaged after it was checked: the second reading finds it, with most rows written already.
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, bytes.length - 40));
    await expect(store.restore(checked, false)).rejects.toThrow('damaged');
    expect(await rowsOf(store)).toEqual(before);
    expect(store.directory.current.users()).toEqual(users);
  },
);

test('a place that cannot be written is named, and nothing is left there', async () => {
  const store = await open('SQLite');
  writeFileSync(join(folder, 'file'), '');
  const path = join(folder, 'file', 'x.poise-backup');
  await expect(store.backUp(path, NOW)).rejects.toThrow(`Cannot write the backup ${path}: `);
  expect(existsSync(path)).toBe(false);
});
