/** The handler on real sockets: HTTP as clients see it. */
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { VirtualClock } from '@poise/clock';
import { afterEach, describe, expect, test } from 'vitest';
import { EMPTY, FakeStream, message, NS, sent } from '../../test/bosh-fixture.ts';
import { type BoshOptions, type BoshService, createBoshHandler } from './handler.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

async function serve(options: Partial<BoshOptions> = {}) {
  const clock = new VirtualClock();
  const streams: FakeStream[] = [];
  let randoms = 0;
  const service = createBoshHandler({
    openStream: (transport) => {
      const stream = new FakeStream(transport);
      stream.signIn();
      streams.push(stream);
      return stream;
    },
    clock,
    random: (bytes) => Uint8Array.from({ length: bytes }, () => ++randoms % 251),
    domain: 'd',
    ...options,
  });
  const server = http.createServer((req, res) => service.handler(req, res));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { clock, streams, service, server, port };
}

interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  rawHeaders: string[];
  body: string;
}

function send(port: number, body: string, headers: http.OutgoingHttpHeaders = {}, method = 'POST') {
  const request = http.request({ port, host: '127.0.0.1', method, path: '/http-bind/', headers });
  const answer = new Promise<Answer>((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part) => {
        text += part;
      });
      response.on('end', () => {
        resolve({
          status: response.statusCode!,
          headers: response.headers,
          rawHeaders: response.rawHeaders,
          body: text,
        });
      });
    });
  });
  request.end(body);
  return { request, answer };
}

const create = (rid = 1) => `<body rid='${rid}' to='d' ver='1.6' hold='1' wait='30' xmlns='${NS}'/>`;
const poll = (sid: string, rid: number) => `<body rid='${rid}' sid='${sid}' xmlns='${NS}'/>`;

