/**
 * More than a thousand URLs that have led servers like this one to places inside: none may cause a request there. The list of hosts
 * is as open as can be; what is named as allowed network is 127.0.0.2 alone, where the server stands that plays the outside world.
 */
import type { LookupAddress } from 'node:dns';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '@poise/clock';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { GadgetError } from './gadget-error.ts';
import { GuardedFetcher } from './guarded-fetcher.ts';
import { HostList } from './host-list.ts';
import type { Answer } from './http-exchange.ts';
import { readProxyRequest } from './make-request.ts';
import { Networks } from './network.ts';
import { OWN_LIMITS, OwnServer } from './own-server.ts';
import { GadgetProxy } from './proxy.ts';
import { SecurityTokens } from './security-token.ts';

const clock = systemClock();
const GADGET = 'http://outside.example/gadget.xml';
/** What the outside world is bound to. */
const OUTSIDE = '127.0.0.2';

const IPV4 = [
  '127.0.0.1',
  '127.8.9.10',
  '10.0.0.1',
  '172.16.5.4',
  '172.31.255.254',
  '192.168.1.1',
  '169.254.169.254',
  '100.100.100.200',
  '0.0.0.0',
  '224.0.0.251',
  '255.255.255.255',
];
const IPV6 = [
  '::1',
  '::',
  'fe80::1',
  'fc00::1',
  'fd00:ec2::254',
  'ff02::1',
  'fec0::1',
  '2001:db8::1',
  '::ffff:127.0.0.1',
  '::127.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b:1::a00:1',
  '2002:7f00:1::',
  '2002:a9fe:a9fe::1',
  '2001:0:7f00:1::1',
  '0:0:0:0:0:ffff:a9fe:a9fe',
  '100::1',
];

const octets = (ip: string): number[] => ip.split('.').map(Number);
const whole = (ip: string): number => octets(ip).reduce((sum, octet) => sum * 256 + octet, 0);
const hex = (n: number, width = 1): string => n.toString(16).padStart(width, '0');
const groups = (ip: string): string => {
  const [a = 0, b = 0, c = 0, d = 0] = octets(ip);
  return `${hex(a * 256 + b)}:${hex(c * 256 + d)}`;
};
const fullWidth = (text: string): string =>
  text.replace(/[0-9]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));
const circled = (text: string): string =>
  text.replace(/[1-9]/g, (digit) => String.fromCodePoint(0x2460 + Number(digit) - 1)).replaceAll('0', '⓪');

/** How else an address of IPv4 can be written. */
const DISGUISES: Readonly<Record<string, (ip: string) => string>> = {
  plain: (ip) => ip,
  decimal: (ip) => String(whole(ip)),
  hexadecimal: (ip) => `0x${hex(whole(ip))}`,
  octal: (ip) => `0${whole(ip).toString(8)}`,
  'hexadecimal parts': (ip) =>
    octets(ip)
      .map((n) => `0x${hex(n)}`)
      .join('.'),
  'octal parts': (ip) =>
    octets(ip)
      .map((n) => `0${n.toString(8)}`)
      .join('.'),
  'many zeros': (ip) =>
    octets(ip)
      .map((n) => `0000${n.toString(8)}`)
      .join('.'),
  'three parts': (ip) => {
    const [a = 0, b = 0, c = 0, d = 0] = octets(ip);
    return `${a}.${b}.${c * 256 + d}`;
  },
  'two parts': (ip) => `${octets(ip)[0]}.${whole(ip) % 2 ** 24}`,
  mixed: (ip) => {
    const [a = 0, b = 0, c = 0, d = 0] = octets(ip);
    return `0x${hex(a)}.${b}.0${c.toString(8)}.${d}`;
  },
  'too large': (ip) => String(whole(ip) + 2 ** 32),
  'trailing dot': (ip) => `${ip}.`,
  'percent dots': (ip) => ip.replaceAll('.', '%2e'),
  'percent digits': (ip) => ip.replace(/^\d/, (digit) => `%3${digit}`),
  'twice percent': (ip) => ip.replaceAll('.', '%252e'),
  'full width': fullWidth,
  circled,
  'ideographic dots': (ip) => ip.replaceAll('.', '。'),
  'half-width dots': (ip) => ip.replaceAll('.', '｡'),
  'soft hyphen': (ip) => ip.replace('.', '\u00ad.'),
  'zero width': (ip) => ip.replace('.', '\u200b.'),
  mapped: (ip) => `[::ffff:${ip}]`,
  'mapped in hexadecimal': (ip) => `[::ffff:${groups(ip)}]`,
  'mapped in full': (ip) => `[0:0:0:0:0:ffff:${groups(ip)}]`,
  compatible: (ip) => `[::${ip}]`,
  '6to4': (ip) => `[2002:${groups(ip)}::1]`,
  NAT64: (ip) => `[64:ff9b::${groups(ip)}]`,
  Teredo: (ip) => `[2001::${groups(ip)}]`,
  ISATAP: (ip) => `[fe80::5efe:${groups(ip)}]`,
  zone: (ip) => `[::ffff:${ip}%25lo]`,
};

