#!/usr/bin/env node
// `npm run rig`: named faults between real processes, and what must hold after each of them (docs/faults.md).
import { parseArgs } from 'node:util';
import { quantiles } from '../bench/bench-server.mjs';
import { Campaign } from './campaign.mjs';
import { FAULTS, partsOf } from './faults.mjs';
import { MUTANTS } from './mutant-list.mjs';
import { withoutNats, withoutPostgres } from './nodes/engines.mjs';
import { NODE_FAULTS } from './nodes/faults.mjs';
import { NodesRig, withoutAddresses, withoutCluster } from './nodes/rig.mjs';
import { randomOf } from './random.mjs';
import { faketime, lastLines, Rig, services, smallDisk } from './rig.mjs';
import { FAST, FAST_NODES, PRODUCT } from './timings.mjs';

const HELP = `usage: npm run rig -- [options]
  --seed N        what is left to chance: order of the faults, targets, traffic (default: drawn, and printed)
  --faults a,b    names, or beginnings of names such as client- (default: all); --list prints them
  --rounds N      how often each fault is run, in another order each time (default 1)
  --step N,M      only these steps of the plan
  --minutes M     further rounds until so many minutes are over
  --at-once N     clients that have a fault at the same time (default 2)
  --desks N       clients, of ten kinds (default 10; with several nodes of three kinds, and 6)
  --nodes N       several nodes, at 127.0.0.1, 127.0.0.2 and so on, with faults of their own (default 1)
  --without a,b   what nodes do not share although it is here: nats, postgres; correlation: answers to requests made at other nodes are not looked for
  --fast          presence, heartbeats and all times of faults a tenth of the product's
  --offset N      added to every port (default 56000)
  --mutant NAME   a defect that is put into the server, see npm run rig:mutants -- --help
  --keep          leave the data directory and the logs
  --list          print the faults, and which cannot be had here
  --help          print this`;

