#!/usr/bin/env node
// What logging costs: the journal (all log files), the ring of the notification service's debug lines, the traces of requests. One server,
// agents over BOSH or TCP, state changes at a fixed rate; the measured part is switched off and on in turns (off on on off, …) while
// the load goes on, and the processor seconds of the server and the delays from PUT to Update are compared pair by pair. Processor seconds
// are the process's own: other work on the machine makes them less steady, but adds nothing to them.
//
// Processor seconds are counted for each event and told for `at` events a second; a machine that is busy otherwise is given a lower `rate`.
//
//   node bench/logging.mjs [--parts journal,ring,trace] [--transport bosh|tcp] [--agents 350] [--rate 350] [--at 350] [--pairs 10] [--seconds 6] [--calls 20]
import os from 'node:os';
import { parseArgs } from 'node:util';
import { BenchAgent, counts, each } from './bench-agent.mjs';
import { FIRST_AGENT, pinGenerator, quantiles, round, startServer } from './bench-server.mjs';
import { BoshAgent } from './logging/bosh-agent.mjs';

const text = (fallback) => ({ type: 'string', default: fallback });
const { values: opt } = parseArgs({
  options: {
    parts: text('journal,ring,trace'),
    transport: text('bosh'),
    agents: text('350'),
    rate: text('350'),
    at: text('350'),
    pairs: text('10'),
    seconds: text('6'),
    calls: text('20'),
    offset: text('20000'),
    help: { type: 'boolean', default: false },
  },
});
if (opt.help) {
  console.log(
    'usage: node bench/logging.mjs [--parts journal,ring,trace] [--transport bosh|tcp] [--agents N] [--rate N] [--at N] [--pairs N] [--seconds N] [--calls N] [--offset N]',
  );
  process.exit(0);
}
const N = Number(opt.agents);
const rate = Number(opt.rate);
const at = Number(opt.at);
const seconds = Number(opt.seconds);
pinGenerator();
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

const server = await startServer(
  N,
  Number(opt.offset),
  {},
  {
    imports: [new URL('logging/switches.mjs', import.meta.url).href],
  },
);
const Kind = opt.transport === 'tcp' ? BenchAgent : BoshAgent;
const agents = Array.from({ length: N }, (_, i) => new Kind(server, String(FIRST_AGENT + i)));
await each(N, 16, (i) => agents[i].open());
await each(N, 16, (i) => agents[i].setState('LOGIN', `<extension>${agents[i].id}</extension>`));

let samples = [];
let failed = 0;
let turn = 0;
const ready = new Uint8Array(N);
const begun = performance.now();
/** Open loop: whoever is late changes nothing of the others. */
const load = setInterval(() => {
  const due = ((performance.now() - begun) / 1000) * rate;
  for (; turn < due; turn++) {
    const i = turn % N;
    ready[i] ^= 1;
    agents[i].setState(ready[i] ? 'READY' : 'NOT_READY').then(
      ({ ms, failed: wrong }) => (wrong === null ? samples.push(ms) : failed++),
      () => failed++,
    );
  }
}, 5);

/** One stretch with a part off; '': none. */
async function stretch(off) {
  server.say(`${off}\n`);
  // What was under way when it was switched belongs to neither.
  await pause(1000);
  samples = [];
  const [from, since] = [server.cpuSeconds(), performance.now()];
  await pause(seconds * 1000);
  const taken = (performance.now() - since) / 1000;
  return {
    // For each event, since a busy machine does not keep the rate; then as if there were `at` of them each second.
    cpu: ((server.cpuSeconds() - from) / Math.max(1, samples.length)) * at,
    p99: quantiles(samples).p99_ms,
    events: samples.length / taken,
  };
}

const median = (list) => {
  const sorted = [...list].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
};
/** Half of the span that holds the mean in 95 of 100 cases. */
const span = (list) => {
  const mean = list.reduce((a, b) => a + b, 0) / list.length;
  const variance = list.reduce((a, b) => a + (b - mean) ** 2, 0) / Math.max(1, list.length - 1);
  return 2 * Math.sqrt(variance / list.length);
};

await stretch('');
for (const part of opt.parts.split(',').filter(Boolean)) {
  const pairs = [];
  for (let k = 0; k < Number(opt.pairs); k++) {
    const first = await stretch(k % 2 === 0 ? part : '');
    const second = await stretch(k % 2 === 0 ? '' : part);
    pairs.push(k % 2 === 0 ? { without: first, with: second } : { without: second, with: first });
  }
  const added = pairs.map((pair) => pair.with.cpu - pair.without.cpu);
  const without = median(pairs.map((pair) => pair.without.cpu));
  console.log(
    JSON.stringify({
      measure: `cost of ${part}`,
      transport: opt.transport,
      agents: N,
      told_for_events_per_s: at,
      events_per_s: round(median(pairs.map((pair) => pair.with.events))),
      pairs: pairs.length,
      cpu_without_percent: round(100 * without),
      added_percent_of_a_processor: round(100 * median(added)),
      plus_minus: round(100 * span(added)),
      added_percent_of_the_server: round((100 * median(added)) / without),
      p99_without_ms: round(median(pairs.map((pair) => pair.without.p99))),
      p99_added_ms: round(median(pairs.map((pair) => pair.with.p99 - pair.without.p99))),
      load: round(os.loadavg()[0]),
      failed,
      ...counts,
    }),
  );
}

// What single calls take, which other work on the machine disturbs less. Not in it: writing batches of lines to files, collecting garbage.
server.say('\n');
await pause(1000);
samples = [];
server.say('time\n');
await pause(Number(opt.calls) * 1000);
server.say(`report ${Math.max(1, samples.length)} ${at}\n`);
await pause(3000);
clearInterval(load);
process.exit(0);