/** Names that the resolver of this test knows. */
const NAMES: Readonly<Record<string, readonly LookupAddress[]>> = {
  'outside.example': [{ address: OUTSIDE, family: 4 }],
  ...Object.fromEntries(
    IPV4.map((ip) => [`v4-${ip.replaceAll('.', '-')}.example`, [{ address: ip, family: 4 }]]),
  ),
  ...Object.fromEntries(IPV6.map((ip, n) => [`v6-${n}.example`, [{ address: ip, family: 6 }]])),
  'both.example': [
    { address: OUTSIDE, family: 4 },
    { address: '127.0.0.1', family: 4 },
  ],
  'both6.example': [
    { address: OUTSIDE, family: 4 },
    { address: '::1', family: 6 },
  ],
  localdomain: [{ address: '127.0.0.1', family: 4 }],
  'localhost.localdomain': [{ address: '127.0.0.1', family: 4 }],
  'metadata.google.internal': [{ address: '169.254.169.254', family: 4 }],
};

const SCHEMES = [
  'file:///etc/passwd',
  'file://localhost/etc/passwd',
  'ftp://127.0.0.1/',
  'gopher://127.0.0.1:25/_HELO',
  'dict://127.0.0.1:11211/stats',
  'ldap://127.0.0.1/',
  'ldaps://127.0.0.1/',
  'tftp://127.0.0.1/x',
  'sftp://127.0.0.1/x',
  'ssh://127.0.0.1/',
  'telnet://127.0.0.1/',
  'ws://127.0.0.1/',
  'wss://127.0.0.1/',
  'jar:http://127.0.0.1!/',
  'netdoc:///etc/passwd',
  'data:text/html,secret',
  'javascript:alert(1)',
  'view-source:http://127.0.0.1/',
  'blob:http://127.0.0.1/1',
  'about:blank',
  'mailto:a@b.example',
  'unix:///var/run/docker.sock',
  'http+unix://%2Fvar%2Frun%2Fdocker.sock/info',
  'php://filter/resource=/etc/passwd',
  'expect://id',
  'urn:x:y',
  'smb://127.0.0.1/c$',
  '\\\\127.0.0.1\\c$',
  '//127.0.0.1/',
  '',
  ' ',
  'http:',
  'http:/',
  'http://',
  'https://?',
  'http://#',
  'http://:80/',
  'http://@/',
  'http://[/',
  'http://[]/',
  'http://[::1/',
  'http://a b/',
  'http://*/',
  'http://-/',
  'http://./',
  'http://../',
];

/** Who gets fooled by these sees the first host, and connects to the second. {in} is inside. */
const AUTHORITIES = [
  'http://outside.example@{in}/',
  'http://outside.example:80@{in}/',
  'http://outside.example%40{in}/',
  'http://outside.example:password@{in}/',
  'http://outside.example\\@{in}/',
  'http://outside.example\\.{in}/',
  'http://{in}\\@outside.example/',
  'http://{in}@outside.example/',
  'http://{in}%20@outside.example/',
  'http://{in}%00.outside.example/',
  'http://{in}\u0000.outside.example/',
  'http://{in}%0d%0a.outside.example/',
  'http://{in}\r\n.outside.example/',
  'http://{in}\t/',
  'ht\ttp://{in}/',
  'http:\\\\{in}\\',
  'http:/{in}/',
  'http:{in}',
  'http:///{in}/',
  'http:////{in}/',
  'https:///{in}/',
  '/\\{in}/',
  '\\/{in}/',
  '//{in}/',
  '///{in}/',
  ' http://{in}/',
  '\u0001http://{in}/',
  '\ufeffhttp://{in}/',
  'HTTP://{in}/',
  'hTTps://{in}/',
  'http://{in}:0/',
  'http://{in}:-1/',
  'http://{in}:99999/',
  'http://{in}:080/',
  'http://{in}:8O/',
  'http://{in}:80:80/',
  'http://{in}:/',
  'http://{in}#@outside.example/',
  'http://{in}?@outside.example/',
  'http://{in};@outside.example/',
  'http://{in}&@outside.example/',
  'http://outside.example@{in}@outside.example/',
  'http://outside.example,{in}/',
  'http://outside.example|{in}/',
  'http://outside.example\u2044@{in}/',
  'http://outside.example\uff0f@{in}/',
  'http://outside.example\uff20{in}/',
];

