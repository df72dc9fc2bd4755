/** Explicit subscriptions of bare JIDs: what the notification service keeps over restarts. */
import { chunks, Repository } from './repository.ts';
import { foldId } from './snapshot.ts';

export interface SubscriptionRecord {
  readonly loginId: string;
  readonly node: string;
  readonly subid: string;
}

export class SubscriptionRepository extends Repository {
  /** By login id as stored: folded. */
  async all(): Promise<SubscriptionRecord[]> {
    const rows = await this.db.selectFrom('subscription').selectAll().execute();
    return rows.map(({ login_id, node, subid }) => ({ loginId: login_id, node, subid }));
  }

  /** Adds, or replaces the subid. */
  async save(records: readonly SubscriptionRecord[]): Promise<void> {
    for (const part of chunks(records)) {
      await this.db
        .insertInto('subscription')
        .values(part.map(({ loginId, node, subid }) => ({ login_id: foldId(loginId), node, subid })))
        .onConflict((conflict) =>
          conflict.columns(['login_id', 'node']).doUpdateSet(({ ref }) => ({ subid: ref('excluded.subid') })),
        )
        .execute();
    }
  }

  async remove(loginId: string, node: string): Promise<void> {
    await this.db
      .deleteFrom('subscription')
      .where('login_id', '=', foldId(loginId))
      .where('node', '=', node)
      .execute();
  }
}
