/** Clients that were not written here sign in, unchanged, and receive an event. */
import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@poise/clock';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DOMAIN, type Rig, rig, settled } from './kit.ts';
import { certificate } from './sockets.ts';

const NODE = '/finesse/api/User/2001';
const PAYLOAD = '<Update><event>PUT</event><requestId>r-1</requestId></Update>';
const PYTHON = '/usr/bin/python3';

const tls = certificate();
const made: Rig = rig({ clock: systemClock() });
const { server } = made;
const http = createServer((request, response) => server.bosh.handler(request, response));
let tcpPort = 0;
let tlsPort = 0;
let httpPort = 0;

beforeAll(async () => {
  server.setServicePresence(true);
  tcpPort = (await server.listenTcp({ host: '127.0.0.1', port: 0, ...(tls && { tls }) })).port;
  if (tls) tlsPort = (await server.listenTcp({ host: '127.0.0.1', port: 0, tls, direct: true })).port;
  http.on('upgrade', (request, socket, head) => server.handleUpgrade(request, socket, head));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  httpPort = (http.address() as { port: number }).port;
});
afterAll(async () => {
  await server.stop('shutdown');
  http.closeAllConnections();
  http.close();
});

/** Publishes once a session of 2001 with this resource is available; gives up when the client has. */
async function publishTo(resource: string, clientGone = (): boolean => false): Promise<void> {
  while (!clientGone()) {
    if ([...server.sessions()].some((info) => info.available && info.resource === resource)) {
      server.publish(NODE, PAYLOAD);
      return;
    }
    await settled();
  }
}
const gone = async (): Promise<void> => {
  while ([...server.sessions()].length > 0) await settled();
};

test('strophe.js over WebSocket signs in, sees finesse, and gets the event', async () => {
  const { Strophe, $pres, $iq } = await import('strophe.js');
  const url = `ws://127.0.0.1:${httpPort}/ws/`;
  Strophe.log = () => {};
  const connection = new Strophe.Connection(url, { keepalive: false });
  const seen: string[] = [];
  const event = new Promise<string>((resolve) => {
    connection.addHandler(
      (stanza: Element) => {
        resolve(stanza.getElementsByTagName('notification')[0]?.textContent ?? '');
        return true;
      },
      null as never,
      'message',
    );
  });
  connection.addHandler(
    (stanza: Element) => {
      seen.push(stanza.getAttribute('from') ?? '');
      return true;
    },
    null as never,
    'presence',
  );
  await new Promise<void>((resolve, reject) => {
    connection.connect(`2001@${DOMAIN}/1001`, '2001', (status: number) => {
      if (status === Strophe.Status.CONNECTED) resolve();
      else if (status === Strophe.Status.AUTHFAIL || status === Strophe.Status.CONNFAIL)
        reject(new Error(`status ${status}`));
    });
  });
  connection.send($pres());
  await new Promise((resolve, reject) => {
    const subscribe = $iq({ type: 'set', to: `pubsub.${DOMAIN}` })
      .c('pubsub', { xmlns: 'http://jabber.org/protocol/pubsub' })
      .c('subscribe', { node: NODE, jid: connection.jid });
    connection.sendIQ(subscribe, resolve, reject);
  });
  await publishTo('1001');
  expect(await event).toBe(PAYLOAD);
  expect(seen).toEqual([`finesse@${DOMAIN}/webservices`]);
  const disconnected = new Promise<void>((resolve) => {
    connection.connect_callback = (status: number) => {
      if (status === Strophe.Status.DISCONNECTED) resolve();
      return true;
    };
  });
  connection.disconnect('done');
  await disconnected;
  await gone();
});

