import { VirtualClock } from '@poise/clock';
import { beforeEach, expect, it } from 'vitest';
import { userIn } from '../../test/fake-client.ts';
import { Tab, TurningSafe } from '../../test/tab.ts';
import { agentOf } from './desktop-client.ts';
import type { HandedTokens } from './handover.ts';
import type { SsoKept } from './sso.ts';
import { SsoSession } from './sso-session.ts';
import { Store } from './store.ts';

const MINUTE = 60_000;

let clock: VirtualClock;
let store: Store;
let storage: Tab;
let safe: TurningSafe;
let names: number;
let asked: { url: string; body: string }[];
let gone: string[];
let reply: (url: string, body: string) => { status: number; body: object } | null;
let ended: number;
let handedOver: HandedTokens | null;

beforeEach(() => {
  clock = new VirtualClock();
  store = new Store();
  storage = new Tab();
  safe = new TurningSafe();
  names = 0;
  asked = [];
  gone = [];
  ended = 0;
  handedOver = null;
  reply = () => ({ status: 200, body: given() });
});

let numbers = 0;
const given = (over: object = {}) => ({
  token: `a${++numbers}`,
  refresh_token: `r${numbers}`,
  expires_in: 300,
  refresh_expires_in: 1_800,
  user_id: '2001',
  ...over,
});
const session = () =>
  new SsoSession(store, clock, {
    origin: 'https://one.example:8445',
    storage,
    safe,
    newName: () => `key ${++names}`,
    go: (path) => gone.push(path),
    handedOver: async () => handedOver,
    fetch: async (url, init) => {
      const body = String(init?.body ?? '');
      asked.push({ url: String(url), body });
      const answer = reply(String(url), body);
      if (answer === null) throw new TypeError('Failed to fetch');
      return new Response(JSON.stringify(answer.body), { status: answer.status });
    },
  });
const settle = async () => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
  await new Promise((done) => setImmediate(done));
};
async function pass(ms: number, step = 5_000): Promise<void> {
  for (let passed = 0; passed < ms; passed += step) {
    clock.advance(Math.min(step, ms - passed));
    await settle();
  }
}
async function atWork(): Promise<SsoSession> {
  const sso = session();
  sso.login('2001', 'de');
  expect(await sso.take()).toBeNull();
  store.dispatch({ type: 'sign-in started', host: 'one.example' });
  store.dispatch({ type: 'signed in', user: agentOf(userIn('NOT_READY')) });
  sso.begin('2003', undefined, () => ended++);
  asked.length = 0;
  return sso;
}
const warning = () => store.snapshot().sso?.warning ?? null;

it('leaves for the provider with the name, and fetches what it came back with, once', async () => {
  const sso = session();
  expect(await sso.take()).toBeNull();
  expect(asked).toEqual([]);
  const left = session();
  left.login('2001', 'de');
  expect(gone).toEqual(['/desktop/sso/login?cc_username=2001&locale=de']);
  const back = session();
  expect(await Promise.all([back.take(), back.take()])).toEqual([null, null]);
  expect(asked.map(({ url }) => url)).toEqual([
    'https://one.example:8445/desktop/sso/token?return_user=yes&return_refresh_token=true',
  ]);
  expect(back.user).toBe('2001');
});

it.each([
  [401, { problem: 'unknownUser' }, 'error.sso.unknownUser'],
  [401, { problem: 'otherUser' }, 'error.sso.otherUser'],
  [500, { problem: 'unavailable' }, 'error.sso.unavailable'],
  [200, { token: 1 }, 'error.sso.unavailable'],
])('says what went wrong: %i %j', async (status, body, key) => {
  const sso = session();
  sso.login('2001', '');
  reply = () => ({ status, body });
  expect(await sso.take()).toEqual({ key });
  expect(sso.user).toBeNull();
});

it('who came back without a sign-in is asked again, and nothing is wrong', async () => {
  const sso = session();
  sso.login('2001', '');
  reply = () => ({ status: 401, body: { problem: 'noToken' } });
  expect(await sso.take()).toBeNull();
});

it('refreshes at 75 %, and each request gets the newest token', async () => {
  const sso = await atWork();
  const first = await sso.accessToken();
  await pass(224_000);
  expect(asked).toEqual([]);
  await pass(1_000);
  expect(new URLSearchParams(asked[0]!.body).get('token')).toBe(first);
  expect(await sso.accessToken()).not.toBe(first);
  expect(warning()).toBeNull();
  await pass(60 * MINUTE, 10_000);
  expect([warning(), ended]).toEqual([null, 0]);
});

