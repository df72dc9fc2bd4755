/**
 * One node HTTP(S) server: opening and closing, connection caps, slow and broken clients, upgrades.
 * What a request gets is decided by the handler that it is given.
 */
import { createServer, type Server as HttpServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer, type Server as HttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SecureContextOptions } from 'node:tls';
import type { Clock } from '@poise/clock';
import { isLoopbackAddress, plainAddress } from './addresses.ts';
import { type DirectAnswer, DirectLane, type DirectLaneOptions } from './direct/direct-lane.ts';
import { Exchange } from './exchange.ts';
import type { HttpLimits } from './limits.ts';
import type { ListenerDefinition } from './listeners.ts';
import { withoutUpgrade } from './upgrade.ts';

export interface ListenerHandlers {
  request(req: IncomingMessage, res: Exchange): void;
  /** A WebSocket handshake. @returns true when it was taken, else the status that the listener answers with */
  upgrade(req: UpgradeRequest, socket: Duplex, head: Buffer): true | 400 | 403 | 503;
  /** An answer was given without a request that could be understood, or to an upgrade. */
  answered(exchange: AnsweredEarly): void;
  /** Serves BOSH polls without node:http; absent: there is no BOSH on this listener. */
  readonly direct?: Pick<DirectLaneOptions, 'cors' | 'saslPolicy' | 'accept'> & {
    answered(answer: DirectAnswer): void;
  };
}

/** What a WebSocket handshake is judged by. */
export type UpgradeRequest = Pick<IncomingMessage, 'method' | 'url' | 'headers' | 'socket'>;

export interface AnsweredEarly {
  readonly remoteAddress: string;
  readonly method: string;
  readonly uri: string;
  readonly status: number;
}

export interface HttpListenerOptions {
  readonly definition: ListenerDefinition;
  readonly host: string;
  readonly port: number;
  readonly limits: HttpLimits;
  readonly clock: Clock;
  readonly secureContext?: SecureContextOptions;
  readonly handlers: ListenerHandlers;
}

type NodeServer =
  | HttpServer<typeof IncomingMessage, typeof Exchange>
  | HttpsServer<typeof IncomingMessage, typeof Exchange>;

/** Node keeps the answer under way here, and looks at it in its own handler of such errors. */
type AnsweringSocket = Duplex & { _httpMessage?: { headersSent: boolean } | null };
type PeerSocket = Duplex & { remoteAddress?: string };

/** Node's parser errors and the status that fits; everything else is 400. */
const PARSER_STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};
const STATUS_TEXT: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  413: 'Content Too Large',
  431: 'Request Header Fields Too Large',
  503: 'Service Unavailable',
};

export class HttpListener {
  readonly #options: HttpListenerOptions;
  readonly #server: NodeServer;
  /** Node's own ways to serve a connection. */
  readonly #serve: ReadonlyArray<(socket: Duplex) => void>;
  readonly #lane: DirectLane | undefined;
  readonly #connections = new Set<Socket>();
  readonly #perAddress = new Map<string, number>();
  #refused = 0;

