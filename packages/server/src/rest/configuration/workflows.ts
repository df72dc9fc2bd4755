/** Workflows and their actions, for administrators (rest-api.md 8); which team has which is in teams.ts. */
import { WORKFLOW_ACTIONS_MAX, WORKFLOWS_MAX } from '../../configuration/limits.ts';
import { failure, inFull } from '../../domain/errors.ts';
import { listDocument } from '../../objects/list.ts';
import { missing, Refused } from '../../objects/request-fields.ts';
import { readWorkflow, readWorkflowAction, refuseAction } from '../../objects/workflow-request.ts';
import { WORKFLOW_ACTION, WORKFLOW_CONFIGURATION } from '../../objects/workflows.ts';
import { objectWriter } from '../../objects/writer.ts';
import { type Answer, failed, ok } from '../answer.ts';
import type { Call } from '../call.ts';
import type { Resource } from '../resource.ts';
import {
  answering,
  changing,
  changingQuietly,
  created,
  notFound,
  numberOf,
  resourcesOf,
} from './configuration.ts';

type Kind = 'Workflow' | 'WorkflowAction';
const NO_CONDITIONS = { applyMethod: 'ALL', conditions: [] } as const;

const workflows = (call: Call) => call.dependencies.directory.current.allWorkflows();
const actions = (call: Call) => call.dependencies.directory.current.workflowActions();
const writerOf = (call: Call) => objectWriter(WORKFLOW_CONFIGURATION, call.dependencies.presenter.profile);
const actionWriterOf = (call: Call) => objectWriter(WORKFLOW_ACTION, call.dependencies.presenter.profile);

/** The one of the path. @throws Refused */
function asked<T extends { readonly id: number }>(call: Call, kind: Kind, all: readonly T[]): T {
  const id = numberOf(call);
  const one = all.find((candidate) => candidate.id === id);
  if (one === undefined) throw new Refused(notFound(call, kind));
  return one;
}

/** Actions that do not exist, among those that a workflow shall have. @throws Refused */
function refuseStrangers(call: Call, ids: readonly number[]): void {
  const known = actions(call);
  const stranger = ids.find((id) => !known.some((one) => one.id === id));
  if (stranger !== undefined)
    throw new Refused(
      failure('API_ERROR', `/finesse/api/WorkflowAction/${stranger}`, 'There is no such WorkflowAction'),
    );
}

const used = (kind: Kind) =>
  failure(
    'DUPLICATE_WORKFLOW',
    '',
    inFull(
      'DUPLICATE_WORKFLOW',
      `A ${kind === 'Workflow' ? 'workflow' : 'workflow action'} with the same name already exists`,
    ),
  );

async function createWorkflow(call: Call): Promise<Answer> {
  const read = readWorkflow(call.body, true);
  if (!read.ok) return failed(read.failure);
  const { name, triggerSet, description = '', media = 'Voice', actionIds = [] } = read.value;
  if (name === undefined) return failed(missing('name', 'BAD_REQUEST').failure);
  if (triggerSet === undefined) return failed(missing('TriggerSet', 'BAD_REQUEST').failure);
  const { conditionSet = NO_CONDITIONS } = read.value;
  const workflow = { name, description, media, triggerSet, conditionSet, teams: [] };
  return changing(
    call,
    'Workflow',
    async (store) => {
      refuseStrangers(call, actionIds);
      if (workflows(call).length >= WORKFLOWS_MAX) throw new Refused(failure('MAXIMUM_EXCEEDED', 'Workflow'));
      return created(call, `/finesse/api/Workflow/${await store.workflows.create(workflow, actionIds)}`);
    },
    used('Workflow'),
  );
}

function updateWorkflow(call: Call): Promise<Answer> {
  const read = readWorkflow(call.body);
  return changingQuietly(
    call,
    'Workflow',
    async (store) => {
      const before = asked(call, 'Workflow', workflows(call));
      if (!read.ok) throw new Refused(read.failure);
      const { actionIds = before.actions.map(({ id }) => id), ...change } = read.value;
      refuseStrangers(call, actionIds);
      await store.workflows.update(before.id, { ...before, ...change }, actionIds);
    },
    used('Workflow'),
  );
}

async function createAction(call: Call): Promise<Answer> {
  const read = readWorkflowAction(call.body, true);
  if (!read.ok) return failed(read.failure);
  const { name, type, handledBy = 'FINESSE_DESKTOP', params = [], variables = [] } = read.value;
  if (name === undefined) return failed(missing('name', 'BAD_REQUEST').failure);
  if (type === undefined) return failed(missing('type', 'BAD_REQUEST').failure);
  const action = { name, type, handledBy, params, variables };
  const refused = refuseAction(action);
  if (refused !== null) return failed(refused);
  return changing(
    call,
    'WorkflowAction',
    async (store) => {
      if (actions(call).length >= WORKFLOW_ACTIONS_MAX)
        throw new Refused(failure('MAXIMUM_EXCEEDED', 'WorkflowAction'));
      return created(call, `/finesse/api/WorkflowAction/${await store.workflowActions.create(action)}`);
    },
    used('WorkflowAction'),
  );
}

function updateAction(call: Call): Promise<Answer> {
  const read = readWorkflowAction(call.body);
  return changingQuietly(
    call,
    'WorkflowAction',
    async (store) => {
      const before = asked(call, 'WorkflowAction', actions(call));
      if (!read.ok) throw new Refused(read.failure);
      const action = { ...before, ...read.value };
      const refused = refuseAction(action);
      if (refused !== null) throw new Refused(refused);
      await store.workflowActions.update(before.id, action);
    },
    used('WorkflowAction'),
  );
}

export const WORKFLOW_CONFIGURATION_RESOURCES: readonly Resource[] = [
  ...resourcesOf(
    'Workflow',
    'workflow',
    { read: 'workflow.read', write: 'workflow.write' },
    {
      list: (call) => ok(listDocument('Workflows', writerOf(call), workflows(call))),
      get: (call) => answering(() => ok(writerOf(call).document(asked(call, 'Workflow', workflows(call))))),
      create: createWorkflow,
      update: updateWorkflow,
      remove: (call) =>
        changingQuietly(call, 'Workflow', (store) =>
          store.workflows.remove(asked(call, 'Workflow', workflows(call)).id),
        ),
    },
  ),
  ...resourcesOf(
    'WorkflowAction',
    'workflowAction',
    { read: 'workflowAction.read', write: 'workflowAction.write' },
    {
      list: (call) => ok(listDocument('WorkflowActions', actionWriterOf(call), actions(call))),
      get: (call) =>
        answering(() => ok(actionWriterOf(call).document(asked(call, 'WorkflowAction', actions(call))))),
      create: createAction,
      update: updateAction,
      remove: (call) =>
        changingQuietly(call, 'WorkflowAction', (store) =>
          store.workflowActions.remove(asked(call, 'WorkflowAction', actions(call)).id),
        ),
    },
  ),
];
