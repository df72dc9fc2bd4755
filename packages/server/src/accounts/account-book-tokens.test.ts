/** Users of single sign-on: their tokens take the place of a password, everywhere and only there. */
import { VirtualClock } from '@poise/clock';
import { beforeEach, expect, it } from 'vitest';
import { demoConfiguration, demoUsers } from '../demo/centre.ts';
import { LayeredDirectory } from '../store/source.ts';
import { AccountBook } from './account-book.ts';
import { check, checkAtOnce, readAuthorization } from './authorization.ts';
import type { TokenAuthority } from './tokens.ts';

let ended: Set<string>;
let isDown: boolean;
let accounts: AccountBook;
let asked: string[];

/** A token is `token-` and the name; 3001 and 3002 are users of single sign-on. */
const tokens: TokenAuthority = {
  owns: ({ loginId }) => loginId === '3001' || loginId === '3002',
  remembered: () => undefined,
  async verify(token) {
    if (isDown) throw new Error('no keys');
    return token.startsWith('token-') && !ended.has(token) ? token.slice(6) : null;
  },
};

beforeEach(() => {
  ended = new Set();
  isDown = false;
  asked = [];
  accounts = new AccountBook({
    directory: new LayeredDirectory({ ...demoConfiguration(), users: demoUsers() }),
    clock: new VirtualClock(),
    providers: [
      {
        name: 'password',
        verify: async ({ loginId }, secret) => {
          asked.push(loginId);
          return secret === loginId;
        },
        scramKeys: async () => ({
          salt: new Uint8Array(16),
          iterations: 4096,
          storedKey: new Uint8Array(32),
          serverKey: new Uint8Array(32),
        }),
      },
    ],
    tokens,
    limits: {
      iterations: 4096,
      cacheTtl: 60_000,
      cacheMax: 100,
      derivationsMax: 50,
      lockAfter: 5,
      lockFor: 60_000,
      consoleLockFor: 60_000,
      failureDelay: 0,
    },
  });
});

const bearer = async (token: string) => {
  const result = await accounts.authenticateToken('api', token);
  return result.ok ? result.principal.loginId : result.reason;
};
const plain = async (user: string, secret: string) => {
  const result = await accounts.authenticate('xmpp', user, secret, '10.0.0.1');
  return result.ok ? result.principal.loginId : result.reason;
};

it('a token names its user itself, provided that he signs in so', async () => {
  expect(await bearer('token-3001')).toBe('3001');
  expect(await bearer('token-3003')).toBe('unknown');
  expect(await bearer('token-nobody')).toBe('unknown');
  expect(await bearer('something')).toBe('wrong');
  expect(await bearer(`token-${'x'.repeat(20_000)}`)).toBe('wrong');
});

it('a token is the password of its own user, each time anew', async () => {
  expect(await plain('3001', 'token-3001')).toBe('3001');
  expect(accounts.rememberedCount).toBe(0);
  expect(await plain('3001', 'token-3002')).toBe('wrong');
  expect(await plain('3003', 'token-3003')).toBe('wrong');
  ended.add('token-3001');
  expect(await plain('3001', 'token-3001')).toBe('wrong');
});

it('a password of such a user opens nothing, nor do SCRAM keys made of it', async () => {
  expect(await plain('3001', '3001')).toBe('wrong');
  expect(asked).toEqual([]);
  expect(await accounts.scramKeys('3001', 'SCRAM-SHA-256')).toBeNull();
  expect(await accounts.scramKeys('3003', 'SCRAM-SHA-256')).not.toBeNull();
});

it('nobody is refused for good while tokens cannot be verified', async () => {
  isDown = true;
  expect(await bearer('token-3001')).toBe('unavailable');
  expect(await plain('3001', 'token-3001')).toBe('unavailable');
});

it.each([
  ['Bearer abc.def.ghi', { scheme: 'bearer', token: 'abc.def.ghi' }],
  ['bearer  abc= ', { scheme: 'bearer', token: 'abc=' }],
  ['Basic MzAwMTpzZWNyZXQ=', { scheme: 'basic', user: '3001', secret: 'secret' }],
  ['Bearer a b', undefined],
  ['Bearer', undefined],
  [`Bearer ${'x'.repeat(17_000)}`, undefined],
  [undefined, undefined],
])('reads %.24s', (header, credentials) => {
  expect(readAuthorization(header)).toEqual(credentials);
});

it('a header of either kind is checked by its kind', async () => {
  const basic = readAuthorization('Basic MzAwMzozMDAz')!;
  expect(checkAtOnce(accounts, 'api', basic, undefined)).toBeUndefined();
  expect((await check(accounts, 'api', basic, undefined)).ok).toBe(true);
  expect(checkAtOnce(accounts, 'api', basic, undefined)?.ok).toBe(true);
  expect((await check(accounts, 'api', readAuthorization('Bearer token-3001')!, undefined)).ok).toBe(true);
});
