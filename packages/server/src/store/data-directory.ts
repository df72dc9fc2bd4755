/**
 * The data directory and the version of its layout (file `format`): a newer one is refused, an older one
 * migrated after a backup.
 */
import {
  chmodSync,
  closeSync,
  cpSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Kysely, Migrator } from 'kysely';
import { makeDirectories } from '../directories/make-directories.ts';
import { PlainError, phrase } from '../messages/catalogue.ts';
import { type Engine, MIGRATION_STEPS, type MigrationStep, migrationProvider } from './migrations.ts';
import type { Schema } from './schema.ts';
import type { Database } from './sqlite.ts';

const FORMAT_FILE = 'format';
export const DATABASE_FILE = 'poise.sqlite';
/** What a backup holds beside the database, if it is there. */
const BACKUP_ALSO = [FORMAT_FILE, 'poise.yaml', 'certs'];

export interface DataDirectory {
  readonly path: string;
  readonly databasePath: string;
  /** Format found; null in a new directory. */
  readonly format: number | null;
}

/** Makes the directory if needed and looks at its format. @throws PlainError when it is newer or none of ours */
export function inspectDataDirectory(path: string, known = MIGRATION_STEPS.length): DataDirectory {
  try {
    makeDirectories(path, 0o700);
  } catch (error) {
    throw cannotOpen(path, error);
  }
  const databasePath = join(path, DATABASE_FILE);
  const formatPath = join(path, FORMAT_FILE);
  let text: string;
  try {
    text = readFileSync(formatPath, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { path, databasePath, format: null };
    throw cannotOpen(path, error);
  }
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new PlainError(phrase('store.notData', { path: formatPath }));
  const format = Number(text);
  if (format > known) throw newer('sqlite', path, format, known);
  return { path, databasePath, format };
}

export const cannotOpen = (path: string, error: unknown): PlainError =>
  new PlainError(phrase('store.cannotOpen', { path, reason: reasonOf(error) }), { cause: error });

const reasonOf = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined || code === 'ERR_SQLITE_ERROR' ? message : code;
};

/** Writes a small file so that after a crash either the old or the new text is there. */
export function writeDurably(path: string, text: string, mode = 0o600): void {
  const temporary = `${path}.${process.pid}.new`;
  const file = openSync(temporary, 'w', mode);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
}

/** A name that sorts by time and is allowed on every system: `20261120T193000Z-format-1`. */
const backupName = (nowMs: number, format: number): string => `${timeStamp(nowMs)}-format-${format}`;

export const timeStamp = (nowMs: number): string => new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, '');

/**
 * Copies database, format, settings file and certificates into `backup/`. The copy of the database is
 * consistent, and the backup appears under its name only when it is whole.
 *
 * @param copyDatabase puts a consistent copy of the database into a directory
 * @returns its path
 * @throws PlainError when there is no room for it, or it may not be written; nothing of it is left then
 */
export async function backUp(
  directory: Pick<DataDirectory, 'path' | 'format'>,
  copyDatabase: (into: string) => Promise<void> | void,
  nowMs: number,
): Promise<string> {
  const root = join(directory.path, 'backup');
  let path = join(root, backupName(nowMs, directory.format ?? 0));
  for (let n = 2; existsSync(path); n++)
    path = join(root, `${backupName(nowMs, directory.format ?? 0)}-${n}`);
  const unfinished = `${path}.unfinished`;
  try {
    makeDirectories(root, 0o700);
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { mode: 0o700 });
    await copyDatabase(unfinished);
    for (const name of BACKUP_ALSO) {
      const from = join(directory.path, name);
      if (existsSync(from))
        cpSync(from, join(unfinished, name), { recursive: true, preserveTimestamps: true });
    }
    renameSync(unfinished, path);
  } catch (error) {
    removeRest(unfinished);
    throw error instanceof PlainError
      ? error
      : new PlainError(phrase('store.backupFailed', { path, reason: reasonOf(error) }), { cause: error });
  }
  return path;
}

/** It would take the room of the next attempt. */
function removeRest(unfinished: string): void {
  try {
    rmSync(unfinished, { recursive: true, force: true });
  } catch {
    // The failure itself is told; the next backup of this second removes it.
  }
}

/** A consistent copy of an SQLite database. */
export const copySqlite =
  (database: Database) =>
  (into: string): void => {
    const path = join(into, DATABASE_FILE);
    database.prepare('VACUUM INTO ?').run(path);
    chmodSync(path, 0o600);
  };

/** Runs the missing steps, all in one transaction, and notes the format. */
export async function migrate(
  directory: Pick<DataDirectory, 'path'>,
  db: Kysely<Schema>,
  engine: Engine,
  steps: readonly MigrationStep[] = MIGRATION_STEPS,
): Promise<void> {
  await migrateDatabase(directory.path, db, engine, steps);
  writeDurably(join(directory.path, FORMAT_FILE), `${steps.length}\n`);
}

/** @param place for people */
export async function migrateDatabase(
  place: string,
  db: Kysely<Schema>,
  engine: Engine,
  steps: readonly MigrationStep[] = MIGRATION_STEPS,
): Promise<void> {
  const migrator = new Migrator({ db, provider: migrationProvider(engine, steps) });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const message = error instanceof Error ? error.message : String(error);
  // The format file was lost, but the database remembers a step that we do not know.
  const unknown = /previously executed migration (\d+) is missing/.exec(message);
  if (unknown !== null) throw newer(engine, place, Number(unknown[1]), steps.length);
  throw cannotOpen(place, error);
}

/** @param place path of the data directory, or host and database of PostgreSQL */
export const newer = (engine: Engine, place: string, found: number, known: number): PlainError =>
  new PlainError(
    engine === 'sqlite'
      ? phrase('store.newer', { path: place, found, known })
      : phrase('store.newerDatabase', { place, found, known }),
  );