it('warns of an end that does not move, counts the last minute and tells the end', async () => {
  const sso = await atWork();
  const end = clock.now() + 30 * MINUTE;
  reply = () => ({
    status: 200,
    body: given({ refresh_expires_in: Math.max(1, Math.round((end - clock.now()) / 1000)) }),
  });
  await pass(19.9 * MINUTE);
  expect(warning()).toBeNull();
  await pass(0.2 * MINUTE);
  expect(warning()).toBe('ten');
  await pass(5 * MINUTE);
  expect(warning()).toBe('five');
  await pass(4 * MINUTE);
  expect(warning()).toBe('last');
  expect(Math.abs((store.snapshot().sso?.endsAt ?? 0) - end)).toBeLessThan(1_000);
  expect(ended).toBe(0);
  await pass(MINUTE);
  expect(ended).toBe(1);
  expect([sso.user, storage.items.has('poise.sso')]).toEqual([null, false]);
  await expect(sso.accessToken()).rejects.toThrow();
});

it('a refresh that is refused makes the token the last one', async () => {
  await atWork();
  reply = () => ({ status: 401, body: { problem: 'refused' } });
  await pass(226_000);
  expect(asked).toHaveLength(1);
  expect(warning()).toBe('five');
  await pass(15_000);
  expect(warning()).toBe('last');
  await pass(60_000);
  expect(ended).toBe(1);
  expect(asked).toHaveLength(1);
});

it.each([
  ['does not answer', null],
  ['cannot ask the provider', { status: 500, body: {} }],
  ['is asked too often', { status: 429, body: {} }],
])('a server that %s is asked again, and nobody is signed out for it', async (_words, answer) => {
  const sso = await atWork();
  reply = () => answer;
  await pass(260_000);
  expect(asked.length).toBeGreaterThan(2);
  expect(asked.length).toBeLessThan(8);
  expect([warning(), ended]).toEqual([null, 0]);
  reply = () => ({ status: 200, body: given() });
  await pass(15_000);
  expect(await sso.accessToken()).toBe(`a${numbers}`);
});

it('after a move the other node refreshes, where the first one is silent', async () => {
  await atWork();
  store.dispatch({ type: 'link', link: 'lost' });
  store.dispatch({ type: 'moved', host: 'two.example' });
  reply = (url) => (url.startsWith('https://two.example:8445/') ? { status: 200, body: given() } : null);
  await pass(226_000);
  expect(asked.map(({ url }) => new URL(url).host)).toEqual(['one.example:8445', 'two.example:8445']);
  expect(ended).toBe(0);
});

it('a computer that slept has its token refreshed before the first request', async () => {
  const sso = await atWork();
  const before = await sso.accessToken();
  clock.freeze(10 * MINUTE);
  const [one, two] = await Promise.all([sso.accessToken(), sso.accessToken()]);
  expect(one).toBe(two);
  expect(one).not.toBe(before);
  expect(asked).toHaveLength(1);
});

it('a refresh of the page goes on where the agent was, once; the tokens are nowhere in the clear', async () => {
  const before = await atWork();
  const token = await before.accessToken();
  await settle();
  expect([...storage.items.values()].join()).not.toContain(token);
  const again = session();
  expect(await again.take()).toBeNull();
  expect(await again.accessToken()).toBe(token);
  expect(asked).toEqual([]);
  expect(again.user).toBe('2001');
  expect(again.takeSeat()).toEqual({ extension: '2003', mobile: undefined, by: 'refresh' });
  expect(again.takeSeat()).toBeNull();
  again.clear();
  const last = session();
  await last.take();
  expect([last.user, safe.names.size]).toEqual([null, 0]);
});

it("goes on with what another node's page has left, and says that it is that", async () => {
  const before = await atWork();
  handedOver = { sso: before.kept! };
  storage = new Tab();
  const sso = session();
  expect(await sso.take()).toBeNull();
  expect([sso.user, await sso.accessToken()]).toEqual(['2001', await before.accessToken()]);
  expect(sso.takeSeat()).toEqual({ extension: '2003', mobile: undefined, by: 'handover' });
  expect(asked).toEqual([]);
});

it('who works here goes on with his own tokens, whoever else was handed over; the same agent with the newest', async () => {
  const left = (await atWork()).kept!;
  const other = { ...left, tokens: { ...left.tokens, user: '2002' } };
  handedOver = { sso: other };
  const own = session();
  await own.take();
  expect([own.user, own.takeSeat()?.by]).toEqual(['2001', 'refresh']);
  handedOver = { sso: { ...left, tokens: { ...left.tokens, token: 'newest' } } };
  const same = session();
  await same.take();
  expect(await same.accessToken()).toBe('newest');
});

it.each([
  ['has ended', { expiresAt: -1, refreshToken: '' }],
  ['is none', { token: 7 }],
])('a token that %s brings nobody in', async (_what, spoiled) => {
  const left = (await atWork()).kept!;
  storage = new Tab();
  handedOver = { sso: { ...left, tokens: { ...left.tokens, ...spoiled } } as unknown as SsoKept };
  const sso = session();
  await sso.take();
  expect(sso.user).toBeNull();
});

it('what has left is kept by the tab no longer, and goes on until then', async () => {
  const sso = await atWork();
  await settle();
  expect(storage.items.has('poise.sso')).toBe(true);
  sso.unkeep();
  expect([storage.items.has('poise.sso'), sso.user]).toEqual([false, '2001']);
});
