/** What the commands about dialogs share: who asks, whose leg acts, and the place in the lane. */
import type { Dialog, Participant } from '../domain/dialog.ts';
import { type ApiFailure, failure } from '../domain/errors.ts';
import type { Cause } from '../happenings.ts';
import type { UserRecord } from '../store/directory.ts';
import { type Admission, type CommandContext, refused } from './admission.ts';
import { type DialogRequestData, type DialogWish, legAt } from './dialog-request.ts';

/** Who asks. The role was checked before. */
export interface DialogAsking {
  readonly user: UserRecord;
  /** Empty when the client sent none. */
  readonly requestId: string;
  readonly cause: Cause;
}

/** The extension on which a user is signed in; empty when signed out. */
export const extensionOf = (context: CommandContext, { loginId }: UserRecord): string =>
  context.agents.get(loginId).extension;

/** The leg of a user in a dialog: that of the own extension, or one that joined as this agent. */
export function legOf(context: CommandContext, dialog: Dialog, user: UserRecord): Participant | undefined {
  const extension = extensionOf(context, user);
  return (
    (extension === '' ? undefined : legAt(dialog, extension)) ??
    dialog.participants.find(({ agentId }) => agentId === user.loginId)
  );
}

export const invalidDestination = (element: string, message: string): ApiFailure =>
  failure('INVALID_DESTINATION', element, message);

/** Reserves the place in the lane, or refuses when that is full. */
export function admitDialog(
  context: CommandContext,
  asking: DialogAsking,
  wish: DialogWish,
  where: Pick<DialogRequestData, 'dialogId' | 'extension' | 'viewer'>,
): Admission {
  const data: DialogRequestData = {
    wish,
    ...where,
    actingId: asking.user.loginId,
    requestId: asking.requestId,
    cause: asking.cause,
  };
  if (!context.dialogRequests.hasRoom(data)) {
    const what = data.dialogId ?? data.viewer;
    return refused(failure('GENERIC_ERROR', what, 'Too many requests are waiting'));
  }
  return { ok: true, start: context.dialogRequests.reserve(data) };
}
