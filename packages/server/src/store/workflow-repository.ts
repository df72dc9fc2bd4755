/** Workflows, their actions, and the teams they are assigned to (objects.md 9). */
import type { Kysely } from 'kysely';
import type { WorkflowActionRecord, WorkflowRecord } from './directory.ts';
import { grouped, Repository, requireFound } from './repository.ts';
import type { Schema } from './schema.ts';

export class WorkflowRepository extends Repository {
  async all(): Promise<WorkflowRecord[]> {
    const rows = await this.db.selectFrom('workflow').selectAll().orderBy('id').execute();
    const actions = new Map((await allActions(this.db)).map((action) => [action.id, action]));
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
      triggerSet: triggerSetOf(row.trigger_set),
      conditionSet: JSON.parse(row.condition_set) as WorkflowRecord['conditionSet'],
      actions: steps.get(row.id) ?? [],
      teams: teams.get(row.id) ?? [],
    }));
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
      .values(columnsOf(workflow))
      .returning('id')
      .executeTakeFirstOrThrow();
    await this.#addSteps(id, actionIds);
    const teams = workflow.teams.map(({ teamId, position }) => ({
      workflow_id: id,
      team_id: teamId,
      position,
    }));
    if (teams.length > 0) await this.db.insertInto('workflow_team').values(teams).execute();
    return id;
  }

  /**
   * Teams keep it where they have it.
   * @throws StoreError `not-found`; `duplicate` when the name is used, `reference` for an action that does not exist
   */
  async update(
    id: number,
    workflow: Omit<WorkflowRecord, 'id' | 'actions' | 'teams'>,
    actionIds: readonly number[],
  ): Promise<void> {
    this.touch('workflows');
    const result = await this.db
      .updateTable('workflow')
      .set(columnsOf(workflow))
      .where('id', '=', id)
      .executeTakeFirst();
    requireFound(result.numUpdatedRows, `workflow ${id}`);
    await this.db.deleteFrom('workflow_step').where('workflow_id', '=', id).execute();
    await this.#addSteps(id, actionIds);
  }

  /** What a team has, in its order. @throws StoreError `reference` for a workflow or a team that does not exist */
  async assign(teamId: number, workflowIds: readonly number[]): Promise<void> {
    this.touch('workflows');
    await this.db.deleteFrom('workflow_team').where('team_id', '=', teamId).execute();
    const rows = workflowIds.map((workflow_id, position) => ({ workflow_id, team_id: teamId, position }));
    if (rows.length > 0) await this.db.insertInto('workflow_team').values(rows).execute();
  }

  async #addSteps(id: number, actionIds: readonly number[]): Promise<void> {
    const steps = actionIds.map((workflow_action_id, position) => ({
      workflow_id: id,
      workflow_action_id,
      position,
    }));
    if (steps.length > 0) await this.db.insertInto('workflow_step').values(steps).execute();
  }

  /** Its actions stay. @throws StoreError `not-found` */
  async remove(id: number): Promise<void> {
    this.touch('workflows');
    const result = await this.db.deleteFrom('workflow').where('id', '=', id).executeTakeFirst();
    requireFound(result.numDeletedRows, `workflow ${id}`);
  }
}

const columnsOf = (workflow: Omit<WorkflowRecord, 'id' | 'actions' | 'teams'>) => ({
  name: workflow.name,
  description: workflow.description,
  media: workflow.media,
  trigger_set: JSON.stringify(workflow.triggerSet),
  condition_set: JSON.stringify(workflow.conditionSet),
});

/** Those of older data do not say whether calls may overlap. */
function triggerSetOf(stored: string): WorkflowRecord['triggerSet'] {
  const set = JSON.parse(stored) as WorkflowRecord['triggerSet'];
  return { ...set, allowOverlappingCallWorkflow: set.allowOverlappingCallWorkflow ?? false };
}

async function allActions(db: Kysely<Schema>): Promise<WorkflowActionRecord[]> {
  const rows = await db.selectFrom('workflow_action').selectAll().orderBy('id').execute();
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    type: row.type,
    handledBy: row.handled_by,
    params: JSON.parse(row.params) as WorkflowActionRecord['params'],
    variables: JSON.parse(row.variables) as WorkflowActionRecord['variables'],
  }));
}

type ActionChange = Omit<WorkflowActionRecord, 'id'>;

export class WorkflowActionRepository extends Repository {
  all(): Promise<WorkflowActionRecord[]> {
    return allActions(this.db);
  }

  /** @returns its id. @throws StoreError `duplicate` when the name is used */
  async create(action: ActionChange): Promise<number> {
    this.touch('workflowActions');
    const { id } = await this.db
      .insertInto('workflow_action')
      .values(actionColumns(action))
      .returning('id')
      .executeTakeFirstOrThrow();
    return id;
  }

  /** @throws StoreError `not-found`; `duplicate` when the name is used */
  async update(id: number, action: ActionChange): Promise<void> {
    this.touch('workflowActions', 'workflows');
    const result = await this.db
      .updateTable('workflow_action')
      .set(actionColumns(action))
      .where('id', '=', id)
      .executeTakeFirst();
    requireFound(result.numUpdatedRows, `workflow action ${id}`);
  }

  /** @throws StoreError `not-found`; `reference` while a workflow has it */
  async remove(id: number): Promise<void> {
    this.touch('workflowActions');
    const result = await this.db.deleteFrom('workflow_action').where('id', '=', id).executeTakeFirst();
    requireFound(result.numDeletedRows, `workflow action ${id}`);
  }
}

const actionColumns = (action: ActionChange) => ({
  name: action.name,
  type: action.type,
  handled_by: action.handledBy,
  params: JSON.stringify(action.params),
  variables: JSON.stringify(action.variables),
});
