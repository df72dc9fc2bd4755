#!/usr/bin/env node
// What the journal (all log files, with their writing) and the ring of the notification service take of a processor for each event: recorded
// happenings (`record.mjs`) are replayed in a process of its own, in the batches that so many events a second give. With --against the packages of
// another build are measured in turns with ours, round by round, so that what else the machine does meets both alike.
//
//   node bench/logging/replay.mjs RECORDING [--against FOLDER/packages] [--rounds 60] [--warm 20] [--at 350] [--json]
import { fork } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { NODE_FLAGS, root } from '../../scripts/toolchain.mjs';

const text = (fallback) => ({ type: 'string', default: fallback });
const { values: opt, positionals } = parseArgs({
  options: {
    against: { type: 'string' },
    rounds: text('60'),
    warm: text('20'),
    at: text('350'),
    json: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
if (positionals.length !== 1) {
  console.error(
    'usage: node bench/logging/replay.mjs RECORDING [--against FOLDER/packages] [--rounds N] [--warm N] [--at N] [--json]',
  );
  process.exit(2);
}
const builds = [
  ['ours', join(root, 'packages')],
  ...(opt.against === undefined ? [] : [['against', resolve(opt.against)]]),
];

async function startWorker([name, packages]) {
  const worker = fork(
    fileURLToPath(new URL('replay-worker.mjs', import.meta.url)),
    [packages, resolve(positionals[0]), opt.at, opt.json ? 'json' : ''],
    { execArgv: [...NODE_FLAGS] },
  );
  worker.on('exit', (code) => {
    if (code !== 0) process.exit(1);
  });
  const [said] = await once(worker, 'message');
  return { name, worker, said, journal: [], ring: [] };
}

const workers = [];
for (const build of builds) workers.push(await startWorker(build));
const round = (x) => Math.round(x * 100) / 100;
for (const part of ['journal', 'ring']) {
  for (let turn = -Number(opt.warm); turn < Number(opt.rounds); turn++) {
    const order = turn % 2 === 0 ? workers : [...workers].reverse();
    for (const run of order) {
      run.worker.send(part);
      const [us] = await once(run.worker, 'message');
      if (turn >= 0) run[part].push(us);
    }
  }
  for (const { name, said, [part]: list } of workers) {
    const sorted = [...list].sort((a, b) => a - b);
    const q = (p) => sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))];
    console.log(
      JSON.stringify({
        measure: `${part}, replayed`,
        build: name,
        ...said,
        rounds: sorted.length,
        us_per_event_p50: round(q(0.5)),
        p10: round(q(0.1)),
        p90: round(q(0.9)),
        told_for_events_per_s: Number(opt.at),
        percent_of_a_processor: round((q(0.5) * Number(opt.at)) / 10_000),
        load: round(os.loadavg()[0]),
      }),
    );
  }
}
for (const { worker } of workers) worker.send('end');
