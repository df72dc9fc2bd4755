/** Where a server says that it is found. */
import { expect, test } from 'vitest';
import type { HttpHost } from '../http/index.ts';
import { settingsOf } from '../settings/settings.ts';
import { urlsOf } from './addresses.ts';

const http = { port: (name: string) => ({ http: 8082, https: 8445, bosh: 7071 })[name] ?? 0 } as HttpHost;
const found = (overrides: Parameters<typeof settingsOf>[0]) =>
  urlsOf(settingsOf({ host: '0.0.0.0', ...overrides }), new Set(['desktop', 'webservices', 'notification']), {
    http,
    notification: undefined,
    ctiHost: undefined,
  }).find((url) => url.startsWith('https:'));

const pair = { 'node.primary': 'node1.example.com', 'node.secondary': 'node2.example.com' };

test.each([
  ['the primary node', { ...pair, domain: 'node1.example.com' }, 'node1.example.com'],
  ['the secondary node', { ...pair, domain: 'node2.example.com' }, 'node2.example.com'],
  [
    'a further node',
    { ...pair, domain: 'node3.example.com', 'node.others': 'node3.example.com' },
    'node3.example.com',
  ],
  [
    'a node behind one name',
    { domain: 'desk.example.com', 'node.primary': 'desk.example.com' },
    'desk.example.com',
  ],
  [
    'one with a domain of XMPP',
    { domain: 'example.com', 'node.primary': 'desk.example.com' },
    'desk.example.com',
  ],
])('%s is found by its own name', (_what, settings, name) => {
  expect(found(settings)).toBe(`https://${name}:8445/`);
});
