import { VirtualClock } from '@poise/clock';
import { createLocalJWKSet, exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { TokenVerifier } from './token-verifier.ts';

const ISSUER = 'https://idp.example.com';
let keys: Awaited<ReturnType<typeof generateKeyPair>>;
let clock: VirtualClock;
let verifier: TokenVerifier;
let asked: number;

beforeAll(async () => {
  keys = await generateKeyPair('RS256', { extractable: true });
});

beforeEach(async () => {
  clock = new VirtualClock(Date.UTC(2026, 0, 1));
  asked = 0;
  const local = createLocalJWKSet({
    keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'RS256' }],
  });
  verifier = new TokenVerifier({
    source: async () => {
      asked++;
      return { issuer: ISSUER, keys: local };
    },
    audience: 'poise',
    userClaim: 'preferred_username',
    clock,
    entriesMax: 2,
  });
});

const claims = (over: JWTPayload = {}): JWTPayload => ({
  iss: ISSUER,
  aud: ['account', 'poise'],
  preferred_username: '2001',
  exp: clock.now() / 1000 + 300,
  ...over,
});
const signed = (over: JWTPayload = {}, key: CryptoKey = keys.privateKey) =>
  new SignJWT(claims(over)).setProtectedHeader({ alg: 'RS256', kid: 'one' }).sign(key);

it('gives the name in a token, and remembers it until the token ends', async () => {
  const token = await signed();
  expect(verifier.remembered(token)).toBeUndefined();
  expect(await verifier.verify(token)).toEqual({ name: '2001', expiresAt: clock.now() + 300_000 });
  await verifier.verify(token);
  expect(asked).toBe(1);
  clock.advance(299_999);
  expect(verifier.remembered(token)?.name).toBe('2001');
  clock.advance(10_000);
  expect(verifier.remembered(token)).toBeUndefined();
  expect(await verifier.verify(token)).toBeNull();
});

it.each<[string, Record<string, unknown>]>([
  ['that has ended', { exp: Date.UTC(2025, 11, 31) / 1000 }],
  ['without an end', { exp: undefined }],
  ['that begins later', { nbf: Date.UTC(2026, 0, 2) / 1000 }],
  ['for somebody else', { aud: 'another' }],
  ['of another issuer', { iss: 'https://evil.example.com' }],
  ['without a name', { preferred_username: '' }],
  ['whose name is no text', { preferred_username: 2001 }],
  ['that is an ID token', { at_hash: 'x' }],
])('refuses one %s', async (_words, over) => {
  expect(await verifier.verify(await signed(over as JWTPayload))).toBeNull();
  expect(verifier.size).toBe(0);
});

it('refuses one without a signature, with a foreign one, with a shared secret, and what is no token', async () => {
  const foreign = await generateKeyPair('RS256');
  const secret = new TextEncoder().encode(JSON.stringify(await exportJWK(keys.publicKey)));
  const shared = await new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(secret);
  const changed = (await signed()).replace(/\.([^.]+)\./, (_all, body: string) => `.${body.slice(0, -2)}AA.`);
  for (const token of [
    new UnsecuredJWT(claims()).encode(),
    await signed({}, foreign.privateKey),
    shared,
    changed,
    'a password',
    '',
    'a.b.c',
  ])
    expect(await verifier.verify(token), token).toBeNull();
});

it('does not call a token wrong while there are no keys', async () => {
  const without = new TokenVerifier({
    source: () => Promise.reject(new Error('the provider is down')),
    audience: 'poise',
    userClaim: 'preferred_username',
    clock,
  });
  await expect(without.verify(await signed())).rejects.toThrow('down');
});

it('remembers so many and no more, the oldest first out', async () => {
  const tokens = [await signed({ jti: '1' }), await signed({ jti: '2' }), await signed({ jti: '3' })];
  for (const token of tokens) await verifier.verify(token);
  expect(tokens.map((token) => verifier.remembered(token) !== undefined)).toEqual([false, true, true]);
});
