/** Which of several calls a shortcut means (desktop.md section 15). */
import type { Dialog } from '@poise/client';
import type { CallVerb } from '../actions/call-action.ts';
import { allows, type Calls, ownPart } from '../session/calls.ts';

/**
 * The one call that allows it, else the latest of them. Ending a call is the exception: the last one that is active
 * comes before those on hold.
 */
export function callFor(verb: CallVerb, calls: Calls, extension: string): Dialog | null {
  const possible = calls.filter((dialog) => allows(dialog, extension, verb));
  if (possible.length < 2) return possible[0] ?? null;
  const active = possible.filter((dialog) => ownPart(dialog, extension)?.state === 'ACTIVE');
  const wanted = verb === 'DROP' && active.length > 0 ? active : possible;
  const since = (dialog: Dialog) => ownPart(dialog, extension)?.startTime?.getTime() ?? 0;
  // Of equal ones the later in the list.
  return wanted.reduce((latest, dialog) => (since(dialog) >= since(latest) ? dialog : latest));
}
