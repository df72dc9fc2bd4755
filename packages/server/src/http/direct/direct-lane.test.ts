/** The short way of BOSH polls on real sockets, beside the long one. */
import { readFileSync } from 'node:fs';
import { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type Clock, systemClock, VirtualClock } from '@poise/clock';
import { boshRefusal, type RequestPeer } from '@poise/xmpp';
import { afterEach, describe, expect, test } from 'vitest';
import { type Happening, Happenings } from '../../happenings.ts';
import { corsPolicy } from '../cors.ts';
import { HttpHost, type HttpHostOptions, type NotificationDoor } from '../http-host.ts';

interface Taken {
  readonly body: string;
  readonly peer: RequestPeer;
}

let host: HttpHost | undefined;
let access: Happening<'http.access'>[];
/** Requests that came the short way. */
let direct: Taken[];
/** Handshakes, and which way they came. */
let upgraded: { isByNode: boolean; [name: string]: unknown }[];
/** Bodies are held until the test answers them, if they say so. */
const HOLD = '<body hold/>';
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await host?.stop();
  host = undefined;
});

const answerOf = (body: string) => `<body>${body.length} \u00e4</body>`;

/** The way through node:http gives the same answers, so that the two can be compared. */
const door: NotificationDoor = {
  boshBody(bytes, peer) {
    const body = bytes.toString('utf8');
    if (body === '<decline/>') return false;
    direct.push({ body, peer });
    if (body === HOLD) return true;
    if (body === '<refuse/>') peer.refuse(404);
    else peer.answer(answerOf(body));
    return true;
  },
  saslPolicy: (listener) => ({ scram: listener === 'boshTls' ? ['SCRAM-SHA-256'] : [] }),
  bosh(req, res) {
    const parts: Buffer[] = [];
    req.on('data', (part) => parts.push(part));
    req.on('end', () => {
      const body = Buffer.concat(parts).toString('utf8');
      if (body === HOLD) return;
      if (body === '<refuse/>') {
        const { text, headers } = boshRefusal(404);
        res.writeHead(404, headers);
        res.end(text);
        return;
      }
      const text = answerOf(body);
      res.writeHead(200, [
        'Content-Type',
        'text/xml;charset=UTF-8',
        'Content-Length',
        String(Buffer.byteLength(text)),
        'Cache-Control',
        'no-store',
      ]);
      res.end(text);
    });
  },
  upgrade(req, socket, head) {
    const { host: name, origin, 'sec-websocket-key': key } = req.headers;
    const { method, url } = req;
    upgraded.push({
      isByNode: req instanceof IncomingMessage,
      method,
      url,
      name,
      origin,
      key,
      head: head.length,
    });
    if (key === undefined) return false;
    socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    return true;
  },
};

async function started(clock: Clock = systemClock(), more: Partial<HttpHostOptions> = {}): Promise<number> {
  access = [];
  direct = [];
  upgraded = [];
  const happenings = new Happenings(() => 0);
  happenings.observe((happening) => {
    if (happening.kind === 'http.access') access.push(happening);
  });
  host = new HttpHost({
    clock,
    happenings,
    listeners: [{ name: 'bosh', host: '127.0.0.1', port: 0 }],
    pages: { desktopDir: '/none', gadgetFilesDir: '/none' },
    plugins: [],
    notification: door,
    cors: corsPolicy([], true),
    ...more,
  });
  await host.start();
  return host.port('bosh');
}

