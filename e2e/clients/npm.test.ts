/**
 * XMPP clients from npm that nobody here wrote: each signs an agent in, unchanged, and must see the Update
 * that carries its own requestId.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type RunningPoise, rest, signInBody, signOutBody, startPoise } from '../server.ts';

// Each client is a process of its own.
vi.setConfig({ testTimeout: 240_000 });

let poise: RunningPoise;
beforeAll(async () => {
  poise = await startPoise();
});
afterAll(() => poise?.stop());

/** Runs a client program (an ES module) that prints `ready` once it is available, then every Update it gets. */
async function seesItsUpdate(program: string, id: string, environment: Record<string, string> = {}) {
  const authority = join(poise.data, 'certs', 'authority.crt');
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      NODE_EXTRA_CA_CERTS: authority,
      AGENT: id,
      HTTP: String(poise.ports.http),
      BOSH: String(poise.ports.bosh),
      BOSH_TLS: String(poise.ports.boshTls),
      XMPP: String(poise.ports.xmpp),
      XMPP_TLS: String(poise.ports.xmppTls),
      ...environment,
    },
  });
  let text = '';
  const until = (pattern: RegExp) =>
    new Promise<void>((done, fail) => {
      const look = () => pattern.test(text) && done();
      child.stdout.on('data', look);
      child.stderr.on('data', look);
      child.once('exit', (code) => fail(new Error(`the client ended with ${code}:\n${text}`)));
      look();
    });
  child.stdout.on('data', (d) => {
    text += d;
  });
  child.stderr.on('data', (d) => {
    text += d;
  });
  try {
    await until(/^ready$/m);
    const requestId = `req-${id}-in`;
    const answer = await rest(poise, id, 'PUT', `/User/${id}`, signInBody(id), { requestId });
    expect(answer.status).toBe(202);
    await until(new RegExp(`&lt;requestId&gt;${requestId}&lt;|<requestId>${requestId}<`));
    expect(text).toContain('NOT_READY');
    await rest(poise, id, 'PUT', `/User/${id}`, signOutBody, { requestId: `req-${id}-out` });
    await until(new RegExp(`requestId(&gt;|>)req-${id}-out`));
  } finally {
    if (child.exitCode === null) {
      const gone = once(child, 'exit');
      child.kill();
      await gone;
    }
  }
}

const STANZA = `
import { createClient } from 'stanza';
const client = createClient({
  jid: process.env.AGENT + '@localhost', password: process.env.AGENT, resource: 'stanza',
  transports: JSON.parse(process.env.TRANSPORTS),
});
client.on('session:started', () => { client.sendPresence(); });
client.on('presence', (p) => { if (p.from.startsWith('finesse@')) console.log('ready'); });
client.on('raw:incoming', (text) => { if (String(text).includes('Update')) console.log(String(text)); });
client.on('auth:failed', () => { console.log('auth failed'); process.exit(1); });
client.connect();
`;

test('stanza over WebSocket', () =>
  seesItsUpdate(STANZA, '3001', {
    TRANSPORTS: JSON.stringify({ websocket: `ws://127.0.0.1:${poise.ports.bosh}/ws/`, bosh: false }),
  }));

test('stanza over BOSH, which asks for hold 2', () =>
  seesItsUpdate(STANZA, '3002', {
    TRANSPORTS: JSON.stringify({ websocket: false, bosh: `http://127.0.0.1:${poise.ports.bosh}/http-bind/` }),
  }));

const XMPP_JS = `
// Node 20 has no WebSocket of its own; the client takes the global one.
if (!globalThis.WebSocket) globalThis.WebSocket = (await import('ws')).WebSocket;
import { client, xml } from '@xmpp/client';
const xmpp = client({ service: process.env.SERVICE, domain: 'localhost', resource: 'xmppjs', username: process.env.AGENT, password: process.env.AGENT });
xmpp.on('error', (e) => { console.error(e); process.exit(1); });
xmpp.on('stanza', (s) => {
  if (s.is('presence') && s.attrs.from.startsWith('finesse@')) console.log('ready');
  if (s.is('message')) console.log(s.toString());
});
xmpp.on('online', () => xmpp.send(xml('presence')));
xmpp.start();
`;

test('xmpp.js over direct TLS on the port for it', () =>
  seesItsUpdate(XMPP_JS, '3003', { SERVICE: `xmpps://127.0.0.1:${poise.ports.xmppTls}` }));

test('xmpp.js over TCP with STARTTLS', () =>
  seesItsUpdate(XMPP_JS, '3004', { SERVICE: `xmpp://127.0.0.1:${poise.ports.xmpp}` }));

test('xmpp.js over a secure WebSocket', () =>
  seesItsUpdate(XMPP_JS, '3005', { SERVICE: `wss://localhost:${poise.ports.boshTls}/ws/` }));
