import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '@poise/clock';
import { Kysely } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { backUp, inspectDataDirectory, migrate } from './data-directory.ts';
import { DATA_FORMAT, MIGRATION_STEPS, type MigrationStep } from './migrations.ts';
import type { Schema } from './schema.ts';
import { openDatabase, sqliteDialect } from './sqlite.ts';
import { Store } from './store.ts';

let path: string;
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'poise-store-')), 'data');
});
afterEach(() => rmSync(join(path, '..'), { recursive: true, force: true }));

const NOW = Date.UTC(2026, 10, 20, 19, 30);
const addColour: MigrationStep = async (db) => {
  await db.schema.alterTable('team').addColumn('colour', 'text').execute();
};
const file = (name: string): string => join(path, name);

async function withStore<T>(work: (store: Store) => Promise<T>, steps = MIGRATION_STEPS): Promise<T> {
  const store = await Store.open({ path, steps, now: () => NOW });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** A data directory as an older release left it. */
async function makeFormat(format: number): Promise<void> {
  const place = inspectDataDirectory(path, format);
  const db = new Kysely<Schema>({ dialect: sqliteDialect(openDatabase(place.databasePath)) });
  await migrate(place, db, 'sqlite', MIGRATION_STEPS.slice(0, format));
  await db.destroy();
}

const addPhone = (extension: string) =>
  withStore((store) => store.change(({ devices }) => devices.create(extension)));
const phones = () => withStore((store) => Promise.resolve(store.directory.current.devices()));

describe('a new data directory', () => {
  test('gets a format, and its files are the owner’s alone', async () => {
    await addPhone('1000');
    expect(readFileSync(file('format'), 'utf8')).toBe(`${DATA_FORMAT}\n`);
    if (process.platform !== 'win32') {
      expect(statSync(path).mode & 0o777).toBe(0o700);
      for (const name of readdirSync(path))
        expect([name, statSync(file(name)).mode & 0o777]).toEqual([name, 0o600]);
    }
    expect(readdirSync(path).filter((name) => name.endsWith('.new'))).toEqual([]);
  });

  test('is whole in one file when it is closed', async () => {
    await addPhone('1000');
    expect(readFileSync(file('poise.sqlite')).includes('1000')).toBe(true);
    expect(readdirSync(path).toSorted()).toEqual(['format', 'poise.sqlite']);
  });

  test('keeps its log as long as somebody else has it open, and nobody waits for that', async () => {
    const shortest = async (...extensions: string[]) => {
      const times: number[] = [];
      for (const extension of extensions) {
        const from = performance.now();
        await addPhone(extension);
        times.push(performance.now() - from);
      }
      return Math.min(...times);
    };
    // What it takes on this machine, as busy as it is.
    const alone = await shortest('1000', '1001', '1002');
    const server = await Store.open({ path });
    // SQLite would wait for 5 s, each time.
    expect(await shortest('1003', '1004', '1005')).toBeLessThan(4_000 + 5 * alone);
    await server.change(({ devices }) => devices.create('1006'));
    await server.close();
    expect(await phones()).toEqual(['1000', '1001', '1002', '1003', '1004', '1005', '1006']);
  });

  test('keeps what was written when it is opened again', async () => {
    await addPhone('1000');
    await addPhone('1001');
    expect(await phones()).toEqual(['1000', '1001']);
  });
});

describe('an older format', () => {
  beforeEach(async () => {
    await addPhone('1000');
    writeFileSync(file('poise.yaml'), 'domain: a.example\n');
  });

  test('is migrated after a backup that can be opened by itself', async () => {
    const backups: unknown[] = [];
    const steps = [...MIGRATION_STEPS, addColour];
    const store = await Store.open({
      path,
      steps,
      now: () => NOW,
      onBackup: (backup) => backups.push(backup),
    });
    expect(store.directory.current.devices()).toEqual(['1000']);
    await store.close();
    const backup = join(path, 'backup', `20261120T193000Z-format-${DATA_FORMAT}`);
    expect(backups).toEqual([{ path: backup, from: DATA_FORMAT, to: DATA_FORMAT + 1 }]);
    expect(readFileSync(file('format'), 'utf8')).toBe(`${DATA_FORMAT + 1}\n`);
    expect(readdirSync(backup).sort()).toEqual(['format', 'poise.sqlite', 'poise.yaml']);
    expect(statSync(join(backup, 'poise.sqlite')).mode & 0o077).toBe(0);
    path = backup;
    expect(await phones()).toEqual(['1000']);
  });

  test('without priorities gets the usual one for each dialled number, and takes no other than 1 to 10 from any hand', async () => {
    rmSync(path, { recursive: true });
    await makeFormat(3);
    const sql = (text: string): void => {
      const database = openDatabase(file('poise.sqlite'));
      try {
        database.exec(text);
      } finally {
        database.close();
      }
    };
    sql("INSERT INTO skill_group (number, id, name) VALUES (1, 1, 'Sales')");
    sql("INSERT INTO dialled_number (number, skill_group_number) VALUES ('6001', 1), ('6002', 1)");
    const priorities = () =>
      withStore(async ({ directory }) =>
        directory.current.dialledNumbers().map(({ number, priority }) => [number, priority]),
      );
    expect(await priorities()).toEqual([
      ['6001', 5],
      ['6002', 5],
    ]);
    expect(readdirSync(file('backup'))).toEqual(['20261120T193000Z-format-3']);
    sql("UPDATE dialled_number SET priority = 10 WHERE number = '6002'");
    sql("INSERT INTO dialled_number (number, skill_group_number) VALUES ('6003', 1)");
    for (const value of ['0', '11', '2.5', "'high'", 'NULL'])
      expect(() => sql(`UPDATE dialled_number SET priority = ${value}`)).toThrow('constraint failed');
    expect(await priorities()).toEqual([
      ['6001', 5],
      ['6002', 10],
      ['6003', 5],
    ]);
  });

  test('without layouts gets one for call variables, and no desktop layout of its own', async () => {
    rmSync(path, { recursive: true });
    await makeFormat(5);
    const layouts = () =>
      withStore(async ({ directory }) => [
        directory.current.mediaPropertiesLayouts().map(({ name, isDefault }) => [name, isDefault]),
        directory.current.desktopLayout(null),
      ]);
    expect(await layouts()).toEqual([[['Default Layout', true]], undefined]);
    expect(readdirSync(file('backup'))).toEqual(['20261120T193000Z-format-5']);
  });

  test('stays as it was when a step fails, and can be migrated later', async () => {
    const broken: MigrationStep = async (db) => {
      await addColour(db, 'sqlite');
      throw new Error('disk full');
    };
    const told: unknown[] = [];
    const onBackup = (backup: unknown) => told.push(backup);
    await expect(
      Store.open({ path, steps: [...MIGRATION_STEPS, broken], now: () => NOW, onBackup }),
    ).rejects.toThrow(`Cannot open the data directory ${path}: disk full.`);
    // Nobody is told that they were migrated.
    expect(told).toEqual([]);
    expect(readFileSync(file('format'), 'utf8')).toBe(`${DATA_FORMAT}\n`);
    expect(await phones()).toEqual(['1000']);
    await withStore(() => Promise.resolve(), [...MIGRATION_STEPS, addColour]);
    expect(readdirSync(file('backup'))).toHaveLength(2);
  });

  test('is not touched when no backup can be made', async () => {
    writeFileSync(file('backup'), 'in the way');
    await expect(withStore(() => Promise.resolve(), [...MIGRATION_STEPS, addColour])).rejects.toThrow(
      `can be made in ${file('backup/20261120T193000Z')}-format-${DATA_FORMAT} before they are migrated: EEXIST. Nothing was changed.`,
    );
    expect(readFileSync(file('format'), 'utf8')).toBe(`${DATA_FORMAT}\n`);
    expect(await phones()).toEqual(['1000']);
  });

  test('leaves nothing of a backup for which there was no room', async () => {
    const full = (into: string): void => {
      writeFileSync(join(into, 'poise.sqlite'), 'a part');
      throw new Error('database or disk is full');
    };
    await expect(backUp({ path, format: DATA_FORMAT }, full, NOW)).rejects.toThrow(
      'database or disk is full. Nothing was changed.',
    );
    expect(readdirSync(file('backup'))).toEqual([]);
  });

  test('whose format file is lost is recognised by the database', async () => {
    rmSync(file('format'));
    expect(await phones()).toEqual(['1000']);
    expect(existsSync(file('backup'))).toBe(false);
  });
});

describe('a data directory that cannot be used', () => {
  test('because it is newer is refused in one plain sentence and not touched', async () => {
    await addPhone('1000');
    writeFileSync(file('format'), '99\n');
    const before = statSync(file('poise.sqlite')).mtimeMs;
    await expect(phones()).rejects.toThrow(
      `The data directory ${path} has the format 99, but this version of Poise knows only formats up to ${DATA_FORMAT}.`,
    );
    expect(statSync(file('poise.sqlite')).mtimeMs).toBe(before);
  });

  test('because it is newer, with the format file lost, is refused too', async () => {
    await withStore(() => Promise.resolve(), [...MIGRATION_STEPS, addColour]);
    rmSync(file('format'));
    await expect(phones()).rejects.toThrow(`has the format ${DATA_FORMAT + 1}`);
  });

  test.each(['', 'x', '-1', '1.5', '0', '99999999999'])(
    'because its format says %j is refused',
    async (text) => {
      await addPhone('1000');
      writeFileSync(file('format'), text);
      await expect(phones()).rejects.toThrow('is not a Poise data format');
    },
  );

  test('because the database is something else is named', async () => {
    await addPhone('1000');
    rmSync(file('poise.sqlite-wal'), { force: true });
    rmSync(file('poise.sqlite-shm'), { force: true });
    writeFileSync(file('poise.sqlite'), 'this is no database, but long enough to look at '.repeat(100));
    await expect(phones()).rejects.toThrow(`Cannot open the data directory ${path}: file is not a database.`);
  });

  test('because it may not be written is named', async ({ skip }) => {
    if (process.platform === 'win32') return skip('Windows has no such permissions');
    if (process.getuid?.() === 0) return skip('root may write everywhere');
    chmodSync(join(path, '..'), 0o500);
    await expect(phones()).rejects.toThrow(`Cannot open the data directory ${path}: EACCES.`);
    chmodSync(join(path, '..'), 0o700);
  });

  test('because a file stands in its place is named', async () => {
    writeFileSync(path, '');
    await expect(phones()).rejects.toThrow(`Cannot open the data directory ${path}: EEXIST.`);
  });
});

describe('durability', () => {
  test('every commit reaches the disk', () => {
    const database = openDatabase(join(path, '..', 'x.sqlite'));
    const pragma = (name: string): unknown =>
      Object.values(database.prepare(`PRAGMA ${name}`).get() as object)[0];
    expect([pragma('journal_mode'), pragma('synchronous'), pragma('foreign_keys')]).toEqual(['wal', 2, 1]);
    database.close();
  });

  test('what was confirmed survives a kill in the middle of writing, and nothing half-written does', async () => {
    await withStore(() => Promise.resolve());
    // The child writes pairs of phones in transactions, says each pair when it is durable, and is killed.
    const sqlite = import.meta.resolve('@photostructure/sqlite');
    const script = `
      import { DatabaseSync } from ${JSON.stringify(sqlite)};
      const db = new DatabaseSync(${JSON.stringify(file('poise.sqlite'))});
      db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
      const insert = db.prepare('INSERT INTO device (extension) VALUES (?)');
      for (let n = 0; ; n++) {
        db.exec('BEGIN'); insert.run('a' + n); insert.run('b' + n); db.exec('COMMIT');
        await new Promise((resolve) => process.stdout.write(n + '\\n', resolve));
      }`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk) => {
        said += chunk;
        if (said.includes('\n20\n')) child.kill('SIGKILL');
      });
      child.on('close', () => resolve());
    });
    const confirmed = said.split('\n').filter((line) => line !== '').length;
    const kept = await phones();
    expect(kept.length % 2).toBe(0);
    expect(kept.length / 2).toBeGreaterThanOrEqual(confirmed);
  });
});

