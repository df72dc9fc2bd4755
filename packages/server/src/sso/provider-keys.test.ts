import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, jwtVerify, SignJWT } from 'jose';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { providerKeys } from './provider-keys.ts';

const MINUTE = 60_000;

let signing: CryptoKey;
let published: JWK;
beforeAll(async () => {
  const pair = await generateKeyPair('ES256');
  signing = pair.privateKey;
  published = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256' };
});

/** The provider: what it answers; null: it breaks the connection. */
let answer: (() => { readonly keys: readonly JWK[] }) | number | null;
let asked = 0;
let server: Server;
let url: URL;
beforeEach(async () => {
  answer = () => ({ keys: [published] });
  asked = 0;
  server = createServer((request, response) => {
    asked++;
    if (answer === null) request.socket.destroy();
    else if (typeof answer === 'number') response.writeHead(answer).end();
    else response.setHeader('content-type', 'application/json').end(JSON.stringify(answer()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`);
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
  server.closeAllConnections();
  server.close();
});

const later = (ms: number) => vi.setSystemTime(Date.now() + ms);
const token = (kid = 'one') => new SignJWT({}).setProtectedHeader({ alg: 'ES256', kid }).sign(signing);

describe('keys of a provider', () => {
  test('are asked for once, and again when they are old', async () => {
    const keys = providerKeys(url, 5000);
    for (let n = 0; n < 3; n++) await jwtVerify(await token(), keys);
    expect(asked).toBe(1);
    later(11 * MINUTE);
    await jwtVerify(await token(), keys);
    expect(asked).toBe(2);
  });

  test.each([null, 503])(
    'go on while it is down (%s), however long; then it is asked again',
    async (down) => {
      const keys = providerKeys(url, 5000);
      await jwtVerify(await token(), keys);
      answer = down;
      for (const minutes of [11, 60, 600]) {
        later(minutes * MINUTE);
        await jwtVerify(await token(), keys);
      }
      // Another key may be a new one: that cannot be said now, so the token is not refused.
      await expect(jwtVerify(await token('two'), keys)).rejects.not.toThrow(/no applicable key/);
      answer = () => ({ keys: [{ ...published, kid: 'two' }] });
      await jwtVerify(await token('two'), keys);
      await expect(jwtVerify(await token('one'), keys)).rejects.toThrow(/no applicable key/);
    },
  );

  test('are not to be had when it was never reached', async () => {
    answer = null;
    const keys = providerKeys(url, 5000);
    await expect(jwtVerify(await token(), keys)).rejects.toThrow();
    answer = () => ({ keys: [published] });
    await jwtVerify(await token(), keys);
  });
});
