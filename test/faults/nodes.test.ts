/** The simulation over several nodes: it repeats exactly, it finds what it is there to find, and what it has found stays mended. */
import { describe, expect, test } from 'vitest';
import { NODE_DEFECTS, type NodeDefectName } from './node-defects.ts';
import { simulate } from './simulate.ts';

const TIMEOUT_MS = 240_000;
/** Seeds within which each built-in defect must show. */
const SEEDS_MAX = 12;
/** Where the search begins, for defects that need a rare story. */
const FIRST_SEED: Partial<Record<NodeDefectName, number>> = {};

test('two runs of a seed are the same, line by line; with one node more it is another story', {
  timeout: TIMEOUT_MS,
}, async () => {
  const [once, again, three] = [
    await simulate({ seed: 7, nodes: 2 }),
    await simulate({ seed: 7, nodes: 2 }),
    await simulate({ seed: 7, nodes: 3 }),
  ];
  expect(again).toEqual(once);
  expect(three.digest).not.toBe(once.digest);
});

describe('a defect that is built in is found within a few seeds', () => {
  test.each(Object.entries(NODE_DEFECTS) as [NodeDefectName, readonly string[]][])(
    '%s: %s',
    { timeout: TIMEOUT_MS },
    async (defect, invariants) => {
      const first = FIRST_SEED[defect] ?? 1;
      for (let seed = first; seed < first + SEEDS_MAX; seed++) {
        const { broken } = await simulate({ seed, nodes: 2, defect });
        if (broken === null) continue;
        expect(invariants).toContain(broken.invariant);
        return;
      }
      expect.unreachable('no seed found it');
    },
  );
});