async function until(condition: () => boolean): Promise<void> {
  const start = performance.now();
  while (!condition()) {
    if (performance.now() - start > 30_000) throw new Error(`in vain: ${condition}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Whether the one session holds no request; time moves on a little to tell. */
function isIdle(service: BoshService, clock: VirtualClock): boolean {
  // Much less than any deadline, however often it is asked.
  clock.advance(1e-6);
  return [...service.sessions()][0]!.idleMs > 0;
}

async function connectionsGone(server: http.Server): Promise<void> {
  let count = 1;
  await until(() => {
    server.getConnections((_, open) => {
      count = open;
    });
    return count === 0;
  });
}

/** A raw connection and what came back on it. */
async function connect(port: number) {
  const socket = net.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const raw = { socket, text: '', closed: false };
  socket.on('data', (part) => {
    raw.text += part.toString('latin1');
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    raw.closed = true;
  });
  cleanups.push(() => socket.destroy());
  return raw;
}

const post = (body: string) =>
  `POST /http-bind/ HTTP/1.1\r\nHost: d\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

describe('answers', () => {
  test('the headers of an answer: exact type and length, no-store, the connection stays', async () => {
    const { port, streams } = await serve();
    await send(port, create()).answer;
    const held = send(port, poll(streams[0]!.transport.id, 2));
    await until(() => streams[0]!.transport.queuedStanzas === 0 && streams.length === 1);
    streams[0]!.transport.stanza(message('ü'));
    const answer = await held.answer;
    expect(answer.status).toBe(200);
    expect(answer.body).toBe(`<body xmlns='${NS}'>${sent('ü')}</body>`);
    expect(answer.rawHeaders.slice(0, 6)).toEqual([
      'Content-Type',
      'text/xml;charset=UTF-8',
      'Content-Length',
      String(Buffer.byteLength(answer.body)),
      'Cache-Control',
      'no-store',
    ]);
    expect(answer.headers.connection).toBe('keep-alive');
    expect(answer.headers['transfer-encoding']).toBeUndefined();
  });

  test('the length is that of the bytes, whatever the stanzas hold', async () => {
    const { port, streams } = await serve();
    await send(port, create()).answer;
    const { transport } = streams[0]!;
    transport.nonza('<a>\u00e4\u20ac\ud83d\ude00</a>');
    transport.stanza('<message><body>\u20ac</body></message>');
    const answer = await send(port, poll(transport.id, 2)).answer;
    expect(answer.body).toBe(
      `<body xmlns='${NS}'><a>\u00e4\u20ac\ud83d\ude00</a><message xmlns="jabber:client"><body>\u20ac</body></message></body>`,
    );
    expect(answer.headers['content-length']).toBe(String(Buffer.byteLength(answer.body)));
  });

  test('the wait runs on the given clock: 57 bytes after 30 s', async () => {
    const { port, streams, clock, service } = await serve();
    await send(port, create()).answer;
    const held = send(port, poll(streams[0]!.transport.id, 2));
    await until(() => [...service.sessions()][0]!.idleMs === 0 && clock.pending > 4);
    clock.advance(30_000);
    const answer = await held.answer;
    expect(answer.body).toBe(EMPTY);
    expect(answer.headers['content-length']).toBe('57');
  });

  test.each([
    ['unknown sid', poll('nobody', 2), 404],
    ['no rid', `<body xmlns='${NS}'/>`, 400],
    ['no XML', 'hello', 400],
    ['nothing at all', '', 400],
  ])('%s is an HTTP status', async (_, body, status) => {
    const { port } = await serve();
    const answer = await send(port, body).answer;
    expect(answer.status).toBe(status);
    expect(Number(answer.headers['content-length'])).toBe(answer.body.length);
  });

  test('404 says in its body what the status says, for clients that read that alone', async () => {
    const { port } = await serve();
    const answer = await send(port, poll('nobody', 2)).answer;
    expect([answer.status, answer.headers['content-type'], answer.body]).toEqual([
      404,
      'text/xml;charset=UTF-8',
      `<body xmlns="${NS}" type="terminate" condition="item-not-found"/>`,
    ]);
  });

  test('503 with Retry-After while the server is not ready, and after the stop', async () => {
    let ready = false;
    const { port, service } = await serve({ ready: () => ready });
    const answer = await send(port, create()).answer;
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '5']);
    ready = true;
    expect((await send(port, create()).answer).status).toBe(200);
    service.stop('shutdown');
    expect((await send(port, create()).answer).status).toBe(503);
  });
});

describe('other methods', () => {
  test('GET gets 404 and a line that says what the address is', async () => {
    const { port } = await serve();
    const answer = await send(port, '', {}, 'GET').answer;
    expect(answer.status).toBe(404);
    expect(answer.headers['content-type']).toBe('text/plain;charset=UTF-8');
    expect(answer.body).toMatch(/^This is the BOSH address .*\n$/);
  });

  test('HEAD likewise, without the line', async () => {
    const { port } = await serve();
    const answer = await send(port, '', {}, 'HEAD').answer;
    expect([answer.status, answer.body]).toEqual([404, '']);
  });

  test.each(['PUT', 'DELETE', 'PATCH'])('%s gets 405', async (method) => {
    const { port } = await serve();
    const answer = await send(port, 'x', {}, method).answer;
    expect([answer.status, answer.headers.allow]).toEqual([405, 'POST, GET, OPTIONS']);
  });
});

describe('cross-origin requests', () => {
  test('a pre-flight is answered with everything that the BOSH client sends', async () => {
    const { port } = await serve();
    const { status, headers, body } = await send(
      port,
      '',
      {
        Origin: 'https://desk.example',
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'content-type,x-requested-with',
      },
      'OPTIONS',
    ).answer;
    expect([status, body]).toEqual([200, '']);
    expect(headers['access-control-allow-origin']).toBe('*');
    expect(headers['access-control-allow-methods']).toBe('POST, GET, OPTIONS');
    expect(headers['access-control-allow-headers']).toBe('Content-Type, X-Requested-With');
    expect(headers['access-control-max-age']).toBe('86400');
    expect(headers['access-control-allow-credentials']).toBeUndefined();
  });

  test('answers and refusals can be read by the page that asked', async () => {
    const { port } = await serve();
    const headers = { Origin: 'https://desk.example' };
    expect((await send(port, create(), headers).answer).headers['access-control-allow-origin']).toBe('*');
    expect((await send(port, 'x', headers).answer).headers['access-control-allow-origin']).toBe('*');
    expect((await send(port, create()).answer).headers['access-control-allow-origin']).toBeUndefined();
  });

  test('a policy may name origins and refuse others', async () => {
    const { port } = await serve({ cors: { origin: (origin) => (origin === 'https://a' ? origin : null) } });
    const allowed = await send(port, create(), { Origin: 'https://a' }).answer;
    expect([allowed.headers['access-control-allow-origin'], allowed.headers.vary]).toEqual([
      'https://a',
      'Origin',
    ]);
    const refused = await send(port, '', { Origin: 'https://b' }, 'OPTIONS').answer;
    expect(refused.status).toBe(200);
    expect(refused.headers['access-control-allow-origin']).toBeUndefined();
    expect(refused.headers['access-control-allow-methods']).toBeUndefined();
  });
});

describe('what the body is said to be', () => {
  test.each([
    undefined,
    'text/xml',
    'text/xml; charset=utf-8',
    'text/plain;charset="UTF-8"',
    'application/x-www-form-urlencoded',
  ])('%s is taken for XML', async (type) => {
    const { port } = await serve();
    expect(
      (await send(port, create(), type === undefined ? {} : { 'Content-Type': type }).answer).status,
    ).toBe(200);
  });

  test('libpurple names the type of its body as a coding', async () => {
    const { port } = await serve();
    const headers = { 'User-Agent': 'libpurple 2.14.12', 'Content-Encoding': 'text/xml; charset=utf-8' };
    expect((await send(port, create(), headers).answer).status).toBe(200);
  });

  test.each([
    { 'Content-Type': 'multipart/form-data; boundary=x' },
    { 'Content-Type': 'text/xml; charset=iso-8859-1' },
    { 'Content-Encoding': 'gzip' },
    { 'Content-Encoding': 'text/xml; charset=iso-8859-1' },
  ])('%j is refused with 415', async (headers) => {
    const { port } = await serve();
    expect((await send(port, create(), headers).answer).status).toBe(415);
  });
});

describe('connections', () => {
  test('a held request whose connection closes is not delivered: the stanza waits for the repeat', async () => {
    const { port, streams, service, clock } = await serve();
    await send(port, create()).answer;
    const { transport } = streams[0]!;
    const lost = send(port, poll(transport.id, 2));
    lost.answer.catch(() => {});
    await until(() => [...service.sessions()][0]!.idleMs === 0);
    lost.request.destroy();
    await until(() => isIdle(service, clock));
    transport.stanza(message(1));
    expect((await send(port, poll(transport.id, 2)).answer).body).toBe(
      `<body xmlns='${NS}'>${sent(1)}</body>`,
    );
    expect((await send(port, poll(transport.id, 2)).answer).body).toBe(
      `<body xmlns='${NS}'>${sent(1)}</body>`,
    );
  });

  test('the body may come in any pieces', async () => {
    const { port } = await serve();
    const raw = await connect(port);
    raw.socket.setNoDelay(true);
    for (const character of post(create())) {
      raw.socket.write(character);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => raw.text.includes('</body>'));
    expect(raw.text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  test('chunked bodies are read', async () => {
    const { port } = await serve();
    const body = create();
    const answer = await send(port, body, { 'Transfer-Encoding': 'chunked' }).answer;
    expect(answer.status).toBe(200);
  });

  test('pipelined requests on one connection are answered in order', async () => {
    const { port, streams } = await serve();
    await send(port, create()).answer;
    const { id } = streams[0]!.transport;
    const raw = await connect(port);
    raw.socket.write(post(poll(id, 2)) + post(poll(id, 3)));
    await until(() => raw.text.includes('</body>'));
    streams[0]!.transport.stanza(message(1));
    await until(() => raw.text.includes(sent(1)));
    expect(raw.text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
  });

  test('a pipelined request whose connection closes is lost as well', async () => {
    const rids: number[] = [];
    const observer = { received: (_sid: string, _xml: string, rid: number) => rids.push(rid) };
    const { port, streams, service, clock } = await serve({ observer });
    await send(port, create().replace("hold='1'", "hold='2'")).answer;
    const { id } = streams[0]!.transport;
    const raw = await connect(port);
    raw.socket.write(post(poll(id, 2)) + post(poll(id, 3)));
    await until(() => rids.includes(3));
    expect(isIdle(service, clock)).toBe(false);
    raw.socket.destroy();
    await until(() => isIdle(service, clock));
  });
});

describe('hostile connections', () => {
  test('a body that is announced as too large is refused before it is read', async () => {
    const { port } = await serve();
    const raw = await connect(port);
    raw.socket.write(`POST /http-bind/ HTTP/1.1\r\nHost: d\r\nContent-Length: 67108864\r\n\r\n<body`);
    await until(() => raw.closed);
    expect(raw.text).toMatch(/^HTTP\/1\.1 413 /);
    expect(raw.text).toMatch(/\r\nConnection: close\r\n/i);
  });

  test('a chunked body is cut off at the limit', async () => {
    const { port, server } = await serve();
    const raw = await connect(port);
    raw.socket.write('POST /http-bind/ HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: chunked\r\n\r\n');
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
    for (let i = 0; i < 64 && !raw.closed; i++) {
      raw.socket.write(chunk);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => raw.closed);
    // The answer may be lost in the reset that follows; the server is alive in any case.
    expect(raw.text === '' || raw.text.startsWith('HTTP/1.1 413 ')).toBe(true);
    expect((await send((server.address() as net.AddressInfo).port, create()).answer).status).toBe(200);
  });

  test('a sender that is too slow gets 408 and loses the connection', async () => {
    const { port, clock } = await serve();
    const raw = await connect(port);
    raw.socket.write(`POST /http-bind/ HTTP/1.1\r\nHost: d\r\nContent-Length: 100\r\n\r\n<body`);
    await until(() => clock.pending > 1);
    clock.advance(19_999);
    expect((await send(port, create()).answer).status).toBe(200);
    expect(raw.text).toBe('');
    clock.advance(1);
    await until(() => raw.closed);
    expect(raw.text).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('a sender that goes away in the middle of the body leaves nothing behind', async () => {
    const { port, clock, service, server } = await serve();
    const raw = await connect(port);
    raw.socket.write(`POST /http-bind/ HTTP/1.1\r\nHost: d\r\nContent-Length: 100\r\n\r\n<body`);
    await until(() => clock.pending > 1);
    raw.socket.destroy();
    await connectionsGone(server);
    clock.advance(20_000);
    expect(clock.pending).toBe(1); // the sweep
    expect(service.count).toBe(0);
    expect((await send(port, create()).answer).status).toBe(200);
  });

  test('a client that pipelines and never reads does not stop the others', async () => {
    const { port, streams } = await serve();
    await send(port, create()).answer;
    const raw = await connect(port);
    raw.socket.pause();
    for (let i = 0; i < 2000; i++) raw.socket.write(post(poll('nobody', i + 1)));
    const other = await send(port, create()).answer;
    expect(other.status).toBe(200);
    expect(streams.length).toBe(2);
  });
});

describe('what the session knows of its connection', () => {
  test('address and loopback', async () => {
    const { port, streams } = await serve();
    await send(port, create()).answer;
    expect(streams[0]!.transport).toMatchObject({
      kind: 'bosh',
      secure: false,
      loopback: true,
      remoteAddress: '127.0.0.1',
    });
    expect(streams[0]!.transport.remotePort).toBeGreaterThan(0);
  });

  test('behind a proxy nothing is taken for loopback', async () => {
    const { port, streams } = await serve();
    await send(port, create(), { 'X-Forwarded-For': '192.0.2.1' }).answer;
    expect(streams[0]!.transport.loopback).toBe(false);
  });

  test('X-Forwarded-Proto counts only where the proxy is trusted', async () => {
    const forwarded = { 'X-Forwarded-Proto': 'https' };
    const trusting = await serve({ trustsProxy: (address) => address === '127.0.0.1' });
    await send(trusting.port, create(), forwarded).answer;
    expect(trusting.streams[0]!.transport.secure).toBe(true);
    const { id } = trusting.streams[0]!.transport;
    expect((await send(trusting.port, poll(id, 2)).answer).body).toContain('condition="bad-request"');
    const chain = await serve({ trustsProxy: () => true });
    await send(chain.port, create(), { 'X-Forwarded-Proto': 'HTTPS, http' }).answer;
    expect(chain.streams[0]!.transport.secure).toBe(true);
    const wary = await serve({ trustsProxy: (address) => address === '192.0.2.1' });
    await send(wary.port, create(), forwarded).answer;
    expect(wary.streams[0]!.transport.secure).toBe(false);
  });
});

test('sessions() lists what exists', async () => {
  const { port, service, streams } = await serve();
  await send(port, create()).answer;
  expect([...service.sessions()]).toEqual([
    {
      sid: streams[0]!.transport.id,
      jid: '1001003@d/desktop',
      remoteAddress: '127.0.0.1',
      secure: false,
      idleMs: 0,
      queuedStanzas: 0,
    },
  ]);
  expect(service.count).toBe(1);
});
