import { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { systemClock } from '@poise/clock';
import { afterEach, expect, test, vi } from 'vitest';
import type { TcpListenOptions, XmppServerOptions } from '../src/index.ts';
import { auth, bind, DOMAIN, iq, PUBSUB, pubsub, type Rig, rig, settled } from './kit.ts';
import { certificate, HEADER, RawClient } from './sockets.ts';

const PING = (id: string): string => iq('get', DOMAIN, "<ping xmlns='urn:xmpp:ping'/>", id);
const STREAMS = 'http://etherx.jabber.org/streams';

let running: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of running) await stop();
  running = [];
});

/** A server on a free port, on the virtual clock unless the test needs the real one. */
async function listening(
  overrides: Partial<XmppServerOptions> = {},
  listen: Partial<TcpListenOptions> = {},
): Promise<Rig & { port: number; client(): Promise<RawClient> }> {
  const made = rig(overrides);
  const listener = await made.server.listenTcp({ host: '127.0.0.1', port: 0, ...listen });
  const clients: RawClient[] = [];
  running.push(async () => {
    for (const { socket } of clients) socket.destroy();
    await made.server.stop('shutdown');
  });
  return {
    ...made,
    port: listener.port,
    async client() {
      const client = await RawClient.connect(listener.port);
      clients.push(client);
      return client;
    },
  };
}

test('a client that counts its reads finds something in each: two for the first header, one after SASL, one for each answer', async () => {
  const { client } = await listening();
  const raw = await client();
  const writes: string[] = [];
  const write = vi.spyOn(Socket.prototype, 'write');
  write.mockImplementation(function (this: Socket, ...args: Parameters<Socket['write']>) {
    if (this !== raw.socket) writes.push(String(args[0]).slice(0, 17));
    return (Duplex.prototype.write as (...all: unknown[]) => boolean).apply(this, args);
  } as Socket['write']);
  raw.send(HEADER);
  await raw.until('</stream:features>');
  raw.send(auth('2001'));
  await raw.until('/>');
  raw.send(HEADER);
  await raw.until('</stream:features>');
  raw.send(bind('isi'));
  await raw.until('</iq>');
  raw.send(PING('a') + PING('b') + PING('c'));
  await raw.until(/id="c"[^>]*>/);
  expect(writes).toEqual([
    "<?xml version='1.",
    '<stream:features>',
    '<success xmlns="u',
    "<?xml version='1.",
    '<iq type="result"',
    '<iq type="result"',
    '<iq type="result"',
    '<iq type="result"',
  ]);
  raw.send(`<presence/>${PING('p')}`);
  await raw.until('id="p"');
  writes.length = 0;
  raw.send(PING('a') + PING('b') + PING('c'));
  await raw.until(/id="c"[^>]*>/);
  expect(writes).toHaveLength(1);
});

test('what comes over a connection is told, without what somebody signs in with', async () => {
  const told: string[] = [];
  const { client } = await listening({
    observer: { socketReceived: (_id, xml, jid) => void told.push(`${jid} ${xml}`) },
  });
  const raw = await client();
  raw.send(HEADER);
  await raw.until('</stream:features>');
  raw.send(auth('2001'));
  await raw.until('/>');
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(/^ <auth [^>]*>\*\*\*<\/auth>$/);
});

test('a flood over one connection leaves the others their turn', async () => {
  let stanzas = 0;
  const { client } = await listening({ observer: { socketReceived: () => void stanzas++ } });
  const raw = await (await client()).signIn('2001');
  const perTurn: number[] = [];
  let over = false;
  const turn = (): void => {
    perTurn.push(stanzas);
    stanzas = 0;
    if (!over) setImmediate(turn);
  };
  turn();
  raw.send(`<presence><status>${'x'.repeat(60)}</status></presence>`.repeat(20_000) + PING('last'));
  await raw.until('id="last"');
  over = true;
  expect(perTurn.reduce((sum, count) => sum + count, stanzas)).toBeGreaterThanOrEqual(20_000);
  // 8 KiB, and what had begun before.
  expect(Math.max(...perTurn)).toBeLessThan(100);
});