test('what another process wrote is taken over, and remembered credentials with it', async () => {
  const server = await Store.open({ path });
  const forgotten: unknown[] = [];
  server.onCredentialChange((loginId) => forgotten.push(loginId));
  expect(await server.refresh()).toBe(false);
  await addPhone('1000');
  expect(server.directory.current.devices()).toEqual([]);
  expect(await server.refresh()).toBe(true);
  expect(server.directory.current.devices()).toEqual(['1000']);
  expect(forgotten).toEqual([null]);
  expect(await server.refresh()).toBe(false);
  const clock = new VirtualClock();
  server.watch(clock);
  await addPhone('1001');
  const taken = new Promise<void>((resolve) => server.directory.onChange(() => resolve()));
  clock.advance(2000);
  await taken;
  expect(server.directory.current.devices()).toEqual(['1000', '1001']);
  await server.close();
  expect(clock.pending).toBe(0);
  await server.close();
  expect(await server.refresh()).toBe(false);
});

test('what another process wants to write during a transaction of ours comes after it, and is taken over by who asks then', async () => {
  const server = await Store.open({ path });
  let end!: () => void;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  let begin!: () => void;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const transaction = server.change(async ({ facts }) => {
    await facts.get('any');
    begin();
    await ended;
  });
  await begun;
  const added = addPhone('1000');
  const taken = server.refresh();
  end();
  await transaction;
  await added;
  expect([await taken, await server.refresh()]).toContain(true);
  expect(server.directory.current.devices()).toEqual(['1000']);
  await server.close();
});
