/**
 * Backups in a form of our own that is the same for all databases: lines of JSON, compressed. The first line says what it is
 * and names tables and columns, then comes one line for each row, the last one has their number and a checksum.
 */
import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  createWriteStream,
  existsSync,
  fsyncSync,
  linkSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { Kysely, sql, type Transaction } from 'kysely';
import { makeDirectories } from '../directories/make-directories.ts';
import { PlainError, phrase } from '../messages/catalogue.ts';
import { type Engine, type FORMAT_TABLE, MIGRATION_STEPS, type MigrationStep } from './migrations.ts';
import { chunks, continueAfter, lastKey, tablesOf } from './repository.ts';
import type { Schema } from './schema.ts';
import { openDatabase, sqliteDialect } from './sqlite.ts';

export const BACKUP_SUFFIX = '.poise-backup';
/** Version of the form of the file; what the rows mean is the business of the data format. */
const BACKUP_VERSION = 1;
/** Rows that are read or written at once. */
const BATCH = 500;
/** Longest line; a desktop layout is the longest value. */
const LINE_MAX = 64 * 1024 * 1024;

/** All but the one that tells what the database is. */
type Table = Exclude<keyof Schema & string, typeof FORMAT_TABLE>;

interface TableTraits {
  readonly key: readonly string[];
  /** The key that the database gives. */
  readonly identity?: string;
  /** A running server holds it in memory and writes it itself. */
  readonly live?: true;
  /** A restore takes nothing away; of the backup comes back what is older than everything here. */
  readonly kept?: true;
}

/** Every table, those that others refer to first. */
const TABLES: Readonly<Record<Table, TableTraits>> = {
  fact: { key: ['name'], live: true },
  team: { key: ['id'], identity: 'id' },
  skill_group: { key: ['number'] },
  dialled_number: { key: ['number'] },
  device: { key: ['position'], identity: 'position' },
  user_account: { key: ['id'], identity: 'id' },
  user_role: { key: ['user_id', 'role'] },
  user_supervised_team: { key: ['user_id', 'team_id'] },
  user_skill_group: { key: ['user_id', 'skill_group_number'] },
  credential: { key: ['user_id'] },
  reason_code: { key: ['id'], identity: 'id' },
  reason_code_team: { key: ['reason_code_id', 'team_id'] },
  wrap_up_reason: { key: ['id'], identity: 'id' },
  wrap_up_reason_team: { key: ['wrap_up_reason_id', 'team_id'] },
  phone_book: { key: ['id'], identity: 'id' },
  phone_book_team: { key: ['phone_book_id', 'team_id'] },
  contact: { key: ['id'], identity: 'id' },
  desktop_layout: { key: ['team_id'] },
  media_properties_layout: { key: ['id'], identity: 'id' },
  workflow_action: { key: ['id'], identity: 'id' },
  workflow: { key: ['id'], identity: 'id' },
  workflow_step: { key: ['workflow_id', 'position'] },
  workflow_team: { key: ['team_id', 'workflow_id'] },
  setting: { key: ['key'] },
  team_message: { key: ['id'], live: true },
  subscription: { key: ['login_id', 'node'], live: true },
  presence: { key: ['node', 'login_id'], live: true },
  sign_out: { key: ['node', 'id'], live: true },
  shift: { key: ['node', 'login_id'], live: true },
  shift_entry: { key: ['node', 'id'], live: true },
  sign_of_life: { key: ['node'], live: true },
  // What was done stays written down, whatever state is brought back.
  audit: { key: ['serial'], identity: 'serial', kept: true },
};
const ALL_TABLES = Object.keys(TABLES) as Table[];

type Value = string | number | null;

interface TableHead {
  readonly columns: readonly string[];
  /** The last identity key that was given. */
  readonly last?: number;
}

interface Head {
  readonly poise: 'backup';
  readonly version: number;
  /** Data format of the rows. */
  readonly format: number;
  /** ISO 8601, UTC. */
  readonly made: string;
  readonly tables: Readonly<Record<string, TableHead>>;
}

export interface BackupSummary {
  readonly path: string;
  readonly format: number;
  readonly made: string;
  readonly rows: number;
}

