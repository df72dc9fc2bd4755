import { readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { systemClock } from '@poise/clock';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Accounts, Principal } from '../accounts/accounts.ts';
import { type Happening, type HappeningKind, Happenings } from '../happenings.ts';
import { corsPolicy } from '../http/cors.ts';
import { HttpHost } from '../http/http-host.ts';
import type { Directory, DirectoryListener, DirectorySource, Role, UserRecord } from '../store/directory.ts';
import { createDirectory, EMPTY_DIRECTORY } from '../store/snapshot.ts';
import type { SubscriptionRecord } from '../store/subscription-repository.ts';
import { StoredSubscriptions } from './kept-subscriptions.ts';
import { XmppHost, type XmppHostOptions } from './xmpp-host.ts';

function user(loginId: string, roles: Role[]): UserRecord {
  return {
    loginId,
    loginName: `name-${loginId}`,
    firstName: '',
    lastName: '',
    roles,
    teamId: null,
    supervisedTeamIds: [],
    skillTargetId: Number(loginId) || 1,
    skillGroupNumbers: [],
  };
}

const USERS = [
  user('2001', ['Agent']),
  user('2002', ['Agent']),
  user('admin', ['Administrator']),
  user('publisher', []),
];

class Source implements DirectorySource {
  current: Directory = createDirectory(1, { ...EMPTY_DIRECTORY, users: USERS });
  #listener: DirectoryListener | undefined;

  onChange(listener: DirectoryListener): () => void {
    this.#listener = listener;
    return () => {
      this.#listener = undefined;
    };
  }

  get observed(): boolean {
    return this.#listener !== undefined;
  }

  replace(users: UserRecord[]): void {
    this.current = createDirectory(this.current.version + 1, { ...EMPTY_DIRECTORY, users });
    this.#listener?.(this.current, new Set(['users']));
  }
}

let source: Source;
let happenings: Happenings;
let seen: Happening[];
let noted: string[];
let xmpp: XmppHost;
let http: HttpHost;
let debugging: boolean;

/** Passwords equal the login id. */
const accounts: Accounts = {
  async authenticate(_scope, name, secret) {
    const found = source.current.user(name) ?? source.current.userByName(name);
    if (secret === 'broken') throw new Error('the store is gone');
    if (found === undefined || secret !== found.loginId) {
      happenings.publish('auth.failed', { user: name, where: 'xmpp', reason: 'wrong' });
      return { ok: false, reason: 'wrong' };
    }
    const principal: Principal = {
      loginId: found.loginId,
      loginName: found.loginName,
      roles: new Set(found.roles),
      user: found,
    };
    return { ok: true, principal };
  },
  remembered: () => undefined,
  authenticateToken: async () => ({ ok: false, reason: 'wrong' }),
  rememberedToken: () => undefined,
  scramKeys: async () => null,
  scramDecoy: async () => ({ salt: new Uint8Array(16), iterations: 4096 }),
  isLocked: () => false,
  noteOutcome: async (_scope, name, ok) => {
    noted.push(`${name} ${ok}`);
    return ok;
  },
  forget: () => {},
};

const nodes: XmppHostOptions['nodes'] = {
  nodeAccess: (name, node) => (node.includes(`/User/${name}`) ? 'allow' : 'forbidden'),
  nodesOf: (name) => [`/finesse/api/User/${name}`],
  automaticNodes: (name) => [`/finesse/api/User/${name}`, `/finesse/api/User/${name}/ClientLog`],
  canonicalNode: (node) => node,
};

async function start(options: Partial<XmppHostOptions> = {}): Promise<void> {
  xmpp = new XmppHost({
    clock: systemClock(),
    happenings,
    accounts,
    nodes,
    directory: source,
    domain: 'localhost',
    eventForm: '11.6',
    version: '0.1.0',
    xmpp: { host: '127.0.0.1', port: 0 },
    debugging: () => debugging,
    userXml: (loginId) => `<User>\n  <loginId>${loginId}</loginId>\n</User>`,
    ...options,
  });
  http = new HttpHost({
    clock: systemClock(),
    happenings,
    listeners: (options.secureContext === undefined
      ? ['bosh' as const]
      : (['bosh', 'https', 'boshTls'] as const)
    ).map((name) => ({ name, host: '127.0.0.1', port: 0 })),
    ...(options.secureContext === undefined ? {} : { secureContext: options.secureContext }),
    pages: { desktopDir: '/none', gadgetFilesDir: '/none' },
    plugins: [],
    notification: xmpp,
    cors: corsPolicy([], true),
  });
  await xmpp.start();
  await http.start();
}

