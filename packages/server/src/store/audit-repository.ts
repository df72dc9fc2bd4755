/** Who changed what of the configuration: the last changes, in the order in which they happened. */
import { sql } from 'kysely';
import { Repository } from './repository.ts';
import { foldId } from './snapshot.ts';

export type AuditClient = 'rest' | 'console' | 'cli';

/** One object that was made, changed or removed. */
export interface AuditRow {
  /** Wall ms. */
  readonly at: number;
  /** Login id of the administrator; empty: nobody signed in (the command line). */
  readonly who: string;
  /** Address of the client; empty: this machine. */
  readonly address: string;
  readonly client: AuditClient;
  readonly method: string;
  /** Of the request, or the command. */
  readonly path: string;
  /** Collection of the configuration API. */
  readonly resource: string;
  readonly objectId: string;
  /** JSON; null: it did not exist. */
  readonly before: string | null;
  /** JSON; null: it does not exist any more. */
  readonly after: string | null;
}

export interface AuditSearch {
  readonly who?: string | undefined;
  /** Text that occurs anywhere; letters of ASCII in any case. */
  readonly search?: string | undefined;
  readonly resource?: string | undefined;
  readonly objectId?: string | undefined;
  /** Wall ms, inclusive. */
  readonly from?: number | undefined;
  /** Wall ms, exclusive. */
  readonly to?: number | undefined;
  readonly offset: number;
  readonly limit: number;
}

/** At most so many rows, and none older. */
export interface AuditBounds {
  readonly count: number;
  readonly ageMs: number;
}

export const AUDIT_BOUNDS: AuditBounds = { count: 50_000, ageMs: 400 * 24 * 3_600_000 };

/** Columns of text that a search looks into. */
const SEARCHED = ['who', 'address', 'method', 'resource', 'object_id', 'before_json', 'after_json'] as const;

/** Rows of one statement; each has ten values. */
const BATCH = 500;

export class AuditRepository extends Repository {
  async add(rows: readonly AuditRow[]): Promise<void> {
    for (let at = 0; at < rows.length; at += BATCH)
      await this.db
        .insertInto('audit')
        .values(
          rows.slice(at, at + BATCH).map(({ at: at_ms, who, objectId, before, after, ...row }) => ({
            ...row,
            at_ms,
            who,
            who_folded: foldId(who),
            object_id: objectId,
            before_json: before,
            after_json: after,
          })),
        )
        .execute();
  }

  /** Forgets what is over the bounds. */
  async prune(now: number, bounds: AuditBounds = AUDIT_BOUNDS): Promise<void> {
    const row = await this.db
      .selectFrom('audit')
      .select(({ fn }) => fn.max('serial').as('last'))
      .executeTakeFirst();
    const newest = Number(row?.last ?? 0);
    await this.db
      .deleteFrom('audit')
      .where(({ or, eb }) =>
        or([
          eb('serial', '<=', newest - bounds.count),
          eb('at_ms', '<', sql<number>`${this.earlierNow(now)} - ${bounds.ageMs}`),
        ]),
      )
      .execute();
  }

  /** Newest first; `total` counts all that were found. */
  async find(search: AuditSearch): Promise<{ rows: (AuditRow & { serial: number })[]; total: number }> {
    const { who, resource, objectId, from, to, offset, limit } = search;
    const pattern =
      search.search === undefined ? undefined : `%${search.search.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
    let found = this.db.selectFrom('audit');
    if (who !== undefined) found = found.where('who_folded', '=', foldId(who));
    if (resource !== undefined) found = found.where('resource', '=', resource);
    if (objectId !== undefined) found = found.where('object_id', '=', objectId);
    if (from !== undefined) found = found.where('at_ms', '>=', from);
    if (to !== undefined) found = found.where('at_ms', '<', to);
    if (pattern !== undefined)
      found = found.where(({ or }) =>
        or(
          SEARCHED.map(
            (column) => sql<boolean>`lower(coalesce(${sql.ref(column)}, '')) like ${pattern} escape '\\'`,
          ),
        ),
      );
    const count = await found.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirst();
    const rows = await found.selectAll().orderBy('serial', 'desc').offset(offset).limit(limit).execute();
    return {
      total: Number(count?.total ?? 0),
      rows: rows.map((row) => ({
        serial: Number(row.serial),
        at: Number(row.at_ms),
        who: row.who,
        address: row.address,
        client: row.client as AuditClient,
        method: row.method,
        path: row.path,
        resource: row.resource,
        objectId: row.object_id,
        before: row.before_json,
        after: row.after_json,
      })),
    };
  }
}
