import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PLATFORM_DELAY_MAX_MS, systemClock } from './system-clock.ts';

// The platform's timers are replaced, so that hours pass at once and each arming is seen.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('timers run at their deadlines, in order, over one platform timer', () => {
  const clock = systemClock();
  const ran: string[] = [];
  clock.schedule(30, () => ran.push('c'));
  clock.schedule(10, () => ran.push('a'));
  clock.schedule(10, () => ran.push('b'));
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(9);
  expect(ran).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(ran).toEqual(['a', 'b']);
  vi.advanceTimersByTime(20);
  expect(ran).toEqual(['a', 'b', 'c']);
  expect(vi.getTimerCount()).toBe(0);
});

test('a delay above 2^31 ms is waited for in full', () => {
  const clock = systemClock();
  let ran = 0;
  clock.schedule(2.5 * PLATFORM_DELAY_MAX_MS, () => ran++);
  for (let step = 0; step < 5; step++) {
    expect(ran).toBe(0);
    vi.advanceTimersByTime(PLATFORM_DELAY_MAX_MS / 2);
  }
  vi.advanceTimersByTime(1);
  expect(ran).toBe(1);
});

test('an infinite delay never fires and arms nothing', () => {
  const clock = systemClock();
  clock.schedule(Infinity, () => {
    throw new Error('fired');
  });
  expect(vi.getTimerCount()).toBe(0);
});

test('ten thousand cancelled timers leave nothing behind but one platform timer', () => {
  const clock = systemClock();
  let ran = 0;
  for (let i = 0; i < 10_000; i++) clock.schedule(1000 + i, () => ran++).cancel();
  expect(vi.getTimerCount()).toBeLessThanOrEqual(1);
  vi.advanceTimersByTime(20_000);
  expect(ran).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

test('a timer may cancel another that is due at the same moment', () => {
  const clock = systemClock();
  let ran = 0;
  clock.schedule(10, () => other.cancel());
  const other = clock.schedule(10, () => ran++);
  vi.advanceTimersByTime(50);
  expect(ran).toBe(0);
});

test('what a timer schedules without delay runs in a later turn, not in a circle', () => {
  const clock = systemClock();
  let runs = 0;
  const again = () => {
    runs++;
    clock.schedule(0, again);
  };
  clock.schedule(5, again);
  vi.advanceTimersToNextTimer();
  expect(runs).toBe(1);
  vi.advanceTimersToNextTimer();
  expect(runs).toBe(2);
});

test('an earlier deadline set from inside a timer is met', () => {
  const clock = systemClock();
  const ran: number[] = [];
  clock.schedule(1000, () => ran.push(3));
  clock.schedule(10, () => {
    ran.push(1);
    clock.schedule(5, () => ran.push(2));
  });
  vi.advanceTimersByTime(15);
  expect(ran).toEqual([1, 2]);
});

test('an exception is reported, and the others run', () => {
  const errors: unknown[] = [];
  const clock = systemClock({ onError: (error) => errors.push(error) });
  let ran = 0;
  clock.schedule(10, () => {
    throw 'broken';
  });
  clock.schedule(10, () => ran++);
  clock.schedule(20, () => ran++);
  vi.advanceTimersByTime(30);
  expect(errors).toEqual(['broken']);
  expect(ran).toBe(2);
});

test('without onError an exception surfaces on its own after the others ran', () => {
  const clock = systemClock();
  let ran = 0;
  clock.schedule(10, () => {
    throw new Error('nobody listens');
  });
  clock.schedule(10, () => ran++);
  expect(() => vi.advanceTimersByTime(30)).toThrow('nobody listens');
  expect(ran).toBe(1);
});

test('an onError that itself throws harms no other timer', () => {
  const clock = systemClock({
    onError: () => {
      throw new Error('reporter');
    },
  });
  let ran = 0;
  clock.schedule(10, () => {
    throw new Error('timer');
  });
  clock.schedule(10, () => ran++);
  expect(() => vi.advanceTimersByTime(30)).toThrow('reporter');
  expect(ran).toBe(1);
});

test('with keepAlive the platform timer goes with the last entry', () => {
  const clock = systemClock({ keepAlive: true });
  clock.schedule(1000, () => {}).cancel();
  expect(vi.getTimerCount()).toBe(0);
});

test('a delay that is no number is refused, one below zero is none', () => {
  const clock = systemClock();
  expect(() => clock.schedule(Number.NaN, () => {})).toThrow(RangeError);
  let ran = 0;
  clock.schedule(-5, () => ran++);
  expect(ran).toBe(0);
  vi.advanceTimersByTime(1);
  expect(ran).toBe(1);
});

test('on the real platform a timer never fires early, and monotonic time has fractions', async () => {
  vi.useRealTimers();
  const clock = systemClock({ keepAlive: true });
  const start = clock.monotonic();
  for (const delay of [0, 0.4, 1.5, 3]) {
    await new Promise<void>((resolve) => {
      const from = clock.monotonic();
      clock.schedule(delay, () => {
        expect(clock.monotonic() - from).toBeGreaterThanOrEqual(delay);
        resolve();
      });
    });
  }
  expect(clock.monotonic()).toBeGreaterThan(start);
  expect(Math.abs(clock.now() - Date.now())).toBeLessThan(60_000);
});