interface Hostile {
  readonly kind: string;
  readonly url: string;
}

function corpus(port: number): Hostile[] {
  const list: Hostile[] = [];
  const add = (kind: string, ...urls: string[]) => list.push(...urls.map((url) => ({ kind, url })));
  for (const ip of IPV4) {
    for (const [kind, write] of Object.entries(DISGUISES))
      add(kind, `http://${write(ip)}:${port}/`, `https://${write(ip)}:${port}/latest/meta-data/`);
    for (const authority of AUTHORITIES) add('authority', authority.replaceAll('{in}', `${ip}:${port}`));
  }
  for (const ip of IPV6) {
    const shouted = ip.toUpperCase();
    add('IPv6', `http://[${ip}]:${port}/`, `https://[${shouted}]:${port}/`, `http://[${ip}%25eth0]:${port}/`);
  }
  for (const name of Object.keys(NAMES)) {
    if (name === 'outside.example') continue;
    add(
      'name',
      `http://${name}:${port}/`,
      `http://${name.toUpperCase()}:${port}/`,
      `http://${name}.:${port}/`,
    );
  }
  for (const own of [
    'localhost',
    'LOCALHOST',
    'localhost.',
    'node.example',
    '127.0.0.1',
    '[::1]',
    `127.0.0.1:${port}`,
  ]) {
    for (const path of [
      '/poise/api/health',
      '/cfadmin/',
      '/http-bind/',
      '/gadgets/makeRequest?url=/x',
      '/desktop/sso/token',
    ])
      add('own, other path', `http://${own}${own.endsWith(`:${port}`) ? '' : ':8082'}${path}`);
  }
  for (const path of OWN_TRICKS)
    add('own, trick', path, `http://localhost${path}`, `https://localhost:8445${path}`);
  for (const own of [22, 25, 5222, 5223, 7071, 7443, 9464, 42027, 43027, 3306, 6379])
    add(
      'own port',
      `http://localhost:${own}/`,
      `http://127.0.0.1:${own}/finesse/api/SystemInfo`,
      `http://[::1]:${own}/`,
    );
  for (const url of SCHEMES) add('scheme', url);
  return list;
}

/** From what gadgets may ask of us to what they may not. */
const OWN_TRICKS = [
  '/finesse/api/../../poise/api/health',
  '/finesse/api/%2e%2e/%2e%2e/poise/api/health',
  '/finesse/api/.%2e/%2E./poise/api/health',
  '/finesse/api/..%2f..%2fpoise/api/health',
  '/finesse/api/..%5c..%5cpoise/api/health',
  '/finesse/api\\..\\..\\poise\\api\\health',
  '/finesse/api/..;/..;/poise/api/%2e%2e/health',
  '/finesse/api/%252e%252e/poise/api/health',
  '/finesse/api//../../poise/api/health',
  '/finesse//api/SystemInfo',
  '/desktop/%2e%2e/cfadmin/',
  '/desktop/../gadgets/makeRequest?url=http://127.0.0.1/',
  '/desktop/./sso/token',
  '/desktop/%73so/%2e%2e/sso/token',
  '/3rdpartygadget/../poise/api/health',
  '/3rdpartygadget/files/../../poise/api/health',
  '/3rdpartygadget/files/%00',
  '/FINESSE/../poise/api/health',
];

/** The one place where nobody may come. */
let inside: Server;
let insideSeen: string[] = [];
let outside: Server;
let outsidePort = 0;
/** Our own listener: what reaches it must be what gadgets may ask for. */
let own: Server;
let ownSeen: string[] = [];
let proxy: GadgetProxy;
let ownServer: OwnServer;
let token = '';
let lookups: string[] = [];
let rebind: string[] = [];

const portOf = (server: Server): number => (server.address() as AddressInfo).port;
const listen = (server: Server, host: string) =>
  new Promise<Server>((done) => server.listen(0, host, () => done(server)));

