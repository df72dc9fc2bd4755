#!/usr/bin/env node
// Recovery in the middle of calls: how long until the webservices know again of every agent what the CTI server knows.
//
//   node bench/recovery.mjs [--agents 2000] [--configured 12000] [--calls 500] [--rtt 200] [--repeats 5]
//
// `poise cti --bench N` and the webservices run as two processes, with a line to each side of the CTI server on which each
// direction takes half of `--rtt` ms. Of the configured agents some sign in, customers call, agents answer, some hold, some
// consult. Then, again and again: the lines are cut (or the webservices are killed), meanwhile 25 calls end and 25
// begin, and the line to the other side is joined (or the webservices are started). Measured from that moment: until the
// webservices are in service, and until a client has read the Update of each call that ended or began in the gap.
// Then as often: only the line in use is cut, and the other side accepts all the time. After each of them the
// pictures of all agents are compared with the queries and snapshots of the CTI server. Prints one JSON line per
// measurement.
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import net from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BenchAgent, each } from './bench-agent.mjs';
import {
  dataDirectory,
  FIRST_AGENT,
  PASSWORD,
  pinGenerator,
  quantiles,
  startServer,
} from './bench-server.mjs';
import { CtiObserver } from './cti-observer.mjs';
import { pictureIn } from './served-picture.mjs';

const text = (fallback) => ({ type: 'string', default: fallback });
const { values: opt } = parseArgs({
  options: {
    agents: text('2000'),
    configured: text('12000'),
    calls: text('500'),
    rtt: text('200'),
    repeats: text('5'),
    offset: text('20000'),
    help: { type: 'boolean', default: false },
  },
});
if (opt.help) {
  console.log(
    'usage: node bench/recovery.mjs [--agents N] [--configured N] [--calls N] [--rtt MS] [--repeats N] [--offset N]',
  );
  process.exit(0);
}
const AGENTS = Number(opt.agents);
const CONFIGURED = Math.max(AGENTS, Number(opt.configured));
const CALLS = Number(opt.calls);
const OFFSET = Number(opt.offset);
const CTI_PORT = 42_027 + OFFSET;
const CTI_PORT_B = 43_027 + OFFSET;
/** Calls that end, and calls that begin, while the webservices are cut off. */
const CHANGES = 25;
const GAP_MS = 3_000;
const DIALLED = '6005';
/** Every so many-th agent in a call holds it; every so many-th consults a colleague. */
const HOLDS = 5;
const CONSULTS = 20;

const emit = (measure, figures) =>
  console.log(JSON.stringify({ measure, agents: AGENTS, configured: CONFIGURED, ...figures }));
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** The line between the two processes: each direction takes half of the round trip; it can be cut and joined. */
class SlowLine {
  constructor(farPort, rttMs) {
    this.isCut = false;
    this.sockets = new Set();
    this.server = net.createServer((near) => {
      if (this.isCut) {
        near.destroy();
        return;
      }
      const far = net.connect({ host: '127.0.0.1', port: farPort, noDelay: true });
      near.setNoDelay(true);
      for (const [from, to] of [
        [near, far],
        [far, near],
      ]) {
        this.sockets.add(from);
        from.on('data', (chunk) => setTimeout(() => to.writable && to.write(chunk), rttMs / 2));
        from.on('error', () => to.destroy());
        from.on('close', () => {
          this.sockets.delete(from);
          to.destroy();
        });
      }
    });
  }
  async open() {
    await new Promise((done) => this.server.listen(0, '127.0.0.1', done));
    return this.server.address().port;
  }
  cut() {
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy();
  }
  join() {
    this.isCut = false;
  }
}

/** An agent who answers; some hold, some consult. Notes when Updates of which calls came. */
class Worker extends BenchAgent {
  static answered = 0;
  /** `agent call event` → ms of the latest. */
  static heard = new Map();

  constructor(server, id) {
    super(server, id, (_agent, update, now) => this.update(update, now));
    this.dialogs = new Map();
  }

