import { VirtualClock } from '@poise/clock';
import { expect, test } from 'vitest';
import { MemorySignOuts } from '../../test/centre/presence-centre.ts';
import { Happenings } from '../happenings.ts';
import { SignOutLog, WAITING_MAX } from './sign-out-log.ts';

const NO_SESSION = { session: null, departure: null, awaySince: null, lastActiveAt: null, graceMs: null };
const bySystem = (agentId: string) =>
  ({ agentId, by: 'system', actingId: '', requestId: '', state: 'LOGOUT', reasonCode: 0 }) as const;

async function opened() {
  const clock = new VirtualClock();
  const store = new MemorySignOuts();
  const problems: string[] = [];
  const log = await SignOutLog.open({
    store,
    clock,
    happenings: new Happenings(() => clock.now()),
    onProblem: (error) => problems.push((error as Error).message),
  });
  return { clock, store, problems, log };
}

test('records that wait for a store that cannot be written are bounded; what was lost is told', async () => {
  const { store, problems, log } = await opened();
  store.failing = true;
  for (let i = 0; i < WAITING_MAX + 5; i += 1) log.signedOut(bySystem(`u${i}`), NO_SESSION);
  await log.flush();
  expect(problems).toEqual(['the disk is full']);
  store.failing = false;
  await log.flush();
  expect(store.records.size).toBe(WAITING_MAX);
  expect(store.records.has(5)).toBe(false);
  expect(problems[1]).toBe('5 records of forced sign-outs were lost meanwhile');
});

test('nothing is written in the turn of the sign-out; many are written together', async () => {
  const { clock, store, log } = await opened();
  for (let i = 0; i < 100; i += 1) log.signedOut(bySystem(`u${i}`), NO_SESSION);
  expect(store.writes).toBe(0);
  clock.advance(500);
  await new Promise((resolve) => setImmediate(resolve));
  expect([store.writes, store.records.size]).toEqual([1, 100]);
});

test('ids go on after a restart', async () => {
  const { store, log } = await opened();
  log.signedOut(bySystem('2001'), NO_SESSION);
  await log.flush();
  const clock = new VirtualClock();
  const next = await SignOutLog.open({
    store,
    clock,
    happenings: new Happenings(() => clock.now()),
    onProblem: () => {},
  });
  next.signedOut(bySystem('2002'), NO_SESSION);
  await next.flush();
  expect([...store.records.keys()]).toEqual([1, 2]);
});

test('what was asked for at another node is recorded there, whoever asked', async () => {
  const { store, log } = await opened();
  const facts = { ...NO_SESSION, awaySince: 1 };
  log.asked('2001', () => 'p1', facts, 1);
  const elsewhere = { ...bySystem('2001'), node: 'node2' };
  for (const by of ['presence', 'supervisor', 'administrator', 'agent'] as const)
    log.signedOut({ ...elsewhere, by, actingId: '2050' }, facts);
  await log.flush();
  expect([...store.records.values()].map(({ cause, outcome }) => [cause, outcome])).toEqual([
    ['presence', 'requested'],
  ]);
});
