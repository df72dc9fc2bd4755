/** The node's HTTP port on the simulated network: REST by injection, BOSH by its bare door, WebSockets behind their upgrade. */
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import type { RequestPeer } from '@poise/xmpp';
import type { FastifyInstance } from 'fastify';
import type { WebSocket } from 'ws';
import type { XmppHost } from '../../packages/server/src/xmpp-host/index.ts';
import type { End } from './network.ts';

/** The first thing that a browser sends on a connection. */
export type Opening =
  | {
      readonly type: 'request';
      readonly method: string;
      readonly path: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string | undefined;
    }
  | { readonly type: 'upgrade' }
  /** What `peers/peer-plugin.ts` answers over HTTPS. */
  | { readonly type: 'presence'; readonly loginId: string };

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** What goes over an upgraded connection, as the other end sees it. */
export type Frame =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'ping' }
  | { readonly type: 'pong' }
  | { readonly type: 'close' };

export interface WebServerOptions {
  readonly app: FastifyInstance;
  readonly notification: XmppHost;
  /** Whether a user is here, or waited for. */
  has(loginId: string): boolean;
  /** A REST request was answered. */
  answered(request: Extract<Opening, { type: 'request' }>, status: number): void;
  /** Work that the event loop has still to do before time may go on. */
  readonly busy: { count: number };
}

/** Serves one connection. */
export function serve(end: End, options: WebServerOptions): void {
  let inner: ((data: unknown) => void) | undefined;
  let gone: (() => void) | undefined;
  end.listen({
    data(data) {
      if (inner !== undefined) {
        inner(data);
        return;
      }
      const opening = data as Opening;
      if (opening.type === 'upgrade') {
        const socket = new ServerWebSocket(end);
        inner = (frame) => socket.frame(frame as Frame);
        gone = () => socket.gone();
        const peer = { secure: true, address: '10.0.0.2', loopback: false };
        const { notification } = options;
        if (!notification.acceptWebSocket(socket.webSocket, socket.socket, peer)) end.close();
      } else if (opening.type === 'presence') {
        end.send(options.has(opening.loginId));
        end.close();
      } else if (opening.path.startsWith('/http-bind/')) {
        gone = poll(end, opening.body ?? '', options.notification);
      } else {
        rest(end, opening, options);
      }
    },
    closed: () => gone?.(),
  });
}

function rest(end: End, request: Extract<Opening, { type: 'request' }>, options: WebServerOptions): void {
  const { app, busy, answered } = options;
  const { method, path, headers, body } = request;
  busy.count++;
  void app
    .inject({
      method: method as 'GET',
      url: path,
      headers,
      ...(body === undefined ? {} : { payload: body }),
    })
    .then((response) => {
      busy.count--;
      answered(request, response.statusCode);
      const echoed = response.headers.requestid;
      end.send({
        status: response.statusCode,
        headers: {
          ...(typeof echoed === 'string' && { requestid: echoed }),
          ...(typeof response.headers.location === 'string' && { location: response.headers.location }),
        },
        text: response.body,
      } satisfies HttpAnswer);
      end.close();
    });
}

function poll(end: End, body: string, notification: XmppHost): () => void {
  let done = false;
  const answer = (status: number, text: string) => {
    if (done) return;
    done = true;
    end.send({ status, headers: {}, text } satisfies HttpAnswer);
    end.close();
  };
  const peer: RequestPeer = {
    held: null,
    secure: true,
    remoteAddress: '10.0.0.2',
    remotePort: 50_000,
    loopback: false,
    saslPolicy: undefined,
    answer(text, bytes = Buffer.byteLength(text)) {
      answer(200, text);
      return bytes;
    },
    refuse: (status) => answer(status, ''),
  };
  if (!notification.boshBody(Buffer.from(body), peer)) answer(503, '');
  return () => {
    done = true;
    const { held } = peer;
    if (held === null) return;
    peer.held = null;
    held.holder.connectionLost(held);
  };
}

/** What the transport takes for a `ws` WebSocket and for the socket below it. */
class ServerWebSocket {
  readonly #end: End;
  readonly #webSocket = new EventEmitter() as EventEmitter & Record<string, unknown>;
  readonly #socket = new EventEmitter() as EventEmitter & Record<string, unknown>;

  constructor(end: End) {
    this.#end = end;
    this.#webSocket.ping = () => end.send({ type: 'ping' } satisfies Frame);
    this.#webSocket.close = () => end.send({ type: 'close' } satisfies Frame);
    this.#webSocket.terminate = () => this.#destroy();
    // Whoever pauses keeps what comes all the same.
    this.#webSocket.pause = () => {};
    this.#webSocket.resume = () => {};
    this.#socket.remoteAddress = '10.0.0.2';
    this.#socket.remotePort = 50_000;
    this.#socket.write = (bytes: Buffer) => {
      for (const text of textsOf(bytes)) end.send({ type: 'text', text } satisfies Frame);
      return true;
    };
    this.#socket.destroy = () => this.#destroy();
  }

  get webSocket(): WebSocket {
    return this.#webSocket as unknown as WebSocket;
  }

  get socket(): Socket {
    return this.#socket as unknown as Socket;
  }

  frame(frame: Frame): void {
    if (frame.type === 'text') this.#webSocket.emit('message', Buffer.from(frame.text), false);
    else if (frame.type === 'pong') this.#webSocket.emit('pong');
    else if (frame.type === 'close') {
      this.#end.close();
      this.gone();
    }
  }

  gone(): void {
    this.#webSocket.emit('close');
  }

  #destroy(): void {
    this.#end.reset();
    this.gone();
  }
}

/** The texts of frames that a server wrote: not masked, not fragmented. */
function* textsOf(bytes: Buffer): Generator<string> {
  for (let at = 0; at < bytes.length; ) {
    const short = bytes[at + 1]!;
    let header = 2;
    let length = short;
    if (short === 126) {
      header = 4;
      length = bytes.readUInt16BE(at + 2);
    } else if (short === 127) {
      header = 10;
      length = Number(bytes.readBigUInt64BE(at + 2));
    }
    yield bytes.toString('utf8', at + header, at + header + length);
    at += header + length;
  }
}