test('what a connection writes is told once it is handed to its socket', async () => {
  const told: string[] = [];
  const { server, client } = await listening({
    observer: { socketSent: (_id, pieces, jid) => void told.push(`${jid} ${pieces.join('')}`) },
  });
  const raw = await client();
  raw.send(HEADER);
  await raw.until('</stream:features>');
  raw.send(auth('2001'));
  await raw.until('/>');
  raw.send(HEADER);
  await raw.until('</stream:features>');
  raw.send(bind('isi'));
  await raw.until('</iq>');
  raw.send(`<presence/>${PING('p')}`);
  await raw.until(/id="p"[^>]*>/);
  told.length = 0;
  server.publish('/finesse/api/User/2001', '<Update><requestId>r1</requestId></Update>');
  const text = await raw.until('</message>');
  expect(told).toEqual([`2001@${DOMAIN}/isi ${text}`]);
});

test('header and features have the usual textual form', async () => {
  const { client } = await listening();
  const raw = await client();
  raw.send(HEADER);
  expect(await raw.until('</stream:features>')).toMatch(
    new RegExp(
      `^<\\?xml version='1\\.0' encoding='UTF-8'\\?><stream:stream xmlns:stream="${STREAMS}" xmlns="jabber:client" from="${DOMAIN}" id="[0-9a-f]{16}" xml:lang="en" version="1\\.0">` +
        '<stream:features><mechanisms xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><mechanism>PLAIN</mechanism></mechanisms><auth xmlns="http://jabber.org/features/iq-auth"/></stream:features>$',
    ),
  );
});

test('the stream after SASL has an id of its own', async () => {
  const { client } = await listening();
  const raw = await client();
  raw.send(HEADER);
  const before = await raw.until('</stream:features>');
  raw.send(auth('2001'));
  await raw.until('<success xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/>');
  raw.send(HEADER);
  const after = await raw.until('</stream:features>');
  const [first, second] = [before, after].map((text) => / id="([0-9a-f]{16})"/.exec(text)?.[1]);
  expect(first).toBeDefined();
  expect(second).toBeDefined();
  expect(second).not.toBe(first);
});

test('a client from before XMPP 1.0 gets a header without version and features, and signs in by XEP-0078', async () => {
  const { client, server } = await listening();
  const raw = await client();
  raw.send(`<stream:stream to='x' xmlns='jabber:client' xmlns:stream='${STREAMS}'>`);
  const header = await raw.until('xml:lang="en">');
  expect(header).not.toContain(' version="1.0"');
  raw.send(
    iq(
      'set',
      '',
      '<query xmlns="jabber:iq:auth"><username>2001</username><password>2001</password><resource>r</resource></query>',
    ),
  );
  expect(await raw.until('/>')).toContain('type="result"');
  expect([...server.sessions()].map(({ jid }) => jid)).toEqual([`2001@${DOMAIN}/r`]);
});

test('an event reaches a signed-in client without xmlns, and a goodbye is answered', async () => {
  const { client, server, seen } = await listening();
  const raw = await (await client()).signIn('2001');
  raw.send(PING('p'));
  await raw.until('id="p"');
  server.publish('/finesse/api/User/2001', '<Update>ü</Update>');
  expect(await raw.until('</message>')).toContain(`<message from="${PUBSUB}" to="2001@${DOMAIN}" id="`);
  raw.send('</stream:stream>');
  expect(await raw.end()).toBe('</stream:stream>');
  expect(seen.at(-2)).toBe(`presence 2001 2001@${DOMAIN}/desktop unavailable last`);
});

test('bytes may be split anywhere, also inside a character', async () => {
  const { client } = await listening();
  const raw = await (await client()).signIn('2001');
  const xml = Buffer.from(iq('get', DOMAIN, "<ping xmlns='urn:xmpp:ping'/>", 'aü😀z'));
  for (const byte of xml) {
    raw.send(Buffer.of(byte));
    await settled();
  }
  expect(await raw.until('/>')).toContain('id="aü😀z"');
});

