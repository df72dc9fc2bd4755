/** Explicit subscriptions of bare JIDs: what the notification service keeps over restarts. */
import { chunks, Repository } from './repository.ts';
import { foldId } from './snapshot.ts';

export interface SubscriptionRecord {
  readonly loginId: string;
  readonly node: string;
  readonly subid: string;
}

/** Tells other processes whose subscriptions were changed: who wrote, and a JSON list of folded login ids. */
export const SUBSCRIPTION_CHANNEL = 'poise_subscription';
/** A notice of PostgreSQL has 8,000 bytes at most. */
const NOTICE_USERS = 50;

export class SubscriptionRepository extends Repository {
  /** By login id as stored: folded. */
  async all(): Promise<SubscriptionRecord[]> {
    const rows = await this.db.selectFrom('subscription').selectAll().execute();
    return rows.map(({ login_id, node, subid }) => ({ loginId: login_id, node, subid }));
  }

  /** Those of some users. */
  async of(loginIds: readonly string[]): Promise<SubscriptionRecord[]> {
    const found: SubscriptionRecord[] = [];
    for (const part of chunks(loginIds.map(foldId))) {
      const rows = await this.db
        .selectFrom('subscription')
        .selectAll()
        .where('login_id', 'in', part)
        .execute();
      found.push(...rows.map(({ login_id, node, subid }) => ({ loginId: login_id, node, subid })));
    }
    return found;
  }

  /** Tells other processes on these data that those of some users were changed. */
  async tell(loginIds: Iterable<string>): Promise<void> {
    const users = [...new Set([...loginIds].map(foldId))];
    for (const part of chunks(users, NOTICE_USERS))
      await this.notify(SUBSCRIPTION_CHANNEL, JSON.stringify(part));
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
