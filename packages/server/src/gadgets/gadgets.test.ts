/** Gadgets over real HTTP: frames from this server and from another host, requests to REST and beyond, files that gadgets load. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { systemClock, VirtualClock } from '@poise/clock';
import { DEFAULT_LAYOUT } from '@poise/layout';
import type { FastifyPluginCallback } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { TestAccounts } from '../../test/centre/test-accounts.ts';
import { TEST_DATA, TestDirectorySource } from '../../test/centre/test-directory.ts';
import { type Happening, Happenings } from '../happenings.ts';
import { corsPolicy, gadgetFilesOf, HttpHost } from '../http/index.ts';
import { createGadgets, type Gadgets } from './index.ts';

let dir: string;
let host: HttpHost;
let gadgets: Gadgets;
let elsewhere: Server;
const directory = new TestDirectorySource();
let seen: Happening[] = [];
/** What the other host answers, by path; and what it was asked. */
let answers: Record<string, (res: ServerResponse, asked: Asked) => void> = {};
let asked: Asked[] = [];

/** 5 MB in 5 kB. */
const BOMB = gzipSync(Buffer.alloc(5e6));

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A stand-in: what matters here is that it is asked, and what it is told. */
const rest: FastifyPluginCallback = (app, _options, done) => {
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, next) => next(null, body));
  app.route({
    method: ['GET', 'POST', 'PUT', 'DELETE'],
    url: '/*',
    handler: (request, reply) => {
      const {
        authorization,
        'content-type': type,
        'x-forwarded-for': by,
        cookie,
        host: name,
      } = request.headers;
      void reply
        .header('requestId', 'r1')
        .header('Set-Cookie', ['a=1', 'b=2'])
        .type('application/xml;charset=UTF-8');
      if (authorization === undefined)
        return reply.code(401).send('<ApiErrors><ApiError>é</ApiError></ApiErrors>');
      if (request.method === 'PUT') return reply.code(202).send();
      return reply.send(
        JSON.stringify([request.method, request.url, authorization, type, by, cookie, name, request.body]),
      );
    },
  });
  done();
};

const file = async (path: string, content: string | Uint8Array) => {
  const full = join(dir, 'files', path);
  await mkdir(dirname(full), { recursive: true });
  await writeFile(full, content);
};
const simple = (content: string, prefs = ''): string =>
  `<?xml version="1.0" encoding="UTF-8"?><Module><ModulePrefs title="T">${prefs}</ModulePrefs><Content type="html"><![CDATA[${content}]]></Content></Module>`;

/** For what is fetched elsewhere. */
const LIMIT_MS = 600;
const clock = new VirtualClock(Date.now());

/** Lets the limit pass once elsewhere so many requests have come that get no answer. */
async function outlasts(requests = 1): Promise<void> {
  await vi.waitFor(() => expect(asked).toHaveLength(requests), 30_000);
  clock.advance(LIMIT_MS);
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'poise-gadgets-'));
  await mkdir(join(dir, 'scripts'), { recursive: true });
  await mkdir(join(dir, 'finesse/doc'), { recursive: true });
  await writeFile(join(dir, 'scripts/features.js'), 'features');
  await writeFile(join(dir, 'finesse/finesse.js'), 'finesse');
  await writeFile(join(dir, 'finesse/doc/index.html'), 'reference');
  await file(
    'Sample/sample.xml',
    simple(
      '<!DOCTYPE html>\n<script src="Sample.js"></script><p>é __UP_id__ __MSG_hi__</p>',
      '<Locale messages="de.xml" lang="de"/>',
    ),
  );
  await file('Sample/de.xml', '<messagebundle><msg name="hi">Grüß Gott</msg></messagebundle>');
  elsewhere = createServer((req, res) => {
    let body = '';
    req.setEncoding('utf8').on('data', (chunk) => {
      body += chunk;
    });
    req.on('end', () => {
      const one = { method: req.method ?? '', url: req.url ?? '', headers: req.headers, body };
      asked.push(one);
      const answer = answers[(req.url ?? '').replace(/\?.*/, '')];
      if (answer !== undefined) return answer(res, one);
      res.statusCode = 404;
      return res.end();
    });
  });
  await new Promise<void>((done) => elsewhere.listen(0, '127.0.0.2', done));
  const happenings = new Happenings(() => 0);
  happenings.observe((happening) => seen.push(happening));
  const listeners = () => [{ protocol: 'http:' as const, host: '127.0.0.1', port: host.port('http') }];
  gadgets = createGadgets({
    clock,
    happenings,
    accounts: new TestAccounts(directory),
    directory,
    settings: {
      hosts: ['gadgets.example:*'],
      privateNetworks: ['127.0.0.2'],
      credentialHosts: ['trusted.example:*'],
      cacheTtl: 60_000,
      fileMax: 100_000,
      responseMax: 50_000,
      connectTimeout: LIMIT_MS,
      requestTimeout: LIMIT_MS,
      requestsMax: 4,
    },
    files: gadgetFilesOf({ gadgetFilesDir: join(dir, 'files') }),
    scriptsDir: join(dir, 'scripts'),
    finesseJsDir: join(dir, 'finesse'),
    key: async () => Buffer.from('a key'),
    hosts: new Set(['fin1.example']),
    listeners,
    ownPorts: new Set(),
    certificate: () => undefined,
    trustsProxy: () => false,
    ownAddresses: () => new Set(),
    resolve: async () => [{ address: '127.0.0.2', family: 4 }],
  });
  host = new HttpHost({
    clock: systemClock(),
    happenings,
    listeners: [{ name: 'http', host: '127.0.0.1', port: 0 }],
    pages: { desktopDir: join(dir, 'none'), gadgetFilesDir: join(dir, 'files') },
    plugins: [
      { prefix: '/finesse/api', plugin: rest },
      { prefix: '/gadgets', plugin: gadgets.plugin },
      { prefix: '/desktop', plugin: gadgets.assets },
    ],
    cors: corsPolicy([], false),
  });
  await host.start();
});

