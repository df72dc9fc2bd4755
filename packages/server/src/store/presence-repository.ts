/** Who has a session at this node, or had one and is waited for: what its presence watch keeps over a restart. */
import { chunks, Repository } from './repository.ts';

/** One watched user; `watched` is JSON that only the presence watch reads. */
export interface PresenceRow {
  readonly loginId: string;
  readonly watched: string;
}

export class PresenceRepository extends Repository {
  async all(): Promise<PresenceRow[]> {
    const rows = await this.db.selectFrom('presence').selectAll().where('node', '=', this.node).execute();
    return rows.map(({ login_id, watched }) => ({ loginId: login_id, watched }));
  }

  /** What other nodes have written of these users; both lists are short, or are given in parts. */
  async ofNodes(
    nodes: readonly string[],
    loginIds: readonly string[],
  ): Promise<(PresenceRow & { readonly node: string })[]> {
    if (nodes.length === 0 || loginIds.length === 0) return [];
    const rows = await this.db
      .selectFrom('presence')
      .selectAll()
      .where('node', 'in', nodes)
      .where('login_id', 'in', loginIds)
      .execute();
    return rows.map(({ node, login_id, watched }) => ({ node, loginId: login_id, watched }));
  }

  /** Adds or replaces. */
  async save(rows: readonly PresenceRow[]): Promise<void> {
    for (const part of chunks(rows)) {
      await this.db
        .insertInto('presence')
        .values(part.map(({ loginId, watched }) => ({ node: this.node, login_id: loginId, watched })))
        .onConflict((conflict) =>
          conflict
            .columns(['node', 'login_id'])
            .doUpdateSet(({ ref }) => ({ watched: ref('excluded.watched') })),
        )
        .execute();
    }
  }

  /** Removing one that is not there changes nothing. */
  async remove(loginIds: readonly string[]): Promise<void> {
    for (const part of chunks(loginIds))
      await this.db
        .deleteFrom('presence')
        .where('node', '=', this.node)
        .where('login_id', 'in', part)
        .execute();
  }
}
