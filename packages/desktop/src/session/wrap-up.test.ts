import { expect, it, test } from 'vitest';
import { dialog, OWN, part } from '../../test/dialogs.ts';
import { userIn } from '../../test/fake-client.ts';
import { notReady, ready } from '../actions/action.ts';
import { DEFAULT_CALL_OPTIONS } from './call-options.ts';
import { NO_CALLS } from './calls.ts';
import { agentOf } from './desktop-client.ts';
import type { LayoutState } from './layout.ts';
import { type AgentUser, type DesktopState, INITIAL } from './store.ts';
import { offersReason, reasonOwedFor, wrapUpSeconds } from './wrap-up.ts';

const inWrapUp = (more: Parameters<typeof dialog>[2] = {}) =>
  dialog('1', [part(OWN, 'WRAP_UP', ['UPDATE_CALL_DATA'])], more);
const after = (call: ReturnType<typeof dialog>, more: Partial<DesktopState['calls']> = {}): DesktopState => ({
  ...INITIAL,
  phase: 'signed-in',
  user: agentOf(userIn('WORK_READY', { extension: OWN })),
  notReadyReasons: [],
  calls: { ...NO_CALLS, dialogs: [call], wrapUpReasons: ['Sale'], ...more },
});

it.each([
  ['PREROUTE_ACD_IN', true],
  ['OUTBOUND', true],
  ['OUT', false],
  ['AGENT_INSIDE', false],
])('a call of type %s has a reason: %s; all have where the server says so', (callType, offered) => {
  const call = inWrapUp({ callType });
  expect(offersReason(call, OWN, ['Sale'], DEFAULT_CALL_OPTIONS)).toBe(offered);
  const all = { ...DEFAULT_CALL_OPTIONS, enableWrapupButtonForAllCallTypes: true };
  expect(offersReason(call, OWN, ['Sale'], all)).toBe(true);
  expect(offersReason(call, OWN, [], all)).toBe(false);
});

it('the state cannot be changed until the reason is given, and it is said why', () => {
  const owed = after(inWrapUp());
  expect(reasonOwedFor(owed)?.id).toBe('1');
  for (const action of [ready, notReady(null)]) {
    expect(action.enabled(owed)).toBe(false);
    expect(action.whyNot(owed)).toEqual({ key: 'wrapUp.owed' });
    expect(action.enabled(after(inWrapUp({ wrapUpReason: 'Sale' })))).toBe(true);
  }
});

it('it can where the layout does not want a reason, where there are none, and after calls that have none', () => {
  const options = { ...DEFAULT_CALL_OPTIONS, forceWrapUp: false };
  expect(ready.enabled(after(inWrapUp(), { options }))).toBe(true);
  expect(ready.enabled(after(inWrapUp(), { wrapUpReasons: [] }))).toBe(true);
  expect(ready.enabled(after(inWrapUp({ callType: 'OUT' })))).toBe(true);
});

test.each([
  [30, 20, 30],
  [null, 20, 20],
  [undefined, null, null],
])(
  'of the user object (%j s) and the layout (%j s) the first that is known counts',
  (ofUser, ofLayout, expected) => {
    const user = { wrapUpSeconds: ofUser } as unknown as AgentUser;
    const layout = { wrapUpSeconds: ofLayout } as unknown as LayoutState;
    expect(wrapUpSeconds({ user, layout })).toBe(expected);
    expect(wrapUpSeconds({ user: null, layout: null })).toBeNull();
  },
);