afterAll(async () => {
  gadgets.close();
  await host.stop();
  elsewhere.closeAllConnections();
  elsewhere.close();
  await rm(dir, { recursive: true, force: true });
});

beforeEach(() => {
  seen = [];
  asked = [];
  answers = {};
});

interface Got {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

function get(
  path: string,
  options: { method?: string; body?: string; headers?: Record<string, string> } = {},
): Promise<Got> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', body, headers = {} } = options;
    const req = httpRequest(
      {
        host: '127.0.0.1',
        port: host.port('http'),
        path,
        method,
        headers: { host: 'fin1.example:8445', ...headers },
      },
      (res) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk) => chunks.push(chunk));
        res.on('end', () =>
          resolve({
            status: res.statusCode ?? 0,
            headers: res.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    req.on('error', reject);
    req.end(body);
  });
}

const frame = (url: string, more = '') =>
  get(
    `/gadgets/ifr?container=default&mid=2&nocache=0&country=US&lang=en&view=default${more}&url=${encodeURIComponent(url)}`,
  );
const warnings = () => seen.filter((h): h is Happening<'operator'> => h.kind === 'operator');
const there = (path: string) => `http://gadgets.example:${(elsewhere.address() as AddressInfo).port}${path}`;
const sentenceIn = (body: string) => /role="alert"[^>]*>([^<]*)</.exec(body)?.[1];

