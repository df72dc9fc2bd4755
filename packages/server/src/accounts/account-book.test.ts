import { VirtualClock } from '@poise/clock';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { demoConfiguration, demoUsers } from '../demo/centre.ts';
import { type Happening, Happenings } from '../happenings.ts';
import type { UserRecord } from '../store/directory.ts';
import type { DirectoryData } from '../store/snapshot.ts';
import { LayeredDirectory } from '../store/source.ts';
import { AccountBook, type AccountLimits } from './account-book.ts';
import { type AccountProvider, SECRET_LENGTH_MAX } from './accounts.ts';
import { CredentialCache } from './credential-cache.ts';
import { KnownPasswordProvider, PasswordProvider } from './password-provider.ts';
import { ScramDecoys } from './scram-decoys.ts';
import { createStoredKeys } from './scram-keys.ts';

const MINUTE = 60_000;
const LIMITS: AccountLimits = {
  iterations: 4096,
  cacheTtl: 30 * MINUTE,
  cacheMax: 100,
  derivationsMax: 50,
  lockAfter: 5,
  lockFor: 5 * MINUTE,
  consoleLockFor: 30 * MINUTE,
  failureDelay: 0,
};
const data = (users: readonly UserRecord[]): DirectoryData => ({ ...demoConfiguration(), users });

/** Counts its work and can be held back; the password is `pw-` and the login id. */
class SlowProvider implements AccountProvider {
  readonly name = 'slow';
  readonly asked: string[] = [];
  gate: Promise<void> = Promise.resolve();

  async verify(user: UserRecord, secret: string): Promise<boolean> {
    this.asked.push(secret);
    await this.gate;
    return secret === `pw-${user.loginId}`;
  }
}

let clock: VirtualClock;
let directory: LayeredDirectory;
let provider: SlowProvider;
let seen: Happening[];
let accounts: AccountBook;

function book(providers: readonly AccountProvider[], limits: Partial<AccountLimits> = {}): AccountBook {
  const happenings = new Happenings(() => clock.now());
  happenings.observe((happening) => seen.push(happening));
  return new AccountBook({ directory, clock, providers, limits: { ...LIMITS, ...limits }, happenings });
}

beforeEach(() => {
  clock = new VirtualClock();
  directory = new LayeredDirectory(data(demoUsers()));
  provider = new SlowProvider();
  seen = [];
  accounts = book([provider]);
});

const reason = async (answer: Promise<{ ok: boolean }>): Promise<string> => {
  const result = (await answer) as { ok: boolean; reason?: string };
  return result.ok ? 'ok' : result.reason!;
};
const right = (user = '2001', scope: 'api' | 'console' | 'configuration' = 'api'): Promise<string> =>
  reason(accounts.authenticate(scope, user, `pw-${user}`));
const wrong = (user = '2001', scope: 'api' | 'console' = 'api', secret = 'nope'): Promise<string> =>
  reason(accounts.authenticate(scope, user, secret));

describe('a user', () => {
  test.each(['2001', 'mmouse', 'MMouse'])('is found as %s', async (name) => {
    const answer = await accounts.authenticate('api', name, 'pw-2001');
    expect(answer).toMatchObject({ ok: true, principal: { loginId: '2001', loginName: 'mmouse' } });
    expect(answer.ok && [...answer.principal.roles]).toEqual(['Agent']);
  });

  test('that does not exist is refused after the same derivation as a wrong password', async () => {
    accounts = book([provider], { iterations: 400_000 });
    const before = performance.now();
    expect(await wrong('nobody')).toBe('unknown');
    // No machine derives 400,000 rounds in less; without a derivation it would be a fraction of a millisecond.
    expect(performance.now() - before).toBeGreaterThan(20);
    expect(provider.asked).toEqual([]);
  });

  test('for whom no provider is responsible is refused', async () => {
    accounts = book([new KnownPasswordProvider(() => undefined, ScramDecoys.ofProcess(4096))]);
    expect(await right()).toBe('wrong');
  });

  test('is refused with an empty or an endless secret', async () => {
    expect(await wrong('2001', 'api', '')).toBe('wrong');
    expect(await wrong('2001', 'api', 'x'.repeat(SECRET_LENGTH_MAX + 1))).toBe('wrong');
    expect(provider.asked).toEqual(['']);
  });

  test('is told apart from a provider that fails', async () => {
    accounts = book([{ name: 'broken', verify: () => Promise.reject(new Error('database gone')) }]);
    expect(await right()).toBe('unavailable');
    expect(accounts.isLocked('api', '2001')).toBe(false);
  });
});

