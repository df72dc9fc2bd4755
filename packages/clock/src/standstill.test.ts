import { expect, test } from 'vitest';
import { LATE_MS, Standstill } from './standstill.ts';
import { VirtualClock } from './virtual-clock.ts';

function waiting() {
  const clock = new VirtualClock();
  const standstill = new Standstill(clock);
  let isNeeded = true;
  const over: number[] = [];
  standstill.watchWhile(() => isNeeded);
  const timer = standstill.deadline(60_000, () => over.push(clock.monotonic()));
  return { clock, standstill, over, timer, release: () => (isNeeded = false) };
}

test.each([
  ['over a deadline', 30_000, 90_000],
  ['almost to a deadline', 10_000, 49_950],
  ['at a deadline', 59_999, 2_500],
  ['long before one', 1_000, 3_100],
])('a standstill %s: the whole time begins anew at its end', (_when, before, frozen) => {
  const { clock, over } = waiting();
  clock.advance(before);
  clock.freeze(frozen);
  clock.advance(59_999);
  expect(over).toEqual([]);
  clock.advance(1);
  expect(over).toEqual([before + frozen + 60_000]);
});

test('a timer that comes a little late, as in a busy process, is no standstill', () => {
  const { clock, standstill, over } = waiting();
  clock.advance(58_500);
  clock.freeze(LATE_MS);
  expect(over).toEqual([60_500]);
  expect(standstill.endedAt).toBe(Number.NEGATIVE_INFINITY);
});

test('all timers that fell into one standstill tell of the same one', () => {
  const { clock, standstill } = waiting();
  clock.advance(500);
  clock.freeze(100_000);
  expect(standstill.endedAt).toBe(100_500);
  clock.freeze(1_000);
  standstill.ran(90_000);
  expect(standstill.endedAt).toBe(100_500);
  standstill.ran(98_000);
  clock.freeze(1_500);
  standstill.ran(100_600);
  expect(standstill.endedAt).toBe(103_000);
});

test('a deadline that was set after a standstill is an ordinary one; a cancelled one stays so after another', () => {
  const { clock, standstill, over, timer } = waiting();
  clock.freeze(10_000);
  timer.cancel();
  standstill.deadline(5_000, () => over.push(clock.monotonic()));
  clock.advance(60_000);
  expect(over).toEqual([15_000]);
});

test('a deadline that has begun anew can be cancelled', () => {
  const { clock, over, timer } = waiting();
  clock.freeze(61_000);
  clock.freeze(1);
  timer.cancel();
  clock.advance(200_000);
  expect(over).toEqual([]);
});

test('it looks as long as anybody waits, and nothing runs when nobody does', () => {
  const { clock, standstill, timer, release } = waiting();
  timer.cancel();
  let others = 1;
  const isOther = () => others > 0;
  standstill.watchWhile(isOther);
  standstill.watchWhile(isOther);
  clock.advance(10_000);
  expect(clock.pending).toBe(1);
  release();
  clock.advance(1_000);
  clock.freeze(50_000);
  expect(standstill.endedAt).toBe(61_000);
  others = 0;
  clock.advance(1_000);
  expect(clock.pending).toBe(0);
  standstill.watchWhile(isOther);
  expect(clock.pending).toBe(1);
  standstill.unwatch(isOther);
  expect(clock.pending).toBe(0);
});