const post = (body: string, ...fields: string[]) =>
  [
    'POST /http-bind/ HTTP/1.1',
    'Host: d',
    ...fields,
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');

class Client {
  text = '';
  closed = false;
  readonly socket: Socket;
  constructor(socket: Socket) {
    this.socket = socket;
    sockets.push(socket);
    socket.on('data', (part) => {
      this.text += part.toString('latin1');
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.closed = true;
    });
  }
  send(text: string): void {
    this.socket.write(text, 'utf8');
  }
  get answers(): number {
    return this.text.match(/HTTP\/1\.1 \d/g)?.length ?? 0;
  }
}

function client(port: number): Client {
  const socket = connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  return new Client(socket);
}

async function until(condition: () => boolean): Promise<void> {
  const start = performance.now();
  while (!condition()) {
    if (performance.now() - start > 30_000) throw new Error(`in vain: ${condition}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const withoutDate = (text: string) => text.replace(/Date: [^\r]+GMT\r\n/, 'Date: now\r\n');

test.each([
  ['an answer', '<body/>', []],
  ['an answer to a page that may read it', '<body/>', ['Origin: http://localhost:5173']],
  ['an answer to a page that may not', '<body/>', ['Origin: https://evil.example']],
  ['a refusal', '<refuse/>', []],
  ['a refusal to a page', '<refuse/>', ['Origin: http://127.0.0.1:80']],
] as const)('%s is the same, byte for byte, on both ways', async (_what, body, fields) => {
  const port = await started();
  const short = client(port);
  short.send(post(body, ...fields));
  await until(() => short.text.includes(body === '<body/>' ? '</body>' : 'item-not-found"/>'));
  expect(direct).toHaveLength(1);
  const long = client(port);
  // A field that nobody knows sends it the long way.
  long.send(post(body, ...fields, 'X-Other: 1'));
  await until(() => long.text.length >= short.text.length);
  expect(direct).toHaveLength(1);
  expect(withoutDate(short.text)).toBe(withoutDate(long.text));
  await until(() => access.length === 2);
  const [first, second] = access.map(({ elapsedMs: _, ...entry }) => entry);
  expect(first).toEqual(second);
});

const handshake = (...fields: string[]) =>
  [
    'GET /ws/ HTTP/1.1',
    'Host: d',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Protocol: xmpp',
    ...fields,
    '',
    '',
  ].join('\r\n');

test.each([
  ['a handshake', ['Sec-WebSocket-Key: k']],
  ['one of a page that may', ['Sec-WebSocket-Key: k', 'Origin: http://localhost:5173']],
  ['one of a page that may not', ['Sec-WebSocket-Key: k', 'Origin: https://evil.example']],
  ['one that is refused', []],
])('%s has the same answer on both ways', async (_what, fields) => {
  const port = await started();
  const short = client(port);
  short.send(handshake(...fields));
  await until(() => short.closed);
  const long = client(port);
  long.send(handshake(...fields, 'X-Other: 1'));
  await until(() => long.closed);
  expect(short.text).toMatch(/^HTTP\/1\.1 (101|403|503) /);
  expect(short.text).toBe(long.text);
  await until(() => access.length === 2);
  const [first, second] = access.map(({ elapsedMs: _, ...entry }) => entry);
  expect(first).toEqual(second);
  if (upgraded.length === 0) return;
  const [{ isByNode, ...direct }, { isByNode: isOtherByNode, ...other }] = upgraded as [
    (typeof upgraded)[0],
    (typeof upgraded)[0],
  ];
  expect([isByNode, isOtherByNode]).toEqual([false, true]);
  expect(direct).toEqual(other);
});

test('a handshake with frames behind it goes to node:http', async () => {
  const one = client(await started());
  one.send(`${handshake('Sec-WebSocket-Key: k')}\u0001\u0002`);
  await until(() => one.closed);
  expect(upgraded).toMatchObject([{ isByNode: true, head: 2 }]);
});

describe('on one connection', () => {
  test('requests come one after the other, with different heads and lengths', async () => {
    const one = client(await started());
    const bodies = ['<a/>', '<bb/>', '', '<a/>', '<\u00e4/>'];
    for (const [i, body] of bodies.entries()) {
      one.send(post(body, ...(i === 1 ? ['Origin: http://localhost'] : [])));
      await until(() => one.answers === i + 1);
    }
    expect(direct.map((taken) => taken.body)).toEqual(bodies);
    expect(one.text.match(/Access-Control-Allow-Origin/g)).toHaveLength(1);
    expect(access.map((entry) => [entry.status, entry.bytes])).toEqual(
      bodies.map((body) => [200, Buffer.byteLength(answerOf(body))]),
    );
  });

  test('heads of any length may follow one another', async () => {
    const one = client(await started());
    const fields = [
      'Cookie: a=1',
      `Cookie: ${'b'.repeat(3_000)}`,
      'Cookie: a=1',
      `Cookie: ${'c'.repeat(3_000)}`,
    ];
    for (const [i, field] of fields.entries()) {
      one.send(post(`<n${i}/>`, field));
      await until(() => one.answers === i + 1);
    }
    expect(direct.map((taken) => taken.body)).toEqual(['<n0/>', '<n1/>', '<n2/>', '<n3/>']);
  });

  test('an answer whose length is told is not counted again', async () => {
    const one = client(await started());
    one.send(post(HOLD));
    await until(() => direct.length === 1);
    expect(direct[0]?.peer.answer('<\u20ac/>', 6)).toBe(6);
    await until(() => one.text.endsWith('/>'));
    expect(one.text).toContain('\r\nContent-Length: 6\r\n');
    expect(one.text.split('\r\n\r\n')[1]).toBe(Buffer.from('<\u20ac/>').toString('latin1'));
    expect(access[0]).toMatchObject({ bytes: 6 });
  });

  test('one that is declined goes to node:http as it came, after those before it', async () => {
    const one = client(await started());
    one.send(post('<a/>') + post(HOLD) + post('<decline/>') + post('<b/>'));
    await until(() => direct.length === 2 && one.answers === 1);
    direct[1]?.peer.answer('<held/>');
    await until(() => one.answers === 4);
    expect(direct).toHaveLength(2);
    expect(one.text.match(/<(?:held\/|body)>/g)).toEqual(['<body>', '<held/>', '<body>', '<body>']);
  });

  test('a flood of pipelined ones leaves the others their turn', async () => {
    const one = client(await started());
    const perTurn: number[] = [];
    let before = 0;
    let over = false;
    const turn = (): void => {
      perTurn.push(direct.length - before);
      before = direct.length;
      if (!over) setImmediate(turn);
    };
    turn();
    one.send(post('<a/>').repeat(300));
    await until(() => one.answers === 300);
    over = true;
    expect(direct.length).toBeGreaterThan(32);
    expect(Math.max(...perTurn)).toBeLessThanOrEqual(16);
  });

  test('pipelined ones are taken at once and answered in their order', async () => {
    const one = client(await started());
    one.send(post(HOLD) + post('<second/>') + post(HOLD));
    await until(() => direct.length === 3);
    expect(one.text).toBe('');
    direct[2]?.peer.answer('<third/>');
    direct[0]?.peer.answer('<first/>');
    await until(() => one.answers === 3);
    expect(one.text.replace(/HTTP[\s\S]*?\r\n\r\n/g, '')).toBe(
      Buffer.from(`<first/>${answerOf('<second/>')}<third/>`).toString('latin1'),
    );
    // A second answer to the same request is none.
    direct[0]?.peer.answer('<again/>');
    direct[0]?.peer.refuse(500);
    one.send(post('<a/>'));
    await until(() => one.answers === 4);
    expect(one.text).not.toContain('again');
  });

  test('one that comes in pieces behind a held one is taken when it is whole', async () => {
    const one = client(await started());
    one.send(post(HOLD));
    await until(() => direct.length === 1);
    for (const character of post('<second/>')) {
      one.send(character);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => direct.length === 2);
    direct[0]?.peer.answer('<first/>');
    await until(() => one.answers === 2);
  });

  test('more than sixteen waiting ones stay unread until there is room', async () => {
    const one = client(await started());
    one.send(post(HOLD).repeat(40));
    await until(() => direct.length === 16);
    for (let i = 0; i < 40; i++) {
      await until(() => direct.length > i);
      expect(direct.length - i).toBeLessThanOrEqual(16);
      direct[i]?.peer.answer(`<n${i}/>`);
    }
    await until(() => one.answers === 40);
    expect(direct).toHaveLength(40);
  });

  test('what is not plain waits for the answers before it, and then gets its own from node:http', async () => {
    const one = client(await started());
    one.send(`${post(HOLD)}GET /nothing HTTP/1.1\r\nHost: d\r\n\r\n`);
    await until(() => direct.length === 1);
    direct[0]?.peer.answer('<first/>');
    await until(() => one.answers === 2);
    expect(one.text).toMatch(/^HTTP\/1\.1 200 [\s\S]*<first\/>HTTP\/1\.1 404 /);
    // From then on all of them go there.
    one.send(post('<body/>'));
    await until(() => one.answers === 3);
    expect(direct).toHaveLength(1);
  });

  test('garbage behind a held request is answered with 400 after it', async () => {
    const one = client(await started());
    one.send(`${post(HOLD)}\u0001\u0002 garbage\r\n\r\n`);
    await until(() => direct.length === 1);
    direct[0]?.peer.answer('<first/>');
    await until(() => one.closed);
    expect(one.text).toMatch(/^HTTP\/1\.1 200 [\s\S]*<first\/>HTTP\/1\.1 400 /);
  });

  test('a request may come in any pieces, in chunks, or wait for leave', async () => {
    const port = await started();
    const pieces = client(port);
    for (const character of post('<body/>')) {
      pieces.send(character);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const chunks = client(port);
    chunks.send(
      'POST /http-bind/ HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n<body/>\r\n0\r\n\r\n',
    );
    const waits = client(port);
    waits.send('POST /http-bind/ HTTP/1.1\r\nHost: d\r\nExpect: 100-continue\r\nContent-Length: 7\r\n\r\n');
    await until(() => waits.text.includes('100 Continue'));
    waits.send('<body/>');
    for (const one of [pieces, chunks, waits]) await until(() => one.text.includes('</body>'));
    expect(direct).toEqual([]);
  });

  test('a WebSocket handshake may follow polls', async () => {
    const one = client(await started());
    one.send(post('<body/>'));
    await until(() => one.answers === 1);
    one.send(handshake('Sec-WebSocket-Key: k'));
    await until(() => one.closed);
    expect(one.text).toMatch(/HTTP\/1\.1 101 /);
    expect(upgraded).toMatchObject([{ isByNode: false }]);
  });
});

describe('clients that leave', () => {
  test('a held request hears of it once, and the access log says 499', async () => {
    const one = client(await started());
    one.send(post(HOLD));
    await until(() => direct.length === 1);
    const lost: unknown[] = [];
    const held = { holder: { connectionLost: (request: unknown) => lost.push(request) } };
    (direct[0] as Taken).peer.held = held as unknown as RequestPeer['held'];
    one.socket.destroy();
    await until(() => lost.length === 1);
    expect(lost).toEqual([held]);
    expect(direct[0]?.peer.held).toBeNull();
    await until(() => access.length === 1);
    expect(access[0]).toMatchObject({ status: 499, bytes: null, uri: '/http-bind/', method: 'POST' });
    direct[0]?.peer.answer('<late/>');
    expect(access).toHaveLength(1);
  });

  test('half a connection is none, but what was asked before is answered', async () => {
    const port = await started();
    const asks = client(port);
    asks.socket.end(post('<body/>'));
    await until(() => asks.closed);
    expect(asks.text).toContain('</body>');
    const waits = client(port);
    waits.send(post(HOLD) + post('<next/>'));
    await until(() => direct.length === 3);
    waits.socket.end();
    await until(() => waits.closed);
    direct[1]?.peer.answer('<late/>');
    expect(waits.text).toBe('');
    await until(() => access.length === 3);
    expect(access.map((entry) => entry.status)).toEqual([200, 499, 499]);
  });

  test('one that never reads is served no further, and loses the connection', async () => {
    const clock = new VirtualClock();
    const one = client(await started(clock));
    one.socket.pause();
    const large = 'x'.repeat(1_000_000);
    let answered = 0;
    one.send(post(HOLD).repeat(200));
    for (let idle = 0; idle < 200; idle++) {
      while (answered < direct.length) {
        direct[answered++]?.peer.answer(large);
        idle = 0;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    // Some megabytes fit into the buffers of the system.
    expect(answered).toBeLessThan(60);
    clock.advance(300_000);
    clock.advance(10_000);
    await until(() => host?.health().detail !== undefined && connectionsOf() === 0);
  });
});

function connectionsOf(): number {
  const detail = host?.health().detail as { listeners: { bosh: { connections: number } } };
  return detail.listeners.bosh.connections;
}

describe('time', () => {
  test('a connection on which nothing comes gets 408', async () => {
    const clock = new VirtualClock();
    const one = client(await started(clock));
    await until(() => connectionsOf() === 1);
    clock.advance(15_000);
    await new Promise((resolve) => setImmediate(resolve));
    expect(one.closed).toBe(false);
    clock.advance(10_000);
    await until(() => one.text.startsWith('HTTP/1.1 408 '));
    await until(() => access.length === 1);
    expect(access[0]).toMatchObject({ status: 408, method: '-' });
  });

  test('what begins slowly goes to node:http, which gives it no more time than others', async () => {
    // Real time: node looks at no other clock.
    const limits = { headersTimeoutMs: 1_500, requestTimeoutMs: 3_000, timeoutCheckMs: 20 };
    const port = await started(systemClock(), { limits });
    const slow = client(port);
    const dribbling = setInterval(() => slow.send('P'), 40);
    const waits = client(port);
    waits.send(post(HOLD));
    await until(() => direct.length === 1);
    const late = client(port);
    late.send(post('<body/>').slice(0, -3));
    await until(() => slow.closed && late.closed);
    clearInterval(dribbling);
    for (const one of [slow, late]) expect(one.text).toMatch(/^HTTP\/1\.1 40[08] /);
    expect(late.text).toMatch(/^HTTP\/1\.1 408 /);
    direct[0]?.peer.answer('<first/>');
    await until(() => waits.answers === 1);
  });

  test('a held request stays, an idle connection ends', async () => {
    const clock = new VirtualClock();
    const one = client(await started(clock));
    one.send(post(HOLD));
    await until(() => direct.length === 1);
    clock.advance(120_000);
    direct[0]?.peer.answer('<first/>');
    await until(() => one.answers === 1);
    clock.advance(85_000);
    one.send(post('<second/>'));
    await until(() => one.answers === 2);
    clock.advance(85_000);
    await new Promise((resolve) => setImmediate(resolve));
    expect(one.closed).toBe(false);
    clock.advance(10_000);
    await until(() => one.closed);
  });

  test('a listener that closes ends idle connections at once, and others with their answers', async () => {
    const port = await started();
    const idle = client(port);
    idle.send(post('<body/>'));
    await until(() => idle.answers === 1);
    const busy = client(port);
    busy.send(post(HOLD));
    await until(() => direct.length === 2);
    const closed = host?.closeListener('bosh');
    await until(() => idle.closed);
    expect(busy.closed).toBe(false);
    direct[1]?.peer.answer('<last/>');
    await closed;
    await until(() => busy.closed);
    expect(busy.text).toContain('<last/>');
  });
});

test('over TLS it is the same, and known to be secure', async () => {
  const read = (kind: string) =>
    readFileSync(new URL(`../fixtures/first.${kind}.pem`, import.meta.url), 'utf8');
  await started(systemClock(), {
    listeners: [{ name: 'boshTls', host: '127.0.0.1', port: 0 }],
    secureContext: { key: read('key'), cert: read('cert') },
  });
  const port = host?.port('boshTls') ?? 0;
  const one = new Client(connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }));
  one.send(post('<body/>'));
  await until(() => one.answers === 1);
  expect(direct[0]?.peer).toMatchObject({
    secure: true,
    loopback: true,
    remoteAddress: '127.0.0.1',
    saslPolicy: { scram: ['SCRAM-SHA-256'] },
  });
  one.send('GET /nothing HTTP/1.1\r\nHost: d\r\n\r\n');
  await until(() => one.answers === 2);
  expect(one.text).toMatch(/HTTP\/1\.1 404 /);
});

test('addresses beyond the cap get nothing', async () => {
  const port = await started(systemClock(), { limits: { connectionsPerLoopbackMax: 1 } });
  const first = client(port);
  first.send(post('<body/>'));
  await until(() => first.answers === 1);
  const second = client(port);
  second.send(post('<body/>'));
  await until(() => second.closed);
  expect([second.text, direct.length]).toEqual(['', 1]);
});
