/** How the database of a store is opened: made, migrated after a backup, or refused. Of several nodes exactly one migrates. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Kysely, sql, type Transaction } from 'kysely';
import { PlainError, phrase } from '../messages/catalogue.ts';
import type { Backend } from './backend.ts';
import { BACKUP_SUFFIX, writeBackup } from './backup.ts';
import {
  backUp,
  cannotOpen,
  copySqlite,
  inspectDataDirectory,
  migrate,
  migrateDatabase,
  newer,
} from './data-directory.ts';
import type { MigrationStep } from './migrations.ts';
import type { PostgresOptions } from './postgres.ts';
import type { Schema } from './schema.ts';
import { SqliteBackend } from './sqlite.ts';
import { reasonOf } from './store-error.ts';

export interface StoreOptions {
  /** Data directory; undefined: in memory, for tests. */
  readonly path?: string;
  /** PostgreSQL instead of a file in the data directory, in which backups are then. */
  readonly postgres?: PostgresOptions | undefined;
  /** Name of this node, for what each node writes of itself. Default `node1`. */
  readonly node?: string;
  /** Wall time, for the name of a backup. */
  readonly now?: () => number;
  /** The data had an older format: a backup was made, and they were migrated. */
  readonly onBackup?: (backup: { path: string; from: number; to: number }) => void;
  /** Another node migrates the database at this moment; it is waited for. */
  readonly onWait?: (place: string) => void;
  /** For tests: the steps of another release. */
  readonly steps?: readonly MigrationStep[];
}

/** Which store the settings name. */
export const storeOptions = (settings: {
  readonly data: string;
  readonly node: { readonly name: string };
  readonly store: { readonly url: string; readonly poolMax: number; readonly statementTimeout: number };
}): Pick<StoreOptions, 'path' | 'postgres' | 'node'> => {
  const { url, poolMax, statementTimeout: statementTimeoutMs } = settings.store;
  return {
    path: settings.data,
    node: settings.node.name,
    ...(url === '' ? {} : { postgres: { url, poolMax, statementTimeoutMs } }),
  };
};

/** Runs `work` on one state of the database. */
export function snapshotOf<T>(
  { engine, db }: Backend,
  work: (transaction: Transaction<Schema>) => Promise<T>,
): Promise<T> {
  const transaction = db.transaction().setAccessMode('read only');
  // A transaction of SQLite that only reads sees the state that it saw first.
  if (engine === 'sqlite') return transaction.execute(work);
  return transaction.setIsolationLevel('repeatable read').execute(work);
}

export async function openSqliteStore(
  options: StoreOptions,
  steps: readonly MigrationStep[],
): Promise<SqliteBackend> {
  const place = options.path === undefined ? undefined : inspectDataDirectory(options.path, steps.length);
  const isNew = place === undefined || !existsSync(place.databasePath);
  let backend: SqliteBackend;
  try {
    backend = new SqliteBackend(place?.databasePath ?? ':memory:');
  } catch (error) {
    throw cannotOpen(options.path ?? ':memory:', error);
  }
  try {
    if (!isNew && place.format === steps.length) return backend;
    const from = isNew ? null : place.format;
    const path =
      isNew || from === null
        ? null
        : await backUp(place, copySqlite(backend.database), (options.now ?? Date.now)());
    if (place !== undefined) await migrate(place, backend.db, 'sqlite', steps);
    else for (const step of steps) await step(backend.db as unknown as Kysely<unknown>, 'sqlite');
    if (path !== null && from !== null) options.onBackup?.({ path, from, to: steps.length });
    return backend;
  } catch (error) {
    await backend.close();
    throw error;
  }
}

export async function openPostgresStore(
  postgres: PostgresOptions,
  options: StoreOptions,
  steps: readonly MigrationStep[],
): Promise<Backend> {
  // Loaded here, because most installations have no PostgreSQL.
  const { openPostgres, placeOf, stepsDone } = await import('./postgres.ts');
  if (options.path !== undefined) inspectDataDirectory(options.path, steps.length);
  const refused = (error: unknown): unknown =>
    error instanceof PlainError
      ? error
      : new PlainError(
          phrase('store.cannotConnect', { place: placeOf(postgres.url), reason: reasonOf(error) }),
          { cause: error },
        );
  let backend: Backend;
  try {
    backend = await openPostgres(postgres);
  } catch (error) {
    throw refused(error);
  }
  try {
    if ((await stepsDone(backend.db)) < steps.length) await migratePostgres(postgres, options, steps);
    const problem = await formatProblem(backend, steps.length);
    if (problem !== null) throw problem;
    return backend;
  } catch (error) {
    await backend.close();
    throw refused(error);
  }
}

/** Brings the database up to date, unless another node has done so meanwhile. */
async function migratePostgres(
  postgres: PostgresOptions,
  options: StoreOptions,
  steps: readonly MigrationStep[],
): Promise<void> {
  const { openPostgres, hearChanges, stepsDone, withSqliteLikeTypes } = await import('./postgres.ts');
  // Building an index may take longer than any statement of a server's daily work, and so may the migration that is waited for.
  const patient = await openPostgres({ ...postgres, poolMax: 3, statementTimeoutMs: MIGRATION_MS });
  try {
    await alone(patient, options.onWait, async () => {
      const format = await stepsDone(patient.db);
      if (format >= steps.length) return;
      const path =
        format > 0 && options.path !== undefined ? await copy(patient, options.path, format, options) : null;
      await migrateDatabase(patient.place, withSqliteLikeTypes(patient.db), 'postgres', steps);
      await hearChanges(patient.db);
      if (path !== null) options.onBackup?.({ path, from: format, to: steps.length });
    });
  } finally {
    await patient.close();
  }
}

/** A backup of the database in the data directory of this node. @returns its path */
function copy(
  backend: Backend,
  path: string,
  format: number,
  { now = Date.now }: StoreOptions,
): Promise<string> {
  const nowMs = now();
  return backUp(
    { path, format },
    async (into) => {
      await snapshotOf(backend, (transaction) =>
        writeBackup(join(into, `database${BACKUP_SUFFIX}`), transaction, 'postgres', format, nowMs),
      );
    },
    nowMs,
  );
}

const MIGRATION_MS = 30 * 60_000;

/** Of all processes on a database one works, and the others wait. The lock goes with the connection, should its process die. */
function alone(
  { db, place }: Backend,
  onWait: ((place: string) => void) | undefined,
  work: () => Promise<void>,
): Promise<void> {
  const key = sql`hashtext('poise.migration')`;
  return db.connection().execute(async (connection) => {
    const { rows } = await sql<{ got: boolean }>`select pg_try_advisory_lock(${key}) as got`.execute(
      connection,
    );
    if (rows[0]?.got !== true) {
      onWait?.(place);
      await sql`select pg_advisory_lock(${key})`.execute(connection);
    }
    try {
      await work();
    } finally {
      await sql`select pg_advisory_unlock(${key})`.execute(connection);
    }
  });
}

/**
 * Whether this release can work on a database, which a newer one may have migrated: then only if it did nothing but add.
 *
 * @param known the newest format of this release
 * @returns why not; null: it can
 */
export async function formatProblem(
  { engine, db, place }: Backend,
  known: number,
): Promise<PlainError | null> {
  if (engine === 'sqlite') return null;
  const { stepsDone, compatibleOf } = await import('./postgres.ts');
  const found = await stepsDone(db);
  if (found <= known) return null;
  return (await compatibleOf(db)) <= known ? null : newer(engine, place, found, known);
}
