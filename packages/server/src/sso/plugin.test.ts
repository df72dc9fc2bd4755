/** The token service against a provider on loopback (rest-api.md 7.2). */
import { VirtualClock } from '@poise/clock';
import Fastify, { type FastifyInstance, type LightMyRequestResponse } from 'fastify';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { CLIENT, OidcProvider } from '../../test/oidc-provider.ts';
import { demoConfiguration, demoUsers } from '../demo/centre.ts';
import { Happenings } from '../happenings.ts';
import { LayeredDirectory } from '../store/source.ts';
import { ssoPlugin } from './plugin.ts';
import { SignOn } from './sign-on.ts';

let provider: OidcProvider;
let app: FastifyInstance;
let clock: VirtualClock;
let told: string[];
let requestsMax: number;

beforeAll(async () => {
  provider = await OidcProvider.start();
});
afterAll(() => provider.close());
beforeEach(async () => {
  provider.claims = {};
  provider.isDown = false;
  requestsMax = 100;
  await start('HYBRID');
});
afterEach(() => app.close());

async function start(systemAuthMode: 'HYBRID' | 'NON_SSO'): Promise<void> {
  await app?.close();
  clock = new VirtualClock(Date.now());
  told = [];
  const happenings = new Happenings(() => clock.now());
  happenings.observe((happening) => {
    if (happening.kind === 'operator') told.push(happening.text);
  });
  const directory = new LayeredDirectory({ ...demoConfiguration(), users: demoUsers() });
  const settings = {
    systemAuthMode,
    issuer: provider.issuer,
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    audience: CLIENT.id,
    userClaim: 'preferred_username',
    scope: 'openid',
    users: ['3001'],
    teams: [],
  };
  app = Fastify();
  await app.register(
    ssoPlugin({
      signOn: systemAuthMode === 'NON_SSO' ? undefined : new SignOn(settings, directory, clock),
      clock,
      happenings,
      key: async () => new Uint8Array(32).fill(7),
      requestsMax,
      origins: [],
      hosts: ['desk.example.com'],
    }),
    { prefix: '/desktop/sso' },
  );
}

/** A browser: keeps cookies, and is sent on by hand. */
class Browser {
  readonly cookies = new Map<string, string>();
  async get(url: string, headers: Record<string, string> = {}): Promise<LightMyRequestResponse> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await app.inject({ url, headers: { host: 'localhost:8082', cookie, ...headers } });
    for (const { name, value, maxAge } of answer.cookies) {
      if (maxAge === 0) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }
  /** Signs in at the provider. @returns the way back, as path and query */
  async atProvider(answer: LightMyRequestResponse, user: string): Promise<string> {
    expect(answer.statusCode).toBe(302);
    const url = new URL(answer.headers.location as string);
    expect(url.origin).toBe(provider.issuer);
    url.searchParams.set('user', user);
    const sent = await fetch(url, { redirect: 'manual' });
    const back = new URL(sent.headers.get('location') as string);
    return `${back.pathname}${back.search}`;
  }
}

const form = (fields: Record<string, string>) =>
  app.inject({
    method: 'POST',
    url: '/desktop/sso/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams(fields).toString(),
  });

it('a client is sent to the provider and gets its tokens as JSON, and refreshes them', async () => {
  const browser = new Browser();
  const begun = await browser.get('/desktop/sso/token?cc_username=3001&return_refresh_token=true');
  const asked = new URL(begun.headers.location as string).searchParams;
  expect(Object.fromEntries(asked)).toMatchObject({
    response_type: 'code',
    client_id: 'poise',
    redirect_uri: 'http://localhost:8082/desktop/sso/callback',
    code_challenge_method: 'S256',
    login_hint: '3001',
    state: expect.stringMatching(/.{20,}/),
    nonce: expect.stringMatching(/.{20,}/),
  });
  const [cookie] = begun.cookies;
  expect(cookie).toMatchObject({ path: '/desktop/sso', httpOnly: true, sameSite: 'Lax', maxAge: 600 });
  const answer = await browser.get(await browser.atProvider(begun, '3001'));
  expect([answer.statusCode, answer.headers['cache-control']]).toEqual([200, 'no-store']);
  const given = answer.json();
  expect(given).toEqual({
    token: expect.any(String),
    refresh_token: expect.any(String),
    refresh_expires_in: 3600,
    expires_in: expect.any(Number),
    user_id: '3001',
    realm: '127.0.0.1',
    user_principal: '3001@127.0.0.1',
  });
  expect(given.expires_in).toBeGreaterThan(290);
  expect(browser.cookies.size).toBe(0);

  const fields = { token: given.token, 'refresh-token': given.refresh_token, return_user: 'no' };
  const refreshed = (await form(fields)).json();
  expect(Object.keys(refreshed)).toEqual(['token', 'refresh_token', 'refresh_expires_in', 'expires_in']);
  expect(refreshed.token).not.toBe(given.token);
  // It was worth one refresh.
  expect((await form(fields)).statusCode).toBe(401);
  expect(told.join()).not.toContain(given.refresh_token);
});

