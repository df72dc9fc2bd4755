/** Sign-outs that the agents did not ask for: the last ones, for those who look why somebody was signed out. */
import { sql } from 'kysely';
import { Repository } from './repository.ts';
import { foldId } from './snapshot.ts';

/** One row: what is searched for as columns, the record itself as it is. */
export interface SignOutRow {
  /** That wrote it. */
  readonly node: string;
  readonly id: number;
  /** Wall ms. */
  readonly at: number;
  readonly loginId: string;
  /** JSON. */
  readonly record: string;
}

export interface SignOutSearch {
  /** Undefined: everybody's. */
  readonly loginIds?: readonly string[] | undefined;
  /** Wall ms, inclusive. */
  readonly since?: number | undefined;
  /** Wall ms, exclusive. */
  readonly until?: number | undefined;
  readonly limit: number;
}

/** At most so many rows of one node, and none older. */
export interface SignOutBounds {
  readonly count: number;
  readonly ageMs: number;
}

export const SIGN_OUT_BOUNDS: SignOutBounds = { count: 10_000, ageMs: 90 * 24 * 3_600_000 };

export class SignOutRepository extends Repository {
  /** Highest id of this node; 0 when there is none. */
  async lastId(): Promise<number> {
    const row = await this.db
      .selectFrom('sign_out')
      .select(({ fn }) => fn.max('id').as('last'))
      .where('node', '=', this.node)
      .executeTakeFirst();
    return Number(row?.last ?? 0);
  }

  /**
   * Adds to those of this node, or replaces those of the same ids. At most a few hundred at once.
   * @param node another one, whose process is gone
   */
  async save(rows: readonly Omit<SignOutRow, 'node'>[], node = this.node): Promise<void> {
    if (rows.length === 0) return;
    await this.db
      .insertInto('sign_out')
      .values(
        rows.map(({ id, at, loginId, record }) => ({
          node,
          id,
          at_ms: at,
          login_id: foldId(loginId),
          record,
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(['node', 'id']).doUpdateSet(({ ref }) => ({ record: ref('excluded.record') })),
      )
      .execute();
  }

  /** Forgets what is over the bounds, ids are given in order; what is too old also of nodes that are no more. */
  async prune(now: number, bounds: SignOutBounds = SIGN_OUT_BOUNDS): Promise<void> {
    const newest = await this.lastId();
    await this.db
      .deleteFrom('sign_out')
      .where(({ or, and, eb }) =>
        or([
          and([eb('node', '=', this.node), eb('id', '<=', newest - bounds.count)]),
          eb('at_ms', '<', sql<number>`${this.earlierNow(now)} - ${bounds.ageMs}`),
        ]),
      )
      .execute();
  }

  /** Those of a node, of this one unless told otherwise, whose record has no end yet, oldest first. Reads them all: for the start, and for heirs. */
  async open(node = this.node): Promise<SignOutRow[]> {
    const rows = await this.db
      .selectFrom('sign_out')
      .selectAll()
      .where('node', '=', node)
      .where('record', 'like', '%"endedAt":null%')
      .orderBy('id')
      .execute();
    return rows.map(rowOf);
  }

  /** Those of all nodes, newest first. */
  async find({ loginIds, since, until, limit }: SignOutSearch): Promise<SignOutRow[]> {
    let query = this.db.selectFrom('sign_out').selectAll();
    if (loginIds !== undefined) {
      if (loginIds.length === 0) return [];
      query = query.where('login_id', 'in', loginIds.map(foldId));
    }
    if (since !== undefined) query = query.where('at_ms', '>=', since);
    if (until !== undefined) query = query.where('at_ms', '<', until);
    const rows = await query
      .orderBy('at_ms', 'desc')
      .orderBy('id', 'desc')
      .orderBy('node')
      .limit(limit)
      .execute();
    return rows.map(rowOf);
  }
}

interface StoredRow {
  readonly node: string;
  readonly id: number | bigint;
  readonly at_ms: number | bigint;
  readonly login_id: string;
  readonly record: string;
}

const rowOf = ({ node, id, at_ms, login_id, record }: StoredRow): SignOutRow => ({
  node,
  id: Number(id),
  at: Number(at_ms),
  loginId: login_id,
  record,
});