/** What the desktop of a signed-in user is given for a gadget. */
async function tokenOf(gadget: string): Promise<string> {
  const got = await get('/gadgets/metadata', {
    method: 'POST',
    body: JSON.stringify({
      context: { language: 'de', country: 'DE' },
      gadgets: [{ url: gadget, moduleId: 4 }],
    }),
    headers: {
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from('3001:3001').toString('base64')}`,
    },
  });
  return encodeURIComponent(JSON.parse(got.body).gadgets[0].securityToken);
}

const layoutWith = (url: string) => ({
  ...TEST_DATA,
  desktopLayouts: [
    {
      teamId: null,
      xml: DEFAULT_LAYOUT.replace('</page>', `<gadget>${url}</gadget></page>`),
      useDefault: false,
    },
  ],
});

describe('a gadget of this server', () => {
  test('is rendered byte for byte', async () => {
    const url = 'http://localhost:8082/3rdpartygadget/files/Sample/sample.xml?gadgetHeight=100&x=a%20b';
    const { status, headers, body } = await frame(url, '&up_id=3001');
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([
      200,
      'text/html; charset=utf-8',
      'no-store',
    ]);
    expect(headers['content-security-policy']).toContain("script-src 'self' 'unsafe-inline' 'unsafe-eval'");
    expect(headers['content-security-policy']).toContain('base-uri *');
    const config = `{"core.util":{"core":{},"rpc":{}},"core.io":{"proxyUrl":"","jsonProxyUrl":"/gadgets/makeRequest"},"rpc":{"parentRelayUrl":""},"views":{"default":{"isOnlyVisible":false,"urlTemplate":"","aliases":["home","profile","DASHBOARD"]},"canvas":{"isOnlyVisible":true,"urlTemplate":"","aliases":["FULL_PAGE"]}},"shindig.auth":{"authToken":""},"poise":{"moduleId":"2","gadgetUrl":"${url}","title":"T","features":[],"view":"default","views":["default"],"height":null,"width":null,"scrolling":false,"isolated":false}}`;
    expect(body.replace(/(features\.js)\?v=[\w-]{22}/, '$1')).toBe(
      '<!DOCTYPE html><meta charset="utf-8"><base href="/3rdpartygadget/files/Sample/sample.xml?gadgetHeight=100&#38;x=a%20b">' +
        '<script src="/gadgets/js/features.js"></script><script>' +
        `gadgets.config.init(${config});gadgets.Prefs.setMessages_({});gadgets.Prefs.setDefaultPrefs_({});gadgets.io.preloaded_={};</script>` +
        '\n<script src="Sample.js"></script><p>é 3001 __MSG_hi__</p>\n' +
        '<body><script>document.body.dir||document.body.setAttribute("dir","ltr");gadgets.util.runOnLoadHandlers();</script>\n',
    );
  });

  test('is the same under every name and port of this server', async () => {
    for (const url of [
      '/3rdpartygadget/files/Sample/sample.xml',
      'https://fin1.example:8445/3rdpartygadget/files/Sample/sample.xml',
      `http://127.0.0.1:${host.port('http')}/3rdpartygadget/files/Sample/sample.xml`,
    ])
      expect((await frame(url)).body).toContain('<base href="/3rdpartygadget/files/Sample/sample.xml">');
  });

  test('speaks the language of the desktop', async () => {
    const { body } = await frame('/3rdpartygadget/files/Sample/sample.xml', '&lang=de');
    expect(body).toContain('__MSG_hi__');
    const german = await get(
      '/gadgets/ifr?mid=1&lang=de&country=AT&url=%2F3rdpartygadget%2Ffiles%2FSample%2Fsample.xml',
    );
    expect(german.body).toContain('Grüß Gott');
    expect(german.body).toContain('setMessages_({"hi":"Grüß Gott"})');
  });

  test('is read anew when its file changes', async () => {
    await file('Change/a.xml', simple('one'));
    expect((await frame('/3rdpartygadget/files/Change/a.xml')).body).toContain('one');
    await file('Change/a.xml', simple('three'));
    expect((await frame('/3rdpartygadget/files/Change/a.xml')).body).toContain('three');
  });

  test.each<[string, (text: string) => Uint8Array]>([
    ['ISO-8859-1', (text) => Buffer.from(text, 'latin1')],
    ['windows-1252', (text) => Buffer.from(text, 'latin1')],
    ['UTF-16', (text) => Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['utf-8', (text) => Buffer.from(`\ufeff${text}`)],
    // Says so, and is not.
    ['UTF-8', (text) => Buffer.from(text, 'latin1')],
  ])('is read in the encoding %s', async (encoding, encode) => {
    await file('Charset/a.xml', encode(simple('größer').replace('UTF-8', encoding)));
    expect((await frame('/3rdpartygadget/files/Charset/a.xml')).body).toContain('größer');
  });

  test('may have its HTML in a file beside it', async () => {
    await file(
      'Href/x/a.xml',
      '<Module><ModulePrefs title="T"/><Content type="html" href="../b.html?x"/></Module>',
    );
    await file('Href/b.html', '<html><head><title>b</title></head>');
    expect((await frame('/3rdpartygadget/files/Href/x/a.xml')).body).toMatch(
      /^<html><head><meta.*<title>b<\/title><\/head>\n<body><script>/s,
    );
  });

  test('may be a page of its own, here or elsewhere', async () => {
    const at = (href: string) =>
      `<Module><ModulePrefs title="T"/><Content type="url" href="${href}"/></Module>`;
    await file('Page/a.xml', at('http://crm.example/x?a=1'));
    await file('Page/b.xml', at('b.html?a=1'));
    const elsewhere = await frame('/3rdpartygadget/files/Page/a.xml', '&up_id=3001');
    expect([elsewhere.status, /<iframe src="([^"]*)">/.exec(elsewhere.body)?.[1]]).toEqual([
      200,
      'http://crm.example/x?a=1&#38;up_id=3001&#38;lang=en&#38;country=US&#38;parent=http%3A%2F%2Ffin1.example%3A8445',
    ]);
    const here = await frame('/3rdpartygadget/files/Page/b.xml', '&up_id=3001');
    expect([here.status, here.headers.location]).toEqual([
      302,
      '/3rdpartygadget/files/Page/b.html?a=1&up_id=3001&lang=en&country=US&parent=http%3A%2F%2Ffin1.example%3A8445',
    ]);
  });

  test('that asks for isolation gets no origin', async () => {
    await file('Alone/a.xml', simple('x', '<Require feature="locked-domain"/>'));
    const { headers, body } = await frame('/3rdpartygadget/files/Alone/a.xml');
    expect(headers['content-security-policy']).toMatch(/base-uri \*;.*; sandbox allow-scripts /);
    expect(headers['content-security-policy']).not.toContain('allow-same-origin');
    expect(body).toContain('"isolated":true');
  });
});

