#!/usr/bin/env node
// REST to event: how long from the PUT until the agent's own stream holds the Update with that requestId.
//
//   node bench/rest-to-event.mjs [--agents 2000] [--parallel 64] [--rate 200] [--seconds 10]
//
// Starts a server of its own (`poise start --bench N`), signs N agents on to XMPP over TCP, then
//   1. storm: every agent PUTs state LOGIN, `parallel` at a time; time until the last Update
//   2. steady: READY/NOT_READY changes at a fixed rate (open loop); p50, p95, p99 of PUT → Update
// and prints one JSON line per measurement. Server and generator are pinned to a core each where taskset exists.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import net from 'node:net';
import os from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values: opt } = parseArgs({
  options: {
    agents: { type: 'string', default: '2000' },
    parallel: { type: 'string', default: '64' },
    rate: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '10' },
    offset: { type: 'string', default: '20000' },
  },
});
const N = Number(opt.agents);
const OFFSET = Number(opt.offset);
const PASSWORD = 'bench-secret';
const FIRST = 8_000_001;
const hasTaskset = os.cpus().length > 1 && spawnSync('taskset', ['-V']).status === 0;
if (hasTaskset) spawnSync('taskset', ['-a', '-pc', '1', String(process.pid)], { stdio: 'ignore' });

const data = mkdtempSync(join(os.tmpdir(), 'poise-bench-'));
const emit = (measure, figures) => console.log(JSON.stringify({ measure, agents: N, ...figures }));
const round = (x) => Math.round(x * 100) / 100;
const quantiles = (list) => {
  const s = Float64Array.from(list).sort();
  const q = (p) => round(s[Math.min(s.length - 1, Math.floor(p * s.length))] ?? Number.NaN);
  return { p50_ms: q(0.5), p95_ms: q(0.95), p99_ms: q(0.99), max_ms: q(1) };
};

const command = [
  process.execPath,
  join(root, 'packages/server/bin/poise.mjs'),
  'start',
  '--bench',
  String(N),
  '--data',
  data,
  '--set',
  `ports.offset=${OFFSET}`,
];
const [program, ...args] = hasTaskset ? ['taskset', '-c', '0', ...command] : command;
const started = performance.now();
const server = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
const stop = () => {
  server.kill('SIGTERM');
  rmSync(data, { recursive: true, force: true });
};
process.on('exit', stop);
process.on('SIGINT', () => process.exit(130));

await new Promise((resolve, reject) => {
  let text = '';
  server.stdout.on('data', (d) => {
    text += d;
    if (/^poise: IN_SERVICE/m.test(text)) resolve();
  });
  server.on('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  setTimeout(() => reject(new Error('not in service within 60 s')), 60_000).unref();
});
emit('start', { in_service_ms: Math.round(performance.now() - started), rss_mb: rssMb() });

function rssMb() {
  try {
    const pid = server.pid;
    return round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024);
  } catch {
    return null;
  }
}

/** requestId → [time of the PUT, resolve]. */
const waiting = new Map();
let foreign = 0;

/** One XMPP stream over TCP that only looks for requestIds in what it gets. */
class Session {
  constructor(id) {
    this.id = id;
    this.text = '';
  }
  async open() {
    this.socket = net.connect({ host: '127.0.0.1', port: 5222 + OFFSET, noDelay: true });
    this.socket.setEncoding('utf8');
    this.socket.on('error', (e) => {
      throw e;
    });
    this.socket.on('data', (d) => this.take(d));
    await once(this.socket, 'connect');
    const header = `<stream:stream to='localhost' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>`;
    await this.say(header, '</stream:features>');
    const auth = Buffer.from(`\0${this.id}\0${PASSWORD}`).toString('base64');
    await this.say(
      `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${auth}</auth>`,
      '<success',
    );
    await this.say(header, '</stream:features>');
    await this.say(
      `<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>desktop</resource></bind></iq>`,
      '</iq>',
    );
    await this.say('<presence/>', 'finesse@');
    this.live = true;
  }
  say(xml, until) {
    this.text = '';
    return new Promise((resolve) => {
      this.expect = [until, resolve];
      this.socket.write(xml);
    });
  }
  take(chunk) {
    this.text += chunk;
    if (!this.live) {
      const [until, resolve] = this.expect;
      if (this.text.includes(until)) resolve();
      return;
    }
    const now = performance.now();
    const end = this.text.lastIndexOf('</message>');
    if (end < 0) return;
    for (const m of this.text.slice(0, end).matchAll(/&lt;requestId&gt;([^&]*)&lt;/g)) {
      const entry = waiting.get(m[1]);
      if (!entry) {
        if (m[1]) foreign++;
        continue;
      }
      waiting.delete(m[1]);
      entry(now);
    }
    this.text = this.text.slice(end + 10);
  }
}

const agent = new Agent({ keepAlive: true, maxSockets: 256 });
let sequence = 0;
let refused = 0;

/** PUTs a state; resolves with ms from the first byte sent to the Update read. */
function put(id, body) {
  const requestId = `bench-${sequence++}`;
  return new Promise((resolve, reject) => {
    const at = performance.now();
    const late = setTimeout(() => {
      waiting.delete(requestId);
      reject(new Error(`no Update for ${requestId} of agent ${id} within 30 s`));
    }, 30_000);
    waiting.set(requestId, (now) => {
      clearTimeout(late);
      resolve(now - at);
    });
    const req = request(
      {
        agent,
        host: '127.0.0.1',
        port: 8082 + OFFSET,
        method: 'PUT',
        path: `/finesse/api/User/${id}`,
        headers: {
          authorization: `Basic ${Buffer.from(`${id}:${PASSWORD}`).toString('base64')}`,
          'content-type': 'application/xml',
          'content-length': Buffer.byteLength(body),
          requestId,
        },
      },
      (res) => {
        if (res.statusCode !== 202) refused++;
        res.resume();
      },
    );
    req.on('error', reject);
    req.end(body);
  });
}

async function each(parallel, work) {
  let next = 0;
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      while (next < N) await work(next++);
    }),
  );
}

const sessions = Array.from({ length: N }, (_, i) => new Session(String(FIRST + i)));
let t = performance.now();
await each(32, (i) => sessions[i].open());
emit('xmpp sign-ons over TCP (cold credentials unless warmed)', {
  per_s: Math.round((1000 * N) / (performance.now() - t)),
});

t = performance.now();
const storm = new Float64Array(N);
await each(Number(opt.parallel), async (i) => {
  storm[i] = await put(
    sessions[i].id,
    `<User><state>LOGIN</state><extension>${sessions[i].id}</extension></User>`,
  );
});
emit('sign-in storm: PUT LOGIN to Update, all agents', {
  seconds: round((performance.now() - t) / 1000),
  parallel: Number(opt.parallel),
  ...quantiles(storm),
  refused,
  rss_mb: rssMb(),
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
  pending.push(put(sessions[i].id, `<User><state>${ready[i] ? 'READY' : 'NOT_READY'}</state></User>`));
}
const steady = await Promise.all(pending);
emit('steady: PUT state to Update', {
  rate: Number(opt.rate),
  samples: total,
  ...quantiles(steady),
  refused,
  foreign,
  rss_mb: rssMb(),
});
process.exit(0);
