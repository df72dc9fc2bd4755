import { expect, test } from 'vitest';
import { fetchUserAuthMode } from './auth-mode.ts';

const answering = (status: number, text: string) => async () => new Response(text, { status });

test.each([
  ['tells the provider', answering(200, '<UserAuthMode><authMode>SSO</authMode></UserAuthMode>'), 'SSO'],
  [
    'tells the password',
    answering(200, '<UserAuthMode><authMode>NON_SSO</authMode></UserAuthMode>'),
    'NON_SSO',
  ],
  ['does not tell', answering(403, ''), 'NON_SSO'],
  ['answers garbage', answering(200, '<<'), null],
  ['has a fault', answering(500, ''), null],
])('of a server that %s', async (_server, get, mode) => {
  expect(await fetchUserAuthMode('2001', get)).toBe(mode);
});

test('a server that does not answer is not waited for without end', async () => {
  const silent: typeof fetch = (_url, init) =>
    new Promise((_answer, refuse) =>
      init?.signal?.addEventListener('abort', () => refuse(init.signal?.reason)),
    );
  expect(await fetchUserAuthMode('2001', silent, 1)).toBeNull();
});
