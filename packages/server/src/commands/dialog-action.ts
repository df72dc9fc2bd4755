/** Actions on a dialog: what can be refused before they are accepted (rest-api.md 5). */
import type { CallDataWish } from '../cti/port.ts';
import type { Dialog, Participant } from '../domain/dialog.ts';
import { type ApiFailure, failure } from '../domain/errors.ts';
import { isDroppable } from '../domain/participant-drop.ts';
import { supervises } from '../domain/teams.ts';
import type { UserRecord } from '../store/directory.ts';
import { type Admission, type CommandContext, refused } from './admission.ts';
import {
  admitDialog,
  type DialogAsking,
  extensionOf,
  invalidDestination,
  legOf,
} from './dialog-admission.ts';
import { type DialogWish, legAt } from './dialog-request.ts';

/** A wish of PUT Dialog/{id}; of PARTICIPANT_DROP the target is targetMediaAddress. */
export type ActionWish = Exclude<DialogWish, { verb: 'MAKE_CALL' | 'SILENT_MONITOR' | 'BARGE_CALL' }>;

/**
 * Whether the user may see the dialog: participants, supervisors of a participant's team, administrators; null when
 * so. Changes by supervisors of other teams are told apart.
 */
export function refuseDialogTo(
  context: CommandContext,
  dialog: Dialog,
  user: UserRecord,
  purpose: 'see' | 'change',
): ApiFailure | null {
  if (user.roles.includes('Administrator') || legOf(context, dialog, user) !== undefined) return null;
  const supervised = dialog.participants.some(({ agentId }) => {
    const agent = agentId === null ? undefined : context.directory.current.user(agentId);
    return agent !== undefined && supervises(user, agent);
  });
  const isShown = context.dialogs.viewersOf(dialog.id).get(extensionOf(context, user)) === user.loginId;
  if ((supervised || isShown) && purpose === 'see') return null;
  return purpose === 'change' && !supervised && user.roles.includes('Supervisor')
    ? failure('NOT_SUPERVISOR', dialog.id)
    : failure('NOT_A_PARTY', dialog.id);
}

/** @param targetMediaAddress of the request, which only some actions may leave out */
export function dialogAction(
  context: CommandContext,
  asking: DialogAsking,
  dialog: Dialog,
  targetMediaAddress: string | undefined,
  wish: ActionWish,
): Admission {
  const foreign = refuseDialogTo(context, dialog, asking.user, 'change');
  if (foreign !== null) return refused(foreign);
  const own = legOf(context, dialog, asking.user);
  const leg = own ?? legForAdministrator(dialog, targetMediaAddress);
  if (leg === undefined) return refused(wrongTarget());
  if (wish.verb === 'PARTICIPANT_DROP') {
    const refusal = refuseTarget(context, dialog, wish.target);
    if (refusal !== null) return refused(refusal);
  } else if (targetMediaAddress !== undefined && targetMediaAddress !== leg.mediaAddress) {
    return refused(wrongTarget());
  }
  const refusal = refuseWish(context, leg, wish);
  if (refusal !== null) return refused(refusal);
  return admitDialog(context, asking, wish, {
    dialogId: dialog.id,
    extension: leg.mediaAddress,
    viewer: own === undefined ? leg.agentId! : asking.user.loginId,
  });
}

const wrongTarget = (): ApiFailure =>
  failure('INVALID_INPUT', 'targetMediaAddress', 'Invalid targetMediaAddress specified for dialog');

/** An administrator acts on the leg of an agent: the one named, else the first. */
function legForAdministrator(dialog: Dialog, target: string | undefined): Participant | undefined {
  const agents = dialog.participants.filter(({ agentId, state }) => agentId !== null && state !== 'DROPPED');
  return target === undefined ? agents[0] : agents.find(({ mediaAddress }) => mediaAddress === target);
}

function refuseTarget(context: CommandContext, dialog: Dialog, target: string): ApiFailure | null {
  const party = legAt(dialog, target);
  if (party === undefined || party.state === 'DROPPED' || party.state === 'WRAP_UP')
    return invalidDestination('targetMediaAddress', 'targetMediaAddress is no party of the dialog');
  return isDroppable(context.participantDrop, party)
    ? null
    : invalidDestination('targetMediaAddress', 'targetMediaAddress is not the extension of an agent');
}

function refuseWish(context: CommandContext, leg: Participant, wish: ActionWish): ApiFailure | null {
  switch (wish.verb) {
    case 'CONSULT_CALL':
    case 'TRANSFER_SST':
      return wish.toAddress === leg.mediaAddress
        ? invalidDestination('toAddress', 'toAddress is the own number')
        : null;
    case 'SEND_DTMF':
    case 'START_RECORDING':
      return leg.state === 'HELD' ? failure('LEG_HELD', leg.mediaAddress) : null;
    case 'UPDATE_CALL_DATA':
      return refuseWrapUp(context, leg, wish.data);
    default:
      return null;
  }
}

/** A wrap-up reason is one of the agent's team, by its label. On CCX several stand in one text. */
function refuseWrapUp(
  context: CommandContext,
  leg: Participant,
  { wrapUpReason }: CallDataWish,
): ApiFailure | null {
  if (wrapUpReason === undefined) return null;
  const { current } = context.directory;
  const agent = leg.agentId === null ? undefined : current.user(leg.agentId);
  const labels = new Set(current.wrapUpReasons(agent?.teamId ?? null).map(({ label }) => label));
  const known =
    labels.has(wrapUpReason) ||
    (context.deployment === 'CCX' && wrapUpReason.split(',').every((label) => labels.has(label)));
  return known
    ? null
    : failure('INVALID_INPUT', 'wrapUpReason', 'There is no such wrap-up reason for the team of the agent');
}
