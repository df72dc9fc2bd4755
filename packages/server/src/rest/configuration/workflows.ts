/** Workflows and their actions, for administrators (rest-api.md 8); which team has which is in teams.ts. */
import { WORKFLOW_ACTIONS_MAX, WORKFLOWS_MAX } from '../../configuration/limits.ts';
import { type ApiFailure, failure } from '../../domain/errors.ts';
import { listDocument } from '../../objects/list.ts';
import { readWorkflow, readWorkflowAction, refuseAction } from '../../objects/workflow-request.ts';
import { WORKFLOW_ACTION, WORKFLOW_CONFIGURATION } from '../../objects/workflows.ts';
import { objectWriter } from '../../objects/writer.ts';
import { StoreError } from '../../store/store-error.ts';
import { type Answer, failed, ok } from '../answer.ts';
import type { Call } from '../call.ts';
import type { Resource } from '../resource.ts';
import { created as createdAt, notFound, numberOf, resourcesOf } from './configuration.ts';

type Kind = 'Workflow' | 'WorkflowAction';
const NO_CONDITIONS = { applyMethod: 'ALL', conditions: [] } as const;

const workflows = (call: Call) => call.dependencies.directory.current.allWorkflows();
const actions = (call: Call) => call.dependencies.directory.current.workflowActions();
const writerOf = (call: Call) => objectWriter(WORKFLOW_CONFIGURATION, call.dependencies.presenter.profile);
const actionWriterOf = (call: Call) => objectWriter(WORKFLOW_ACTION, call.dependencies.presenter.profile);

/** The one of the path. */
function asked<T extends { readonly id: number }>(call: Call, all: readonly T[]): T | undefined {
  const id = numberOf(call);
  return all.find((one) => one.id === id);
}

const unknown = (call: Call, kind: Kind): Answer => failed(notFound(call, kind));

const missing = (name: string): Answer =>
  failed(failure('PARAMETER_MISSING', name, `${name} Parameter missing`));

/** Actions that do not exist, among those that a workflow shall have. */
function refuseIds(
  ids: readonly number[],
  known: readonly { readonly id: number }[],
  kind: Kind,
): ApiFailure | null {
  const stranger = ids.find((id) => !known.some((one) => one.id === id));
  return stranger === undefined
    ? null
    : failure('API_ERROR', `/finesse/api/${kind}/${stranger}`, `There is no such ${kind}`);
}

async function createWorkflow(call: Call): Promise<Answer> {
  const read = readWorkflow(call.body);
  if (!read.ok) return failed(read.failure);
  const { name, triggerSet, description = '', media = 'Voice', actionIds = [] } = read.value;
  if (name === undefined) return missing('name');
  if (triggerSet === undefined) return missing('TriggerSet');
  const { conditionSet = NO_CONDITIONS } = read.value;
  const refused = refuseIds(actionIds, actions(call), 'WorkflowAction');
  if (refused !== null) return failed(refused);
  if (workflows(call).length >= WORKFLOWS_MAX) return failed(failure('MAXIMUM_EXCEEDED', 'Workflow'));
  const workflow = { name, description, media, triggerSet, conditionSet, teams: [] };
  return created(call, 'Workflow', () => call.change((store) => store.workflows.create(workflow, actionIds)));
}

async function updateWorkflow(call: Call): Promise<Answer> {
  const before = asked(call, workflows(call));
  if (before === undefined) return unknown(call, 'Workflow');
  const read = readWorkflow(call.body);
  if (!read.ok) return failed(read.failure);
  const { actionIds = before.actions.map(({ id }) => id), ...change } = read.value;
  const refused = refuseIds(actionIds, actions(call), 'WorkflowAction');
  if (refused !== null) return failed(refused);
  return written('Workflow', async () => {
    await call.change((store) => store.workflows.update(before.id, { ...before, ...change }, actionIds));
    return ok('');
  });
}

async function createAction(call: Call): Promise<Answer> {
  const read = readWorkflowAction(call.body);
  if (!read.ok) return failed(read.failure);
  const { name, type, handledBy = 'FINESSE_DESKTOP', params = [], variables = [] } = read.value;
  if (name === undefined) return missing('name');
  if (type === undefined) return missing('type');
  const action = { name, type, handledBy, params, variables };
  const refused = refuseAction(action);
  if (refused !== null) return failed(refused);
  if (actions(call).length >= WORKFLOW_ACTIONS_MAX)
    return failed(failure('MAXIMUM_EXCEEDED', 'WorkflowAction'));
  return created(call, 'WorkflowAction', () => call.change((store) => store.workflowActions.create(action)));
}

async function updateAction(call: Call): Promise<Answer> {
  const before = asked(call, actions(call));
  if (before === undefined) return unknown(call, 'WorkflowAction');
  const read = readWorkflowAction(call.body);
  if (!read.ok) return failed(read.failure);
  const action = { ...before, ...read.value };
  const refused = refuseAction(action);
  if (refused !== null) return failed(refused);
  return written('WorkflowAction', async () => {
    await call.change((store) => store.workflowActions.update(before.id, action));
    return ok('');
  });
}

async function remove(call: Call, kind: Kind): Promise<Answer> {
  const one = asked<{ readonly id: number }>(call, kind === 'Workflow' ? workflows(call) : actions(call));
  if (one === undefined) return unknown(call, kind);
  return written(kind, async () => {
    await call.change((store) =>
      kind === 'Workflow' ? store.workflows.remove(one.id) : store.workflowActions.remove(one.id),
    );
    return ok('');
  });
}

const created = (call: Call, kind: Kind, create: () => Promise<number>): Promise<Answer> =>
  written(kind, async () => createdAt(call, `/finesse/api/${kind}/${await create()}`));

/** What the store refuses: a name that is used, an action that a workflow has, what somebody else deleted meanwhile. */
async function written(kind: Kind, work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const what = kind === 'Workflow' ? 'workflow' : 'workflow action';
    if (error.code === 'duplicate')
      return failed(failure('DUPLICATE_WORKFLOW', '', `A ${what} with the same name already exists`));
    if (error.code === 'reference')
      return failed(failure('API_ERROR', kind, `The ${what} is in use, or refers to what does not exist`));
    if (error.code === 'not-found') return failed(failure('NOT_FOUND', kind, `Invalid ${kind} id specified`));
    throw error;
  }
}

export const WORKFLOW_CONFIGURATION_RESOURCES: readonly Resource[] = [
  ...resourcesOf(
    'Workflow',
    'workflow',
    { read: 'workflow.read', write: 'workflow.write' },
    {
      list: (call) => ok(listDocument('Workflows', writerOf(call), workflows(call))),
      get: (call) => {
        const workflow = asked(call, workflows(call));
        return workflow === undefined ? unknown(call, 'Workflow') : ok(writerOf(call).document(workflow));
      },
      create: createWorkflow,
      update: updateWorkflow,
      remove: (call) => remove(call, 'Workflow'),
    },
  ),
  ...resourcesOf(
    'WorkflowAction',
    'workflowAction',
    { read: 'workflowAction.read', write: 'workflowAction.write' },
    {
      list: (call) => ok(listDocument('WorkflowActions', actionWriterOf(call), actions(call))),
      get: (call) => {
        const action = asked(call, actions(call));
        return action === undefined
          ? unknown(call, 'WorkflowAction')
          : ok(actionWriterOf(call).document(action));
      },
      create: createAction,
      update: updateAction,
      remove: (call) => remove(call, 'WorkflowAction'),
    },
  ),
];
