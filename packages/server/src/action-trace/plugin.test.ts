import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { heldToContract } from '../../test/centre/json-contract.ts';
import { TestAccounts } from '../../test/centre/test-accounts.ts';
import { agent, TEST_DATA, TestDirectorySource } from '../../test/centre/test-directory.ts';
import { Happenings } from '../happenings.ts';
import { PageTimes, REPORTS_PER_MINUTE } from './page-times.ts';
import { actionTracePlugin } from './plugin.ts';
import { TraceBook } from './trace-book.ts';

const START = Date.parse('2026-11-29T08:00:00Z');
let now: number;
let app: FastifyInstance;
let happenings: Happenings;

beforeEach(async () => {
  now = START;
  happenings = new Happenings(() => now);
  const book = new TraceBook(
    () => now,
    () => {},
  );
  happenings.observe(book.happened);
  const directory = new TestDirectorySource();
  directory.replace({
    ...TEST_DATA,
    users: [
      ...TEST_DATA.users.filter(({ loginId }) => loginId !== 'admin'),
      agent('admin', 'admin', '', '', null, { roles: ['Administrator'] }),
    ],
  });
  app = heldToContract();
  const accounts = new TestAccounts(directory);
  const pageTimes = new PageTimes(book, happenings, () => now);
  await app.register(actionTracePlugin({ accounts, directory, book, pageTimes }), { prefix: '/poise/api' });
  await app.register(actionTracePlugin({ accounts, directory, book }), { prefix: '/off/poise/api' });
});
afterEach(() => app.close());

function request(requestId: string, agentId: string, name = 'user.PUT') {
  const cause = { requestId, user: agentId, nocache: undefined };
  happenings.publish(
    'request.start',
    { method: 'PUT', resource: `/User/${agentId}`, query: [], user: agentId },
    cause,
  );
  happenings.publish(
    'api.request',
    { url: `User/${agentId}`, agentId, request: name, parameters: ' state:LOGIN' },
    cause,
  );
  now += 5;
  happenings.publish('request.end', { elapsedMs: 5, status: 202 }, cause);
}

async function ask(user: string, path: string) {
  const authorization = `Basic ${Buffer.from(`${user}:${user}`).toString('base64')}`;
  const answer = await app.inject({
    url: `/poise/api/trace${path}`,
    headers: user === '' ? {} : { authorization },
  });
  return { status: answer.statusCode, body: answer.json() as Record<string, unknown> };
}

test('the waterfall of a request, and what its agent did before', async () => {
  happenings.publish('presence', { jid: '2001@host/d', type: 'available' }, { user: '2001' });
  now += 1_000;
  request('a b/ü', '2001');
  const { status, body } = await ask('admin', `/${encodeURIComponent('a b/ü')}`);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    requestId: 'a b/ü',
    agent: '2001',
    steps: [
      { at: '2026-11-29T08:00:01.000Z', afterMs: 0, step: 'request' },
      { afterMs: 0, step: 'accepted', detail: { parameters: 'state:LOGIN' } },
      { afterMs: 5, step: 'answered', detail: { status: 202 } },
    ],
    before: [{ at: '2026-11-29T08:00:00.000Z', kind: 'presence', what: 'available' }],
  });
});

test('what an agent did long before is no part of it', async () => {
  happenings.publish('presence', { jid: '2001@host/d', type: 'available' }, { user: '2001' });
  now += 30_000;
  request('r', '2001');
  expect((await ask('admin', '/r')).body.before).toEqual([]);
});

test.each([
  ['', '/r', 401],
  ['2001', '/r', 403],
  ['2001', '?agent=2001', 403],
  ['admin', '/nobody', 404],
  ['admin', '?agent=nobody', 404],
  ['admin', '', 400],
  ['admin', '?agent=1&agent=2', 400],
  ['admin', `?agent=${'x'.repeat(129)}`, 400],
  ['admin', '?agent=2001', 200],
])('%s asks for %s: %i', async (user, path, status) => {
  request('r', '2001');
  expect((await ask(user, path)).status).toBe(status);
});

test('a supervisor sees the requests of the own team alone, and cannot tell others from none', async () => {
  const users = TEST_DATA.users;
  const supervisor = users.find(({ roles }) => roles.includes('Supervisor'));
  const within = users.find(({ teamId }) => supervisor?.supervisedTeamIds.includes(teamId ?? -1));
  const without = users.find(
    ({ teamId, loginId }) =>
      loginId !== supervisor?.loginId && !supervisor?.supervisedTeamIds.includes(teamId ?? -1),
  );
  const who = supervisor?.loginId ?? '';
  request('in', within?.loginId ?? '');
  request('out', without?.loginId ?? '');
  expect((await ask(who, '/in')).status).toBe(200);
  expect(await ask(who, '/out')).toEqual(await ask(who, '/none'));
  expect((await ask(who, `?agent=${without?.loginId}`)).status).toBe(403);
});

async function tell(user: string, payload: unknown, url = '/poise/api/trace') {
  const authorization = `Basic ${Buffer.from(`${user}:${user}`).toString('base64')}`;
  const answer = await app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', ...(user === '' ? {} : { authorization }) },
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  });
  return { status: answer.statusCode, body: answer.json() as Record<string, unknown> };
}
const told = (requestId: string) => ({
  drift: 0,
  uncertainty: 2,
  actions: [{ requestId, input: 'key', begunAt: START - 40, receivedAt: START + 5, paintedAt: START + 5 }],
});

test('a page tells of the click and the pixel of its own actions', async () => {
  request('r', '2001');
  expect(await tell('2002', told('r'))).toEqual({ status: 200, body: { taken: 0 } });
  expect(await tell('2001', told('r'))).toEqual({ status: 200, body: { taken: 1 } });
  const { steps } = (await ask('admin', '/r')).body as { steps: { step: string; afterMs: number }[] };
  expect(steps.map(({ step, afterMs }) => [step, afterMs])).toEqual([
    ['begun', 0],
    ['request', 40],
    ['accepted', 40],
    ['answered', 45],
    ['received', 45],
    ['painted', 45],
  ]);
});

test('reports that are none, from nobody, too large, too many, or not wanted are refused', async () => {
  expect((await tell('', told('r'))).status).toBe(401);
  expect((await tell('2001', {})).status).toBe(400);
  expect((await tell('2001', 'x'.repeat(10_000))).status).toBe(413);
  expect(await tell('2001', told('r'), '/off/poise/api/trace')).toMatchObject({
    status: 404,
    body: { problem: 'switchedOff' },
  });
  for (let i = 1; i < REPORTS_PER_MINUTE; i++) await tell('2001', told('r'));
  expect((await tell('2001', told('r'))).status).toBe(429);
});

test('why an agent is in his state', async () => {
  request('r', '2001');
  happenings.publish(
    'xmpp.publish',
    {
      node: '/finesse/api/User/2001',
      payload: '<Update><data><user><state>READY</state></user></data><requestId>r</requestId></Update>',
    },
    { requestId: 'r', user: '2001' },
  );
  const { why } = (await ask('admin', '?agent=2001')).body as { why: { what: string }[] };
  expect(why.map(({ what }) => what)).toEqual(['READY', 'user.PUT state:LOGIN']);
});