  constructor(options: HttpListenerOptions) {
    this.#options = options;
    this.#server = this.#create();
    const event = options.definition.tls ? 'secureConnection' : 'connection';
    this.#serve = this.#server.listeners(event) as Array<(socket: Duplex) => void>;
    this.#lane = this.#createLane();
    if (this.#lane !== undefined) this.#server.removeAllListeners(event);
    this.#server.on('connection', (socket: Socket) => this.#connected(socket));
    if (this.#lane !== undefined) this.#server.on(event, (socket: Socket) => this.#lane?.take(socket));
  }

  /** The port in use, 0 while closed. */
  get port(): number {
    const address = this.#server.address() as AddressInfo | null;
    return address?.port ?? 0;
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** Connections closed because of a cap, since the start. */
  get refusedConnections(): number {
    return this.#refused;
  }

  /** @throws Error with a plain sentence that names port and setting */
  open(): Promise<void> {
    const { host, port, limits, definition } = this.#options;
    return new Promise((resolve, reject) => {
      const failed = (error: NodeJS.ErrnoException) =>
        reject(new Error(openFailure(error, host, port, definition)));
      this.#server.once('error', failed);
      this.#server.listen({ host, port, backlog: limits.backlog }, () => {
        this.#server.removeListener('error', failed);
        resolve();
      });
    });
  }

  /** Stops accepting, lets answers under way finish for `graceMs`, then cuts what is left. */
  async close(graceMs: number): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    this.#lane?.close();
    const cut = this.#options.clock.schedule(graceMs, () => {
      for (const socket of this.#connections) socket.destroy();
    });
    await closed;
    cut.cancel();
  }

  /** New connections use this certificate; open ones keep theirs. */
  setSecureContext(context: SecureContextOptions): void {
    if ('setSecureContext' in this.#server) this.#server.setSecureContext(context);
  }

  #create(): NodeServer {
    const { definition, limits, secureContext } = this.#options;
    const settings = {
      ServerResponse: Exchange,
      noDelay: true,
      maxHeaderSize: limits.headerBytesMax,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      connectionsCheckingInterval: limits.timeoutCheckMs,
    };
    const onRequest = this.#options.handlers.request;
    const server = definition.tls
      ? createTlsServer(
          {
            ...settings,
            ...secureContext,
            minVersion: 'TLSv1.2',
            handshakeTimeout: limits.handshakeTimeoutMs,
          },
          onRequest,
        )
      : createServer(settings, onRequest);
    server.maxHeadersCount = limits.headersMax;
    server.maxConnections = limits.connectionsMax;
    server.timeout = limits.socketTimeoutMs;
    server.on('drop', () => {
      this.#refused++;
    });
    server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) =>
      this.#clientError(error, socket),
    );
    server.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#upgrade(req, socket, head),
    );
    server.on('connect', (req: IncomingMessage, socket: Duplex) => this.#answer(socket, 405, req));
    return server;
  }

  /** Every connection begins in the lane; what is not for it goes to node:http. */
  #createLane(): DirectLane | undefined {
    const { clock, limits, handlers } = this.#options;
    if (handlers.direct === undefined) return undefined;
    return new DirectLane({
      clock,
      limits,
      ...handlers.direct,
      serve: (socket) => this.#serveByNode(socket),
      upgrade: (req, socket) => {
        socket.on('error', destroyAtError);
        this.#handshake(req, socket, NOTHING);
      },
      silent: (socket) => {
        const late: NodeJS.ErrnoException = new Error('no request came in time');
        late.code = 'ERR_HTTP_REQUEST_TIMEOUT';
        this.#clientError(late, socket);
      },
    });
  }

  #serveByNode(socket: Duplex): void {
    for (const serve of this.#serve) serve.call(this.#server, socket);
  }

  #connected(socket: Socket): void {
    const { limits } = this.#options;
    const address = plainAddress(socket.remoteAddress);
    const now = this.#perAddress.get(address) ?? 0;
    const max = isLoopbackAddress(address)
      ? limits.connectionsPerLoopbackMax
      : limits.connectionsPerAddressMax;
    if (now >= max) {
      this.#refused++;
      socket.destroy();
      return;
    }
    this.#perAddress.set(address, now + 1);
    this.#connections.add(socket);
    socket.once('close', () => {
      this.#connections.delete(socket);
      const left = (this.#perAddress.get(address) ?? 1) - 1;
      if (left > 0) this.#perAddress.set(address, left);
      else this.#perAddress.delete(address);
    });
  }

  #clientError(error: NodeJS.ErrnoException, socket: Duplex): void {
    // Reset by the peer, or a TLS handshake that failed: there is nobody to answer.
    const answerable = error.code?.startsWith('HPE_') || error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
    // An answer that has begun cannot be followed by another on the same request.
    const begun = (socket as AnsweringSocket)._httpMessage?.headersSent === true;
    if (!answerable || begun || !socket.writable) {
      socket.destroy();
      return;
    }
    this.#answer(socket, PARSER_STATUS[error.code as string] ?? 400);
  }

  #upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', destroyAtError);
    const protocol = req.headers.upgrade?.trim().toLowerCase() ?? '';
    if (protocol !== 'websocket') {
      // RFC 9110 7.8: a server may ignore Upgrade. Java's HttpClient offers h2c with its first request.
      socket.removeAllListeners('error');
      socket.unshift(Buffer.concat([withoutUpgrade(req), head]));
      this.#serveByNode(socket);
      return;
    }
    this.#handshake(req, socket, head);
  }

  #handshake(req: UpgradeRequest, socket: Duplex, head: Buffer): void {
    const taken = this.#options.handlers.upgrade(req, socket, head);
    if (taken !== true) this.#answer(socket, taken, req);
  }

  /** Writes a whole answer on a bare socket and closes it. */
  #answer(socket: Duplex, status: number, req?: UpgradeRequest): void {
    const body = `${status} ${STATUS_TEXT[status]}\n`;
    socket.on('error', () => socket.destroy());
    const retry = status === 503 ? 'Retry-After: 5\r\n' : '';
    socket.end(
      `HTTP/1.1 ${status} ${STATUS_TEXT[status]}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${body.length}\r\n${retry}Connection: close\r\n\r\n${body}`,
    );
    // The peer may never close its side.
    this.#options.clock.schedule(this.#options.limits.lingerMs, () => socket.destroy());
    this.#options.handlers.answered({
      remoteAddress: plainAddress((socket as PeerSocket).remoteAddress),
      method: req?.method ?? '-',
      uri: req?.url ?? '-',
      status,
    });
  }
}

const NOTHING = Buffer.alloc(0);

function destroyAtError(this: Duplex): void {
  this.destroy();
}

function openFailure(
  error: NodeJS.ErrnoException,
  host: string,
  port: number,
  definition: ListenerDefinition,
): string {
  const where = `${host}:${port} (${definition.setting})`;
  if (error.code === 'EADDRINUSE') {
    return `Port ${port} on ${host} is used by another program. Stop that program, or choose another port with the setting ${definition.setting} or ports.offset.`;
  }
  if (error.code === 'EACCES') {
    return `Not allowed to listen on ${where}. Ports below 1024 need special rights; choose another one with the setting ${definition.setting}.`;
  }
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return `This machine has no address ${host}: cannot listen on ${where}. Check the setting host.`;
  }
  return `Cannot listen on ${where}: ${error.message}.`;
}
