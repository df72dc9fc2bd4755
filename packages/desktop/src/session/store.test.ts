import { expect, test } from 'vitest';
import { type AgentUser, INITIAL, reduce, Store } from './store.ts';

const user = (state: string): AgentUser => ({
  loginId: '2001',
  firstName: 'Mickey',
  lastName: 'Mouse',
  extension: state === 'LOGOUT' ? '' : '2003',
  teamName: 'Minnies_Team',
  state,
  stateChangeTime: 1_000,
  reasonCodeId: null,
  reasonLabel: null,
  roles: ['Agent'],
});

const signedIn = reduce(reduce(INITIAL, { type: 'sign-in started', host: 'h' }), {
  type: 'signed in',
  user: user('NOT_READY'),
});

test('a LOGOUT event while signed in ends the desktop and says so', () => {
  const after = reduce(signedIn, { type: 'user', user: user('LOGOUT') });
  expect(after.phase).toBe('signed-out');
  expect(after.justSignedOut).toBe(true);
  expect(after.user).toBeNull();
});

test('a LOGOUT event during sign-in does not', () => {
  const signing = reduce(INITIAL, { type: 'sign-in started', host: 'h' });
  expect(reduce(signing, { type: 'user', user: user('LOGOUT') }).phase).toBe('signing-in');
});

test('a failed sign-in keeps its sentence and nothing of the attempt', () => {
  const failed = reduce(signedIn, { type: 'sign-in failed', error: { key: 'error.credentials' } });
  expect(failed).toEqual({ ...INITIAL, host: 'h', error: { key: 'error.credentials' } });
});

test('an answered request is no longer pending, and its error is shown until the next request', () => {
  const asked = reduce(signedIn, { type: 'requested' });
  expect(asked.pending).toBe(true);
  const refused = reduce(asked, { type: 'answered', error: { key: 'error.invalidState' } });
  expect(refused.pending).toBe(false);
  expect(refused.error?.key).toBe('error.invalidState');
  expect(reduce(refused, { type: 'requested' }).error).toBeNull();
});

test('listeners hear of changes only', () => {
  const store = new Store();
  let calls = 0;
  const end = store.subscribe(() => calls++);
  store.dispatch({ type: 'error seen' });
  expect(calls).toBe(0);
  store.dispatch({ type: 'link', link: 'lost' });
  expect(calls).toBe(1);
  end();
  store.dispatch({ type: 'link', link: 'up' });
  expect(calls).toBe(1);
});