beforeEach(() => {
  source = new Source();
  seen = [];
  noted = [];
  debugging = false;
  happenings = new Happenings(() => 0);
  happenings.observe((happening) => seen.push(happening));
});

afterEach(async () => {
  await xmpp.stop();
  await http.stop();
});

function of<K extends HappeningKind>(kind: K): Happening<K>[] {
  return seen.filter((happening): happening is Happening<K> => happening.kind === kind);
}

function infoLines(): string[] {
  return of('notification.info').map((h) => h.line);
}

/** A BOSH client of few words. */
class Client {
  #rid = 1_000;
  #sid = '';
  readonly headers: Record<string, string>;

  constructor(headers: Record<string, string> = {}) {
    this.headers = headers;
  }

  async post(inner: string, attributes = ''): Promise<string> {
    const sid = this.#sid === '' ? '' : ` sid="${this.#sid}"`;
    const response = await fetch(`http://127.0.0.1:${http.port('bosh')}/http-bind/`, {
      method: 'POST',
      headers: { 'Content-Type': 'text/xml', ...this.headers },
      body: `<body xmlns="http://jabber.org/protocol/httpbind" rid="${this.#rid++}"${sid}${attributes}>${inner}</body>`,
    });
    if (response.status !== 200) return String(response.status);
    const text = await response.text();
    this.#sid ||= / sid=['"]([^'"]+)['"]/.exec(text)?.[1] ?? '';
    return text;
  }

  open(): Promise<string> {
    return this.post(
      '',
      ' to="localhost" wait="10" hold="1" ver="1.6" xml:lang="en" xmpp:version="1.0" xmlns:xmpp="urn:xmpp:xbosh"',
    );
  }

  authenticate(name: string, password: string): Promise<string> {
    const secret = Buffer.from(`\0${name}\0${password}`).toString('base64');
    return this.post(`<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">${secret}</auth>`);
  }

  async signIn(name: string): Promise<void> {
    await this.open();
    expect(await this.authenticate(name, name)).toContain('<success');
    await this.post('', ' xmpp:restart="true" xmlns:xmpp="urn:xmpp:xbosh"');
    const bound = await this.post(
      '<iq xmlns="jabber:client" type="set" id="b"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><resource>desktop</resource></bind></iq>',
    );
    expect(bound).toContain(`${name}@localhost/desktop`);
    expect(await this.post('<presence xmlns="jabber:client"/>')).toContain('finesse@localhost');
  }

  terminate(): Promise<string> {
    return this.post('', ' type="terminate"');
  }
}

test('an agent signs in over BOSH, gets an Update, leaves: with the happenings of each step', async () => {
  await start();
  xmpp.setServicePresence(true);
  expect(infoLines()).toEqual(['HTTP bind service started']);
  const client = new Client();
  await client.signIn('2001');
  expect(of('presence')).toMatchObject([
    { jid: '2001@localhost/desktop', type: 'available', cause: { user: '2001' } },
  ]);
  expect([...xmpp.sessions()]).toMatchObject([{ jid: '2001@localhost/desktop', transport: 'bosh' }]);

  const poll = client.post('');
  xmpp.publish('/finesse/api/User/2001', '<Update>\n</Update>\n');
  expect(await poll).toContain('&lt;Update&gt;');

  await client.terminate();
  expect(of('presence').at(-1)).toMatchObject({ jid: '2001@localhost/desktop', type: 'unavailable' });
  expect(of('unsubscribe')).toMatchObject([
    { node: '/finesse/api/User/2001/ClientLog', jid: '2001@localhost' },
  ]);
  expect(infoLines()).toEqual([
    'HTTP bind service started',
    'A session is being closed for 2001@localhost/desktop',
  ]);
});

test('a presence sink takes presences over, and nothing is told twice', async () => {
  const told: unknown[] = [];
  await start({ presence: { presenceChanged: (...args) => told.push(args) } });
  xmpp.setServicePresence(true);
  const client = new Client();
  await client.signIn('2001');
  await client.terminate();
  expect(told).toEqual([
    [
      '2001',
      '2001@localhost/desktop',
      'available',
      false,
      { how: undefined, place: { jid: '2001@localhost/desktop', transport: 'bosh', address: '127.0.0.1' } },
    ],
    ['2001', '2001@localhost/desktop', 'unavailable', true, { how: 'closed' }],
  ]);
  expect([...of('presence'), ...of('unsubscribe')]).toEqual([]);
});

