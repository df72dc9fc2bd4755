/** Calling a number: the dial pad, the history, and whatever else knows a number, are made of this. */
import { dialable, ownPart } from '../session/calls.ts';
import type { DesktopState } from '../session/store.ts';
import type { Action } from './action.ts';

/** Agents may place a call in these states; during a call they consult (desktop.md D44). */
const MAY_CALL = new Set(['NOT_READY', 'READY']);

/** Whether a new call can be made now. */
export function mayCall(state: DesktopState): boolean {
  const { user, link, calls } = state;
  if (!user || link !== 'up' || !MAY_CALL.has(user.state)) return false;
  return !calls.dialogs.some((dialog) => {
    const own = ownPart(dialog, user.extension)?.state;
    return own !== undefined && own !== 'DROPPED' && own !== 'WRAP_UP';
  });
}

/** @param text as somebody wrote it; letters are the digits of their keys */
export function makeCall(text: string): Action {
  const reading = dialable(text);
  const enabled = (state: DesktopState) => 'value' in reading && mayCall(state);
  return {
    id: `make-call-${text}`,
    label: { key: 'calls.call', values: { number: text } },
    enabled,
    whyNot: (state) => {
      if (enabled(state) || state.link !== 'up') return null;
      return 'problem' in reading ? reading.problem : { key: 'calls.dialBlocked' };
    },
    run: (controller) => ('value' in reading ? controller.makeCall(reading.value) : Promise.resolve()),
  };
}
