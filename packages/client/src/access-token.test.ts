import { expect, test } from 'vitest';
import { Harness, rejection } from '../test/harness.ts';
import { settle, userXml } from '../test/wire-texts.ts';
import { PoiseClient } from './index.ts';

const withTokens = (accessToken: () => Promise<string>) =>
  new Harness({ password: undefined, accessToken } as unknown as ConstructorParameters<typeof Harness>[0]);

test('each request carries the token of the moment, and SystemInfo none', async () => {
  let token = 'first';
  const { client, server } = withTokens(async () => token);
  server.handlers.set('GET /User/2001', () => ({ status: 200, body: userXml('READY', 'User') }));
  await client.user();
  token = 'second';
  await client.user();
  await client.systemInfo();
  expect(server.requests.map(({ headers }) => headers.get('Authorization'))).toEqual([
    'Bearer first',
    'Bearer second',
    null,
  ]);
});

test('without a token nothing is sent, and the error holds no secret', async () => {
  const { client, server } = withTokens(() => Promise.reject(new Error('expired')));
  expect(await rejection(client.user())).toMatchObject({ status: 401, errorType: 'Authorization Failure' });
  expect(server.requests).toEqual([]);
});

test('the notification service gets the token as the password', async () => {
  const harness = withTokens(async () => 'secret');
  const connected = harness.client.connect();
  await settle();
  await connected;
});

test('a client has a password or tokens, not both and not neither', () => {
  const options = { baseUrl: 'http://127.0.0.1:8082', user: '2001' };
  expect(() => new PoiseClient(options)).toThrow(TypeError);
  const both = { ...options, password: 'a', accessToken: async () => 'b' };
  expect(() => new PoiseClient(both)).toThrow(TypeError);
});
