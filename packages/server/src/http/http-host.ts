/**
 * The HTTP host: one Fastify application behind several listeners. BOSH requests and WebSocket handshakes
 * go to the notification service before Fastify sees them; everything is written to the access log.
 */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { SecureContextOptions } from 'node:tls';
import type { Clock } from '@poise/clock';
import type { RequestPeer, SaslPolicy } from '@poise/xmpp';
import Fastify, { type FastifyInstance, type FastifyPluginCallback, type FastifyReply } from 'fastify';
import type { Happenings } from '../happenings.ts';
import type { Part, PartHealth, PartState } from '../parts/part.ts';
import { isLoopbackHost, plainAddress } from './addresses.ts';
import { applyCors, type CorsPolicy, originAllowed } from './cors.ts';
import { type Exchange, maskUri, nocacheOf, originForm, pathOf } from './exchange.ts';
import { HttpListener, type ListenerHandlers, type UpgradeRequest } from './http-listener.ts';
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from './limits.ts';
import { type HttpService, LISTENERS, type ListenerName, type ListenerOptions } from './listeners.ts';
import { HTTP_MESSAGES } from './messages.ts';
import { isOwnOrigin, type PagePort } from './own-origins.ts';
import { addSecurityHeaders, type PagesOptions, registerPages, sendNotFound, sendPage } from './pages.ts';
import { REQUESTS_AT_ONCE_MAX, requestsAtOnce } from './requests-at-once.ts';
import { securityHeaders } from './security-headers.ts';
import { registerTunnelPage } from './tunnel-page.ts';

/** What the host needs of the notification service; {@link XmppHost} has it. */
export interface NotificationDoor {
  /** Serves `/http-bind/` of a listener; answers 503 itself while the service is down. */
  bosh(req: IncomingMessage, res: ServerResponse, listener: ListenerName): void;
  /**
   * The same for a plain request that the host has read itself. Absent: all of them come by the other way.
   * @returns false when this one has to: it is too large, or the service is down
   */
  boshBody?(body: Buffer, peer: RequestPeer): boolean;
  /** SASL settings of a listener, for the peers of {@link boshBody}. */
  saslPolicy?(listener: ListenerName): SaslPolicy | undefined;
  /** Serves `/ws/` of a listener. @returns false when it does not take the handshake */
  upgrade(req: UpgradeRequest, socket: Duplex, head: Buffer, listener: ListenerName): boolean;
}

export interface HttpPlugin {
  readonly prefix: string;
  readonly plugin: FastifyPluginCallback;
}

export interface HttpHostOptions {
  readonly clock: Clock;
  readonly happenings: Happenings;
  readonly listeners: readonly ListenerOptions[];
  readonly pages: PagesOptions;
  /** The built page of the event tunnel; absent: there is none at `/tunnel/`. */
  readonly tunnelDir?: string;
  /** REST at /finesse/api, health at /poise/api/health, … */
  readonly plugins: readonly HttpPlugin[];
  /** Absent: `/http-bind/` and `/ws/` answer 503. */
  readonly notification?: NotificationDoor;
  /** Key and certificate; needed by https and boshTls. */
  readonly secureContext?: SecureContextOptions;
  readonly cors: CorsPolicy;
  /** Listeners without TLS may bind to other addresses than loopback. */
  readonly clearAllowed?: boolean;
  readonly limits?: Partial<HttpLimits>;
}

/** Status written to the access log when the client left before the answer was complete. */
const CLIENT_LEFT = 499;
const REST_PREFIX = '/finesse/api/';
const OWN_API_PREFIX = '/poise/api/';
/** What pages read there, which may come from another node. */
const FOR_OTHER_PAGES = [
  '/poise/api/history/',
  '/poise/api/desktop/layout',
  '/poise/api/desktop/handover',
  '/poise/api/nodes',
  '/poise/api/trace',
];
/** What frames of gadgets load and ask, whose page may have come from another node: files, and questions that bear a token or none. */
const FOR_OTHER_FRAMES = ['/gadgets/', '/3rdpartygadget/files/', '/desktop/assets/', '/desktop/scripts/'];
/** Where a page refreshes its token, also one that came from a node which is lost. */
const SSO_TOKEN = '/desktop/sso/token';
/** Listeners of the desktop page. */
const PAGE_LISTENERS = ['http', 'https'] as const;
const SLASH = 0x2f;
const STOP_GRACE_MS = 1_000;

