/** Workflows, their actions, and the teams they are assigned to (objects.md 9). */
import type { WorkflowActionRecord, WorkflowRecord } from './directory.ts';
import { grouped, Repository, requireFound } from './repository.ts';

export class WorkflowRepository extends Repository {
  async all(): Promise<WorkflowRecord[]> {
    const rows = await this.db.selectFrom('workflow').selectAll().orderBy('id').execute();
    const actions = new Map((await this.actions()).map((action) => [action.id, action]));
    const steps = grouped(
      await this.db.selectFrom('workflow_step').selectAll().orderBy('position').execute(),
      (row) => row.workflow_id,
      (row) => actions.get(row.workflow_action_id)!,
    );
    const teams = grouped(
      await this.db.selectFrom('workflow_team').selectAll().orderBy('team_id').execute(),
      (row) => row.workflow_id,
      ({ team_id, position }) => ({ teamId: team_id, position }),
    );
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      description: row.description,
      media: row.media,
      triggerSet: JSON.parse(row.trigger_set) as WorkflowRecord['triggerSet'],
      conditionSet: JSON.parse(row.condition_set) as WorkflowRecord['conditionSet'],
      actions: steps.get(row.id) ?? [],
      teams: teams.get(row.id) ?? [],
    }));
  }

  async actions(): Promise<WorkflowActionRecord[]> {
    const rows = await this.db.selectFrom('workflow_action').selectAll().orderBy('id').execute();
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      type: row.type,
      handledBy: row.handled_by,
      params: JSON.parse(row.params) as WorkflowActionRecord['params'],
      variables: JSON.parse(row.variables) as WorkflowActionRecord['variables'],
    }));
  }

  /** @returns its id. @throws StoreError `duplicate` when the name is used */
  async createAction(action: Omit<WorkflowActionRecord, 'id'>): Promise<number> {
    this.touch('workflows');
    const { id } = await this.db
      .insertInto('workflow_action')
      .values({
        name: action.name,
        type: action.type,
        handled_by: action.handledBy,
        params: JSON.stringify(action.params),
        variables: JSON.stringify(action.variables),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return id;
  }

  /** @throws StoreError `not-found`; `reference` while a workflow has it */
  async removeAction(id: number): Promise<void> {
    this.touch('workflows');
    const result = await this.db.deleteFrom('workflow_action').where('id', '=', id).executeTakeFirst();
    requireFound(result.numDeletedRows, `workflow action ${id}`);
  }

  /**
   * @param actionIds in the order in which they run. @returns its id
   * @throws StoreError `duplicate` when the name is used, `reference` for an action or a team that does not exist
   */
  async create(
    workflow: Omit<WorkflowRecord, 'id' | 'actions'>,
    actionIds: readonly number[],
  ): Promise<number> {
    this.touch('workflows');
    const { id } = await this.db
      .insertInto('workflow')
      .values({
        name: workflow.name,
        description: workflow.description,
        media: workflow.media,
        trigger_set: JSON.stringify(workflow.triggerSet),
        condition_set: JSON.stringify(workflow.conditionSet),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const steps = actionIds.map((workflow_action_id, position) => ({
      workflow_id: id,
      workflow_action_id,
      position,
    }));
    if (steps.length > 0) await this.db.insertInto('workflow_step').values(steps).execute();
    const teams = workflow.teams.map(({ teamId, position }) => ({
      workflow_id: id,
      team_id: teamId,
      position,
    }));
    if (teams.length > 0) await this.db.insertInto('workflow_team').values(teams).execute();
    return id;
  }

  /** Its actions stay. @throws StoreError `not-found` */
  async remove(id: number): Promise<void> {
    this.touch('workflows');
    const result = await this.db.deleteFrom('workflow').where('id', '=', id).executeTakeFirst();
    requireFound(result.numDeletedRows, `workflow ${id}`);
  }
}