test('the wire log is in the ring always and in debug.log only while that is on, without passwords', async () => {
  await start();
  const before = new Client();
  await before.open();
  await before.authenticate('2001', '2001');
  expect([...of('notification.debug'), ...of('notification.wire')]).toEqual([]);
  const ring = [...xmpp.debugLines()].map((entry) => entry.line);
  expect(ring.some((line) => /^HTTPBindLog: HTTP RECV\([^)]+\): <body .*>\*\*\*<\/auth>/.test(line))).toBe(
    true,
  );
  expect(ring.join('\n')).not.toContain(Buffer.from('\x002001\x002001').toString('base64'));

  debugging = true;
  const during = new Client();
  await during.open();
  await during.authenticate('2002', '2002');
  expect(of('notification.debug').map((h) => h.line.split('(')[0])).toContain('HTTPBindLog: HTTP SENT');
  expect(of('notification.wire')).toMatchObject([
    { user: '2002', body: '<User>\n  <loginId>2002</loginId>\n</User>' },
  ]);
});

test('a wrong password is told once, by accounts', async () => {
  await start();
  const client = new Client();
  await client.open();
  expect(await client.authenticate('2001', 'wrong')).toContain('not-authorized');
  expect(of('auth.failed')).toMatchObject([{ user: '2001', where: 'xmpp', reason: 'wrong' }]);
  expect(noted).toEqual([]);
});

test('administrators are no users of the notification service', async () => {
  await start();
  const client = new Client();
  await client.open();
  expect(await client.authenticate('admin', 'admin')).toContain('not-authorized');
  expect(of('auth.failed')).toMatchObject([{ user: 'admin', where: 'xmpp' }]);
});

test('a store that fails refuses for now, and does not end the server', async () => {
  await start();
  const client = new Client();
  await client.open();
  expect(await client.authenticate('2001', 'broken')).toContain('temporary-auth-failure');
  const other = new Client();
  await other.open();
  expect(await other.authenticate('2001', '2001')).toContain('<success');
});

test('the publisher of load tests signs in only where it was named', async () => {
  await start();
  const stranger = new Client();
  await stranger.open();
  expect(await stranger.authenticate('publisher', 'publisher')).toContain('not-authorized');
  await xmpp.stop();
  await http.stop();
  await start({ serviceUser: 'publisher' });
  const publisher = new Client();
  await publisher.open();
  expect(await publisher.authenticate('publisher', 'publisher')).toContain('<success');
});

test('a user who is deleted loses the session', async () => {
  await start();
  xmpp.setServicePresence(true);
  const client = new Client();
  await client.signIn('2001');
  source.replace(USERS.filter(({ loginId }) => loginId !== '2001'));
  expect([...xmpp.sessions()]).toEqual([]);
});

