import { VirtualClock } from '@poise/clock';
import { beforeEach, expect, test } from 'vitest';
import { LATE_MS, Leaving, READERS_MAX, WAIT_MAX_MS } from './leaving.ts';

let clock: VirtualClock;
let inMaintenance: boolean;
let leaving: Leaving;
let isDone: boolean;

beforeEach(() => {
  clock = new VirtualClock();
  inMaintenance = false;
  isDone = false;
  leaving = new Leaving({ clock, inMaintenance: () => inMaintenance });
});

/** Monitoring asks, and is told. */
const read = (reader = 'Prometheus') => leaving.read(leaving.now, reader);
async function asked(times: number, intervalMs: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    if (time > 0) clock.advance(intervalMs);
    read();
  }
}
const announce = async (): Promise<void> => {
  void leaving.announce().then(() => {
    isDone = true;
  });
  await new Promise(setImmediate);
};
async function pass(ms: number): Promise<void> {
  clock.advance(ms);
  await new Promise(setImmediate);
}

test('who asks in a rhythm is waited for, and no longer than until he has been told', async () => {
  await asked(2, 15_000);
  clock.advance(4_000);
  await announce();
  expect([leaving.now, isDone]).toEqual([true, false]);
  await pass(10_999);
  expect(isDone).toBe(false);
  read();
  await pass(0);
  expect(isDone).toBe(true);
});

test('who has fallen silent is waited for until he should have asked', async () => {
  await asked(3, 15_000);
  clock.advance(14_000);
  await announce();
  await pass(1_000 + LATE_MS - 1);
  expect(isDone).toBe(false);
  await pass(1);
  expect(isDone).toBe(true);
});

test.each([
  ['nobody asks', 0, 0, 0],
  ['somebody asked once', 1, 0, 1_000],
  ['he asks too seldom', 2, 60_000, 0],
  ['he is gone', 4, 15_000, 18_000],
])('nobody is waited for where %s', async (_where, times, intervalMs, sinceMs) => {
  await asked(times, intervalMs);
  clock.advance(sinceMs);
  await announce();
  expect([leaving.now, isDone]).toEqual([true, true]);
});

test('the wait has an end', async () => {
  await asked(2, 30_000);
  await announce();
  await pass(WAIT_MAX_MS - 1);
  expect(isDone).toBe(false);
  await pass(1);
  expect(isDone).toBe(true);
});

test('who has read that it is in maintenance mode knows already; who read it before does not', async () => {
  await asked(2, 15_000);
  inMaintenance = true;
  expect(leaving.now).toBe(true);
  await pass(15_000);
  read();
  await announce();
  expect(isDone).toBe(true);
});

test('a stop that does not come is withdrawn, and the next one announced anew', async () => {
  await asked(2, 15_000);
  await announce();
  read();
  leaving.withdraw();
  await pass(15_000);
  expect([leaving.now, isDone]).toEqual([false, true]);
  read();
  isDone = false;
  await announce();
  expect([leaving.now, isDone]).toEqual([true, false]);
});

test('a mode that was ended is no news of an end', async () => {
  inMaintenance = true;
  await asked(2, 15_000);
  inMaintenance = false;
  clock.advance(15_000);
  read();
  await announce();
  expect(isDone).toBe(false);
  const [one, other] = [leaving.announce(), leaving.announce()];
  expect(one).toBe(other);
});

test('who looks in between is no part of the rhythm of monitoring, and is not taken for it', async () => {
  await asked(2, 15_000);
  clock.advance(4_000);
  read('curl');
  clock.advance(1_000);
  read('curl');
  await announce();
  await pass(4_000);
  read('curl');
  await pass(5_999);
  expect(isDone).toBe(false);
  read();
  await pass(0);
  expect(isDone).toBe(true);
});

test('of two that ask in a rhythm both are waited for', async () => {
  for (let time = 0; time < 2; time++) {
    read('one');
    clock.advance(5_000);
    read('other');
    clock.advance(10_000);
  }
  await announce();
  read('one');
  await pass(4_999);
  expect(isDone).toBe(false);
  await pass(1);
  read('other');
  await pass(0);
  expect(isDone).toBe(true);
});

test('so many names that nobody could ask by them push out those that have not asked for longest', async () => {
  await asked(2, 10_000);
  for (let name = 0; name < READERS_MAX; name++) read(`name ${name}`);
  await announce();
  expect(isDone).toBe(true);
});