/** What a hostile client sends after its sign-in, and the stream error it gets. */
const HOSTILE: ReadonlyArray<readonly [string, string | Uint8Array, string]> = [
  ['not XML', '<iq></presence>', 'not-well-formed'],
  ['text between stanzas', 'hello', 'not-well-formed'],
  ['a raw control character', '<message>\u0001</message>', 'not-well-formed'],
  ['NUL', '<message>\u0000</message>', 'not-well-formed'],
  ['a reference to a forbidden character', '<message>&#1;</message>', 'not-well-formed'],
  ['a reference to NUL', '<message>&#x0;</message>', 'not-well-formed'],
  ['a forbidden character in a name', '<mes\u0002sage/>', 'not-well-formed'],
  [
    'invalid UTF-8',
    Buffer.concat([Buffer.from('<message>'), Buffer.of(0xc3, 0x28), Buffer.from('</message>')]),
    'unsupported-encoding',
  ],
  [
    'a surrogate in UTF-8',
    Buffer.concat([Buffer.from('<message>'), Buffer.of(0xed, 0xa0, 0x80), Buffer.from('</message>')]),
    'unsupported-encoding',
  ],
  ['an unbound prefix', '<x:message/>', 'not-well-formed'],
  ['an attribute twice', "<message a='1' a='2'/>", 'not-well-formed'],
  ['an entity reference', '<message>&lol;</message>', 'restricted-xml'],
  ['a document type with entities', '<!DOCTYPE x [<!ENTITY lol "lol">]>', 'restricted-xml'],
  ['a comment', '<!-- x -->', 'restricted-xml'],
  ['a processing instruction', '<?php x?>', 'restricted-xml'],
  ['nesting of 33', `${'<a>'.repeat(33)}${'</a>'.repeat(33)}`, 'policy-violation'],
  ['nesting of 100,000', '<a>'.repeat(100_000), 'policy-violation'],
  [
    '65 attributes',
    `<message ${Array.from({ length: 65 }, (_, i) => `a${i}='1'`).join(' ')}/>`,
    'policy-violation',
  ],
  ['a stanza of more than 64 KiB', `<message>${'x'.repeat(65_537)}</message>`, 'policy-violation'],
  ['a giant stanza that never ends', `<message>${'x'.repeat(1_000_000)}`, 'policy-violation'],
  ['a giant attribute', `<message a='${'x'.repeat(70_000)}'/>`, 'policy-violation'],
  ['a stanza of another namespace', "<iq xmlns='jabber:server' type='get' id='1'/>", 'invalid-namespace'],
  ['an element that is no stanza', "<r xmlns='urn:xmpp:sm:2'/>", 'unsupported-stanza-type'],
];

test.each(HOSTILE)('%s ends that stream with its error and nobody else’s', async (_name, xml, condition) => {
  const { client, server, seen } = await listening();
  const victim = await (await client()).signIn('2002');
  const raw = await (await client()).signIn('2001');
  raw.send(xml);
  const last = await raw.end();
  expect(last).toContain(`<stream:error><${condition} xmlns="urn:ietf:params:xml:ns:xmpp-streams"/>`);
  expect(last.endsWith('</stream:error></stream:stream>')).toBe(true);
  expect(seen).toContain(`presence 2001 2001@${DOMAIN}/desktop unavailable last`);
  server.publish('/finesse/api/User/2002', 'still here');
  await victim.until('still here');
});

test('32 levels, 64 attributes and 64 KiB are within the limits', async () => {
  const { client } = await listening();
  const raw = await (await client()).signIn('2001');
  raw.send(`<message>${'<a>'.repeat(31)}${'</a>'.repeat(31)}</message>`);
  raw.send(`<message ${Array.from({ length: 64 }, (_, i) => `a${i}='1'`).join(' ')}/>`);
  raw.send(`<message>${'x'.repeat(65_536 - 19)}</message>`);
  raw.send(PING('after'));
  await raw.until('id="after"');
});

test('before authentication 16 KiB are enough for anybody', async () => {
  const { client, server } = await listening();
  const token = await client();
  token.send(HEADER);
  await token.until('</stream:features>');
  token.send(auth('2001', 'x'.repeat(8192)));
  expect(await token.until('</failure>')).toContain('<not-authorized/>');
  token.send(`<message>${'x'.repeat(17_000)}</message>`);
  expect(await token.end()).toContain('<policy-violation');
  expect(server.health().streams).toBe(0);
});