test('cross-origin headers come from the HTTP host alone', async () => {
  await start();
  const url = `http://127.0.0.1:${http.port('bosh')}/http-bind/`;
  const call = (origin: string) => fetch(url, { method: 'POST', headers: { Origin: origin }, body: '<x/>' });
  expect((await call('http://localhost:3000')).headers.get('access-control-allow-origin')).toBe(
    'http://localhost:3000',
  );
  expect((await call('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
});

test('the service can be down alone, and tells so; while it goes down nobody is taken for absent', async () => {
  await start();
  xmpp.setServicePresence(true);
  const client = new Client();
  await client.signIn('2001');
  const received = () => [...xmpp.debugLines()].filter(({ line }) => line.includes('HTTP RECV')).length;
  const before = received();
  const poll = client.post('');
  while (received() === before) await new Promise((resolve) => setImmediate(resolve));
  await xmpp.stop();
  // Many clients never come back after system-shutdown.
  const goodbye = await poll;
  expect(goodbye).toMatch(/type=["']terminate/);
  expect(goodbye).not.toContain('system-shutdown');
  expect(of('presence').map((h) => h.type)).toEqual(['available']);
  expect(infoLines().at(-1)).toBe('Openfire stopped');
  expect(source.observed).toBe(false);
  expect(xmpp.health()).toMatchObject({ state: 'stopped', ready: false });
  expect(await new Client().open()).toBe('503');
  xmpp.publish('/finesse/api/User/2001', 'nobody hears this');

  await xmpp.start();
  expect(xmpp.health()).toMatchObject({ state: 'running', ready: true });
  await new Client().signIn('2001');
});

test('an explicit subscription of the bare JID is there after a restart, with its subid; one of the full JID is not', async () => {
  const rows: SubscriptionRecord[] = [];
  const keep = () =>
    StoredSubscriptions.open({
      store: {
        all: async () => rows,
        write: async (saved) => {
          rows.push(...saved);
        },
      },
      clock: systemClock(),
      onProblem: () => {},
    });
  const pubsub = (type: string, inner: string) =>
    `<iq xmlns="jabber:client" type="${type}" id="s" to="pubsub.localhost"><pubsub xmlns="http://jabber.org/protocol/pubsub">${inner}</pubsub></iq>`;
  const subscribe = (jid: string, node: string) =>
    pubsub('set', `<subscribe node="/finesse/api/User/2001/${node}" jid="${jid}"/>`);

  const before = await keep();
  await start({ subscriptions: before });
  xmpp.setServicePresence(true);
  const client = new Client();
  await client.signIn('2001');
  const subid = / subid="(\w+)"/.exec(await client.post(subscribe('2001@localhost', 'Queues')))?.[1];
  await client.post(subscribe('2001@localhost/desktop', 'Media'));
  await xmpp.stop();
  await http.stop();
  await before.flush();

  await start({ subscriptions: await keep() });
  xmpp.setServicePresence(true);
  const again = new Client();
  await again.signIn('2001');
  const list = await again.post(pubsub('get', '<subscriptions/>'));
  expect(list).toContain(
    `<subscription node="/finesse/api/User/2001/Queues" jid="2001@localhost" subid="${subid}"`,
  );
  expect(list).not.toContain('Media');
  xmpp.publish('/finesse/api/User/2001/Queues', 'news');
  expect(await again.post('')).toContain('news');
});

test('a port in use is named with its setting', async () => {
  await start();
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as { port: number };
  const second = new XmppHost({
    clock: systemClock(),
    happenings,
    accounts,
    nodes,
    directory: source,
    domain: 'localhost',
    eventForm: '11.6',
    version: '0.1.0',
    xmpp: { host: '127.0.0.1', port },
  });
  await expect(second.start()).rejects.toThrow(
    `choose another port with the setting ports.xmpp or ports.offset`,
  );
  expect(second.health()).toMatchObject({ state: 'failed', ready: false });
  await new Promise((resolve) => other.close(resolve));
});

const fixture = (name: string) => readFileSync(new URL(`../http/fixtures/${name}`, import.meta.url), 'utf8');
const secureContext = { key: fixture('first.key.pem'), cert: fixture('first.cert.pem') };

function features(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    socket.on('error', reject);
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (!text.includes('</stream:features>')) return;
      socket.destroy();
      resolve(text);
    });
    socket.write(
      '<stream:stream to="localhost" version="1.0" xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams">',
    );
  });
}

/** The connection after STARTTLS. */
function startTls(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', reject);
    let asked = false;
    socket.on('data', (chunk: Buffer) => {
      const text = chunk.toString();
      if (!asked && text.includes('</stream:features>')) {
        asked = true;
        socket.write('<starttls xmlns="urn:ietf:params:xml:ns:xmpp-tls"/>');
      } else if (text.includes('<proceed')) {
        socket.removeAllListeners('data');
        resolve(connectTls({ socket, rejectUnauthorized: false }));
      }
    });
    socket.write(
      '<stream:stream to="localhost" version="1.0" xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams">',
    );
  });
}

/** Says something, reads until the features have come. */
function conversation(socket: Socket, first: Buffer | string, next?: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    let waiting = next;
    socket.on('error', reject);
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (waiting !== undefined && text.includes('\r\n\r\n')) {
        socket.write(waiting);
        waiting = undefined;
      }
      if (!text.includes('</stream:features>')) return;
      socket.destroy();
      resolve(text);
    });
    socket.write(first);
  });
}

function boshFeatures(socket: Socket, headers = ''): Promise<string> {
  const body =
    '<body xmlns="http://jabber.org/protocol/httpbind" rid="1" to="localhost" wait="10" hold="1" ver="1.6"/>';
  return conversation(
    socket,
    `POST /http-bind/ HTTP/1.1\r\nHost: localhost\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`,
  );
}

/** One masked frame, mask 0. */
function frame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  return Buffer.concat([Buffer.of(0x81, 0x80 | length, 0, 0, 0, 0), Buffer.from(text)]);
}

