import { createServer, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { XmppServerOptions } from '../src/index.ts';
import { auth, bind, DOMAIN, iq, PUBSUB, pubsub, type Rig, rig, settled } from './kit.ts';

const FRAMING = 'urn:ietf:params:xml:ns:xmpp-framing';
const OPEN = `<open xmlns="${FRAMING}" to="${DOMAIN}" version="1.0"/>`;
const CLOSE = `<close xmlns="${FRAMING}" />`;
const PING = (id: string): string => iq('get', DOMAIN, "<ping xmlns='urn:xmpp:ping'/>", id);

let running: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of running) await stop();
  running = [];
});

/** A client that sees frames. */
class FrameClient {
  readonly socket: WebSocket;
  readonly frames: string[] = [];
  readonly pings: number[] = [];
  closed: number | null = null;
  #wake: (() => void) | null = null;

  constructor(port: number, path = '/ws/') {
    this.socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, 'xmpp');
    this.socket.on('message', (data: Buffer, binary: boolean) => {
      this.frames.push(binary ? '(binary)' : data.toString());
      this.#wake?.();
    });
    this.socket.on('ping', () => {
      this.pings.push(this.frames.length);
      this.#wake?.();
    });
    this.socket.on('close', (code: number) => {
      this.closed = code;
      this.#wake?.();
    });
    this.socket.on('error', () => {});
  }
  async opened(): Promise<this> {
    if (this.socket.readyState !== WebSocket.OPEN)
      await new Promise((resolve, reject) => {
        this.socket.once('open', resolve);
        this.socket.once('error', reject);
      });
    return this;
  }
  change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
  /** The next frame. */
  async next(): Promise<string> {
    while (this.frames.length === 0) {
      if (this.closed !== null) throw new Error(`closed with ${this.closed}`);
      await this.change();
    }
    return this.frames.shift() as string;
  }
  send(...frames: (string | Buffer)[]): void {
    for (const frame of frames) this.socket.send(frame);
  }
  async end(): Promise<{ code: number; frames: string[] }> {
    while (this.closed === null) await this.change();
    return { code: this.closed, frames: this.frames };
  }
  async signIn(user: string, resource = 'desktop'): Promise<this> {
    await this.opened();
    this.send(OPEN);
    await this.next();
    await this.next();
    this.send(auth(user));
    expect(await this.next()).toBe('<success xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/>');
    this.send(OPEN);
    await this.next();
    await this.next();
    this.send(bind(resource));
    expect(await this.next()).toContain('<jid>');
    this.send('<presence/>');
    return this;
  }
}

