/** Reason codes and wrap-up reasons with the teams they are assigned to. */
import type { ReasonCategory, ReasonCodeRecord, WrapUpReasonRecord } from './directory.ts';
import { flag, grouped, Repository, requireFound } from './repository.ts';

export class ReasonCodeRepository extends Repository {
  async all(): Promise<ReasonCodeRecord[]> {
    const rows = await this.db.selectFrom('reason_code').selectAll().orderBy('id').execute();
    const teams = grouped(
      await this.db.selectFrom('reason_code_team').selectAll().orderBy('team_id').execute(),
      (row) => row.reason_code_id,
      (row) => row.team_id,
    );
    return rows.map((row) => ({
      id: row.id,
      category: row.category as ReasonCategory,
      code: row.code,
      label: row.label,
      forAll: row.for_all === 1,
      systemCode: row.system_code === 1,
      teamIds: teams.get(row.id) ?? [],
    }));
  }

  /** @returns its id. @throws StoreError `duplicate` when code or label is used in the category */
  async create(reason: Omit<ReasonCodeRecord, 'id'>): Promise<number> {
    this.touch('reasonCodes');
    const { id } = await this.db
      .insertInto('reason_code')
      .values({
        category: reason.category,
        code: reason.code,
        label: reason.label,
        for_all: flag(reason.forAll),
        system_code: flag(reason.systemCode),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await this.#assign(id, reason.teamIds);
    return id;
  }

  async update(id: number, change: Partial<Omit<ReasonCodeRecord, 'id' | 'systemCode'>>): Promise<void> {
    this.touch('reasonCodes');
    const columns = {
      ...(change.category === undefined ? {} : { category: change.category }),
      ...(change.code === undefined ? {} : { code: change.code }),
      ...(change.label === undefined ? {} : { label: change.label }),
      ...(change.forAll === undefined ? {} : { for_all: flag(change.forAll) }),
    };
    if (Object.keys(columns).length > 0) {
      const result = await this.db
        .updateTable('reason_code')
        .set(columns)
        .where('id', '=', id)
        .executeTakeFirst();
      requireFound(result.numUpdatedRows, `reason code ${id}`);
    }
    if (change.teamIds === undefined) return;
    await this.db.deleteFrom('reason_code_team').where('reason_code_id', '=', id).execute();
    await this.#assign(id, change.teamIds);
  }

  async remove(id: number): Promise<void> {
    this.touch('reasonCodes');
    const result = await this.db.deleteFrom('reason_code').where('id', '=', id).executeTakeFirst();
    requireFound(result.numDeletedRows, `reason code ${id}`);
  }

  /**
   * What a team has of a category, besides what everybody has.
   * @throws StoreError `reference` for a reason code or a team that does not exist
   */
  async assign(teamId: number, category: ReasonCategory, ids: readonly number[]): Promise<void> {
    this.touch('reasonCodes');
    const ofCategory = this.db.selectFrom('reason_code').select('id').where('category', '=', category);
    await this.db
      .deleteFrom('reason_code_team')
      .where('team_id', '=', teamId)
      .where('reason_code_id', 'in', ofCategory)
      .execute();
    const rows = ids.map((reason_code_id) => ({ reason_code_id, team_id: teamId }));
    if (rows.length > 0) await this.db.insertInto('reason_code_team').values(rows).execute();
  }

  async #assign(id: number, teamIds: readonly number[]): Promise<void> {
    if (teamIds.length === 0) return;
    const rows = [...new Set(teamIds)].map((team_id) => ({ reason_code_id: id, team_id }));
    await this.db.insertInto('reason_code_team').values(rows).execute();
  }
}

export class WrapUpReasonRepository extends Repository {
  async all(): Promise<WrapUpReasonRecord[]> {
    const rows = await this.db.selectFrom('wrap_up_reason').selectAll().orderBy('id').execute();
    const teams = grouped(
      await this.db.selectFrom('wrap_up_reason_team').selectAll().orderBy('team_id').execute(),
      (row) => row.wrap_up_reason_id,
      (row) => row.team_id,
    );
    return rows.map((row) => ({
      id: row.id,
      label: row.label,
      forAll: row.for_all === 1,
      teamIds: teams.get(row.id) ?? [],
    }));
  }

  /** @returns its id. @throws StoreError `duplicate` when the label is used */
  async create(reason: Omit<WrapUpReasonRecord, 'id'>): Promise<number> {
    this.touch('wrapUpReasons');
    const { id } = await this.db
      .insertInto('wrap_up_reason')
      .values({ label: reason.label, for_all: flag(reason.forAll) })
      .returning('id')
      .executeTakeFirstOrThrow();
    await this.#assign(id, reason.teamIds);
    return id;
  }

  async update(id: number, change: Partial<Omit<WrapUpReasonRecord, 'id'>>): Promise<void> {
    this.touch('wrapUpReasons');
    const columns = {
      ...(change.label === undefined ? {} : { label: change.label }),
      ...(change.forAll === undefined ? {} : { for_all: flag(change.forAll) }),
    };
    if (Object.keys(columns).length > 0) {
      const result = await this.db
        .updateTable('wrap_up_reason')
        .set(columns)
        .where('id', '=', id)
        .executeTakeFirst();
      requireFound(result.numUpdatedRows, `wrap-up reason ${id}`);
    }
    if (change.teamIds === undefined) return;
    await this.db.deleteFrom('wrap_up_reason_team').where('wrap_up_reason_id', '=', id).execute();
    await this.#assign(id, change.teamIds);
  }

  async remove(id: number): Promise<void> {
    this.touch('wrapUpReasons');
    const result = await this.db.deleteFrom('wrap_up_reason').where('id', '=', id).executeTakeFirst();
    requireFound(result.numDeletedRows, `wrap-up reason ${id}`);
  }

  /**
   * What a team has, besides what everybody has.
   * @throws StoreError `reference` for a reason or a team that does not exist
   */
  async assign(teamId: number, ids: readonly number[]): Promise<void> {
    this.touch('wrapUpReasons');
    await this.db.deleteFrom('wrap_up_reason_team').where('team_id', '=', teamId).execute();
    const rows = ids.map((wrap_up_reason_id) => ({ wrap_up_reason_id, team_id: teamId }));
    if (rows.length > 0) await this.db.insertInto('wrap_up_reason_team').values(rows).execute();
  }

  async #assign(id: number, teamIds: readonly number[]): Promise<void> {
    if (teamIds.length === 0) return;
    const rows = [...new Set(teamIds)].map((team_id) => ({ wrap_up_reason_id: id, team_id }));
    await this.db.insertInto('wrap_up_reason_team').values(rows).execute();
  }
}