test.each([
  ["<stream:stream xmlns='jabber:client' xmlns:stream='urn:other' version='1.0'>", 'invalid-namespace'],
  ["<presence xmlns='jabber:client'/>", 'bad-format'],
  ['GET / HTTP/1.1\r\n\r\n', 'not-well-formed'],
  ['<!DOCTYPE x><x/>', 'restricted-xml'],
])('the beginning %j is refused with a header and %s', async (begin, condition) => {
  const { client } = await listening();
  const raw = await client();
  raw.send(begin);
  const answer = await raw.end();
  expect(answer).toMatch(/^<\?xml [^>]*><stream:stream /);
  expect(answer).toContain(`<${condition} `);
});

test('who does not sign in within 30 s is dropped, however slowly he talks', async () => {
  const { client, clock, server } = await listening();
  const idle = await client();
  const loris = await client();
  idle.send(HEADER);
  await idle.until('</stream:features>');
  for (let i = 0; i < 29; i++) {
    loris.send(HEADER[i] as string);
    await settled();
    clock.advance(1000);
  }
  expect(server.health().streams).toBe(2);
  clock.advance(1000);
  expect(await idle.end()).toContain('<connection-timeout');
  expect(await loris.end()).toContain('<connection-timeout');
  expect(server.health().streams).toBe(0);
});

test('a silent client is pinged after 180 s and dropped after 360 s', async () => {
  const { client, clock, seen } = await listening();
  const raw = await (await client()).signIn('2001');
  clock.advance(179_000);
  await settled();
  expect(raw.text).not.toContain('urn:xmpp:ping');
  clock.advance(1_000);
  const ping = await raw.until('</iq>');
  expect(ping).toMatch(
    new RegExp(
      `<iq type="get" id="ping-[0-9a-f]{8}" from="${DOMAIN}" to="2001@${DOMAIN}/desktop"><ping xmlns="urn:xmpp:ping"/></iq>`,
    ),
  );
  clock.advance(180_000);
  expect(await raw.end()).toContain('<connection-timeout');
  expect(seen).toContain(`presence 2001 2001@${DOMAIN}/desktop unavailable last`);
});

test("a standstill of the process is nobody's silence", async () => {
  const { client, clock, server } = await listening();
  const raw = await (await client()).signIn('2001');
  const late = await client();
  late.send(HEADER);
  await late.until('</stream:features>');
  clock.advance(20_000);
  clock.freeze(400_000);
  expect(server.health().streams).toBe(2);
  raw.send(PING('here'));
  await raw.until('id="here"');
  clock.advance(29_000);
  expect(server.health().streams).toBe(2);
  // From then on time runs as ever.
  clock.advance(1_000);
  expect(await late.end()).toContain('<connection-timeout');
  clock.advance(360_000);
  expect(server.health().streams).toBe(0);
});

test('white space keeps a connection alive', async () => {
  const { client, clock, server } = await listening();
  const raw = await (await client()).signIn('2001');
  for (let i = 0; i < 5; i++) {
    clock.advance(150_000);
    raw.send(' ');
    // The blank travels through a real socket: an answered ping behind it proves that it has arrived.
    raw.send(PING(`k${i}`));
    await raw.until(`id="k${i}"`);
  }
  expect(server.health().sessions).toBe(1);
});

test('a socket that closes without goodbye is unavailable at once', async () => {
  const { client, seen, server } = await listening();
  const raw = await (await client()).signIn('2001');
  raw.socket.resetAndDestroy();
  while (server.health().streams > 0) await settled();
  expect(seen).toContain(`presence 2001 2001@${DOMAIN}/desktop unavailable last`);
  const half = await (await client()).signIn('2001');
  half.socket.end();
  await half.end();
  expect(server.health().streams).toBe(0);
});