const text = (fallback) => ({ type: 'string', default: fallback });
const { values: opt } = parseArgs({
  options: {
    seed: text(''),
    faults: text(''),
    rounds: text('1'),
    step: text(''),
    minutes: text('0'),
    'at-once': text('2'),
    desks: text(''),
    nodes: text('1'),
    without: text(''),
    offset: text('56000'),
    mutant: text(''),
    fast: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (opt.help) {
  console.log(HELP);
  process.exit(0);
}

const count = Number(opt.nodes);
const several = count > 1;
const FAULTS_HERE = several ? NODE_FAULTS : FAULTS;
const noAddresses = await withoutAddresses(count);
if (noAddresses !== null) {
  console.log(`skipped: ${noAddresses}`);
  process.exit(0);
}
const unwanted = (name) => (opt.without.split(',').includes(name) ? `--without ${name}` : null);
const noNats = several ? (unwanted('nats') ?? withoutNats() ?? (await withoutCluster())) : null;
const here = {
  faketime,
  services,
  smallDisk: smallDisk(),
  nats: noNats,
  // A database in common is told of changes over NATS.
  postgres: noNats ?? unwanted('postgres') ?? withoutPostgres(),
};
const missing = (fault) =>
  partsOf(fault)
    .map(({ needs }) => needs?.(here) ?? null)
    .find(Boolean) ?? null;
if (opt.list) {
  const width = Math.max(...FAULTS_HERE.map(({ name }) => name.length)) + 2;
  for (const fault of FAULTS_HERE) {
    const reason = missing(fault);
    console.log(`${fault.name.padEnd(width)}${fault.what}${reason === null ? '' : ` [skipped: ${reason}]`}`);
  }
  process.exit(0);
}

const asked = opt.faults.split(',').filter(Boolean);
const unknown = asked.filter((name) => !FAULTS_HERE.some((fault) => fault.name.startsWith(name)));
if (unknown.length > 0) {
  console.error(`No fault is named ${unknown.join(', ')}; --list prints them.`);
  process.exit(2);
}
// A whole name is that fault alone, also where others begin with it.
const wanted = (name) => (one) =>
  FAULTS_HERE.some((fault) => fault.name === one) ? name === one : name.startsWith(one);
const chosen = FAULTS_HERE.filter(({ name }) => asked.length === 0 || asked.some(wanted(name)));
const faults = chosen.filter((fault) => {
  const reason = missing(fault);
  if (reason !== null) console.log(`${fault.name} is skipped: ${reason}`);
  return reason === null;
});
const parts = faults.flatMap(partsOf);

if (opt.mutant !== '' && MUTANTS[opt.mutant] === undefined) {
  console.error(`No mutant is named ${opt.mutant}.`);
  process.exit(2);
}

const seed = opt.seed === '' ? Math.floor(Math.random() * 1e6) : Number(opt.seed);
const started = performance.now();
let breaks = 0;
let step = 0;

/** Seconds since the begin, and the line. */
const say = (line) =>
  console.log(`${((performance.now() - started) / 1_000).toFixed(1).padStart(7)}  ${line}`);

function broken(sentence, desk = null) {
  breaks += 1;
  say(`BROKEN in step ${step} of seed ${seed}: ${sentence}`);
  for (const [who, lines] of excerpts(desk))
    console.log(lines.map((line) => `    ${who}: ${line}`).join('\n'));
}

/** Last lines of the logs that may explain it. */
const excerpts = (desk) => [
  ...rig.excerpts(desk),
  ...(desk === null ? [] : [['client', lastLines(desk.last, 4)]]),
];

const rig = new (several ? NodesRig : Rig)(
  {
    seed,
    faults: FAULTS_HERE,
    timings: opt.fast ? (several ? FAST_NODES : FAST) : PRODUCT,
    desks: Number(opt.desks || (several ? 6 : 10)),
    nodes: count,
    nats: here.nats === null,
    correlates: here.nats === null && unwanted('correlation') === null,
    postgres: here.postgres === null,
    offset: Number(opt.offset),
    keep: opt.keep,
    clocks: new Set(parts.flatMap(({ preload, target }) => (preload ? [target] : []))),
    disk: parts.some(({ disk }) => disk),
    mutant: opt.mutant,
    onDisconnect: seed % 2 === 0 ? 'notReady' : 'logout',
  },
  broken,
);
await rig.open();
say(
  `seed ${seed}, ${faults.length} faults, ${rig.desks.map(({ name }) => name).join(' ')}; ${rig.directory}`,
);
const streams = new Map();
/** One stream for each purpose, which goes on from step to step. */
const random = (name) => {
  if (!streams.has(name)) streams.set(name, randomOf(seed, name));
  return streams.get(name);
};
const campaign = new Campaign(rig, random, { broken, say });
const steps = opt.step.split(',').filter(Boolean).map(Number);
await campaign.begin();
/** Several of them can happen at once, each to a client of its own. */
const isOfClients = ({ target, withNode }) => target === 'desk' && withNode !== true;
const minutes = () => (performance.now() - started) / 60_000;
for (let round = 0; round < Number(opt.rounds) || minutes() < Number(opt.minutes); round++) {
  const clients = random('order').shuffled(faults.filter(isOfClients));
  const others = faults.filter((fault) => !isOfClients(fault)).map(({ name }) => [name]);
  const groups = [];
  const atOnce = Math.min(Number(opt['at-once']), rig.desks.length);
  while (clients.length > 0) groups.push(clients.splice(0, atOnce).map(({ name }) => name));
  for (const names of random('order').shuffled([...groups, ...others])) {
    step += 1;
    if (steps.length === 0 || steps.includes(step)) await campaign.step(names, step);
  }
}
await campaign.end();
await rig.close();

console.log('');
const width = Math.max(...faults.map(({ name }) => name.length)) + 2;
const cell = (value) =>
  (value === undefined || Number.isNaN(value) ? '-' : String(Math.round(value))).padStart(9);
console.log(`${''.padEnd(width)}   runs  pictures equal after, ms     in service after, ms`);
console.log(`${'fault'.padEnd(width)}              p50      p99      max      p50      p99`);
for (const { name } of faults) {
  const results = campaign.results.filter(({ fault }) => fault === name);
  const healed = quantiles(results.flatMap((result) => result.healed));
  const service = quantiles(results.map(({ inServiceMs }) => inServiceMs));
  console.log(
    name.padEnd(width) +
      String(results.length).padStart(7) +
      [healed.p50_ms, healed.p99_ms, healed.max_ms, service.p50_ms, service.p99_ms].map(cell).join(''),
  );
}
// Ours have 10 s after the fault; the others after their own return, which they choose the moment of.
const healings = campaign.results.flatMap((result) => result.healings);
const kinds = [...new Set(healings.map(({ kind }) => kind))];
console.log(`\n${'client'.padEnd(width)}   pictures equal after the fault, ms   after its own return, ms`);
console.log(`${''.padEnd(width)}         p50      p99      max               p99      max`);
for (const kind of kinds) {
  const of = healings.filter((one) => one.kind === kind);
  const fault = quantiles(of.map(({ ms }) => ms));
  const back = quantiles(of.map(({ afterReturnMs }) => afterReturnMs));
  console.log(
    `${kind.padEnd(width)}   ${[fault.p50_ms, fault.p99_ms, fault.max_ms].map(cell).join('')}         ` +
      [back.p99_ms, back.max_ms].map(cell).join(''),
  );
}
const all = quantiles(campaign.results.flatMap(({ healed }) => healed));
const crashed = rig.desks
  .filter(({ crashes }) => crashes > 0)
  .map(({ name, crashes }) => `${name} ${crashes}`);
if (crashed.length > 0)
  console.log(`\nprograms of clients that ended by themselves and were started again: ${crashed.join(', ')}`);
const noticed = campaign.results.map(({ noticedMs }) => noticedMs).filter((ms) => ms !== undefined);
console.log(
  `\nall: p50 ${Math.round(all.p50_ms)} ms, p99 ${Math.round(all.p99_ms)} ms; ${campaign.results.length} faults, ` +
    `${campaign.calls} customers, ${rig.ledger.count} requests (${rig.ledger.accepted} accepted), ` +
    `${rig.desks.reduce((sum, { resumptions }) => sum + resumptions, 0)} sessions resumed, ` +
    `${campaign.demands} sign-outs demanded (${campaign.notChecked.length} of them not checked), ${noticed.length} seen, ${rig.wrongAnswers.count} answers tampered with` +
    (several ? `, ${rig.compared} users and calls the same at all nodes` : ''),
);
for (const sentence of campaign.notChecked) console.log(`not checked: ${sentence}`);
console.log(`seed ${seed}: ${breaks === 0 ? '0 broken invariants' : `${breaks} BROKEN INVARIANTS`}`);
process.exit(breaks === 0 ? 0 : 1);
