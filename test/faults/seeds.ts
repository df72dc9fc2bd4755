/** The share of the seeds that one test file runs: several files, so that several workers run them. */
import { expect, test } from 'vitest';
import { explanation } from './explanation.ts';
import { simulate } from './simulate.ts';

const SHARES = 4;
/** Seeds of `npm test`, and of `npm run test:long`. */
const SEEDS = process.env.POISE_TEST_LONG ? 10_000 : 200;
const SEEDS_PER_TEST = 20;
const TIMEOUT_MS = 600_000;
/** After so many failures the rest would only repeat them. */
const FAILURES_MAX = 3;

/** @param share 1 to 4 */
export function testSeeds(share: number): void {
  testAll(
    Array.from({ length: SEEDS }, (_, index) => index + 1).filter((seed) => seed % SHARES === share % SHARES),
    1,
  );
}

/** Seeds over so many nodes, a tenth as many as over one. */
export function testNodeSeeds(nodes: number): void {
  testAll(
    Array.from({ length: SEEDS / 10 }, (_, index) => index + 1),
    nodes,
  );
}

function testAll(seeds: readonly number[], nodes: number): void {
  const over = nodes === 1 ? '' : ` over ${nodes} nodes`;
  for (let from = 0; from < seeds.length; from += SEEDS_PER_TEST) {
    const some = seeds.slice(from, from + SEEDS_PER_TEST);
    test(`seeds ${some[0]} to ${some.at(-1)}${over}: no broken invariant`, {
      timeout: TIMEOUT_MS,
    }, async () => {
      const failures: string[] = [];
      for (const seed of some) {
        const report = await simulate({ seed, nodes });
        if (report.broken !== null) failures.push(explanation(report));
        if (failures.length === FAILURES_MAX) break;
      }
      expect(failures.join('\n\n')).toBe('');
    });
  }
}
