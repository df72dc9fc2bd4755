/** What the store needs of a database beside SQL: how another process is noticed, and whether it is there at all. */
import type { Clock } from '@poise/clock';
import type { Kysely } from 'kysely';
import type { Engine } from './migrations.ts';
import type { Schema } from './schema.ts';

export interface BackendListener {
  /** Another process may have written. */
  changed(): void;
  /** Another process has changed subscriptions of these users, by folded login id; null: of anybody. */
  subscribed?(loginIds: readonly string[] | null): void;
  /** The database was lost, or is there again; what happened meanwhile is not known. */
  reached(): void;
}

export interface Backend {
  readonly engine: Engine;
  readonly db: Kysely<Schema>;
  /** For people: file, or host and database; never a password. */
  readonly place: string;
  /** Why it cannot be reached; null: as far as is known it can. */
  readonly lost: Error | null;
  /** Whether another process may have written since this was asked last. */
  changed(): boolean;
  /** Looks for what other processes wrote, and for the database itself. @returns the function that ends it */
  watch(clock: Clock, intervalMs: number, listener: BackendListener): () => void;
  close(): Promise<void>;
}
