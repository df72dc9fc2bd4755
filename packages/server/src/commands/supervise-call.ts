/** SILENT_MONITOR and BARGE_CALL: a supervisor listens to, or joins, the call of an agent (rest-api.md 5). */
import type { Dialog } from '../domain/dialog.ts';
import { type ApiFailure, failure } from '../domain/errors.ts';
import { supervises } from '../domain/teams.ts';
import { type Admission, type CommandContext, refused } from './admission.ts';
import { admitDialog, type DialogAsking, invalidDestination } from './dialog-admission.ts';
import { legAt } from './dialog-request.ts';
import { checkAddresses } from './make-call.ts';

export interface SilentMonitor {
  readonly fromAddress: string;
  readonly toAddress: string;
}

export interface BargeCall extends SilentMonitor {
  readonly monitorDialogId: string;
}

/** Parties of one conference: what the bridge of a switch has by default. */
export const CONFERENCE_PARTIES_MAX = 16;

const WATCHABLE_LATER = new Set(['TALKING', 'HOLD', 'NOT_READY', 'READY', 'RESERVED', 'WORK', 'WORK_READY']);

export function silentMonitor(context: CommandContext, asking: DialogAsking, wish: SilentMonitor): Admission {
  const checked = checkAddresses(context, asking, wish) ?? checkAgent(context, asking, wish.toAddress);
  if (checked !== null) return checked;
  const { fromAddress: extension, toAddress: agentExtension } = wish;
  // NOT_READY, and in no call: also not in another monitor call.
  const ready = context.agents.get(asking.user.loginId).state === 'NOT_READY';
  if (!ready || liveDialogs(context, extension).length > 0)
    return refused(
      failure('INVALID_CALL_STATE', 'fromAddress', 'The supervisor must be NOT_READY and in no call'),
    );
  // The states that a live system refuses later are in dialog-refusal.ts.
  if (!WATCHABLE_LATER.has(context.agents.at(agentExtension)?.state ?? ''))
    return refused(failure('INVALID_CALL_STATE', 'toAddress', 'The agent is in no call'));
  return admitDialog(
    context,
    asking,
    { verb: 'SILENT_MONITOR', agentExtension },
    { dialogId: null, extension, viewer: asking.user.loginId },
  );
}

export function bargeCall(context: CommandContext, asking: DialogAsking, wish: BargeCall): Admission {
  const checked = checkAddresses(context, asking, wish) ?? checkAgent(context, asking, wish.toAddress);
  if (checked !== null) return checked;
  const { fromAddress: extension, toAddress: agentExtension, monitorDialogId } = wish;
  const monitor = context.dialogs.get(monitorDialogId);
  if (monitor?.kind !== 'monitor' || legAt(monitor, extension)?.state !== 'ACTIVE')
    return refused(
      failure('INVALID_INPUT', 'associatedDialogUri', 'It is no silent monitor call of this supervisor'),
    );
  const watched = watchedBy(context, monitor, agentExtension);
  if (watched === undefined)
    return refused(invalidDestination('toAddress', 'The agent is not the one who is watched'));
  const refusal = refuseBarge(context, watched, agentExtension);
  if (refusal !== null) return refused(refusal);
  return admitDialog(
    context,
    asking,
    { verb: 'BARGE_CALL', agentExtension, watchedDialogId: watched.id, monitorDialogId },
    { dialogId: null, extension, viewer: asking.user.loginId },
  );
}

/** An agent of a supervised team is signed in there. */
function checkAgent(
  context: CommandContext,
  { user }: DialogAsking,
  agentExtension: string,
): Admission | null {
  const agent = context.agents.at(agentExtension);
  const record = agent === undefined ? undefined : context.directory.current.user(agent.loginId);
  if (record === undefined)
    return refused(invalidDestination('toAddress', 'toAddress is not the extension of an agent'));
  return supervises(user, record) ? null : refused(failure('NOT_SUPERVISOR', agentExtension));
}

function liveDialogs(context: CommandContext, extension: string): Dialog[] {
  return context.dialogs.at(extension).filter((dialog) => isLive(dialog, extension));
}

function isLive(dialog: Dialog, extension: string): boolean {
  const state = legAt(dialog, extension)?.state;
  return state !== undefined && state !== 'DROPPED' && state !== 'WRAP_UP';
}

/** The call that the monitor call belongs to; without that link the one call of the agent that goes on. */
function watchedBy(context: CommandContext, monitor: Dialog, agentExtension: string): Dialog | undefined {
  const { associatedDialogId } = monitor;
  if (associatedDialogId !== null) {
    const watched = context.dialogs.get(associatedDialogId);
    return watched !== undefined && isLive(watched, agentExtension) ? watched : undefined;
  }
  return liveDialogs(context, agentExtension).find(({ kind }) => kind !== 'monitor');
}

function refuseBarge(context: CommandContext, watched: Dialog, agentExtension: string): ApiFailure | null {
  const leg = legAt(watched, agentExtension);
  if (leg?.state !== 'ACTIVE') return invalidDestination('toAddress', 'The call of the agent is on hold');
  if (watched.controller !== null && watched.controller !== agentExtension)
    return failure('NOT_CONTROLLER', 'toAddress');
  if (liveDialogs(context, agentExtension).some(({ kind }) => kind === 'consult'))
    return failure('NOT_CONTROLLER', 'toAddress');
  const parties = watched.participants.filter(({ mediaAddress }) => isLive(watched, mediaAddress));
  return parties.length >= CONFERENCE_PARTIES_MAX ? failure('BRIDGE_FULL', 'toAddress') : null;
}
