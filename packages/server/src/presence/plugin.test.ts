import { VirtualClock } from '@poise/clock';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { heldToContract } from '../../test/centre/json-contract.ts';
import { TestAccounts } from '../../test/centre/test-accounts.ts';
import { agent, TEST_DATA, TestDirectorySource } from '../../test/centre/test-directory.ts';
import type { Going } from '../commands/sign-out-witness.ts';
import { Happenings } from '../happenings.ts';
import { Store } from '../store/store.ts';
import { signOutsPlugin } from './plugin.ts';
import { SignOutLog } from './sign-out-log.ts';
import { signOutStore } from './stores.ts';

const START = Date.parse('2026-11-27T08:00:00Z');
const NO_SESSION = { session: null, departure: null, awaySince: null, lastActiveAt: null, graceMs: null };

let app: FastifyInstance;
let store: Store;
let log: SignOutLog;
let clock: VirtualClock;
beforeEach(async () => {
  clock = new VirtualClock(START);
  store = await Store.open();
  const happenings = new Happenings(() => clock.now());
  log = await SignOutLog.open({
    store: signOutStore(store, () => clock.now()),
    clock,
    happenings,
    onProblem: (error) => {
      throw error;
    },
  });
  const directory = new TestDirectorySource();
  directory.replace({
    ...TEST_DATA,
    users: [
      ...TEST_DATA.users.filter(({ loginId }) => loginId !== 'admin'),
      agent('admin', 'admin', '', '', null, { roles: ['Administrator'] }),
    ],
  });
  app = heldToContract();
  const find = (query: Parameters<typeof log.find>[0]) => log.find(query);
  await app.register(signOutsPlugin({ accounts: new TestAccounts(directory), directory, find }), {
    prefix: '/poise/api',
  });
  for (const agentId of ['2001', '3001', '2001', 'gone']) {
    const going: Going = {
      agentId,
      by: 'system',
      actingId: '',
      requestId: '',
      state: 'LOGOUT',
      reasonCode: 50_001,
    };
    log.signedOut(going, NO_SESSION);
    clock.advance(60_000);
  }
});
afterEach(async () => {
  await app.close();
  await store.close();
});

const basic = (user: string, password = user) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
async function ask(user: string, query = '') {
  const answer = await app.inject({
    url: `/poise/api/signOuts${query}`,
    headers: { authorization: basic(user) },
  });
  return {
    status: answer.statusCode,
    body: answer.json() as { signOuts?: { agentId: string; at: string }[] },
  };
}
const agentsOf = async (user: string, query = '') =>
  (await ask(user, query)).body.signOuts?.map(({ agentId }) => agentId);

describe('who may ask', () => {
  test.each([
    [undefined, 401],
    [basic('admin', 'wrong'), 401],
    [basic('nobody'), 401],
    [basic('2001'), 403],
    [basic('2050'), 200],
    [basic('admin'), 200],
  ])('%s: %i', async (authorization, status) => {
    const headers = authorization === undefined ? {} : { authorization };
    const answer = await app.inject({ url: '/poise/api/signOuts', headers });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['www-authenticate'] !== undefined).toBe(status === 401);
  });

  test('administrators see all, newest first; supervisors their teams', async () => {
    expect(await agentsOf('admin')).toEqual(['gone', '2001', '3001', '2001']);
    expect(await agentsOf('2050')).toEqual(['2001', '2001']);
    expect(await agentsOf('2051')).toEqual(['3001']);
  });

  test('one agent: refused outside of the own teams', async () => {
    expect(await agentsOf('2050', '?agent=2001')).toEqual(['2001', '2001']);
    expect((await ask('2050', '?agent=3001')).status).toBe(403);
    expect((await ask('2050', '?agent=gone')).status).toBe(403);
    expect(await agentsOf('admin', '?agent=gone')).toEqual(['gone']);
    expect(await agentsOf('admin', '?agent=mmouse')).toEqual(['2001', '2001']);
  });
});

test('since, until and limit', async () => {
  expect(await agentsOf('admin', '?since=2026-11-27T08:01:00Z&until=2026-11-27T08:02:00Z')).toEqual(['3001']);
  expect(await agentsOf('admin', `?since=${START + 180_000}`)).toEqual(['gone']);
  expect(await agentsOf('admin', '?limit=1')).toEqual(['gone']);
  expect(await agentsOf('admin', '?until=2026-11-27')).toEqual([]);
});

test('a record as it is printed', async () => {
  expect((await ask('admin', '?limit=1')).body.signOuts).toEqual([
    {
      node: 'node1',
      id: 4,
      at: '2026-11-27T08:03:00.000Z',
      agentId: 'gone',
      cause: 'system',
      actingId: '',
      session: null,
      departure: null,
      lastActiveAt: null,
      awaySince: null,
      graceSeconds: null,
      requestId: '',
      invokeId: null,
      attempts: 0,
      outcome: 'signedOut',
      state: 'LOGOUT',
      reasonCode: 50_001,
      refusal: null,
      endedAt: '2026-11-27T08:03:00.000Z',
    },
  ]);
});

test.each([
  '?limit=0',
  '?limit=1001',
  '?limit=ten',
  '?limit=-1',
  '?since=yesterday',
  '?until=2026-13-45T99:00:00Z',
  '?until=2026-02-30',
  '?since=2026-04-31T10:00:00Z',
  '?agent=',
  `?agent=${'9'.repeat(129)}`,
  '?agent=2001&agent=3001',
  '?team=5',
])('%s is refused in a plain sentence', async (query) => {
  const { status, body } = await ask('admin', query);
  expect(status).toBe(400);
  expect(body).toMatchObject({ problem: 'badValue', error: expect.stringMatching(/^.+\.$/) });
});
