import { describe, expect, test } from 'vitest';
import { type Distribution, draw } from './distribution.ts';
import { chance, drawInteger, pick, RandomStream, SEED_MAX } from './random.ts';

const draws = (random: RandomStream, count: number) => Array.from({ length: count }, () => random.next());

describe('a stream', () => {
  test('repeats itself with the same seed and name, and differs with another', () => {
    const first = draws(new RandomStream(7, 'talk'), 20);
    expect(draws(new RandomStream(7, 'talk'), 20)).toEqual(first);
    expect(draws(new RandomStream(8, 'talk'), 20)).not.toEqual(first);
    expect(draws(new RandomStream(7, 'patience'), 20)).not.toEqual(first);
  });

  test('keeps its history from release to release', () => {
    expect(draws(new RandomStream(1, 'arrivals'), 3).map((x) => x.toFixed(9))).toMatchInlineSnapshot(`
      [
        "0.298458186",
        "0.585511981",
        "0.744942107",
      ]
    `);
  });

  test.each([0, 1, SEED_MAX])('with the seed %i is even from 0 to 1', (seed) => {
    const tenths = new Array<number>(10).fill(0);
    for (const x of draws(new RandomStream(seed), 100_000)) tenths[Math.floor(x * 10)]!++;
    // Standard deviation of each count: 95.
    for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });
});

test('whole numbers, choices and chances keep their limits', () => {
  const random = new RandomStream(1);
  const numbers = new Set(Array.from({ length: 1_000 }, () => drawInteger(random, 3, 6)));
  expect([...numbers].sort()).toEqual([3, 4, 5, 6]);
  const picked = new Set(Array.from({ length: 100 }, () => pick(random, ['a', 'b'])));
  expect([...picked].sort()).toEqual(['a', 'b']);
  expect(() => pick(random, [])).toThrow(RangeError);
  expect(chance(random, 0)).toBe(false);
  expect(chance(random, 1)).toBe(true);
});

describe('distributions', () => {
  const sample = (distribution: Distribution) => {
    const random = new RandomStream(3);
    return Array.from({ length: 50_000 }, () => draw(random, distribution)).sort((a, b) => a - b);
  };
  const mean = (list: number[]) => list.reduce((sum, x) => sum + x, 0) / list.length;

  test('fixed', () => {
    expect(sample({ kind: 'fixed', ms: 5 })[0]).toBe(5);
  });

  test('uniform', () => {
    const list = sample({ kind: 'uniform', minMs: 10, maxMs: 20 });
    expect(list[0]).toBeGreaterThanOrEqual(10);
    expect(list.at(-1)).toBeLessThanOrEqual(20);
    expect(mean(list)).toBeCloseTo(15, 0);
  });

  test('exponential', () => {
    const list = sample({ kind: 'exponential', meanMs: 1_000 });
    expect(mean(list) / 1_000).toBeCloseTo(1, 1);
    // Half of them are shorter than ln 2.
    expect(list[25_000]! / 1_000).toBeCloseTo(Math.LN2, 1);
    expect(list.at(-1)).toBeLessThanOrEqual(20_000);
  });

  test('logarithmically normal', () => {
    const list = sample({ kind: 'logNormal', medianMs: 1_000, sigma: 0.5 });
    expect(list[25_000]! / 1_000).toBeCloseTo(1, 1);
    expect(mean(list) / 1_000).toBeCloseTo(Math.exp(0.125), 1);
  });
});
