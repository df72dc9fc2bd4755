import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AGENT_STATES, type AgentState } from './agent-state.ts';
import { AgentBook, type AgentEvent } from './agents.ts';

test('the number of agents who are signed in is right after every event', () => {
  const ids = ['2001', '2002', '2003'];
  const state = fc.constantFrom(...AGENT_STATES);
  const event: fc.Arbitrary<AgentEvent | 'forget'> = fc.oneof(
    state.map((to) => ({
      type: 'state' as const,
      state: to,
      reasonCode: 0,
      extension: '2003',
      pendingState: undefined,
      at: 1,
    })),
    state.map((to) => ({ type: 'snapshot' as const, state: to, extension: undefined })),
    state.map((to) => ({ type: 'wish' as const, state: to })),
    fc.constant('forget' as const),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...ids), event)), (happened) => {
      const book = new AgentBook('CCE');
      for (const [id, what] of happened) {
        if (what === 'forget') book.forget(id);
        else book.apply(id, what);
        expect(book.signedIn).toBe(ids.filter((one) => book.get(one).state !== 'LOGOUT').length);
      }
    }),
  );
});

test.each<[wish: AgentState, after: readonly AgentState[], pending: AgentState | '']>([
  ['LOGOUT', ['HOLD', 'TALKING'], 'LOGOUT'],
  ['LOGOUT', ['WORK'], 'LOGOUT'],
  ['NOT_READY', ['WORK'], 'NOT_READY'],
  ['READY', ['WORK_READY'], 'READY'],
  ['WORK', ['WORK'], ''],
  ['LOGOUT', ['WORK', 'READY'], ''],
  ['LOGOUT', ['LOGOUT'], ''],
])('of the wish %s during a call, after %j, %j still waits', (wish, after, pending) => {
  const book = new AgentBook('CCE');
  const told = (state: AgentState) =>
    book.apply('2001', {
      type: 'state',
      state,
      reasonCode: 0,
      extension: '2003',
      pendingState: undefined,
      at: 1,
    });
  told('TALKING');
  book.apply('2001', { type: 'wish', state: wish });
  for (const state of after) told(state);
  expect(book.get('2001').pendingState).toBe(pending);
});

test('since when a state has lasted is news when it becomes known, without a change of the state', () => {
  const book = new AgentBook('CCE');
  const told = (since?: number) =>
    book.apply('2001', {
      type: 'state',
      state: 'READY',
      reasonCode: 0,
      extension: '2003',
      pendingState: undefined,
      at: 9_000,
      since,
    }).changes;
  book.apply('2001', { type: 'snapshot', state: 'READY', extension: '2003' });
  expect(told()).toEqual([]);
  expect(told(5_000)).toEqual(['stateChangeTime']);
  expect(told(5_000)).toEqual([]);
  expect(book.get('2001').stateChangeTime).toBe(5_000);
});
