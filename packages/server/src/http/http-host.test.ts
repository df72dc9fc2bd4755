import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, VirtualClock } from '@poise/clock';
import type { FastifyPluginCallback } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Happening, Happenings } from '../happenings.ts';
import { type CorsPolicy, corsPolicy } from './cors.ts';
import { HttpHost, type HttpHostOptions, type NotificationDoor } from './http-host.ts';
import { httpLimits } from './limits.ts';

let dir: string;
let host: HttpHost | undefined;
let happenings: Happenings;
let access: Happening<'http.access'>[];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'poise-http-'));
  await mkdir(join(dir, 'dist/assets'), { recursive: true });
  await mkdir(join(dir, 'gadgets/demo'), { recursive: true });
  await writeFile(join(dir, 'dist/index.html'), '<!doctype html><title>Poise</title>');
  await writeFile(join(dir, 'dist/assets/index-AbCd1234.js'), `// ${'x'.repeat(4000)}\n`);
  await writeFile(join(dir, 'gadgets/demo/demo.xml'), '<Module/>');
  await writeFile(join(dir, 'gadgets/.hidden'), 'secret');
  await writeFile(join(dir, 'outside.txt'), 'outside');
  await symlink(join(dir, 'outside.txt'), join(dir, 'gadgets/link.txt'));
  happenings = new Happenings(() => 0);
  access = [];
  happenings.observe((h) => {
    if (h.kind === 'http.access') access.push(h);
  });
});

afterEach(async () => {
  await host?.stop();
  host = undefined;
  await rm(dir, { recursive: true, force: true });
});

const rest: FastifyPluginCallback = (app, _options, done) => {
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, next) => next(null, body));
  app.get('/SystemInfo', (_request, reply) =>
    reply.type('application/xml;charset=UTF-8').send('<SystemInfo/>'),
  );
  app.get('/User/:id', (_request, reply) => reply.send('<User/>'));
  app.put('/User/:id', (_request, reply) => reply.code(202).header('requestId', 'r1').send());
  done();
};

const held: ServerResponse[] = [];
const door: NotificationDoor = {
  bosh(req: IncomingMessage, res: ServerResponse) {
    if (req.method === 'GET') {
      res.writeHead(404).end();
      return;
    }
    req.resume();
    if (req.headers['x-hold'] !== undefined) {
      held.push(res);
      return;
    }
    res.writeHead(200, { 'Content-Type': 'text/xml; charset=utf-8', 'Content-Length': 57 });
    res.end("<body xmlns='http://jabber.org/protocol/httpbind'></body>");
  },
  upgrade(req, socket) {
    if (req.headers['sec-websocket-protocol'] !== 'xmpp') return false;
    socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    return true;
  },
};

async function started(options: Partial<HttpHostOptions> = {}): Promise<HttpHost> {
  host = new HttpHost({
    clock: systemClock(),
    happenings,
    listeners: [
      { name: 'http', host: '127.0.0.1', port: 0 },
      { name: 'bosh', host: '127.0.0.1', port: 0 },
    ],
    pages: { desktopDir: join(dir, 'dist'), gadgetFilesDir: join(dir, 'gadgets') },
    plugins: [{ prefix: '/finesse/api', plugin: rest }],
    notification: door,
    cors: corsPolicy([], true),
    ...options,
  });
  await host.start();
  return host;
}

interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  body: string;
}

function call(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const req = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent: false }, (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('end', () =>
        resolve({
          status: res.statusCode ?? 0,
          headers: res.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    req.on('error', reject);
    req.end(body);
  });
}

/** Sends bytes and gives back all that comes until the server closes. */
function raw(port: number, bytes: string, onConnect?: (socket: Socket) => void): Promise<string> {
  return new Promise((resolve) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(bytes, 'latin1');
      onConnect?.(socket);
    });
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(received));
  });
}