/** A file that was read once as a whole: it is one of ours, undamaged, and not newer than this program. */
export interface BackupFile extends BackupSummary {
  readonly head: Head;
}

/** A file, which is replaced; or the beginning of a name, which is made one that nothing has yet ({@link nameFreely}). */
export type BackupTarget = string | { readonly start: string };

// ---- writing ------------------------------------------------------------------------------------

/**
 * Writes all rows that `transaction` sees; the file appears under its name when it is whole and on the disk.
 * @throws PlainError when the file cannot be written
 */
export async function writeBackup(
  target: BackupTarget,
  transaction: Transaction<Schema>,
  engine: Engine,
  format: number,
  nowMs: number,
): Promise<BackupSummary> {
  const made = new Date(nowMs).toISOString();
  const known = await tablesOf(transaction, engine);
  // A database of an older format, before its migration, lacks some.
  const present = ALL_TABLES.filter((table) => known.has(table));
  const tables: Record<string, TableHead> = {};
  for (const table of present) {
    const { identity } = TABLES[table];
    const columns = known.get(table)!;
    tables[table] =
      identity === undefined
        ? { columns }
        : { columns, last: await lastKey(transaction, engine, table, identity) };
  }
  const head: Head = { poise: 'backup', version: BACKUP_VERSION, format, made, tables };
  const hash = createHash('sha256');
  let count = 0;
  const hashed = (line: string): string => {
    hash.update(line);
    return line;
  };
  async function* lines(): AsyncIterable<string> {
    yield hashed(`${JSON.stringify(head)}\n`);
    for (const table of present) {
      const { columns } = tables[table]!;
      for await (const rows of rowsOf(transaction, engine, table, columns)) {
        count += rows.length;
        yield hashed(
          rows
            .map((row) => `${JSON.stringify([table, ...columns.map((column) => row[column] ?? null)])}\n`)
            .join(''),
        );
      }
    }
    yield `${JSON.stringify({ rows: count, sha256: hash.digest('hex') })}\n`;
  }
  let path = typeof target === 'string' ? target : `${target.start}${BACKUP_SUFFIX}`;
  const unfinished =
    typeof target === 'string'
      ? `${path}.unfinished`
      : `${path}.${randomBytes(6).toString('hex')}.unfinished`;
  try {
    makeDirectories(dirname(path), 0o700);
    rmSync(unfinished, { force: true });
    await pipeline(
      Readable.from(lines()),
      createGzip(),
      createWriteStream(unfinished, { mode: 0o600, flags: 'wx', flush: true }),
    );
    if (typeof target === 'string') renameSync(unfinished, path);
    else path = nameFreely(unfinished, target.start);
    syncDirectory(dirname(path));
  } catch (error) {
    try {
      rmSync(unfinished, { force: true });
    } catch {
      // It could not be made either.
    }
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new PlainError(phrase('backup.cannotWrite', { path, reason: reasonOf(error) }), { cause: error });
  }
  return { path, format, made, rows: count };
}

