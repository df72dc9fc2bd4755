#!/usr/bin/env node
// `npm run bench`: Poise beside the peers that are installed, in one run, then our own REST-to-event figures.
//
// The load harness for XMPP servers is not part of this repository. It is looked for at $BENCH_HARNESS,
// else in ../shared/bench beside the checkout; without it that part is skipped.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { NODE_FLAGS, prepare } from '../scripts/toolchain.mjs';

const HELP = `usage: npm run bench -- [options]
  --servers a,b     peers to run beside ours (default prosody,ejabberd; those not installed are left out)
  --parts a,b       of: idle, load, ws, tcp (default: all)
  --levels a,b      session counts of the idle part (default 500,2000)
  --repeats N       rounds (default 1)
  --only PART       harness, signons, rest, calls, recovery, shift, desktop, gadgets, team,
                    configuration, trace or logging
  --quick           a shortened run to see that all works
  --dir DIR         where the raw lines go (default: a temporary folder)`;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const text = (fallback) => ({ type: 'string', default: fallback });
const { values: opt } = parseArgs({
  options: {
    servers: text('prosody,ejabberd'),
    parts: text(''),
    levels: text('500,2000'),
    repeats: text('1'),
    only: text(''),
    dir: text(''),
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (opt.help) {
  console.log(HELP);
  process.exit(0);
}

prepare();

/** Added to every port, so that a running server is not in the way. */
const OFFSET = 21_000;
const port = (p) => p + OFFSET;
const dir = opt.dir ? resolve(opt.dir) : mkdtempSync(join(os.tmpdir(), 'poise-bench-'));
mkdirSync(dir, { recursive: true });
const memory = existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir();
const harness = resolve(process.env.BENCH_HARNESS ?? join(root, '../shared/bench'));

/** `poise start --bench` as a command line. Credentials: `known` compares, `derived` derives keys at the first sign-in. */
function startCommand(count, credentials) {
  const data = mkdtempSync(join(memory, 'poise-bench-'));
  process.on('exit', () => rmSync(data, { recursive: true, force: true }));
  const settings = {
    'ports.offset': OFFSET,
    domain: 'bench.example',
    'bench.firstLoginId': 8_100_000,
    'bench.password': 'bench-secret',
    'bench.credentials': credentials,
  };
  return [
    process.execPath,
    ...NODE_FLAGS,
    join(root, 'packages/server/bin/poise.mjs'),
    'start',
    '--bench',
    count,
    '--data',
    data,
    ...Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]),
  ];
}

/** How the harness finds us. `how`: a command to start for each part, or the process numbers of a running server. */
function description(name, settings, how) {
  const file = join(dir, `${name}.json`);
  const found = {
    name,
    version: '0.1.0',
    settings,
    cwd: root,
    ...how,
    domain: 'bench.example',
    pubsub: 'pubsub.bench.example',
    boshUrl: `http://127.0.0.1:${port(7071)}/http-bind/`,
    wsUrl: `ws://127.0.0.1:${port(7071)}/ws/`,
    tcp: { host: '127.0.0.1', port: port(5222) },
    transports: ['bosh', 'ws', 'tcp'],
    userPrefix: '8',
    userBase: 100_000,
    password: 'bench-secret',
    publisherUser: 'publisher',
    publisher: { kind: 'c2s', user: 'publisher', password: 'bench-secret' },
  };
  writeFileSync(file, JSON.stringify(found));
  return file;
}

const installed = (program) =>
  ['/usr/bin', '/usr/sbin', '/usr/local/bin'].some((d) => existsSync(join(d, program)));

/** Fresh processes of every server, in rounds, and the harness's table. */
function compare() {
  const peers = opt.servers.split(',').filter((name) => {
    if (name === '') return false;
    const found = installed(name === 'ejabberd' ? 'ejabberdctl' : name);
    if (!found) console.log(`${name} is not installed and is left out.`);
    return found;
  });
  const ours = description('poise', 'poise start --bench, clear text, a fresh process for each part', {
    start: startCommand('$' + '{count}', 'known'),
    waitPorts: [port(7071), port(5222), port(8082)],
  });
  const options = ['--levels', opt.levels];
  if (opt.quick) options.push('--quick');
  if (opt.parts) options.push('--parts', opt.parts);
  const args = [
    join(harness, 'compare.mjs'),
    ...peers,
    ours,
    '--repeats',
    opt.repeats,
    '--dir',
    dir,
    '--',
    ...options,
  ];
  const result = spawnSync(process.execPath, args, { stdio: 'inherit', cwd: root });
  console.log(`raw lines: ${dir}`);
  return result.status ?? 1;
}

/**
 * 2,000 sign-ons over each transport against one running server, twice: first every credential is derived
 * (PBKDF2, `accounts.iterations`), then all of them are remembered.
 */
async function signOns() {
  const command = startCommand('2000', 'derived');
  const pinned = os.cpus().length > 1 && spawnSync('taskset', ['-V']).status === 0;
  const [program, ...args] = pinned ? ['taskset', '-c', '0', ...command] : command;
  const server = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await new Promise((inService, fail) => {
      let said = '';
      server.stdout.on('data', (chunk) => {
        said += chunk;
        if (/^poise: IN_SERVICE/m.test(said)) inService();
      });
      server.once('exit', (code) => fail(new Error(`the server ended with ${code}`)));
    });
    for (const [pass, credentials] of [
      ['first', 'derived'],
      ['second', 'remembered'],
    ]) {
      const file = description(`poise-${pass}-pass`, 'one running server, clear text', {
        pids: [server.pid],
      });
      const run = [
        join(harness, 'run.mjs'),
        file,
        '--parts',
        'idle,ws,tcp',
        '--levels',
        '2000',
        '--load-n',
        '2000',
        '--quick',
      ];
      const { stdout } = spawnSync(process.execPath, run, {
        encoding: 'utf8',
        cwd: root,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      writeFileSync(join(dir, `poise-${pass}-pass.jsonl`), stdout);
      for (const line of stdout.split('\n').filter(Boolean)) {
        const { measure, transport, per_s, server_cpu_ms_per_session, failed, noisy } = JSON.parse(line);
        if (measure === 'setup')
          console.log(
            JSON.stringify({ pass, credentials, transport, per_s, server_cpu_ms_per_session, failed, noisy }),
          );
      }
    }
  } finally {
    const ended = new Promise((done) => server.once('exit', done));
    server.kill('SIGTERM');
    // Its data are deleted when this process ends.
    if (server.exitCode === null) await ended;
  }
}

let status = 0;
if (existsSync(join(harness, 'compare.mjs'))) {
  if (opt.only === '' || opt.only === 'harness') status = compare();
  if (opt.only === '' || opt.only === 'signons') {
    console.log('sign-ons per second against one running server:');
    await signOns();
  }
} else if (
  !['rest', 'calls', 'recovery', 'shift', 'desktop', 'gadgets', 'team', 'configuration', 'trace'].includes(
    opt.only,
  )
) {
  console.log(
    `The load harness is not at ${harness}: set BENCH_HARNESS to its folder. This part is skipped.`,
  );
}
/** Our own measurements, each a program of its own or several. Not comparable with the figures above. */
const OWN = {
  rest: ['REST to event', 'rest-to-event.mjs', []],
  calls: [
    'calls under load',
    'calls.mjs',
    opt.quick
      ? ['--agents', '200', '--calls', '50', '--rate', '5', '--seconds', '10']
      : ['--sizes', '500,2000,8000'],
  ],
  recovery: [
    'recovery in the middle of calls',
    'recovery.mjs',
    opt.quick ? ['--agents', '60', '--calls', '30', '--repeats', '1'] : [],
  ],
  shift: [
    'the call model in virtual time',
    'shift.mjs',
    opt.quick ? ['--agents', '50', '--hours', '1', '--twice'] : ['--twice'],
  ],
  desktop: [
    "the agent's page in Chromium",
    'desktop.mjs',
    opt.quick ? ['--repeats', '1', '--changes', '30', '--shift', '100', '--minutes', '0.2'] : [],
    // The page of a supervisor of 50 agents with traffic.
    ['team-performance.mjs', ['--agents', '50', '--rate', '20', ...(opt.quick ? ['--seconds', '5'] : [])]],
  ],
  gadgets: [
    'twelve gadgets on one desktop in Chromium',
    'gadgets.mjs',
    opt.quick ? ['--repeats', '1', '--changes', '30'] : [],
  ],
  configuration: [
    'a large configuration',
    'configuration.mjs',
    opt.quick ? ['--users', '500', '--teams', '40', '--seconds', '3'] : [],
  ],
  trace: [
    'the tracer on incidents of known cause, and on a large log',
    'trace.mjs',
    opt.quick ? ['--seeds', '2', '--mb', '64'] : [],
  ],
  logging: [
    'what logs and traces cost',
    'logging.mjs',
    opt.quick ? ['--agents', '50', '--rate', '50', '--pairs', '1', '--seconds', '2', '--calls', '3'] : [],
  ],
  team: ['Team Performance in Chromium', 'team-performance.mjs', opt.quick ? ['--seconds', '5'] : []],
};
for (const [part, [title, program, args, ...more]] of Object.entries(OWN)) {
  if (opt.only !== '' && opt.only !== part) continue;
  console.log(`${title}:`);
  for (const [name, given] of [[program, args], ...more])
    status ||=
      spawnSync(process.execPath, [join(root, 'bench', name), ...given], { stdio: 'inherit', cwd: root })
        .status ?? 1;
}
process.exit(status);
