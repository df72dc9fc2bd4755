/**
 * Clients that nobody here wrote take up their sessions again (XEP-0198) after the line was cut: everything
 * published meanwhile arrives once and in order, and the agent stays signed in.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type RunningPoise, rest, signInBody, signOutBody, startPoise } from '../server.ts';

// Each client is a process of its own.
vi.setConfig({ testTimeout: 240_000 });

let poise: RunningPoise;
beforeAll(async () => {
  poise = await startPoise();
});
afterAll(() => poise?.stop());

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of cleanUp.splice(0).reverse()) await end();
});

/** A line to a port of the server that can be cut. */
class Line {
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  /** New connections are refused. */
  down = false;

  constructor(target: number) {
    this.#server = createServer((near) => {
      if (this.down) {
        near.destroy();
        return;
      }
      const far = connect(target, '127.0.0.1');
      const pair = [near, far] as const;
      this.#pairs.add(pair);
      for (const [from, to] of [pair, [far, near] as const]) {
        from.on('data', (data) => to.write(data));
        from.on('error', () => {});
      }
      far.on('close', () => near.destroy());
    });
  }

  async open(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  /** The client's end breaks; the server's end with it, or it is left as if nothing had happened. */
  cut(serverNotices: boolean): void {
    for (const [near, far] of this.#pairs) {
      near.destroy();
      if (serverNotices) far.resetAndDestroy();
    }
    if (serverNotices) this.#pairs.clear();
  }

  close(): void {
    this.cut(true);
    this.#server.close();
  }
}

/** A program that prints `ready`, `resumed` and what it gets. */
class Program {
  readonly child: ChildProcess;
  text = '';
  readonly #looks = new Set<() => void>();

  constructor(source: string, environment: Record<string, string>) {
    const command = source === SLIXMPP ? [PYTHON, '-c'] : [process.execPath, '--input-type=module', '-e'];
    this.child = spawn(command[0] as string, [...command.slice(1), source], {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        NODE_EXTRA_CA_CERTS: join(poise.data, 'certs', 'authority.crt'),
        ...environment,
      },
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (data) => {
        this.text += data;
        for (const look of this.#looks) look();
      });
  }

  says(pattern: RegExp): Promise<void> {
    return new Promise((done, fail) => {
      const look = () => {
        if (!pattern.test(this.text)) return;
        this.#looks.delete(look);
        done();
      };
      this.#looks.add(look);
      this.child.once('exit', (code) => fail(new Error(`the client ended with ${code}:\n${this.text}`)));
      look();
    });
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill();
    await gone;
  }
}

const STANZA = `
import { createClient } from 'stanza';
const client = createClient({
  jid: process.env.AGENT + '@localhost', password: process.env.AGENT, resource: 'stanza',
  transports: { websocket: 'ws://127.0.0.1:' + process.env.PORT + '/ws/', bosh: false },
  autoReconnect: true, maxReconnectBackoff: 0.3,
});
client.on('session:started', () => { client.sendPresence(); });
client.on('presence', (p) => { if (p.from.startsWith('finesse@')) console.log('ready'); });
client.on('stream:management:resumed', () => console.log('resumed'));
client.on('raw:incoming', (text) => { if (String(text).includes('Update')) console.log(String(text)); });
client.connect();
`;

const XMPP_JS = `
if (!globalThis.WebSocket) globalThis.WebSocket = (await import('ws')).WebSocket;
import { client, xml } from '@xmpp/client';
const service = process.env.KIND === 'tcp' ? 'xmpp://127.0.0.1:' + process.env.PORT : 'ws://127.0.0.1:' + process.env.PORT + '/ws/';
const xmpp = client({ service, domain: 'localhost', resource: 'xmppjs', username: process.env.AGENT, password: process.env.AGENT });
xmpp.reconnect.delay = 200;
xmpp.on('error', () => {});
xmpp.streamManagement.on('resumed', () => console.log('resumed'));
xmpp.on('stanza', (s) => {
  if (s.is('presence') && s.attrs.from.startsWith('finesse@')) console.log('ready');
  if (s.is('message')) console.log(s.toString());
});
xmpp.on('online', () => xmpp.send(xml('presence')));
xmpp.start();
`;

const PYTHON = '/usr/bin/python3';
const SLIXMPP = `
import asyncio, os, slixmpp
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXPath
from xml.etree.ElementTree import tostring
agent = os.environ['AGENT']
c = slixmpp.ClientXMPP(agent + '@localhost/slixmpp', agent)
c.register_plugin('xep_0198')
c['feature_mechanisms'].unencrypted_plain = True
say = lambda text: print(text, flush=True)
c.add_event_handler('session_start', lambda _: c.send_presence())
c.add_event_handler('session_resumed', lambda _: say('resumed'))
c.add_event_handler('presence_available', lambda p: say('ready') if p['from'].user == 'finesse' else None)
c.register_handler(Callback('event', MatchXPath('{jabber:client}message'), lambda m: say(tostring(m.xml).decode())))
go = lambda: c.connect(('127.0.0.1', int(os.environ['PORT'])), use_ssl=False, force_starttls=False, disable_starttls=True)
c.add_event_handler('disconnected', lambda _: c.loop.call_later(0.2, go))
go()
c.loop.run_forever()
`;
const hasSlixmpp = existsSync('/usr/lib/python3/dist-packages/slixmpp');

const stateBody = (state: string) => `<User><state>${state}</state></User>`;

test.for([
  ['stanza over WebSocket', STANZA, 'websocket', '3011', true],
  ['stanza over WebSocket, whose old line the server takes for alive', STANZA, 'websocket', '3012', false],
  ['xmpp.js over WebSocket', XMPP_JS, 'websocket', '3013', true],
  ['xmpp.js over TCP', XMPP_JS, 'tcp', '3014', true],
  ['xmpp.js over TCP, whose old line the server takes for alive', XMPP_JS, 'tcp', '3015', false],
  ['slixmpp over TCP', SLIXMPP, 'tcp', '3016', true],
] as const)('%s', async ([_name, source, kind, agent, serverNotices], { skip }) => {
  if (source === SLIXMPP && !hasSlixmpp) skip('python3-slixmpp is not installed');
  const line = new Line(kind === 'tcp' ? poise.ports.xmpp : poise.ports.bosh);
  cleanUp.push(() => line.close());
  const program = new Program(source, { AGENT: agent, KIND: kind, PORT: String(await line.open()) });
  cleanUp.push(() => program.stop());
  const sent: string[] = [];
  const change = async (body: string) => {
    const requestId = `req-${agent}-${sent.length}-end`;
    sent.push(requestId);
    expect((await rest(poise, agent, 'PUT', `/User/${agent}`, body, { requestId })).status).toBe(202);
  };

  await program.says(/^ready$/m);
  await change(signInBody(agent));
  await program.says(/req-\d+-0-end/);
  for (let cut = 1; cut <= 2; cut++) {
    line.down = true;
    line.cut(serverNotices);
    await change(stateBody('READY'));
    await change(stateBody('NOT_READY'));
    line.down = false;
    await program.says(new RegExp(`(?:^resumed$[^]*){${cut}}`, 'm'));
    await change(stateBody('READY'));
    await change(stateBody('NOT_READY'));
    await program.says(new RegExp(sent.at(-1) as string));
  }
  const got = [...program.text.matchAll(/req-\d+-\d+-end/g)].map(([id]) => id);
  expect(got).toEqual(sent);
  // A session that goes on is not greeted again.
  expect(program.text.match(/^ready$/gm)).toHaveLength(1);
  await rest(poise, agent, 'PUT', `/User/${agent}`, signOutBody);
});
