/** What all repositories share: the connection or transaction, and the record of what they touched. */
import type { Kysely } from 'kysely';
import type { DirectorySection } from './directory.ts';
import type { Schema } from './schema.ts';
import { StoreError } from './store-error.ts';

/** The parts of the directory that are loaded anew after a change. */
export type Section = DirectorySection;

export interface RepositoryContext {
  readonly db: Kysely<Schema>;
  /** Collects what a change touched. */
  readonly touched: Set<Section>;
  /** Collects the users, by login id as it was given, whose keys a change set or removed. */
  readonly credentials: Set<string>;
}

export abstract class Repository {
  protected readonly db: Kysely<Schema>;
  readonly #touched: Set<Section>;
  readonly #credentials: Set<string>;

  constructor(context: RepositoryContext) {
    this.db = context.db;
    this.#touched = context.touched;
    this.#credentials = context.credentials;
  }

  protected touch(...sections: readonly Section[]): void {
    for (const section of sections) this.#touched.add(section);
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