describe('the chain of providers', () => {
  test('ends with the first that is responsible', async () => {
    const second = vi.fn(() => Promise.resolve(true));
    accounts = book([provider, { name: 'second', verify: second }]);
    expect(await wrong()).toBe('wrong');
    expect(second).not.toHaveBeenCalled();
  });

  test('goes on when one is not responsible', async () => {
    const keys = await createStoredKeys('stored-password', 4096);
    const stored = new PasswordProvider({
      keysOf: (loginId) => Promise.resolve(loginId === '2001' ? keys : undefined),
    });
    accounts = book([stored, new KnownPasswordProvider((user) => user.loginId, ScramDecoys.ofProcess(4096))]);
    expect(await reason(accounts.authenticate('api', '2001', 'stored-password'))).toBe('ok');
    expect(await reason(accounts.authenticate('api', '2001', '2001'))).toBe('wrong');
    expect(await reason(accounts.authenticate('api', '2002', '2002'))).toBe('ok');
    expect(await accounts.scramKeys('mmouse', 'SCRAM-SHA-1')).toMatchObject({
      salt: keys.salt,
      iterations: 4096,
    });
    expect(await accounts.scramKeys('2002', 'SCRAM-SHA-256')).toMatchObject({ iterations: 4096 });
    expect(await accounts.scramKeys('nobody', 'SCRAM-SHA-256')).toBeNull();
  });

  test('derives SCRAM keys of a known password once, and they look like those of nobody', async () => {
    const decoys = ScramDecoys.ofProcess(5000);
    accounts = book([new KnownPasswordProvider((user) => user.loginId, decoys)]);
    const [a, b] = await Promise.all(
      ['2001', '2001'].map((user) => accounts.scramKeys(user, 'SCRAM-SHA-256')),
    );
    expect(b).toEqual(a);
    expect((await accounts.scramKeys('2001', 'SCRAM-SHA-256'))!.storedKey).toBe(
      (await accounts.scramKeys('2001', 'SCRAM-SHA-256'))!.storedKey,
    );
    expect(a).toMatchObject(await decoys.of('2001'));
    expect((await accounts.scramKeys('2002', 'SCRAM-SHA-256'))!.salt).not.toEqual(a!.salt);
  });

  test('decoys: the one given is asked, by the folded name', async () => {
    const decoys = ScramDecoys.ofProcess(5000);
    const happenings = new Happenings(() => 0);
    const other = new AccountBook({
      directory,
      clock,
      providers: [],
      limits: LIMITS,
      happenings,
      decoys,
    });
    expect(await other.scramDecoy('Nobody')).toEqual(await decoys.of('nobody'));
  });
});

