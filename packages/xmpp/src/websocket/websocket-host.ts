/** Takes WebSocket upgrades on `/ws/` from whatever HTTP server has the port. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { isForwarded, isHttps } from '../forwarded.ts';
import { isLoopback } from '../socket/address.ts';
import { SocketHost, type SocketHostOptions } from '../socket/socket-host.ts';
import type { SaslPolicy } from '../transport.ts';
import { WebSocketTransport } from './websocket-transport.ts';

const PATH = /^\/ws\/?(?:\?|$)/;
const PROTOCOL = 'xmpp';

/** What is read of the request of a handshake. */
export type UpgradeRequest = Pick<IncomingMessage, 'method' | 'url' | 'headers'>;

/** What the HTTP server knows of the connection. */
export interface UpgradePeer {
  readonly secure?: boolean;
  readonly remoteAddress?: string;
  /** SASL settings of the listener. */
  readonly saslPolicy?: SaslPolicy | undefined;
}

/** Who is at the other end of a connection that is a WebSocket already. */
export interface AcceptedPeer {
  readonly secure: boolean;
  readonly address: string;
  /** Both ends on this machine. */
  readonly loopback: boolean;
  readonly saslPolicy?: SaslPolicy | undefined;
}

export class WebSocketHost {
  readonly #host: SocketHost;
  readonly #server: WebSocketServer;
  stopped = false;

  readonly #trustsProxy: (address: string) => boolean;

  constructor(options: SocketHostOptions, trustsProxy: (address: string) => boolean) {
    this.#trustsProxy = trustsProxy;
    this.#host = new SocketHost(options);
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: options.limits.webSocketFrameBytesMax,
      // After the goodbye of a peer that leaves its side of the connection open; the types do not know it yet.
      ...({ closeTimeout: options.limits.closeLingerMs } as object),
      handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
    });
  }

  get connections(): number {
    return this.#host.connections.size;
  }

  /** @returns false when the path is not ours; the caller then answers */
  handleUpgrade(request: UpgradeRequest, duplex: Duplex, head: Buffer, peer: UpgradePeer = {}): boolean {
    if (!PATH.test(request.url ?? '')) return false;
    const socket = duplex as Socket;
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
    const address = peer.remoteAddress ?? socket.remoteAddress ?? '';
    if (!offered.includes(PROTOCOL))
      refuse(socket, '400 Bad Request', 'The sub-protocol "xmpp" is required (RFC 7395).');
    else if (this.stopped || !this.#host.admits(address))
      refuse(socket, '503 Service Unavailable', 'Try again later.');
    else this.#accept(request, socket, head, address, peer);
    return true;
  }

  #accept(request: UpgradeRequest, socket: Socket, head: Buffer, address: string, peer: UpgradePeer): void {
    socket.setNoDelay?.(true);
    // The library reads no more of it either.
    this.#server.handleUpgrade(request as IncomingMessage, socket, head, (webSocket) => {
      const secure = peer.secure ?? this.#isSecure(request, socket);
      // Behind a proxy the near end says nothing about the far one.
      const loopback = isLoopback(address) && (peer.remoteAddress !== undefined || !isForwarded(request));
      this.accept(webSocket, socket, { secure, address, loopback, saslPolicy: peer.saslPolicy });
    });
  }

  /** A connection whose upgrade is done. */
  accept(webSocket: WebSocket, socket: Socket, peer: AcceptedPeer): void {
    new WebSocketTransport(this.#host, socket, webSocket, { ...peer, saslPolicy: peer.saslPolicy });
  }

  #isSecure({ headers }: UpgradeRequest, socket: Socket): boolean {
    if ((socket as { encrypted?: boolean }).encrypted === true) return true;
    const proto = headers['x-forwarded-proto'];
    return proto !== undefined && isHttps(proto) && this.#trustsProxy(socket.remoteAddress ?? '');
  }
}

function refuse(socket: Socket, status: string, text: string): void {
  const body = `${text}\n`;
  socket.on('error', () => {});
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