describe('what is wrong with a gadget', () => {
  test('is told in its frame and in the log, once', async () => {
    await file('Broken/a.xml', '\n<Module>\n<ModulePrefs>\n</Module>');
    for (let times = 0; times < 2; times++) {
      const { status, headers, body } = await frame('/3rdpartygadget/files/Broken/a.xml?secret=1');
      expect([status, headers['content-type']]).toEqual([500, 'text/html; charset=utf-8']);
      expect(sentenceIn(body)).toBe(
        'The file of this gadget cannot be read, line 4: element ModulePrefs of line 3 is not closed before the end tag Module.',
      );
      expect(body).toContain('parent.postMessage({"type":"poise.gadget.error","mid":"2","status":500,');
    }
    expect(warnings()).toEqual([
      expect.objectContaining({
        level: 'warn',
        detail: {
          gadget: '/3rdpartygadget/files/Broken/a.xml',
          status: 500,
          reason: 'line 4: element ModulePrefs of line 3 is not closed before the end tag Module',
        },
      }),
    ]);
  });

  test('in the language of the desktop', async () => {
    const { body } = await get(
      '/gadgets/ifr?mid=1&lang=de&country=DE&url=%2F3rdpartygadget%2Ffiles%2Fnone.xml',
    );
    expect(sentenceIn(body)).toBe('Es gibt keine Datei /3rdpartygadget/files/none.xml.');
  });

  test.each([
    ['/3rdpartygadget/files/none.xml', 404, 'There is no file /3rdpartygadget/files/none.xml.'],
    ['/3rdpartygadget/files/../outside.xml', 404, 'There is no file /3rdpartygadget/outside.xml.'],
    ['/finesse/api/User/3001', 404, 'There is no file /finesse/api/User/3001.'],
    ['file:///etc/passwd', 400, 'The address is not one that a gadget can use.'],
    ['http://user:secret@gadgets.example/a.xml', 400, 'The address is not one that a gadget can use.'],
    ['', 400, 'The address is not one that a gadget can use.'],
    [
      'http://other.example/a.xml',
      403,
      'Gadgets may not use this address. An administrator can allow it in the settings.',
    ],
  ])('%s', async (url, status, sentence) => {
    const got = await frame(url);
    expect([got.status, sentenceIn(got.body)]).toEqual([status, sentence]);
    expect(JSON.stringify(seen.filter(({ kind }) => kind === 'operator'))).not.toContain('secret');
  });

  test('a feature that nobody has', async () => {
    await file('Feature/a.xml', simple('x', '<Require feature="x&lt;b&gt;"/>'));
    const got = await frame('/3rdpartygadget/files/Feature/a.xml');
    expect([got.status, sentenceIn(got.body)]).toEqual([
      500,
      'This gadget needs the feature x&#60;b&#62;, which the desktop does not have.',
    ]);
  });

  test('too large a file', async () => {
    await file('Large/a.xml', simple('x'.repeat(100_001)));
    expect((await frame('/3rdpartygadget/files/Large/a.xml')).status).toBe(413);
  });
});