async function listening(
  overrides: Partial<XmppServerOptions> = {},
): Promise<Rig & { port: number; client(path?: string): FrameClient }> {
  const made = rig(overrides);
  const http: Server = createServer();
  http.on('upgrade', (request, socket, head) => {
    if (!made.server.handleUpgrade(request, socket, head))
      socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as { port: number };
  const clients: FrameClient[] = [];
  running.push(async () => {
    for (const { socket } of clients) socket.terminate();
    await made.server.stop('shutdown');
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  });
  return {
    ...made,
    port,
    client(path) {
      const client = new FrameClient(port, path);
      clients.push(client);
      return client;
    },
  };
}

/** The answer to a raw upgrade request. */
function upgrade(port: number, path: string, protocol: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(port, '127.0.0.1', () => {
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n${protocol}\r\n`,
      );
    });
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (data: string) => {
      text += data;
      if (text.includes('\r\n\r\n')) {
        socket.destroy();
        resolve(text);
      }
    });
    socket.on('error', reject);
  });
}

test('a flood of frames leaves the others their turn', async () => {
  let stanzas = 0;
  const { client } = await listening({ observer: { socketReceived: () => void stanzas++ } });
  const flooding = await client().signIn('2001');
  const perTurn: number[] = [];
  let over = false;
  const turn = (): void => {
    perTurn.push(stanzas);
    stanzas = 0;
    if (!over) setImmediate(turn);
  };
  turn();
  flooding.frames.length = 0;
  flooding.send(...Array<string>(10_000).fill('<presence/>'), PING('last'));
  while (!(await flooding.next()).includes('id="last"'));
  over = true;
  expect(perTurn.reduce((sum, count) => sum + count, stanzas)).toBeGreaterThanOrEqual(10_000);
  expect(Math.max(...perTurn)).toBeLessThan(150);
});

test('what a connection writes is told, with its id and whose it is', async () => {
  const told: [string, readonly string[], string][] = [];
  const { server, client } = await listening({
    observer: { socketSent: (id, pieces, jid) => void told.push([id, [...pieces], jid]) },
  });
  const one = await client().signIn('2001');
  one.send(PING('p'));
  while (!(await one.next()).includes('id="p"'));
  told.length = 0;
  server.publish('/finesse/api/User/2001', '<Update><requestId>r1</requestId></Update>');
  const frame = await one.next();
  expect(told).toHaveLength(1);
  const [id, pieces, jid] = told[0]!;
  expect(id).toMatch(/^[0-9a-f]{16}$/);
  expect(pieces).toEqual([frame]);
  expect(frame).toContain('&lt;requestId&gt;r1&lt;/requestId&gt;');
  expect(jid).toBe(`2001@${DOMAIN}/desktop`);
});

test('what comes over a connection is told, without what somebody signs in with', async () => {
  const told: string[] = [];
  const { client } = await listening({
    observer: { socketReceived: (_id, xml, jid) => void told.push(`${jid} ${xml}`) },
  });
  const one = await client().signIn('2001');
  one.send(PING('p'));
  while (!(await one.next()).includes('id="p"'));
  expect(told[0]).toContain('mechanism="PLAIN">***</auth>');
  expect(told.at(-1)).toMatch(new RegExp(`^2001@${DOMAIN}/desktop <iq [^]*id="p"`));
});

test('the sub-protocol xmpp is demanded and answered, with and without the trailing slash', async () => {
  const { port } = await listening();
  for (const path of ['/ws', '/ws/', '/ws/?x=1']) {
    const answer = await upgrade(port, path, 'Sec-WebSocket-Protocol: chat, xmpp\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 101 /);
    expect(answer).toMatch(/Sec-WebSocket-Protocol: xmpp\r\n/);
    expect(answer).not.toContain('Sec-WebSocket-Extensions');
  }
  expect(await upgrade(port, '/ws/', '')).toMatch(/^HTTP\/1\.1 400 /);
  expect(await upgrade(port, '/ws/', 'Sec-WebSocket-Protocol: mqtt\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  expect(await upgrade(port, '/other', 'Sec-WebSocket-Protocol: xmpp\r\n')).toMatch(/^HTTP\/1\.1 404 /);
});

test('open, features and stanzas come one to a frame, in the exact texts that Strophe compares', async () => {
  const { client, server } = await listening();
  const frames = await client().opened();
  frames.send(OPEN);
  expect(await frames.next()).toMatch(
    new RegExp(
      `^<open xmlns="${FRAMING}" from="${DOMAIN}" id="[0-9a-f]{16}" xml:lang="en" version="1\\.0"/>$`,
    ),
  );
  expect(await frames.next()).toBe(
    '<stream:features xmlns:stream="http://etherx.jabber.org/streams"><mechanisms xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><mechanism>PLAIN</mechanism></mechanisms></stream:features>',
  );
  frames.send(auth('2001'));
  await frames.next();
  frames.send(OPEN);
  await frames.next();
  await frames.next();
  frames.send(
    bind('desktop', '_bind_auth_2'),
    '<presence/>',
    iq('set', '', "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/>", '_session_auth_2'),
  );
  expect(await frames.next()).toMatch(/^<iq xmlns="jabber:client" type="result" id="_bind_auth_2"><bind /);
  expect(await frames.next()).toMatch(/^<iq xmlns="jabber:client" type="result" id="_session_auth_2" /);
  server.setServicePresence(true);
  expect(await frames.next()).toBe(
    `<presence xmlns="jabber:client" from="finesse@${DOMAIN}/webservices" to="2001@${DOMAIN}/desktop"/>`,
  );
  const payload = 'ü😀'.repeat(200);
  server.publish('/finesse/api/User/2001', payload);
  expect(await frames.next()).toMatch(
    new RegExp(
      `^<message xmlns="jabber:client" from="${PUBSUB}" to="2001@${DOMAIN}" id="[^"]+"><event .*>${payload}<.*</message>$`,
      's',
    ),
  );
});

