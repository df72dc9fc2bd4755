import { VirtualClock } from '@poise/clock';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { heldToContract } from '../../test/centre/json-contract.ts';
import { TestAccounts } from '../../test/centre/test-accounts.ts';
import { agent, TEST_DATA, TestDirectorySource } from '../../test/centre/test-directory.ts';
import { CONSOLE_IDLE_MS, ConsoleSessions, SESSIONS_PER_USER_MAX } from '../accounts/console-sessions.ts';
import type { OwnEnd } from '../commands/agent-request.ts';
import { connectedPlugin } from './connected.ts';
import { consoleSessionPlugin } from './session.ts';

const START = Date.parse('2026-11-27T08:00:00Z');
const USERS = [
  ...TEST_DATA.users.filter(({ loginId }) => loginId !== 'admin'),
  agent('admin', 'admin', '', '', null, { roles: ['Administrator'] }),
];

let app: FastifyInstance;
let clock: VirtualClock;
let accounts: TestAccounts;
let sessions: ConsoleSessions;
let directory: TestDirectorySource;
let end: OwnEnd;
let hasRoom: boolean;
const signedOut: string[] = [];
beforeEach(async () => {
  clock = new VirtualClock(START);
  directory = new TestDirectorySource();
  directory.replace({ ...TEST_DATA, users: USERS });
  accounts = new TestAccounts(directory);
  sessions = new ConsoleSessions({ directory, monotonic: () => clock.monotonic() });
  end = { type: 'event' };
  hasRoom = true;
  signedOut.length = 0;
  app = heldToContract();
  const prefix = '/poise/api';
  await app.register(consoleSessionPlugin({ accounts, sessions, directory }), { prefix });
  await app.register(
    connectedPlugin({
      accounts,
      sessions,
      directory,
      clock,
      agents: {
        get: (id) =>
          id === '2001' ? { state: 'READY', extension: '1001' } : { state: 'LOGOUT', extension: '' },
      },
      connections: () => [
        { user: '2001', resource: 'desktop', connectedAt: START - 60_000 },
        { user: 'gone', resource: 'desktop', connectedAt: START },
      ],
      inService: () => true,
      signOut: (user, actingId, ended) => {
        if (!hasRoom) return false;
        signedOut.push(`${user.loginId} by ${actingId}`);
        ended(end);
        return true;
      },
    }),
    { prefix },
  );
});
afterEach(() => app.close());

const signIn = (username: unknown, password: unknown = username, headers = {}) =>
  app.inject({
    method: 'POST',
    url: '/poise/api/console/session',
    payload: { username, password } as object,
    headers,
  });
async function signedIn() {
  const answer = await signIn('admin');
  expect(answer.statusCode).toBe(200);
  const { csrf } = answer.json() as { csrf: string };
  const cookie = String(answer.headers['set-cookie']).split(';')[0] as string;
  return { cookie, 'x-poise-csrf': csrf };
}
const ask = async (headers: Record<string, string>, url = '/console/session') =>
  (await app.inject({ url: `/poise/api${url}`, headers })).statusCode;

describe('signing in', () => {
  test('sets a cookie that no script and no other site gets, and names the token', async () => {
    const answer = await signIn('admin');
    expect(answer.json()).toEqual({ user: 'admin', csrf: expect.any(String), expiresInSeconds: 1_800 });
    expect(answer.headers['set-cookie']).toMatch(
      /^poise-console=[\w-]{43}; Path=\/; SameSite=Strict; HttpOnly$/,
    );
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.body).not.toContain(String(answer.headers['set-cookie']).slice(14, 57));
  });

  test.each([
    ['admin', 'wrong', 401],
    ['nobody', 'nobody', 401],
    ['2001', '2001', 401],
    ['2050', '2050', 401],
    ['', 'x', 400],
    ['admin', 5, 400],
    ['a'.repeat(256), 'x', 400],
    ['admin', 'x'.repeat(1_025), 400],
  ])('%s with %s: %i', async (user, password, status) => {
    const answer = await signIn(user, password);
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(sessions.size).toBe(0);
  });

  test('who has the right password and is no administrator learns no more than who has a wrong one', async () => {
    expect((await signIn('2001')).body).toBe((await signIn('admin', 'wrong')).body);
  });

  test('a locked user learns no more than who has a wrong password, also with the right one', async () => {
    const wrong = await signIn('admin', 'wrong');
    accounts.locked.add('admin');
    const right = await signIn('admin');
    expect([right.statusCode, right.body]).toEqual([401, wrong.body]);
  });

  test('ends the session that the browser had', async () => {
    const { cookie } = await signedIn();
    await signIn('admin', 'admin', { cookie });
    expect(await ask({ cookie })).toBe(401);
    expect(sessions.size).toBe(1);
  });
});

