import { expect, test } from 'vitest';
import { chainOf } from './chain.ts';
import type { AgentNews } from './trace-book.ts';

const one = (
  at: number,
  kind: AgentNews['kind'],
  what: string,
  detail: AgentNews['detail'] = {},
): AgentNews => ({
  at,
  kind,
  what,
  detail,
});
const chain = (...news: AgentNews[]) => chainOf(news).map(({ what }) => what);

test('a sign-out by lost presence leads to the session that went', () => {
  expect(
    chain(
      one(61_010, 'signOut', 'presence signedOut', { reasonCode: 255, departure: 'idle' }),
      one(61_005, 'state', 'LOGOUT 255', { ctiMessage: 'AGENT_STATE_EVENT' }),
      one(1_001, 'presence', 'monitor.added'),
      one(1_000, 'presence', 'unavailable', { jid: 'a' }),
      one(900, 'request', 'user.PUT state:READY', { requestId: 'r' }),
      one(500, 'presence', 'available', { jid: 'a' }),
      one(400, 'presence', 'unavailable', { jid: 'b' }),
    ),
  ).toEqual(['LOGOUT 255', 'presence signedOut', 'monitor.added', 'unavailable']);
});

test('an agent who is made not ready because his session went', () => {
  expect(
    chain(
      one(61_005, 'state', 'NOT_READY 50002', { ctiMessage: 'AGENT_STATE_EVENT' }),
      one(61_005, 'signOut', 'presence notReady', { requestId: 'p1', reasonCode: 50002, departure: 'lost' }),
      one(1_001, 'presence', 'monitor.added'),
      one(1_000, 'presence', 'unavailable'),
    ),
  ).toEqual(['NOT_READY 50002', 'presence notReady', 'monitor.added', 'unavailable']);
});

test('a sign-out that a supervisor asked for leads to his request', () => {
  expect(
    chain(
      one(20, 'signOut', 'supervisor signedOut', { requestId: 'r9', user: '2050' }),
      one(19, 'state', 'LOGOUT 999', { requestId: 'r9' }),
      one(10, 'request', 'user.PUT state:LOGOUT', { requestId: 'r9', user: '2050' }),
      one(5, 'presence', 'unavailable'),
    ),
  ).toEqual(['LOGOUT 999', 'supervisor signedOut', 'user.PUT state:LOGOUT']);
});

test('a state that was asked for leads to the request, over what came between', () => {
  expect(
    chain(
      one(31, 'state', 'error Invalid State', { requestId: 'r3' }),
      one(30, 'state', 'READY', { requestId: 'r2' }),
      one(25, 'dialog', 'DELETE 7 DROPPED'),
      one(20, 'request', 'user.PUT state:READY', { requestId: 'r2', user: '2001' }),
    ),
  ).toEqual(['READY', 'user.PUT state:READY']);
});

test('a call brings a state, and whoever asked for the call', () => {
  expect(
    chain(
      one(30, 'state', 'TALKING'),
      one(25, 'dialog', 'PUT 7 ACTIVE', { requestId: 'r4' }),
      one(20, 'request', 'dialog.PUT requestedAction:ANSWER', { requestId: 'r4' }),
    ),
  ).toEqual(['TALKING', 'PUT 7 ACTIVE', 'dialog.PUT requestedAction:ANSWER']);
});

test('what was nobody’s wish here stands alone, and what was long ago is no cause', () => {
  expect(
    chain(
      one(5_000, 'state', 'NOT_READY 32767', { ctiMessage: 'AGENT_STATE_EVENT' }),
      one(100, 'dialog', 'DELETE 7 DROPPED'),
    ),
  ).toEqual(['NOT_READY 32767']);
  expect(chain()).toEqual([]);
  expect(chain(one(70_000, 'state', 'READY'), one(100, 'signOut', 'presence signedOut'))).toEqual(['READY']);
});