test('events of every length arrive whole, several in one write', async () => {
  const { client, server } = await listening();
  const frames = await client().signIn('2001');
  frames.send(PING('sync'));
  await frames.next();
  const lengths = [0, 1, 100, 125, 126, 127, 1_000, 40_000, 65_000, 65_536, 200_000];
  for (const length of lengths)
    for (const letter of ['x', 'ü', '€']) server.publish('/finesse/api/User/2001', letter.repeat(length));
  for (const length of lengths)
    for (const letter of ['x', 'ü', '€'])
      expect(await frames.next()).toContain(`>${letter.repeat(length)}</notification>`);
});

test('stanzas without xmlns are taken as jabber:client', async () => {
  const { client } = await listening();
  const frames = await client().signIn('2001');
  frames.send("<iq type='get' id='1' to='cc.example'><ping xmlns='urn:xmpp:ping'/></iq>");
  expect(await frames.next()).toContain('type="result" id="1"');
  frames.send(
    `<iq type='set' id='2' to='${PUBSUB}'>${pubsub(`<subscribe node='/finesse/api/User/2001' jid='2001@${DOMAIN}'/>`)}</iq>`,
  );
  expect(await frames.next()).toContain('subscription="subscribed"');
});

test('a goodbye is answered by exactly the text that Strophe knows, and close code 1000', async () => {
  const { client, seen } = await listening();
  const frames = await client().signIn('2001');
  frames.send(`<close xmlns="${FRAMING}"/>`);
  expect(await frames.end()).toEqual({ code: 1000, frames: [CLOSE] });
  expect(seen).toContain(`presence 2001 2001@${DOMAIN}/desktop unavailable last`);
});

test('a conflict is a stream error in its own frame, then close', async () => {
  const { client } = await listening();
  const old = await client().signIn('2001');
  await client().signIn('2001');
  expect(await old.end()).toEqual({
    code: 1000,
    frames: [
      '<stream:error xmlns:stream="http://etherx.jabber.org/streams"><conflict xmlns="urn:ietf:params:xml:ns:xmpp-streams"/></stream:error>',
      CLOSE,
    ],
  });
});

test.each([
  ['not XML', '<iq>', 'not-well-formed'],
  ['two stanzas in a frame', '<presence/><presence/>', 'not-well-formed'],
  ['a forbidden character', '<message>&#0;</message>', 'not-well-formed'],
  ['a document type', '<!DOCTYPE x><x/>', 'restricted-xml'],
  ['a comment', '<presence><!-- x --></presence>', 'restricted-xml'],
  ['nesting of 33', `${'<a>'.repeat(34)}${'</a>'.repeat(34)}`, 'policy-violation'],
  ['a binary frame', Buffer.from('<presence/>'), 'policy-violation'],
  ['an unknown framing element', `<x xmlns="${FRAMING}"/>`, 'unsupported-stanza-type'],
] as const)('%s ends that stream with its error and nobody else’s', async (_name, frame, condition) => {
  const { client, server } = await listening();
  const victim = await client().signIn('2002');
  const frames = await client().signIn('2001');
  frames.send(frame);
  const end = await frames.end();
  expect(end.frames.at(-2)).toContain(`<${condition} `);
  expect(end.frames.at(-1)).toBe(CLOSE);
  server.publish('/finesse/api/User/2002', 'still here');
  expect(await victim.next()).toContain('still here');
});

