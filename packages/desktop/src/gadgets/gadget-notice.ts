/** What a gadget tells the notification centre (`finext.notification.popover`, finesse-js.md 9 of the contract). */
import { isToken } from '@poise/gadgets';
import type { NoticeDraft } from '../session/notices.ts';

/** Longest text of a gadget, and longest time that it pops up, ms. */
const TEXT_MAX = 500;
const SHOWN_MAX_MS = 60_000;

/**
 * Null: this is none.
 * @param isClickable whether the gadget wants to be told of a click on the one of this id
 */
export function noticeOfGadget(data: unknown, isClickable: (id: string) => boolean): NoticeDraft | null {
  const { from, message, timeout, notificationId } = (data ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof message !== 'string' || message.trim() === '') return null;
  const sender = typeof from === 'string' ? from.trim().slice(0, TEXT_MAX) : '';
  const text = message.trim().slice(0, TEXT_MAX);
  return {
    kind: 'other',
    sentence: { key: 'notices.gadget', values: { text: sender === '' ? text : `${sender}: ${text}` } },
    ...(isToken(notificationId) && isClickable(notificationId) && { click: notificationId }),
    // 0: it is collected, and does not pop up.
    ...(typeof timeout === 'number' && timeout >= 0 && { popUpMs: Math.min(timeout, SHOWN_MAX_MS) }),
  };
}