function httpDetail(h: HttpHost): { connections: number; refused: number } {
  const detail = h.health().detail as { listeners: { http: { connections: number; refused: number } } };
  return detail.listeners.http;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe('routes', () => {
  it('redirects the root and /desktop to the container page', async () => {
    const port = (await started()).port('http');
    for (const path of ['/', '/desktop', '/desktop/', '/desktop/container']) {
      const answer = await call(port, 'GET', path);
      expect([path, answer.status, answer.headers.location]).toEqual([path, 302, '/desktop/container/']);
    }
  });

  it.each([
    ['/?locale=de', '/desktop/container/?locale=de'],
    ['/desktop?locale=fr_FR&lls', '/desktop/container/?locale=fr_FR&lls'],
    ['/desktop/?locale=fr', '/desktop/container/?locale=fr'],
    ['/desktop/container?a=%3F?b', '/desktop/container/?a=%3F?b'],
    ['/desktop/container/landing.jsp?locale=de_DE', '/desktop/container/?locale=de_DE'],
    ['/desktop/container/index.jsp', '/desktop/container/'],
    ['/desktop/locallog?locale=de', '/desktop/container/locallog.html?locale=de'],
  ])('keeps the query of %s', async (path, location) => {
    const answer = await call((await started()).port('http'), 'GET', path);
    expect([answer.status, answer.headers.location]).toEqual([302, location]);
  });

  it('hands out a service worker that ends itself where none is wanted, and the built one else', async () => {
    const path = '/desktop/container/service-worker.js';
    await writeFile(join(dir, 'dist', 'service-worker.js'), 'built');
    const folders = { desktopDir: join(dir, 'dist'), gadgetFilesDir: join(dir, 'gadgets') };
    const built = await call((await started({ pages: folders })).port('http'), 'GET', path);
    expect([built.status, built.body, built.headers['cache-control']]).toEqual([200, 'built', 'no-cache']);
    const pages = { ...folders, serviceWorker: false };
    const ends = await call((await started({ pages })).port('http'), 'GET', path);
    expect([ends.status, ends.headers['content-type'], ends.headers['cache-control']]).toEqual([
      200,
      'text/javascript; charset=utf-8',
      'no-cache',
    ]);
    expect(ends.body).toContain('registration.unregister()');
  });

  it('lets the worker of gadgets look after their frames, or after their files, never after the page', async () => {
    const path = '/desktop/container/gadget-worker.js';
    await writeFile(join(dir, 'dist', 'gadget-worker.js'), 'built');
    const folders = { desktopDir: join(dir, 'dist'), gadgetFilesDir: join(dir, 'gadgets') };
    for (const serviceWorker of [true, false]) {
      const port = (await started({ pages: { ...folders, serviceWorker } })).port('http');
      const allowed = async (query: string) =>
        (await call(port, 'GET', path + query)).headers['service-worker-allowed'];
      expect([await allowed(''), await allowed('?of=files'), await allowed('?of=/')]).toEqual([
        '/gadgets/',
        '/3rdpartygadget/',
        '/gadgets/',
      ]);
    }
  });

  it('has a page for who has accepted its certificate', async () => {
    const answer = await call((await started()).port('http'), 'GET', '/desktop/certificate');
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(answer.body).toContain('You can close this tab');
  });

  it('leads /desktop/locallog to the page of the log', async () => {
    const answer = await call((await started()).port('http'), 'GET', '/desktop/locallog');
    expect([answer.status, answer.headers.location]).toEqual([302, '/desktop/container/locallog.html']);
  });

  it('lets the desktop page call the other node of the pair and the servers of workflows, and no gadget policy changes for it', async () => {
    const nodeOrigins = new Set(['https://a.example:8445', 'http://127.0.0.2:8082']);
    const workflowOrigins = ['https://crm.example'];
    const folders = { desktopDir: join(dir, 'dist'), gadgetFilesDir: join(dir, 'gadgets') };
    const pages = { ...folders, nodeOrigins, workflowOrigins };
    const port = (await started({ pages })).port('http');
    const page = await call(port, 'GET', '/desktop/container/');
    expect(page.headers['content-security-policy']).toContain(
      "connect-src 'self' https://a.example:8445 wss://a.example:8445 http://127.0.0.2:8082 ws://127.0.0.2:8082 https://crm.example;",
    );
    const plain = await call(port, 'GET', '/nothing');
    expect(plain.headers['content-security-policy']).not.toContain('a.example');
  });

  it('serves the desktop page with a strict policy, and hashed assets for a year', async () => {
    const port = (await started()).port('http');
    const page = await call(port, 'GET', '/desktop/container/');
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['content-security-policy']).toContain("script-src 'self';");
    expect(page.headers['content-security-policy']).not.toContain('unsafe');
    expect(page.headers['x-content-type-options']).toBe('nosniff');
    expect(page.headers['cache-control']).toBe('no-cache');

    const again = await call(port, 'GET', '/desktop/container/', {
      'If-None-Match': `W/${page.headers.etag}`,
    });
    expect([again.status, again.body]).toEqual([304, '']);

    const asset = await call(port, 'GET', '/desktop/container/assets/index-AbCd1234.js', {
      'Accept-Encoding': 'gzip',
    });
    expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(asset.headers['content-encoding']).toBe('gzip');
    const refused = await call(port, 'GET', '/desktop/container/assets/index-AbCd1234.js', {
      'Accept-Encoding': 'br, gzip;q=0',
    });
    expect([refused.headers['content-encoding'], refused.body.length]).toEqual([undefined, 4004]);
  });

  it('answers HEAD with the length and no body', async () => {
    const port = (await started()).port('http');
    const answer = await call(port, 'HEAD', '/desktop/container/');
    expect([answer.status, answer.headers['content-length'], answer.body]).toEqual([200, '35', '']);
    await until(() => access.length === 1);
    expect(access[0]).toMatchObject({ method: 'HEAD', status: 200, bytes: null });
  });

  it('says that the desktop page is not built instead of a bare 404', async () => {
    const port = (await started({ pages: { desktopDir: join(dir, 'none'), gadgetFilesDir: dir } })).port(
      'http',
    );
    const answer = await call(port, 'GET', '/desktop/container/');
    expect(answer.status).toBe(503);
    expect(answer.body).toContain('npm run build');
  });

  it('serves gadget files with a policy that lets old gadgets run', async () => {
    const port = (await started()).port('http');
    const answer = await call(port, 'GET', '/3rdpartygadget/files/demo/demo.xml');
    expect([answer.status, answer.body]).toEqual([200, '<Module/>']);
    expect(answer.headers['content-type']).toBe('application/xml; charset=utf-8');
    expect(answer.headers['content-security-policy']).toContain("'unsafe-inline'");
    expect(answer.headers['content-security-policy']).toContain("frame-ancestors 'self'");
  });

  it('serves the administration console, or says that it is not built', async () => {
    const folders = { desktopDir: join(dir, 'none'), gadgetFilesDir: join(dir, 'gadgets') };
    const built = (await started({ pages: { ...folders, consoleDir: join(dir, 'dist') } })).port('http');
    expect((await call(built, 'GET', '/cfadmin?locale=de')).headers.location).toBe('/cfadmin/?locale=de');
    const page = await call(built, 'GET', '/cfadmin/');
    expect(page.status).toBe(200);
    expect(page.headers['content-security-policy']).toContain("script-src 'self'");
    const port = (await started({ pages: folders })).port('http');
    expect((await call(port, 'GET', '/cfadmin/')).status).toBe(503);
    expect((await call(port, 'GET', '/cfadmin/other')).status).toBe(404);
  });

  it('puts no page headers on REST and BOSH answers', async () => {
    const port = (await started()).port('http');
    for (const [method, path] of [
      ['GET', '/finesse/api/SystemInfo'],
      ['POST', '/http-bind/'],
    ] as const) {
      const { headers } = await call(port, method, path);
      expect(headers['content-security-policy']).toBeUndefined();
      expect(headers['x-content-type-options']).toBeUndefined();
    }
  });

  it('answers 503 on http-bind while no notification service is there', async () => {
    const port = (await started({ notification: undefined as never })).port('http');
    expect((await call(port, 'POST', '/http-bind/')).status).toBe(503);
  });

  it('serves http-bind with and without a slash on every listener, and nothing but notification on bosh', async () => {
    const h = await started();
    for (const name of ['http', 'bosh'] as const) {
      for (const path of ['/http-bind', '/http-bind/', '/http-bind/?x=1']) {
        expect((await call(h.port(name), 'POST', path, {}, '<body/>')).body).toHaveLength(57);
      }
      expect((await call(h.port(name), 'POST', '/http-bind/other')).status).toBe(404);
    }
    expect((await call(h.port('bosh'), 'GET', '/finesse/api/SystemInfo')).status).toBe(404);
    expect((await call(h.port('bosh'), 'GET', '/desktop/container/')).status).toBe(404);
  });
});