test('frames may be limited below what a stanza may be', async () => {
  const { client } = await listening({ limits: { webSocketFrameBytesMax: 2_048 } });
  const frames = await client().signIn('2001');
  frames.send(`<message>${'x'.repeat(3_000)}</message>`);
  expect((await frames.end()).code).toBe(1009);
});

test('a frame of more than 64 KiB closes the connection', async () => {
  const { client, seen } = await listening();
  const frames = await client().signIn('2001');
  frames.send(`<message>${'x'.repeat(70_000)}</message>`);
  expect((await frames.end()).code).toBe(1009);
  // The client may see the end before the server's side of the socket has closed.
  await expect.poll(() => seen).toContain(`presence 2001 2001@${DOMAIN}/desktop unavailable last`);
});

test('before authentication a stanza of more than 16 KiB is a policy violation', async () => {
  const { client } = await listening();
  const frames = await client().opened();
  frames.send(OPEN, `<message>${'x'.repeat(17_000)}</message>`);
  expect((await frames.end()).frames.at(-2)).toContain('<policy-violation');
});

test('silence: a ping after 30 s, again after 60 s, the end after 120 s; pongs keep it alive', async () => {
  const { client, clock, server } = await listening();
  const frames = await client().signIn('2001');
  frames.send(PING('sync'));
  await frames.next();
  clock.advance(29_000);
  await settled();
  expect(frames.pings).toEqual([]);
  for (let i = 1; i <= 8; i++) {
    clock.advance(30_000);
    while (frames.pings.length < i) await frames.change();
    // The pong of the library is behind us when an answer has come.
    frames.send(PING(`p${i}`));
    await frames.next();
  }
  expect(server.health().sessions).toBe(1);
  frames.socket.removeAllListeners('ping');
  frames.socket.pause();
  for (let i = 0; i < 4; i++) clock.advance(30_000);
  expect(server.health().sessions).toBe(0);
});

test("a standstill of the process is nobody's silence", async () => {
  const { client, clock, server } = await listening();
  const frames = await client().signIn('2001');
  clock.freeze(200_000);
  expect(server.health().sessions).toBe(1);
  frames.send(PING('here'));
  await frames.next();
  expect(server.health().sessions).toBe(1);
});

test('who does not sign in within 30 s is dropped', async () => {
  const { client, clock, server } = await listening();
  const frames = await client().opened();
  frames.send(OPEN);
  await frames.next();
  await frames.next();
  clock.advance(30_000);
  expect((await frames.end()).frames[0]).toContain('<connection-timeout');
  expect(server.health().streams).toBe(0);
});

test('a close frame ends the stream also when the peer leaves its side of the connection open', async () => {
  const { port, server } = await listening({ limits: { closeLingerMs: 20 } });
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.write(
    'GET /ws/ HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: xmpp\r\n\r\n',
  );
  await new Promise((answered) => socket.once('data', answered));
  expect(server.health().streams).toBe(1);
  // Close, code 1001, masked with zeros.
  socket.write(Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe9]));
  while (server.health().streams > 0) await new Promise((turn) => setImmediate(turn));
  socket.destroy();
  // Without the limit of the server it would be 30 s.
}, 25_000);

test('too many connections of one address get 503, and a line in the log', async () => {
  const { client, port, seen } = await listening({ limits: { unauthenticatedPerAddressMax: 1 } });
  await client().opened();
  for (let i = 0; i < 3; i++)
    expect(await upgrade(port, '/ws/', 'Sec-WebSocket-Protocol: xmpp\r\n')).toMatch(/^HTTP\/1\.1 503 /);
  expect(seen).toEqual([
    'info 127.0.0.1 is refused over WebSocket: too many connections of this address have not signed in',
  ]);
});

test('after stop new upgrades get 503', async () => {
  const { port, server } = await listening();
  await server.stop('shutdown');
  expect(await upgrade(port, '/ws/', 'Sec-WebSocket-Protocol: xmpp\r\n')).toMatch(/^HTTP\/1\.1 503 /);
});
