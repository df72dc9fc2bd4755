import { expect, test } from 'vitest';
import { maskUri } from './exchange.ts';

test('credentials in a query lose their value, whatever the case of their name and however it is written', () => {
  for (const name of [
    'password',
    'newPassword',
    'pass%77ord',
    'passwd',
    'pwd',
    'token',
    'access_token',
    'refresh-token',
    'client_secret',
    'Authorization',
    'up_authorization',
    'api_key',
    'apikey',
    'headers',
    'code',
    'st',
    'authz',
    'assertion',
    'SAMLResponse',
  ])
    expect(maskUri(`/a?nocache=1&${name}=s3cret%20x&b=2`), name).toBe(`/a?nocache=1&${name}=***&b=2`);
});

test('everything else stays as it came', () => {
  for (const uri of [
    '/',
    '/a?',
    '/a?b',
    '/a?nocache=1&category=LOGOUT&start=3',
    '/password=x',
    '/a?%zz=1&=2&state=READY',
  ])
    expect(maskUri(uri)).toBe(uri);
  expect(maskUri('/a?password=&x')).toBe('/a?password=&x');
});
