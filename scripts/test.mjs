// `npm test`: from a fresh clone to tested. `npm run test:long` adds the long random runs and the unit suites on other Node versions.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { installDebianPackages } from './debian.mjs';
import { fail, npm, prepare, root } from './toolchain.mjs';

const long = process.argv.includes('--long');
const rest = process.argv.slice(2).filter((a) => a !== '--long');

prepare();
installDebianPackages();

const bin = (path) => join(root, 'node_modules', path);
const check = (what, script, args) => {
  const result = spawnSync(process.execPath, [script, ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (result.status !== 0) fail(`${what} failed; the message stands above.`);
};

if (rest.length === 0) {
  check('the type check of the tests', bin('typescript/bin/tsc'), ['-p', 'tsconfig.tests.json']);
  check('the type check of the tests of the pages', bin('typescript/bin/tsc'), [
    '-p',
    'packages/desktop/tsconfig.tests.json',
  ]);
  check('the style check', bin('@biomejs/biome/bin/biome'), ['check', '--diagnostic-level=error']);
}

/** A run that takes this long hangs: it ends with a sentence, so that what it printed is not lost with it. */
const SUITE_MINUTES_MAX = long ? 600 : 60;

const suite = (node, args, env) => {
  const { status, error } = spawnSync(node[0], [...node.slice(1), bin('vitest/vitest.mjs'), 'run', ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
    timeout: SUITE_MINUTES_MAX * 60_000,
    killSignal: 'SIGKILL',
  });
  if (error?.code === 'ETIMEDOUT')
    console.error(`poise: the tests were not done after ${SUITE_MINUTES_MAX} minutes and were stopped.`);
  return status ?? 1;
};
const reporters = ['--reporter=default', `--reporter=${join(root, 'scripts/reporter.mjs')}`];

let status = suite([process.execPath], [...reporters, ...rest], long ? { POISE_TEST_LONG: '1' } : {});
if (long) {
  for (const version of ['22', '24']) {
    console.log(`\nunit suites on Node ${version}`);
    const args = ['exec', '--yes', `--package=node@${version}`, '--', 'node', '-p', 'process.execPath'];
    const node = npm(args, { encoding: 'utf8' }).stdout?.trim();
    if (!node) {
      console.log(`Node ${version} cannot be had here`);
      status ||= 1;
      continue;
    }
    status = suite([node], [...reporters, 'packages'], {}) || status;
  }
}
process.exit(status);
