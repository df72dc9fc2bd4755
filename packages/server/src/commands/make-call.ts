/** MAKE_CALL, and CONSULT_CALL by the list of dialogs (rest-api.md 5). */
import type { CallDataWish } from '../cti/port.ts';
import { failure } from '../domain/errors.ts';
import { type Admission, type CommandContext, refused } from './admission.ts';
import { admitDialog, type DialogAsking, extensionOf, invalidDestination } from './dialog-admission.ts';
import { activeBeside } from './dialog-request.ts';

export interface MakeCall {
  readonly fromAddress: string;
  readonly toAddress: string;
  readonly data: CallDataWish;
}

export function makeCall(context: CommandContext, asking: DialogAsking, wish: MakeCall): Admission {
  const checked = checkAddresses(context, asking, wish);
  if (checked !== null) return checked;
  const { loginId: viewer } = asking.user;
  const { fromAddress: extension, toAddress, data } = wish;
  return admitDialog(
    context,
    asking,
    { verb: 'MAKE_CALL', toAddress, data },
    { dialogId: null, extension, viewer },
  );
}

/** A consultation from the call that the agent is in. */
export function consultFromList(
  context: CommandContext,
  asking: DialogAsking,
  wish: Omit<MakeCall, 'data'>,
): Admission {
  const checked = checkAddresses(context, asking, wish);
  if (checked !== null) return checked;
  const { fromAddress: extension, toAddress } = wish;
  const active = activeBeside(context.dialogs, extension, '');
  if (active === undefined)
    return refused(failure('INVALID_CALL_STATE', 'fromAddress', 'There is no active call to consult from'));
  const { loginId: viewer } = asking.user;
  return admitDialog(
    context,
    asking,
    { verb: 'CONSULT_CALL', toAddress },
    { dialogId: active.id, extension, viewer },
  );
}

/** `fromAddress` is the own extension, `toAddress` is not. */
export function checkAddresses(
  context: CommandContext,
  { user }: DialogAsking,
  { fromAddress, toAddress }: Pick<MakeCall, 'fromAddress' | 'toAddress'>,
): Admission | null {
  if (fromAddress !== extensionOf(context, user))
    return refused(
      failure('INVALID_INPUT', 'fromAddress', 'fromAddress is not the extension of the signed-in user'),
    );
  if (toAddress === fromAddress)
    return refused(invalidDestination('toAddress', 'toAddress is the own number'));
  return null;
}
