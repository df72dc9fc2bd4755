#!/usr/bin/env node
// A large configuration: 12,000 users, 500 teams, 50 queues, 200 reason codes with 6,000 assignments, ten books of 1,500 contacts.
//
//   node bench/configuration.mjs [--store postgres://…] [--rate 500] [--seconds 30]
//
// Prints one JSON line for each: `poise config apply` of all that, the same once more (nothing to change), `config export`, the start
// with it until IN_SERVICE, GET of the reason codes of 20 agents at a fixed rate (open loop: a late answer does not put off the next
// request, and its waiting counts), and the tables of the administration console in Chromium.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { NODE_FLAGS } from '../scripts/toolchain.mjs';
import { dataDirectory, pinGenerator, poise, quantiles, round } from './bench-server.mjs';

const text = (fallback) => ({ type: 'string', default: fallback });
const { values: opt } = parseArgs({
  options: {
    store: text(''),
    users: text('12000'),
    teams: text('500'),
    rate: text('500'),
    seconds: text('30'),
    offset: text('20800'),
    help: { type: 'boolean', default: false },
  },
});
if (opt.help) {
  console.log(
    'usage: node bench/configuration.mjs [--store URL] [--users N] [--teams N] [--rate PER_SECOND] [--seconds N] [--offset N]',
  );
  process.exit(0);
}
const [users, teams, rate, seconds, offset] = ['users', 'teams', 'rate', 'seconds', 'offset'].map((name) =>
  Number(opt[name]),
);

/** Agents who ask; the others have no password, for deriving 12,000 keys would measure PBKDF2. */
const ASKING = 20;
const PASSWORD = 'bench-secret-1';
/** Of each category; more there cannot be for teams. */
const CODES = 100;
const ASSIGNED = 30;

const range = (count, one) => Array.from({ length: count }, (_, index) => one(index));
const teamName = (index) => `Team ${String(index + 1).padStart(3, '0')}`;

const codeOf = (index) => ({
  code: 1_000 + index,
  label: `Reason ${index}`,
  assignedTo: [...new Set(range(ASSIGNED, (k) => teamName((index * 7 + k * 17) % teams)))],
});

/** The form is YAML, and JSON is YAML. */
function tree() {
  const password = { env: 'BENCH_PASSWORD' };
  return {
    poise: 1,
    teams: range(teams, (index) => ({ name: teamName(index) })),
    skillGroups: range(50, (index) => ({ number: 100 + index, id: 5_100 + index, name: `Queue ${index}` })),
    users: [
      { loginId: 'boss', roles: ['Administrator'], password },
      ...range(users - 1, (index) => ({
        loginId: String(7_000_001 + index),
        firstName: `First${index % 700}`,
        lastName: `Last${index}`,
        team: teamName(index % teams),
        skillGroups: [100 + (index % 50)],
        ...(index < ASKING && { password }),
      })),
    ],
    // Each code is assigned to 30 teams: 6,000 assignments.
    reasonCodes: Object.fromEntries(
      ['NOT_READY', 'LOGOUT'].map((category) => [category, range(CODES, (index) => codeOf(index))]),
    ),
    phoneBooks: range(10, (book) => ({
      name: `Book ${book}`,
      contacts: range(1_500, (index) => ({
        firstName: `Given${index}`,
        lastName: `Family${book}`,
        phoneNumber: `+49${book}${String(index).padStart(6, '0')}`,
        description: '',
      })),
    })),
  };
}

const data = dataDirectory();
const file = join(data, 'centre.yaml');
writeFileSync(file, JSON.stringify(tree()));
const settings = ['--data', data, ...(opt.store === '' ? [] : ['--set', `store.url=${opt.store}`])];
const store = opt.store === '' ? 'SQLite' : 'PostgreSQL';
const print = (line) => console.log(JSON.stringify({ store, ...line }));

function command(...args) {
  const started = performance.now();
  const ran = spawnSync(process.execPath, [...NODE_FLAGS, poise, ...args, ...settings], {
    encoding: 'utf8',
    env: { ...process.env, BENCH_PASSWORD: PASSWORD },
  });
  if (ran.status !== 0) throw new Error(`${args.join(' ')}: ${ran.stderr || ran.stdout}`);
  return round((performance.now() - started) / 1_000);
}

print({ measure: 'config apply', s: command('config', 'apply', file) });
print({ measure: 'config apply, nothing to change', s: command('config', 'apply', file) });
print({ measure: 'config export', s: command('config', 'export', join(data, 'out.yaml')) });