describe('paths that try to leave their folder', () => {
  const attempts = [
    '../outside.txt',
    '..%2foutside.txt',
    '%2e%2e/outside.txt',
    '%2e%2e%2foutside.txt',
    '%252e%252e%252foutside.txt',
    '..%5coutside.txt',
    'demo/../../outside.txt',
    'demo/%2e%2e/%2e%2e/outside.txt',
    '/etc/passwd',
    '%2fetc%2fpasswd',
    '.hidden',
    '%2ehidden',
    'demo//demo.xml',
    'demo/demo.xml%00.txt',
    'demo/demo.xml.',
    'demo/demo.xml::$DATA',
    'link.txt',
    'demo',
    'demo/',
    '%c0%ae%c0%ae/outside.txt',
    '%zz',
  ];
  it.each(attempts)('%s is not found', async (attempt) => {
    const port = (await started()).port('http');
    const answer = await raw(
      port,
      `GET /3rdpartygadget/files/${attempt} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 (404|400) /);
    expect(answer).not.toContain('outside\r\n');
    expect(answer.split('\r\n\r\n')[1]).not.toMatch(/^(outside|secret|root:)/);
  });
});

describe('cross-origin calls', () => {
  const origin = 'http://localhost:5173';

  it('answers a preflight from a loopback origin with 200 and the headers that clients send', async () => {
    const port = (await started()).port('http');
    for (const path of ['/finesse/api/User/2001', '/http-bind/']) {
      const { status, headers } = await call(port, 'OPTIONS', path, {
        Origin: origin,
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'requestid,content-type',
      });
      expect(status).toBe(200);
      expect(headers['access-control-allow-origin']).toBe(origin);
      expect(headers['access-control-allow-credentials']).toBe('true');
      expect(headers['access-control-allow-methods']).toContain('POST');
      for (const name of ['Authorization', 'Content-Type', 'requestId', 'Range', 'X-Requested-With']) {
        expect(headers['access-control-allow-headers']).toContain(name);
      }
      expect(headers['access-control-max-age']).toBe('86400');
    }
  });

  it('exposes requestId and Location of REST answers', async () => {
    const port = (await started()).port('http');
    const { status, headers } = await call(port, 'PUT', '/finesse/api/User/2001', {
      Origin: 'http://[::1]:9000',
      'Content-Type': 'application/xml',
    });
    expect([status, headers.requestid]).toEqual([202, 'r1']);
    expect(headers['access-control-allow-origin']).toBe('http://[::1]:9000');
    expect(headers['access-control-expose-headers']).toBe('requestId, Location');
    expect(headers.vary).toContain('Origin');
  });

  it('lets pages of the other node read histories and their layout, and nothing else of our own API', async () => {
    const port = (await started()).port('http');
    const allowed = async (path: string) =>
      (await call(port, 'GET', path, { Origin: origin })).headers['access-control-allow-origin'];
    expect(await allowed('/poise/api/history/2001/calls')).toBe(origin);
    expect(await allowed('/poise/api/desktop/layout?nocache=1')).toBe(origin);
    expect(await allowed('/poise/api/health')).toBeUndefined();
    expect(await allowed('/poise/api/signOuts')).toBeUndefined();
  });

  it.each([
    'https://evil.example',
    'http://localhost.evil.example',
    'http://127.0.0.1.evil.example',
    'http://evil.example#localhost',
    'http://localhost@evil.example',
    'null',
    'file://localhost',
  ])('gives %s nothing', async (foreign) => {
    const port = (await started()).port('http');
    const { headers } = await call(port, 'GET', '/finesse/api/SystemInfo', { Origin: foreign });
    expect(headers['access-control-allow-origin']).toBeUndefined();
    expect(headers['access-control-allow-credentials']).toBeUndefined();
  });

  it('is for named origins and, where wanted, loopback beside them', async () => {
    const named = 'https://crm.example.com';
    for (const [loopback, local] of [
      [true, origin],
      [false, undefined],
    ] as const) {
      const running = await started({ cors: corsPolicy([named], loopback) });
      const port = running.port('http');
      const allowed = async (from: string) =>
        (await call(port, 'GET', '/finesse/api/SystemInfo', { Origin: from })).headers[
          'access-control-allow-origin'
        ];
      expect(await allowed(named)).toBe(named);
      expect(await allowed(origin)).toBe(local);
      expect(await allowed('https://evil.example')).toBeUndefined();
      await running.stop();
    }
  });

  it('is off unless it was switched on', async () => {
    const port = (await started({ cors: 'off' })).port('http');
    const { headers } = await call(port, 'POST', '/http-bind/', { Origin: origin });
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });
});

describe('the access log', () => {
  it('has one entry for every request on every listener', async () => {
    const h = await started();
    await call(h.port('http'), 'GET', '/');
    await call(h.port('http'), 'GET', '/finesse/api/SystemInfo?nocache=1366756802163');
    await call(h.port('bosh'), 'POST', '/http-bind/');
    await until(() => access.length === 3);
    expect(access).toMatchObject([
      { remoteAddress: '127.0.0.1', user: '', port: h.port('http'), method: 'GET', uri: '/', status: 302 },
      {
        uri: '/finesse/api/SystemInfo?nocache=1366756802163',
        status: 200,
        bytes: 13,
        cause: { nocache: '1366756802163' },
      },
      { port: h.port('bosh'), method: 'POST', uri: '/http-bind/', status: 200, bytes: 57 },
    ]);
  });

  it('names the user whose credentials REST accepted, and nobody where they were not looked at', async () => {
    const port = (await started()).port('http');
    const Authorization = `Basic ${Buffer.from('2001:2001').toString('base64')}`;
    await call(port, 'GET', '/finesse/api/User/2001', { Authorization });
    await call(port, 'GET', '/finesse/api/SystemInfo', { Authorization });
    await call(port, 'GET', '/desktop/container/', { Authorization });
    await until(() => access.length === 3);
    expect(access.map((a) => a.user)).toEqual(['2001', '', '']);
  });

  it('masks credentials in the query', async () => {
    const port = (await started()).port('http');
    await call(
      port,
      'GET',
      '/gadgets/makeRequest?refresh=3600&headers=Authorization%3DBasic%2520MjAwMToyMDAx&postData=',
    );
    await until(() => access.length === 1);
    expect(access[0]?.uri).toBe('/gadgets/makeRequest?refresh=3600&headers=***&postData=');
  });

  it('tells a client that left before its answer', async () => {
    const h = await started();
    const req = httpRequest({
      host: '127.0.0.1',
      port: h.port('http'),
      method: 'POST',
      path: '/http-bind/',
      headers: { 'X-Hold': '1' },
    });
    req.on('error', () => {});
    req.end();
    await until(() => held.length === 1);
    req.destroy();
    held.length = 0;
    await until(() => access.length === 1);
    expect(access[0]).toMatchObject({ status: 499, port: h.port('http') });
  });
});

describe('hostile and clumsy clients', () => {
  it('answers a broken request line with 400 and closes', async () => {
    const port = (await started()).port('http');
    expect(await raw(port, '\x16\x03\x01garbage\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await raw(port, 'GET / HTTP/1.1\r\nHost: x\r\nBad Header: y\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(
      await raw(
        port,
        'POST /http-bind/ HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n',
      ),
    ).toMatch(/^HTTP\/1\.1 400 /);
    expect(access.map((a) => [a.method, a.status])).toContainEqual(['-', 400]);
  });

  it('answers garbage behind a held request with 400, and others keep theirs', async () => {
    const port = (await started()).port('http');
    const mine = call(port, 'POST', '/http-bind/', { 'X-Hold': '1' }, '<body/>');
    await until(() => held.length === 1);
    const answer = await raw(
      port,
      'POST /http-bind/ HTTP/1.1\r\nHost: x\r\nX-Hold: 1\r\nContent-Length: 7\r\n\r\n<body/>\u0001\u0002\u0003 garbage\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    held[0]?.end('mine');
    expect((await mine).body).toBe('mine');
    held.length = 0;
  });

  it('cuts a connection that sends garbage while its answer is under way', async () => {
    await writeFile(join(dir, 'gadgets/large.bin'), Buffer.alloc(8_000_000, 'x'));
    const port = (await started()).port('http');
    const answer = await raw(
      port,
      'GET /3rdpartygadget/files/large.bin HTTP/1.1\r\nHost: x\r\n\r\n',
      (socket) => socket.once('data', () => socket.write('\u0001 garbage\r\n\r\n')),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).not.toContain('HTTP/1.1 400');
  });

  it('answers a flood of header bytes with 431', async () => {
    const port = (await started({ limits: { headerBytesMax: 8192 } })).port('http');
    expect(await raw(port, `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(10_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431 /,
    );
  });

  it('answers header lines that never end with 408', async () => {
    const limits = { headersTimeoutMs: 60, requestTimeoutMs: 100, timeoutCheckMs: 20 };
    const port = (await started({ limits })).port('http');
    expect(await raw(port, 'GET / HTTP/1.1\r\nHost: x\r\n')).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('answers a body that never ends with 408, but lets a held request stay as long as it likes', async () => {
    const limits = { headersTimeoutMs: 2_000, requestTimeoutMs: 3_000, timeoutCheckMs: 20 };
    const h = await started({ limits });
    const hold = call(h.port('http'), 'POST', '/http-bind/', { 'X-Hold': '1' }, '<body/>');
    const slow = await raw(
      h.port('http'),
      'PUT /finesse/api/User/1 HTTP/1.1\r\nHost: x\r\nContent-Type: a/b\r\nContent-Length: 100\r\n\r\n<User>',
    );
    expect(slow).toMatch(/^HTTP\/1\.1 408 /);
    held.pop()?.end('late');
    expect((await hold).body).toBe('late');
  });

  it('answers an announced body of 64 MB with 413 before it comes', async () => {
    const port = (await started()).port('http');
    const answer = await raw(
      port,
      'PUT /finesse/api/User/1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/xml\r\nContent-Length: 67108864\r\n\r\n<User>',
      (socket) => socket.once('data', () => socket.destroy()),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('stops reading a streamed body at the limit and cuts the connection that goes on', async () => {
    const port = (await started({ limits: { bodyBytesMax: 100_000, lingerMs: 50 } })).port('http');
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    let sent = 0;
    const answer = await raw(
      port,
      'PUT /finesse/api/User/1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/xml\r\nTransfer-Encoding: chunked\r\n\r\n',
      (socket) => {
        const pump = () => {
          while (!socket.destroyed && socket.write(chunk)) sent += chunk.length;
        };
        socket.on('drain', pump);
        pump();
      },
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(sent).toBeGreaterThan(100_000);
  });

  it('serves 32 requests that came at once on one connection, tells of the next, and ends it', async () => {
    const port = (await started()).port('http');
    const answers = await raw(port, 'GET /finesse/api/SystemInfo HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(500));
    const statuses = [...answers.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
    expect(statuses.filter((status) => status === '200').length).toBeGreaterThanOrEqual(32);
    expect(statuses.filter((status) => status === '429')).toHaveLength(1);
    expect(statuses.at(-1)).toBe('429');
    expect(answers).toMatch(/Too many requests at once on one connection\.\n$/);
  });

  it('lets the rest of a refused body come, so that no reset overtakes the answer, and then closes', async () => {
    const port = (await started({ limits: { bodyBytesMax: 1_000 } })).port('http');
    const socket = connect(port, '127.0.0.1');
    const trouble: Error[] = [];
    socket.on('error', (error) => trouble.push(error));
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    socket.write(
      `PUT /finesse/api/User/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: a/b\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`,
    );
    let received = '';
    await new Promise<void>((resolve) => {
      socket.on('data', (part) => {
        received += part.toString('latin1');
        if (received.includes('\r\n\r\n')) resolve();
      });
    });
    const over = new Promise((resolve) => socket.once('end', () => resolve('end')).once('close', resolve));
    socket.write(`${chunk.repeat(50)}0\r\n\r\n`);
    expect(await over).toBe('end');
    expect(received).toMatch(/^HTTP\/1\.1 413 /);
    expect(trouble).toEqual([]);
  });

  it('refuses connections beyond the cap of an address and serves the others', async () => {
    const h = await started({ limits: { connectionsPerLoopbackMax: 2 } });
    const open = [connect(h.port('http'), '127.0.0.1'), connect(h.port('http'), '127.0.0.1')];
    await Promise.all(open.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
    expect(await raw(h.port('http'), '')).toBe('');
    for (const socket of open) socket.destroy();
    await until(() => httpDetail(h).connections === 0);
    expect((await call(h.port('http'), 'GET', '/')).status).toBe(302);
    expect(httpDetail(h).refused).toBe(1);
  });
});

describe('odd but legal requests', () => {
  it('takes the absolute form that proxies send', async () => {
    const port = (await started()).port('http');
    const get = (target: string) =>
      raw(port, `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(await get('http://x:8082/finesse/api/SystemInfo?nocache=1')).toContain('<SystemInfo/>');
    expect(await get('http://x')).toMatch(/^HTTP\/1\.1 302 /);
  });

  it('answers OPTIONS *, CONNECT and HTTP/1.0, and goes on', async () => {
    const port = (await started()).port('http');
    expect(await raw(port, 'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 4\d\d /,
    );
    expect(await raw(port, 'CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(/^HTTP\/1\.1 405 /);
    expect(await raw(port, 'GET / HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 302 /);
  });

  it('answers a wrongly escaped REST path as REST does', async () => {
    const port = (await started()).port('http');
    const answer = await call(port, 'GET', '/finesse/api/User/%zz');
    expect([answer.status, answer.headers['content-type']]).toEqual([400, 'application/xml;charset=UTF-8']);
    expect(answer.body).toContain('<ErrorType>Bad Request</ErrorType>');
  });

  it('echoes the requestId there too, byte for byte', async () => {
    const port = (await started()).port('http');
    const answer = await raw(
      port,
      'POST /finesse/api/User/%ff HTTP/1.1\r\nHost: x\r\nConnection: close\r\nrequestid: r\u00fc1\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('\r\nrequestId: r\u00fc1\r\n');
    expect(answer).toContain('<ErrorMessage>The URI is not valid</ErrorMessage>');
  });

  it('keeps the connections open for longer than the longest BOSH wait', () => {
    const http = {
      bodyMax: 1,
      headersTimeout: 10_000,
      requestTimeout: 5_000,
      keepAlive: 75_000,
      connectionsMax: 9,
    };
    const limits = httpLimits({ http, notification: { bosh: { wait: 600_000 } } });
    expect(limits).toMatchObject({
      headersTimeoutMs: 5_000,
      keepAliveTimeoutMs: 615_000,
      socketTimeoutMs: 660_000,
      connectionsPerAddressMax: 9,
    });
  });
});

describe('the event tunnel', () => {
  const tunnel = async (options: Partial<HttpHostOptions> = {}) => {
    await mkdir(join(dir, 'tunnel'));
    await writeFile(join(dir, 'tunnel/index.html'), '<!doctype html><title>Event tunnel</title>');
    await writeFile(join(dir, 'tunnel/EventTunnel.js'), '//');
    await writeFile(join(dir, 'tunnel/tunnel.js'), '// of the compiler');
    return started({ tunnelDir: join(dir, 'tunnel'), ...options });
  };
  const ancestors = (answer: Answer) =>
    /frame-ancestors ([^;]*)/.exec(String(answer.headers['content-security-policy']))?.[1]?.split(' ');

  it('is served by listeners of the notification service, too, and by no other paths', async () => {
    const running = await tunnel();
    for (const name of ['http', 'bosh'] as const) {
      const port = running.port(name);
      expect(await call(port, 'GET', '/tunnel')).toMatchObject({
        status: 302,
        headers: { location: '/tunnel/' },
      });
      expect((await call(port, 'GET', '/tunnel/?nocache=1')).body).toContain('Event tunnel');
      expect(await call(port, 'GET', '/tunnel/EventTunnel.js')).toMatchObject({
        status: 200,
        headers: { 'content-type': expect.stringContaining('javascript') },
      });
      for (const path of [
        '/tunnel/tunnel.js',
        '/tunnel/../outside.txt',
        '/tunnel/%2e%2e/outside.txt',
        '/tunnels',
      ])
        expect((await call(port, 'GET', path)).status, path).toBe(404);
    }
    expect((await call(running.port('bosh'), 'GET', '/desktop/container/')).status).toBe(404);
  });

  it('may be framed by the own pages and by those that may call REST', async () => {
    const running = await tunnel({ cors: corsPolicy(['https://crm.example'], false) });
    const { status, headers } = await call(running.port('bosh'), 'GET', '/tunnel/', {
      Host: 'desk.example:7071',
    });
    expect(ancestors({ status, headers, body: '' })).toEqual([
      "'self'",
      `http://desk.example:${running.port('http')}`,
      'https://crm.example',
    ]);
  });

  it('in demo mode by every page on loopback', async () => {
    const answer = await call((await tunnel()).port('http'), 'GET', '/tunnel/', {
      Host: 'a; frame-ancestors *',
    });
    expect(ancestors(answer)).toContain('http://localhost:*');
    expect(ancestors(answer)).not.toContain('*');
  });
});

describe('upgrades', () => {
  const handshake = (path: string, more = '') =>
    `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${more}\r\n`;

  it('hands WebSocket handshakes on /ws/ to the notification service', async () => {
    const port = (await started()).port('http');
    for (const path of ['/ws/', '/ws']) {
      expect(await raw(port, handshake(path, 'Sec-WebSocket-Protocol: xmpp\r\n'))).toMatch(
        /^HTTP\/1\.1 101 /,
      );
    }
    expect(access.map((a) => [a.uri, a.status])).toEqual([
      ['/ws/', 101],
      ['/ws', 101],
    ]);
  });

  it('refuses handshakes of pages of foreign origins', async () => {
    const statusOf = async (
      cors: CorsPolicy,
      origin: string,
      at: 'http' | 'bosh' = 'http',
      hostOf?: string,
    ) => {
      await host?.stop();
      const running = await started({ cors });
      const port = running.port(at);
      const name = hostOf ?? `desk.example:${port}`;
      const own = origin.replace('OWN', String(running.port('http')));
      const bytes = handshake('/ws/', `Sec-WebSocket-Protocol: xmpp\r\nOrigin: ${own}\r\n`);
      return (await raw(port, bytes.replace('Host: x', `Host: ${name}`))).slice(9, 12);
    };
    const [off, demo] = [corsPolicy([], false), corsPolicy([], true)];
    expect(await statusOf(off, 'https://evil.example')).toBe('403');
    expect(await statusOf(off, 'http://localhost:3000')).toBe('403');
    expect(await statusOf(off, 'null')).toBe('403');
    expect(await statusOf(off, 'https://desk.example', 'http', 'desk.example')).toBe('101');
    // The desktop page speaks to the other port of its own server.
    expect(await statusOf(off, 'http://desk.example:OWN', 'bosh')).toBe('101');
    expect(await statusOf(corsPolicy(['https://crm.example'], false), 'https://crm.example')).toBe('101');
    expect(await statusOf(demo, 'http://localhost:3000')).toBe('101');
    expect(await statusOf(demo, 'https://evil.example')).toBe('403');
    expect(access.at(-1)).toMatchObject({ uri: '/ws/', status: 403 });
  });

  it('answers WebSocket handshakes elsewhere with 400, and with 503 while there is no service', async () => {
    const port = (await started()).port('http');
    expect(await raw(port, handshake('/finesse/api/', 'Sec-WebSocket-Protocol: xmpp\r\n'))).toMatch(
      /^HTTP\/1\.1 400 /,
    );
    expect(await raw(port, handshake('/ws/'))).toMatch(
      /^HTTP\/1\.1 503 Service Unavailable\r\n[\s\S]*Retry-After: 5\r\n/,
    );
  });

  it('serves a request that offers HTTP/2 as if it had not', async () => {
    const port = (await started()).port('http');
    const answer = await raw(
      port,
      'PUT /finesse/api/User/2001 HTTP/1.1\r\nHost: x\r\nConnection: close, Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAA\r\nContent-Type: application/xml\r\nContent-Length: 7\r\n\r\n<User/>',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 202 /);
  });
});

describe('starting and stopping', () => {
  it('tells its health whichever services run, but not on the notification ports', async () => {
    const health: FastifyPluginCallback = (app, _options, done) => {
      app.get('/health', (_request, reply) => reply.send({ status: 'IN_SERVICE' }));
      done();
    };
    const h = await started({
      listeners: [
        { name: 'http', host: '127.0.0.1', port: 0, services: ['httpBind', 'ws'] },
        { name: 'bosh', host: '127.0.0.1', port: 0 },
      ],
      plugins: [{ prefix: '/poise/api', plugin: health }],
    });
    expect((await call(h.port('http'), 'GET', '/poise/api/health')).status).toBe(200);
    expect((await call(h.port('http'), 'GET', '/')).status).toBe(404);
    expect((await call(h.port('bosh'), 'GET', '/poise/api/health')).status).toBe(404);
  });

  it('names port and setting when the port is in use', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    await expect(started({ listeners: [{ name: 'bosh', host: '127.0.0.1', port }] })).rejects.toThrow(
      `Port ${port} on 127.0.0.1 is used by another program. Stop that program, or choose another port with the setting ports.bosh or ports.offset.`,
    );
    expect(host?.health()).toMatchObject({ state: 'failed', ready: false });
    await new Promise((resolve) => other.close(resolve));
  });

  it('refuses to serve other machines without TLS unless that is allowed', async () => {
    const listeners = [{ name: 'http', host: '0.0.0.0', port: 0 }] as const;
    await expect(started({ listeners })).rejects.toThrow(/without TLS/);
    await host?.stop();
    await started({ listeners, clearAllowed: true });
    expect(host?.health().ready).toBe(true);
  });

  it('closes and opens one listener while the others go on', async () => {
    const h = await started();
    await h.closeListener('bosh');
    expect(h.port('bosh')).toBe(0);
    expect((await call(h.port('http'), 'GET', '/')).status).toBe(302);
    await h.openListener('bosh');
    expect((await call(h.port('bosh'), 'POST', '/http-bind/')).status).toBe(200);
  });

  it('stops after a second of grace although a client holds a request, and can start again', async () => {
    const clock = new VirtualClock();
    const h = await started({ clock });
    const hold = call(h.port('http'), 'POST', '/http-bind/', { 'X-Hold': '1' }).catch(() => 'cut');
    await until(() => held.length === 1);
    const stopped = h.stop();
    clock.advance(1_000);
    await stopped;
    expect(await hold).toBe('cut');
    held.length = 0;
    await h.start();
    expect((await call(h.port('http'), 'GET', '/')).status).toBe(302);
  });
});
