import { expect, test } from 'vitest';
import { dialog, OWN, part } from '../../test/dialogs.ts';
import { userIn } from '../../test/fake-client.ts';
import { agentOf } from './desktop-client.ts';
import { NOTICES_MAX } from './notices.ts';
import { noticesOf } from './notices-of.ts';
import { type AgentUser, type DesktopState, INITIAL, reduce } from './store.ts';

const user = (state: string, more: Partial<AgentUser> = {}): AgentUser => ({
  ...agentOf(userIn(state)),
  extension: OWN,
  ...more,
});
const at = (more: Partial<DesktopState> = {}): DesktopState => ({
  ...INITIAL,
  phase: 'signed-in',
  host: 'a',
  user: user('READY'),
  notReadyReasons: [{ id: 1, label: 'Lunch' }],
  ...more,
});
const calls = (...dialogs: ReturnType<typeof dialog>[]) => ({ calls: { ...INITIAL.calls, dialogs } });
const rings = dialog('1', [part(OWN, 'ALERTING', ['ANSWER']), part('5551', 'ACTIVE')]);

test('a call is told when it begins to ring, and once', () => {
  expect(noticesOf(at(), at(calls(rings)))).toEqual([
    { kind: 'call', sentence: { key: 'calls.incoming', values: { party: '5551' } } },
  ]);
  const again = dialog('1', [part(OWN, 'ALERTING', ['ANSWER'])]);
  expect(noticesOf(at(calls(rings)), at(calls(again)))).toEqual([]);
  const answered = dialog('1', [part(OWN, 'ACTIVE', ['HOLD'])]);
  expect(noticesOf(at(), at(calls(answered)))).toEqual([]);
});

test('a contact of a campaign is told by its own name', () => {
  const contact = dialog('1', [part(OWN, 'INITIATED', ['ACCEPT'])], {
    callVariables: [{ name: 'BABuddyName', value: 'Doe, Jo' }],
  });
  expect(noticesOf(at(), at(calls(contact)))).toEqual([
    { kind: 'call', sentence: { key: 'outbound.offered', values: { party: 'Doe, Jo' } } },
  ]);
});

test('a state that somebody else has set is told, one’s own is not', () => {
  const set = (reasonCodeId: number, reasonLabel: string) =>
    noticesOf(at({ user: user('RESERVED') }), at({ user: user('NOT_READY', { reasonCodeId, reasonLabel }) }));
  expect(set(50, 'Call not answered')).toHaveLength(1);
  expect(set(50, 'Call not answered')[0]?.kind).toBe('state');
  expect(set(1, 'Lunch')).toEqual([]);
});

test('a call that was made in a Not Ready of others leads back to it, and tells nothing; one that was not answered does', () => {
  const others = { reasonCodeId: 50, reasonLabel: 'Call not answered' };
  const steps = (...users: readonly AgentUser[]) => {
    let state = at();
    return users.map((next) => {
      const before = state;
      state = reduce(state, { type: 'user', origin: 'event', user: next });
      return noticesOf(before, state).length;
    });
  };
  const now = (state: string, stateChangeTime: number, more: Partial<AgentUser> = {}) =>
    user(state, { stateChangeTime, ...more });
  expect(
    steps(
      now('RESERVED', 2_000),
      now('NOT_READY', 3_000, others),
      now('TALKING', 4_000),
      now('NOT_READY', 5_000, others),
      now('READY', 6_000),
      now('RESERVED', 7_000),
      now('NOT_READY', 8_000, others),
    ),
  ).toEqual([0, 1, 0, 0, 0, 0, 1]);
});

test('the same state with another time says nothing', () => {
  const more = { reasonCodeId: 50, reasonLabel: 'By supervisor' };
  const before = at({ user: user('NOT_READY', { ...more, stateChangeTime: 1 }) });
  expect(noticesOf(before, at({ user: user('NOT_READY', { ...more, stateChangeTime: 2 }) }))).toEqual([]);
});

test('a loss of the connection that is told, and its end, are told here, too', () => {
  const lost = at({ link: 'lost', alarm: true });
  expect(noticesOf(at({ link: 'lost' }), lost).map(({ sentence }) => sentence.key)).toEqual([
    'notices.connectionLost',
  ]);
  expect(noticesOf(lost, at({ restored: true })).map(({ sentence }) => sentence.key)).toEqual([
    'connection.restored',
  ]);
});

test('signing in and out tells nothing', () => {
  expect(noticesOf({ ...INITIAL, phase: 'signing-in' }, at(calls(rings)))).toEqual([]);
  expect(noticesOf(at(), INITIAL)).toEqual([]);
});

test('entries are the newest first, limited, unread until looked at, and gone with the sign-out', () => {
  let state = at();
  for (let k = 0; k < NOTICES_MAX + 5; k++)
    state = reduce(state, {
      type: 'notice',
      at: k,
      notice: { kind: 'other', sentence: { key: 'app.title' } },
    });
  expect(state.notices.entries).toHaveLength(NOTICES_MAX);
  expect(state.notices.entries[0]?.at).toBe(NOTICES_MAX + 4);
  expect(state.notices.unread).toBe(NOTICES_MAX);
  state = reduce(state, { type: 'notices seen' });
  expect([state.notices.unread, state.notices.entries.length]).toEqual([0, NOTICES_MAX]);
  expect(reduce(state, { type: 'notices cleared' }).notices.entries).toEqual([]);
  const out = reduce(state, { type: 'user', origin: 'event', user: user('LOGOUT') });
  expect([out.phase, out.notices.entries]).toEqual(['signed-out', []]);
});

test('the reason of a sign-out is told on the page that follows', () => {
  const asked = reduce(at({ user: user('NOT_READY') }), { type: 'requested', what: 'sign-out' });
  const out = reduce(asked, {
    type: 'user',
    origin: 'event',
    user: user('LOGOUT', { reasonLabel: 'End of Shift' }),
  });
  expect(out).toMatchObject({ signedOutBy: 'own', signedOutReason: 'End of Shift' });
});
