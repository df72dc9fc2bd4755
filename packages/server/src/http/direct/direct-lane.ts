/**
 * The short way of BOSH polls and WebSocket handshakes past node:http: every connection of a listener begins here, and stays as
 * long as its requests are whole and plain. With the first that is not, it goes to node:http for good, which
 * then knows what to say: slow senders, other methods and paths, chunked bodies, upgrades, broken requests.
 */
import type { Socket } from 'node:net';
import type { Clock, Timer } from '@poise/clock';
import type { RequestPeer, SaslPolicy } from '@poise/xmpp';
import { plainAddress } from '../addresses.ts';
import type { CorsPolicy } from '../cors.ts';
import type { HttpLimits } from '../limits.ts';
import { AnswerText } from './answer-text.ts';
import { DirectConnection } from './direct-connection.ts';
import type { DirectRequest } from './direct-request.ts';
import type { HandshakeHead } from './handshake-head.ts';

export interface DirectLaneOptions {
  readonly clock: Clock;
  readonly limits: HttpLimits;
  readonly cors: CorsPolicy;
  /** SASL settings of the listener. */
  readonly saslPolicy: SaslPolicy | undefined;
  /** Serves the body of a request to `/http-bind/`. @returns false when node:http has to serve it */
  readonly accept: (body: Buffer, peer: RequestPeer) => boolean;
  /** Serves a WebSocket handshake; the socket is the server's from here on. */
  readonly upgrade: (request: HandshakeHead & { readonly socket: Socket }, socket: Socket) => void;
  /** Serves the connection by node:http. */
  readonly serve: (socket: Socket) => void;
  /** A connection on which nothing came in time: it gets 408. */
  readonly silent: (socket: Socket) => void;
  /** A request has its answer, or its client left: then the status is null. */
  readonly answered: (answer: DirectAnswer) => void;
}

/** What the access log needs. */
export interface DirectAnswer {
  readonly remoteAddress: string;
  readonly port: number;
  readonly uri: string;
  readonly status: number | null;
  /** Of the body. */
  readonly bytes: number;
  readonly elapsedMs: number;
}

/** A request that was sent within the promised time may still be on its way; node:http waits as long. */
const KEEP_ALIVE_SPARE_MS = 1_000;

export class DirectLane {
  readonly answers: AnswerText;
  /** The listener closes: connections end with their answers. */
  closing = false;
  readonly #options: DirectLaneOptions;
  readonly #connections = new Set<DirectConnection>();
  #sweep: Timer | null = null;

  constructor(options: DirectLaneOptions) {
    this.#options = options;
    const { clock, limits } = options;
    this.answers = new AnswerText(() => clock.now(), limits.keepAliveTimeoutMs);
  }

  get cors(): CorsPolicy {
    return this.#options.cors;
  }

  get saslPolicy(): SaslPolicy | undefined {
    return this.#options.saslPolicy;
  }

  monotonic(): number {
    return this.#options.clock.monotonic();
  }

  /** A connection that is new. */
  take(socket: Socket): void {
    // A TLS handshake may end after the listener has closed.
    if (this.closing) socket.destroy();
    if (socket.destroyed) return;
    this.#connections.add(new DirectConnection(this, socket, this.monotonic()));
    if (this.#sweep === null) this.#arm();
  }

  /** Ends what is idle; the others end with their answers, also those whose clients still read the last one. */
  close(): void {
    this.closing = true;
    for (const { isIdle, socket } of this.#connections) {
      if (!isIdle) continue;
      if (socket.writableLength > 0) socket.end();
      else socket.destroy();
    }
    this.#sweep?.cancel();
    this.#sweep = null;
  }

  // ---- from the connections ---------------------------------------------------------------------

  accept(body: Buffer, peer: RequestPeer): boolean {
    return this.#options.accept(body, peer);
  }

  handOver(connection: DirectConnection): void {
    const { socket } = connection;
    this.#connections.delete(connection);
    // Held back until node:http listens.
    socket.pause();
    const rest = connection.release();
    if (rest.length > 0) socket.unshift(rest);
    this.#options.serve(socket);
    socket.resume();
  }

  upgrade(connection: DirectConnection, handshake: HandshakeHead): void {
    const { socket } = connection;
    this.#connections.delete(connection);
    connection.release();
    // As node:http leaves it: nothing is read until somebody listens.
    (socket as { readableFlowing: boolean | null }).readableFlowing = null;
    this.#options.upgrade({ ...handshake, socket }, socket);
  }

  forget(connection: DirectConnection): void {
    this.#connections.delete(connection);
  }

  answered(request: DirectRequest): void {
    this.#tell(request, request.status);
  }

  gone(request: DirectRequest): void {
    this.#tell(request, null);
  }

  #tell(request: DirectRequest, status: number | null): void {
    const { connection, uri, bodyBytes, startedMs } = request;
    this.#options.answered({
      remoteAddress: plainAddress(connection.remoteAddress),
      port: connection.localPort,
      uri,
      status,
      bytes: bodyBytes,
      elapsedMs: this.monotonic() - startedMs,
    });
  }

  // ---- time -------------------------------------------------------------------------------------

  /** One timer for all connections; none while there are none. */
  #arm(): void {
    const { clock, limits } = this.#options;
    this.#sweep = clock.schedule(limits.timeoutCheckMs, () => {
      this.#sweep = null;
      const now = clock.monotonic();
      for (const connection of this.#connections) this.#check(connection, now - connection.activeMs);
      if (this.#connections.size > 0) this.#arm();
    });
  }

  #check(connection: DirectConnection, silentMs: number): void {
    const { limits, silent } = this.#options;
    const { socket } = connection;
    if (!connection.isIdle || socket.writableLength > 0) {
      if (silentMs >= limits.socketTimeoutMs) socket.destroy();
    } else if (connection.used) {
      if (silentMs >= limits.keepAliveTimeoutMs + KEEP_ALIVE_SPARE_MS) socket.destroy();
    } else if (silentMs >= limits.headersTimeoutMs) {
      this.#connections.delete(connection);
      connection.release();
      silent(socket);
    }
  }
}