beforeAll(async () => {
  inside = await listen(
    createServer((req, res) => {
      insideSeen.push(req.url ?? '');
      res.end('secret');
    }),
    '127.0.0.1',
  );
  inside.on('connection', () => insideSeen.push('connection'));
  own = await listen(
    createServer((req, res) => {
      ownSeen.push(req.url ?? '');
      res.end('own');
    }),
    '127.0.0.1',
  );
  outside = await listen(
    createServer((req, res) => {
      const { searchParams } = new URL(req.url ?? '/', 'http://outside.example');
      const to = searchParams.get('to');
      if (to === null) return res.end('outside');
      res.statusCode = Number(searchParams.get('status') ?? 302);
      try {
        res.setHeader('Location', to);
      } catch {
        res.setHeader('Location', encodeURI(to));
      }
      return res.end('redirect');
    }),
    OUTSIDE,
  );
  outsidePort = portOf(outside);
  const names = { hosts: () => new Set(['node.example']), ports: () => new Set([portOf(own)]) };
  const fetcher = new GuardedFetcher({
    clock,
    limits: { connectMs: 60_000, totalMs: 60_000, bodyBytesMax: 1_000, redirectsMax: 3, concurrentMax: 100 },
    allowed: (url) => new HostList(['*:*']).has(url),
    privateNetworks: new Networks([`${OUTSIDE}/32`]),
    credentialHosts: new HostList([]),
    names,
    ownAddresses: () => new Set(),
    ownPorts: () => new Set([portOf(own), 5222, 9464]),
    async resolve(name) {
      lookups.push(name);
      const turn = name === 'rebind.example' ? rebind.shift() : undefined;
      if (turn !== undefined) return [{ address: turn, family: 4 }];
      const known = NAMES[name.toLowerCase()];
      if (known === undefined) throw new Error(`ENOTFOUND ${name}`);
      return known;
    },
  });
  const tokens = new SecurityTokens(clock, async () => Buffer.from('a key for this test'));
  token = await tokens.make('3001', GADGET);
  ownServer = new OwnServer({
    clock,
    listener: () => ({ protocol: 'http:', host: '127.0.0.1', port: portOf(own) }),
    certificate: () => undefined,
    limits: OWN_LIMITS,
  });
  proxy = new GadgetProxy({ fetcher, ownServer, tokens, names });
});

afterAll(async () => {
  ownServer.close();
  for (const server of [inside, outside, own]) server.close();
});

beforeEach(() => {
  insideSeen = [];
  ownSeen = [];
  lookups = [];
  rebind = [];
});

/** The answer, or the refusal. */
async function ask(url: string, more: Record<string, string> = {}): Promise<Answer | GadgetError> {
  try {
    const request = readProxyRequest(new URLSearchParams({ url, st: token, gadget: GADGET, ...more }));
    return (await proxy.send(request, { address: '192.0.2.7', host: 'node.example' })).answer;
  } catch (error) {
    if (error instanceof GadgetError) return error;
    throw error;
  }
}

/** What is wrong with an outcome; undefined when nothing is. */
function fault(url: string, outcome: Answer | GadgetError): string | undefined {
  if (insideSeen.length > 0) return `${JSON.stringify(url)} reached the inside: ${insideSeen.join()}`;
  if (outcome instanceof GadgetError) {
    // 502: a name that nobody knows. Anything that waited for a connection would be one too many.
    const isRefused = outcome.status === 400 || outcome.status === 403 || /ENOTFOUND/.test(outcome.reason);
    return isRefused ? undefined : `${JSON.stringify(url)}: ${outcome.status} ${outcome.reason}`;
  }
  const body = String(outcome.body);
  return body === 'outside' || body === 'own' ? undefined : `${JSON.stringify(url)} was answered ${body}`;
}

const ALLOWED_HERE = /^\/(finesse\/api|desktop|3rdpartygadget\/files)\//;

