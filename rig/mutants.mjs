#!/usr/bin/env node
// `npm run rig:mutants`: does the rig find what is wrong? A defect is put into the server, and a short run has to be broken by the
// invariant that it offends (docs/faults.md).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { MUTANTS } from './mutant-list.mjs';

const { values: opt, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '7' },
    offset: { type: 'string', default: '56000' },
    help: { type: 'boolean', default: false },
  },
});
const wrong = positionals.find((name) => MUTANTS[name] === undefined);
if (opt.help || wrong !== undefined) {
  if (!opt.help) console.error(`No mutant is named ${wrong}.`);
  console.log('usage: npm run rig:mutants -- [--seed N] [--offset N] [names]');
  for (const [name, { what }] of Object.entries(MUTANTS)) console.log(`  ${name.padEnd(24)}${what}`);
  process.exit(opt.help ? 0 : 2);
}

const program = join(dirname(fileURLToPath(import.meta.url)), 'run.mjs');
/** Enough for both doors, a supervisor, and clients with reasons. */
const DESKS = 5;
/** Two of each kind that moves. */
const DESKS_OF_NODES = 6;
const SHOWN = 150;

let survivors = 0;
for (const name of positionals.length > 0 ? positionals : Object.keys(MUTANTS)) {
  const { what, faults, found, rounds = 1, nodes = 1 } = MUTANTS[name];
  const out = await run([
    ...['--mutant', name, '--fast', '--seed', opt.seed, '--offset', opt.offset, '--nodes', String(nodes)],
    ...['--desks', String(nodes > 1 ? DESKS_OF_NODES : DESKS)],
    ...['--rounds', String(rounds), '--faults', faults.join()],
  ]);
  const broken = out
    .split('\n')
    .filter((line) => line.includes('BROKEN in step'))
    .map((line) => line.replace(/.*BROKEN in step \d+ of seed \d+: /, ''));
  const by = broken.filter((sentence) => found.test(sentence));
  if (by.length === 0) survivors += 1;
  const others = broken.length - by.length;
  console.log(`${name} (${what}): ${by.length === 0 ? 'SURVIVED' : `found ${by.length} times`}`);
  console.log(
    `    ${(by[0] ?? broken[0] ?? (/0 broken invariants/.test(out) ? 'nothing broke' : out.slice(-600))).slice(0, SHOWN)}`,
  );
  if (others > 0) console.log(`    and ${others} broken invariants of other kinds`);
}
console.log(survivors === 0 ? 'every mutant was found' : `${survivors} MUTANTS SURVIVED`);
process.exit(survivors === 0 ? 0 : 1);

async function run(args) {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      out += chunk;
    });
  await once(child, 'close');
  return out;
}