describe('a verified credential', () => {
  test('is remembered, so that the next request asks nobody', async () => {
    expect(accounts.remembered('api', '2001', 'pw-2001')).toBeUndefined();
    await right();
    expect(accounts.remembered('api', 'MMOUSE', 'pw-2001')).toMatchObject({ ok: true });
    expect(accounts.remembered('xmpp', '2001', 'pw-2001')).toMatchObject({ ok: true });
    expect(accounts.remembered('api', '2001', 'pw-2002')).toBeUndefined();
    expect(accounts.remembered('api', '2002', 'pw-2001')).toBeUndefined();
    await right();
    expect(provider.asked).toHaveLength(1);
  });

  test('is forgotten after 30 minutes', async () => {
    await right();
    clock.advance(30 * MINUTE - 1);
    expect(accounts.remembered('api', '2001', 'pw-2001')).toBeDefined();
    clock.advance(1);
    expect(accounts.remembered('api', '2001', 'pw-2001')).toBeUndefined();
    expect(accounts.rememberedCount).toBe(0);
  });

  test('is forgotten when the password changes, and that of others is not', async () => {
    await right();
    await right('2002');
    accounts.forget('2001');
    expect(accounts.remembered('api', '2001', 'pw-2001')).toBeUndefined();
    expect(accounts.remembered('api', '2002', 'pw-2002')).toBeDefined();
    accounts.forget(null);
    expect(accounts.remembered('api', '2002', 'pw-2002')).toBeUndefined();
    expect(accounts.rememberedCount).toBe(0);
  });

  test('is forgotten when the user changes or goes, and kept when only others do', async () => {
    await right();
    await right('2002');
    const users = demoUsers();
    directory.replaceStored(
      data(users.map((user) => (user.loginId === '2001' ? { ...user, teamId: 5001 } : { ...user }))),
    );
    expect(accounts.remembered('api', '2001', 'pw-2001')).toBeUndefined();
    expect(accounts.remembered('api', '2002', 'pw-2002')).toBeDefined();
    directory.replaceStored(data(users.filter((user) => user.loginId !== '2002')));
    expect(accounts.remembered('api', '2002', 'pw-2002')).toBeUndefined();
  });

  test('of a user who was deleted while it was verified does not count', async () => {
    let open = (): void => {};
    provider.gate = new Promise((resolve) => {
      open = resolve;
    });
    const answer = right();
    directory.replaceStored(data([]));
    open();
    expect(await answer).not.toBe('ok');
    expect(accounts.rememberedCount).toBe(0);
  });

  test('pushes out the oldest when there are too many', () => {
    const cache = new CredentialCache({ ttlMs: 1000, entriesMax: 2, monotonic: () => 0 });
    for (const id of ['a', 'b', 'c']) cache.remember(cache.fingerprint(id, 'x'), id);
    expect(['a', 'b', 'c'].map((id) => cache.has(cache.fingerprint(id, 'x')))).toEqual([false, true, true]);
    expect(cache.size).toBe(2);
    expect([...cache.users()]).toEqual(['b', 'c']);
  });

  test('cannot be confused with another user whose id ends where the secret begins', () => {
    const cache = new CredentialCache({ ttlMs: 1000, entriesMax: 2, monotonic: () => 0 });
    expect(cache.fingerprint('20', '01x')).not.toBe(cache.fingerprint('2001', 'x'));
  });
});

