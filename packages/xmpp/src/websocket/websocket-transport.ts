/** XMPP over WebSocket (RFC 7395): one stanza or one framing element per text frame. */
import type { Socket } from 'node:net';
import { type Element, parse, XmlError, type XmlLimits } from '@poise/xml';
import type { WebSocket } from 'ws';
import { NS } from '../namespaces.ts';
import type { SocketHost } from '../socket/socket-host.ts';
import {
  CONNECTION,
  firstLimits,
  type OwnedSocket,
  type SocketPeer,
  SocketTransport,
} from '../socket/socket-transport.ts';
import { streamErrorOf, streamErrorXml } from '../socket/stream-error.ts';
import { attribute } from '../stanza.ts';
import type { StreamError } from '../transport.ts';
import { textFrames } from './frame.ts';

/** Strophe knows the server's close by this exact text, blank before the slash. */
const CLOSE = `<close xmlns="${NS.framing}" />`;
const STREAM_PREFIX = ` xmlns:stream="${NS.streams}"`;
const STANZA = /^<(?:message|presence|iq)(?=[ />])/;

export class WebSocketTransport extends SocketTransport {
  readonly kind = 'websocket';
  readonly #webSocket: OwnedWebSocket;
  #limits: Partial<XmlLimits>;

  constructor(host: SocketHost, socket: Socket, webSocket: WebSocket, peer: SocketPeer) {
    super(host, socket, peer);
    // A frame is a document of its own: no stream root around the stanza takes a level.
    this.#limits = { ...firstLimits(host.options.limits), depthMax: host.options.limits.xmlDepthMax };
    this.#webSocket = webSocket;
    this.#webSocket[CONNECTION] = this;
    this.socket[CONNECTION] = this;
    this.socket.on('drain', onDrain);
    webSocket.on('message', onMessage);
    webSocket.on('pong', onSignOfLife);
    webSocket.on('ping', onSignOfLife);
    webSocket.on('error', onError);
    webSocket.on('close', onClose);
  }

  protected get pingAfterMs(): number {
    return this.host.options.limits.webSocketPingAfterMs;
  }
  protected get idleMs(): number {
    return this.host.options.limits.webSocketIdleMs;
  }
  protected ping(): void {
    this.#webSocket.ping();
  }

  /** Any frame counts as activity, also a pong. */
  signOfLife(): void {
    if (this.state === 'open') this.active();
  }

  /** A frame is read as a whole. */
  readonly divisible = false;

  pause(): void {
    this.#webSocket.pause();
  }

  resume(): void {
    this.#webSocket.resume();
  }

  receivedBinary(): void {
    this.finish('lost', {
      condition: 'policy-violation',
      text: 'binary frames are not used (RFC 7395 3.2)',
    });
  }

  read(data: Uint8Array): boolean {
    this.#readFrame(data);
    return this.state === 'open';
  }

  #readFrame(data: Uint8Array): void {
    // White space is a keep-alive of clients that come from TCP.
    if (data.length === 0 || (data.length < 8 && Buffer.from(data).toString('latin1').trim() === '')) return;
    let element: Element;
    try {
      element = parse(data, this.#limits);
    } catch (error) {
      if (!(error instanceof XmlError)) throw error;
      this.finish('lost', streamErrorOf(error));
      return;
    }
    if (element.ns !== NS.framing) {
      this.host.options.received?.(this.id, element, this.stream.jid);
      this.stream.received(element);
    } else if (element.name === 'open') this.#open(element);
    else if (element.name === 'close') this.finish('closed');
    else this.finish('lost', { condition: 'unsupported-stanza-type' });
  }

  #open(open: Element): void {
    this.stream.opened({
      to: open.attr('to'),
      from: open.attr('from'),
      version: open.attr('version'),
      lang: open.attr('xml:lang'),
    });
  }

  features(inner: string): void {
    const from = attribute('from', this.host.options.domain);
    this.send(`<open xmlns="${NS.framing}"${from} id="${this.nextStreamId()}" xml:lang="en" version="1.0"/>`);
    this.send(`<stream:features${STREAM_PREFIX}>${inner}</stream:features>`);
  }

  /** TLS is the business of the HTTP server. */
  startTls(): void {}

  protected setLimits(limits: Partial<XmlLimits>): void {
    this.#limits = { ...this.#limits, ...limits };
  }

  override stanza(xml: string, urgent = false): void {
    this.send(withClientNamespace(xml), urgent);
  }

  override message(rest: string): void {
    this.send(`<message xmlns="${NS.client}"${rest}`);
  }

  protected write(pieces: readonly string[]): boolean {
    return this.socket.write(textFrames(pieces));
  }

  protected writeEnd(pieces: readonly string[], error: StreamError | undefined): void {
    const last = error === undefined ? [CLOSE] : [streamErrorXml(error, STREAM_PREFIX), CLOSE];
    this.socket.write(textFrames([...pieces, ...last]));
    this.#webSocket.close(1000);
  }
}

/** Each stanza is a document of its own: its namespace stands in it, as the first attribute. */
function withClientNamespace(xml: string): string {
  const name = STANZA.exec(xml)?.[0];
  return name === undefined ? xml : `${name} xmlns="${NS.client}"${xml.slice(name.length)}`;
}

interface OwnedWebSocket extends WebSocket {
  [CONNECTION]?: WebSocketTransport;
}

function onMessage(this: WebSocket, data: unknown, binary: boolean): void {
  const connection = (this as OwnedWebSocket)[CONNECTION];
  if (binary) connection?.receivedBinary();
  else connection?.received(data as Uint8Array);
}
function onSignOfLife(this: WebSocket): void {
  (this as OwnedWebSocket)[CONNECTION]?.signOfLife();
}
/** `close` follows and is what counts. */
function onError(this: WebSocket): void {}
function onClose(this: WebSocket): void {
  (this as OwnedWebSocket)[CONNECTION]?.closed();
}
function onDrain(this: OwnedSocket): void {
  this[CONNECTION]?.drained();
}
