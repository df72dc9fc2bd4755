import { createConnection } from 'node:net';
import { systemClock } from '@poise/clock';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { TEST_DATA, TestDirectorySource } from '../../test/centre/test-directory.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { demoConfiguration, demoUsers } from '../demo/centre.ts';
import { seedDemo } from '../demo/seed.ts';
import { Happenings } from '../happenings.ts';
import type { Directory } from '../store/directory.ts';
import { Store } from '../store/store.ts';
import { acdDirectory, CtiHost, type CtiHostOptions } from './cti-host.ts';

const accounts = { authenticate: async () => ({ ok: false, reason: 'credentials' }) } as unknown as Accounts;
let host: CtiHost | undefined;
let lastCallId = 0;
beforeEach(() => {
  lastCallId = 0;
});
afterEach(() => host?.stop());

function make(
  ports: Pick<CtiHostOptions, 'portA' | 'portB'>,
  directory: CtiHostOptions['directory'] = new TestDirectorySource(),
): CtiHost {
  host = new CtiHost({
    clock: systemClock(),
    happenings: new Happenings(() => 0),
    directory,
    accounts,
    deployment: 'CCE',
    onDisconnect: 'notReady',
    peripheralId: 5001,
    host: '127.0.0.1',
    trace: () => {},
    calls: { nextCallId: () => ++lastCallId, settings: {}, seed: 1 },
    ...ports,
  });
  return host;
}

const sidesOf = (of: CtiHost) => of.health().detail?.sides as Record<string, { port: number }>;

test('wrong passwords count with those of REST and XMPP, by address; who is locked is told so', async () => {
  const asked: string[][] = [];
  const answers = [{ ok: true }, { ok: false, reason: 'wrong' }, { ok: false, reason: 'locked' }];
  const book = {
    authenticate: async (...question: string[]) => {
      asked.push(question);
      return answers.shift();
    },
  } as unknown as Accounts;
  const acd = acdDirectory({ directory: new TestDirectorySource(), accounts: book, peripheralId: 5001 });
  const verdicts = [];
  for (let n = 0; n < 3; n++) verdicts.push(await acd.checkPassword('3001', 'x', '192.0.2.7'));
  expect(verdicts).toEqual([true, false, 'locked']);
  expect(asked[0]).toEqual(['cti', '3001', 'x', '192.0.2.7']);
});

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

test('calls go over the simulated exchange, on the numbers and phones of the directory, as long as the server runs', async () => {
  const current = Object.create(new TestDirectorySource().current, {
    dialledNumbers: { value: () => [{ number: '6003', skillGroupNumber: 85881, priority: 5 }] },
    skillGroups: { value: () => [{ number: 85881, id: 5000, name: 'Sales' }] },
    devices: { value: () => ['3001', '10000'] },
  }) as Directory;
  const withCalls = make({ portA: 0, portB: null }, { current, onChange: () => () => {} });
  expect(withCalls.simulation).toBeUndefined();
  await withCalls.start();
  const { simulation } = withCalls;
  const { calls } = withCalls.server!.centre;
  const customer = { from: '1', talkMs: null, patienceMs: null };
  expect(() => simulation!.call({ ...customer, to: '6004' })).toThrow('neither a dialled number nor a phone');
  simulation!.call({ ...customer, to: '6003' });
  expect(calls.figures(85881)?.callsInQueue).toBe(1);
  expect([...calls.calls()].map(({ id, data }) => [id, data.dialedNumber, data.ani])).toEqual([
    [1, '6003', '1'],
  ]);
  simulation!.call({ ...customer, to: '10000' });
  expect(simulation!.switch.phone('10000').legs).toMatchObject([{ state: 'ringing' }]);
  await withCalls.stop();
  expect(withCalls.simulation).toBeUndefined();
  expect(simulation!.switch.legCount).toBe(0);
});

test('of those who wait for one queue the callers of the more important number go first, as the store has it when they come', async () => {
  const store = await Store.open();
  onTestFinished(() => store.close());
  await seedDemo(store);
  store.layBeside({ ...demoConfiguration(), users: demoUsers() });
  await store.change(({ dialledNumbers }) =>
    dialledNumbers.create({ number: '6009', skillGroupNumber: 85881, priority: 4 }),
  );
  const of = make({ portA: 0, portB: null }, store.directory);
  await of.start();
  const { model, calls } = of.server!.centre;
  const arrive = (from: string, to: string) =>
    of.simulation!.call({ from, to, talkMs: null, patienceMs: null });
  const waiting = () =>
    [...calls.calls()]
      .filter(({ connections }) => connections.some(({ state }) => state === 'QUEUED'))
      .map(({ data }) => data.ani);
  const ready = (agentId: string, instrument: string) => {
    for (const state of ['LOGIN', 'AVAILABLE'] as const) {
      const outcome = model.request({ state, agentId, instrument });
      if (!outcome.ok) throw new Error(`${agentId} cannot become ${state}`);
      calls.agentChanged(outcome.changes);
    }
  };
  arrive('usual 1', '6001');
  arrive('usual 2', '6001');
  arrive('important', '6009');
  ready('2001', '2003');
  expect(waiting()).toEqual(['usual 1', 'usual 2']);
  await store.change(({ dialledNumbers }) => dialledNumbers.setPriority('6009', 10));
  arrive('can wait', '6009');
  arrive('usual 3', '6001');
  ready('2002', '2005');
  expect(waiting()).toEqual(['usual 2', 'can wait', 'usual 3']);
  ready('2004', '2006');
  ready('2050', '2007');
  expect(waiting()).toEqual(['can wait']);
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
