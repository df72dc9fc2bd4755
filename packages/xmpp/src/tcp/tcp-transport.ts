/** XMPP over TCP (RFC 6120), in clear, with STARTTLS, or inside TLS from the first byte. */
import type { Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import {
  type Element,
  StreamParser,
  type StreamParserEvents,
  type XmlError,
  type XmlLimits,
} from '@poise/xml';
import { NS } from '../namespaces.ts';
import type { SocketHost } from '../socket/socket-host.ts';
import {
  CONNECTION,
  firstLimits,
  type OwnedSocket,
  peerOf,
  SocketTransport,
} from '../socket/socket-transport.ts';
import { streamErrorOf, streamErrorXml } from '../socket/stream-error.ts';
import { attribute } from '../stanza.ts';
import type { StreamError } from '../transport.ts';
import { tellTlsFailure } from './tls-failure.ts';

const CLOSE = '</stream:stream>';

export class TcpTransport extends SocketTransport implements StreamParserEvents {
  readonly kind = 'tcp';
  readonly #parser: StreamParser;
  readonly #secureContext: SecureContext | null;
  #headerSent = false;
  /** STARTTLS is under way. */
  #handshaking = false;
  #version: string | undefined = undefined;

  /** @param secureContext for STARTTLS; null where there is no certificate or TLS is on already */
  constructor(host: SocketHost, socket: Socket, secure: boolean, secureContext: SecureContext | null) {
    super(host, socket, peerOf(host, socket, secure));
    this.#secureContext = secureContext;
    this.canStartTls = secureContext !== null;
    this.#parser = new StreamParser(this, firstLimits(host.options.limits));
    attach(this.socket, this);
  }

  protected get pingAfterMs(): number {
    return this.host.options.limits.tcpPingAfterMs;
  }
  protected get idleMs(): number {
    return this.host.options.limits.tcpIdleMs;
  }
  protected ping(): void {
    if (this.isBound && this.stream.probe?.() !== true) this.pingStanza();
  }

  readonly divisible = true;

  read(chunk: Uint8Array): boolean {
    const { socket } = this;
    this.#parser.write(chunk);
    // Behind <starttls/> nothing of what came in clear counts.
    return this.state === 'open' && this.socket === socket;
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  // What the parser reports.

  open(root: Element): void {
    if (root.name !== 'stream' || root.ns !== NS.streams) {
      this.#refuse({ condition: root.name === 'stream' ? 'invalid-namespace' : 'bad-format' });
      return;
    }
    this.#version = root.attr('version');
    this.#headerSent = false;
    this.stream.opened({
      to: root.attr('to'),
      from: root.attr('from'),
      version: this.#version,
      lang: root.attr('xml:lang'),
    });
  }

  element(element: Element): void {
    if (this.state !== 'open') return;
    this.host.options.received?.(this.id, element, this.stream.jid);
    this.stream.received(element);
  }

  close(): void {
    this.finish('closed');
  }

  error(error: XmlError): void {
    this.#refuse(streamErrorOf(error));
  }

  #refuse(error: StreamError): void {
    this.#parser.stop();
    this.finish('lost', error);
  }

  // What the stream asks for.

  features(inner: string): void {
    // Clients from before XMPP 1.0 send no version; they get neither version nor features (RFC 6120 4.7.5).
    if (this.#version === undefined) {
      this.send(this.#header(''));
      return;
    }
    const header = this.#header(' version="1.0"');
    const features = `<stream:features>${inner}</stream:features>`;
    if (this.stream.authenticated) this.send(header + features);
    else {
      this.send(header);
      this.send(features);
    }
  }

  /**
   * COMPAT raw-socket desktops: they read the socket once for what they take for one answer, twice for the
   * first header and features, and give up when a read finds nothing. Openfire writes these two apart, and
   * each answer by itself; header and features after SASL together. Once present, nobody counts any more.
   */
  protected override get isPiecemeal(): boolean {
    return this.stream.presenceXml === '';
  }

  /** The textual form that clients expect which read the socket with their own eyes instead of a parser. */
  #header(version: string): string {
    this.#headerSent = true;
    return (
      `<?xml version='1.0' encoding='UTF-8'?><stream:stream xmlns:stream="${NS.streams}" xmlns="${NS.client}"` +
      `${attribute('from', this.host.options.domain)} id="${this.nextStreamId()}" xml:lang="en"${version}>`
    );
  }

  expectHeader(): void {
    this.active();
    this.#parser.reset();
  }

  startTls(): void {
    const context = this.#secureContext;
    if (context === null || this.secure) return;
    this.flush(true);
    // What came in clear behind <starttls/> must not count as said inside TLS.
    this.#parser.reset('discard');
    this.canStartTls = false;
    this.secure = true;
    const plain = this.socket;
    detach(plain);
    this.#handshaking = true;
    this.socket = new TLSSocket(plain, { isServer: true, secureContext: context });
    attach(this.socket, this);
    this.socket.once('error', (error) => this.#tlsFailed(error));
    this.socket.once('secure', () => {
      this.#handshaking = false;
    });
  }

  #tlsFailed(error: Error): void {
    if (this.#handshaking) tellTlsFailure(this.host, this.remoteAddress, error);
  }

  protected setLimits(limits: Partial<XmlLimits>): void {
    this.#parser.setLimits(limits);
  }

  protected write(pieces: readonly string[]): boolean {
    return this.socket.write(pieces.length === 1 ? (pieces[0] as string) : pieces.join(''));
  }

  protected writeEnd(pieces: readonly string[], error: StreamError | undefined): void {
    let text = pieces.join('');
    if (!this.#headerSent) text += this.#header(' version="1.0"');
    if (error !== undefined) text += streamErrorXml(error);
    this.socket.end(text + CLOSE);
  }
}

function attach(socket: OwnedSocket, transport: TcpTransport): void {
  socket[CONNECTION] = transport;
  socket.on('data', onData);
  socket.on('drain', onDrain);
  socket.on('error', onError);
  socket.on('close', onClose);
}

/** Leaves the raw socket to TLS, which reports errors and the end itself. */
function detach(socket: OwnedSocket): void {
  socket[CONNECTION] = undefined;
  socket.off('data', onData);
  socket.off('drain', onDrain);
  socket.off('close', onClose);
}

function onData(this: OwnedSocket, chunk: Uint8Array): void {
  (this[CONNECTION] as TcpTransport | undefined)?.received(chunk);
}
function onDrain(this: OwnedSocket): void {
  this[CONNECTION]?.drained();
}
/** `close` follows and is what counts. */
function onError(this: OwnedSocket): void {}
function onClose(this: OwnedSocket): void {
  this[CONNECTION]?.closed();
}