/** A file system that knows no second name of a file says so. */
const NO_LINKS: readonly (string | undefined)[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/**
 * Gives a file the first name that nothing has yet: `start`, `start-2`, `start-3` and so on, with {@link BACKUP_SUFFIX}. Of two processes within
 * the same second each gets its own: the backup that one made must not take the place of the other's, which may be the very one that is being restored.
 *
 * @param link for tests: how a file gets a second name
 * @returns the new path
 */
export function nameFreely(file: string, start: string, link = linkSync): string {
  for (let number = 1; ; number++) {
    const path = `${start}${number === 1 ? '' : `-${number}`}${BACKUP_SUFFIX}`;
    try {
      // Unlike a new name for the file itself, it takes no other's place.
      link(file, path);
      rmSync(file);
      return path;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST' || (NO_LINKS.includes(code) && existsSync(path))) continue;
      if (!NO_LINKS.includes(code)) throw error;
      renameSync(file, path);
      return path;
    }
  }
}

/** The new name is on the disk, too. */
function syncDirectory(path: string): void {
  if (process.platform === 'win32') return;
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

const reasonOf = (error: unknown): string =>
  (error as NodeJS.ErrnoException).code ?? (error as Error).message;

type Row = Readonly<Record<string, Value>>;

/** All rows of a table in batches, in the order of their key; never all of them in memory. */
async function* rowsOf(
  transaction: Transaction<Schema>,
  engine: Engine,
  table: Table,
  columns: readonly string[],
): AsyncIterable<readonly Row[]> {
  // A database of an older format, before its migration, lacks some.
  const key = TABLES[table].key.filter((column) => columns.includes(column));
  if (engine === 'postgres') {
    const order = sql.join(key.map((column) => sql.ref(column)));
    await sql`declare poise_backup no scroll cursor for select * from ${sql.table(table)} order by ${order}`.execute(
      transaction,
    );
    for (;;) {
      const { rows } = await sql<Row>`fetch ${sql.lit(BATCH)} from poise_backup`.execute(transaction);
      if (rows.length === 0) break;
      yield rows;
    }
    await sql`close poise_backup`.execute(transaction);
    return;
  }
  let rows: Row[] = [];
  const all = (transaction as unknown as Transaction<Record<string, Row>>).selectFrom(table).selectAll();
  const ordered = key.reduce((query, column) => query.orderBy(column), all);
  for await (const row of ordered.stream()) {
    if (rows.push(row) < BATCH) continue;
    yield rows;
    rows = [];
  }
  if (rows.length > 0) yield rows;
}

// ---- reading ------------------------------------------------------------------------------------

/**
 * Reads a whole backup and checks it. @param known the newest data format of this program
 * @throws PlainError when it cannot be read, is no backup, is damaged, or newer
 */
export async function openBackup(path: string, known = MIGRATION_STEPS.length): Promise<BackupFile> {
  let head: Head | undefined;
  let rows = 0;
  for await (const part of partsOf(path, known)) {
    if (part.head !== undefined) head = part.head;
    else rows += 1;
  }
  const { format, made } = head!;
  return { path, format, made, rows, head: head! };
}

interface Part {
  readonly head?: Head;
  readonly table?: Table;
  readonly values?: readonly Value[];
}

/** Head and rows; ends without an error only when everything is there as it was written. */
async function* partsOf(path: string, known: number): AsyncIterable<Part> {
  const damaged = (cause?: unknown): PlainError =>
    new PlainError(phrase('backup.damaged', { path }), { cause });
  const hash = createHash('sha256');
  let head: Head | undefined;
  let count = 0;
  let whole = false;
  for await (const line of linesOf(path, damaged)) {
    if (whole) throw damaged();
    const value = parsed(line);
    if (head === undefined) {
      head = readHead(value, path, known);
      hash.update(`${line}\n`);
      yield { head };
    } else if (Array.isArray(value)) {
      hash.update(`${line}\n`);
      count += 1;
      const [table, ...values] = value as [Table, ...Value[]];
      if (!Object.hasOwn(head.tables, table) || values.length !== head.tables[table]!.columns.length)
        throw damaged();
      yield { table, values };
    } else {
      const end = value as { rows?: unknown; sha256?: unknown } | undefined;
      if (end?.rows !== count || end.sha256 !== hash.digest('hex')) throw damaged();
      whole = true;
    }
  }
  if (head === undefined) throw new PlainError(phrase('backup.none', { path }));
  if (!whole) throw damaged();
}

function readHead(value: unknown, path: string, known: number): Head {
  const head = value as Partial<Head> | undefined;
  if (head?.poise !== 'backup' || typeof head.version !== 'number' || typeof head.format !== 'number')
    throw new PlainError(phrase('backup.none', { path }));
  if (head.version > BACKUP_VERSION || head.format > known)
    throw new PlainError(phrase('backup.newer', { path, found: head.format, known }));
  const valid = Object.entries(head.tables ?? {}).every(
    ([table, { columns }]) =>
      Object.hasOwn(TABLES, table) &&
      Array.isArray(columns) &&
      columns.every((column) => /^[a-z0-9_]+$/.test(String(column))),
  );
  if (!valid || head.format < 1) throw new PlainError(phrase('backup.damaged', { path }));
  return head as Head;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Lines of a compressed file. */
async function* linesOf(path: string, damaged: (cause: unknown) => PlainError): AsyncIterable<string> {
  const file = createReadStream(path);
  const text = createGunzip();
  const copied = pipeline(file, text).catch((error: unknown) => {
    text.destroy(error as Error);
  });
  text.setEncoding('utf8');
  let rest = '';
  try {
    for await (const chunk of text) {
      const lines = (rest + (chunk as string)).split('\n');
      rest = lines.pop()!;
      if (rest.length > LINE_MAX) throw damaged(undefined);
      yield* lines;
    }
    await copied;
  } catch (error) {
    if (error instanceof PlainError) throw error;
    const { code = '' } = error as NodeJS.ErrnoException;
    // What is not compressed at all was never a backup.
    if (file.bytesRead === 0 ? code === 'Z_BUF_ERROR' : /incorrect header/.test(String(error)))
      throw new PlainError(phrase('backup.none', { path }), { cause: error });
    if (code.startsWith('Z_')) throw damaged(error);
    throw new PlainError(phrase('backup.cannotRead', { path, reason: reasonOf(error) }), { cause: error });
  } finally {
    file.destroy();
    text.destroy();
  }
  if (rest !== '') yield rest;
}

// ---- restoring ----------------------------------------------------------------------------------

/** What a restore takes away and puts back. */
const replacedTables = (keepLive: boolean): readonly Table[] =>
  ALL_TABLES.filter((table) => TABLES[table].kept !== true && !(keepLive && TABLES[table].live === true));

/**
 * Nobody else writes what a restore replaces until its transaction ends: else what is written between the backup of what was there and its end would
 * be lost, or stand beside what was restored. With SQLite every transaction that writes is alone.
 */
export async function holdForRestore(
  transaction: Transaction<Schema>,
  engine: Engine,
  keepLive: boolean,
): Promise<void> {
  if (engine === 'sqlite') return;
  const tables = sql.join([...replacedTables(keepLive), 'audit'].map((table) => sql.table(table)));
  await sql`lock table ${tables} in share row exclusive mode`.execute(transaction);
}

/**
 * Replaces what the database holds with the rows of a backup. Identity keys that were given, there or here, are not given
 * again; of numbers that are counted in facts, the higher one stays.
 *
 * @param keepLive see {@link TableTraits.live}
 */
export async function restoreInto(
  transaction: Transaction<Schema>,
  engine: Engine,
  file: BackupFile,
  keepLive: boolean,
  steps: readonly MigrationStep[] = MIGRATION_STEPS,
): Promise<BackupSummary> {
  if (file.format === steps.length) {
    const head = file.head;
    const rows = await replaceRows(transaction, engine, head, rowsInFile(file, steps.length), keepLive);
    return { path: file.path, format: file.format, made: file.made, rows };
  }
  return withMigrated(file, steps, async (head, batches) => {
    const rows = await replaceRows(transaction, engine, head, batches, keepLive);
    return { path: file.path, format: file.format, made: file.made, rows };
  });
}

interface Batch {
  readonly table: Table;
  readonly rows: readonly Row[];
}

async function* rowsInFile({ path, head }: BackupFile, known: number): AsyncIterable<Batch> {
  let table: Table | undefined;
  let rows: Row[] = [];
  for await (const part of partsOf(path, known)) {
    if (part.table === undefined) continue;
    if (part.table !== table || rows.length === BATCH) {
      if (table !== undefined && rows.length > 0) yield { table, rows };
      table = part.table;
      rows = [];
    }
    const { columns } = head.tables[part.table]!;
    rows.push(Object.fromEntries(columns.map((column, at) => [column, part.values![at]!])));
  }
  if (table !== undefined && rows.length > 0) yield { table, rows };
}

async function replaceRows(
  transaction: Transaction<Schema>,
  engine: Engine,
  head: Head,
  batches: AsyncIterable<Batch>,
  keepLive: boolean,
): Promise<number> {
  const db = transaction as unknown as Transaction<Record<string, Row>>;
  const replaced = replacedTables(keepLive);
  const recorded = await oldestRecord(transaction);
  let hasOlder = false;
  const facts = new Map(
    keepLive
      ? []
      : (await transaction.selectFrom('fact').selectAll().execute()).map(({ name, value }) => [name, value]),
  );
  for (const table of [...replaced].reverse()) await db.deleteFrom(table).execute();
  let count = 0;
  for await (const { table, rows } of batches) {
    if (table !== 'audit' && !replaced.includes(table)) continue;
    const wanted = table === 'audit' ? rows.filter(({ at_ms }) => Number(at_ms) < recorded) : rows;
    if (wanted.length === 0) continue;
    if (table === 'audit' && !hasOlder) {
      hasOlder = true;
      await moveRecords(transaction, head.tables.audit?.last ?? 0);
    }
    for (const some of chunks(wanted, BATCH)) await db.insertInto(table).values(some).execute();
    count += wanted.length;
  }
  for (const table of hasOlder ? [...replaced, 'audit' as const] : replaced) {
    const { identity } = TABLES[table];
    if (identity === undefined) continue;
    const least = head.tables[table]?.last ?? 0;
    if (engine === 'postgres') await continueAfter(transaction, table, identity, least);
    else if (least > (await lastKey(transaction, engine, table, identity))) {
      await sql`delete from sqlite_sequence where name = ${table}`.execute(transaction);
      await sql`insert into sqlite_sequence (name, seq) values (${table}, ${least})`.execute(transaction);
    }
  }
  for (const [name, value] of facts) {
    const restored = await transaction
      .selectFrom('fact')
      .select('value')
      .where('name', '=', name)
      .executeTakeFirst();
    if (!/^\d{1,15}$/.test(value) || (restored !== undefined && Number(restored.value) >= Number(value)))
      continue;
    await transaction
      .insertInto('fact')
      .values({ name, value })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
      .execute();
  }
  return count;
}

/** Wall ms of the first change that is written down here; infinite: none is. */
async function oldestRecord(transaction: Transaction<Schema>): Promise<number> {
  const row = await transaction
    .selectFrom('audit')
    .select(({ fn }) => fn.min('at_ms').as('first'))
    .executeTakeFirst();
  return row?.first == null ? Number.POSITIVE_INFINITY : Number(row.first);
}

/** What is written down here comes after what a backup brings: its serials go on after `last`. */
async function moveRecords(transaction: Transaction<Schema>, last: number): Promise<void> {
  // In two steps, so that no serial is there twice at any moment.
  await sql`update audit set serial = -serial`.execute(transaction);
  await sql`update audit set serial = ${last} - serial`.execute(transaction);
}

/** Brings a backup of an older format up to date, in a database of its own. */
async function withMigrated<T>(
  file: BackupFile,
  steps: readonly MigrationStep[],
  work: (head: Head, batches: AsyncIterable<Batch>) => Promise<T>,
): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'poise-restore-'));
  const db = new Kysely<Schema>({ dialect: sqliteDialect(openDatabase(join(directory, 'old.sqlite'))) });
  try {
    const untyped = db as unknown as Kysely<unknown>;
    return await db.transaction().execute(async (transaction) => {
      for (const step of steps.slice(0, file.format))
        await step(transaction as unknown as typeof untyped, 'sqlite');
      const old = transaction as unknown as Transaction<Record<string, Row>>;
      const present = await tablesOf(transaction, 'sqlite');
      const tables = ALL_TABLES.filter((table) => present.has(table));
      for (const table of [...tables].reverse()) await old.deleteFrom(table).execute();
      for await (const { table, rows } of rowsInFile(file, steps.length))
        await old.insertInto(table).values(rows).execute();
      for (const step of steps.slice(file.format))
        await step(transaction as unknown as typeof untyped, 'sqlite');
      async function* batches(): AsyncIterable<Batch> {
        const known = await tablesOf(transaction, 'sqlite');
        for (const table of ALL_TABLES)
          for await (const rows of rowsOf(transaction, 'sqlite', table, known.get(table)!))
            yield { table, rows };
      }
      return work(file.head, batches());
    });
  } finally {
    await db.destroy();
    rmSync(directory, { recursive: true, force: true });
  }
}
