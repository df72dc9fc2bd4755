import { expect, test } from 'vitest';
import {
  type AgentUser,
  type DesktopEvent,
  INITIAL,
  isReasonOfOthers,
  type Origin,
  reduce,
  replaces,
  Store,
} from './store.ts';

const user = (state: string, stateChangeTime: number | null = 1_000): AgentUser => ({
  loginId: '2001',
  firstName: 'Mickey',
  lastName: 'Mouse',
  extension: state === 'LOGOUT' ? '' : '2003',
  teamId: 5000,
  teamName: 'Minnies_Team',
  teams: [],
  state,
  stateChangeTime,
  reasonCodeId: null,
  reasonLabel: null,
  pendingState: '',
  roles: ['Agent'],
});

const signing = reduce(INITIAL, { type: 'sign-in started', host: 'h' });
const signedIn = reduce(signing, { type: 'signed in', user: user('NOT_READY') });
const event = (shown: AgentUser): DesktopEvent => ({ type: 'user', user: shown, origin: 'event' });
const read = (shown: AgentUser): DesktopEvent => ({ type: 'user', user: shown, origin: 'read' });

test.each<[string, 'event' | 'read', number | null, Origin, number | null, boolean]>([
  ['an event after an event', 'event', 2, 'event', 1, true],
  ['an event of the same time', 'event', 1, 'event', 1, true],
  ['an event after the clock was set back', 'event', 1, 'event', 2, true],
  ['an event without a time', 'event', null, 'event', 2, true],
  ['an event after a read', 'event', 1, 'read', 1, true],
  ['a read that tells of something later', 'read', 2, 'event', 1, true],
  ['a read of the same time as the event', 'read', 1, 'event', 1, false],
  ['a read that an event has overtaken', 'read', 1, 'event', 2, false],
  ['a read without a time over an event', 'read', null, 'event', 1, false],
  ['a read without a time over an event without one', 'read', null, 'event', null, false],
  ['a read with a time over an event without one', 'read', 1, 'event', null, true],
  ['a read after a read', 'read', 1, 'read', 1, true],
  ['a read that another read has overtaken', 'read', 1, 'read', 2, false],
  ['a read after an outage, by a clock that is behind', 'read', 1, 'stale', 2, true],
  ['a read without a time after an outage', 'read', null, 'stale', 2, true],
])('%s: %s of %s over %s of %s: %s', (_title, origin, time, shownOrigin, shownTime, wins) => {
  const at = (stateChangeTime: number | null) => ({ stateChangeTime });
  expect(replaces(at(time), origin, at(shownTime), shownOrigin)).toBe(wins);
});

test('the answer of the sign-in does not undo an event that came before it', () => {
  const early = reduce(signing, event(user('READY', 2_000)));
  expect(reduce(early, { type: 'signed in', user: user('NOT_READY', 1_000) }).user?.state).toBe('READY');
});

test('after a loss of the link what is read counts, and then again the events', () => {
  const lost = reduce(reduce(signedIn, event(user('READY', 9_000))), { type: 'link', link: 'lost' });
  const back = reduce(reduce(lost, { type: 'link', link: 'up' }), read(user('NOT_READY', 5_000)));
  expect(back.user?.state).toBe('NOT_READY');
  const after = reduce(back, event(user('READY', 6_000)));
  expect(reduce(after, read(user('NOT_READY', 5_000))).user?.state).toBe('READY');
});

test('a LOGOUT event while signed in ends the desktop and says that it was not this page', () => {
  const after = reduce(signedIn, event(user('LOGOUT')));
  expect(after).toMatchObject({ phase: 'signed-out', signedOutBy: 'other', user: null });
});

test('a LOGOUT that this page asked for is its own', () => {
  const asked = reduce(signedIn, { type: 'requested', what: 'sign-out' });
  expect(reduce(asked, event(user('LOGOUT'))).signedOutBy).toBe('own');
});

test('a LOGOUT event during sign-in says nothing, unless it is newer than the sign-in', () => {
  const old = reduce(signing, event(user('LOGOUT', 500)));
  expect(old.phase).toBe('signing-in');
  expect(reduce(old, { type: 'signed in', user: user('NOT_READY') }).user?.state).toBe('NOT_READY');
  const thrownOut = reduce(signing, event(user('LOGOUT', 2_000)));
  expect(reduce(thrownOut, { type: 'signed in', user: user('NOT_READY') }).signedOutBy).toBe('other');
});