  update(update, now) {
    if (!update.includes('<participants>')) return;
    const event = /<event>(\w+)</.exec(update)?.[1];
    for (const [, dialog] of update.matchAll(/<[dD]ialog>([\s\S]*?)<\/[dD]ialog>/g)) {
      const id = /\n<id>(\d+)</.exec(dialog)?.[1];
      if (id === undefined) continue;
      Worker.heard.set(`${this.id} ${id} ${event}`, now);
      if (event === 'DELETE') {
        this.dialogs.delete(id);
        continue;
      }
      let own;
      for (const [, part] of dialog.matchAll(/<Participant>([\s\S]*?)<\/Participant>/g))
        if (part.includes(`<mediaAddress>${this.id}<`)) own = /<state>(\w+)</.exec(part)?.[1];
      const before = this.dialogs.get(id);
      this.dialogs.set(id, own);
      if (own === 'ALERTING' && before !== own) void this.work(id).catch(() => {});
    }
  }

  async work(id) {
    await this.request(id, 'ANSWER');
    const n = Worker.answered++;
    if (n % HOLDS === 0) await this.request(id, 'HOLD');
    else if (n % CONSULTS === 1) {
      const idle = this.others.find((other) => other.dialogs.size === 0 && other !== this && !other.asked);
      if (idle === undefined) return;
      idle.asked = true;
      await this.request(id, 'CONSULT_CALL', `<toAddress>${idle.id}</toAddress>`);
    }
  }

  request(id, action, more = '') {
    const body = `<Dialog><requestedAction>${action}</requestedAction><targetMediaAddress>${this.id}</targetMediaAddress>${more}</Dialog>`;
    return this.act('PUT', `Dialog/${id}`, body);
  }
}

const keepAlive = new Agent({ keepAlive: true, maxSockets: 64 });

/** A GET as an agent, or without a credential. Resolves with status and text; status 0 when nobody answers. */
function fetchXml(path, agentId = null) {
  return new Promise((resolve) => {
    const headers = {};
    if (agentId !== null)
      headers.authorization = `Basic ${Buffer.from(`${agentId}:${PASSWORD}`).toString('base64')}`;
    const options = { agent: keepAlive, host: '127.0.0.1', port: 8082 + OFFSET, headers };
    get({ ...options, path: `/finesse/api/${path}` }, (res) => {
      let body = '';
      res.setEncoding('utf8');
      res.on('data', (chunk) => {
        body += chunk;
      });
      res.on('end', () => resolve({ status: res.statusCode, body }));
    }).on('error', () => resolve({ status: 0, body: '' }));
  });
}

/** What the webservices say of an agent, in the form of {@link CtiObserver#pictureOf}. */
async function servedPicture(id) {
  const user = await fetchXml(`User/${id}`, id);
  const dialogs = await fetchXml(`User/${id}/Dialogs`, id);
  if (user.status !== 200 || dialogs.status !== 200) return `status ${user.status} ${dialogs.status}`;
  return pictureIn(user.body, dialogs.body, id);
}

/** @returns agents of whom the two sides say something different, after a moment for what is on its way */
async function differences(observer) {
  const wrong = [];
  let calls = 0;
  await each(AGENTS, 32, async (i) => {
    const id = String(FIRST_AGENT + i);
    for (let attempt = 0; ; attempt++) {
      const [ours, theirs] = [await servedPicture(id), await observer.pictureOf(id)];
      if (ours === theirs) {
        calls += ours.split('\n').length - 1;
        return;
      }
      if (attempt === 10) {
        wrong.push({ id, ours, theirs });
        return;
      }
      await sleep(500);
    }
  });
  return { compared: AGENTS, legs: calls, different: wrong.length, first_difference: wrong[0] ?? null };
}

/** A command of `poise sim` over the control socket of the CTI server. */
function simulate(data, command, args) {
  const token = readFileSync(join(data, 'control-cti.token'), 'utf8').trim();
  return new Promise((done, fail) => {
    const socket = net.connect(join(data, 'control-cti.sock'));
    let answer = '';
    socket.on('error', fail);
    socket.on('connect', () => socket.write(`${JSON.stringify({ token, command, arguments: args })}\n`));
    socket.on('data', (chunk) => {
      answer += chunk;
      if (!answer.includes('\n')) return;
      socket.destroy();
      const { ok, result, error } = JSON.parse(answer);
      if (ok) done(result);
      else fail(new Error(`${command}: ${error}`));
    });
  });
}

/** Ends calls and lets others begin, where only the CTI server sees it. Resolves with agents whose calls ended. */
async function change(data, agents) {
  const ended = [];
  for (const agent of agents) {
    if (ended.length === CHANGES) break;
    const [first, ...more] = agent.dialogs;
    if (first === undefined || more.length > 0 || first[1] !== 'ACTIVE') continue;
    await simulate(data, 'sim.phone', { extension: agent.id, action: 'hang-up' });
    ended.push({ agent, call: first[0] });
  }
  for (let i = 0; i < CHANGES; i++)
    await simulate(data, 'sim.call', { to: DIALLED, talk: 'none', patience: 'none' });
  return ended;
}