describe('a gadget of another host', () => {
  test('is fetched once, and again when its frame says so', async () => {
    answers['/g/a.xml'] = (res) =>
      res.end(simple('<script src="/desktop/assets/js/finesse.js"></script><img src="a.png">'));
    const url = there('/g/a.xml?x=1');
    const { status, body } = await frame(url);
    expect(status).toBe(200);
    expect(body).toContain(`<base href="${url}">`);
    expect(body).toMatch(
      /<script src="http:\/\/fin1\.example:8445\/gadgets\/js\/features\.js\?v=[\w-]{22}">/,
    );
    expect(body).toContain(
      '<script src="http://fin1.example:8445/desktop/assets/js/finesse.js"></script><img src="a.png">',
    );
    await Promise.all([frame(url), frame(url)]);
    expect(asked.map((one) => [one.method, one.url])).toEqual([['GET', '/g/a.xml?x=1']]);
    expect(asked[0]?.headers).toMatchObject({
      host: new URL(url).host,
      'accept-encoding': 'identity',
      'user-agent': 'Poise',
    });
    await get(`/gadgets/ifr?mid=1&nocache=1&url=${encodeURIComponent(url)}`);
    expect(asked).toHaveLength(2);
  });

  test('has the origin of the desktop only where the desktop, or a layout, says so', async () => {
    answers['/own.xml'] = (res) => res.end(simple('x'));
    const url = there('/own.xml');
    const policy = async (more: string) => (await frame(url, more)).headers['content-security-policy'];
    expect(await policy('')).toContain('sandbox allow-scripts');
    expect(await policy('&st=a.b')).toContain('sandbox allow-scripts');
    expect(await policy(`&st=${await tokenOf(there('/other.xml'))}`)).toContain('sandbox allow-scripts');
    expect(await policy(`&st=${await tokenOf(url)}`)).not.toContain('sandbox');
    directory.replace(layoutWith(url));
    expect(await policy('')).not.toContain('sandbox');
    directory.replace(TEST_DATA);
  });

  test('that is in a layout needs no setting', async () => {
    const port = (elsewhere.address() as AddressInfo).port;
    const url = `http://reports.example:${port}/r.xml`;
    answers['/r.xml'] = (res) => res.end(simple('report'));
    expect((await frame(url)).status).toBe(403);
    directory.replace(layoutWith(url));
    expect((await frame(url)).status).toBe(200);
    directory.replace(TEST_DATA);
    expect((await frame(`${url}?new`)).status).toBe(403);
  });

  test.each<[string, number, string, (res: ServerResponse) => void]>([
    [
      'says no',
      502,
      `The host {host} answers with status 500 instead of the gadget.`,
      (res) => res.writeHead(500).end(),
    ],
    ['has no such file', 404, 'There is no file {url}.', (res) => res.writeHead(404).end()],
    ['is slow', 504, 'The host of this gadget does not answer in time.', () => {}],
    [
      'is slow in the middle',
      504,
      'The host of this gadget does not answer in time.',
      (res) => void res.write('<Module>'),
    ],
    [
      'announces 100 MB',
      413,
      'The answer is too large.',
      (res) => void res.writeHead(200, { 'Content-Length': 1e8 }).write('x'),
    ],
    [
      'breaks off',
      502,
      'The host of this gadget does not answer.',
      (res) => void res.writeHead(200, { 'Content-Length': 100 }).write('x', () => res.destroy()),
    ],
    [
      'is not one of HTTP',
      502,
      'The host of this gadget does not answer.',
      (res) => void res.socket?.end('hello\r\n\r\n'),
    ],
    [
      'packs a bomb',
      413,
      'The answer is too large.',
      (res) => res.writeHead(200, { 'Content-Encoding': 'gzip' }).end(BOMB),
    ],
    [
      'sends without end',
      413,
      'The answer is too large.',
      (res) => {
        const more = () => res.write(Buffer.alloc(65_536, 'x'));
        res.on('drain', more);
        more();
      },
    ],
  ])('that %s', async (what, status, sentence, answer) => {
    const url = there(`/${encodeURIComponent(what)}`);
    answers[`/${encodeURIComponent(what)}`] = answer;
    const asking = frame(url);
    if (status === 504) await outlasts();
    const got = await asking;
    expect([got.status, sentenceIn(got.body)]).toEqual([
      status,
      sentence.replace('{host}', new URL(url).host).replace('{url}', url),
    ]);
    // The next ones do not wait for it again.
    await frame(url);
    expect(asked).toHaveLength(1);
  });

  test('that is down', async () => {
    const got = await frame('http://gadgets.example:1/a.xml');
    expect([got.status, sentenceIn(got.body)]).toEqual([502, 'The host of this gadget does not answer.']);
  });
});

const proxied = (
  parameters: Record<string, string>,
  method = 'POST',
  headers: Record<string, string> = {},
) => {
  const form = new URLSearchParams(parameters).toString();
  return method === 'GET'
    ? get(`/gadgets/makeRequest?${form}`, { headers })
    : get('/gadgets/makeRequest', {
        method,
        body: form,
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      });
};
/** The object of an answer, whatever URL is its key. */
const resultOf = ({ body }: Got) =>
  Object.values(
    JSON.parse(body.replace("throw 1; < don't be evil' >", '')) as Record<string, unknown>,
  )[0] as {
    rc: number;
    body: string;
    headers?: Record<string, string[]>;
    st?: string;
  };