test('what comes after the end changes nothing', () => {
  const over = reduce(signedIn, event(user('LOGOUT')));
  expect(reduce(over, read(user('NOT_READY', 3_000)))).toBe(over);
});

test('a failed sign-in keeps its sentence and nothing of the attempt', () => {
  const failed = reduce(signedIn, { type: 'sign-in failed', error: { key: 'error.credentials' } });
  expect(failed).toEqual({ ...INITIAL, host: 'h', error: { key: 'error.credentials' } });
});

test('an answered request is no longer pending, and its error is shown until the next request', () => {
  const asked = reduce(signedIn, { type: 'requested', what: 'state' });
  expect(asked.pending).toBe('state');
  const refused = reduce(asked, { type: 'answered', error: { key: 'error.invalidState' } });
  expect(refused.pending).toBeNull();
  expect(refused.error?.key).toBe('error.invalidState');
  expect(reduce(refused, { type: 'requested', what: 'state' }).error).toBeNull();
});

test('the end of a lost link is said until something else happens', () => {
  const alarmed = reduce(reduce(signedIn, { type: 'link', link: 'lost' }), { type: 'alarm' });
  const back = reduce(alarmed, { type: 'link', link: 'up' });
  expect(back).toMatchObject({ restored: true, alarm: false });
  expect(reduce(back, { type: 'restored seen' }).restored).toBe(false);
  expect(reduce(back, { type: 'requested', what: 'state' }).restored).toBe(false);
  expect(reduce(signedIn, { type: 'link', link: 'up' })).toBe(signedIn);
});

test('a loss that is mended before the alarm is not worth a word', () => {
  const lost = reduce(signedIn, { type: 'link', link: 'lost' });
  expect(lost.alarm).toBe(false);
  expect(reduce(lost, { type: 'link', link: 'up' }).restored).toBe(false);
  expect(reduce(signedIn, { type: 'alarm' })).toBe(signedIn);
});

test('while another node takes over the lost one is named, and the new one when the link is up', () => {
  const lost = reduce(signedIn, { type: 'link', link: 'lost' });
  const searched = reduce(lost, { type: 'searched', other: { host: 'b', isReached: false } });
  expect(searched.other?.host).toBe('b');
  const moved = reduce(searched, { type: 'moved', host: 'b' });
  expect(moved).toMatchObject({ host: 'h', other: null, userOrigin: 'stale' });
  expect(reduce(moved, { type: 'link', link: 'up' })).toMatchObject({ host: 'b', movedTo: null });
});

test('a node that is out of service may be lost, too; then what is read counts again', () => {
  const out = reduce(signedIn, { type: 'link', link: 'out-of-service', stillHears: true });
  expect(out.userOrigin).not.toBe('stale');
  expect(reduce(out, { type: 'link', link: 'lost' })).toMatchObject({ link: 'lost', userOrigin: 'stale' });
});

test('a connection that ends while its node is out of service is lost, whatever is said of the node', () => {
  const out = reduce(signedIn, { type: 'link', link: 'out-of-service', stillHears: true });
  expect(reduce(out, { type: 'link', link: 'out-of-service' }).userOrigin).toBe('stale');
  expect(reduce(signedIn, { type: 'link', link: 'out-of-service' }).userOrigin).toBe('stale');
});

test.each<[string, Partial<AgentUser>, 'up' | 'lost', string]>([
  ['the reason of a loss', { reasonLabel: 'Connection Failure', byLoss: true }, 'up', 'loss'],
  ['no reason, while the page was away', {}, 'lost', 'loss'],
  ['no reason', {}, 'up', 'other'],
  ['a reason of somebody else, while the page was away', { reasonLabel: 'Training' }, 'lost', 'other'],
  ['the reason of a supervisor', { reasonLabel: 'Supervisor', bySupervisor: true }, 'up', 'supervisor'],
  ['the reason of a supervisor, while the page was away', { bySupervisor: true }, 'lost', 'supervisor'],
])('a LOGOUT with %s', (_title, more, link, signedOutBy) => {
  const before = link === 'up' ? signedIn : reduce(signedIn, { type: 'link', link });
  expect(reduce(before, read({ ...user('LOGOUT', 9_000), ...more })).signedOutBy).toBe(signedOutBy);
});