async function untilStatus(wanted) {
  for (;;) {
    const { status, body } = await fetchXml('SystemInfo');
    if (status === 200 && body.includes(`<status>${wanted}<`)) return performance.now();
    await sleep(20);
  }
}

const inService = () => untilStatus('IN_SERVICE');
const outOfService = () => untilStatus('OUT_OF_SERVICE');

async function main() {
  const data = dataDirectory();
  await startServer(CONFIGURED, OFFSET, {}, { command: 'cti', data });
  const rtt = Number(opt.rtt);
  // Side A is in use first.
  let [inUse, other] = [new SlowLine(CTI_PORT, rtt), new SlowLine(CTI_PORT_B, rtt)];
  const settings = {
    'cti.embedded': 'false',
    'cti.a': `127.0.0.1:${await inUse.open()}`,
    'cti.b': `127.0.0.1:${await other.open()}`,
  };
  const switchSides = () => {
    [inUse, other] = [other, inUse];
  };
  const webservices = () =>
    startServer(CONFIGURED, OFFSET, settings, { data, only: 'webservices,notification,desktop' });
  let server = await webservices();
  const observer = new CtiObserver(CTI_PORT);
  await observer.open();

  const agents = Array.from({ length: AGENTS }, (_, i) => new Worker(server, String(FIRST_AGENT + i)));
  for (const agent of agents) agent.others = agents;
  await each(AGENTS, 32, (i) => agents[i].open());
  await each(AGENTS, 64, (i) => agents[i].setState('LOGIN', `<extension>${agents[i].id}</extension>`));
  await each(AGENTS, 64, (i) => agents[i].setState('READY'));
  const inCalls = () => agents.filter((agent) => agent.dialogs.size > 0).length;
  await each(CALLS, 4, async (i) => {
    await simulate(data, 'sim.call', {
      to: DIALLED,
      talk: 'none',
      patience: 'none',
      variables: { callVariable1: `customer ${i}` },
    });
    await sleep(100);
  });
  await sleep(5_000);
  emit('before', { agents_in_calls: inCalls(), rss_mb: server.rssMb(), ...(await differences(observer)) });

  const healed = [];
  const told = [];
  for (let r = 0; r < Number(opt.repeats); r++) {
    inUse.cut();
    other.cut();
    await sleep(GAP_MS);
    const ended = await change(data, agents);
    Worker.heard.clear();
    const joined = performance.now();
    other.join();
    switchSides();
    healed.push((await inService()) - joined);
    await sleep(1_000);
    let missing = 0;
    for (const { agent, call } of ended) {
      const at =
        Worker.heard.get(`${agent.id} ${call} DELETE`) ?? Worker.heard.get(`${agent.id} ${call} PUT`);
      if (at === undefined) missing++;
      else told.push(at - joined);
    }
    const begun = [...Worker.heard].filter(([key]) => key.endsWith(' POST'));
    for (const [, at] of begun) told.push(at - joined);
    emit('both lines cut, the other one joined', {
      in_service_ms: Math.round(healed.at(-1)),
      ended_told: ended.length - missing,
      ended_not_told: missing,
      begun_told: begun.length,
      ...(await differences(observer)),
    });
  }
  emit('from the joined line', { in_service: quantiles(healed), update_of_a_change: quantiles(told) });

  const switched = [];
  for (let r = 0; r < Number(opt.repeats); r++) {
    other.join();
    const cut = performance.now();
    inUse.cut();
    switchSides();
    await outOfService();
    switched.push((await inService()) - cut);
  }
  emit('one line cut, the other side accepts', {
    in_service: quantiles(switched),
    ...(await differences(observer)),
  });

  for (const agent of agents) {
    agent.socket.removeAllListeners('error');
    agent.socket.on('error', () => {});
    agent.socket.destroy();
  }
  await server.kill();
  await change(data, agents);
  const started = performance.now();
  server = await webservices();
  emit('webservices killed and started', {
    in_service_ms: Math.round((await inService()) - started),
    rss_mb: server.rssMb(),
    ...(await differences(observer)),
  });
}

pinGenerator();
await main();
process.exit(0);
