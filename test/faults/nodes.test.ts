/** The simulation over several nodes: it repeats exactly, it finds what it is there to find, and what it has found stays mended. */
import { describe, expect, test } from 'vitest';
import { NODE_DEFECTS, type NodeDefectName } from './node-defects.ts';
import { agentAtTwoNodes, nodeAndClientKilled, nodeDrained, nodeIsland, nodeSilent } from './node-faults.ts';
import type { Fault } from './plan.ts';
import { simulate } from './simulate.ts';

const TIMEOUT_MS = 600_000;
/** Seeds within which each built-in defect must show. */
const SEEDS_MAX = 12;
/** Those that need a rare story get nothing else. */
const FAULTS: Partial<Record<NodeDefectName, readonly Fault[]>> = {
  'lease not asked for': [agentAtTwoNodes],
  'users of a dead node not inherited': [nodeAndClientKilled],
  'signs of life not read': [nodeIsland],
  'silent node taken for dead': [nodeSilent],
};

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
      const faults = FAULTS[defect];
      for (let seed = 1; seed <= SEEDS_MAX; seed++) {
        const { broken } = await simulate({ seed, nodes: 2, defect, faults });
        if (broken === null) continue;
        expect(invariants).toContain(broken.invariant);
        return;
      }
      expect.unreachable('no seed found it');
    },
  );
});

test('who comes to a node in maintenance mode leaves it again, long after that was announced: he has lost nothing', {
  timeout: TIMEOUT_MS,
}, async () => {
  for (const seed of [4, 18]) {
    const { broken, timeLine } = await simulate({ seed, nodes: 2, faults: [nodeDrained] });
    expect(broken).toBeNull();
    expect(timeLine).toContain('in maintenance mode');
  }
});
