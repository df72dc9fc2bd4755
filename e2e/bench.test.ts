/** The programs of bench/ start. What they measure is no matter of tests. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const bench = resolve(import.meta.dirname, '../bench');
const programs = readdirSync(bench).filter(
  (name) => name.endsWith('.mjs') && readFileSync(join(bench, name), 'utf8').startsWith('#!'),
);

test.each(programs)('%s has all that it imports, and says how it is used', (name) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(bench, name), '--help'], {
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^usage: /);
});
