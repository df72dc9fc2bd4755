/** When call control asks to be looked at, and when it shows itself, while another tab of its box is open (desktop.md 11). */
import type { Dialog } from '@poise/client';
import type { DesktopProperties } from '@poise/layout';
import { type CallState, type Calls, ownPart } from './calls.ts';

export type AttentionOptions = Pick<
  DesktopProperties,
  | 'showNotificationOnCallVariablesChange'
  | 'showNotificationOnParticipantChange'
  | 'showNotificationOnWrapUpReasonsChange'
  | 'showNotificationOnNumCallsChange'
>;

const names = ({ participants }: Dialog) => participants.map(({ mediaAddress }) => mediaAddress).join(' ');

const variables = ({ callVariables }: Dialog) =>
  callVariables.map(({ name, value }) => `${name}=${value}`).join('\n');

const isShared = ({ participants }: Dialog) =>
  participants.filter(({ mediaAddressType }) => mediaAddressType === 'AGENT_DEVICE').length > 1;

/** Whether something changed that the layout wants a red dot for. */
export function asksForAttention(
  before: CallState,
  { dialogs }: Pick<CallState, 'dialogs'>,
  options: AttentionOptions,
): boolean {
  if (before.dialogs === dialogs) return false;
  if (options.showNotificationOnNumCallsChange && before.dialogs.length !== dialogs.length) return true;
  return dialogs.some((dialog) => {
    const old = before.dialogs.find(({ id }) => id === dialog.id);
    if (old === undefined || old === dialog) return false;
    // What this agent asked for itself is no news; of a reason of wrap-up only the other agents are told.
    const isOwn = before.busy.has(dialog.id);
    return (
      (options.showNotificationOnParticipantChange && names(old) !== names(dialog)) ||
      (options.showNotificationOnCallVariablesChange && !isOwn && variables(old) !== variables(dialog)) ||
      (options.showNotificationOnWrapUpReasonsChange &&
        !isOwn &&
        isShared(dialog) &&
        old.wrapUpReason !== dialog.wrapUpReason)
    );
  });
}

/** States of the own part in which the agent has begun to work with the call, by how they came about. */
const BEGINS: Readonly<Record<string, ReadonlySet<string>>> = {
  // Dialled.
  INITIATING: new Set(['']),
  INITIATED: new Set(['', 'INITIATING']),
  // Answered.
  ACTIVE: new Set(['', 'ALERTING', 'INITIATING', 'INITIATED']),
  WRAP_UP: new Set(['ALERTING', 'INITIATING', 'INITIATED', 'ACTIVE', 'HELD', 'FAILED', 'DROPPED']),
};

/** Whether the agent answered, dialled, or came into wrap-up: then call control comes to the front. */
export function comesToFront(before: Calls, after: Calls, extension: string): boolean {
  if (before === after) return false;
  return after.some((dialog) => {
    const old = before.find(({ id }) => id === dialog.id);
    const was = old === undefined ? '' : (ownPart(old, extension)?.state ?? '');
    return BEGINS[ownPart(dialog, extension)?.state ?? '']?.has(was) === true;
  });
}