export class HttpHost implements Part {
  readonly name = 'http';
  readonly #options: HttpHostOptions;
  readonly #limits: HttpLimits;
  readonly #listeners = new Map<ListenerName, HttpListener>();
  #state: PartState = 'stopped';
  #reason = '';
  #app: FastifyInstance | null = null;
  #fastify: RequestListener = () => {};
  #secureContext: SecureContextOptions | undefined;

  constructor(options: HttpHostOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_HTTP_LIMITS, ...options.limits };
    this.#secureContext = options.secureContext;
  }

  async start(): Promise<void> {
    if (this.#state === 'running') return;
    this.#state = 'starting';
    try {
      this.#app = this.#build();
      await this.#app.ready();
      for (const listener of this.#options.listeners) {
        if (listener.enabled ?? true) await this.openListener(listener.name);
      }
      this.#state = 'running';
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      await this.stop();
      this.#state = 'failed';
      this.#reason = reason;
      throw error;
    }
  }

  async stop(): Promise<void> {
    if (this.#state === 'stopped') return;
    this.#state = 'stopping';
    await Promise.all([...this.#listeners.keys()].map((name) => this.closeListener(name)));
    await this.#app?.close();
    this.#app = null;
    this.#state = 'stopped';
  }

  health(): PartHealth {
    const listeners = Object.fromEntries(
      [...this.#listeners].map(([name, listener]) => [
        name,
        { port: listener.port, connections: listener.connections, refused: listener.refusedConnections },
      ]),
    );
    if (this.#state === 'running') return { state: 'running', ready: true, detail: { listeners } };
    return { state: this.#state, ready: false, reason: this.#reason || `The web server is ${this.#state}.` };
  }

  /** The port a listener is bound to, 0 while it is closed. */
  port(name: ListenerName): number {
    return this.#listeners.get(name)?.port ?? 0;
  }

  /** The application, for `inject` in tests. @throws Error before the start */
  get app(): FastifyInstance {
    if (this.#app === null) throw new Error('The HTTP host is not started.');
    return this.#app;
  }

  /** Opens one listener of the settings; does nothing when it is open. @throws Error with a plain sentence */
  async openListener(name: ListenerName): Promise<void> {
    if (this.#listeners.has(name)) return;
    const options = this.#options.listeners.find((listener) => listener.name === name);
    if (options === undefined) throw new Error(`The settings name no listener ${name}.`);
    const definition = LISTENERS[name];
    const services = new Set(options.services ?? definition.services);
    // A redirect has nothing that others must not read.
    const bare = !definition.tls && !services.has('redirect');
    if (bare && !isLoopbackHost(options.host) && !this.#options.clearAllowed) {
      throw new Error(
        `${definition.setting} would serve ${options.host} without TLS. Switch it off, bind it to a loopback address, or allow it in the settings.`,
      );
    }
    if (definition.tls && this.#secureContext === undefined) {
      throw new Error(`${definition.setting} needs a certificate.`);
    }
    const listener = new HttpListener({
      definition,
      host: options.host,
      port: options.port,
      limits: this.#limits,
      clock: this.#options.clock,
      ...(this.#secureContext === undefined ? {} : { secureContext: this.#secureContext }),
      handlers: {
        request: this.#requestHandler(name, services, definition.services.includes('desktop')),
        upgrade: (req, socket, head) => this.#upgrade(name, services, req, socket, head),
        ...this.#direct(name, services),
        answered: ({ remoteAddress, method, uri, status }) =>
          this.#options.happenings.publish('http.access', {
            remoteAddress,
            user: '',
            port: listener.port,
            method,
            uri: maskUri(uri),
            status,
            bytes: null,
            elapsedMs: 0,
          }),
      },
    });
    await listener.open();
    this.#listeners.set(name, listener);
  }

  /** Closes one listener; the others go on. */
  async closeListener(name: ListenerName): Promise<void> {
    const listener = this.#listeners.get(name);
    if (listener === undefined) return;
    this.#listeners.delete(name);
    await listener.close(STOP_GRACE_MS);
  }

  /** For a renewed certificate: new connections get it at once. */
  setSecureContext(context: SecureContextOptions): void {
    this.#secureContext = context;
    for (const listener of this.#listeners.values()) listener.setSecureContext(context);
  }

  #build(): FastifyInstance {
    const app = Fastify({
      serverFactory: (handler) => {
        this.#fastify = handler as RequestListener;
        // Never listens: the listeners hand their requests to the handler.
        return createServer();
      },
      logger: false,
      bodyLimit: this.#limits.bodyBytesMax,
      routerOptions: { ignoreTrailingSlash: false, caseSensitive: true, maxParamLength: 512 },
      frameworkErrors: (_error, request, reply) => {
        const path = pathOf(request.raw.url ?? '');
        const answer = reply as unknown as FastifyReply;
        if (path.startsWith(REST_PREFIX)) {
          echoRequestId(request.raw, answer.raw);
          return answer.code(400).type('application/xml;charset=UTF-8').send(BAD_REQUEST_XML);
        }
        return sendPage(answer, 400, HTTP_MESSAGES.badRequestTitle, HTTP_MESSAGES.badRequest);
      },
    });
    const { nodeOrigins = new Set(), workflowOrigins } = this.#options.pages;
    let known = nodeOrigins.size;
    let headersOf = securityHeaders([...nodeOrigins], workflowOrigins);
    app.addHook('onSend', async (request, reply) => {
      // Nodes come, and none is taken away.
      if (nodeOrigins.size !== known) {
        known = nodeOrigins.size;
        headersOf = securityHeaders([...nodeOrigins], workflowOrigins);
      }
      addSecurityHeaders(headersOf, request, reply);
    });
    app.setNotFoundHandler((_request, reply) => sendNotFound(reply));
    app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
      const status = error.statusCode ?? 500;
      if (status === 413) return sendPage(reply, 413, HTTP_MESSAGES.tooLargeTitle, HTTP_MESSAGES.tooLarge);
      // The database is lost, or its disk is full: whoever keeps it has told the operator.
      if (status === 503)
        return sendPage(reply, 503, HTTP_MESSAGES.unavailableTitle, HTTP_MESSAGES.storeUnavailable);
      if (status < 500)
        return sendPage(reply, status, HTTP_MESSAGES.badRequestTitle, HTTP_MESSAGES.badRequest);
      this.#options.happenings.publish('operator', {
        level: 'error',
        text: 'A request failed.',
        detail: {
          method: request.method,
          path: pathOf(request.raw.url ?? ''),
          error: error.stack ?? error.message,
        },
      });
      return sendPage(reply, 500, HTTP_MESSAGES.internalTitle, HTTP_MESSAGES.internal);
    });
    for (const { prefix, plugin } of this.#options.plugins) void app.register(plugin, { prefix });
    registerPages(app, this.#options.pages);
    const { tunnelDir, cors } = this.#options;
    if (tunnelDir !== undefined)
      registerTunnelPage(app, { dir: tunnelDir, cors, pagePorts: () => this.#pagePorts });
    return app;
  }

  /** Where the desktop page and its kind are open. */
  get #pagePorts(): readonly PagePort[] {
    return PAGE_LISTENERS.map((name) => ({ tls: LISTENERS[name].tls, port: this.port(name) }));
  }

  /** Polls in their plain form need no node:http. */
  #direct(listener: ListenerName, services: ReadonlySet<HttpService>): Pick<ListenerHandlers, 'direct'> {
    const { notification, cors, happenings } = this.#options;
    if (notification?.boshBody === undefined || !services.has('httpBind')) return {};
    return {
      direct: {
        cors,
        saslPolicy: notification.saslPolicy?.(listener),
        accept: (body, peer) => notification.boshBody?.(body, peer) ?? false,
        answered: ({ remoteAddress, port, uri, status, bytes, elapsedMs }) => {
          if (!happenings.observed) return;
          happenings.publish('http.access', {
            remoteAddress,
            user: '',
            port,
            method: 'POST',
            uri,
            status: status ?? CLIENT_LEFT,
            bytes: bytes === 0 ? null : bytes,
            elapsedMs,
          });
        },
      },
    };
  }

  /** One function per listener; nothing is allocated per request. */
  #requestHandler(
    listener: ListenerName,
    services: ReadonlySet<HttpService>,
    ownApi: boolean,
  ): (req: IncomingMessage, res: Exchange) => void {
    const { clock, cors, notification } = this.#options;
    const bosh = services.has('httpBind');
    const pages = services.has('desktop');
    const rest = services.has('rest');
    const tunnel = services.has('tunnel');
    const redirect = services.has('redirect');
    const host = this;
    const onClose = function (this: Exchange) {
      host.#closed(this);
    };
    return (req, res) => {
      const atOnce = requestsAtOnce(req.socket);
      // Told once; what came behind it goes with the connection.
      if (atOnce > REQUESTS_AT_ONCE_MAX + 1) return;
      res.startedMs = clock.monotonic();
      res.localPort = req.socket.localPort ?? 0;
      res.on('close', onClose);
      let url = req.url ?? '/';
      if (url.charCodeAt(0) !== SLASH) {
        url = originForm(url);
        req.url = url;
      }
      if (atOnce > REQUESTS_AT_ONCE_MAX) {
        res.setHeader('Connection', 'close');
        return answerPlain(res, 429, 'Too many requests at once on one connection.\n');
      }
      if (redirect) return this.#redirect(req, res, url);
      if (isHttpBind(url)) {
        if (!bosh) return answerPlain(res, 404, 'Not found\n');
        if (applyCors(cors, 'httpBind', req, res)) return;
        if (notification === undefined)
          return answerPlain(res, 503, 'The notification service is not running.\n');
        notification.bosh(req, res, listener);
        return;
      }
      if (url.startsWith(REST_PREFIX)) {
        if (!rest) return answerPlain(res, 404, 'Not found\n');
        if (applyCors(cors, 'rest', req, res)) return;
      } else if (url.startsWith(OWN_API_PREFIX)) {
        // Health is told whichever parts run, on the listeners that browsers and monitors know.
        if (!ownApi) return answerPlain(res, 404, 'Not found\n');
        if (FOR_OTHER_PAGES.some((path) => url.startsWith(path)) && applyCors(cors, 'rest', req, res)) return;
      } else if (isTunnel(url)) {
        if (!tunnel) return answerPlain(res, 404, 'Not found\n');
      } else if (!pages) {
        return answerPlain(res, 404, 'Not found\n');
      } else if (url === SSO_TOKEN && req.method === 'POST') applyCors(cors, 'rest', req, res);
      else if (FOR_OTHER_FRAMES.some((path) => url.startsWith(path)) && applyCors(cors, 'gadgets', req, res))
        return;
      this.#fastify(req, res);
    };
  }

  /**
   * Sends a browser to the same address over TLS (desktop.md D1). A request with a body is not sent on: whoever put a password
   * into it in clear should learn so.
   */
  #redirect(req: IncomingMessage, res: Exchange, url: string): void {
    const name = hostNameOf(req.headers.host);
    const port = this.port('https');
    if (req.method !== 'GET' && req.method !== 'HEAD') answerPlain(res, 403, 'Use HTTPS.\n');
    else if (name === undefined || port === 0) answerPlain(res, 400, 'Bad request\n');
    else {
      res.setHeader('Location', `https://${name}${port === 443 ? '' : `:${port}`}${url}`);
      answerPlain(res, 301, 'Use HTTPS.\n');
    }
  }

  #upgrade(
    listener: ListenerName,
    services: ReadonlySet<HttpService>,
    req: UpgradeRequest,
    socket: Duplex,
    head: Buffer,
  ): true | 400 | 403 | 503 {
    const path = pathOf(req.url ?? '/');
    const { notification, happenings, cors } = this.#options;
    if (!services.has('ws') || (path !== '/ws/' && path !== '/ws')) return 400;
    // Browsers ask nobody before they open one; programs name no origin.
    const { origin, host } = req.headers;
    if (origin !== undefined && !originAllowed(cors, origin) && !isOwnOrigin(origin, host, this.#pagePorts))
      return 403;
    if (notification === undefined) return 503;
    const remoteAddress = plainAddress(req.socket.remoteAddress);
    const port = req.socket.localPort ?? 0;
    // The path is right: what is missing is the service.
    if (!notification.upgrade(req, socket, head, listener)) return 503;
    happenings.publish('http.access', {
      remoteAddress,
      user: '',
      port,
      method: req.method ?? 'GET',
      uri: maskUri(req.url ?? '/'),
      status: 101,
      bytes: null,
      elapsedMs: 0,
    });
    return true;
  }

  #closed(res: Exchange): void {
    const { req } = res;
    const { happenings, clock } = this.#options;
    if (!req.complete && !req.destroyed) {
      // Answered before the whole body came (413): node throws the rest away, but not forever.
      const { socket } = req;
      if (res.lingering) req.once('end', () => socket.destroySoon());
      clock.schedule(this.#limits.lingerMs, () => {
        if (!req.complete) socket.destroy();
      });
    }
    if (!happenings.observed) return;
    const url = req.url ?? '/';
    const nocache = nocacheOf(url);
    happenings.publish(
      'http.access',
      {
        remoteAddress: plainAddress(req.socket?.remoteAddress),
        user: res.user || basicUser(req, res.statusCode),
        port: res.localPort,
        method: req.method ?? '-',
        uri: maskUri(url),
        status: res.writableFinished ? res.statusCode : CLIENT_LEFT,
        bytes: res.bodyBytes === 0 ? null : res.bodyBytes,
        elapsedMs: clock.monotonic() - res.startedMs,
      },
      nocache === undefined ? undefined : { nocache },
    );
  }
}