describe('the lock-out', () => {
  const fail = async (times: number, user = '2001'): Promise<void> => {
    for (let n = 0; n < times; n++) await wrong(user, 'api', `guess ${n}`);
  };

  test('begins with the fifth wrong password in a row and refuses the right one', async () => {
    await fail(4);
    expect(await right()).toBe('ok');
    await fail(5);
    expect(await right()).toBe('locked');
    expect(accounts.remembered('api', '2001', 'pw-2001')).toEqual({ ok: false, reason: 'locked' });
  });

  test('ends five minutes after the last attempt', async () => {
    await fail(5);
    clock.advance(4 * MINUTE);
    expect(await wrong()).toBe('locked');
    clock.advance(5 * MINUTE - 1);
    expect(accounts.isLocked('api', '2001')).toBe(true);
    clock.advance(1);
    expect(await right()).toBe('ok');
  });

  test('leaves five tries again when it has ended', async () => {
    await fail(5);
    clock.advance(5 * MINUTE);
    await fail(4);
    expect(await right()).toBe('ok');
  });

  test('is not prolonged by the requests of a client whose credential was verified before', async () => {
    await right();
    await fail(5);
    clock.advance(4 * MINUTE);
    expect(await right()).toBe('locked');
    clock.advance(1 * MINUTE);
    expect(await right()).toBe('ok');
  });

  test('holds for the user by every name, and for no other user', async () => {
    await fail(3, '2001');
    await fail(2, 'MMouse');
    expect(await right('2001')).toBe('locked');
    expect(await right('2002')).toBe('ok');
  });

  test('of one scope does not reach into another', async () => {
    await fail(5);
    expect(await right('2001', 'configuration')).toBe('ok');
    expect(await right()).toBe('locked');
  });

  test('of the console lasts 30 minutes', async () => {
    for (let n = 0; n < 5; n++) await wrong('admin', 'console');
    clock.advance(29 * MINUTE);
    expect(accounts.isLocked('console', 'admin')).toBe(true);
    clock.advance(1 * MINUTE);
    expect(await right('admin', 'console')).toBe('ok');
  });

  test('cannot be outrun by guesses in parallel', async () => {
    const guesses = Array.from({ length: 20 }, (_, n) => wrong('2001', 'api', `guess ${n}`));
    const answers = await Promise.all(guesses);
    expect(answers.filter((answer) => answer === 'wrong')).toHaveLength(5);
    expect(answers.filter((answer) => answer === 'locked')).toHaveLength(15);
    expect(provider.asked).toHaveLength(5);
  });

  test('works for names that do not exist, too', async () => {
    await fail(5, 'nobody');
    expect(await wrong('NOBODY')).toBe('locked');
  });

  test('guesses at made-up names make no lock forgotten, and are no news for the operator', async () => {
    const tooLong = 'x'.repeat(SECRET_LENGTH_MAX + 1);
    for (let n = 0; n < 5; n += 1) await accounts.authenticate('xmpp', '2001', 'wrong', '10.0.0.9');
    seen.length = 0;
    for (let n = 0; n < 20_100; n += 1) await accounts.noteOutcome('xmpp', `nobody${n}`, false, '10.0.0.9');
    for (let n = 0; n < 5; n += 1) await accounts.authenticate('xmpp', 'nobody', tooLong, '10.0.0.9');
    expect(accounts.isLocked('xmpp', 'nobody', '10.0.0.9')).toBe(true);
    expect(accounts.isLocked('xmpp', '2001', '10.0.0.9')).toBe(true);
    expect(seen.filter(({ kind }) => kind === 'operator')).toEqual([]);
  });

  test('with an address, wrong passwords count for that address alone, and the operator is told of the lock once', async () => {
    const asked = (secret: string, from: string) =>
      reason(accounts.authenticate('xmpp', '2001', secret, from));
    for (let k = 0; k < 7; k++) await asked('guess', '10.0.0.9');
    expect(await asked('pw-2001', '10.0.0.9')).toBe('locked');
    expect(await asked('pw-2001', '10.0.0.1')).toBe('ok');
    expect(accounts.isLocked('xmpp', '2001', '10.0.0.9')).toBe(true);
    expect(accounts.isLocked('xmpp', '2001', '10.0.0.1')).toBe(false);
    expect(seen.flatMap((happening) => (happening.kind === 'operator' ? [happening.text] : []))).toEqual([
      '5 wrong passwords for 2001 from 10.0.0.9 (xmpp): further attempts are refused for a while.',
    ]);
  });

  test('the addresses of one IPv6 network count as one', async () => {
    for (let k = 0; k < 7; k++)
      await accounts.authenticate('xmpp', '2001', 'guess', `2001:db8:0:12::${k + 1}`);
    expect(accounts.isLocked('xmpp', '2001', '2001:db8:0:12:ffff::9')).toBe(true);
    expect(accounts.isLocked('xmpp', '2001', '2001:db8:0:13::1')).toBe(false);
  });

  test('counts secrets that are too long, without a derivation, and prolongs the lock by them', async () => {
    const endless = 'x'.repeat(SECRET_LENGTH_MAX + 1);
    for (let n = 0; n < 5; n++) expect(await wrong('2001', 'api', endless)).toBe('wrong');
    expect(await right()).toBe('locked');
    clock.advance(4 * MINUTE);
    expect(await wrong('2001', 'api', endless)).toBe('locked');
    clock.advance(4 * MINUTE);
    expect(await right()).toBe('locked');
    expect(provider.asked).toEqual([]);
  });

  test('counts outcomes that were verified elsewhere', async () => {
    for (let n = 0; n < 4; n++) expect(await accounts.noteOutcome('xmpp', '2001', false)).toBe(false);
    expect(await accounts.noteOutcome('xmpp', '2001', true)).toBe(true);
    for (let n = 0; n < 5; n++) await accounts.noteOutcome('xmpp', '2001', false);
    expect(accounts.isLocked('xmpp', 'mmouse')).toBe(true);
    expect(await accounts.noteOutcome('xmpp', '2001', true)).toBe(false);
  });

  test('tells the journal of each failure without the secret', async () => {
    await wrong('2001', 'api', 'sesame');
    await wrong('admin', 'console', 'sesame');
    expect(seen.map(({ kind, at: _at, cause: _cause, ...rest }) => [kind, rest])).toEqual([
      ['auth.failed', { user: '2001', where: 'rest', reason: 'wrong' }],
      ['auth.failed', { user: 'admin', where: 'console', reason: 'wrong' }],
    ]);
    expect(JSON.stringify(seen)).not.toContain('sesame');
  });
});

