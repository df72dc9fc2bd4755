/** Workflows with their whole actions, as users get them (objects.md 9). */
import type {
  WorkflowActionRecord,
  WorkflowConditionRecord,
  WorkflowRecord,
  WorkflowVariableRecord,
} from '../store/directory.ts';
import { fieldsOf, type ObjectDescription } from './description.ts';

const variable = fieldsOf<WorkflowVariableRecord>();
const VARIABLE = [
  variable.text('name', (v) => v.name),
  variable.text('node', (v) => v.node),
  variable.text('type', (v) => v.type),
];

const condition = fieldsOf<WorkflowConditionRecord>();
const CONDITION = [
  condition.group('Variable', VARIABLE, (c) => c.variable),
  condition.text('comparator', (c) => c.comparator),
  condition.text('value', (c) => c.value),
];

const triggerSet = fieldsOf<WorkflowRecord['triggerSet']>();
const conditionSet = fieldsOf<WorkflowRecord['conditionSet']>();

const param = fieldsOf<WorkflowActionRecord['params'][number]>();
const actionVariable = fieldsOf<WorkflowActionRecord['variables'][number]>();
const action = fieldsOf<WorkflowActionRecord>();
const ACTION_URI = action.uri('uri', (a) => `/finesse/api/WorkflowAction/${a.id}`);
const ACTION_SHORT = [action.text('name', (a) => a.name), action.text('type', (a) => a.type), ACTION_URI];
const ACTION_REST = [
  action.text('handledBy', (a) => a.handledBy),
  action.list(
    'params',
    'Param',
    [param.text('name', (p) => p.name), param.text('value', (p) => p.value)],
    (a) => a.params,
  ),
  action.list(
    'actionVariables',
    'ActionVariable',
    [
      actionVariable.text('name', (v) => v.name),
      actionVariable.text('type', (v) => v.type),
      actionVariable.text('node', (v) => v.node),
      actionVariable.text('testValue', (v) => v.testValue),
    ],
    (a) => a.variables,
  ),
];

export const WORKFLOW_ACTION: ObjectDescription<WorkflowActionRecord> = {
  root: 'WorkflowAction',
  eventRoot: 'workflowAction',
  declaration: true,
  fields: [
    ACTION_URI,
    action.text('name', (a) => a.name),
    action.text('type', (a) => a.type),
    ...ACTION_REST,
  ],
};

const workflow = fieldsOf<WorkflowRecord>();

const HEAD = [
  workflow.uri('uri', (w) => `/finesse/api/Workflow/${w.id}`),
  workflow.text('name', (w) => w.name),
  workflow.text('description', (w) => w.description),
  workflow.text('media', (w) => w.media, { since: '12.6' }),
];
const RULES = [
  workflow.group(
    'TriggerSet',
    [
      triggerSet.text('type', (t) => t.type),
      triggerSet.text('name', (t) => t.name),
      triggerSet.list('triggers', 'Trigger', CONDITION, (t) => t.triggers),
      triggerSet.boolean('allowOverlappingCallWorkflow', (t) => t.allowOverlappingCallWorkflow || undefined, {
        optional: true,
      }),
    ],
    (w) => w.triggerSet,
  ),
  workflow.group(
    'ConditionSet',
    [
      conditionSet.text('applyMethod', (c) => c.applyMethod),
      conditionSet.list('conditions', 'Condition', CONDITION, (c) => c.conditions),
    ],
    (w) => w.conditionSet,
  ),
];
const described = (
  fields: ObjectDescription<WorkflowRecord>['fields'],
): ObjectDescription<WorkflowRecord> => ({
  root: 'Workflow',
  eventRoot: 'workflow',
  declaration: true,
  fields,
});

/** As users get it: with its whole actions. */
export const WORKFLOW = described([
  ...HEAD,
  ...RULES,
  workflow.list('workflowActions', 'WorkflowAction', [...ACTION_SHORT, ...ACTION_REST], (w) => w.actions),
]);

/** As administrators get it: its actions are objects of their own. */
export const WORKFLOW_CONFIGURATION = described([
  ...HEAD,
  ...RULES,
  workflow.list('workflowActions', 'WorkflowAction', ACTION_SHORT, (w) => w.actions),
]);

/** As it stands among those of a team. */
export const WORKFLOW_OF_TEAM = described(HEAD);
