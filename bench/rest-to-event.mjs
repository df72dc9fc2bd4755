#!/usr/bin/env node
// REST to event: how long from the PUT until the agent's own stream holds the Update with that requestId.
//
//   node bench/rest-to-event.mjs [--agents 2000] [--parallel 64] [--rate 200] [--seconds 10]
//
// Starts a server of its own (`poise start --bench N`), signs N agents on to XMPP over TCP, then
//   1. storm: every agent PUTs state LOGIN, `parallel` at a time; time until the last Update
//   2. steady: READY/NOT_READY changes at a fixed rate (open loop); p50, p95, p99 of PUT → Update
// and prints one JSON line per measurement. Server and generator are pinned to a core each where taskset exists.
import { parseArgs } from 'node:util';
import { BenchAgent, counts, each } from './bench-agent.mjs';
import { FIRST_AGENT, pinGenerator, quantiles, round, startServer } from './bench-server.mjs';

const { values: opt } = parseArgs({
  options: {
    agents: { type: 'string', default: '2000' },
    parallel: { type: 'string', default: '64' },
    rate: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '10' },
    offset: { type: 'string', default: '20000' },
    help: { type: 'boolean', default: false },
  },
});
if (opt.help) {
  console.log(
    'usage: node bench/rest-to-event.mjs [--agents N] [--parallel N] [--rate N] [--seconds N] [--offset N]',
  );
  process.exit(0);
}
const N = Number(opt.agents);
pinGenerator();
const emit = (measure, figures) => console.log(JSON.stringify({ measure, agents: N, ...figures }));

const server = await startServer(N, Number(opt.offset));
emit('start', { in_service_ms: server.inServiceMs, rss_mb: server.rssMb() });

const agents = Array.from({ length: N }, (_, i) => new BenchAgent(server, String(FIRST_AGENT + i)));
let t = performance.now();
await each(N, 32, (i) => agents[i].open());
emit('xmpp sign-ons over TCP (cold credentials unless warmed)', {
  per_s: Math.round((1000 * N) / (performance.now() - t)),
});

t = performance.now();
const storm = new Float64Array(N);
await each(N, Number(opt.parallel), async (i) => {
  storm[i] = (await agents[i].setState('LOGIN', `<extension>${agents[i].id}</extension>`)).ms;
});
emit('sign-in storm: PUT LOGIN to Update, all agents', {
  seconds: round((performance.now() - t) / 1000),
  parallel: Number(opt.parallel),
  ...quantiles(storm),
  refused: counts.refused,
  rss_mb: server.rssMb(),
});

const total = Math.round(Number(opt.rate) * Number(opt.seconds));
const gap = 1000 / Number(opt.rate);
const pending = [];
const ready = new Uint8Array(N);
const begin = performance.now() + 10;
for (let k = 0; k < total; k++) {
  const wait = begin + k * gap - performance.now();
  if (wait > 0.5) await new Promise((r) => setTimeout(r, wait));
  const i = k % N;
  ready[i] ^= 1;
  pending.push(agents[i].setState(ready[i] ? 'READY' : 'NOT_READY'));
}
const steady = await Promise.all(pending);
emit('steady: PUT state to Update', {
  rate: Number(opt.rate),
  samples: total,
  ...quantiles(steady.map(({ ms }) => ms)),
  ...counts,
  rss_mb: server.rssMb(),
});
process.exit(0);
