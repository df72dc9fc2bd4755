import { createConnection } from 'node:net';
import { systemClock } from '@poise/clock';
import { afterEach, expect, test } from 'vitest';
import { TEST_DATA, TestDirectorySource } from '../../test/centre/test-directory.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { Happenings } from '../happenings.ts';
import { acdDirectory, CtiHost, type CtiHostOptions } from './cti-host.ts';

const accounts = { authenticate: async () => ({ ok: false, reason: 'credentials' }) } as unknown as Accounts;
let host: CtiHost | undefined;
afterEach(() => host?.stop());

function make(ports: Pick<CtiHostOptions, 'portA' | 'portB'>): CtiHost {
  host = new CtiHost({
    clock: systemClock(),
    happenings: new Happenings(() => 0),
    directory: new TestDirectorySource(),
    accounts,
    deployment: 'CCE',
    onDisconnect: 'notReady',
    peripheralId: 5001,
    host: '127.0.0.1',
    trace: () => {},
    calls: { nextCallId: () => 1, settings: {}, seed: 1 },
    ...ports,
  });
  return host;
}

const sidesOf = (of: CtiHost) => of.health().detail?.sides as Record<string, { port: number }>;

test('a team must give a reason where it has reason codes of the category, and nowhere else', () => {
  const directory = new TestDirectorySource();
  const acd = acdDirectory({ directory, accounts, peripheralId: 5001 });
  const demands = () =>
    Object.fromEntries(
      [...acd.teams()].map((team) => [
        team.id,
        [team.notReadyReasonRequired ?? false, team.logoutReasonRequired ?? false],
      ]),
    );
  expect(demands()).toMatchObject({ 5000: [true, true], 5002: [false, false] });
  let told = 0;
  acd.onChange?.(() => told++);
  directory.replace({
    ...TEST_DATA,
    reasonCodes: TEST_DATA.reasonCodes.filter(({ category }) => category === 'LOGOUT'),
  });
  expect(told).toBe(1);
  expect(demands()[5000]).toEqual([false, true]);
});

test('each side can be off', async () => {
  const onlyB = make({ portA: null, portB: 0 });
  await onlyB.start();
  expect(Object.keys(sidesOf(onlyB))).toEqual(['B']);
  await new Promise<void>((connected, failed) => {
    const socket = createConnection(sidesOf(onlyB).B!.port, '127.0.0.1', () => {
      socket.destroy();
      connected();
    });
    socket.once('error', failed);
  });
  await onlyB.stop();
  const onlyA = make({ portA: 0, portB: null });
  await onlyA.start();
  expect(Object.keys(sidesOf(onlyA))).toEqual(['A']);
});

test('with both sides off it says what to do', async () => {
  const none = make({ portA: null, portB: null });
  await expect(none.start()).rejects.toThrow(/ports\.ctiA and ports\.ctiB are both off.*cti\.embedded/);
  expect(none.health()).toMatchObject({ state: 'failed', ready: false });
});
