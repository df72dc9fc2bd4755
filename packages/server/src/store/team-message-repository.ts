/** Active team messages: they outlive a restart until they expire. */
import { Repository } from './repository.ts';

export interface TeamMessageRecord {
  /** UUID. */
  readonly id: string;
  readonly createdBy: { readonly id: string; readonly firstName: string; readonly lastName: string };
  /** Wall ms. */
  readonly createdAt: number;
  readonly durationSeconds: number;
  readonly content: string;
  /** Ascending. */
  readonly teamIds: readonly number[];
}

export class TeamMessageRepository extends Repository {
  /**
   * Oldest first; expired ones included.
   * @param now the clock by which they are read, wall ms: where it does not agree with that of the database, all times are by it, so that
   * their ages are right
   */
  async all(now: () => number): Promise<TeamMessageRecord[]> {
    const ahead = await this.aheadOfDatabase(now);
    const rows = await this.db.selectFrom('team_message').selectAll().orderBy('created_at_ms').execute();
    return rows.map((row) => ({
      id: row.id,
      createdBy: {
        id: row.creator_login_id,
        firstName: row.creator_first_name,
        lastName: row.creator_last_name,
      },
      createdAt: Number(row.created_at_ms) + ahead,
      durationSeconds: row.duration_seconds,
      content: row.content,
      teamIds: JSON.parse(row.team_ids) as number[],
    }));
  }

  /**
   * @param now the clock by which the message was made, as in {@link all}
   * @throws StoreError `duplicate` when the id is used
   */
  async create(message: TeamMessageRecord, now: () => number): Promise<void> {
    const ahead = await this.aheadOfDatabase(now);
    await this.db
      .insertInto('team_message')
      .values({
        id: message.id,
        creator_login_id: message.createdBy.id,
        creator_first_name: message.createdBy.firstName,
        creator_last_name: message.createdBy.lastName,
        created_at_ms: message.createdAt - ahead,
        duration_seconds: message.durationSeconds,
        content: message.content,
        team_ids: JSON.stringify(message.teamIds),
      })
      .execute();
  }

  /** Removing one that is not there changes nothing. */
  async remove(...ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.db.deleteFrom('team_message').where('id', 'in', ids).execute();
  }
}
