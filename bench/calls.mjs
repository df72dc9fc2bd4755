#!/usr/bin/env node
// Calls under load: how long from the event of the CTI server until the client reads the Update.
//
//   node bench/calls.mjs [--agents 2000] [--calls 500] [--rate 20] [--seconds 60] [--sizes 500,2000,8000]
//
// Starts `poise start --bench N`, signs N agents in over XMPP and REST, and lets `poise sim load` call them. Each
// call has its full life: it rings, is answered, held, retrieved, in one case of ten handed to another agent by consult
// and transfer, ended, wrapped up. A GED-188 client of our own (ALL_EVENTS) stands beside the link of the server; what
// it reads is the moment from which an Update counts. With `--sizes` the same traffic runs against servers of several
// sizes: the cost of an event must not grow with agents who do not see it. Prints one JSON line per measurement.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { BenchAgent, counts, each } from './bench-agent.mjs';
import { FIRST_AGENT, pinGenerator, poise, quantiles, round, startServer } from './bench-server.mjs';
import { openCtiSession } from './cti-client.mjs';

const text = (fallback) => ({ type: 'string', default: fallback });
const { values: opt } = parseArgs({
  options: {
    agents: text('2000'),
    calls: text('500'),
    rate: text('20'),
    seconds: text('60'),
    sizes: text(''),
    offset: text('20000'),
    seed: text('1'),
    help: { type: 'boolean', default: false },
  },
});
if (opt.help) {
  console.log(
    'usage: node bench/calls.mjs [--agents N] [--calls N] [--rate N] [--seconds N] [--sizes N,N] [--seed N] [--offset N]',
  );
  process.exit(0);
}
const RATE = Number(opt.rate);
const SECONDS = Number(opt.seconds);
/** How long a call lasts so that this many are up at that rate. */
const TALK_MS = (Number(opt.calls) / RATE) * 1000;
const DIALLED = '6005';

// A small generator of its own, so that two runs do the same.
let seed = Number(opt.seed);
const random = () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
};

async function measure(n, offset) {
  const emit = (what, figures) => console.log(JSON.stringify({ measure: what, agents: n, ...figures }));
  const server = await startServer(n, offset);
  const cti = await observe(server);
  const seen = new Seen(cti);
  const agents = Array.from({ length: n }, (_, i) => new Worker(server, String(FIRST_AGENT + i), seen));
  await each(n, 32, (i) => agents[i].open());
  await each(n, 64, (i) => agents[i].setState('LOGIN', `<extension>${agents[i].id}</extension>`));
  await each(n, 64, (i) => agents[i].setState('READY'));
  for (const agent of agents) agent.others = agents;
  emit('signed in and ready', { rss_mb: server.rssMb() });

  const load = sim(server, ['load', '--calls-per-second', opt.rate, '--to', DIALLED, '--seed', opt.seed]);
  if (load.status !== 0) throw new Error(`the simulation could not be started: ${load.stderr}${load.stdout}`);
  // Until as many calls are up as there shall be, nothing counts.
  await sleep(TALK_MS + 5_000);
  seen.reset();
  const before = { cpu: server.cpuSeconds(), events: cti.events };
  const up = [];
  for (let s = 0; s < SECONDS; s++) {
    await sleep(1_000);
    up.push(agents.filter((agent) => agent.dialogs.size > 0).length);
  }
  const cpu = server.cpuSeconds() - before.cpu;
  const events = cti.events - before.events;
  emit('calls under load: CTI event to the client that reads its Update', {
    calls_per_s: RATE,
    agents_in_calls: Math.round(up.reduce((a, b) => a + b, 0) / up.length),
    samples: seen.latencies.length,
    ...quantiles(seen.latencies),
    by_happening: seen.summary(),
    cti_events_per_s: round(events / SECONDS),
    cpu_percent: round((100 * cpu) / SECONDS),
    cpu_us_per_cti_event: round((1e6 * cpu) / events),
    rss_mb: server.rssMb(),
    failed_requests: Worker.failed,
    refused: counts.refused,
    never_seen: seen.missing(),
    first_failure: Worker.firstFailure,
  });
  sim(server, ['stop']);
  process.kill(server.pid, 'SIGTERM');
}

function sim(server, args) {
  const command = [poise, 'sim', ...args, '--data', server.data];
  return spawnSync(process.execPath, command, { encoding: 'utf8' });
}

function sleep(ms) {
  return new Promise((done) => setTimeout(done, ms));
}

/** A bridge beside the server's own link: when each call event came, by happening, call and device. */
async function observe(server) {
  const told = { at: new Map(), events: 0, onEvent: () => {} };
  const HAPPENING = {
    CALL_DELIVERED_EVENT: ['ALERTING', 'AlertingDeviceID'],
    CALL_ESTABLISHED_EVENT: ['ACTIVE', 'AnsweringDeviceID'],
    CALL_HELD_EVENT: ['HELD', 'HoldingDeviceID'],
    CALL_RETRIEVED_EVENT: ['RETRIEVED', 'RetrievingDeviceID'],
  };
  function take({ name, fields }, now) {
    if (name.startsWith('CALL_') || name === 'BEGIN_CALL_EVENT' || name === 'END_CALL_EVENT') told.events++;
    const row = HAPPENING[name];
    // One copy per device: the one of the device that it happened to.
    if (row === undefined || fields[row[1]] !== fields.ConnectionDeviceID) return;
    told.onEvent(`${row[0]} ${fields.ConnectionCallID} ${fields.ConnectionDeviceID}`, now);
  }
  await openCtiSession(server.port(42027), (event) => {
    if (event.type === 'message') take(event.message, performance.now());
  });
  return told;
}

