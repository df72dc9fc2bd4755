#!/usr/bin/env node
// A shift of the contact centre in virtual time: how fast the call model is, and whether it repeats itself.
import { parseArgs } from 'node:util';
import { prepare } from '../scripts/toolchain.mjs';

const HELP = `usage: node bench/shift.mjs [options]
  --agents N     agents (default 500)
  --hours N      length of the shift (default 8)
  --seed N       the same seed gives the same history (default 1)
  --ccx          a CCX centre instead of a CCE one
  --twice        a second run with the same seed; fails when its history differs`;

const text = (fallback) => ({ type: 'string', default: fallback });
const flag = { type: 'boolean', default: false };
const { values: opt } = parseArgs({
  options: { agents: text('500'), hours: text('8'), seed: text('1'), ccx: flag, twice: flag, help: flag },
});
if (opt.help) {
  console.log(HELP);
  process.exit(0);
}

prepare();
const { simulateShift } = await import('../packages/acd/dist/index.js');

function run() {
  const started = process.hrtime.bigint();
  const cpu = process.cpuUsage();
  const result = simulateShift({
    agents: Number(opt.agents),
    durationMs: Number(opt.hours) * 3_600_000,
    seed: Number(opt.seed),
    deployment: opt.ccx ? 'CCX' : 'CCE',
  });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const { user, system } = process.cpuUsage(cpu);
  const { customers, facts, byType, requests, refused, left, hash } = result;
  console.log(`${opt.agents} agents, ${opt.hours} h, seed ${opt.seed}`);
  // Processor time counts: other work on the machine makes the clock on the wall worthless.
  const cpuSeconds = (user + system) / 1e6;
  console.log(`  ${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s of processor time`);
  console.log(
    `  ${customers.calls} customers: ${customers.completed} talked, ${customers.abandoned} gave up, ${customers.abandonedOnHold} gave up on hold, ${customers.refused} turned away`,
  );
  console.log(
    `  ${facts} facts, ${Math.round(facts / cpuSeconds)} per second of processor time; ${requests} requests, ${refused} refused`,
  );
  console.log(
    `  ${Object.entries(byType)
      .map(([type, count]) => `${type} ${count}`)
      .join(', ')}`,
  );
  console.log(`  left over: ${JSON.stringify(left)}`);
  console.log(`  memory ${Math.round(process.memoryUsage().rss / 2 ** 20)} MB`);
  console.log(`  hash ${hash}`);
  return hash;
}

const first = run();
if (opt.twice && run() !== first) {
  console.error('the two histories differ');
  process.exit(1);
}
