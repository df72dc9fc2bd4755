/**
 * Kysely over the `node:sqlite` API. The package @photostructure/sqlite gives that API to Node 20; the
 * built-in one prints a warning on 22 and 24, so the package is used everywhere.
 */
import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from '@photostructure/sqlite';
import { type Clock, systemClock, type Timer } from '@poise/clock';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  SqliteAdapter,
  SqliteDialect,
  type SqliteDialectConfig,
  SqliteDriver,
  type TransactionSettings,
} from 'kysely';
import type { Backend, BackendListener } from './backend.ts';
import type { Schema } from './schema.ts';
import { isUnavailable, storeErrorOf } from './store-error.ts';

/** A connection, as `node:sqlite` has it. */
export type Database = InstanceType<typeof DatabaseSync>;

/** How long a write waits for another process that writes. */
const BUSY_TIMEOUT_MS = 5000;
/** How often a change asks for the right to write that another process has. */
const BUSY_PAUSE_MS = 20;

/**
 * Opens a database for durable work: a write-ahead log that reaches the disk with every commit, foreign
 * keys held.
 *
 * @param path file, or `:memory:`
 */
export function openDatabase(path: string): Database {
  // Made beforehand, because SQLite would let everybody read a new file; its log takes over the mode.
  if (path !== ':memory:') closeSync(openSync(path, 'a', 0o600));
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF',
    );
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

/** Makes a migration all or nothing: SQLite can roll back changed tables, though Kysely does not count on it. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class PatientDriver extends SqliteDriver {
  readonly #clock: Clock;

  constructor(config: SqliteDialectConfig, clock: Clock) {
    super(config);
    this.#clock = clock;
  }

  /**
   * A change holds the right to write from its beginning, and waits for it there. With what SQLite does by itself it would read first, and be refused at
   * once, without waiting, when another process wrote between that and its first write. It waits in turns of the event loop: SQLite's own waiting
   * would hold up everything that this process does.
   */
  override async beginTransaction(
    connection: DatabaseConnection,
    settings: TransactionSettings = {},
  ): Promise<void> {
    if (settings.accessMode === 'read only') {
      await connection.executeQuery(CompiledQuery.raw('begin'));
      return;
    }
    const until = this.#clock.monotonic() + BUSY_TIMEOUT_MS;
    while (!(await beginsImmediately(connection, this.#clock.monotonic() >= until)))
      await new Promise<void>((done) => this.#clock.schedule(BUSY_PAUSE_MS, done));
  }

  /** A full or failing disk ends a transaction by itself; rolling it back once more would hide why it failed. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      await super.rollbackTransaction(connection);
    } catch (error) {
      if (!/no transaction is active/.test(String(error))) throw error;
    }
  }
}

/** @returns false: another process writes. @throws it, if this was the last attempt */
async function beginsImmediately(connection: DatabaseConnection, isLast: boolean): Promise<boolean> {
  await connection.executeQuery(CompiledQuery.raw('PRAGMA busy_timeout = 0'));
  try {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
    return true;
  } catch (error) {
    if (isLast || !/database is locked/.test(String(error))) throw error;
    return false;
  } finally {
    await connection.executeQuery(CompiledQuery.raw(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`));
  }
}

class DurableSqliteDialect extends SqliteDialect {
  readonly #config: SqliteDialectConfig;
  readonly #clock: Clock;

  constructor(config: SqliteDialectConfig, clock: Clock) {
    super(config);
    this.#config = config;
    this.#clock = clock;
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter();
  }

  override createDriver(): Driver {
    return new PatientDriver(this.#config, this.#clock);
  }
}

/** Statements are prepared anew for each query: configuration is written rarely and read from memory. */
export function sqliteDialect(database: Database, clock: Clock = systemClock()): Dialect {
  const config: SqliteDialectConfig = {
    database: {
      close: () => closeDatabase(database),
      prepare: (sql) => {
        const statement = database.prepare(sql);
        return {
          // A statement with columns returns rows, also an INSERT … RETURNING.
          reader: statement.columns().length > 0,
          all: (parameters) => statement.all(...parameters),
          run: (parameters) => statement.run(...parameters),
          iterate: (parameters) => statement.iterate(...parameters),
        };
      },
    },
  };
  return new DurableSqliteDialect(config, clock);
}

/**
 * Moves the log into the file, so that the file alone is whole, then closes. The log and its index go away
 * when the journal mode changes; closing alone leaves them behind, because SQLite keeps the connection until
 * the garbage collector has found the last prepared statement. Another process that has the database open
 * needs both: the change is refused then, and nobody waits for it.
 */
function closeDatabase(database: Database): void {
  try {
    database.exec('PRAGMA wal_checkpoint(TRUNCATE); PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE');
  } catch (error) {
    // A full or read-only disk: the log stays, and with it all that was written.
    if (!isUnavailable(storeErrorOf(error))) throw error;
  } finally {
    database.close();
  }
}

/** A counter that changes when another connection, also of another process, has written. */
export function dataVersion(database: Database): number {
  return (database.prepare('PRAGMA data_version').get() as { data_version: number }).data_version;
}

export class SqliteBackend implements Backend {
  readonly engine = 'sqlite';
  readonly db: Kysely<Schema>;
  readonly place: string;
  /** A file is not lost; whether it can be written is seen when it is written. */
  readonly lost = null;
  readonly database: Database;
  #seenVersion: number;

  /** @param path file, or `:memory:` */
  constructor(path: string) {
    this.place = path;
    this.database = openDatabase(path);
    this.db = new Kysely<Schema>({ dialect: sqliteDialect(this.database) });
    this.#seenVersion = 0;
  }

  changed(): boolean {
    const version = dataVersion(this.database);
    if (version === this.#seenVersion) return false;
    this.#seenVersion = version;
    return true;
  }

  watch(clock: Clock, intervalMs: number, { changed }: BackendListener): () => void {
    let timer: Timer | undefined;
    const again = (): void => {
      timer = clock.schedule(intervalMs, () => {
        again();
        changed();
      });
    };
    again();
    return () => timer?.cancel();
  }

  close(): Promise<void> {
    return this.db.destroy();
  }
}