test.each([
  ['bytes', { queuedBytesMax: 200_000, queuedStanzasMax: 100_000 }],
  ['stanzas', { queuedBytesMax: 100_000_000, queuedStanzasMax: 20 }],
] as const)(
  'a client that never reads is dropped when too many %s wait; the others get every event',
  async (_unit, limits) => {
    const { client, server, seen } = await listening({ limits });
    const deaf = await (await client()).signIn('2001', 'deaf');
    const reader = await (await client()).signIn('2001', 'reader');
    deaf.socket.pause();
    const payload = 'x'.repeat(8_000);
    let published = 0;
    const closed = (): boolean => seen.includes(`closed 2001@${DOMAIN}/deaf`);
    // Kernel buffers come before ours, so it takes some megabytes.
    while (!closed() && published < 20_000) {
      for (let i = 0; i < 50; i++) server.publish('/finesse/api/User/2001', `${++published};${payload}`);
      await reader.until(`>${published};`);
      await reader.until('</message>');
    }
    expect(closed()).toBe(true);
    expect(seen).toContain(`presence 2001 2001@${DOMAIN}/deaf unavailable`);
    server.publish('/finesse/api/User/2001', 'last');
    await reader.until('>last<');
  },
);

test('a ping is answered before the events that wait', async () => {
  const { client, server } = await listening();
  const raw = await (await client()).signIn('2001');
  raw.socket.pause();
  const payload = 'x'.repeat(8_000);
  // Until the socket no longer takes all, and some 100 events wait in our queue.
  for (let i = 0; i < 1_000 && [...server.sessions()][0] !== undefined; i++) {
    server.publish('/finesse/api/User/2001', `${i};${payload}`);
    if (i % 50 === 49) await settled();
    if (queued() > 50) break;
  }
  expect(queued()).toBeGreaterThan(50);
  raw.send(PING('urgent'));
  await untilQuiet();
  raw.socket.resume();
  const before = await raw.until('id="urgent"');
  server.publish('/finesse/api/User/2001', 'the end');
  const after = await raw.until('>the end<');
  expect(before).toContain('<message');
  expect(after.split('<message').length).toBeGreaterThan(50);

  function queued(): number {
    return server.health().queuedStanzas;
  }
  async function untilQuiet(): Promise<void> {
    const count = queued();
    while (queued() === count) await settled();
  }
});

test('too many connections from one address are refused until some have signed in', async () => {
  const { client, port, seen } = await listening({ limits: { unauthenticatedPerAddressMax: 3 } });
  const three = [await client(), await client(), await client()];
  for (const raw of three) {
    raw.send(HEADER);
    await raw.until('</stream:features>');
  }
  const fourth = await client();
  expect(await fourth.end()).toBe('');
  expect(await (await client()).end()).toBe('');
  expect(seen).toEqual([
    'info 127.0.0.1 is refused over TCP: too many connections of this address have not signed in',
  ]);
  const [first] = three;
  first?.socket.destroy();
  await first?.end();
  await settled();
  const fifth = await RawClient.connect(port);
  await fifth.signIn('2001');
  await (await client()).signIn('2002');
  fifth.socket.destroy();
});

test('a listener serves at most so many connections', async () => {
  const { client, server, seen } = await listening({ limits: { connectionsMax: 2 } });
  const first = await (await client()).signIn('2001');
  await (await client()).signIn('2002');
  expect(await (await client()).end()).toBe('');
  expect(seen.at(-1)).toBe('info 127.0.0.1 is refused over TCP: too many connections');
  first.socket.destroy();
  while (server.health().streams > 1) await settled();
  await (await client()).signIn('2001');
});

test('a peer that does not close after the end of its stream is cut off after 2 s', async () => {
  const { client, clock, server } = await listening();
  const raw = await (await client()).signIn('2001');
  raw.socket.allowHalfOpen = true;
  raw.send('<!-- -->');
  await raw.until('</stream:stream>');
  expect(server.health()).toMatchObject({ streams: 0, listeners: [{ connections: 1 }] });
  clock.advance(1_000);
  expect(server.health().listeners[0]?.connections).toBe(1);
  clock.advance(1_000);
  while (server.health().listeners[0]?.connections !== 0) await settled();
});

