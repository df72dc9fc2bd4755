/** One HTTP request and its answer, between node:http and the sessions. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { isForwarded, isHttps } from '../forwarded.ts';
import type { SaslPolicy } from '../transport.ts';
import { answerHeaders, boshRefusal } from './answer-head.ts';
import { readBody, UNREADABLE } from './body.ts';
import { addOriginHeaders, type CorsPolicy } from './cors.ts';
import { DeadlineList, type Waiting } from './deadline-list.ts';
import type { HeldRequest } from './hold.ts';
import type { BoshSessions, RequestPeer } from './service.ts';

/** What the exchanges of one handler share. */
export interface ExchangeHost {
  readonly sessions: BoshSessions;
  readonly cors: CorsPolicy;
  /** Whether the far end of a connection is a proxy whose `X-Forwarded-Proto` is taken. */
  readonly trustsProxy: (address: string) => boolean;
  /** SASL settings of the listener. */
  readonly saslPolicy: SaslPolicy | undefined;
  /** Requests whose bodies have not arrived in full. */
  readonly reading: DeadlineList;
}

const EXCHANGE = Symbol('BOSH exchange');
type Carrier = { [EXCHANGE]?: Exchange };
const QUEUED = Symbol('BOSH exchanges behind another one');
type QueueCarrier = { [QUEUED]?: Set<Exchange> };

export class Exchange implements RequestPeer, Waiting {
  held: HeldRequest | null = null;
  deadlineMs = 0;
  earlier: Waiting | null = null;
  later: Waiting | null = null;
  list: DeadlineList | null = null;

  readonly #host: ExchangeHost;
  readonly #res: ServerResponse;
  /** What has arrived of the body; null before the first part and after the last. */
  #parts: Buffer | Buffer[] | null = null;
  #size = 0;
  #answered = false;

  constructor(host: ExchangeHost, res: ServerResponse) {
    this.#host = host;
    this.#res = res;
  }

  /** Reads the body and hands it to the sessions. */
  static start(host: ExchangeHost, req: IncomingMessage, res: ServerResponse): void {
    const exchange = new Exchange(host, res);
    const refusal = refusalOf(req, host.sessions.limits.bodyBytesMax);
    if (refusal !== 0) {
      exchange.abandon(refusal);
      return;
    }
    // Shared functions and one property instead of closures: 2,000 of these wait at a time.
    (req as Carrier)[EXCHANGE] = exchange;
    (res as Carrier)[EXCHANGE] = exchange;
    host.reading.add(exchange);
    req.on('data', received);
    req.on('end', complete);
    res.on('close', closed);
    if (res.socket === null) exchange.#queue(req.socket);
  }

  /** A pipelined answer has no connection yet and would not hear of its end; the connection has to tell. */
  #queue(socket: Socket & QueueCarrier): void {
    if (socket[QUEUED] === undefined) {
      socket[QUEUED] = new Set();
      socket.on('close', forsaken);
    }
    socket[QUEUED].add(this);
    this.#res.once('socket', () => socket[QUEUED]?.delete(this));
  }

  get remoteAddress(): string {
    return this.#res.req.socket.remoteAddress ?? '';
  }

  get remotePort(): number {
    return this.#res.req.socket.remotePort ?? 0;
  }

  get secure(): boolean {
    const { req } = this.#res;
    if ((req.socket as TLSSocket).encrypted === true) return true;
    const proto = req.headers['x-forwarded-proto'];
    return proto !== undefined && isHttps(proto) && this.#host.trustsProxy(this.remoteAddress);
  }

  get saslPolicy(): SaslPolicy | undefined {
    return this.#host.saslPolicy;
  }

  get loopback(): boolean {
    const { req } = this.#res;
    if (isForwarded(req)) return false;
    return isLoopback(req.socket.remoteAddress) && isLoopback(req.socket.localAddress);
  }

  answer(body: string, bytes = Buffer.byteLength(body)): number {
    if (this.#answered) return bytes;
    this.#answered = true;
    const res = this.#res;
    const headers = answerHeaders(bytes);
    const { origin } = res.req.headers;
    if (origin !== undefined) addOriginHeaders(headers, this.#host.cors, origin);
    res.writeHead(200, headers);
    // A string of ASCII alone is copied without being encoded.
    res.end(body, bytes === body.length ? 'latin1' : 'utf8');
    return bytes;
  }

  refuse(status: number): void {
    if (this.#answered) return;
    this.#answered = true;
    const { text, headers } = boshRefusal(status);
    const res = this.#res;
    const { origin } = res.req.headers;
    if (origin !== undefined) addOriginHeaders(headers, this.#host.cors, origin);
    res.writeHead(status, headers);
    res.end(text);
  }

  /** Refuses before the body has been read: the connection cannot be used again. */
  abandon(status: number): void {
    DeadlineList.remove(this);
    const { req } = this.#res;
    req.removeListener('data', received);
    req.removeListener('end', complete);
    this.#parts = null;
    this.#res.shouldKeepAlive = false;
    this.refuse(status);
    req.resume();
  }

  received(part: Buffer): void {
    this.#size += part.length;
    if (this.#size > this.#host.sessions.limits.bodyBytesMax) this.abandon(413);
    else if (this.#parts === null) this.#parts = part;
    else if (Array.isArray(this.#parts)) this.#parts.push(part);
    else this.#parts = [this.#parts, part];
  }

  complete(): void {
    DeadlineList.remove(this);
    const parts = this.#parts;
    this.#parts = null;
    const { sessions } = this.#host;
    const bytes = Array.isArray(parts) ? Buffer.concat(parts) : parts;
    const body = bytes === null ? undefined : readBody(bytes, sessions.limits);
    if (body === undefined) sessions.refuse(this, 400, UNREADABLE);
    else sessions.request(body, this);
  }

  /** The connection has closed, before or after the answer. */
  lost(): void {
    DeadlineList.remove(this);
    this.#parts = null;
    const { held } = this;
    if (held === null) return;
    this.held = null;
    held.holder.connectionLost(held);
  }
}

function received(this: IncomingMessage, part: Buffer): void {
  (this as Carrier)[EXCHANGE]!.received(part);
}

function complete(this: IncomingMessage): void {
  (this as Carrier)[EXCHANGE]!.complete();
}

function forsaken(this: Socket & QueueCarrier): void {
  for (const exchange of this[QUEUED]!) exchange.lost();
}

function closed(this: ServerResponse): void {
  (this as Carrier)[EXCHANGE]!.lost();
}

/**
 * Clients name all sorts of types (text/xml, text/plain, none, that of a form); only what surely cannot
 * be read is refused: compressed bodies, forms with parts, other encodings.
 */
function isReadable(type: string | undefined, encoding: string | undefined): boolean {
  if (encoding !== undefined && encoding !== 'identity') {
    // COMPAT libpurple: names the media type in this header. No coding has a slash.
    return encoding.includes('/') && isReadable(type ?? encoding, undefined);
  }
  if (type === undefined || type === 'text/xml; charset=utf-8' || type === 'text/xml') return true;
  if (/^\s*multipart\//i.test(type)) return false;
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(type)?.[1];
  return charset === undefined || /^(utf-?8|us-ascii)$/i.test(charset);
}

/** The status for a request whose header already says that its body is of no use; else 0. */
function refusalOf(req: IncomingMessage, bytesMax: number): number {
  const { headers } = req;
  if (!isReadable(headers['content-type'], headers['content-encoding'])) return 415;
  return Number(headers['content-length'] ?? 0) > bytesMax ? 413 : 0;
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && (address === '::1' || /^(::ffff:)?127\./.test(address));
}
