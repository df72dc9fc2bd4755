import { SimulatedSwitch, type Simulation, Simulation as Telephony } from '@poise/acd';
import { VirtualClock } from '@poise/clock';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { heldToContract } from '../../test/centre/json-contract.ts';
import { TestAccounts } from '../../test/centre/test-accounts.ts';
import { agent, TEST_DATA, TestDirectorySource } from '../../test/centre/test-directory.ts';
import type { UserRecord } from '../store/directory.ts';
import { SimulationCommands } from './commands.ts';
import { simulationPlugin } from './plugin.ts';

let app: FastifyInstance;
let clock: VirtualClock;
let simulation: Simulation | undefined;
let accounts: TestAccounts;
const offers: unknown[] = [];
beforeEach(async () => {
  clock = new VirtualClock();
  const plan = { isPhone: (n: string) => n === '3001', isRoutePoint: (n: string) => n === '6003' };
  const exchange = new SimulatedSwitch({ clock, plan, attended: () => true });
  simulation = new Telephony({ clock, plan, switch: exchange });
  const directory = new TestDirectorySource();
  const root = agent('admin', 'admin', '', '', null, { roles: ['Administrator'] });
  directory.replace({ ...TEST_DATA, users: [...TEST_DATA.users, root] });
  accounts = new TestAccounts(directory);
  const commands = new SimulationCommands({
    simulation: () => simulation,
    dialledNumbers: () => ['6003'],
    newSeed: () => 42,
  });
  app = heldToContract();
  offers.length = 0;
  const offerTask = (user: UserRecord, mediaId: string, variables: readonly object[]) => {
    offers.push([user.loginId, mediaId, variables]);
    return mediaId === '5000' ? { id: '151_5000_1_1' } : null;
  };
  await app.register(simulationPlugin({ commands, accounts, directory, offerTask }), {
    prefix: '/poise/api',
  });
});
afterEach(() => app.close());

const basic = (user: string, password = user) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

async function ask(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown, user = 'admin') {
  const answer = await app.inject({
    method,
    url: `/poise/api/sim${path}`,
    headers: { authorization: basic(user) },
    ...(body === undefined ? {} : { payload: body as object }),
  });
  return { status: answer.statusCode, body: answer.body === '' ? null : answer.json() };
}

describe('who may ask', () => {
  test.each([
    [undefined, 401],
    [basic('admin', 'wrong'), 401],
    ['Basic !!!', 401],
    [basic('nobody'), 401],
    [basic('2001'), 403],
    [basic('admin'), 200],
  ])('%s: %i', async (authorization, status) => {
    const headers = authorization === undefined ? {} : { authorization };
    for (const path of ['', '/calls']) {
      const answer = await app.inject({ url: `/poise/api/sim${path}`, headers });
      expect(answer.statusCode).toBe(status);
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(answer.headers['www-authenticate'] !== undefined).toBe(status === 401);
    }
  });

  test('nothing is done for others', async () => {
    expect((await ask('POST', '/calls', { to: '6003' }, '2001')).status).toBe(403);
    expect(simulation!.status().customers.calls).toBe(0);
  });
});

test('tasks of media are offered to agents', async () => {
  const wish = { agent: '2001', media: '5000', variables: { callVariable1: 'Jo' } };
  const { status, body } = await ask('POST', '/tasks', wish);
  expect([status, body.agent, body.media]).toEqual([201, '2001', '5000']);
  expect(body.id).toMatch(/_5000_/);
  expect(offers).toEqual([['2001', '5000', [{ name: 'callVariable1', value: 'Jo' }]]]);
  expect((await ask('POST', '/tasks', { ...wish, media: '7' })).status).toBe(409);
  expect((await ask('POST', '/tasks', { ...wish, agent: '99' })).status).toBe(404);
  for (const wrong of [{}, { agent: '2001' }, { ...wish, variables: 7 }, { ...wish, more: 1 }])
    expect((await ask('POST', '/tasks', wrong)).status).toBe(400);
  simulation = undefined;
  expect((await ask('POST', '/tasks', wish)).status).toBe(503);
});

describe('customers', () => {
  test('are made, looked at and hung up', async () => {
    const made = await ask('POST', '/calls', { to: '6003', from: '1', variables: { callVariable1: 'a' } });
    expect(made).toEqual({
      status: 201,
      body: { id: 1, from: '1', to: '6003', state: 'waiting', talkedMs: 0 },
    });
    expect(await ask('GET', '/calls')).toEqual({ status: 200, body: { calls: [made.body] } });
    expect(await ask('GET', '/calls/1')).toEqual({ status: 200, body: made.body });
    expect(await ask('DELETE', '/calls/1')).toEqual({ status: 204, body: null });
    expect((await ask('GET', '/calls/1')).body.state).toBe('abandoned');
    expect((await ask('DELETE', '/calls/1')).status).toBe(404);
    expect((await ask('GET', '/calls/7')).body).toEqual({
      error: 'there is no customer "7"',
      problem: 'unknownCustomer',
    });
    expect((await ask('GET', '/calls/__proto__')).status).toBe(404);
  });

  test.each([
    ['/calls', { to: '77' }, 404, 'unknownNumber'],
    ['/calls', {}, 400, 'badValue'],
    ['/calls', [], 400, 'badValue'],
    ['/phones/3001', {}, 400, 'badValue'],
    ['/phones/3001', { action: 'explode' }, 400, 'badValue'],
    ['/phones/3001', { action: 'toString' }, 400, 'badValue'],
    ['/phones/3001', { action: 'answer' }, 409, 'noCall'],
    ['/phones/3001', { action: 'dial' }, 400, 'badValue'],
    ['/phones/3001', { action: 'answer', value: 'now' }, 400, 'badValue'],
    ['/phones/3001', { action: 'auto-answer', value: 'maybe' }, 400, 'badValue'],
    ['/phones/77', { action: 'answer' }, 404, 'unknownPhone'],
  ])('POST %s %j: %i', async (path, body, status, problem) => {
    const answer = await ask('POST', path, body);
    expect([answer.status, answer.body.problem]).toEqual([status, problem]);
    expect(answer.body.error).toMatch(/^\w.*[^.]$/);
  });
});