test('@xmpp/client over TLS on TCP signs in and gets the event', async (context) => {
  if (tls === undefined) return context.skip('openssl is missing');
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
  // @ts-expect-error the package has no types
  const library: unknown = await import('@xmpp/client');
  const { client, xml } = library as {
    client(options: Record<string, unknown>): XmppJs;
    xml(name: string, attrs?: Record<string, string>): unknown;
  };
  const xmpp = client({
    service: `xmpps://127.0.0.1:${tlsPort}`,
    domain: DOMAIN,
    username: '2001',
    password: '2001',
    resource: 'xmppjs',
  });
  xmpp.on('error', () => {});
  const event = new Promise<string>((resolve) => {
    xmpp.on('stanza', (stanza) => {
      if (stanza.is('message'))
        resolve(stanza.getChild('event').getChild('items').getChild('item').getChild('notification').text());
    });
  });
  xmpp.on('online', () => void xmpp.send(xml('presence')));
  await xmpp.start();
  await publishTo('xmppjs');
  expect(await event).toBe(PAYLOAD);
  await xmpp.stop();
  await gone();
});

interface XmppJs {
  on(event: string, listener: (stanza: XmppJsElement) => void): void;
  start(): Promise<unknown>;
  stop(): Promise<unknown>;
  send(stanza: unknown): Promise<void>;
}
interface XmppJsElement {
  is(name: string): boolean;
  getChild(name: string): XmppJsElement;
  text(): string;
}

test.each(['websocket', 'bosh'] as const)('stanza over %s signs in and gets the event', async (transport) => {
  const { createClient } = await import('stanza');
  const address =
    transport === 'websocket' ? `ws://127.0.0.1:${httpPort}/ws/` : `http://127.0.0.1:${httpPort}/http-bind/`;
  const client = createClient({
    jid: `2001@${DOMAIN}`,
    password: '2001',
    resource: `stanza-${transport}`,
    autoReconnect: false,
    transports: { websocket: transport === 'websocket' && address, bosh: transport === 'bosh' && address },
  });
  client.sasl.disable('SCRAM-SHA-1');
  const event = new Promise<string>((resolve) => {
    client.on('raw:incoming', (text: string) => {
      const payload = /<notification [^>]*>([^<]*)<\/notification>/.exec(text)?.[1];
      if (payload !== undefined) resolve(payload);
    });
  });
  await new Promise<void>((resolve, reject) => {
    client.on('session:started', () => resolve());
    client.on('auth:failed', () => reject(new Error('authentication failed')));
    client.on('disconnected', () => reject(new Error('disconnected')));
    client.connect();
  });
  client.sendPresence();
  const result = await client.subscribeToNode(`pubsub.${DOMAIN}`, NODE);
  expect(result.state).toBe('subscribed');
  await publishTo(`stanza-${transport}`);
  expect(await event).toBe(PAYLOAD.replaceAll('<', '&lt;').replaceAll('>', '&gt;'));
  client.disconnect();
  await gone();
});

const slixmpp = spawnSync(PYTHON, ['-c', 'import slixmpp'], { stdio: 'ignore' }).status === 0;

test.for(['plain', 'starttls', 'direct'])(
  'slixmpp signs in (%s), asks its questions and gets the event',
  async (mode, context) => {
    if (!slixmpp) return context.skip('python3-slixmpp is missing');
    if (mode !== 'plain' && tls === undefined) return context.skip('openssl is missing');
    const script = fileURLToPath(new URL('./slixmpp-client.py', import.meta.url));
    const port = mode === 'direct' ? tlsPort : tcpPort;
    const args = [script, `2001@${DOMAIN}/slix`, '2001', String(port), mode, NODE];
    const child = spawn(PYTHON, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    let over = false;
    child.stdout.on('data', (data) => (out += data));
    child.stderr.on('data', (data) => (err += data));
    const exited = new Promise<number | null>((resolve) => child.on('close', resolve));
    const published = publishTo('slix', () => over);
    const code = await exited;
    over = true;
    await published;
    // slixmpp says at its end that a task of its own was still waiting; anything worse has a traceback.
    expect(err).not.toContain('Traceback');
    expect(out.split('\n').filter(Boolean)).toEqual([
      'presence finesse',
      'roster 1',
      'subscribed',
      `event ${PAYLOAD}`,
    ]);
    expect(code).toBe(0);
    await gone();
  },
);
