import { expect, test } from 'vitest';
import { hostName, isOwnOrigin, ownOrigins } from './own-origins.ts';

const PORTS = [
  { tls: false, port: 8082 },
  { tls: true, port: 443 },
  { tls: true, port: 0 },
];

test('the name in a Host header is taken only where it is one', () => {
  expect(hostName('Desk.example:7443')).toBe('desk.example');
  expect(hostName('[::1]:7443')).toBe('[::1]');
  for (const odd of [undefined, '', 'x; frame-ancestors *', 'a b', 'a:b:c', 'x:123456', '*'])
    expect(hostName(odd), String(odd)).toBe('');
});

test('own origins have the name that the browser used and the ports of the pages', () => {
  expect(ownOrigins('desk.example:7443', PORTS)).toEqual([
    'http://desk.example:8082',
    'https://desk.example',
  ]);
  expect(ownOrigins('not a name', PORTS)).toEqual([]);
});

test.each([
  ['https://desk.example:7443', 'desk.example:7443', true],
  // Behind a proxy that ends TLS.
  ['https://desk.example', 'desk.example', true],
  ['https://desk.example', 'desk.example:7443', true],
  ['http://desk.example:8082', 'desk.example:7443', true],
  ['http://desk.example:8083', 'desk.example:7443', false],
  ['https://evil.example', 'desk.example:7443', false],
  ['https://desk.example.evil.example', 'desk.example', false],
  ['null', 'desk.example', false],
  ['', '', false],
])('%s calling %s', (origin, host, own) => {
  expect(isOwnOrigin(origin, host, PORTS)).toBe(own);
});