it('the page gets its tokens once, from the place it is sent back to', async () => {
  const browser = new Browser();
  const own = { 'sec-fetch-mode': 'cors' };
  expect((await browser.get('/desktop/sso/token', own)).statusCode).toBe(401);
  const begun = await browser.get(
    '/desktop/sso/login?cc_username=3001&locale=de&return_to=https://evil.example',
  );
  const back = await browser.get(await browser.atProvider(begun, '3001'));
  expect([back.statusCode, back.headers.location]).toEqual([302, '/desktop/container/?locale=de']);
  expect(back.cookies.at(-1)).toMatchObject({ name: 'poise-sso', httpOnly: true, sameSite: 'Strict' });
  expect((await browser.get('/desktop/sso/token', own)).json()).toMatchObject({ user_id: '3001' });
  expect((await browser.get('/desktop/sso/token', own)).statusCode).toBe(401);
});

it.each([
  ['somebody else', '3001', '3002', 'unknownUser'],
  ['another user of single sign-on', '3002', '3001', 'otherUser'],
  ['nobody', '3001', 'nobody', 'refused'],
  ['a name that is not known', '', 'stranger', 'unknownUser'],
])('%s who signs in at the provider is refused', async (_words, asked, user, problem) => {
  const browser = new Browser();
  const begun = await browser.get(`/desktop/sso/token?cc_username=${asked}`);
  const answer = await browser.get(await browser.atProvider(begun, user));
  expect([answer.statusCode, answer.json().problem]).toEqual([401, problem]);
});

it('the answer for another browser, a second time, or too late, is worth nothing', async () => {
  const browser = new Browser();
  const begun = await browser.get('/desktop/sso/token?cc_username=3001');
  const back = await browser.atProvider(begun, '3001');
  const thief = new Browser();
  expect((await thief.get(back)).headers.location).toBe('/desktop/container/');
  expect((await thief.get('/desktop/sso/token', { 'sec-fetch-mode': 'cors' })).json().problem).toBe(
    'expired',
  );
  clock.advance(601_000);
  expect((await browser.get(back)).headers.location).toBe('/desktop/container/');
  expect(provider.grants.filter((grant) => grant === 'authorization_code').length).toBeGreaterThan(0);
});

it('a token with the wrong audience is no sign-in', async () => {
  provider.claims = { aud: 'another' };
  const browser = new Browser();
  const begun = await browser.get('/desktop/sso/token');
  const answer = await browser.get(await browser.atProvider(begun, '3001'));
  expect([answer.statusCode, answer.json().problem]).toEqual([401, 'refused']);
  expect(told.at(-1)).toContain('sso.audience');
});

it('the test tells the window that opened it, by a script of its own and a cookie', async () => {
  for (const [user, status, worked] of [
    ['3001', 200, 'true'],
    ['nobody', 401, 'false'],
  ] as const) {
    const browser = new Browser();
    const answer = await browser.get(await browser.atProvider(await browser.get('/desktop/sso/test'), user));
    expect([answer.statusCode, browser.cookies.get('ssotest')]).toEqual([status, worked]);
    expect(answer.body).toContain(`data-status="${worked}"`);
    expect(answer.body).toContain(`data-error-message="${worked === 'true' ? '' : 'AUTH_ERROR'}"`);
    expect(answer.body).not.toMatch(/eyJ|<script>/);
  }
  expect((await new Browser().get('/desktop/sso/test.js')).body).toContain('postMessage');
});

it('a provider that is away is an error of ours, for a moment', async () => {
  provider.isDown = true;
  const browser = new Browser();
  const answer = await browser.get('/desktop/sso/token');
  expect([answer.statusCode, answer.json().problem]).toEqual([500, 'unavailable']);
  provider.isDown = false;
  clock.advance(2_000);
  expect((await browser.get('/desktop/sso/token')).statusCode).toBe(302);
  provider.isDown = true;
  expect((await form({ token: 'a', 'refresh-token': 'b' })).statusCode).toBe(500);
});

it('incomplete forms are refused, as is everything where single sign-on is not in use', async () => {
  expect((await form({ token: 'a' })).statusCode).toBe(400);
  await start('NON_SSO');
  for (const path of ['login', 'token', 'test', 'callback?code=1&state=2'])
    expect((await new Browser().get(`/desktop/sso/${path}`)).statusCode).toBe(400);
});

it('one address may ask so often in a minute', async () => {
  requestsMax = 2;
  await start('HYBRID');
  const statuses = async () => (await form({})).statusCode;
  expect([await statuses(), await statuses(), await statuses()]).toEqual([400, 400, 429]);
  clock.advance(60_000);
  expect(await statuses()).toBe(400);
});

it('the way back leads to this server under one of its names, whatever the Host header says', async () => {
  const browser = new Browser();
  const redirectFor = async (host: string) =>
    new URL((await browser.get('/desktop/sso/token', { host })).headers.location as string).searchParams.get(
      'redirect_uri',
    );
  expect(await redirectFor('DESK.example.com:8445')).toMatch(/^http:\/\/desk\.example\.com:8445\//i);
  expect(await redirectFor('evil.example')).toBe('http://desk.example.com/desktop/sso/callback');
  expect(await redirectFor('evil.example:8445')).toBe('http://desk.example.com:8445/desktop/sso/callback');
  // A browser keeps no more than a few sign-ins that it never ended.
  for (let i = 0; i < 12; i++) await browser.get('/desktop/sso/token');
  expect(browser.cookies.size).toBeLessThanOrEqual(9);
});
