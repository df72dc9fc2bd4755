import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('npm start gives Node the flags that the benchmarks measure with', async () => {
  const toolchain: { NODE_FLAGS: string[] } = await import(
    new URL('../scripts/toolchain.mjs', import.meta.url).href
  );
  const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(scripts.start).toBe(['node', ...toolchain.NODE_FLAGS, 'scripts/start.mjs'].join(' '));
});
