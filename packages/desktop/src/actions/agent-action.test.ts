import { expect, test } from 'vitest';
import { dialog, part } from '../../test/dialogs.ts';
import type { Member } from '../session/team-members.ts';
import { AGENT_ACTIONS, type SupervisorView } from './agent-action.ts';

const OWN = '2006';
const agent = (state: string, more: Partial<Member> = {}): Member => ({
  id: '3001',
  name: 'Dev One',
  extension: '3001',
  state,
  reasonLabel: null,
  pendingState: '',
  since: 1_000,
  isBusy: false,
  ...more,
});
const view = (more: Partial<SupervisorView> = {}): SupervisorView => ({
  link: 'up',
  user: { loginId: '2050', extension: OWN, state: 'NOT_READY' },
  dialogs: [],
  ...more,
});
/** What can be done. */
const possible = (member: Member, seen: SupervisorView = view()) =>
  AGENT_ACTIONS.filter(({ whyNot }) => whyNot(member, seen) === null).map(({ id }) => id);
const why = (id: string, member: Member, seen: SupervisorView = view()) =>
  AGENT_ACTIONS.find((action) => action.id === id)?.whyNot(member, seen);

test.each<[string, readonly string[]]>([
  ['LOGOUT', []],
  ['NOT_READY', ['ready', 'sign-out']],
  ['READY', ['not-ready', 'sign-out']],
  ['RESERVED', ['sign-out']],
  ['TALKING', ['ready', 'sign-out', 'monitor']],
  ['HOLD', ['ready', 'sign-out']],
  ['WORK', ['ready', 'not-ready', 'sign-out']],
  ['UNKNOWN', []],
])('an agent in %s: %j', (state, expected) => {
  expect(possible(agent(state))).toEqual(expected);
});

test('what has been asked for already, one self, and a lost connection are said', () => {
  expect(why('sign-out', agent('TALKING', { pendingState: 'LOGOUT' }))).toBe('agent.follows');
  expect(why('ready', agent('READY'))).toBe('agent.already');
  expect(why('not-ready', agent('READY', { id: '2050' }))).toBe('agent.self');
  expect(possible(agent('TALKING'), view({ link: 'lost' }))).toEqual([]);
});

test('on CCX an agent in a call of his own can be listened to and signed out, and not be set otherwise', () => {
  expect(possible(agent('NOT_READY', { isBusy: true }))).toEqual(['sign-out', 'monitor']);
});

test('listening wants a supervisor who is Not Ready and in no call', () => {
  const ready = view({ user: { loginId: '2050', extension: OWN, state: 'READY' } });
  expect(why('monitor', agent('TALKING'), ready)).toBe('agent.monitorSelf');
  const inCall = view({ dialogs: [dialog('1', [part(OWN, 'ACTIVE')])] });
  expect(why('monitor', agent('TALKING'), inCall)).toBe('agent.monitorSelf');
  const over = view({ dialogs: [dialog('1', [part(OWN, 'DROPPED')])] });
  expect(why('monitor', agent('TALKING'), over)).toBeNull();
});

test('barging in follows monitoring of this agent, intercepting follows barging in: as the server lists it', () => {
  const monitored = view({
    dialogs: [dialog('7', [part(OWN, 'ACTIVE', ['BARGE_CALL', 'DROP'])], { toAddress: '3001' })],
  });
  expect(possible(agent('TALKING'), monitored)).toEqual(['ready', 'sign-out', 'barge-in']);
  expect(why('barge-in', agent('TALKING', { id: '3002', extension: '3002' }), monitored)).toBe(
    'agent.bargeInFirst',
  );
  const conference = (agentState: string) =>
    view({
      dialogs: [dialog('8', [part(OWN, 'ACTIVE', ['DROP', 'PARTICIPANT_DROP']), part('3001', agentState)])],
    });
  expect(possible(agent('TALKING'), conference('ACTIVE'))).toContain('intercept');
  expect(why('intercept', agent('TALKING'), conference('DROPPED'))).toBe('agent.interceptFirst');
});
