#!/usr/bin/env node
// What nodes pay for what they share over NATS: publish to heard, put to watched, compare-and-set, leases, through our own adapter.
// node bench/cluster.mjs [--nats nats://127.0.0.1:4222] [--messages 2000] [--rate 500]
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { systemClock } from '@poise/clock';
import { NodeCluster } from '../packages/server/dist/cluster/index.js';
import { NatsFabric } from '../packages/server/dist/cluster/nats.js';

/** What a request of an agent tells the other nodes, about. */
const BODY = { requestId: '0f8fad5b-d9cb-469f-a165-70867728950e', state: 'READY', more: 'x'.repeat(300) };
const WORD = { host: 'localhost', inService: true, inMaintenance: false, version: 'bench', ports: {} };

/** Nanoseconds of a clock that all processes of the machine share. */
const stamp = () => String(process.hrtime.bigint());
const sinceUs = (then) => Number(process.hrtime.bigint() - BigInt(then)) / 1000;

async function joined(url, name) {
  const clock = systemClock();
  const teller = { problem: (text) => console.error(text), info: () => {} };
  const engine = new NatsFabric({
    clock,
    servers: [url],
    prefix: 'bench',
    replicas: 1,
    clientName: `bench ${name}`,
    random: Math.random,
    onProblem: teller.problem,
  });
  const self = { name, instance: `${name}.${process.pid}` };
  const cluster = new NodeCluster({ clock, fabric: engine, secret: 'bench', self, word: WORD, teller });
  engine.connect();
  while (!engine.isReachable) await pause(5);
  await cluster.members.start();
  return { engine, cluster };
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

function told(what, values, unit = 'µs') {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (share) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]);
  console.log(
    `${what.padEnd(44)} n ${String(sorted.length).padStart(6)}   p50 ${String(at(0.5)).padStart(6)}   p99 ${String(at(0.99)).padStart(6)}   max ${String(at(1)).padStart(7)} ${unit}`,
  );
}

// ---- the other node, a process of its own ---------------------------------------------------------

if (process.env.BENCH_CLUSTER_NODE !== undefined) {
  const { cluster } = await joined(process.env.BENCH_CLUSTER_NODE, 'node2');
  const [heard, watched] = [[], []];
  cluster.hear('request.>', ({ body }) => heard.push(sinceUs(body.at)));
  cluster.fabric.registry('presence').watch('', {
    changed({ key, value }) {
      const { body } = cluster.open(`presence/${key}`, value);
      watched.push(sinceUs(body.at));
    },
    removed() {},
    // Again after each loss of the connection.
    current: () => process.send({ isReady: true }),
  });
  process.on('message', () => process.send({ heard: heard.splice(0), watched: watched.splice(0) }));
  process.on('disconnect', () => process.exit());
} else await measure();

async function measure() {
  const { values } = parseArgs({
    options: {
      nats: { type: 'string' },
      messages: { type: 'string', default: '2000' },
      rate: { type: 'string', default: '500' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log('usage: node bench/cluster.mjs [--nats URL] [--messages N] [--rate N]');
    return;
  }
  const [messages, rate] = [Number(values.messages), Number(values.rate)];
  const own = values.nats === undefined ? await startNats() : undefined;
  const url = values.nats ?? own.url;
  const other = fork(fileURLToPath(import.meta.url), { env: { ...process.env, BENCH_CLUSTER_NODE: url } });
  await once(other, 'message');
  const { cluster } = await joined(url, 'node1');
  const asked = async () => {
    await pause(300);
    other.send('results');
    for (;;) {
      const [answer] = await once(other, 'message');
      if (!answer.isReady) return answer;
      console.log('  (the other node had lost NATS)');
    }
  };
  console.log(`${cpus().length} × ${cpus()[0]?.model.trim()}, Node.js ${process.version}, NATS at ${url}`);

  const begun = process.cpuUsage();
  for (let sent = 0; sent < messages; sent++) {
    cluster.tell(`request.user.${sent % 1000}`, 'sent', { ...BODY, at: stamp() });
    if (sent % Math.ceil(rate / 100) === 0) await pause(10);
  }
  const used = process.cpuUsage(begun);
  told(`publish → heard, ${rate} a second`, (await asked()).heard);
  console.log(
    `${'  processor of who publishes, seal included'.padEnd(44)} ${Math.round((used.user + used.system) / messages)} µs each`,
  );

  const presence = cluster.fabric.registry('presence');
  const sealed = (key) => cluster.seal(`presence/${key}`, 'presence', { phase: 'present', at: stamp() });
  const puts = [];
  for (let number = 0; number < 1000; number++) {
    const at = stamp();
    const key = `${1000 + number}.node1`;
    await presence.put(key, sealed(key));
    puts.push(sinceUs(at));
  }
  told('put → written', puts);
  told('put → watched by the other node', (await asked()).watched);

  let revision = await presence.put('one.node1', sealed('one.node1'));
  const sets = [];
  for (let number = 0; number < 2000; number++) {
    const at = stamp();
    revision = await presence.compareAndSet('one.node1', sealed('one.node1'), revision);
    sets.push(sinceUs(at));
  }
  told('compare-and-set, one after the other', sets);
  const lanes = Array.from({ length: 32 }, async (_, lane) => {
    const key = `lane${lane}.node1`;
    const times = [];
    let own = await presence.put(key, sealed(key));
    for (let number = 0; number < 100; number++) {
      const at = stamp();
      own = await presence.compareAndSet(key, sealed(key), own);
      times.push(sinceUs(at));
    }
    return times;
  });
  const from = process.hrtime.bigint();
  const all = (await Promise.all(lanes)).flat();
  const seconds = Number(process.hrtime.bigint() - from) / 1e9;
  told(`compare-and-set, 32 at once: ${Math.round(all.length / seconds)} a second`, all);

  const [taken, renewed, released] = [[], [], []];
  for (let number = 0; number < 500; number++) {
    const purpose = `signout.${number}`;
    for (const [times, work] of [
      [taken, () => cluster.leases.take(purpose)],
      [renewed, () => cluster.leases.take(purpose)],
      [released, () => cluster.leases.release(purpose)],
    ]) {
      const at = stamp();
      await work();
      times.push(sinceUs(at));
    }
  }
  told('a lease that is free: taken', taken);
  told('  renewed', renewed);
  told('  given back', released);

  await cluster.members.stop();
  await cluster.fabric.close();
  other.disconnect();
  await own?.stop();
}

/** A nats-server of the bench's own, its data on the disk of the temporary directory. */
async function startNats() {
  const program = ['/usr/sbin/nats-server', '/usr/bin/nats-server', '/usr/local/bin/nats-server'].find(
    (path) => existsSync(path),
  );
  if (program === undefined)
    throw new Error('nats-server is not installed (Debian: nats-server); or name one with --nats');
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  const data = mkdtempSync(join(tmpdir(), 'poise-bench-nats-'));
  const server = spawn(program, ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', data], {
    stdio: 'ignore',
  });
  // Also when the bench fails.
  process.once('exit', () => server.kill());
  return {
    url: `nats://127.0.0.1:${port}`,
    async stop() {
      server.kill();
      await once(server, 'exit');
      rmSync(data, { recursive: true, force: true });
    },
  };
}
