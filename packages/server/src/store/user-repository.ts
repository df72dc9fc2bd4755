/** Users with their roles, supervised teams and skill groups. */
import type { Role, UserRecord } from './directory.ts';
import { chunks, grouped, Repository, requireFound } from './repository.ts';
import { foldId } from './snapshot.ts';

const ROLE_ORDER: readonly Role[] = ['Agent', 'Supervisor', 'Administrator'];
/** Above those of the demonstration and bench users. */
const FIRST_SKILL_TARGET = 100_001;

const ascending = (values: readonly number[]): number[] => [...new Set(values)].sort((a, b) => a - b);

export class UserRepository extends Repository {
  async all(): Promise<UserRecord[]> {
    const rows = await this.db.selectFrom('user_account').selectAll().orderBy('id').execute();
    const roles = grouped(
      await this.db.selectFrom('user_role').selectAll().execute(),
      (row) => row.user_id,
      (row) => row.role,
    );
    const supervised = grouped(
      await this.db.selectFrom('user_supervised_team').selectAll().orderBy('team_id').execute(),
      (row) => row.user_id,
      (row) => row.team_id,
    );
    const groups = grouped(
      await this.db.selectFrom('user_skill_group').selectAll().orderBy('skill_group_number').execute(),
      (row) => row.user_id,
      (row) => row.skill_group_number,
    );
    return rows.map((row) => ({
      loginId: row.login_id,
      loginName: row.login_name,
      firstName: row.first_name,
      lastName: row.last_name,
      roles: ROLE_ORDER.filter((role) => roles.get(row.id)?.includes(role)),
      teamId: row.team_id,
      supervisedTeamIds: supervised.get(row.id) ?? [],
      skillTargetId: row.skill_target_id,
      skillGroupNumbers: groups.get(row.id) ?? [],
    }));
  }

  /** @throws StoreError `duplicate` (login id, login name, skill target), `reference` (team, skill group) */
  async create(user: UserRecord): Promise<void> {
    this.touch('users');
    const { id } = await this.db
      .insertInto('user_account')
      .values({
        login_id: user.loginId,
        login_id_folded: foldId(user.loginId),
        login_name: user.loginName,
        login_name_folded: foldId(user.loginName),
        first_name: user.firstName,
        last_name: user.lastName,
        team_id: user.teamId,
        skill_target_id: user.skillTargetId,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await this.#relate(id, user);
  }

  /** Changes what is given, keeps the rest. The login id cannot change. */
  async update(loginId: string, change: Partial<Omit<UserRecord, 'loginId'>>): Promise<void> {
    this.touch('users');
    const id = await this.idOf(loginId);
    requireFound(id === undefined ? 0 : 1, `user ${loginId}`);
    const columns = {
      ...(change.loginName === undefined
        ? {}
        : { login_name: change.loginName, login_name_folded: foldId(change.loginName) }),
      ...(change.firstName === undefined ? {} : { first_name: change.firstName }),
      ...(change.lastName === undefined ? {} : { last_name: change.lastName }),
      ...(change.teamId === undefined ? {} : { team_id: change.teamId }),
      ...(change.skillTargetId === undefined ? {} : { skill_target_id: change.skillTargetId }),
    };
    if (Object.keys(columns).length > 0) {
      await this.db.updateTable('user_account').set(columns).where('id', '=', id!).execute();
    }
    if (change.roles !== undefined)
      await this.db.deleteFrom('user_role').where('user_id', '=', id!).execute();
    if (change.supervisedTeamIds !== undefined) {
      await this.db.deleteFrom('user_supervised_team').where('user_id', '=', id!).execute();
    }
    if (change.skillGroupNumbers !== undefined) {
      await this.db.deleteFrom('user_skill_group').where('user_id', '=', id!).execute();
    }
    await this.#relate(id!, change);
  }

  async remove(loginId: string): Promise<void> {
    this.touch('users');
    const result = await this.db
      .deleteFrom('user_account')
      .where('login_id_folded', '=', foldId(loginId))
      .executeTakeFirst();
    requireFound(result.numDeletedRows, `user ${loginId}`);
  }

  /** The key of a user in the database. */
  async idOf(loginId: string): Promise<number | undefined> {
    const row = await this.db
      .selectFrom('user_account')
      .select('id')
      .where('login_id_folded', '=', foldId(loginId))
      .executeTakeFirst();
    return row?.id;
  }

  /** A skill target that no stored user has. */
  async freeSkillTarget(): Promise<number> {
    const row = await this.db
      .selectFrom('user_account')
      .select(({ fn }) => fn.max('skill_target_id').as('highest'))
      .executeTakeFirst();
    return Number(row?.highest ?? FIRST_SKILL_TARGET - 1) + 1;
  }

  async #relate(id: number, user: Partial<UserRecord>): Promise<void> {
    const roles = [...new Set(user.roles ?? [])].map((role) => ({ user_id: id, role }));
    for (const some of chunks(roles)) await this.db.insertInto('user_role').values(some).execute();
    const teams = ascending(user.supervisedTeamIds ?? []).map((team_id) => ({ user_id: id, team_id }));
    for (const some of chunks(teams)) await this.db.insertInto('user_supervised_team').values(some).execute();
    const groups = ascending(user.skillGroupNumbers ?? []).map((skill_group_number) => ({
      user_id: id,
      skill_group_number,
    }));
    for (const some of chunks(groups)) await this.db.insertInto('user_skill_group').values(some).execute();
  }
}
