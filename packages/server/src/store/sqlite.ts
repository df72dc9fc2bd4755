/**
 * Kysely over the `node:sqlite` API. The package @photostructure/sqlite gives that API to Node 20; the
 * built-in one prints a warning on 22 and 24, so the package is used everywhere.
 */
import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from '@photostructure/sqlite';
import { type Dialect, SqliteAdapter, SqliteDialect } from 'kysely';

/** A connection, as `node:sqlite` has it. */
export type Database = InstanceType<typeof DatabaseSync>;

/** How long a write waits for another process that writes. */
const BUSY_TIMEOUT_MS = 5000;

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

class DurableSqliteDialect extends SqliteDialect {
  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter();
  }
}

/** Statements are prepared anew for each query: configuration is written rarely and read from memory. */
export function sqliteDialect(database: Database): Dialect {
  return new DurableSqliteDialect({
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
  });
}

/**
 * Moves the log into the file, so that the file alone is whole, then closes. The log and its index go away
 * when the journal mode changes; closing alone leaves them behind, because SQLite keeps the connection until
 * the garbage collector has found the last prepared statement. Another process that has the database open
 * needs both: the change is refused then, and nobody waits for it.
 */
function closeDatabase(database: Database): void {
  try {
    database.exec('PRAGMA wal_checkpoint(TRUNCATE); PRAGMA busy_timeout = 0');
    try {
      database.exec('PRAGMA journal_mode = DELETE');
    } catch (error) {
      if (!/locked|busy/i.test(String(error))) throw error;
    }
  } finally {
    database.close();
  }
}

/** A counter that changes when another connection, also of another process, has written. */
export function dataVersion(database: Database): number {
  return (database.prepare('PRAGMA data_version').get() as { data_version: number }).data_version;
}
