/** Wrong passwords over REST and over XMPP are one count; guesses from elsewhere keep nobody from coming back. */
import { VirtualClock } from '@poise/clock';
import { beforeEach, describe, expect, test } from 'vitest';
import { demoConfiguration, demoUsers } from '../demo/centre.ts';
import { type Happening, Happenings } from '../happenings.ts';
import { LayeredDirectory } from '../store/source.ts';
import { AccountBook } from './account-book.ts';
import type { LockScope } from './accounts.ts';

const MINUTE = 60_000;
const THIEF = '10.0.0.9';
const AGENT = '10.0.0.1';

let clock: VirtualClock;
let accounts: AccountBook;
let told: string[];
let asked: number;

beforeEach(() => {
  clock = new VirtualClock();
  told = [];
  asked = 0;
  const happenings = new Happenings(() => clock.now());
  happenings.observe((happening: Happening) => {
    if (happening.kind === 'operator') told.push(happening.text);
  });
  accounts = new AccountBook({
    directory: new LayeredDirectory({ ...demoConfiguration(), users: demoUsers() }),
    clock,
    providers: [
      {
        name: 'counting',
        verify: async (user, secret) => {
          asked++;
          return secret === `pw-${user.loginId}`;
        },
      },
    ],
    limits: {
      iterations: 4096,
      cacheTtl: 30 * MINUTE,
      cacheMax: 100,
      derivationsMax: 50,
      lockAfter: 5,
      lockFor: 5 * MINUTE,
      consoleLockFor: 30 * MINUTE,
      failureDelay: 0,
    },
    happenings,
  });
});

async function outcome(scope: LockScope, secret: string, from?: string): Promise<string> {
  const answer = await accounts.authenticate(scope, '2001', secret, from);
  return answer.ok ? 'ok' : answer.reason;
}
const right = (scope: LockScope, from?: string) => outcome(scope, 'pw-2001', from);
async function guess(times: number, scope: LockScope, from?: string): Promise<void> {
  for (let n = 0; n < times; n++) await outcome(scope, `guess ${n} over ${scope}`, from);
}

describe('guesses over REST and XMPP', () => {
  test.each([
    [3, 2],
    [5, 0],
    [0, 5],
    [1, 4],
  ])('%i over REST and %i over XMPP lock both', async (rest, xmpp) => {
    await guess(rest, 'api', THIEF);
    await guess(xmpp, 'xmpp', THIEF);
    expect([await right('api', THIEF), await right('xmpp', THIEF)]).toEqual(['locked', 'locked']);
    expect(asked).toBe(5);
    expect(told).toEqual([
      expect.stringMatching(/^5 wrong passwords for 2001 from 10\.0\.0\.9 \((rest|xmpp)\): further/),
    ]);
  });

  test('in parallel are five in all', async () => {
    const scopes: LockScope[] = ['api', 'xmpp'];
    await Promise.all(Array.from({ length: 20 }, (_, n) => outcome(scopes[n % 2]!, `parallel ${n}`, THIEF)));
    expect(asked).toBe(5);
  });

  test('end together, five minutes after the last attempt', async () => {
    await guess(5, 'api', THIEF);
    clock.advance(4 * MINUTE);
    await guess(1, 'xmpp', THIEF);
    clock.advance(5 * MINUTE - 1);
    expect([accounts.isLocked('api', '2001'), accounts.isLocked('xmpp', '2001', THIEF)]).toEqual([
      true,
      true,
    ]);
    clock.advance(1);
    expect([await right('api', THIEF), await right('xmpp', THIEF)]).toEqual(['ok', 'ok']);
  });

  test('begin anew with a right password over either', async () => {
    await guess(4, 'api', AGENT);
    expect(await right('xmpp', AGENT)).toBe('ok');
    await guess(4, 'api', AGENT);
    expect(await right('api', AGENT)).toBe('ok');
  });

  test('count for one user whatever the proof: SCRAM as well', async () => {
    await guess(2, 'api', THIEF);
    for (let n = 0; n < 3; n++) await accounts.noteOutcome('xmpp', '2001', false, THIEF);
    expect(await accounts.noteOutcome('xmpp', '2001', true, THIEF)).toBe(false);
    expect(await right('api', THIEF)).toBe('locked');
  });

  test('count with those over CTI, where the webservices bring what they have checked themselves', async () => {
    await guess(2, 'api', THIEF);
    await guess(3, 'cti', THIEF);
    expect([await right('api', THIEF), await right('xmpp', THIEF), await right('cti', THIEF)]).toEqual([
      'locked',
      'locked',
      'locked',
    ]);
    expect(await right('cti', AGENT)).toBe('ok');
  });

  test.each(['configuration', 'serviceability', 'console'] as const)('leave %s alone', async (scope) => {
    await guess(5, 'api', THIEF);
    expect(await right(scope, THIEF)).toBe('ok');
  });
});

