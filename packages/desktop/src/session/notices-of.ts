/** Which of the desktop's own changes belong into the notification centre. */
import { ringing } from './calls.ts';
import type { NoticeDraft } from './notices.ts';
import { ringingSentence } from './outbound.ts';
import { stateSentence } from './sentences.ts';
import { type DesktopState, isFinal, isReasonOfOthers } from './store.ts';

/** What is worth a notice of a change: calls that ring, states that others set, the connection. */
export function noticesOf(before: DesktopState, after: DesktopState): readonly NoticeDraft[] {
  if (after.phase !== 'signed-in' || before.phase !== 'signed-in') return [];
  return [...callNotices(before, after), ...stateNotices(before, after), ...linkNotices(before, after)];
}

function callNotices(before: DesktopState, after: DesktopState): readonly NoticeDraft[] {
  if (before.calls.dialogs === after.calls.dialogs) return [];
  const extension = after.user?.extension ?? '';
  const rang = new Set(ringing(before.calls.dialogs, extension).map(({ id }) => id));
  return ringing(after.calls.dialogs, extension)
    .filter(({ id }) => !rang.has(id))
    .map((dialog) => ({ kind: 'call', sentence: ringingSentence(dialog, extension) }));
}

/** A call that was not answered (RONA), a supervisor, the system. */
function stateNotices(before: DesktopState, after: DesktopState): readonly NoticeDraft[] {
  const { user } = after;
  if (user === null || before.user === null || user === before.user) return [];
  const isSame = user.state === before.user.state && user.reasonLabel === before.user.reasonLabel;
  if (isSame || !isReasonOfOthers(after)) return [];
  // A call that was made in Not Ready is over: nobody has set what was there before it.
  const isBack = before.user.state !== 'NOT_READY' && before.restReasonId === user.reasonCodeId;
  if (isBack && user.reasonCodeId !== null) return [];
  return [{ kind: 'state', sentence: { key: 'notices.stateSet', values: { state: stateSentence(user) } } }];
}

function linkNotices(before: DesktopState, after: DesktopState): readonly NoticeDraft[] {
  const { host } = after;
  if (after.alarm && !before.alarm && !isFinal(after.link))
    return [{ kind: 'connection', sentence: { key: 'notices.connectionLost', values: { host } } }];
  if (after.restored && !before.restored)
    return [{ kind: 'connection', sentence: { key: 'connection.restored', values: { host } } }];
  return [];
}
