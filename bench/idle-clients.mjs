#!/usr/bin/env node
// What idle desktops cost the server: N clients of our own SDK are connected and nothing happens; processor seconds that the
// server uses in a minute.
//
//   node bench/idle-clients.mjs [--agents 2000] [--transport bosh|websocket] [--pings 6000,86400000] [--seconds 60]
//
// `pings`: silence before a ping, ms; one measurement each, one after the other, against one server.
import { parseArgs } from 'node:util';
import { PoiseClient } from '@poise/client';
import { WebSocket } from 'ws';
import { each } from './bench-agent.mjs';
import { FIRST_AGENT, PASSWORD, pinGenerator, round, startServer } from './bench-server.mjs';

const text = (fallback) => ({ type: 'string', default: fallback });
const { values: opt } = parseArgs({
  options: {
    agents: text('2000'),
    transport: text('bosh'),
    pings: text('6000'),
    seconds: text('60'),
    offset: text('20000'),
    help: { type: 'boolean', default: false },
  },
});
if (opt.help) {
  console.log(
    'usage: node bench/idle-clients.mjs [--agents N] [--transport bosh|websocket] [--pings MS,MS] [--seconds N] [--offset N]',
  );
  process.exit(0);
}
const N = Number(opt.agents);
const seconds = Number(opt.seconds);
pinGenerator();
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const server = await startServer(N, Number(opt.offset));

/** @returns processor seconds of the server in a minute */
async function measure() {
  const from = server.cpuSeconds();
  const started = performance.now();
  await pause(seconds * 1000);
  return round(((server.cpuSeconds() - from) * 60_000) / (performance.now() - started));
}

console.log(JSON.stringify({ measure: 'no client', cpu_s_per_min: await measure() }));
for (const pingIntervalMs of opt.pings.split(',').map(Number)) {
  let losses = 0;
  const clients = Array.from({ length: N }, (_, i) => {
    const client = new PoiseClient({
      baseUrl: `http://127.0.0.1:${server.port(8082)}`,
      user: String(FIRST_AGENT + i),
      password: PASSWORD,
      transport: opt.transport,
      WebSocket,
      pingIntervalMs,
      negotiationTimeoutMs: 120_000,
      requestTimeoutMs: 60_000,
    });
    client.on('connection', (status) => {
      if (status === 'disconnected' || status === 'interrupted') losses++;
    });
    return client;
  });
  await each(N, 8, (i) => clients[i].connect());
  // The sign-ins are over, and what they left is collected.
  await pause(20_000);
  const figures = { cpu_s_per_min: await measure(), losses, rss_mb: server.rssMb() };
  console.log(
    JSON.stringify({
      measure: 'idle clients',
      agents: N,
      transport: opt.transport,
      ping_ms: pingIntervalMs,
      ...figures,
    }),
  );
  for (const client of clients) client.close();
  await pause(5_000);
}
process.exit(0);