describe('one wrong password', () => {
  test('that a page tries over XMPP and then over REST counts once', async () => {
    for (let n = 0; n < 4; n++)
      for (const scope of ['xmpp', 'api'] as const)
        expect(await outcome(scope, `slip ${n}`, AGENT)).toBe('wrong');
    expect(await right('xmpp', AGENT)).toBe('ok');
    for (let n = 0; n < 4; n++)
      await Promise.all([outcome('xmpp', `slip ${n}`, AGENT), outcome('api', `slip ${n}`, AGENT)]);
    expect([await right('api', AGENT), await right('xmpp', AGENT)]).toEqual(['ok', 'ok']);
    for (let n = 0; n < 5; n++)
      for (const scope of ['xmpp', 'api'] as const) await outcome(scope, `slip ${n}`, AGENT);
    expect([await right('api', AGENT), await right('xmpp', AGENT)]).toEqual(['locked', 'locked']);
  });

  test('that is tried again over the same counts each time, and over the other once only', async () => {
    for (const scope of ['api', 'api', 'api', 'xmpp', 'xmpp', 'xmpp'] as const)
      await outcome(scope, 'same', THIEF);
    expect(await right('api', THIEF)).toBe('locked');
  });
});

describe('guesses from elsewhere', () => {
  test.each(['api', 'xmpp'] as const)(
    'lock nobody out of the network where he gave the right password over %s, for a shift',
    async (scope) => {
      expect(await right(scope, AGENT)).toBe('ok');
      clock.advance(11 * 60 * MINUTE);
      expect(await right(scope, AGENT)).toBe('ok');
      await guess(5, 'api', THIEF);
      expect([await right('api', AGENT), await right('api', THIEF)]).toEqual(['ok', 'locked']);
      expect(await right('api', '10.0.0.2')).toBe('locked');
      // Whoever guesses there is locked there, and everywhere else.
      await guess(5, 'api', AGENT);
      expect([await right('api', AGENT), await right('xmpp', AGENT)]).toEqual(['locked', 'locked']);
      clock.advance(13 * 60 * MINUTE);
      await guess(5, 'api', THIEF);
      expect(await right('api', AGENT)).toBe('locked');
    },
  );

  test.each(['api', 'xmpp'] as const)(
    'over %s lock REST for the user, but not the way back of his desktop',
    async (scope) => {
      await guess(5, scope, THIEF);
      expect(await right('api', AGENT)).toBe('locked');
      expect(await right('xmpp', AGENT)).toBe('ok');
      // A sign-in over XMPP is no key to a lock.
      expect(await right('api', AGENT)).toBe('locked');
      clock.advance(5 * MINUTE);
      expect(await right('api', AGENT)).toBe('ok');
    },
  );

  test('are counted on while the user himself goes on working', async () => {
    for (let n = 0; n < 5; n++) {
      await guess(1, 'api', THIEF);
      expect(await right('api', AGENT)).toBe('ok');
    }
    expect(await right('api', THIEF)).toBe('locked');
    expect(await right('api', AGENT)).toBe('ok');
  });

  test('from many addresses lock REST after five in all; the operator is told without an address', async () => {
    for (let n = 0; n < 5; n++) await guess(1, n % 2 === 0 ? 'api' : 'xmpp', `10.0.1.${n}`);
    expect(await right('api', AGENT)).toBe('locked');
    expect(told).toEqual(['5 wrong passwords for 2001 (rest): further attempts are refused for a while.']);
    expect(accounts.lockedUsers()).toEqual(['2001']);
  });
});