describe('makeRequest to this server', () => {
  const url = 'http://localhost:8082/finesse/api/User/3001?nocache=1';
  /** As old libraries write it: each part encoded, then the whole. */
  const headers = 'Authorization=Basic%20MzAwMTozMDAx&locale=en_US';

  test('is answered as the original does, byte for byte', async () => {
    const {
      status,
      headers: given,
      body,
    } = await proxied({
      url,
      httpMethod: 'GET',
      headers: '',
      postData: '',
      authz: '',
      st: '',
      contentType: 'TEXT',
      numEntries: '3',
      getSummaries: 'false',
      signOwner: 'true',
      signViewer: 'true',
      gadget: 'undefined',
      container: 'default',
      bypassSpecCache: '',
      getFullHeaders: 'false',
    });
    expect([status, given['content-type'], given['content-disposition'], given['cache-control']]).toEqual([
      200,
      'application/json; charset=UTF-8',
      'attachment;filename=p.txt',
      'no-store',
    ]);
    expect(body).toBe(
      `throw 1; < don't be evil' >{"${url}":{"rc":401,"body":"<ApiErrors><ApiError>é</ApiError></ApiErrors>","headers":{"set-cookie":["a=1","b=2"]}}}`,
    );
  });

  test('reaches REST with credentials, over HTTP like any other request, and they stand in no log', async () => {
    const got = resultOf(
      await proxied({
        getFullHeaders: 'true',
        headers: `${headers}&Cookie=c&X-Forwarded-For=6.6.6.6&HOST=evil`,
        url,
      }),
    );
    expect(JSON.parse(got.body)).toEqual([
      'GET',
      '/finesse/api/User/3001?nocache=1',
      'Basic MzAwMTozMDAx',
      null,
      '127.0.0.1',
      'c',
      'localhost:8082',
      null,
    ]);
    expect(got.headers).toMatchObject({
      requestid: ['r1'],
      'content-type': ['application/xml;charset=UTF-8'],
      'set-cookie': ['a=1', 'b=2'],
    });
    const access = seen.filter((h): h is Happening<'http.access'> => h.kind === 'http.access');
    expect(access.map(({ method, uri, status }) => [method, uri, status])).toEqual([
      ['GET', '/finesse/api/User/3001?nocache=1', 200],
      ['POST', '/gadgets/makeRequest', 200],
    ]);
    await proxied({ url, headers, refresh: '3600' }, 'GET');
    expect(JSON.stringify(seen)).not.toContain('MzAwMTozMDAx');
  });

  test('takes methods, bodies and their types', async () => {
    const put = resultOf(
      await proxied({
        url,
        httpMethod: 'PUT',
        headers: `${headers}&Content-Type=application%2Fxml`,
        postData: '<User><state>READY</state></User>',
      }),
    );
    expect(put).toEqual({ rc: 202, body: '', headers: { 'set-cookie': ['a=1', 'b=2'] } });
    const post = resultOf(await proxied({ url, httpMethod: 'post', headers, postData: 'ä=1' }));
    expect(JSON.parse(post.body).slice(3)).toEqual([
      'application/x-www-form-urlencoded',
      '127.0.0.1',
      null,
      'localhost:8082',
      'ä=1',
    ]);
    const gone = resultOf(await proxied({ url, httpMethod: 'DELETE', headers }));
    expect(JSON.parse(gone.body)[0]).toBe('DELETE');
  });

  test('takes paths alone, and every name of this server', async () => {
    for (const one of [
      '/finesse/api/User/3001',
      'https://fin1.example:8445/finesse/api/User/3001',
      'http://localhost/finesse/api/User/3001',
    ])
      expect(resultOf(await proxied({ url: one, headers })).rc).toBe(200);
    expect(resultOf(await proxied({ url: '/3rdpartygadget/files/Sample/de.xml' })).body).toContain('Grüß');
    const missing = resultOf(await proxied({ url: '/desktop/nothing' }));
    expect(missing.rc).toBe(404);
  });

  test('may be kept by the browser only where it says so, without credentials', async () => {
    const cacheControl = async (parameters: Record<string, string>, method: string) =>
      (await proxied({ url: '/3rdpartygadget/files/Sample/de.xml', ...parameters }, method)).headers[
        'cache-control'
      ];
    expect(await cacheControl({ refresh: '60' }, 'GET')).toBe('private, max-age=60');
    expect(await cacheControl({ refresh: '60', headers }, 'GET')).toBe('no-store');
    expect(await cacheControl({ refresh: '60' }, 'POST')).toBe('no-store');
    expect(await cacheControl({}, 'GET')).toBe('no-store');
  });

  test.each<[string, Record<string, string>, string]>([
    ['no URL', { httpMethod: 'GET' }, 'The address is not one that a gadget can use.\n'],
    [
      'no plain URL',
      { url: 'http://a@localhost/finesse/api/' },
      'The address is not one that a gadget can use.\n',
    ],
    [
      'a method that is none',
      { url, httpMethod: 'TRACE' },
      'The gadget asks with a method that is not supported.\n',
    ],
    [
      'a header without value',
      { url, headers: 'Authorization' },
      'The gadget gives a header that HTTP does not know.\n',
    ],
    [
      'a line end in a header',
      { url, headers: 'X=a%0d%0ab' },
      'The gadget gives a header that HTTP does not know.\n',
    ],
    ['no number', { url, refresh: 'soon' }, 'The refresh interval is not a number.\n'],
  ])('with %s is bad', async (_what, parameters, sentence) => {
    const got = await proxied(parameters);
    expect([got.status, got.headers['content-type'], got.body]).toEqual([
      400,
      'text/plain; charset=UTF-8',
      sentence,
    ]);
  });

  test('is not for scripts of other sites', async () => {
    const got = await proxied({ url, headers }, 'GET', { 'sec-fetch-site': 'cross-site' });
    expect(got.status).toBe(403);
  });

  test('what is not for gadgets is refused', async () => {
    for (const path of ['/poise/api/health', '/cfadmin', '/desktop/sso/token', '/gadgets/ifr'])
      expect(resultOf(await proxied({ url: `http://localhost${path}` }))).toMatchObject({ rc: 403 });
  });
});