describe('a session', () => {
  test('lasts until nothing was asked for 30 minutes', async () => {
    const { cookie } = await signedIn();
    for (let k = 0; k < 3; k++) {
      clock.advance(CONSOLE_IDLE_MS - 1);
      expect(await ask({ cookie })).toBe(200);
    }
    clock.advance(CONSOLE_IDLE_MS);
    expect(await ask({ cookie })).toBe(401);
    expect(sessions.size).toBe(0);
  });

  test('is as many as an administrator may have; the one used longest ago ends', async () => {
    const first = await signedIn();
    const second = await signedIn();
    for (let k = 2; k < SESSIONS_PER_USER_MAX; k++) await signedIn();
    expect(await ask(first)).toBe(200);
    await signedIn();
    expect(await ask(first)).toBe(200);
    expect(await ask(second)).toBe(401);
    expect(sessions.size).toBe(SESSIONS_PER_USER_MAX);
  });

  test('ends with the sign-out, which needs the token', async () => {
    const { cookie, ...token } = await signedIn();
    const out = (headers: Record<string, string>) =>
      app.inject({ method: 'DELETE', url: '/poise/api/console/session', headers });
    expect((await out({ cookie })).statusCode).toBe(403);
    expect(await ask({ cookie })).toBe(200);
    const answer = await out({ cookie, ...token });
    expect(answer.statusCode).toBe(204);
    expect(answer.headers['set-cookie']).toContain('Max-Age=0');
    expect(await ask({ cookie })).toBe(401);
  });

  test('ends when the role is taken away, the user goes, or the password is changed', async () => {
    const { cookie } = await signedIn();
    directory.replace({
      ...TEST_DATA,
      users: USERS.map((user) => (user.loginId === 'admin' ? { ...user, roles: ['Agent'] } : user)),
    });
    expect(await ask({ cookie })).toBe(401);
    directory.replace({ ...TEST_DATA, users: USERS });
    expect(await ask({ cookie })).toBe(401);
    const again = await signedIn();
    sessions.endOf('2001');
    expect(await ask(again)).toBe(200);
    sessions.endOf('admin');
    expect(await ask(again)).toBe(401);
  });

  test.each(['', 'poise-console=', 'poise-console=x', `poise-console=${'A'.repeat(20_000)}`])(
    'a cookie %# that is none',
    async (cookie) => {
      await signedIn();
      expect(await ask({ cookie })).toBe(401);
    },
  );
});

describe('who is connected', () => {
  const basic = (user: string) => `Basic ${Buffer.from(`${user}:${user}`).toString('base64')}`;

  test('for administrators, by password or session', async () => {
    expect(await ask({ authorization: basic('admin') }, '/connected')).toBe(200);
    expect(await ask({ authorization: basic('2001') }, '/connected')).toBe(403);
    expect(await ask({}, '/connected')).toBe(401);
    const { cookie } = await signedIn();
    // Who names himself is judged by that alone.
    expect(await ask({ cookie, authorization: basic('2001') }, '/connected')).toBe(403);
    const answer = await app.inject({ url: '/poise/api/connected', headers: { cookie } });
    expect(answer.json()).toEqual({
      at: '2026-11-27T08:00:00.000Z',
      total: 1,
      items: [
        expect.objectContaining({
          loginId: '2001',
          client: 'desktop',
          extension: '1001',
          state: 'READY',
          connectedAt: '2026-11-27T07:59:00.000Z',
        }),
      ],
    });
  });

  const signOut = async (headers: Record<string, string>, id = '2001') =>
    (await app.inject({ method: 'POST', url: `/poise/api/connected/${id}/signOut`, headers })).statusCode;

  test('an administrator signs an agent out; a session needs the token', async () => {
    const { cookie, ...token } = await signedIn();
    expect(await signOut({ cookie })).toBe(403);
    expect(await signOut({ cookie, 'x-poise-csrf': 'x'.repeat(43) })).toBe(403);
    expect(signedOut).toEqual([]);
    expect(await signOut({ cookie, ...token })).toBe(204);
    expect(await signOut({ authorization: basic('admin') })).toBe(204);
    expect(signedOut).toEqual(['2001 by admin', '2001 by admin']);
  });

  test('says why it did not happen', async () => {
    const headers = await signedIn();
    expect(await signOut(headers, 'gone')).toBe(404);
    expect(await signOut(headers, '2002')).toBe(409);
    hasRoom = false;
    expect(await signOut(headers)).toBe(409);
    hasRoom = true;
    end = { type: 'timeout' };
    expect(await signOut(headers)).toBe(503);
  });
});

test.each([
  ['POST', '/connected', 405],
  ['DELETE', '/connected', 405],
  ['GET', '/connected/2001/signOut', 405],
  ['POST', '/connected/gone/signOut', 404],
] as const)(
  '%s %s is answered in JSON, whatever the empty body claims to be',
  async (method, url, status) => {
    const answer = await app.inject({
      method,
      url: `/poise/api${url}`,
      headers: { authorization: `Basic ${btoa('admin:admin')}`, 'content-type': 'application/json' },
    });
    expect([answer.statusCode, answer.json().status]).toEqual([status, status]);
    expect(answer.headers['content-type']).toContain('application/problem+json');
  },
);
