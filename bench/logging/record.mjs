#!/usr/bin/env node
// Records what a server tells its logs while agents over BOSH change their states, for `replay.mjs`:
//
//   node bench/logging/record.mjs FILE [--agents 40] [--events 350] [--rate 60] [--offset 20000]
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { each } from '../bench-agent.mjs';
import { FIRST_AGENT, startServer } from '../bench-server.mjs';
import { BoshAgent } from './bosh-agent.mjs';

const text = (fallback) => ({ type: 'string', default: fallback });
const { values: opt, positionals } = parseArgs({
  options: { agents: text('40'), events: text('350'), rate: text('60'), offset: text('20000') },
  allowPositionals: true,
});
if (positionals.length !== 1) {
  console.error(
    'usage: node bench/logging/record.mjs FILE [--agents N] [--events N] [--rate N] [--offset N]',
  );
  process.exit(2);
}
const path = resolve(positionals[0]);
const [count, events, rate] = [opt.agents, opt.events, opt.rate].map(Number);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

const server = await startServer(
  count,
  Number(opt.offset),
  {},
  { imports: [new URL('recorder.mjs', import.meta.url).href], pinned: false },
);
const agents = Array.from({ length: count }, (_, i) => new BoshAgent(server, String(FIRST_AGENT + i)));
await each(count, 8, (i) => agents[i].open());
await each(count, 8, (i) => agents[i].setState('LOGIN', `<extension>${agents[i].id}</extension>`));
await pause(1000);
server.say('record\n');
const changes = [];
for (let event = 0; event < events; event++) {
  const isReady = Math.floor(event / count) % 2 === 0;
  changes.push(agents[event % count].setState(isReady ? 'READY' : 'NOT_READY'));
  await pause(1000 / rate);
}
await Promise.all(changes);
await pause(500);
server.say(`write ${path}\n`);
for (let waited = 0; waited < 50 && !existsSync(path); waited++) await pause(100);
await pause(500);
process.exit(0);