describe('makeRequest to others', () => {
  test('needs the token that the desktop gave the frame', async () => {
    answers['/api'] = (res) => res.writeHead(201, { 'X-A': '1' }).end('made');
    const gadget = '/3rdpartygadget/files/Sample/sample.xml';
    const parameters = {
      url: there('/api?q=1'),
      gadget,
      httpMethod: 'POST',
      postData: 'a=b',
      getFullHeaders: 'true',
      headers: 'Authorization=Basic%20x&Cookie=c&X-Mine=1',
    };
    expect(resultOf(await proxied(parameters))).toMatchObject({ rc: 403 });
    expect(resultOf(await proxied({ ...parameters, st: 'x.y' }))).toMatchObject({ rc: 403 });
    expect(asked).toEqual([]);

    const html = (await frame(gadget, `&st=${await tokenOf(gadget)}`)).body;
    const st = /"authToken":"([^"]+)"/.exec(html)?.[1] as string;
    const got = resultOf(await proxied({ ...parameters, st }));
    expect(got).toMatchObject({ rc: 201, body: 'made', headers: { 'x-a': ['1'] } });
    expect(got.st).toBeUndefined();
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ method: 'POST', url: '/api?q=1', body: 'a=b' });
    expect(asked[0]?.headers).toMatchObject({
      'x-mine': '1',
      'x-forwarded-for': '127.0.0.1',
      host: new URL(there('/')).host,
    });
    expect(asked[0]?.headers.authorization).toBeUndefined();
    expect(asked[0]?.headers.cookie).toBeUndefined();
    // Of another gadget it is worth nothing.
    expect(resultOf(await proxied({ ...parameters, st, gadget: there('/other.xml') }))).toMatchObject({
      rc: 403,
    });
  });

  test('tells failures by the codes of the original', async () => {
    const gadget = '/3rdpartygadget/files/Sample/sample.xml';
    const st = decodeURIComponent(await tokenOf(gadget));
    const rc = async (url: string) => resultOf(await proxied({ url, gadget, st })).rc;
    answers['/slow'] = () => {};
    answers['/large'] = (res) => res.end('x'.repeat(50_001));
    answers['/no'] = (res) => res.writeHead(503).end();
    answers['/moved'] = (res) => res.writeHead(302, { Location: '/no' }).end();
    const slow = rc(there('/slow'));
    await outlasts();
    expect(await slow).toBe(504);
    expect(await rc(there('/large'))).toBe(400);
    expect(await rc('http://gadgets.example:1/')).toBe(500);
    expect(await rc(there('/no'))).toBe(503);
    expect(await rc(there('/moved'))).toBe(503);
    expect(await rc('http://other.example/')).toBe(403);
    answers['/out'] = (res) => res.writeHead(302, { Location: 'http://other.example/' }).end();
    expect(await rc(there('/out'))).toBe(403);
  });

  test('without end is limited in number', async () => {
    const gadget = '/3rdpartygadget/files/Sample/sample.xml';
    const st = decodeURIComponent(await tokenOf(gadget));
    answers['/slow'] = () => {};
    let refused = 0;
    const asking = Array.from({ length: 8 }, async () => {
      const answer = await proxied({ url: there('/slow'), gadget, st });
      refused++;
      return answer;
    });
    await vi.waitFor(() => expect(refused).toBe(4), 30_000);
    await outlasts(4);
    const results = await Promise.all(asking);
    expect(results.map((got) => resultOf(got).rc).sort()).toEqual([503, 503, 503, 503, 504, 504, 504, 504]);
  });
});

describe('metadata', () => {
  const ask = (body: unknown, headers: Record<string, string> = {}) =>
    get('/gadgets/metadata', {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });

  test('of each gadget, or what is wrong with it', async () => {
    await file(
      'Meta/a.xml',
      '<Module><ModulePrefs title="__MSG_t__" height="120"><Require feature="rpc"/><Locale><msg name="t">Title</msg></Locale></ModulePrefs><UserPref name="n" default_value="1"/><Content type="html" view="canvas" preferred_height="9">x</Content></Module>',
    );
    const got = await ask({
      context: {},
      gadgets: [
        { url: '/3rdpartygadget/files/Meta/a.xml', moduleId: '1' },
        { url: '/3rdpartygadget/files/none.xml' },
      ],
    });
    expect(JSON.parse(got.body)).toEqual({
      gadgets: [
        expect.objectContaining({
          url: '/3rdpartygadget/files/Meta/a.xml',
          moduleId: '1',
          title: 'Title',
          height: 120,
          features: { rpc: { required: true, params: {} } },
          views: { canvas: { type: 'html', preferredHeight: 9, preferredWidth: 0 } },
          userPrefs: {
            n: { displayName: 'n', type: 'string', default: '1', required: false, enumValues: {} },
          },
        }),
        {
          url: '/3rdpartygadget/files/none.xml',
          moduleId: '0',
          errors: ['There is no file /3rdpartygadget/files/none.xml.'],
        },
      ],
    });
    // Nobody signed in: no token.
    expect(got.body).not.toContain('securityToken');
  });

  test('with wrong credentials, or without gadgets, is refused', async () => {
    expect((await ask({ gadgets: [] }, { authorization: 'Basic eDp5' })).status).toBe(401);
    for (const body of [
      {},
      null,
      [],
      { gadgets: [{}] },
      { gadgets: Array.from({ length: 101 }, () => ({ url: '/a' })) },
    ])
      expect((await ask(body)).status).toBe(400);
  });
});

