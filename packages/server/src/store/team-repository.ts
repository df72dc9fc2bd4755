/** Teams. */
import type { TeamRecord, WrapUpMode } from './directory.ts';
import { Repository, requireFound } from './repository.ts';

const columnsOf = (team: Partial<TeamRecord>) => ({
  ...(team.id === undefined ? {} : { id: team.id }),
  ...(team.name === undefined ? {} : { name: team.name }),
  ...(team.wrapUpOnIncoming === undefined ? {} : { wrap_up_incoming: team.wrapUpOnIncoming }),
  ...(team.wrapUpOnOutgoing === undefined ? {} : { wrap_up_outgoing: team.wrapUpOnOutgoing }),
  ...(team.wrapUpTimerSeconds === undefined ? {} : { wrap_up_timer_seconds: team.wrapUpTimerSeconds }),
});

export class TeamRepository extends Repository {
  async all(): Promise<TeamRecord[]> {
    const rows = await this.db.selectFrom('team').selectAll().orderBy('id').execute();
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      wrapUpOnIncoming: row.wrap_up_incoming as WrapUpMode,
      wrapUpOnOutgoing: row.wrap_up_outgoing as WrapUpMode,
      wrapUpTimerSeconds: row.wrap_up_timer_seconds,
    }));
  }

  /** @param team without an id: gets the next one. @returns its id. @throws StoreError `duplicate` */
  async create(team: Omit<TeamRecord, 'id'> & { readonly id?: number }): Promise<number> {
    this.touch('teams');
    const row = await this.db
      .insertInto('team')
      .values({
        ...(team.id === undefined ? {} : { id: team.id }),
        name: team.name,
        wrap_up_incoming: team.wrapUpOnIncoming,
        wrap_up_outgoing: team.wrapUpOnOutgoing,
        wrap_up_timer_seconds: team.wrapUpTimerSeconds,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    if (team.id !== undefined) await this.keyWasGiven('team');
    return row.id;
  }

  async update(id: number, change: Partial<Omit<TeamRecord, 'id'>>): Promise<void> {
    this.touch('teams');
    const columns = columnsOf(change);
    if (Object.keys(columns).length === 0) return;
    const result = await this.db.updateTable('team').set(columns).where('id', '=', id).executeTakeFirst();
    requireFound(result.numUpdatedRows, `team ${id}`);
  }

  /** Members stay, without a team; assignments to the team and its layout go. */
  async remove(id: number): Promise<void> {
    this.touch('teams', 'users', 'reasonCodes', 'wrapUpReasons', 'phoneBooks', 'desktopLayouts');
    await this.db.deleteFrom('desktop_layout').where('team_id', '=', id).execute();
    const result = await this.db.deleteFrom('team').where('id', '=', id).executeTakeFirst();
    requireFound(result.numDeletedRows, `team ${id}`);
  }
}
