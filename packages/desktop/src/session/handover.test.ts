import { expect, test } from 'vitest';
import { type Arrival, type Ask, leaveSignIn, takeSignIn } from './handover.ts';
import type { SsoKept } from './sso.ts';

const NODE = 'http://b.example:8082';
const SIGN_IN = { user: '3001', password: 'pä:ß"', seat: { extension: '3001' } };

const OTHER = 'http://a.example:8082';
/** Opened by the page of the other node. */
const by = (fragment: string, more: Partial<Arrival> = {}): Arrival => ({
  origin: NODE,
  fragment,
  referrer: `${OTHER}/`,
  navigation: 'navigate',
  ...more,
});

/** A node that keeps one text. */
function node() {
  const asked: { url: string; init: RequestInit; body: Record<string, string> }[] = [];
  let kept: string | undefined;
  const ask: Ask = async (url, init) => {
    const body = JSON.parse(init.body as string);
    asked.push({ url, init, body });
    if (url === `${NODE}/poise/api/desktop/handover`) {
      kept = body.text;
      return Response.json({ ticket: 'Abc-_1' });
    }
    const text = body.ticket === 'Abc-_1' && body.from === OTHER ? kept : undefined;
    kept = undefined;
    return text === undefined ? new Response('', { status: 404 }) : Response.json({ text });
  };
  return { asked, ask };
}

test('the sign-in is taken along, once; the node has nothing that can be read, the address neither', async () => {
  const { asked, ask } = node();
  const fragment = await leaveSignIn(NODE, 'Basic x', SIGN_IN, ask);
  expect(asked[0]?.init).toMatchObject({
    method: 'POST',
    credentials: 'omit',
    headers: { Authorization: 'Basic x' },
  });
  expect(atob(asked[0]?.body['text']?.replaceAll('-', '+').replaceAll('_', '/') ?? '')).not.toContain('3001');
  expect(atob(fragment.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? '')).not.toContain('3001');
  expect(await takeSignIn(by(fragment), ask)).toEqual({ ...SIGN_IN, hasWaited: true, isHandedOver: true });
  expect(asked[1]?.init.headers).not.toHaveProperty('Authorization');
  expect(await takeSignIn(by(fragment), ask)).toBeNull();
});

test('no other fragment is taken for one', () => {
  const { ask, asked } = node();
  for (const fragment of [
    '',
    '#',
    '#handover=',
    '#handover=a',
    '#home',
    '#handover=a.b.c',
    '#handover=a/b.c',
  ])
    expect(takeSignIn(by(fragment), ask)).toBeNull();
  expect(asked).toEqual([]);
});

test.each([
  ['is cut', (fragment: string) => fragment.slice(0, -4)],
  [
    'is of another one',
    (fragment: string) => `${fragment.split('.')[0]}.${'A'.repeat(fragment.split('.')[1]?.length ?? 0)}`,
  ],
  ['has another ticket', (fragment: string) => fragment.replace('Abc', 'abc')],
])('an address that %s brings nobody in', async (_what, spoil) => {
  const { ask } = node();
  const fragment = await leaveSignIn(NODE, 'Basic x', SIGN_IN, ask);
  expect(await takeSignIn(by(spoil(fragment)), ask)).toBeNull();
});

test('a node that refuses, or is not there, is told to who leaves', async () => {
  const refuses: Ask = async () => new Response('', { status: 404 });
  await expect(leaveSignIn(NODE, 'Basic x', SIGN_IN, refuses)).rejects.toThrow('404');
  const isGone: Ask = () => Promise.reject(new TypeError('unreachable'));
  await expect(leaveSignIn(NODE, 'Basic x', SIGN_IN, isGone)).rejects.toThrow('unreachable');
  expect(await takeSignIn(by('#handover=a.YQ'), isGone)).toBeNull();
});

test.each([
  ['was typed, or the browser does not say', { referrer: '' }],
  ['is of another page', { referrer: 'https://evil.example/x' }],
  ['is of a page of this node', { referrer: `${NODE}/desktop/container/` }],
  ['is no address', { referrer: 'about:blank' }],
  ['is of a page that was loaded again', { navigation: 'reload' }],
  ['is of a page to which somebody went back', { navigation: 'back_forward' }],
  ['is of a page that tells nothing of itself', { navigation: '' }],
] satisfies [string, Partial<Arrival>][])('an address that %s brings nobody in', async (_what, more) => {
  const { ask } = node();
  const fragment = await leaveSignIn(NODE, 'Basic x', SIGN_IN, ask);
  const taken = takeSignIn(by(fragment, more), ask);
  // It is there all the same, and the page takes it off its address.
  expect(taken).not.toBeNull();
  expect(await taken).toBeNull();
});

test('tokens of single sign-on are taken along as they are', async () => {
  const { ask } = node();
  const sso = { tokens: { token: 'a.b.c' }, extension: '3001' } as unknown as SsoKept;
  const fragment = await leaveSignIn(NODE, 'Bearer x', { sso }, ask);
  expect(await takeSignIn(by(fragment), ask)).toEqual({ sso });
});