describe('files that gadgets load', () => {
  test('are asked for once by a dozen frames', async () => {
    const kept = async (path: string) => (await get(path)).headers['cache-control'];
    const { body } = await frame('/3rdpartygadget/files/Sample/sample.xml');
    const src = /<script src="([^"]+)"/.exec(body)?.[1] as string;
    expect(await kept(src)).toBe('public, max-age=31536000, immutable');
    expect(await kept('/gadgets/js/features.js?v=other')).toBe('no-cache');
    expect(await kept('/gadgets/js/features.js')).toBe('no-cache');
    for (const path of ['js/finesse.js', 'js/jquery.min.js'])
      expect(await kept(`/desktop/assets/${path}`)).toBe('public, max-age=300');
  });

  test.each([
    ['/gadgets/js/features.js', 200, 'features'],
    ['/gadgets/js/rpc:pubsub-2.js?c=0&debug=1', 200, 'features'],
    ['/gadgets/js/features.css', 404, 'Not found'],
    ['/desktop/assets/js/finesse.js', 200, 'finesse'],
    ['/desktop/assets/js/finesse.min.js', 404, 'Not found'],
    ['/desktop/assets/js/doc/index.html', 200, 'reference'],
    ['/desktop/assets/js/jquery.min.js', 200, 'jQuery v3'],
    ['/desktop/thirdparty/jquery/js/jquery-1.5.min.js', 200, 'fn.live'],
    ['/desktop/thirdparty/jquery/js/jquery-1.8.2.min.js', 200, 'jQuery Migrate'],
    ['/desktop/thirdparty/jquery/js/jquery-ui-1.8.9.custom.min.js', 200, 'jQuery UI'],
    ['/desktop/thirdparty/jquery/js/jquery.tools.min.js', 404, 'Not found'],
    ['/desktop/thirdparty/bootstrap/3.2.0/js/bootstrap.min.js', 200, 'Bootstrap v3'],
    ['/desktop/thirdparty/bootstrap/5.3.1/js/bootstrap.bundle.min.js', 200, 'Bootstrap v5'],
    ['/desktop/thirdparty/bootstrap/5.3.1/css/bootstrap.css', 200, 'Bootstrap '],
    ['/desktop/thirdparty/bootstrap/5.3.1/../../../etc/passwd', 404, 'Not found'],
    ['/desktop/thirdparty/bootstrap/5.3.1/%2e%2e/package.json', 404, 'Not found'],
    ['/desktop/js/utilities/MessageDisplay.js', 200, 'showBannerError'],
    ['/desktop/theme/finesse/css/base.css', 200, 'body'],
    ['/desktop/theme/finesse/images/incoming-call.svg', 200, '<svg'],
    ['/desktop/theme/finesse/images/incoming-chat.svg', 200, '<svg'],
    ['/desktop/theme/finesse/images/team-message.svg', 200, '<svg'],
    ['/desktop/theme/finesse/images/../base.css', 404, 'Not found'],
    ['/desktop/scripts/fonts/CiscoSansTTRegular.woff', 404, 'Not found'],
    ['/3rdpartygadget/files/Sample/de.xml', 200, 'messagebundle'],
  ])('%s', async (path, status, content) => {
    const got = await get(path);
    expect(got.status).toBe(status);
    expect(got.body).toContain(content);
  });

  test('load as modules in frames without an origin, and for nobody else', async () => {
    for (const path of ['/3rdpartygadget/files/Sample/de.xml', '/desktop/assets/js/finesse.js']) {
      const allowed = async (origin: string) =>
        (await get(path, { headers: { origin } })).headers['access-control-allow-origin'];
      expect([await allowed('null'), await allowed('https://evil.example')]).toEqual(['null', undefined]);
    }
  });

  test('are asked for again with their tag', async () => {
    const { etag } = (await get('/desktop/assets/js/jquery.min.js')).headers;
    expect(
      (await get('/desktop/assets/js/jquery.min.js', { headers: { 'if-none-match': String(etag) } })).status,
    ).toBe(304);
  });

  test('pictures of other hosts come from there', async () => {
    const to = async (url: string) => {
      const got = await get(`/gadgets/proxy?container=default&refresh=3600&url=${encodeURIComponent(url)}`);
      return [got.status, got.headers.location];
    };
    expect(await to(there('/a.png'))).toEqual([302, there('/a.png')]);
    expect(await to('http://localhost/3rdpartygadget/files/a.png')).toEqual([
      302,
      '/3rdpartygadget/files/a.png',
    ]);
    expect((await to('http://other.example/a.png'))[0]).toBe(403);
  });
});
