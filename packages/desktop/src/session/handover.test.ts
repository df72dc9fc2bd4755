import { expect, test } from 'vitest';
import { type Ask, leaveSignIn, takeSignIn } from './handover.ts';

const NODE = 'http://b.example:8082';
const SIGN_IN = { user: '3001', password: 'pä:ß"', seat: { extension: '3001' } };

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
    const text = body.ticket === 'Abc-_1' ? kept : undefined;
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
  expect(await takeSignIn(NODE, fragment, ask)).toEqual({ ...SIGN_IN, hasWaited: true, isHandedOver: true });
  expect(asked[1]?.init.headers).not.toHaveProperty('Authorization');
  expect(await takeSignIn(NODE, fragment, ask)).toBeNull();
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
    expect(takeSignIn(NODE, fragment, ask)).toBeNull();
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
  expect(await takeSignIn(NODE, spoil(fragment), ask)).toBeNull();
});

test('a node that refuses, or is not there, is told to who leaves', async () => {
  const refuses: Ask = async () => new Response('', { status: 404 });
  await expect(leaveSignIn(NODE, 'Basic x', SIGN_IN, refuses)).rejects.toThrow('404');
  const isGone: Ask = () => Promise.reject(new TypeError('unreachable'));
  await expect(leaveSignIn(NODE, 'Basic x', SIGN_IN, isGone)).rejects.toThrow('unreachable');
  expect(await takeSignIn(NODE, '#handover=a.YQ', isGone)).toBeNull();
});
