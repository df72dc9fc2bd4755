import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Packages are tested from their sources: the export condition "source" points there.
export default defineConfig({
  resolve: { conditions: ['source'] },
  // Not 'import': Vitest hands these to Node for every module, and what is required would get modules of the other kind.
  ssr: { resolve: { conditions: ['source', 'node', 'default'] } },
  test: {
    include: [
      'packages/*/src/**/*.test.{ts,tsx}',
      'packages/*/test/**/*.test.ts',
      'test/**/*.test.ts',
      'wire/**/*.test.ts',
      'e2e/**/*.test.ts',
    ],
    // Against what hangs, not against what is slow: a busy machine needs many times what a quiet one does.
    testTimeout: 180_000,
    hookTimeout: 240_000,
    // The default, a second, is less than a busy machine may take for a step.
    expect: { poll: { timeout: 15_000 } },
    // Two at once also on two cores, where one is the default: the end-to-end tests mostly wait for their servers.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    restoreMocks: true,
  },
});
