import { expect, test } from 'vitest';
import { trustedProxies } from './trusted-proxies.ts';

test.each([
  ['127.0.0.1', '127.0.0.1', true],
  ['127.0.0.1', '::ffff:127.0.0.1', true],
  ['127.0.0.1', '127.0.0.2', false],
  ['10.0.0.0/8', '10.255.0.1', true],
  ['10.0.0.0/8', '11.0.0.1', false],
  ['2001:db8::/32', '2001:db8::7', true],
  ['::1', '127.0.0.1', false],
  ['10.0.0.0/8', '', false],
])('with %s, %s: %s', (network, address, trusted) => {
  expect(trustedProxies([network])(address)).toBe(trusted);
});

test('nobody is trusted by default', () => {
  expect(trustedProxies([])('127.0.0.1')).toBe(false);
});
