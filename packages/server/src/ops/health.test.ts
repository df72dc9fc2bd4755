import { expect, test } from 'vitest';
import { heldToContract } from '../../test/centre/json-contract.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { Part, PartHealth } from '../parts/part.ts';
import { healthPlugin, healthSummary, type Readiness } from './health.ts';

function part(name: string, health: PartHealth | Error): Part {
  return {
    name,
    start: async () => {},
    stop: async () => {},
    health: () => {
      if (health instanceof Error) throw health;
      return health;
    },
  };
}

const up = part('http', { state: 'running', ready: true });
const down = part('cti', { state: 'running', ready: false, reason: 'The CTI server does not answer.' });

test('the summary says whether all, some or no parts serve', () => {
  expect(healthSummary([up]).status).toBe('IN_SERVICE');
  expect(healthSummary([up, down]).status).toBe('DEGRADED');
  expect(healthSummary([down]).status).toBe('OUT_OF_SERVICE');
  expect(healthSummary([up, part('odd', new Error('no'))]).parts.odd).toMatchObject({
    state: 'failed',
    ready: false,
  });
});

const accounts = {
  authenticate: async (_scope: string, user: string, secret: string) =>
    secret === user
      ? { ok: true, principal: { roles: new Set([user === 'admin' ? 'Administrator' : 'Agent']) } }
      : { ok: false, reason: 'wrong' },
} as unknown as Accounts;

const basic = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

async function ask(
  parts: Part[],
  headers: Record<string, string>,
  remoteAddress: string,
  { url = '/poise/api/health', readiness = 'ready' as Readiness } = {},
) {
  const app = heldToContract();
  await app.register(healthPlugin({ parts: () => parts, accounts, readiness: () => readiness }), {
    prefix: '/poise/api',
  });
  const answer = await app.inject({ url, headers, remoteAddress });
  await app.close();
  return answer;
}

test('programs on this machine may ask', async () => {
  for (const [address, host] of [
    ['127.0.0.1', 'localhost:8082'],
    ['::ffff:127.0.0.1', '127.0.0.1'],
    ['::1', '[::1]:8082'],
  ] as const) {
    const answer = await ask([up], { host }, address);
    expect([answer.statusCode, answer.json().status]).toEqual([200, 'IN_SERVICE']);
  }
});

test('a monitor sees a part that is down by the status', async () => {
  const answer = await ask([up, down], { host: 'localhost' }, '127.0.0.1');
  expect(answer.statusCode).toBe(503);
  expect(answer.json().parts.cti.reason).toBe('The CTI server does not answer.');
});

test('others need an administrator, also behind a proxy or under a foreign name', async () => {
  expect((await ask([up], { host: 'localhost' }, '10.0.0.1')).statusCode).toBe(401);
  expect(
    (await ask([up], { host: 'localhost', 'x-forwarded-for': '10.0.0.1' }, '127.0.0.1')).statusCode,
  ).toBe(401);
  expect((await ask([up], { host: 'evil.example' }, '127.0.0.1')).statusCode).toBe(401);
  for (const [authorization, status] of [
    [basic('admin', 'admin'), 200],
    [basic('admin', 'wrong'), 401],
    [basic('2001', '2001'), 401],
    ['Basic !!!', 401],
    ['Basic YQ==', 401],
  ] as const) {
    const answer = await ask([up], { host: 'poise.example', authorization }, '10.0.0.1');
    expect(answer.statusCode).toBe(status);
  }
});

test.each([
  ['ready', 200],
  ['draining', 404],
  ['out of service', 503],
] as const)('a load balancer without credentials hears %s as %i', async (readiness, status) => {
  const headers = { host: 'desk.example', 'x-forwarded-for': '10.0.0.9' };
  // A part that serves nobody directly does not matter.
  const answer = await ask([up, down], headers, '10.0.0.1', { url: '/poise/api/ready', readiness });
  expect([answer.statusCode, answer.body]).toEqual([status, `${readiness}\n`]);
  expect(answer.headers['cache-control']).toBe('no-store');
});
