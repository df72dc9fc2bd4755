// What a fresh clone needs before anything runs: packages installed, sources built, both only when stale.
// Plain JavaScript without dependencies, because it runs before they exist.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lockPath, takeBuildLock } from './lock.mjs';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cache = join(root, 'node_modules', '.cache', 'poise');

/** Ends the process with one plain sentence. */
export function fail(sentence) {
  console.error(`poise: ${sentence}`);
  process.exit(1);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    fail(
      `Node ${process.versions.node} is too old: Poise needs Node 20.19 or newer (tested on 20, 22 and 24).`,
    );
}

/** npm as it was started with, else the one on the PATH; never through a shell on POSIX. */
export function npm(args, options = { stdio: 'inherit' }) {
  const cli = process.env.npm_execpath;
  const viaNode = cli?.endsWith('.js') || cli?.endsWith('.cjs');
  const common = { cwd: root, ...options };
  if (viaNode) return spawnSync(process.execPath, [cli, ...args], common);
  // On Windows npm is a script, which only a shell can start.
  return process.platform === 'win32'
    ? spawnSync('npm.cmd', args, { ...common, shell: true })
    : spawnSync('npm', args, common);
}

/** A slow line takes some minutes; what takes longer has stalled, and a second attempt often does not. */
const INSTALL_MINUTES_MAX = 6;
const INSTALL_ATTEMPTS = 3;

function installWith(args) {
  for (let attempt = 1; attempt <= INSTALL_ATTEMPTS; attempt++) {
    // SIGTERM is not enough: an npm that waits for its registry outlives it, and we would wait with it.
    const { status, error } = npm(args, {
      stdio: 'inherit',
      timeout: INSTALL_MINUTES_MAX * 60_000,
      killSignal: 'SIGKILL',
    });
    if (error?.code === 'ENOENT') fail('npm was not found; it comes with Node.');
    if (error?.code !== 'ETIMEDOUT') return status === 0;
    console.error(
      `poise: npm was not done after ${INSTALL_MINUTES_MAX} minutes and was stopped (attempt ${attempt} of ${INSTALL_ATTEMPTS}).`,
    );
  }
  return fail('npm stalls. See whether it reaches its registry (npm ping), then start again.');
}

/** Installs and builds what is stale, one process at a time. */
export function prepare(options) {
  checkNode();
  const release = takeBuildLock(lockPath(root), (pid) =>
    console.error(`poise: process ${pid} is installing or building here; waiting for it …`),
  );
  install();
  build(options);
  release();
}

function stampOf(name) {
  try {
    return readFileSync(join(cache, name), 'utf8');
  } catch {
    return '';
  }
}

function writeStamp(name, value) {
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(cache, name), value);
}

const hash = (text) => createHash('sha256').update(text).digest('hex');

/** What npm writes after an install: as new as the lock file when somebody ran `npm ci` by hand. */
const npmRecord = join(root, 'node_modules', '.package-lock.json');

function installedBy(record) {
  try {
    return statSync(record).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs;
  } catch {
    return false;
  }
}

/** Installs the packages of the lock file unless exactly these are installed. */
function install() {
  const wanted = hash(readFileSync(join(root, 'package-lock.json')));
  if (existsSync(join(root, 'node_modules')) && stampOf('lock') === wanted) return;
  if (installedBy(npmRecord)) return writeStamp('lock', wanted);
  console.error('poise: installing packages (only the first time, and after updates) …');
  const options = ['--no-audit', '--no-fund', '--loglevel=error'];
  // `ci` installs exactly what the lock file says; where it refuses (another npm, another platform), `install` comes closest.
  if (!installWith(['ci', ...options]) && !installWith(['install', '--no-save', ...options]))
    fail('npm could not install the packages; its message stands above.');
  writeStamp('lock', wanted);
}

/** Sources of the build with size and time: what decides whether it is stale. */
function sources() {
  const lines = [`node ${process.versions.node.split('.')[0]}`];
  const walk = (dir) => {
    for (const entry of readdirSync(dir, { withFileTypes: true })) {
      if (entry.name === 'node_modules' || entry.name.startsWith('dist') || entry.name.startsWith('.'))
        continue;
      const path = join(dir, entry.name);
      if (entry.isDirectory()) walk(path);
      else {
        const s = statSync(path);
        lines.push(`${path.slice(root.length)} ${s.size} ${Math.round(s.mtimeMs)}`);
      }
    }
  };
  walk(join(root, 'packages'));
  for (const name of ['tsconfig.json', 'tsconfig.base.json', 'package-lock.json']) {
    const s = statSync(join(root, name));
    lines.push(`${name} ${s.size} ${Math.round(s.mtimeMs)}`);
  }
  return lines.sort().join('\n');
}

function run(script, args, what, cwd = root) {
  const result = spawnSync(process.execPath, [script, ...args], {
    cwd,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (result.status !== 0) fail(`${what} failed; the message stands above.`);
}

/**
 * How `npm start` starts Node: a young generation of 4 MiB instead of 16, and an old one that may grow to three times what lives before
 * it is collected. Each collection stops every agent's events: a scavenge while it copies what held requests keep alive, which a
 * smaller space makes shorter and a larger one rarer; a full one for tens of milliseconds, which more room makes rarer. For the same reason
 * none are made for the sake of memory alone, of which there were up to three whenever work became less, that is, in the midst of a shift.
 * Helper threads gain nothing with so little to copy, and where they share a core with the server it waits for them (figures: bench/README.md).
 * The compiler Maglev, which Node 20 has off and 24 on, costs about 10 MB of a start on 24; without it all compile in the same way.
 */
export const NODE_FLAGS = [
  '--max-semi-space-size=4',
  '--heap-growing-percent=200',
  '--no-memory-reducer',
  '--single-threaded-gc',
  '--no-maglev',
];

/** What runs in browsers as built files. */
const BUNDLES = [
  'packages/gadgets',
  'packages/finesse-js',
  'packages/tunnel',
  'packages/desktop',
  'packages/console',
];

/** Compiles the packages and bundles the pages, unless nothing changed since the last time. */
function build({ force = false } = {}) {
  const now = hash(sources());
  const outputs = [
    'packages/server/dist/main.js',
    'packages/finesse-js/dist/finesse.min.js',
    'packages/gadgets/dist/features.js',
    'packages/tunnel/dist/EventTunnel.js',
    'packages/desktop/dist/index.html',
    'packages/console/dist/index.html',
  ];
  const complete = outputs.every((path) => existsSync(join(root, path)));
  if (!force && complete && stampOf('build') === now) return;
  console.error('poise: building (only when sources changed) …');
  run(
    join(root, 'node_modules/typescript/bin/tsc'),
    ['-b', ...(force || !complete ? ['--force'] : [])],
    'the compiler',
  );
  for (const bundle of BUNDLES)
    run(
      join(root, 'node_modules/vite/bin/vite.js'),
      ['build', '--logLevel', 'warn'],
      `the bundle of ${bundle}`,
      join(root, bundle),
    );
  writeStamp('build', now);
}
