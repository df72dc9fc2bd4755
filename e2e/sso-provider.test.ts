/** Single sign-on at a provider that is not ours: oidc-provider, certified by the OpenID Foundation, with its own pages for sign-in and consent. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import Provider from 'oidc-provider';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { freeOffset, portsAt, type RunningPoise, startPoise } from './server.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });
const RESOURCE = 'urn:poise:desktop';
const CLIENT = { client_id: 'poise', client_secret: 'a secret of at least 32 characters' };

let server: Server;
let issuer: string;
let poise: RunningPoise;

beforeAll(async () => {
  // It says on the console that its pages are for development, which is what they are used for.
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  vi.spyOn(console, 'info').mockImplementation(() => {});
  let answer: ReturnType<Provider['callback']> | undefined;
  server = createServer((request, response) => void answer?.(request, response));
  // It is down for a while: nobody else may be given its port meanwhile.
  server.listen(portsAt(await freeOffset()).http, '127.0.0.1');
  await once(server, 'listening');
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  poise = await startPoise({
    args: Object.entries({
      systemAuthMode: 'HYBRID',
      issuer,
      clientId: CLIENT.client_id,
      clientSecret: CLIENT.client_secret,
      audience: RESOURCE,
      users: '3001,3002',
    }).flatMap(([key, value]) => ['--set', `sso.${key}=${value}`]),
  });
  const provider = new Provider(issuer, {
    clients: [
      {
        ...CLIENT,
        redirect_uris: [`http://localhost:${poise.ports.http}/desktop/sso/callback`],
        grant_types: ['authorization_code', 'refresh_token'],
      },
    ],
    issueRefreshToken: async () => true,
    extraTokenClaims: async (_context, token) => ({
      preferred_username: 'accountId' in token ? String(token.accountId) : '',
    }),
    features: {
      resourceIndicators: {
        enabled: true,
        defaultResource: async () => RESOURCE,
        useGrantedResource: async () => true,
        getResourceServerInfo: async () => ({
          scope: 'openid',
          audience: RESOURCE,
          accessTokenTTL: 300,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  });
  answer = provider.callback();
});
afterAll(async () => {
  await poise?.stop();
  server?.closeAllConnections();
  server?.close();
});

/** A browser without scripts: keeps cookies of each host, follows redirects, fills in the forms of the provider. */
class Browser {
  readonly #cookies = new Map<string, Map<string, string>>();

  async go(from: string, as: string): Promise<Answer> {
    let [url, form]: [string, string | null] = [from, null];
    for (let steps = 0; steps < 20; steps++) {
      const answer = await this.#ask(url, form);
      form = null;
      const to = answer.location;
      if (to !== undefined) {
        url = new URL(to, url).href;
        continue;
      }
      if (!url.startsWith(issuer)) return answer;
      const prompt = /name="prompt" value="(\w+)"/.exec(answer.text)?.[1];
      if (prompt === undefined) throw new Error(`No form at ${url}`);
      form = new URLSearchParams({
        prompt,
        ...(prompt === 'login' && { login: as, password: 'x' }),
      }).toString();
    }
    throw new Error('It went round in circles.');
  }

  /** Not with fetch, which says itself that no window asks. */
  async #ask(url: string, form: string | null): Promise<Answer> {
    const { host } = new URL(url);
    const jar = this.#cookies.get(host) ?? new Map<string, string>();
    this.#cookies.set(host, jar);
    const asking = request(url, {
      method: form === null ? 'GET' : 'POST',
      headers: {
        cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(form !== null && { 'content-type': 'application/x-www-form-urlencoded' }),
      },
    });
    asking.end(form ?? undefined);
    const [answer] = (await once(asking, 'response')) as [IncomingMessage];
    for (const cookie of answer.headers['set-cookie'] ?? []) {
      const [pair = ''] = cookie.split(';');
      const at = pair.indexOf('=');
      jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return { status: answer.statusCode ?? 0, location: answer.headers.location, text: await text(answer) };
  }
}

interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly text: string;
}

const at = () => `http://localhost:${poise.ports.http}`;
const begin = () => `${at()}/desktop/sso/token?cc_username=3001&return_refresh_token=true`;
const user = (authorization: string) =>
  fetch(`${at()}/finesse/api/User/3001`, { headers: { authorization } });

test('an agent signs in there, asks with the token that it gives, and has it refreshed', async () => {
  const answer = await new Browser().go(begin(), '3001');
  const given = JSON.parse(answer.text) as { token: string; refresh_token: string; user_id: string };
  expect([answer.status, given.user_id], answer.text).toEqual([200, '3001']);
  expect((await user(`Bearer ${given.token}`)).status).toBe(200);
  expect((await user(`Bearer ${given.token.slice(0, -4)}AAAA`)).status).toBe(401);
  expect((await user(`Basic ${Buffer.from('3001:3001').toString('base64')}`)).status).toBe(401);

  const refreshed = await fetch(`${at()}/desktop/sso/token`, {
    method: 'POST',
    body: new URLSearchParams({ token: given.token, 'refresh-token': given.refresh_token }),
  });
  const next = (await refreshed.json()) as { token: string };
  expect(refreshed.status).toBe(200);
  expect(next.token).not.toBe(given.token);
  expect((await user(`Bearer ${next.token}`)).status).toBe(200);
});

test('somebody else who signs in there gets no token for the agent who was asked for', async () => {
  const answer = await new Browser().go(begin(), '3002');
  expect([answer.status, JSON.parse(answer.text)]).toEqual([
    401,
    expect.objectContaining({ problem: 'otherUser' }),
  ]);
});

test('a provider that is down in the middle of a shift stops nobody who is at work, and is back without a start', async () => {
  const answer = await new Browser().go(begin(), '3001');
  const given = JSON.parse(answer.text) as { token: string; refresh_token: string };
  const bearer = `Bearer ${given.token}`;
  const refresh = () =>
    fetch(`${at()}/desktop/sso/token`, {
      method: 'POST',
      body: new URLSearchParams({ token: given.token, 'refresh-token': given.refresh_token }),
    });
  const { port } = server.address() as AddressInfo;
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
  // The token was not used yet: its signature is checked with the keys that are known.
  expect((await user(bearer)).status).toBe(200);
  const told = await refresh();
  expect([told.status, await told.json()]).toEqual([
    500,
    expect.objectContaining({ problem: 'unavailable' }),
  ]);
  expect((await user(bearer)).status).toBe(200);
  const password = { authorization: `Basic ${Buffer.from('3003:3003').toString('base64')}` };
  expect((await fetch(`${at()}/finesse/api/User/3003`, { headers: password })).status).toBe(200);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const next = (await (await refresh()).json()) as { token: string };
  expect((await user(`Bearer ${next.token}`)).status).toBe(200);
});
