/** What requests about workflows may hold (objects.md 9, rest-api.md 8). Paths and addresses are not validated (admin.md A14). */
import type { Element } from '@poise/xml';
import {
  ACTION_NAME_MAX,
  ACTION_TYPES,
  ACTION_VARIABLE_NAME_MAX,
  ACTIONS_PER_WORKFLOW_MAX,
  actionProblem,
  COMPARATOR,
  CONDITIONS_MAX,
  HANDLERS,
  MEDIA_MAX,
  NODE_MAX,
  PARAMS_MAX,
  paramMax,
  TEST_VALUE_MAX,
  TRIGGERS_MAX,
  VALUE_MAX,
  VARIABLE_NAME_MAX,
  VARIABLES_MAX,
  WORKFLOW_DESCRIPTION_MAX,
  WORKFLOW_NAME_MAX,
} from '../configuration/limits.ts';
import { type ApiFailure, failure, inFull } from '../domain/errors.ts';
import type {
  WorkflowActionRecord,
  WorkflowConditionRecord,
  WorkflowRecord,
  WorkflowVariableRecord,
} from '../store/directory.ts';
import { childText, lastChild, type Reading, readRoot, refuse } from './request.ts';
import { idsOf, invalid, listOf, oneOf, readingBadRequest, short } from './request-fields.ts';

/** What a request sets; what it leaves out keeps its value. */
export type WorkflowChange = Partial<Omit<WorkflowRecord, 'id' | 'actions' | 'teams'>> & {
  readonly actionIds?: readonly number[];
};
export type WorkflowActionChange = Partial<Omit<WorkflowActionRecord, 'id'>>;

function readVariable(element: Element): WorkflowVariableRecord {
  const name = short(element, 'name', VARIABLE_NAME_MAX, 1);
  if (name === undefined) throw invalid('name', 'A variable has a name');
  const type = oneOf(element, 'type', ['SYSTEM', 'CUSTOM']) ?? 'CUSTOM';
  const node = short(element, 'node', NODE_MAX) ?? '';
  // A system variable is known by its name.
  if (node === '' && type === 'CUSTOM') throw invalid('node', 'A variable of type CUSTOM has a node');
  return { name, node, type };
}

function readCondition(element: Element): WorkflowConditionRecord {
  const variable = lastChild(element, 'Variable');
  const comparator = childText(element, 'comparator') ?? '';
  if (variable === undefined) throw invalid('Variable', 'A condition has a Variable');
  if (!COMPARATOR.test(comparator)) throw invalid('comparator', 'A condition has a comparator');
  return { variable: readVariable(variable), comparator, value: short(element, 'value', VALUE_MAX) ?? '' };
}

function readTriggerSet(element: Element): WorkflowRecord['triggerSet'] {
  const name = short(element, 'name', VARIABLE_NAME_MAX, 1);
  if (name === undefined) throw invalid('TriggerSet', 'A TriggerSet has a name');
  return {
    type: oneOf(element, 'type', ['SYSTEM', 'CUSTOM']) ?? 'SYSTEM',
    name,
    triggers: listOf(element, 'triggers', 'Trigger', TRIGGERS_MAX).map(readCondition),
    allowOverlappingCallWorkflow:
      oneOf(element, 'allowOverlappingCallWorkflow', ['true', 'false']) === 'true',
  };
}

const readConditionSet = (element: Element): WorkflowRecord['conditionSet'] => ({
  applyMethod: oneOf(element, 'applyMethod', ['ALL', 'ANY']) ?? 'ALL',
  conditions: listOf(element, 'conditions', 'Condition', CONDITIONS_MAX).map(readCondition),
});

const nothingSet = () =>
  failure(
    'INVALID_INPUT',
    'For update, at least one field must be set.',
    inFull('INVALID_INPUT', 'At least one element must be given'),
  );

