/**
 * The history of the agents' shifts: what goes on of each as one row, what is over as rows of its own. Each node hears every agent, and has
 * its own.
 */
import { chunks, Repository } from './repository.ts';
import { foldId } from './snapshot.ts';

export type ShiftEntryKind = 'call' | 'state';

export interface ShiftEntryRow {
  readonly id: number;
  readonly loginId: string;
  readonly shiftId: number;
  readonly kind: ShiftEntryKind;
  readonly ordinal: number;
  readonly version: number;
  /** JSON. */
  readonly entry: string;
}

export interface ShiftEntrySearch {
  readonly loginId: string;
  readonly shiftId: number;
  readonly kind: ShiftEntryKind;
  /** Versions above. */
  readonly since?: number | undefined;
  /** Ordinals below. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Rows of all agents that one node has, at most; about as many as 1,000 agents make in a day. */
export const SHIFT_ENTRIES_MAX = 500_000;

export class ShiftRepository extends Repository {
  /** JSON of what goes on of each shift. */
  async all(): Promise<string[]> {
    const rows = await this.db.selectFrom('shift').select('shift').where('node', '=', this.node).execute();
    return rows.map(({ shift }) => shift);
  }

  /** Highest id of an entry of this node; 0 when there is none. */
  async lastId(): Promise<number> {
    const row = await this.db
      .selectFrom('shift_entry')
      .select(({ fn }) => fn.max('id').as('last'))
      .where('node', '=', this.node)
      .executeTakeFirst();
    return Number(row?.last ?? 0);
  }

  /** Adds or replaces. */
  async save(rows: ReadonlyArray<{ readonly loginId: string; readonly shift: string }>): Promise<void> {
    for (const part of chunks(rows)) {
      await this.db
        .insertInto('shift')
        .values(part.map(({ loginId, shift }) => ({ node: this.node, login_id: foldId(loginId), shift })))
        .onConflict((conflict) =>
          conflict.columns(['node', 'login_id']).doUpdateSet(({ ref }) => ({ shift: ref('excluded.shift') })),
        )
        .execute();
    }
  }

  async addEntries(rows: readonly ShiftEntryRow[]): Promise<void> {
    for (const part of chunks(rows)) {
      await this.db
        .insertInto('shift_entry')
        .values(
          part.map(({ loginId, shiftId, ...row }) => ({
            ...row,
            node: this.node,
            login_id: foldId(loginId),
            shift_id: shiftId,
          })),
        )
        // Written once more after a failure whose outcome was not known.
        .onConflict((conflict) => conflict.columns(['node', 'id']).doNothing())
        .execute();
    }
  }

  /** Forgets the entries of other shifts of the agent. */
  async keepShift(loginId: string, shiftId: number): Promise<void> {
    await this.db
      .deleteFrom('shift_entry')
      .where('node', '=', this.node)
      .where('login_id', '=', foldId(loginId))
      .where('shift_id', '!=', shiftId)
      .execute();
  }

  /** Forgets entries up to an ordinal. */
  async trim({ loginId, shiftId, kind }: ShiftEntryRow, ordinal: number): Promise<void> {
    await this.db
      .deleteFrom('shift_entry')
      .where('node', '=', this.node)
      .where('login_id', '=', foldId(loginId))
      .where('shift_id', '=', shiftId)
      .where('kind', '=', kind)
      .where('ordinal', '<=', ordinal)
      .execute();
  }

  /** Forgets a shift and its entries. */
  async remove(loginId: string): Promise<void> {
    for (const table of ['shift', 'shift_entry'] as const)
      await this.db
        .deleteFrom(table)
        .where('node', '=', this.node)
        .where('login_id', '=', foldId(loginId))
        .execute();
  }

  /** Forgets the oldest entries of this node. */
  async prune(max = SHIFT_ENTRIES_MAX): Promise<void> {
    const newest = await this.lastId();
    if (newest > max)
      await this.db
        .deleteFrom('shift_entry')
        .where('node', '=', this.node)
        .where('id', '<=', newest - max)
        .execute();
  }

  /** JSON of entries, newest first. */
  async find({ loginId, shiftId, kind, since, before, limit }: ShiftEntrySearch): Promise<string[]> {
    let query = this.db
      .selectFrom('shift_entry')
      .select('entry')
      .where('node', '=', this.node)
      .where('login_id', '=', foldId(loginId))
      .where('shift_id', '=', shiftId)
      .where('kind', '=', kind);
    if (since !== undefined) query = query.where('version', '>', since);
    if (before !== undefined) query = query.where('ordinal', '<', before);
    const rows = await query.orderBy('ordinal', 'desc').limit(limit).execute();
    return rows.map(({ entry }) => entry);
  }
}
