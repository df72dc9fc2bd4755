import { expect, test } from 'vitest';
import { askConfig, fetchConfig, NO_CONFIG, readConfig } from './desktop-config.ts';

test('banner and message are texts of limited length; anything else is nothing', () => {
  expect(readConfig({ securityBannerMessage: ' For staff only ', logonMessage: 'Read <b>this</b>' })).toEqual(
    {
      ...NO_CONFIG,
      banner: 'For staff only',
      logonMessage: 'Read <b>this</b>',
    },
  );
  expect(readConfig({ securityBannerMessage: 'x'.repeat(500) }).banner).toHaveLength(220);
  for (const nonsense of [null, 7, 'x', [], { securityBannerMessage: {} }])
    expect(readConfig(nonsense)).toEqual(NO_CONFIG);
});

test.each([
  [10, 15, 10, 15_000],
  [0, 180, 0, 180_000],
  [11, 181, 3, 60_000],
  [-1, 14, 3, 60_000],
  ['5', 60.5, 3, 60_000],
])('%s attempts every %s s are read as %s, %s ms', (tries, seconds, attempts, intervalMs) => {
  const { retry } = readConfig({ loginFailureRetryAttempts: tries, loginFailureRetryInterval: seconds });
  expect(retry).toEqual({ attempts, intervalMs });
});

test('a server without it, one that answers garbage and one that is not there have nothing to say', async () => {
  const answers = [
    () => Promise.resolve(new Response('', { status: 404 })),
    () => Promise.resolve(new Response('<html>')),
    () => Promise.reject(new TypeError('Failed to fetch')),
  ];
  for (const answer of answers) expect(await fetchConfig(answer as typeof fetch)).toEqual(NO_CONFIG);
});

test.each<[string, () => Response, string]>([
  ['in service', () => Response.json({ systemStatus: 'IN_SERVICE' }), 'in-service'],
  ['out of service', () => Response.json({ systemStatus: 'OUT_OF_SERVICE' }), 'out-of-service'],
  ['a proxy without a server', () => new Response('', { status: 503 }), 'out-of-service'],
  ['an older server', () => new Response('', { status: 404 }), 'unknown'],
  ['a page of the network in between', () => new Response('<html>'), 'unknown'],
  [
    'nothing',
    () => {
      throw new TypeError('Failed to fetch');
    },
    'unreachable',
  ],
])('%s is told before anybody signs in', async (_what, answer, status) => {
  expect((await askConfig(async () => answer())).status).toBe(status);
});
