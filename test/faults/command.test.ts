/** The command itself: the seeds of the other tests run within Vitest, which finds modules that Node alone does not. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

test('npm run simulate -- --count 1 starts and ends well', { timeout: 600_000 }, async () => {
  const { stdout } = await promisify(execFile)('npm', ['run', 'simulate', '--', '--count', '1'], {
    cwd: ROOT,
  });
  expect(stdout).toMatch(/^1 runs from seed 1: 0 broken invariants/m);
});
