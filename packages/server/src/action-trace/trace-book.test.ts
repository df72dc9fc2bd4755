import { VirtualClock } from '@poise/clock';
import { beforeEach, expect, test } from 'vitest';
import { Happenings } from '../happenings.ts';
import { TraceBook } from './trace-book.ts';

let clock: VirtualClock;
let happenings: Happenings;
let ends: (() => void)[];
let book: TraceBook;
const LIMITS = { actions: 3, stepsPerAction: 12, agents: 2, newsPerAgent: 4, looksPerAgent: 2 };

beforeEach(() => {
  clock = new VirtualClock(1_000);
  happenings = new Happenings(
    () => clock.now(),
    (error) => {
      throw error;
    },
  );
  ends = [];
  book = new TraceBook(
    () => clock.now(),
    (run) => void ends.push(run),
    LIMITS,
  );
  happenings.observe(book.happened);
});
const endTurn = () => {
  for (const end of ends.splice(0)) end();
};

const update = (state: string, requestId: string, rest = '') =>
  `<Update><data><user><loginId>3001</loginId>${rest}<state>${state}</state></user></data><event>PUT</event><requestId>${requestId}</requestId><source>/finesse/api/User/3001</source></Update>`;
const stanza = (requestId: string, id: string, to = '3001@host') =>
  `<message from="pubsub.host" to="${to}" id="${id}"><event xmlns="x"><items node="/finesse/api/User/3001"><item id="i"><notification xmlns="y">&lt;Update&gt;&lt;requestId&gt;${requestId}&lt;/requestId&gt;</notification></item></items></event></message>`;

/** The way of one sign-in, 10 ms for each step. */
function signIn(requestId = 'r1', user = '3001') {
  const cause = { requestId, user, call: 1 };
  const then = (run: () => void) => {
    run();
    clock.advance(10);
  };
  then(() =>
    happenings.publish('request.start', { method: 'PUT', resource: '/User/3001', query: [], user }, cause),
  );
  then(() =>
    happenings.publish(
      'api.request',
      { url: 'User/3001', agentId: '3001', request: 'user.PUT', parameters: ' extension:3001 state:LOGIN' },
      cause,
    ),
  );
  then(() => happenings.publish('request.end', { elapsedMs: 20, status: 202 }, cause));
  then(() =>
    happenings.publish('cti.sent', { name: 'SET_AGENT_STATE_REQ', fields: {} }, { ...cause, invokeId: 7 }),
  );
  const received = { type: 0, fields: {}, receivedAt: 0, dispatchedAt: 0 };
  then(() => {
    happenings.publish(
      'cti.received',
      { ...received, name: 'SET_AGENT_STATE_CONF', sequence: 1 },
      { ...cause, invokeId: 7 },
    );
    endTurn();
  });
  then(() => {
    happenings.publish('cti.received', { ...received, name: 'AGENT_STATE_EVENT', sequence: 2 });
    for (const node of ['/finesse/api/User/3001', '/finesse/api/Team/1/Users'])
      happenings.publish('xmpp.publish', { node, payload: update('NOT_READY', requestId) }, cause);
    book.addressed(stanza(requestId, 'm1'));
    endTurn();
  });
  then(() => book.sent('s1', `<body xmlns="b">${stanza(requestId, 'm1')}</body>`, '3001@host/desktop', 12));
}

test('the way of a request, from its first line to the BOSH answer, with every id', () => {
  signIn();
  expect(book.action('r1')).toEqual({
    requestId: 'r1',
    user: '3001',
    agent: '3001',
    dropped: 0,
    before: [],
    steps: [
      { at: 1_000, step: 'request', detail: { method: 'PUT', resource: '/User/3001' } },
      {
        at: 1_010,
        step: 'accepted',
        detail: { request: 'user.PUT', parameters: 'extension:3001 state:LOGIN' },
      },
      { at: 1_020, step: 'answered', detail: { status: 202, elapsedMs: 20 } },
      { at: 1_030, step: 'ctiSent', detail: { message: 'SET_AGENT_STATE_REQ', invokeId: 7 } },
      { at: 1_040, step: 'ctiConfirmed', detail: { message: 'SET_AGENT_STATE_CONF', invokeId: 7 } },
      { at: 1_050, step: 'ctiEvent', detail: { message: 'AGENT_STATE_EVENT', sequence: 2 } },
      { at: 1_050, step: 'published', detail: { node: '/finesse/api/User/3001', what: 'NOT_READY' } },
      { at: 1_050, step: 'published', detail: { node: '/finesse/api/Team/1/Users', what: 'NOT_READY' } },
      { at: 1_050, step: 'addressed', detail: { to: '3001@host', stanzaId: 'm1' } },
      {
        at: 1_060,
        step: 'delivered',
        detail: { jid: '3001@host/desktop', sid: 's1', rid: 12, stanzaId: 'm1' },
      },
    ],
  });
});

test('delivered over WebSocket or TCP: one write, several stanzas', () => {
  signIn('r1');
  signIn('r2');
  book.sentBySocket(
    'c7',
    [stanza('r1', 'a'), '<presence/>', `${stanza('other', 'b')}${stanza('r2', 'c')}`],
    '3001@host/ws',
  );
  const last = (id: string) => book.action(id)?.steps.at(-1);
  const detail = { jid: '3001@host/ws', sid: 'c7' };
  expect(last('r1')).toEqual({ at: 1_140, step: 'delivered', detail: { ...detail, stanzaId: 'a' } });
  expect(last('r2')).toEqual({ at: 1_140, step: 'delivered', detail: { ...detail, stanzaId: 'c' } });
});