const BAD_REQUEST_XML = Buffer.from(`<ApiErrors>
  <ApiError>
    <ErrorType>Bad Request</ErrorType>
    <ErrorData></ErrorData>
    <ErrorMessage>The URI is not valid</ErrorMessage>
  </ApiError>
</ApiErrors>`);

/** What REST does with every answer: clients drop the pending call by the echo. The same bytes, because the body is bytes. */
function echoRequestId(req: IncomingMessage, res: ServerResponse): void {
  const requestId = req.headers.requestid;
  if (typeof requestId === 'string' && requestId !== '') res.setHeader('requestId', requestId);
}

/** The name in a Host header, without its port; undefined when it is none. */
function hostNameOf(host: string | undefined): string | undefined {
  return /^([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d*)?$/i.exec(host ?? '')?.[1];
}

function isHttpBind(url: string): boolean {
  if (!url.startsWith('/http-bind')) return false;
  const next = url.charCodeAt(10);
  if (Number.isNaN(next) || next === 0x3f) return true;
  if (next !== 0x2f) return false;
  return url.length === 11 || url.charCodeAt(11) === 0x3f;
}

function isTunnel(url: string): boolean {
  return url.startsWith('/tunnel') && (url.length === 7 || url[7] === '/' || url[7] === '?');
}

function answerPlain(res: ServerResponse, status: number, text: string): void {
  res.statusCode = status;
  res.setHeader('Content-Type', 'text/plain; charset=utf-8');
  res.setHeader('Content-Length', Buffer.byteLength(text));
  res.end(res.req.method === 'HEAD' ? undefined : text);
}

/** Resources that never look at credentials, so that the name in them proves nothing. */
const OPEN_TO_ALL = /^\/finesse\/api\/(SystemInfo|UserAuthMode)(?![^/?])/;

/** The user that a REST request authenticated as: Basic is checked there, so any answer but 401 vouches for it. */
function basicUser(req: IncomingMessage, status: number): string {
  const authorization = req.headers.authorization;
  if (authorization === undefined || status === 401 || !req.url?.startsWith(REST_PREFIX)) return '';
  if (OPEN_TO_ALL.test(req.url)) return '';
  const match = /^basic +([a-z0-9+/]+=*)$/i.exec(authorization);
  if (match?.[1] === undefined) return '';
  const decoded = Buffer.from(match[1], 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  return colon < 0 ? '' : decoded.slice(0, Math.min(colon, 64));
}
