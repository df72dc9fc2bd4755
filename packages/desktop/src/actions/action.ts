/**
 * What an agent can do, each thing one object: buttons, menu entries and (later) shortcuts are made of it,
 * and the rule that enables it stands in one place.
 */
import type { DesktopController } from '../session/controller.ts';
import type { DesktopState, Reason, Sentence } from '../session/store.ts';
import { reasonOwedFor } from '../session/wrap-up.ts';

export interface Action {
  readonly id: string;
  readonly label: Sentence;
  /** State shown by the coloured mark. */
  readonly mark?: string;
  /** Whether things are so already: such an entry is marked, and choosing it changes nothing. */
  current?(state: DesktopState): boolean;
  /** Whether things will be so after the call: such an entry is marked, too, and choosing it changes nothing. */
  next?(state: DesktopState): boolean;
  enabled(state: DesktopState): boolean;
  /** Why it is not enabled; null where it is, where a banner of the page says so, or where it will be in a moment. */
  whyNot(state: DesktopState): Sentence | null;
  run(controller: DesktopController): Promise<void>;
}

/** Agents may ask for READY from these states (CCE; RESERVED_OUTBOUND included). */
const READY_FROM = new Set(['NOT_READY', 'WORK', 'WORK_READY', 'RESERVED_OUTBOUND', 'TALKING', 'HOLD']);
/** … and for NOT_READY from these; NOT_READY itself changes the reason. */
const NOT_READY_FROM = new Set([
  'READY',
  'NOT_READY',
  'WORK',
  'WORK_READY',
  'RESERVED_OUTBOUND',
  'TALKING',
  'HOLD',
]);

/** A request under way disables nothing: the focus would be lost. The controller takes one at a time. */
const usable = (state: DesktopState) =>
  state.phase === 'signed-in' && state.link === 'up' && state.user !== null;

/** In wrap-up the call must have its reason first, where the layout wants it (desktop.md 5). */
const mayLeave = (state: DesktopState) => usable(state) && reasonOwedFor(state) === null;

/** The reasons come a moment after the sign-in; only when that failed is there something to say. */
const reasonsMissing = (state: DesktopState): Sentence | null =>
  state.reasonsLate ? { key: 'reasons.missing' } : null;

/** Why none of the states can be asked for now. */
const stateFixed = (state: DesktopState): Sentence | null =>
  reasonOwedFor(state) !== null
    ? { key: 'wrapUp.owed' }
    : state.notReadyReasons === null && NOT_READY_FROM.has(state.user?.state ?? '')
      ? reasonsMissing(state)
      : { key: 'state.changeBlocked' };

export const ready: Action = {
  id: 'ready',
  label: { key: 'state.READY' },
  mark: 'READY',
  current: (state) => state.user?.state === 'READY',
  next: (state) => state.user?.pendingState === 'READY',
  enabled: (state) => mayLeave(state) && READY_FROM.has(state.user?.state ?? '') && !ready.next?.(state),
  whyNot: (state) => {
    if (!usable(state) || ready.enabled(state)) return null;
    return ready.current?.(state) && state.notReadyReasons !== null
      ? { key: 'state.already' }
      : stateFixed(state);
  },
  run: (controller) => controller.changeState('READY'),
};

export function notReady(reason: Reason | null): Action {
  const current = ({ user }: DesktopState) =>
    user?.state === 'NOT_READY' && (user.reasonCodeId ?? null) === (reason?.id ?? null);
  const next = ({ user, pendingReasonId }: DesktopState) =>
    user?.pendingState === 'NOT_READY' && pendingReasonId === (reason?.id ?? null);
  const enabled = (state: DesktopState) =>
    mayLeave(state) && NOT_READY_FROM.has(state.user?.state ?? '') && !current(state) && !next(state);
  return {
    id: reason ? `not-ready-${reason.id}` : 'not-ready',
    label: reason
      ? { key: 'state.withReason', values: { state: { key: 'state.NOT_READY' }, reason: reason.label } }
      : { key: 'state.NOT_READY' },
    mark: 'NOT_READY',
    current,
    next,
    enabled,
    whyNot: (state) => {
      if (!usable(state) || enabled(state)) return null;
      return current(state) ? { key: 'state.already' } : stateFixed(state);
    },
    run: (controller) => controller.changeState('NOT_READY', reason?.id),
  };
}

export function signOut(reason: Reason | null): Action {
  return {
    id: reason ? `sign-out-${reason.id}` : 'sign-out',
    label: reason
      ? { key: 'state.withReason', values: { state: { key: 'header.signOut' }, reason: reason.label } }
      : { key: 'header.signOut' },
    enabled: (state) =>
      usable(state) &&
      state.signOutReasons !== null &&
      state.user?.state === 'NOT_READY' &&
      state.heldBy === null,
    whyNot: (state) => {
      if (!usable(state)) return null;
      if (isSignedOutNext(state)) return { key: 'header.signOutFollows' };
      if (state.user?.state !== 'NOT_READY') return { key: 'header.signOutBlocked' };
      if (state.heldBy !== null) return { key: 'header.signOutHeld', values: { channel: state.heldBy } };
      return state.signOutReasons === null ? reasonsMissing(state) : null;
    },
    run: (controller) => controller.signOut(reason?.id),
  };
}

const isSignedOutNext = ({ user }: DesktopState): boolean => user?.pendingState === 'LOGOUT';

/** Stands in the menu only to say that it follows: a supervisor asked for it during the call. */
const signedOutNext: Action = {
  id: 'signed-out',
  label: { key: 'state.LOGOUT' },
  mark: 'LOGOUT',
  next: isSignedOutNext,
  enabled: () => false,
  whyNot: () => null,
  run: () => Promise.resolve(),
};

/**
 * Whether the states that can be asked for are still to be told, and will be in a moment: who asks for them meanwhile is shown what
 * there is, for a key that did nothing would have to be pressed again.
 */
export function areStatesComing(state: DesktopState): boolean {
  const { notReadyReasons, reasonsLate, user } = state;
  return notReadyReasons === null && !reasonsLate && mayLeave(state) && NOT_READY_FROM.has(user?.state ?? '');
}

/** The entries of the state menu: Ready, then each Not Ready reason, or plain Not Ready where there is none. */
export function stateActions(state: DesktopState): readonly Action[] {
  const reasons = state.notReadyReasons;
  // Whether a reason is needed is unknown until the server has told them.
  const notReadies = reasons?.length === 0 ? [notReady(null)] : (reasons ?? []).map(notReady);
  return [ready, ...notReadies, ...(isSignedOutNext(state) ? [signedOutNext] : [])];
}

export function signOutActions(state: DesktopState): readonly Action[] {
  const reasons = state.signOutReasons;
  return reasons && reasons.length > 0 ? reasons.map(signOut) : [signOut(null)];
}
