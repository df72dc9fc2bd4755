/**
 * Variables of type SYSTEM are names: where they come with no path (objects.md 9), it is the one that stands here. Pure.
 */
import type { WorkflowVariable } from '@poise/client';

const OF_DIALOG: ReadonlySet<string> = new Set([
  'state',
  'mediaType',
  'fromAddress',
  'toAddress',
  'secondaryId',
]);
const OF_USER: ReadonlySet<string> = new Set([
  'loginId',
  'loginName',
  'firstName',
  'lastName',
  'extension',
  'teamName',
]);
/** Of call data; `user.` begins the names of ECC variables, `BA` those of the outbound option. */
const CALL_VARIABLE = /^(callVariable\d{1,2}|user\.[\w.[\]-]{1,64}|BA\w{1,64})$/;

/** The path of a variable; empty where nothing is known of its name. */
export function nodeOf({ name, node, type }: WorkflowVariable): string {
  if (node !== '' || type !== 'SYSTEM') return node;
  if (name === 'dialogId') return '//Dialog/id';
  if (OF_DIALOG.has(name)) return `//Dialog/${name}`;
  if (OF_USER.has(name)) return `//User/${name}`;
  if (CALL_VARIABLE.test(name)) return `//CallVariable[name='${name}']/value`;
  return /^[A-Za-z]\w{0,63}$/.test(name) ? `//Dialog/mediaProperties/${name}` : '';
}

/** Properties of a call that every deployment has (objects.md 3). */
const OF_CALL = ['dialedNumber', 'DNIS', 'callType', 'queueNumber', 'queueName', 'wrapUpReason'] as const;
const CALL_VARIABLES = Array.from({ length: 10 }, (_, index) => `callVariable${index + 1}`);

/** Whether a name alone says which variable is meant, on every installation. */
export const isSystemName = (name: string): boolean =>
  CALL_VARIABLE.test(name) || SYSTEM_VARIABLES.some((variable) => variable.name === name);

/** The variables that have a name everywhere; those of ECC and of the outbound option are named by whoever configures them. */
export const SYSTEM_VARIABLES: readonly Pick<WorkflowVariable, 'name' | 'node'>[] = [
  'dialogId',
  ...OF_DIALOG,
  ...OF_CALL,
  ...CALL_VARIABLES,
  ...OF_USER,
].map((name) => ({ name, node: nodeOf({ name, node: '', type: 'SYSTEM' }) }));