test('listeners hear of changes only', () => {
  const store = new Store();
  let calls = 0;
  const end = store.subscribe(() => calls++);
  store.dispatch(event(user('READY')));
  expect(calls).toBe(0);
  store.dispatch({ type: 'link', link: 'lost' });
  expect(calls).toBe(1);
  end();
  store.dispatch({ type: 'link', link: 'up' });
  expect(calls).toBe(1);
});

test.each(['conflict', 'unauthorized'] as const)('after a %s nobody waits for an event', (link) => {
  const asked = reduce(signedIn, { type: 'requested', what: 'state' });
  expect(reduce(asked, { type: 'link', link }).pending).toBeNull();
  expect(reduce(asked, { type: 'link', link: 'lost' }).pending).toBe('state');
});

test('what went wrong is said until the state changes or the link is up again', () => {
  const refused = [
    { type: 'answered', error: { key: 'error.invalidState' } },
    { type: 'call answered', of: '1', error: { key: 'call.error.state' } },
  ] as const;
  const wrong = refused.reduce<typeof signedIn>(reduce, signedIn);
  expect(reduce(wrong, event({ ...user('NOT_READY'), extension: '2004' })).error).toEqual(wrong.error);
  expect(reduce(wrong, event(user('READY'))).error).toBeNull();
  const lost = reduce(wrong, { type: 'link', link: 'lost' });
  expect([lost.error, lost.calls.error]).toEqual([wrong.error, wrong.calls.error]);
  const back = reduce(lost, { type: 'link', link: 'up' });
  expect([back.error, back.calls.error]).toEqual([null, null]);
});

test('the reason of a Not Ready that waits is remembered from the request, as long as it waits', () => {
  const talking = reduce(signedIn, event(user('TALKING')));
  const waits = event({ ...user('TALKING'), pendingState: 'NOT_READY' });
  const asked = reduce(talking, { type: 'requested', what: 'state', reasonId: 7 });
  const told = reduce(reduce(asked, waits), { type: 'answered', error: null });
  expect(told.pendingReasonId).toBe(7);
  expect(reduce(told, waits).pendingReasonId).toBe(7);
  const wrapUp = event({ ...user('WORK'), pendingState: 'NOT_READY' });
  expect(reduce(told, wrapUp).pendingReasonId).toBe(7);
  expect(reduce(told, event(user('NOT_READY'))).pendingReasonId).toBeNull();
  // Somebody else asked for it: nobody knows with which reason.
  expect(reduce(talking, waits).pendingReasonId).toBeNull();
  // Another request that leads elsewhere.
  const ready = reduce(told, { type: 'requested', what: 'state' });
  expect(reduce(ready, event({ ...user('TALKING'), pendingState: 'READY' })).pendingReasonId).toBeNull();
});

test.each<[string, Partial<AgentUser>, readonly { id: number; label: string }[] | null, boolean]>([
  ['one that can be chosen', { reasonCodeId: 1, reasonLabel: 'Lunch' }, [{ id: 1, label: 'Lunch' }], false],
  ['one that cannot', { reasonCodeId: 9, reasonLabel: 'Call Not Answered' }, [{ id: 1, label: 'x' }], true],
  ['one, where none can be chosen', { reasonCodeId: 9, reasonLabel: 'Supervisor Initiated' }, [], true],
  ['none', {}, [], false],
  ['one, before the list is there', { reasonCodeId: 9, reasonLabel: 'x' }, null, false],
  ['one of another state', { state: 'LOGOUT', reasonCodeId: 9, reasonLabel: 'x' }, [], false],
])('whether others chose the reason: %s', (_title, more, notReadyReasons, ofOthers) => {
  const state = { ...signedIn, user: { ...user('NOT_READY'), ...more }, notReadyReasons };
  expect(isReasonOfOthers(state)).toBe(ofOthers);
});

test('what went wrong with a change of state goes when it was seen', () => {
  const failed = reduce(signedIn, { type: 'answered', error: { key: 'error.fault' } });
  expect(failed.error).toEqual({ key: 'error.fault' });
  const seen = reduce(failed, { type: 'error seen' });
  expect(seen.error).toBeNull();
  expect(reduce(seen, { type: 'error seen' })).toBe(seen);
});
