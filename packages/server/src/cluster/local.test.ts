import { VirtualClock } from '@poise/clock';
import { expect } from 'vitest';
import type { Fabric } from './fabric.ts';
import { type LocalFabric, LocalHub } from './local.ts';
import { describeFabric } from './testing/fabric-contract.ts';

/** Virtual time that passes while something is waited for, ms: a step, and at most. */
const STEP_MS = 100;
const MAX_MS = 60_000;

describeFabric('within one process', async () => {
  const clock = new VirtualClock();
  const problems: string[] = [];
  const hub = new LocalHub(clock, (text) => problems.push(text));
  return {
    join: async () => hub.join(),
    cut: (fabric: Fabric, isCut) => (fabric as LocalFabric).cut(isCut),
    empty: async (bucket) => hub.empty(bucket),
    async until(what, isSo) {
      for (let ms = 0; ms <= MAX_MS; ms += STEP_MS) {
        // Promises that were settled go first.
        await new Promise((done) => setImmediate(done));
        if (isSo()) return;
        clock.advance(ms === 0 ? 0 : STEP_MS);
      }
      expect.fail(`It never came that ${what}.`);
    },
    problems,
    close: async () => {},
  };
});
