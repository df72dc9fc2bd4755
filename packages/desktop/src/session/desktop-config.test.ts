import { expect, test } from 'vitest';
import { fetchConfig, NO_CONFIG, readConfig } from './desktop-config.ts';

test('banner and message are texts of limited length; anything else is nothing', () => {
  expect(readConfig({ securityBannerMessage: ' For staff only ', logonMessage: 'Read <b>this</b>' })).toEqual(
    {
      authMode: null,
      banner: 'For staff only',
      logonMessage: 'Read <b>this</b>',
    },
  );
  expect(readConfig({ securityBannerMessage: 'x'.repeat(500) }).banner).toHaveLength(220);
  for (const nonsense of [null, 7, 'x', [], { securityBannerMessage: {} }])
    expect(readConfig(nonsense)).toEqual(NO_CONFIG);
});

test('a server without it, one that answers garbage and one that is not there have nothing to say', async () => {
  const answers = [
    () => Promise.resolve(new Response('', { status: 404 })),
    () => Promise.resolve(new Response('<html>')),
    () => Promise.reject(new TypeError('Failed to fetch')),
  ];
  for (const answer of answers) expect(await fetchConfig(answer as typeof fetch)).toEqual(NO_CONFIG);
});