test('what is published later is not laid to a message that is over', () => {
  signIn();
  happenings.publish(
    'xmpp.publish',
    { node: '/finesse/api/User/3001', payload: update('READY', 'r1') },
    { requestId: 'r1' },
  );
  expect(book.action('r1')?.steps.filter(({ step }) => step === 'ctiEvent')).toHaveLength(1);
  expect(book.agent('3001')[0]).toEqual({
    at: 1_070,
    kind: 'state',
    what: 'READY',
    detail: { requestId: 'r1' },
  });
});

test('what only looks is no news, but part of what came before an action', () => {
  const look = (url: string, nocache: string) =>
    happenings.publish(
      'api.request',
      { url, agentId: '3001', request: 'user.GET', parameters: '3001' },
      { user: '3001', nocache },
    );
  look('User/3001', '1');
  happenings.publish('presence', { jid: '3001@host/desktop', type: 'available' });
  clock.advance(100);
  signIn('r1');
  for (let i = 0; i < 9; i++) look('User/3001/Dialogs', '2');
  expect(book.action('r1')?.before).toEqual([
    {
      at: 1_000,
      kind: 'request',
      what: 'user.GET 3001',
      detail: { request: 'user.GET', url: 'User/3001', user: '3001', nocache: '1' },
    },
    { at: 1_000, kind: 'presence', what: 'available', detail: { jid: '3001@host/desktop' } },
  ]);
  expect(book.agent('3001').map(({ what }) => what)).toEqual([
    'NOT_READY',
    'user.PUT extension:3001 state:LOGIN',
    'available',
  ]);
});

test('several events in one answer of BOSH are told apart', () => {
  signIn('r1');
  signIn('r2');
  book.sent('s9', `<body>${stanza('r1', 'a')}${stanza('other', 'b')}${stanza('r2', 'c')}</body>`, 'j', 5);
  const last = (id: string) => book.action(id)?.steps.at(-1)?.detail;
  expect(last('r1')).toMatchObject({ sid: 's9', stanzaId: 'a' });
  expect(last('r2')).toMatchObject({ sid: 's9', stanzaId: 'c' });
});

test('why an agent is in his state: what befell him, newest first, with what it came of', () => {
  const received = { type: 0, fields: {}, receivedAt: 0, dispatchedAt: 0, sequence: 3 };
  happenings.publish('presence', { jid: '3001@host/desktop', type: 'unavailable' }, { user: '3001' });
  happenings.publish('presence.monitor', { agentId: '3001', event: 'added' });
  happenings.publish('cti.received', { ...received, name: 'AGENT_STATE_EVENT' });
  happenings.publish('xmpp.publish', {
    node: '/finesse/api/User/3001',
    payload: update('LOGOUT', '', '<reasonCode><category>LOGOUT</category><code>255</code></reasonCode>'),
  });
  endTurn();
  happenings.publish('signOut.forced', {
    record: {
      agentId: '3001',
      cause: 'presence',
      actingId: '',
      session: null,
      departure: 'idle',
      requestId: '',
      invokeId: 9,
      outcome: 'signedOut',
      state: 'LOGOUT',
      reasonCode: 255,
      refusal: null,
    },
  });
  expect(book.agent('3001')).toEqual([
    {
      at: 1_000,
      kind: 'signOut',
      what: 'presence signedOut',
      detail: { reasonCode: 255, departure: 'idle' },
    },
    { at: 1_000, kind: 'state', what: 'LOGOUT 255', detail: { ctiMessage: 'AGENT_STATE_EVENT' } },
    { at: 1_000, kind: 'presence', what: 'monitor.added', detail: {} },
    { at: 1_000, kind: 'presence', what: 'unavailable', detail: { jid: '3001@host/desktop' } },
  ]);
});

test('calls and errors are told in a word', () => {
  const dialogs = (payload: string) => {
    happenings.publish('xmpp.publish', { node: '/finesse/api/User/3001/Dialogs', payload });
    return book.agent('3001')[0]?.what;
  };
  expect(
    dialogs(
      '<Update><data><dialogs><Dialog><id>100</id><participants><Participant><state>HELD</state></Participant></participants><state>ACTIVE</state></Dialog></dialogs></data><event>PUT</event></Update>',
    ),
  ).toBe('PUT 100 ACTIVE');
  expect(
    dialogs(
      '<Update><data><apiErrors><apiError><errorData>1</errorData><errorMessage>m</errorMessage><errorType>Invalid State</errorType></apiError></apiErrors></data></Update>',
    ),
  ).toBe('error Invalid State');
});

test('nothing grows without bound: actions, steps, agents, news, values, requestIds', () => {
  for (const id of ['a', 'b', 'c', 'd']) signIn(id);
  expect(book.action('a')).toBeUndefined();
  expect(book.action('d')).toBeDefined();
  for (let i = 0; i < 20; i++) book.addressed(stanza('d', `m${i}`));
  expect(book.action('d')?.steps).toHaveLength(LIMITS.stepsPerAction);
  expect(book.action('d')?.dropped).toBe(18);
  for (const agentId of ['x', 'y', 'z'])
    for (let i = 0; i < 9; i++) happenings.publish('presence.monitor', { agentId, event: 'added' });
  expect(book.agent('x')).toEqual([]);
  expect(book.agent('z')).toHaveLength(LIMITS.newsPerAgent);
  const long = 'l'.repeat(10_000);
  happenings.publish(
    'request.start',
    { method: 'PUT', resource: long, query: [], user: '' },
    { requestId: 'L' },
  );
  expect(String(book.action('L')?.steps[0]?.detail.resource).length).toBeLessThan(200);
  happenings.publish(
    'request.start',
    { method: 'PUT', resource: '', query: [], user: '' },
    { requestId: long },
  );
  expect(book.action(long)).toBeUndefined();
});
