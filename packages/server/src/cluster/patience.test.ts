import { type Clock, VirtualClock } from '@poise/clock';
import { expect, test } from 'vitest';
import { within } from './patience.ts';

const never = new Promise<never>(() => {});
const turn = () => new Promise<void>((done) => setImmediate(done));

/** How it ends, when it has ended. */
function endOf(work: Promise<unknown>): { text?: string } {
  const end: { text?: string } = {};
  work.then(
    (value) => {
      end.text = String(value);
    },
    (error: Error) => {
      end.text = error.message;
    },
  );
  return end;
}

test('who does not answer is given up after the time, not before', async () => {
  const clock = new VirtualClock();
  const end = endOf(within(clock, 1_450, never));
  clock.advance(1_449);
  await turn();
  expect(end.text).toBeUndefined();
  clock.advance(1);
  await turn();
  expect(end.text).toBe('no answer within 1.45 s');
  expect(clock.pending).toBe(0);
});

test('an answer is passed on, and nothing waits any more', async () => {
  const clock = new VirtualClock();
  const end = endOf(within(clock, 1_400, Promise.resolve('here')));
  await turn();
  expect([end.text, clock.pending]).toEqual(['here', 0]);
});

test('an answer that waits at the sockets of a process that stood still is an answer', async () => {
  const due: (() => void)[] = [];
  // Each timer comes 10 s late, as under SIGSTOP, and before anything is read.
  let now = 0;
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    schedule: (_, fn) => {
      due.push(fn);
      return { cancel: () => {} };
    },
  };
  let answer = (_: string): void => {};
  const end = endOf(
    within(
      clock,
      1_400,
      new Promise<string>((resolve) => {
        answer = resolve;
      }),
    ),
  );
  now += 10_000;
  for (const fn of due.splice(0)) fn();
  answer('here');
  await turn();
  expect(end.text).toBe('here');
});

test('a server that tells other things meanwhile has more time, but not for ever', async () => {
  const clock = new VirtualClock();
  let bytes = 0;
  const end = endOf(within(clock, 1_400, never, { seen: () => bytes, atMostMs: 4_200 }));
  for (let waited = 0; waited < 4_100; waited += 100) {
    bytes += 1;
    clock.advance(100);
    await turn();
    expect(end.text).toBeUndefined();
  }
  clock.advance(100);
  await turn();
  expect(end.text).toBe('no answer within 4.2 s');
});

test('… and is given up as soon as it has been silent for the time', async () => {
  const clock = new VirtualClock();
  let bytes = 0;
  const end = endOf(within(clock, 1_400, never, { seen: () => bytes, atMostMs: 4_200 }));
  clock.advance(900);
  bytes += 1;
  // Seen at the end of its piece.
  clock.advance(1_499);
  await turn();
  expect(end.text).toBeUndefined();
  clock.advance(1);
  await turn();
  expect(end.text).toBe('no answer within 1.4 s');
});
