import { VirtualClock } from '@poise/clock';
import { expect, test } from 'vitest';
import { IdleWatch } from './idle.ts';

function watching(minutes: number) {
  const clock = new VirtualClock();
  const now = { minutes, isRinging: false };
  const idle = new IdleWatch(
    clock,
    () => now.minutes,
    () => now.isRinging,
  );
  return { clock, now, idle };
}

test('the page is covered after the time that is set without input, and open with the next', () => {
  const { clock, idle } = watching(5);
  clock.advance(299_999);
  expect(idle.snapshot()).toBe(false);
  clock.advance(1);
  expect(idle.snapshot()).toBe(true);
  idle.input();
  expect(idle.snapshot()).toBe(false);
  clock.advance(299_000);
  idle.input();
  clock.advance(299_000);
  expect(idle.snapshot()).toBe(false);
  clock.advance(1_000);
  expect(idle.snapshot()).toBe(true);
});

test('never, unless it is set; what is set takes effect at once', () => {
  const { clock, idle, now } = watching(0);
  clock.advance(86_400_000);
  expect([idle.snapshot(), clock.pending]).toEqual([false, 0]);
  now.minutes = 2;
  idle.input();
  idle.changed();
  clock.advance(120_000);
  expect(idle.snapshot()).toBe(true);
  now.minutes = 0;
  idle.changed();
  expect(idle.snapshot()).toBe(false);
});

test('the key that opens the page is for that alone, also the last of several', () => {
  const { clock, idle } = watching(2);
  expect(idle.key('r')).toBe(false);
  clock.advance(120_000);
  expect(idle.key('Control')).toBe(true);
  expect(idle.snapshot()).toBe(true);
  expect(idle.key('r')).toBe(true);
  expect(idle.snapshot()).toBe(false);
  expect(idle.key('r')).toBe(false);
});

test('a shorter time counts from now on, not from the end of the longer one', () => {
  const { clock, idle, now } = watching(30);
  clock.advance(60_000);
  now.minutes = 2;
  idle.changed();
  clock.advance(59_999);
  expect(idle.snapshot()).toBe(false);
  clock.advance(1);
  expect(idle.snapshot()).toBe(true);
});

test('a call that rings opens the page, and keeps it open', () => {
  const { clock, idle, now } = watching(2);
  clock.advance(120_000);
  now.isRinging = true;
  idle.changed();
  expect(idle.snapshot()).toBe(false);
  clock.advance(600_000);
  expect(idle.snapshot()).toBe(false);
  now.isRinging = false;
  clock.advance(240_000);
  expect(idle.snapshot()).toBe(true);
});
