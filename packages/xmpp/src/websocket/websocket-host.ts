/** Takes WebSocket upgrades on `/ws/` from whatever HTTP server has the port. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { SocketHost, type SocketHostOptions } from '../socket/socket-host.ts';
import { WebSocketTransport } from './websocket-transport.ts';

const PATH = /^\/ws\/?(?:\?|$)/;
const PROTOCOL = 'xmpp';

/** What a trusted reverse proxy says about the client. */
export interface UpgradePeer {
  readonly secure?: boolean;
  readonly remoteAddress?: string;
}

export class WebSocketHost {
  readonly #host: SocketHost;
  readonly #server: WebSocketServer;
  stopped = false;

  constructor(options: SocketHostOptions) {
    this.#host = new SocketHost(options);
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: options.limits.stanzaBytesMax,
      handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
    });
  }

  get connections(): number {
    return this.#host.connections.size;
  }

  /** @returns false when the path is not ours; the caller then answers */
  handleUpgrade(request: IncomingMessage, duplex: Duplex, head: Buffer, peer: UpgradePeer = {}): boolean {
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

  #accept(request: IncomingMessage, socket: Socket, head: Buffer, address: string, peer: UpgradePeer): void {
    socket.setNoDelay?.(true);
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      const secure = peer.secure ?? (socket as { encrypted?: boolean }).encrypted === true;
      new WebSocketTransport(this.#host, socket, webSocket, secure, address);
    });
  }
}

function refuse(socket: Socket, status: string, text: string): void {
  const body = `${text}\n`;
  socket.on('error', () => {});
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