test('who connects to the TLS port and says nothing is dropped', async (context) => {
  const tls = certificate();
  if (tls === undefined) return context.skip('openssl is missing');
  const { client, server, seen } = await listening({ limits: { tlsHandshakeMs: 50 } }, { tls, direct: true });
  expect(await (await client()).end()).toBe('');
  expect(seen).toEqual([
    'info 127.0.0.1 is refused over TCP: TLS handshake failed (ERR_TLS_HANDSHAKE_TIMEOUT)',
  ]);
  expect(server.health().streams).toBe(0);
});

test('STARTTLS: what was sent in clear behind it does not count', async (context) => {
  const tls = certificate();
  if (tls === undefined) return context.skip('openssl is missing');
  const { client, server } = await listening({}, { tls });
  const raw = await client();
  raw.send(HEADER);
  expect(await raw.until('</stream:features>')).toContain(
    '<starttls xmlns="urn:ietf:params:xml:ns:xmpp-tls"/><mechanisms',
  );
  raw.send(`<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>${auth('2002')}`);
  expect(await raw.until('/>')).toBe('<proceed xmlns="urn:ietf:params:xml:ns:xmpp-tls"/>');
  raw.socket.removeAllListeners('data');
  const secure = connectTls({ socket: raw.socket, ca: tls.cert, servername: 'localhost' });
  const inner = await new RawClient(secure).signIn('2001');
  expect([...server.sessions()].map(({ user }) => user)).toEqual(['2001']);
  server.publish('/finesse/api/User/2001', 'over TLS');
  await inner.until('over TLS');
  secure.destroy();
});

test('direct TLS, and no SCRAM unless it is switched on', async (context) => {
  const tls = certificate();
  if (tls === undefined) return context.skip('openssl is missing');
  const { port } = await listening({}, { tls, direct: true });
  const secure = connectTls({ port, host: '127.0.0.1', ca: tls.cert, servername: 'localhost' });
  const raw = new RawClient(secure);
  raw.send(HEADER);
  const features = await raw.until('</stream:features>');
  expect(features).toContain('<mechanism>PLAIN</mechanism></mechanisms>');
  expect(features).not.toContain('starttls');
  secure.destroy();
});