const hasTaskset = os.cpus().length > 1 && spawnSync('taskset', ['-V']).status === 0;
async function start() {
  const line = [
    process.execPath,
    ...NODE_FLAGS,
    poise,
    'start',
    ...settings,
    '--set',
    `ports.offset=${offset}`,
  ];
  const [program, ...args] = hasTaskset ? ['taskset', '-c', '0', ...line] : line;
  const started = performance.now();
  const server = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  process.on('exit', () => server.kill('SIGKILL'));
  await new Promise((inService, fail) => {
    let said = '';
    server.stdout.on('data', (chunk) => {
      said += chunk;
      if (/^poise: IN_SERVICE/m.test(said)) inService();
    });
    server.once('exit', (code) => fail(new Error(`the server ended with ${code}`)));
  });
  return { server, inServiceMs: Math.round(performance.now() - started) };
}
const stopped = (server) =>
  new Promise((gone) => {
    server.removeAllListeners('exit');
    server.once('exit', gone);
    server.kill('SIGTERM');
  });
const rssMb = (pid) => {
  try {
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024);
  } catch {
    return null;
  }
};

// Once for what a first start makes: certificates, numbers.
await stopped((await start()).server);
const { server, inServiceMs } = await start();
print({ measure: 'start until IN_SERVICE', ms: inServiceMs, rss_mb: rssMb(server.pid) });

pinGenerator();
const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
const basic = (user) => `Basic ${Buffer.from(`${user}:${PASSWORD}`).toString('base64')}`;
const get = (user, path) =>
  new Promise((resolve, reject) => {
    const request = http.get(
      { host: '127.0.0.1', port: 8082 + offset, path, agent, headers: { authorization: basic(user) } },
      (response) => {
        let length = 0;
        response.on('data', (chunk) => {
          length += chunk.length;
        });
        response.on('end', () => resolve({ status: response.statusCode, length }));
      },
    );
    request.on('error', reject);
  });

/** Requests leave when they are due; times count from then. */
async function load(count) {
  const taken = [];
  let failed = 0;
  let bytes = 0;
  // So many timers take their time to be made.
  const began = performance.now() + 1_000;
  await Promise.all(
    range(count, async (index) => {
      const dueAt = began + (index * 1_000) / rate;
      await new Promise((due) => setTimeout(due, Math.max(0, dueAt - performance.now())));
      // Timers may be up to 1 ms early: then it counts from here.
      const from = Math.min(dueAt, performance.now());
      const user = String(7_000_001 + (index % ASKING));
      const { status, length } = await get(user, `/finesse/api/User/${user}/ReasonCodes?category=NOT_READY`);
      if (status !== 200) failed++;
      bytes = Math.max(bytes, length);
      taken.push(performance.now() - from);
    }),
  );
  return { requests: count, failed, bytes_max: bytes, ...quantiles(taken) };
}
// Keys are derived at the first request of each, and code becomes warm.
await load(rate * 3);
print({ measure: `GET User/{id}/ReasonCodes at ${rate}/s`, ...(await load(rate * seconds)) });
agent.destroy();

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
});
const page = await browser.newPage({ locale: 'en-GB', viewport: { width: 1280, height: 800 } });
await page.goto(`http://localhost:${8082 + offset}/cfadmin/`);
await page.locator('input[name=username]').fill('boss');
await page.locator('input[name=password]').fill(PASSWORD);
await page.keyboard.press('Enter');
await page.locator('.areas').waitFor();
for (const [area, heading, wanted] of [
  ['teams', 'Teams', teamName(teams - 1)],
  ['users', 'Users', String(7_000_000 + users - 1)],
]) {
  const opened = performance.now();
  await page.evaluate((hash) => {
    location.hash = hash;
  }, `#/${area}`);
  await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
  await page.locator('[role=grid] [role=row]').nth(1).waitFor();
  const shown = performance.now();
  await page.getByLabel('Search').fill(wanted);
  await page
    .getByRole('gridcell', { name: wanted, exact: true })
    .or(page.getByRole('rowheader', { name: wanted, exact: true }))
    .first()
    .waitFor();
  print({
    measure: `console, ${area}`,
    table_ms: Math.round(shown - opened),
    found_ms: Math.round(performance.now() - shown),
  });
}
await browser.close();
await stopped(server);
process.exit(0);