/** @param isNew something has to be set, but of a new one it is told what */
export function readWorkflow(body: Uint8Array | undefined, isNew = false): Reading<WorkflowChange> {
  return readingBadRequest(() => {
    const root = readRoot(body, 'Workflow');
    if (!root.ok) return root;
    const element = root.value;
    const name = short(element, 'name', WORKFLOW_NAME_MAX, 1);
    const description = short(element, 'description', WORKFLOW_DESCRIPTION_MAX);
    const media = short(element, 'media', MEDIA_MAX, 1);
    const triggerSet = lastChild(element, 'TriggerSet');
    const conditionSet = lastChild(element, 'ConditionSet');
    const hasActions = lastChild(element, 'workflowActions') !== undefined;
    const actions = listOf(element, 'workflowActions', 'WorkflowAction', ACTIONS_PER_WORKFLOW_MAX);
    const value: WorkflowChange = {
      ...(name !== undefined && { name }),
      ...(description !== undefined && { description }),
      ...(media !== undefined && { media }),
      ...(triggerSet !== undefined && { triggerSet: readTriggerSet(triggerSet) }),
      ...(conditionSet !== undefined && { conditionSet: readConditionSet(conditionSet) }),
      ...(hasActions && { actionIds: idsOf(actions, 'WorkflowAction') }),
    };
    return !isNew && Object.keys(value).length === 0 ? refuse(nothingSet()) : { ok: true, value };
  });
}

function readParams(element: Element): WorkflowActionRecord['params'] {
  const params = listOf(element, 'params', 'Param', PARAMS_MAX).map((param) => {
    const name = short(param, 'name', VARIABLE_NAME_MAX, 1);
    if (name === undefined) throw invalid('name', 'A Param has a name');
    // Bodies may begin and end with white space.
    const value = lastChild(param, 'value')?.text ?? '';
    const max = paramMax(name);
    if (value.length > max) throw invalid(name, `${name} must have at most ${max} characters`);
    return { name, value };
  });
  if (new Set(params.map(({ name }) => name)).size < params.length)
    throw invalid('params', 'A Param stands there twice');
  return params;
}

function readActionVariables(element: Element): WorkflowActionRecord['variables'] {
  const variables = listOf(element, 'actionVariables', 'ActionVariable', VARIABLES_MAX).map((one) => {
    const variable = readVariable(one);
    if (variable.name.length > ACTION_VARIABLE_NAME_MAX)
      throw invalid('name', `name must have 1 to ${ACTION_VARIABLE_NAME_MAX} characters`);
    return { ...variable, testValue: short(one, 'testValue', TEST_VALUE_MAX) ?? '' };
  });
  if (new Set(variables.map(({ name }) => name)).size < variables.length)
    throw invalid('actionVariables', 'A variable stands there twice');
  return variables;
}

/** @param isNew as of {@link readWorkflow} */
export function readWorkflowAction(
  body: Uint8Array | undefined,
  isNew = false,
): Reading<WorkflowActionChange> {
  return readingBadRequest(() => {
    const root = readRoot(body, 'WorkflowAction');
    if (!root.ok) return root;
    const element = root.value;
    const name = short(element, 'name', ACTION_NAME_MAX, 1);
    const type = oneOf(element, 'type', ACTION_TYPES);
    const handledBy = oneOf(element, 'handledBy', HANDLERS);
    const has = (list: string) => lastChild(element, list) !== undefined;
    const value: WorkflowActionChange = {
      ...(name !== undefined && { name }),
      ...(type !== undefined && { type }),
      ...(handledBy !== undefined && { handledBy }),
      ...(has('params') && { params: readParams(element) }),
      ...(has('actionVariables') && { variables: readActionVariables(element) }),
    };
    return !isNew && Object.keys(value).length === 0 ? refuse(nothingSet()) : { ok: true, value };
  });
}

/** What must hold of an action as a whole, kept and new parts together. */
export function refuseAction(action: Pick<WorkflowActionRecord, 'type' | 'params'>): ApiFailure | null {
  const problem = actionProblem(action);
  if (problem === null) return null;
  const { param, values } = problem;
  const wrong = values === undefined ? 'Parameter missing' : `must be ${values}`;
  return failure('BAD_REQUEST', param, `${param} ${wrong}`);
}
