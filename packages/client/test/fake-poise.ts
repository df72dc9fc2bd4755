import { type Element, parse, serialize } from '@poise/xml';
import type { ClientClock, FetchLike, WebSocketConstructor, WebSocketLike } from '../src/platform.ts';
import { FakeBosh } from './fake-bosh.ts';
import { FakeXmppSession } from './fake-xmpp-session.ts';
import { DOMAIN, fakeResponse, userXml } from './wire-texts.ts';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly body: string;
}

type Handler = (request: SeenRequest) => { status: number; body?: string; headers?: Record<string, string> };

/** A server in memory: REST by handlers, notifications by the smallest conforming XMPP service. */
export class FakePoise {
  readonly sessions: FakeXmppSession[] = [];
  readonly requests: SeenRequest[] = [];
  readonly sockets: FakeSocket[] = [];
  readonly bosh: FakeBosh;
  /** Keys: `GET /SystemInfo`; `*` for the rest. */
  readonly handlers = new Map<string, Handler>();
  password = 'secret';
  /** Nothing reaches the server. */
  isUnreachable = false;
  finesseIsPresent = true;
  status = 'IN_SERVICE';
  forbiddenNodes = new Set<string>();
  /** Sockets open, but nothing is ever said. */
  isMute = false;
  /** Sockets neither open nor fail, as behind a firewall that drops. */
  isBlackHole = false;
  /** Sockets fail, as behind a proxy that knows no upgrade. */
  refusesUpgrade = false;

  /** Hosts that SystemInfo names. */
  primaryNode = DOMAIN;
  secondaryNode = '';
  /** What SystemInfo says of the CTI server; '' as in releases that do not tell. */
  maintenance = '';
  heartbeat = '';

  /** What it tells of all nodes; null: it is of another make. */
  nodes: ReadonlyArray<{ readonly name: string; readonly host: string; readonly state: string }> | null =
    null;

  #isSwallowing = false;
  /** Counts up when all connections die; what began before is never answered. */
  #line = 0;
  /** Dead connections that the platform keeps for its next requests. */
  #deadKept = 0;

  readonly host: string;
  readonly clock: ClientClock;

  constructor(clock: ClientClock, host = '127.0.0.1') {
    this.clock = clock;
    this.host = host;
    this.bosh = new FakeBosh(clock, (send) => this.newSession(send));
    this.handlers.set('GET /SystemInfo', () => ({
      status: 200,
      body: `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<SystemInfo>\n  <status>${this.status}</status><xmppDomain>${DOMAIN}</xmppDomain><xmppPubSubDomain>pubsub.${DOMAIN}</xmppPubSubDomain><currentTimestamp>${new Date(clock.now()).toISOString()}</currentTimestamp><primaryNode><host>${this.primaryNode}</host></primaryNode><secondaryNode><host>${this.secondaryNode}</host></secondaryNode><lastCTIHeartbeatStatus>${this.heartbeat}</lastCTIHeartbeatStatus><finesseMMode>${this.maintenance}</finesseMMode></SystemInfo>`,
    }));
    this.handlers.set('GET /User/2001', () => ({ status: 200, body: userXml('NOT_READY', 'User') }));
    this.handlers.set('*', () => ({ status: 202 }));
  }

  /** Somebody on the way breaks WebSockets over which nobody has said anything for so long, ms. */
  cutsAfterMs = Number.POSITIVE_INFINITY;

  /** The line swallows what either side says from now on, and nobody is told; or it is well again. */
  swallow(isSwallowing: boolean): void {
    this.isMute = this.isBlackHole = this.#isSwallowing = isSwallowing;
  }

  /**
   * The connections that stand carry nothing any more, and nobody is told; new ones work.
   * @param kept how many of them the platform keeps for its next requests
   */
  dieSilently(kept = 0): void {
    this.#line++;
    this.#deadKept = kept;
    for (const socket of this.sockets) socket.isDead = true;
  }

  get session(): FakeXmppSession {
    return this.sessions.at(-1)!;
  }

