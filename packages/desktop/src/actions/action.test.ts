import { expect, test } from 'vitest';
import { type AgentUser, type DesktopState, INITIAL } from '../session/store.ts';
import { notReady, ready, signOut, signOutActions, stateActions } from './action.ts';

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
    teamName: 'Minnies_Team',
    state,
    stateChangeTime: null,
    reasonCodeId,
    reasonLabel: null,
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