function webSocketFeatures(socket: Socket, headers = ''): Promise<string> {
  return conversation(
    socket,
    `GET /ws/ HTTP/1.1\r\nHost: localhost\r\n${headers}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: xmpp\r\n\r\n',
    frame('<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="localhost" version="1.0"/>'),
  );
}

test('the clear port offers STARTTLS and PLAIN on loopback, the other one begins with TLS', async () => {
  await start({ secureContext, xmppTls: { host: '127.0.0.1', port: 0 } });
  const clear = await features(connect(xmpp.ports.xmpp, '127.0.0.1'));
  expect(clear).toContain('urn:ietf:params:xml:ns:xmpp-tls');
  expect(clear).toContain('<mechanism>PLAIN</mechanism>');
  const direct = await features(
    connectTls({ host: '127.0.0.1', port: xmpp.ports.xmppTls, rejectUnauthorized: false }),
  );
  expect(direct).toContain('<mechanism>PLAIN</mechanism>');
  expect(direct).not.toContain('SCRAM');
});

test.each([
  [[], ''],
  [['xmpp'], 'xmpp'],
  [['xmppTls'], 'xmppTls'],
  [['https'], 'https ws:https'],
  [['boshTls'], 'boshTls ws:boshTls'],
  [['xmpp', 'xmppTls', 'https', 'boshTls'], 'xmpp xmppTls https boshTls ws:https ws:boshTls'],
] as const)('SCRAM switched on for %j is offered there, over TLS only', async (scram, expected) => {
  await start({ secureContext, xmppTls: { host: '127.0.0.1', port: 0 }, scram });
  const offers = new Map<string, string>();
  const loose = { host: '127.0.0.1', rejectUnauthorized: false };
  offers.set('clear', await features(connect(xmpp.ports.xmpp, '127.0.0.1')));
  offers.set('xmpp', await features(await startTls(xmpp.ports.xmpp)));
  offers.set('xmppTls', await features(connectTls({ ...loose, port: xmpp.ports.xmppTls })));
  for (const name of ['bosh', 'https', 'boshTls'] as const) {
    const at = { ...loose, port: http.port(name) };
    const dial = () => (name === 'bosh' ? connect(at) : connectTls(at));
    offers.set(name, await boshFeatures(dial()));
    offers.set(`ws:${name}`, await webSocketFeatures(dial()));
  }
  for (const [name, text] of offers) expect(text, name).toContain('<mechanism>PLAIN</mechanism>');
  const where = [...offers].filter(([, text]) => text.includes('<mechanism>SCRAM-SHA-256</mechanism>'));
  expect(new Set(where.map(([name]) => name))).toEqual(new Set(expected.split(' ').filter(Boolean)));
});

test('a proxy that is trusted vouches for TLS on BOSH and WebSocket, any other does not', async () => {
  const proxied = 'X-Forwarded-Proto: https\r\nX-Forwarded-For: 192.0.2.7\r\n';
  const dial = () => connect(http.port('bosh'), '127.0.0.1');
  await start({ trustsProxy: (address) => address === '127.0.0.1' });
  // PLAIN is offered over TLS, and in clear to this machine only: what comes from a proxy is not.
  expect(await boshFeatures(dial(), proxied)).toContain('PLAIN');
  expect(await webSocketFeatures(dial(), proxied)).toContain('PLAIN');
  await xmpp.stop();
  await http.stop();
  await start();
  expect(await boshFeatures(dial(), proxied)).not.toContain('PLAIN');
  expect(await webSocketFeatures(dial(), proxied)).not.toContain('PLAIN');
});

test('session ids are short where that is asked for', async () => {
  await start();
  expect(await boshFeatures(connect(http.port('bosh'), '127.0.0.1'))).toMatch(/ sid="[0-9a-f]{32}"/);
  await xmpp.stop();
  await http.stop();
  await start({ sid: 'short' });
  expect(await boshFeatures(connect(http.port('bosh'), '127.0.0.1'))).toMatch(/ sid="[0-9a-f]{8}"/);
});

test('direct TLS without a certificate is refused at the start', async () => {
  await start();
  const bare = new XmppHost({
    clock: systemClock(),
    happenings,
    accounts,
    nodes,
    directory: source,
    domain: 'localhost',
    eventForm: '11.6',
    version: '0.1.0',
    xmppTls: { host: '127.0.0.1', port: 0 },
  });
  await expect(bare.start()).rejects.toThrow('ports.xmppTls needs a certificate.');
});