  readonly fetch: FetchLike = async (url, init) => {
    if (this.isUnreachable) throw new TypeError('fetch failed');
    if (this.#isSwallowing) return await unanswered(init.signal!);
    if (this.#deadKept > 0) {
      this.#deadKept--;
      return await unanswered(init.signal!);
    }
    const line = this.#line;
    const response = await this.#answer(url, init);
    return line === this.#line ? response : await unanswered(init.signal!);
  };

  readonly #answer: FetchLike = async (url, init) => {
    const { pathname, searchParams } = new URL(url);
    if (pathname === '/http-bind/') return await this.bosh.handle(String(init.body), init.signal!);
    if (pathname === '/poise/api/nodes') {
      if (this.nodes === null) return fakeResponse(404, '');
      return fakeResponse(200, JSON.stringify({ nodes: this.nodes }));
    }
    const path = pathname.replace('/finesse/api', '');
    const method = init.method ?? 'GET';
    const headers = new Headers(init.headers as Record<string, string>);
    const request = { method, path, query: searchParams, headers, body: String(init.body ?? '') };
    this.requests.push(request);
    const handler = this.handlers.get(`${method} ${path}`) ?? this.handlers.get('*')!;
    const reply = handler(request);
    return fakeResponse(reply.status, reply.body ?? '', reply.headers);
  };

  get WebSocket(): WebSocketConstructor {
    const server = this;
    return class extends FakeSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols, server);
      }
    };
  }

  newSession(send: (element: Element) => void): FakeXmppSession {
    const session = new FakeXmppSession(this, send);
    this.sessions.push(session);
    return session;
  }

  /** Publishes to every bound session, as a server would for an automatic subscription. */
  publish(node: string, update: string): void {
    for (const session of this.sessions) session.publish(node, update);
  }
}

function unanswered(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const abort = () => reject(new DOMException('aborted', 'AbortError'));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort);
  });
}

/** The two ends of a WebSocket; what the client says is heard by a session in a later turn. */
export class FakeSocket implements WebSocketLike {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  onerror: ((event: unknown) => void) | null = null;
  readonly sent: string[] = [];
  isClosed = false;
  /** Carries nothing any more, and nobody is told. */
  isDead = false;
  #isOpen = false;
  #cut: { cancel(): void } | undefined;
  readonly #server: FakePoise;
  readonly #session: FakeXmppSession;

  constructor(readonly_url: string, readonly_protocols: string[], server: FakePoise) {
    if (readonly_url !== `ws://${server.host}:8082/ws/` || readonly_protocols[0] !== 'xmpp')
      throw new Error('wrong address');
    this.#server = server;
    server.sockets.push(this);
    this.#session = server.newSession((stanza) => this.say(serialize(stanza)));
    queueMicrotask(() => {
      if (server.isBlackHole) return;
      if (server.isUnreachable || server.refusesUpgrade) this.drop(1006);
      else {
        this.#isOpen = true;
        this.onopen?.();
      }
    });
  }

  send(data: string): void {
    // As the WebSocket standard has it for the state CONNECTING.
    if (!this.#isOpen) throw new DOMException('still connecting', 'InvalidStateError');
    if (this.isClosed) throw new Error('the socket is closed');
    this.sent.push(data);
    this.#passed();
    if (this.#server.isMute || this.isDead) return;
    queueMicrotask(() => this.#session.receive(parse(data)));
  }

  close(): void {
    this.isClosed = true;
    this.#cut?.cancel();
    this.#session.isBound = false;
  }

  /** Something went over the line. */
  #passed(): void {
    this.#cut?.cancel();
    const { clock, cutsAfterMs } = this.#server;
    if (Number.isFinite(cutsAfterMs) && !this.isClosed)
      this.#cut = clock.schedule(cutsAfterMs, () => !this.isClosed && this.drop());
  }

  /** The server speaks. */
  say(frame: unknown): void {
    this.#passed();
    queueMicrotask(() => {
      if (!this.isClosed && !this.isDead && !this.#server.isMute) this.onmessage?.({ data: frame });
    });
  }

  /** The connection breaks. */
  drop(code = 1006): void {
    this.isClosed = true;
    this.#session.isBound = false;
    this.onerror?.({});
    this.onclose?.({ code });
  }
}
