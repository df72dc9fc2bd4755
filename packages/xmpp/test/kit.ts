/** What the tests of this package share: a server with a small directory, and clients without sockets. */
import { randomBytes } from 'node:crypto';
import { VirtualClock } from '@poise/clock';
import { parse } from '@poise/xml';
import { createXmppServer, type XmppServer, type XmppServerOptions } from '../src/index.ts';
import type {
  Stream,
  StreamEnd,
  StreamError,
  StreamHeader,
  Transport,
  TransportKind,
} from '../src/transport.ts';

export const DOMAIN = 'cc.example';
export const PUBSUB = `pubsub.${DOMAIN}`;
/** 2001 and 2002 are agents of team 5000, 2050 is their supervisor. Passwords equal the login id. */
const USERS = ['2001', '2002', '2050', "o'hara@site", 'publisher'];

const own = (user: string): string[] => [`/finesse/api/User/${user}`, `/finesse/api/User/${user}/Dialogs`];

export interface Rig {
  readonly server: XmppServer;
  readonly clock: VirtualClock;
  /** Observer calls as text, in order. */
  readonly seen: string[];
}

export function rig(overrides: Partial<XmppServerOptions> = {}): Rig {
  const seen: string[] = [];
  const clock = new VirtualClock(Date.UTC(2026, 10, 20, 12, 0, 0));
  const server = createXmppServer({
    domain: DOMAIN,
    clock,
    random: randomBytes,
    version: '1.2.3',
    eventForm: '11.6',
    authenticator: {
      async plain(authcid, password) {
        return USERS.includes(authcid) && password === authcid
          ? { ok: true, loginId: authcid }
          : { ok: false, reason: 'not-authorized' };
      },
    },
    access: {
      nodeAccess(user, node) {
        if (node === '/finesse/api/SystemInfo') return 'allow';
        if (node === '/finesse/api/Team/5000/Users') return user === '2050' ? 'allow' : 'forbidden';
        const owner = /^\/finesse\/api\/User\/([^/]+)(?:\/Dialogs|\/ClientLog|\/Queues)?$/.exec(node)?.[1];
        if (owner === undefined || !USERS.includes(owner)) return 'not-found';
        return owner === user ? 'allow' : 'forbidden';
      },
      nodesOf: (user) => [...own(user), '/finesse/api/SystemInfo'],
      automaticNodes: (user) => [...own(user), '/finesse/api/SystemInfo'],
      presenceNodes: (user) => [`/finesse/api/User/${user}/ClientLog`],
      canonicalNode: (node) => node.replace(/^\/finesse\/api\/user\//i, '/finesse/api/User/'),
      isService: (user) => user === 'publisher',
    },
    observer: {
      presence: (user, jid, type, last) => seen.push(`presence ${user} ${jid} ${type}${last ? ' last' : ''}`),
      unsubscribed: (node, jid) => seen.push(`unsubscribed ${node} ${jid}`),
      sessionClosed: (jid) => seen.push(`closed ${jid}`),
      unroutable: (xml) => seen.push(`unroutable ${xml}`),
      authFailed: (user, reason) => seen.push(`authFailed ${user} ${reason}`),
      info: (line) => seen.push(`info ${line}`),
    },
    ...overrides,
    // The clock of most tests stands still while sockets do not.
    limits: { answerGapMs: 0, ...overrides.limits },
  });
  return { server, clock, seen };
}

/** Lets everything that is due in this turn and its promises happen. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export const auth = (user: string, password = user, authzid = ''): string =>
  `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${Buffer.from(`${authzid}\0${user}\0${password}`).toString('base64')}</auth>`;
export const bind = (resource: string, id = 'bind'): string =>
  `<iq xmlns='jabber:client' type='set' id='${id}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>${resource}</resource></bind></iq>`;
export const iq = (type: string, to: string, payload: string, id = 'q'): string =>
  `<iq xmlns='jabber:client' type='${type}' id='${id}'${to === '' ? '' : ` to='${to}'`}>${payload}</iq>`;
export const pubsub = (inner: string): string =>
  `<pubsub xmlns='http://jabber.org/protocol/pubsub'>${inner}</pubsub>`;

/** A transport without a socket: keeps what it was asked to send. */
export class MemoryClient implements Transport {
  readonly kind: TransportKind;
  readonly id = 'memory';
  secure = false;
  readonly remoteAddress = '127.0.0.1';
  readonly remotePort = 40000;
  loopback = true;
  canStartTls = false;
  queuedStanzas = 0;
  saslPolicy: Transport['saslPolicy'];
  /** Everything sent, oldest first. */
  readonly all: string[] = [];
  over: StreamError | 'closed' | null = null;
  stream: Stream;
  /** Absent where sessions cannot move, as with BOSH. */
  readonly attach?: (stream: Stream) => void;

  constructor(
    rig: Rig,
    settings: Partial<Pick<MemoryClient, 'kind' | 'secure' | 'loopback' | 'canStartTls' | 'saslPolicy'>> = {},
  ) {
    this.kind = settings.kind ?? 'tcp';
    this.secure = settings.secure ?? false;
    this.loopback = settings.loopback ?? true;
    this.canStartTls = settings.canStartTls ?? false;
    this.saslPolicy = settings.saslPolicy;
    if (this.kind !== 'bosh')
      this.attach = (stream) => {
        this.stream = stream;
      };
    this.stream = rig.server.openStream(this);
  }

  features(inner: string): void {
    this.all.push(`<features>${inner}</features>`);
  }
  stanza(xml: string): void {
    if (this.over === null) this.all.push(xml);
  }
  message(rest: string): void {
    this.stanza(`<message${rest}`);
  }
  nonza(xml: string): void {
    this.all.push(xml);
  }
  startTls(): void {
    this.secure = true;
    this.canStartTls = false;
  }
  end(error?: StreamError): void {
    this.over = error ?? 'closed';
  }

  /** What was sent since the last look. */
  take(): string {
    return this.all.splice(0).join('');
  }

  open(header: StreamHeader = { to: DOMAIN, version: '1.0' }): string {
    this.stream.opened(header);
    return this.take();
  }

  /** Sends stanzas and returns what came back in this turn. */
  async send(...stanzas: string[]): Promise<string> {
    for (const xml of stanzas) this.stream.received(parse(xml));
    await settled();
    return this.take();
  }

  /** The connection breaks. */
  lose(how: StreamEnd = 'lost'): void {
    this.over = 'closed';
    this.stream.ended(how);
  }
}

/** A bound client; with `presence` also available. */
export async function signIn(
  rig: Rig,
  user: string,
  resource = 'desktop',
  presence: string | null = '<presence/>',
): Promise<MemoryClient> {
  const client = new MemoryClient(rig);
  client.open();
  await client.send(auth(user));
  client.open();
  await client.send(bind(resource));
  if (presence !== null) await client.send(presence);
  return client;
}