describe('URLs that lead inside', () => {
  test('more than a thousand of them cause no request there, nor one of ours that gadgets may not make', async () => {
    const urls = corpus(portOf(inside));
    expect(urls.length).toBeGreaterThan(1_000);
    expect(new Set(urls.map(({ url }) => url)).size).toBeGreaterThan(1_000);
    const faults: string[] = [];
    for (const { kind, url } of urls) {
      const problem = fault(url, await ask(url));
      if (problem !== undefined) faults.push(`${kind}: ${problem}`);
      insideSeen = [];
    }
    expect(faults).toEqual([]);
    expect(
      ownSeen.filter((path) => !ALLOWED_HERE.test(path) || path.includes('..') || path.includes('/sso/')),
    ).toEqual([]);
  });

  test('redirects to them are not followed, whatever their status', async () => {
    // Some of each kind.
    const urls = corpus(portOf(inside)).filter(({ kind }, n) => kind === 'name' || n % 4 === 0);
    const faults: string[] = [];
    const follow = async ({ kind, url }: Hostile, n: number) => {
      const status = [301, 302, 303, 307, 308][n % 5];
      const to = encodeURIComponent(url);
      const outcome = await ask(`http://outside.example:${outsidePort}/?status=${status}&to=${to}`);
      const isEnd =
        outcome instanceof GadgetError
          ? [400, 403].includes(outcome.status) || /ENOTFOUND/.test(outcome.reason)
          : ['outside', 'redirect'].includes(String(outcome.body));
      if (!isEnd) faults.push(`${kind}: ${url}`);
    };
    for (let at = 0; at < urls.length; at += 16)
      await Promise.all(urls.slice(at, at + 16).map((url, n) => follow(url, n)));
    expect(insideSeen).toEqual([]);
    expect(faults).toEqual([]);
    expect(ownSeen).toEqual([]);
  });

  test('the outside is reached, by the same way', async () => {
    expect(await ask(`http://outside.example:${outsidePort}/`)).toMatchObject({
      status: 200,
      body: Buffer.from('outside'),
    });
    const hop = encodeURIComponent(`http://outside.example:${outsidePort}/there`);
    expect(await ask(`http://outside.example:${outsidePort}/?to=${hop}`)).toMatchObject({
      body: Buffer.from('outside'),
    });
  });

  test('a name is looked up once for each hop: what it means a moment later does not count', async () => {
    rebind = [OUTSIDE, '127.0.0.1'];
    const answer = await ask(`http://rebind.example:${outsidePort}/`);
    expect(answer).toMatchObject({ body: Buffer.from('outside') });
    expect(lookups).toEqual(['rebind.example']);

    rebind = [OUTSIDE, '127.0.0.1'];
    const back = encodeURIComponent(`http://rebind.example:${portOf(inside)}/`);
    const second = await ask(`http://rebind.example:${outsidePort}/?to=${back}`);
    expect(second).toMatchObject({ status: 403 });
    expect(insideSeen).toEqual([]);
  });

  test('one address inside among several is enough to refuse the name', async () => {
    expect(await ask(`http://both.example:${outsidePort}/`)).toMatchObject({ status: 403 });
    expect(await ask(`http://both6.example:${outsidePort}/`)).toMatchObject({ status: 403 });
  });

  test('redirects without end have one', async () => {
    const url = `http://outside.example:${outsidePort}/?to=`;
    let chain = `${url}${encodeURIComponent('http://outside.example/')}`;
    for (let hop = 0; hop < 5; hop++) chain = `${url}${encodeURIComponent(chain)}`;
    expect(await ask(chain)).toMatchObject({ status: 502, reason: 'too many redirects' });
  });
});

describe('headers', () => {
  const hostile: ReadonlyArray<readonly [what: string, headers: string]> = [
    ['a line end in a name', 'X%0d%0aHost=evil'],
    ['a line end in a value', 'X=a%0d%0aHost%3a%20evil'],
    ['a line feed in a value', 'X=a%0aEvil%3a%20b'],
    ['NUL', 'X=a%00b'],
    ['a space in a name', 'X%20Y=a'],
    ['a colon in a name', 'X%3aY=a'],
    ['no name', '=a'],
    ['no value', 'X'],
    ['more than a byte', 'X=%E2%80%A8'],
    ['no percent-encoding', 'X=%zz'],
    ['a long value', `X=${'a'.repeat(30_000)}`],
    ['many', Array.from({ length: 100 }, (_, n) => `X${n}=a`).join('&')],
  ];
  test.each(hostile)('%s is refused', async (_what, headers) => {
    const outcome = await ask(`http://outside.example:${outsidePort}/`, { headers });
    expect(outcome).toMatchObject({ status: 400, said: { id: 'gadget.badHeader' } });
  });
});

describe('who asks', () => {
  const url = () => `http://outside.example:${outsidePort}/`;
  test('without a token, or with one of another gadget, nothing but this server is reached', async () => {
    const refused = { status: 403, said: { id: 'gadget.noToken' } };
    expect(await ask(url(), { st: '' })).toMatchObject(refused);
    expect(await ask(url(), { gadget: 'http://other.example/gadget.xml' })).toMatchObject(refused);
    expect(await ask(url(), { st: `${token.slice(0, -2)}xx` })).toMatchObject(refused);
    expect(await ask(url(), { st: 'john.doe:john.doe:1:2:3:0:default' })).toMatchObject(refused);
    expect(lookups).toEqual([]);
    expect(await ask('http://localhost:8082/finesse/api/SystemInfo?nocache=1', { st: '' })).toMatchObject({
      body: Buffer.from('own'),
    });
    expect(ownSeen).toEqual(['/finesse/api/SystemInfo?nocache=1']);
  });
});
