/**
 * The trigger sets of voice calls, as data. The server says with each workflow what its trigger is made of; these are
 * for sets that come with a name alone. CALL_ARRIVES is a confirmed name, the others are not (objects.md 9).
 */
import type { WorkflowCondition } from '@poise/client';

const condition = (name: string, node: string, comparator: string, value: string): WorkflowCondition => ({
  variable: { name, node, type: 'SYSTEM' },
  comparator,
  value,
});

const OWN = `\${userExtension}`;
const voice = condition('mediaType', '//Dialog/mediaType', 'IS_EQUAL', 'Voice');
const ownState = (states: string): WorkflowCondition =>
  condition('state', `//Dialog/participants/Participant[mediaAddress='${OWN}']/state`, 'IS_IN_LIST', states);
const fromOthers = condition('fromAddress', '//Dialog/fromAddress', 'IS_NOT_EQUAL', OWN);
const fromOwn = condition('fromAddress', '//Dialog/fromAddress', 'IS_EQUAL', OWN);
const isPreview = (comparator: string): WorkflowCondition =>
  condition(
    'callType',
    '//Dialog/mediaProperties/callType',
    comparator,
    'OUTBOUND_PREVIEW,OUTBOUND_CALLBACK_PREVIEW,OUTBOUND_DIRECT_PREVIEW',
  );

/** By the name of the set. */
export const SYSTEM_TRIGGERS: ReadonlyMap<string, readonly WorkflowCondition[]> = new Map([
  // After the page was loaded anew a call that was answered meanwhile has arrived, too.
  ['CALL_ARRIVES', [voice, isPreview('IS_NOT_IN_LIST'), fromOthers, ownState('ALERTING,ACTIVE,HELD')]],
  ['CALL_ANSWERED', [voice, isPreview('IS_NOT_IN_LIST'), ownState('ACTIVE,HELD')]],
  ['CALL_ENDED', [voice, ownState('DROPPED,WRAP_UP')]],
  ['MAKE_OUTBOUND_CALL', [voice, fromOwn, ownState('INITIATED,ACTIVE,HELD')]],
  ['OUTBOUND_PREVIEW', [voice, isPreview('IS_IN_LIST'), ownState('ALERTING')]],
]);

export const TRIGGER_NAMES: readonly string[] = [...SYSTEM_TRIGGERS.keys()];