/** Pairs what the CTI server told with what the client read; whichever came first waits. */
class Seen {
  constructor(cti) {
    this.reset();
    cti.onEvent = (key, now) => this.pair(this.told, this.read, key, now, 1);
  }
  reset() {
    this.told = new Map();
    this.read = new Map();
    this.latencies = [];
    this.by = new Map();
  }
  heard(key, now) {
    this.pair(this.read, this.told, key, now, -1);
  }
  pair(own, other, key, now, sign) {
    const at = other.get(key);
    if (at === undefined) {
      own.set(key, now);
      return;
    }
    other.delete(key);
    // The observer may be served after the link of the server: then nothing is known but that it was at once.
    const ms = Math.max(0, (at - now) * sign);
    this.latencies.push(ms);
    const happening = key.slice(0, key.indexOf(' '));
    this.by.set(happening, [...(this.by.get(happening) ?? []), ms]);
  }
  summary() {
    return Object.fromEntries(
      [...this.by].map(([name, list]) => [name, { n: list.length, ...quantiles(list) }]),
    );
  }
  /** Events older than two seconds that no client read. */
  missing() {
    const now = performance.now();
    return [...this.told.values()].filter((at) => now - at > 2_000).length;
  }
}

/** An agent who answers, holds, retrieves, sometimes hands on, and ends calls. */
class Worker extends BenchAgent {
  static failed = 0;
  static firstFailure = null;

  constructor(server, id, seen) {
    super(server, id, (_agent, update, now) => this.dialogUpdate(update, now));
    this.seen = seen;
    /** Dialog id → own participant state. */
    this.dialogs = new Map();
  }

  dialogUpdate(update, now) {
    if (!update.includes('<participants>')) return;
    const event = /<event>(\w+)</.exec(update)?.[1];
    for (const [, dialog] of update.matchAll(/<[dD]ialog>([\s\S]*?)<\/[dD]ialog>/g))
      this.dialog(dialog, event, now);
  }

  dialog(dialog, event, now) {
    const id = /\n<id>(\d+)</.exec(dialog)?.[1];
    if (id === undefined) return;
    if (event === 'DELETE') {
      this.dialogs.delete(id);
      return;
    }
    let own;
    for (const [, part] of dialog.matchAll(/<Participant>([\s\S]*?)<\/Participant>/g)) {
      if (part.includes(`<mediaAddress>${this.id}<`)) own = /<state>(\w+)</.exec(part)?.[1];
    }
    const before = this.dialogs.get(id);
    if (own === undefined || own === before) return;
    this.dialogs.set(id, own);
    const happening = own === 'ACTIVE' && before === 'HELD' ? 'RETRIEVED' : own;
    this.seen.heard(`${happening} ${id} ${this.id}`, now);
    if (own === 'ALERTING') this.later(500 + random() * 1_500, () => this.request(id, 'ANSWER'));
    if (own === 'ACTIVE' && (before === 'ALERTING' || before === undefined)) void this.handle(id);
    if (own === 'WRAP_UP') this.later(1_000, () => this.setState('READY'));
  }

  /** The life of a call from the answer on. */
  async handle(id) {
    const begun = performance.now();
    await sleep(2_000 + random() * 3_000);
    if (!this.is(id, 'ACTIVE')) return;
    await this.request(id, 'HOLD');
    await sleep(1_000 + random() * 2_000);
    if (!this.is(id, 'HELD')) return;
    await this.request(id, 'RETRIEVE');
    if (random() < 0.1) {
      await sleep(500);
      const other = this.others[Math.floor(random() * this.others.length)];
      if (other !== this && other.dialogs.size === 0 && this.is(id, 'ACTIVE')) {
        await this.request(id, 'CONSULT_CALL', `<toAddress>${other.id}</toAddress>`);
        await sleep(4_000);
        if (this.is(id, 'HELD')) await this.request(id, 'TRANSFER');
        return;
      }
    }
    await sleep(Math.max(0, TALK_MS - (performance.now() - begun)));
    if (this.is(id, 'ACTIVE')) await this.request(id, 'DROP');
  }

  is(id, state) {
    return this.dialogs.get(id) === state;
  }

  later(ms, work) {
    setTimeout(() => void work().catch((error) => this.failedWith(String(error))), ms);
  }

  async request(id, action, more = '') {
    const body = `<Dialog><requestedAction>${action}</requestedAction><targetMediaAddress>${this.id}</targetMediaAddress>${more}</Dialog>`;
    try {
      const { failed } = await this.act('PUT', `Dialog/${id}`, body);
      if (failed) this.failedWith(`${action} ${id}: ${failed}`);
    } catch (error) {
      this.failedWith(String(error));
    }
  }

  failedWith(what) {
    Worker.failed++;
    Worker.firstFailure ??= what;
  }
}

pinGenerator();
if (opt.sizes === '') await measure(Number(opt.agents), Number(opt.offset));
else {
  // One process per size: a server of another size must not share the generator's garbage.
  for (const [i, size] of opt.sizes.split(',').entries()) {
    const args = ['--agents', size, '--offset', String(Number(opt.offset) + i)];
    for (const name of ['calls', 'rate', 'seconds', 'seed']) args.push(`--${name}`, opt[name]);
    spawnSync(process.execPath, [import.meta.filename, ...args], { stdio: 'inherit' });
  }
}
process.exit(0);
