/** Wrap-up (desktop.md 5): which calls get a reason, how long it lasts, and what must be done before it ends. */
import type { Dialog } from '@poise/client';
import type { CallOptions } from './call-options.ts';
import { allows, ownPart } from './calls.ts';
import type { DesktopState } from './store.ts';

/** Inbound routed calls and those of campaigns. */
const WITH_REASON = new Set([
  'ACD_IN',
  'PREROUTE_ACD_IN',
  'PREROUTE_DIRECT_AGENT',
  'TRANSFER',
  'OVERFLOW_IN',
  'CONFERENCE',
  'OFFERED',
  'AUTO_OUT',
  'OUTBOUND',
  'OUTBOUND_CALLBACK_PREVIEW',
  'OUTBOUND_DIRECT_PREVIEW',
]);

/** Whether the agent may give this call a reason now; hidden while there are no reasons, too. */
export function offersReason(
  dialog: Dialog,
  extension: string,
  reasons: readonly string[],
  { enableWrapupButtonForAllCallTypes }: CallOptions,
): boolean {
  const isMeant = enableWrapupButtonForAllCallTypes || WITH_REASON.has(dialog.callType);
  return reasons.length > 0 && isMeant && allows(dialog, extension, 'UPDATE_CALL_DATA');
}

/** How long the wrap-up lasts, seconds; null: unknown. The user object has it from release 12.6 on, else it comes with the layout. */
export function wrapUpSeconds({ user, layout }: Pick<DesktopState, 'user' | 'layout'>): number | null {
  return user?.wrapUpSeconds ?? layout?.wrapUpSeconds ?? null;
}

/** The call whose reason must be given before the agent may leave the wrap-up, if there is one. */
export function reasonOwedFor({ user, calls }: DesktopState): Dialog | null {
  if (user === null || !calls.options.forceWrapUp || !/^WORK/.test(user.state)) return null;
  const { extension } = user;
  return (
    calls.dialogs.find(
      (dialog) =>
        ownPart(dialog, extension)?.state === 'WRAP_UP' &&
        dialog.wrapUpReason === '' &&
        offersReason(dialog, extension, calls.wrapUpReasons, calls.options),
    ) ?? null
  );
}