test('load is started, seen and ended; the customers stay until all is stopped', async () => {
  const load = await ask('PUT', '/load', { callsPerSecond: 10, patience: 'none' });
  expect(load).toEqual({
    status: 200,
    body: {
      callsPerSecond: 10,
      to: ['6003'],
      seed: 42,
      startedAt: new Date(clock.now()).toISOString(),
      endsAt: null,
      calls: 0,
      left: 0,
    },
  });
  expect((await ask('PUT', '/load', { callsPerSecond: 10 })).status).toBe(409);
  clock.advance(10_000);
  const { body } = await ask('GET', '');
  expect(body.load.calls).toBeGreaterThan(60);
  expect(body.customers.waiting).toBe(body.load.calls);
  expect((await ask('DELETE', '/load')).status).toBe(204);
  clock.advance(10_000);
  const after = (await ask('GET', '')).body;
  expect([after.load, after.customers.waiting]).toEqual([null, body.load.calls]);
  expect((await ask('POST', '/stop')).body).toEqual({ hungUp: body.load.calls, loadStopped: false });
  const limited = await ask('PUT', '/load', { callsPerSecond: 10, for: '10m' });
  expect(limited.body.endsAt).toBe(new Date(clock.now() + 600_000).toISOString());
});

test('a phone does what it is told', async () => {
  const phone = async (action: string, value?: string) => {
    const { status, body } = await ask(
      'POST',
      '/phones/3001',
      value === undefined ? { action } : { action, value },
    );
    expect(status).toBe(200);
    return body;
  };
  expect(await phone('auto-answer', 'on')).toEqual({
    extension: '3001',
    autoAnswer: 'on',
    inService: true,
    legs: [],
  });
  expect((await phone('dial', '6003')).legs).toMatchObject([{ state: 'up', held: false }]);
  expect((await phone('hold')).legs).toMatchObject([{ held: true }]);
  expect((await phone('retrieve')).legs).toMatchObject([{ held: false }]);
  await phone('press', '12');
  await phone('transfer', '6003');
  expect((await phone('hang-up')).legs).toEqual([]);
  expect((await phone('out-of-service')).inService).toBe(false);
  expect((await ask('GET', '/phones/3001')).body.inService).toBe(false);
  expect((await phone('in-service')).inService).toBe(true);
});

test('auto-answer may be set for all phones; nothing else can be done with all of them', async () => {
  const on = await ask('POST', '/phones/all', { action: 'auto-answer', value: 'on' });
  expect(on).toEqual({
    status: 200,
    body: { extension: 'all', autoAnswer: 'on', inService: true, legs: [] },
  });
  expect((await ask('GET', '/phones/all')).body.autoAnswer).toBe('on');
  expect((await ask('POST', '/phones/all', { action: 'hang-up' })).status).toBe(404);
});

describe('bad bodies', () => {
  const post = (payload: string, type: string) =>
    app.inject({
      method: 'POST',
      url: '/poise/api/sim/calls',
      headers: { authorization: basic('admin'), 'content-type': type },
      payload,
    });

  test.each([
    ['{"to":', 'application/json', 400],
    ['to=6003', 'application/x-www-form-urlencoded', 415],
    ['{"to":"6003"}', 'text/plain', 415],
    ['{"__proto__":{"to":"6003"}}', 'application/json', 400],
    [`{"to":"${'6'.repeat(70_000)}"}`, 'application/json', 413],
  ])('%.30s as %s: %i', async (payload, type, status) => {
    const answer = await post(payload, type);
    expect(answer.statusCode).toBe(status);
    expect(answer.json().error).not.toBe('');
    expect(simulation!.status().customers.calls).toBe(0);
  });
});

test.each([
  ['POST', '/stop', 200],
  ['DELETE', '/load', 204],
  ['DELETE', '/calls/1', 204],
  // What needs a body says what is missing in it.
  ['POST', '/calls', 400],
] as const)('an empty body of type application/json is none: %s %s: %i', async (method, path, status) => {
  await ask('POST', '/calls', { to: '6003' });
  const answer = await app.inject({
    method,
    url: `/poise/api/sim${path}`,
    headers: { authorization: basic('admin'), 'content-type': 'application/json' },
    payload: '',
  });
  expect(answer.statusCode).toBe(status);
  if (status === 400) expect(answer.json()).toEqual({ error: 'to is missing', problem: 'badValue' });
});

test('without a contact centre in the process everything is 503', async () => {
  simulation = undefined;
  for (const [method, path] of [
    ['GET', ''],
    ['POST', '/stop'],
    ['GET', '/calls'],
    ['GET', '/phones/3001'],
    ['DELETE', '/load'],
  ] as const) {
    expect(await ask(method, path)).toEqual({
      status: 503,
      body: {
        error: 'no contact centre with simulated telephony runs in this process',
        problem: 'noSimulation',
      },
    });
  }
});
