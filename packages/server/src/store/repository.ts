/** What all repositories share: the connection or transaction, and the record of what they touched. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { DirectorySection } from './directory.ts';
import type { Engine } from './migrations.ts';
import type { Schema } from './schema.ts';
import { StoreError } from './store-error.ts';

/** The parts of the directory that are loaded anew after a change. */
export type Section = DirectorySection;

/** PostgreSQL: its clock, wall ms. Not the time of the transaction: a statement may have waited. */
export const NOW_MS = sql<number>`cast(extract(epoch from clock_timestamp()) * 1000 as bigint)`;

/** Clocks of which one is further ahead of the other do not agree, ms; the same bound as between nodes. */
const CLOCKS_AGREE_MS = 5_000;

export interface RepositoryContext {
  readonly db: Kysely<Schema>;
  readonly engine: Engine;
  /** Name of this node, for what each writes of itself. */
  readonly node: string;
  /** Collects what a change touched. */
  readonly touched: Set<Section>;
  /** Collects the users, by login id as it was given, whose keys a change set or removed. */
  readonly credentials: Set<string>;
}

export abstract class Repository {
  protected readonly db: Kysely<Schema>;
  protected readonly node: string;
  readonly #engine: Engine;
  readonly #touched: Set<Section>;
  readonly #credentials: Set<string>;

  constructor(context: RepositoryContext) {
    this.db = context.db;
    this.node = context.node;
    this.#engine = context.engine;
    this.#touched = context.touched;
    this.#credentials = context.credentials;
  }

  protected touch(...sections: readonly Section[]): void {
    for (const section of sections) this.#touched.add(section);
  }

  /** A row with an identity key of its own was added: the keys that the database gives go on after it, as SQLite's do by themselves. */
  protected async keyWasGiven(table: keyof Schema & string, key = 'id'): Promise<void> {
    if (this.#engine === 'postgres') await continueAfter(this.db, table, key, 0);
  }

  /** Tells other processes, once this is durable: who tells, a blank, and `text`. SQLite has nobody to tell. */
  protected async notify(channel: string, text: string): Promise<void> {
    if (this.#engine !== 'postgres') return;
    await sql`select pg_notify(${channel}, current_setting('application_name') || ' ' || ${text})`.execute(
      this.db,
    );
  }

  /**
   * How far a clock is ahead of that of the database, which all nodes have in common: ms, in whole seconds, negative when it is behind, 0 when
   * they agree. A file of SQLite serves one server, which has no other clock than its own.
   * @param now that clock, wall ms
   */
  protected async aheadOfDatabase(now: () => number): Promise<number> {
    if (this.#engine !== 'postgres') return 0;
    const before = now();
    const { rows } = await sql<{ now: number }>`select ${NOW_MS} as now`.execute(this.db);
    const there = Number(rows[0]!.now);
    // The answer may have taken its time.
    const off = there < before ? before - there : Math.min(0, now() - there);
    return Math.abs(off) > CLOCKS_AGREE_MS ? Math.round(off / 1_000) * 1_000 : 0;
  }

  /** The earlier one of this time and that of the database's clock, ms: what is removed for its age must be old by both. */
  protected earlierNow(now: number): RawBuilder<number> {
    return this.#engine === 'postgres' ? sql`least(cast(${now} as bigint), ${NOW_MS})` : sql`${now}`;
  }

  protected touchCredential(loginId: string): void {
    this.#credentials.add(loginId);
  }
}

export function requireFound(rows: bigint | number, what: string): void {
  if (Number(rows) === 0) throw new StoreError('not-found', `There is no ${what}.`);
}

export const flag = (value: boolean): number => (value ? 1 : 0);

/** Groups the right side of a relation by its left side. */
export function grouped<Row, T>(
  rows: readonly Row[],
  owner: (row: Row) => number,
  value: (row: Row) => T,
): ReadonlyMap<number, readonly T[]> {
  const groups = new Map<number, T[]>();
  for (const row of rows) {
    const group = groups.get(owner(row));
    if (group === undefined) groups.set(owner(row), [value(row)]);
    else group.push(value(row));
  }
  return groups;
}

/** SQLite takes at most 32,766 values in a statement, PostgreSQL 65,535. */
export function* chunks<T>(rows: readonly T[], size = 500): Iterable<T[]> {
  for (let at = 0; at < rows.length; at += size) yield rows.slice(at, at + size);
}

/** PostgreSQL: lets identity keys go on after those that exist and after `least`, never behind where they are. */
export async function continueAfter(
  db: Kysely<Schema>,
  table: string,
  key: string,
  least: number,
): Promise<void> {
  const given = await lastKey(db, 'postgres', table, key);
  const { rows } = await sql<{
    highest: number | null;
  }>`select max(${sql.ref(key)}) as highest from ${sql.table(table)}`.execute(db);
  const last = Math.max(given, least, Number(rows[0]?.highest ?? 0));
  if (last > given) await sql`select setval(pg_get_serial_sequence(${table}, ${key}), ${last})`.execute(db);
}

/** The last identity key that the database gave; 0: none. */
export async function lastKey(
  db: Kysely<Schema>,
  engine: Engine,
  table: string,
  key: string,
): Promise<number> {
  if (engine === 'sqlite') {
    const { rows } = await sql<{
      seq: number;
    }>`select seq from sqlite_sequence where name = ${table}`.execute(db);
    return Number(rows[0]?.seq ?? 0);
  }
  const sequence = await sql<{
    name: string;
  }>`select pg_get_serial_sequence(${table}, ${key}) as name`.execute(db);
  const { rows } = await sql<{ last: number }>`select case when is_called then last_value else 0 end as last
    from ${sql.raw(sequence.rows[0]!.name)}`.execute(db);
  return Number(rows[0]!.last);
}

/** Our tables with their columns. A database of PostgreSQL may hold other people's, in other schemas. */
export async function tablesOf(db: Kysely<Schema>, engine: Engine): Promise<Map<string, string[]>> {
  const tables = await db.introspection.getTables();
  const schema =
    engine === 'sqlite'
      ? undefined
      : (await sql<{ name: string }>`select current_schema() as name`.execute(db)).rows[0]!.name;
  return new Map(
    tables
      .filter((table) => schema === undefined || table.schema === schema)
      .map(({ name, columns }) => [name, columns.map((column) => column.name)]),
  );
}
