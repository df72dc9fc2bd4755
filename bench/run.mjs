#!/usr/bin/env node
// `npm run bench`: Poise beside the peers that are installed, in one run, then our own REST-to-event figures.
//
//   npm run bench -- [--repeats 1] [--quick] [--only harness|rest] [--servers prosody,ejabberd] [--parts idle,load,ws,tcp] [--dir DIR]
//
// The load harness for XMPP servers is not part of this repository. It is looked for at $POISE_BENCH_HARNESS,
// else in ../shared/bench beside the checkout; without it that part is skipped.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build, checkNode, install } from '../scripts/toolchain.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values: opt } = parseArgs({
  options: {
    repeats: { type: 'string', default: '1' },
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    servers: { type: 'string', default: 'prosody,ejabberd' },
    parts: { type: 'string', default: '' },
    levels: { type: 'string', default: '500,2000' },
    dir: { type: 'string', default: '' },
  },
});

checkNode();
install();
build();

const OFFSET = 30_000;
const port = (p) => p + OFFSET;
const dir = opt.dir ? resolve(opt.dir) : mkdtempSync(join(os.tmpdir(), 'poise-bench-'));
mkdirSync(dir, { recursive: true });

/** How the harness finds us: one description with remembered credentials (as the peers, which keep plain passwords), one without. */
function description(name, credentials) {
  const memory = existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir();
  const file = join(dir, `${name}.json`);
  const set = {
    'ports.offset': OFFSET,
    domain: 'bench.example',
    'bench.firstLoginId': 8_100_000,
    'bench.password': 'bench-secret',
    'bench.credentials': credentials,
    'notification.log.debug': false,
  };
  writeFileSync(
    file,
    JSON.stringify({
      name,
      version: '0.1.0',
      settings: `poise start --bench, clear text, credentials ${credentials}`,
      cwd: root,
      start: [
        process.execPath,
        join(root, 'packages/server/bin/poise.mjs'),
        'start',
        '--bench',
        '${count}',
        '--data',
        mkdtempSync(join(memory, 'poise-bench-')),
        ...Object.entries(set).flatMap(([k, v]) => ['--set', `${k}=${v}`]),
      ],
      waitPorts: [port(7071), port(5222), port(8082)],
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
    }),
  );
  return file;
}

let status = 0;
if (opt.only !== 'rest') {
  const harness = resolve(process.env.POISE_BENCH_HARNESS ?? join(root, '../shared/bench'));
  if (!existsSync(join(harness, 'compare.mjs'))) {
    console.log(
      `The load harness is not at ${harness}: set POISE_BENCH_HARNESS to its folder. This part is skipped.`,
    );
  } else {
    const peers = opt.servers
      .split(',')
      .filter(Boolean)
      .filter((name) => {
        const found = ['/usr/bin', '/usr/sbin', '/usr/local/bin'].some((d) =>
          existsSync(join(d, name === 'ejabberd' ? 'ejabberdctl' : name)),
        );
        if (!found) console.log(`${name} is not installed and is left out.`);
        return found;
      });
    const extra = ['--levels', opt.levels];
    if (opt.quick) extra.push('--quick');
    if (opt.parts) extra.push('--parts', opt.parts);
    const r = spawnSync(
      process.execPath,
      [
        join(harness, 'compare.mjs'),
        ...peers,
        description('poise', 'known'),
        description('poise-cold', 'derived'),
        '--repeats',
        opt.repeats,
        '--dir',
        dir,
        '--',
        ...extra,
      ],
      { stdio: 'inherit', cwd: root },
    );
    status ||= r.status ?? 1;
    console.log(`raw lines: ${dir}`);
  }
}
if (opt.only !== 'harness') {
  console.log('REST to event (our own generator, not comparable with the figures above):');
  const r = spawnSync(process.execPath, [join(root, 'bench/rest-to-event.mjs')], {
    stdio: 'inherit',
    cwd: root,
  });
  status ||= r.status ?? 1;
}
process.exit(status);
