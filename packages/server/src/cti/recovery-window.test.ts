import { expect, test } from 'vitest';
import { RecoveryWindow } from './recovery-window.ts';

const LIMITS = { least: 50, most: 1_000 };

/** Asks `count` questions of a server that takes `roundTripMs` plus `eachMs` for every question before it. */
function run(count: number, { roundTripMs, eachMs }: { roundTripMs: number; eachMs: number }) {
  const window = new RecoveryWindow(LIMITS);
  const sizes: number[] = [];
  const underWay: Array<{ sent: number; due: number }> = [];
  let now = 0;
  let free = 0;
  for (let asked = 0; asked < count || underWay.length > 0; ) {
    while (asked < count && underWay.length < window.size) {
      free = Math.max(free, now + roundTripMs / 2) + eachMs;
      underWay.push({ sent: now, due: free + roundTripMs / 2 });
      asked += 1;
    }
    const { sent, due } = underWay.shift()!;
    now = due;
    window.answered(now - sent);
    sizes.push(window.size);
  }
  return { tookMs: now, sizes };
}

test('grows to its bound where the server is far and fast', () => {
  const { tookMs, sizes } = run(14_500, { roundTripMs: 200, eachMs: 0 });
  expect(Math.max(...sizes)).toBe(1_000);
  expect(sizes.at(-1)).toBe(1_000);
  // A window of 50 would take 58 s.
  expect(tookMs).toBeLessThan(4_200);
});

test('does not press a server that takes its time for each question', () => {
  const { sizes } = run(5_000, { roundTripMs: 10, eachMs: 5 });
  // 50 questions take it 250 ms, as many as it gets at the least.
  expect(Math.max(...sizes)).toBeLessThanOrEqual(75);
  expect(sizes.at(-1)).toBeLessThanOrEqual(75);
});

test('finds a middle where the server can do with more than the least', () => {
  const { sizes } = run(20_000, { roundTripMs: 200, eachMs: 0.5 });
  // 200 ms on the way are 400 questions: more only wait in a queue there. It swings about that.
  const later = sizes.slice(10_000);
  const mean = later.reduce((a, b) => a + b, 0) / later.length;
  expect(mean).toBeGreaterThan(300);
  expect(mean).toBeLessThan(850);
  expect(Math.min(...later)).toBeGreaterThanOrEqual(200);
});

test('questions that are given up bring it back to where it began', () => {
  const window = new RecoveryWindow(LIMITS);
  for (let n = 0; n < 2_000; n += 1) window.answered(1);
  expect(window.size).toBe(1_000);
  for (let n = 0; n < 3_000; n += 1) window.answered(20_000);
  expect(window.size).toBe(50);
});

test('one slow window of answers shrinks it once', () => {
  const window = new RecoveryWindow(LIMITS);
  for (let n = 0; n < 2_000; n += 1) window.answered(1);
  for (let n = 0; n < 900; n += 1) window.answered(500);
  expect(window.size).toBe(500);
});