describe('the answer to a wrong password', () => {
  const DELAY = 100;
  /** Ms of the virtual clock until the answer comes. */
  async function waited(answer: Promise<string>): Promise<number> {
    let told = false;
    void answer.then(() => {
      told = true;
    });
    for (let ms = 0; ms < 20; ms++) {
      // All that can happen without time has happened.
      await new Promise((done) => setImmediate(done));
      if (told) return ms * (DELAY / 2);
      clock.advance(DELAY / 2);
    }
    throw new Error('no answer');
  }

  beforeEach(() => {
    accounts = book([provider], { failureDelay: DELAY, lockAfter: 6 });
  });

  test('comes later with each one in a row, up to eight times; a lock is told at once', async () => {
    const waits: number[] = [];
    for (let n = 0; n < 6; n++) waits.push(await waited(wrong('2001', 'api', `guess ${n}`)));
    expect(waits).toEqual([100, 200, 400, 800, 800, 800]);
    expect(await waited(wrong())).toBe(0);
  });

  test('tells in the console neither by its time nor by its work that a user is locked, whatever the password', async () => {
    for (let n = 0; n < 6; n++) await waited(wrong('admin', 'console', `guess ${n}`));
    const asked = provider.asked.length;
    expect(await waited(wrong('admin', 'console'))).toBe(800);
    expect(await waited(right('admin', 'console'))).toBe(800);
    expect(provider.asked.slice(asked)).toEqual(['nope', 'pw-admin']);
    expect(await right('admin', 'api')).toBe('ok');
    // The password is remembered now; that, too, makes no difference.
    expect(await waited(right('admin', 'console'))).toBe(800);
    clock.advance(30 * MINUTE);
    expect(await right('admin', 'console')).toBe('ok');
  });

  test('tells in the console no lock either where it cannot be checked', async () => {
    for (let n = 0; n < 6; n++) await waited(wrong('admin', 'console', `guess ${n}`));
    provider.gate = Promise.reject(new Error('away'));
    expect(await wrong('admin', 'console')).toBe('unavailable');
  });

  test('is as late where the proof was checked elsewhere', async () => {
    expect(await waited(accounts.noteOutcome('xmpp', '2001', false).then(String))).toBe(DELAY);
    expect(await waited(accounts.noteOutcome('xmpp', '2001', false).then(String))).toBe(2 * DELAY);
  });

  test('is as late for a name that does not exist and for a secret that is too long', async () => {
    expect(await waited(wrong('nobody', 'api', 'x'.repeat(SECRET_LENGTH_MAX + 1)))).toBe(DELAY);
    expect(await waited(wrong('2001', 'api', 'x'.repeat(SECRET_LENGTH_MAX + 1)))).toBe(DELAY);
  });

  test('holds up nobody else, not even the same user with the right password', async () => {
    const guess = wrong();
    expect(await right('2002')).toBe('ok');
    expect(await right('2001')).toBe('ok');
    clock.advance(DELAY);
    expect(await guess).toBe('wrong');
  });

  test('is not late at all where too many are held back already', async () => {
    accounts = book([provider], { failureDelay: DELAY, derivationsMax: 2 });
    const late = [wrong('2001'), wrong('2002')];
    await new Promise((done) => setImmediate(done));
    expect(await waited(wrong('2004'))).toBe(0);
    clock.advance(DELAY);
    expect(await Promise.all(late)).toEqual(['wrong', 'wrong']);
  });
});

describe('work', () => {
  test('for equal questions at the same time is done once', async () => {
    const answers = await Promise.all([right(), right(), right(), right()]);
    expect(answers).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(provider.asked).toHaveLength(1);
  });

  test('for equal wrong passwords at the same time counts as one attempt', async () => {
    await Promise.all(Array.from({ length: 10 }, () => wrong()));
    expect(await right()).toBe('ok');
  });

  test('that waits is bounded; more is answered at once', async () => {
    accounts = book([provider], { derivationsMax: 2 });
    let open = (): void => {};
    provider.gate = new Promise((resolve) => {
      open = resolve;
    });
    const first = [right('2001'), right('2002')];
    expect(await right('2004')).toBe('unavailable');
    open();
    expect(await Promise.all(first)).toEqual(['ok', 'ok']);
    expect(await right('2004')).toBe('ok');
  });

  test('with a remembered credential is not held up by what waits', async () => {
    accounts = book([provider], { derivationsMax: 1 });
    await right('2001');
    provider.gate = new Promise(() => {});
    void right('2002');
    expect(await right('2001')).toBe('ok');
  });
});
