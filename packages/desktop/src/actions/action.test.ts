import { expect, test } from 'vitest';
import { type AgentUser, type DesktopState, INITIAL } from '../session/store.ts';
import { areStatesComing, notReady, ready, signOut, signOutActions, stateActions } from './action.ts';

function at(
  state: string,
  more: Partial<DesktopState> = {},
  reasonCodeId: number | null = null,
): DesktopState {
  const user: AgentUser = {
    loginId: '2001',
    firstName: 'Mickey',
    lastName: 'Mouse',
    extension: '2003',
    teamId: 5000,
    teamName: 'Minnies_Team',
    teams: [],
    state,
    stateChangeTime: null,
    reasonCodeId,
    reasonLabel: null,
    pendingState: '',
    roles: ['Agent'],
  };
  return { ...INITIAL, phase: 'signed-in', user, notReadyReasons: [], signOutReasons: [], ...more };
}

test.each([
  ['NOT_READY', true, true],
  ['READY', false, false],
  ['TALKING', true, false],
  ['RESERVED', false, false],
  ['WORK', true, false],
])('from %s: Ready possible %s, signing out possible %s', (state, canReady, canSignOut) => {
  expect(ready.enabled(at(state))).toBe(canReady);
  expect(signOut(null).enabled(at(state))).toBe(canSignOut);
});

test('nothing is possible while the connection is gone or nobody is signed in', () => {
  for (const more of [
    { link: 'lost' as const },
    { link: 'conflict' as const },
    { phase: 'signed-out' as const },
  ]) {
    expect(ready.enabled(at('NOT_READY', more))).toBe(false);
    expect(notReady(null).enabled(at('READY', more))).toBe(false);
    expect(signOut(null).enabled(at('NOT_READY', more))).toBe(false);
  }
});

test('another Not Ready reason may be chosen, the present one not', () => {
  expect(notReady({ id: 2, label: 'Lunch' }).enabled(at('NOT_READY', {}, 1))).toBe(true);
  expect(notReady({ id: 1, label: 'Meeting' }).enabled(at('NOT_READY', {}, 1))).toBe(false);
});

test('the menus list each reason, or the plain entry where there is none', () => {
  expect(stateActions(at('READY')).map((a) => a.id)).toEqual(['ready', 'not-ready']);
  const reasons = [
    { id: 1, label: 'Meeting' },
    { id: 2, label: 'Lunch' },
  ];
  expect(stateActions(at('READY', { notReadyReasons: reasons })).map((a) => a.id)).toEqual([
    'ready',
    'not-ready-1',
    'not-ready-2',
  ]);
  expect(signOutActions(at('NOT_READY', { signOutReasons: reasons })).map((a) => a.id)).toEqual([
    'sign-out-1',
    'sign-out-2',
  ]);
});

test('until the server has told the reasons, nothing is offered that may need one', () => {
  const unknown = at('NOT_READY', { notReadyReasons: null, signOutReasons: null });
  expect(stateActions(unknown).map((a) => a.id)).toEqual(['ready']);
  expect(signOutActions(unknown).every((a) => !a.enabled(unknown))).toBe(true);
});

test('the present state is marked, with its reason where there is one', () => {
  const reasons = [
    { id: 1, label: 'Meeting' },
    { id: 2, label: 'Lunch' },
  ];
  const marked = (state: DesktopState) =>
    stateActions(state)
      .filter((a) => a.current?.(state))
      .map((a) => a.id);
  expect(marked(at('READY'))).toEqual(['ready']);
  expect(marked(at('NOT_READY'))).toEqual(['not-ready']);
  expect(marked(at('NOT_READY', { notReadyReasons: reasons }, 2))).toEqual(['not-ready-2']);
  // A reason of the system, or none: no entry says so.
  expect(marked(at('NOT_READY', { notReadyReasons: reasons }))).toEqual([]);
  expect(marked(at('TALKING', { notReadyReasons: reasons }))).toEqual([]);
});

test('what follows the call is marked, and cannot be asked for again', () => {
  const reasons = [
    { id: 1, label: 'Meeting' },
    { id: 2, label: 'Lunch' },
  ];
  const waits = (pendingState: string, pendingReasonId: number | null = null) => {
    const state = at('TALKING', { notReadyReasons: reasons, pendingReasonId });
    return { ...state, user: { ...(state.user as AgentUser), pendingState } };
  };
  const marked = (state: DesktopState) =>
    stateActions(state)
      .filter((a) => a.next?.(state))
      .map((a) => [a.id, a.enabled(state)]);
  expect(marked(waits(''))).toEqual([]);
  expect(marked(waits('READY'))).toEqual([['ready', false]]);
  expect(marked(waits('NOT_READY', 2))).toEqual([['not-ready-2', false]]);
  // Asked for elsewhere: the reason is unknown.
  expect(marked(waits('NOT_READY'))).toEqual([]);
  // A supervisor's wish has no entry else; it can be replaced, not chosen.
  const out = waits('LOGOUT');
  expect(marked(out)).toEqual([['signed-out', false]]);
  expect(ready.enabled(out)).toBe(true);
  expect(signOut(null).whyNot(out)).toEqual({ key: 'header.signOutFollows' });
});

test('what is not possible says why, and only then', () => {
  expect(signOut(null).whyNot(at('READY'))).toEqual({ key: 'header.signOutBlocked' });
  expect(signOut(null).whyNot(at('NOT_READY'))).toBeNull();
  expect(ready.whyNot(at('RESERVED'))).toEqual({ key: 'state.changeBlocked' });
  expect(ready.whyNot(at('RESERVED', { notReadyReasons: null }))).toEqual({ key: 'state.changeBlocked' });
  expect(ready.whyNot(at('NOT_READY'))).toBeNull();
  expect(notReady(null).whyNot(at('RESERVED'))).toEqual({ key: 'state.changeBlocked' });
  expect(notReady(null).whyNot(at('READY'))).toBeNull();
  expect(ready.whyNot(at('READY'))).toEqual({ key: 'state.already' });
  expect(notReady(null).whyNot(at('NOT_READY'))).toEqual({ key: 'state.already' });
});

test('while the connection is gone the banner says why, and nothing else does', () => {
  for (const action of [ready, notReady(null), signOut(null)])
    expect(action.whyNot(at('READY', { link: 'lost' }))).toBeNull();
});

test('that the reasons are missing is said when they could not be had, not while they are on their way', () => {
  const missing = { notReadyReasons: null, signOutReasons: null };
  expect(signOut(null).whyNot(at('NOT_READY', missing))).toBeNull();
  expect(ready.whyNot(at('READY', missing))).toBeNull();
  const late = { ...missing, reasonsLate: true };
  expect(signOut(null).whyNot(at('NOT_READY', late))).toEqual({ key: 'reasons.missing' });
  expect(ready.whyNot(at('READY', late))).toEqual({ key: 'reasons.missing' });
});

test('the states are coming until the server has told them, where one of them could be asked for', () => {
  const missing = { notReadyReasons: null };
  expect(
    ['READY', 'NOT_READY', 'TALKING', 'WORK'].map((state) => areStatesComing(at(state, missing))),
  ).toEqual([true, true, true, true]);
  expect(areStatesComing(at('RESERVED', missing))).toBe(false);
  expect(areStatesComing(at('READY', { ...missing, link: 'lost' }))).toBe(false);
  expect(areStatesComing(at('READY', { ...missing, reasonsLate: true }))).toBe(false);
  expect(areStatesComing(at('READY'))).toBe(false);
});