test('a client that speaks no TLS on the TLS port is dropped', async (context) => {
  const tls = certificate();
  if (tls === undefined) return context.skip('openssl is missing');
  const { client, server, seen } = await listening({}, { tls, direct: true });
  const raw = await client();
  raw.send(HEADER);
  await raw.end();
  expect(server.health().streams).toBe(0);
  expect(seen).toEqual([
    expect.stringMatching(/^info 127.0.0.1 is refused over TCP: TLS handshake failed \(ERR_SSL_/),
  ]);
  // Who only looks whether the port is open is no line.
  const probe = await client();
  probe.socket.destroy();
  await probe.end();
  await settled();
  expect(seen).toHaveLength(1);
});

test('after STARTTLS, what is no TLS is refused and logged', async (context) => {
  const tls = certificate();
  if (tls === undefined) return context.skip('openssl is missing');
  const { client, seen } = await listening({}, { tls });
  const raw = await client();
  raw.send(`${HEADER}<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>`);
  await raw.until('<proceed xmlns="urn:ietf:params:xml:ns:xmpp-tls"/>');
  raw.send(HEADER);
  await raw.end();
  expect(seen).toEqual([
    expect.stringMatching(/^info 127.0.0.1 is refused over TCP: TLS handshake failed \(ERR_SSL_/),
  ]);
});

test('200 clients at once sign in, each gets its own event once', async () => {
  const users = Array.from({ length: 200 }, (_, i) => `u${i}`);
  const { client, server } = await listening({
    clock: systemClock(),
    authenticator: { plain: async (loginId) => ({ ok: true, loginId }) },
    access: {
      nodeAccess: () => 'allow',
      nodesOf: () => [],
      automaticNodes: (user) => [`/n/${user}`],
      canonicalNode: (node) => node,
      isService: () => false,
    },
  });
  const clients = await Promise.all(users.map(async (user) => (await client()).signIn(user)));
  for (const raw of clients) {
    raw.send(PING('sync'));
    await raw.until('id="sync"');
  }
  for (const user of users) server.publish(`/n/${user}`, `for ${user}.`);
  for (const [i, raw] of clients.entries()) {
    await raw.until(`for u${i}.`);
    raw.send(PING('done'));
    expect(await raw.until('id="done"')).not.toContain('<message');
  }
});

test('a subscription to another user’s node is forbidden over the wire, too', async () => {
  const { client } = await listening();
  const raw = await (await client()).signIn('2001');
  raw.send(iq('set', PUBSUB, pubsub(`<subscribe node='/finesse/api/User/2002' jid='2001@${DOMAIN}'/>`), 's'));
  expect(await raw.until('</error>')).toContain('<forbidden');
});

test('a silent client with stream management is asked by <r/>, which counts as no stanza', async () => {
  const { client, clock } = await listening();
  const raw = await (await client()).signIn('2001');
  raw.send("<enable xmlns='urn:xmpp:sm:3' resume='true'/>");
  await raw.until('<r xmlns="urn:xmpp:sm:3"/>');
  raw.send(`<a xmlns='urn:xmpp:sm:3' h='0'/>${PING('o')}`);
  await raw.until('id="o"');
  clock.advance(181_000);
  await raw.until('<r xmlns="urn:xmpp:sm:3"/>');
  expect(raw.text).not.toContain('urn:xmpp:ping');
  raw.send("<a xmlns='urn:xmpp:sm:3' h='1'/>");
  raw.send(PING('q'));
  await raw.until('id="q"');
});

test('whoever signs in and does not bind is dropped after twice the time', async () => {
  const { client, clock, server } = await listening();
  const raw = await client();
  raw.send(HEADER);
  await raw.until('</stream:features>');
  raw.send(auth('2001'));
  await raw.until('<success');
  clock.advance(59_000);
  expect(server.health().streams).toBe(1);
  clock.advance(2_000);
  expect(await raw.end()).toContain('<connection-timeout');
});

test('of the connections of one user that do not bind the last 32 stay, and others are not in the way', async () => {
  const { client, server, seen } = await listening();
  const signedIn = async (user: string) => {
    const raw = await client();
    raw.send(HEADER);
    await raw.until('</stream:features>');
    raw.send(auth(user));
    await raw.until('<success');
    return raw;
  };
  const all = [];
  for (let i = 0; i < 35; i++) all.push(await signedIn('2001'));
  for (const raw of all.slice(0, 3)) expect(await raw.end()).toContain('<policy-violation');
  expect(server.health().streams).toBe(32);
  expect(seen).toEqual([
    `info 2001@${DOMAIN} at 127.0.0.1: too many connections of this user have not bound a resource`,
  ]);
  await (await client()).signIn('2002');
});

test('a lost line and a line without a goodbye are resumed over another one', async () => {
  const { client, server } = await listening();
  const resumeOn = async (id: string) => {
    const raw = await client();
    raw.send(HEADER);
    await raw.until('</stream:features>');
    raw.send(auth('2001'));
    await raw.until('<success');
    await raw.until('>');
    raw.send(HEADER);
    await raw.until('</stream:features>');
    raw.send(`<resume xmlns='urn:xmpp:sm:3' previd='${id}' h='1'/>`);
    return raw;
  };
  const first = await (await client()).signIn('2001');
  first.send(`<enable xmlns='urn:xmpp:sm:3' resume='true'/>${PING('p')}<a xmlns='urn:xmpp:sm:3' h='0'/>`);
  const id = / id="(\w+)"/.exec(await first.until('id="p"'))?.[1] ?? '';
  first.socket.resetAndDestroy();
  while (server.health().lost === 0) await settled();
  server.publish('/finesse/api/User/2001', '<one/>');
  const second = await resumeOn(id);
  expect(await second.until('</message>')).toMatch(/^<resumed [^>]*h="1"[^>]*\/><message .*&lt;one\/&gt;/);
  second.socket.end();
  while (server.health().lost === 0) await settled();
  server.publish('/finesse/api/User/2001', '<two/>');
  const third = await resumeOn(id);
  expect(await third.until('two')).toContain('one');
});
