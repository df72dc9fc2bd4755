/** The Dialog of a task: no addresses, no call type, one participant (objects.md 4.2). And what is asked of it. */
import type { Element } from '@poise/xml';
import {
  actionsOfTask,
  TASK_ACTIONS,
  TASK_STATES,
  type Task,
  type TaskAction,
  type TaskVariable,
} from '../domain/tasks.ts';
import { fieldsOf, type ObjectDescription } from './description.ts';
import type { Reading } from './request.ts';
import { missing, oneOf, reading } from './request-fields.ts';

const variable = fieldsOf<TaskVariable>();
const VARIABLE = [variable.text('name', (v) => v.name), variable.text('value', (v) => v.value)];

const t = fieldsOf<Task>();
const MEDIA_PROPERTIES = [
  t.text('mediaId', ({ channel }) => channel.id),
  t.list('callvariables', 'CallVariable', VARIABLE, ({ variables }) => variables),
];
const PARTICIPANT = [
  t.texts('actions', 'action', actionsOfTask),
  t.text('mediaAddress', ({ loginId }) => loginId),
  t.time('startTime', ({ startTime }) => startTime),
  t.oneOf('state', TASK_STATES, ({ state }) => state),
  t.time('stateChangeTime', ({ stateChangeTime }) => stateChangeTime),
];

export const TASK: ObjectDescription<Task> = {
  root: 'Dialog',
  eventRoot: 'dialog',
  declaration: false,
  fields: [
    t.text('id', ({ id }) => id),
    t.group('mediaProperties', MEDIA_PROPERTIES, (task) => task),
    t.text('mediaType', ({ channel }) => channel.name),
    t.list('participants', 'Participant', PARTICIPANT, (task) => [task]),
    t.oneOf('state', TASK_STATES, ({ state }) => state),
    t.uri('uri', ({ id }) => `/finesse/api/Dialog/${id}`),
  ],
};

/** Reads the children of `<Dialog>`. */
export function readTaskRequest(root: Element): Reading<TaskAction> {
  return reading(() => {
    const action = oneOf(root, 'requestedAction', TASK_ACTIONS);
    if (action === undefined) throw missing('requestedAction');
    return { ok: true, value: action };
  });
}
