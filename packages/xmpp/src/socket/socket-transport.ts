/**
 * What TCP and WebSocket have in common: one socket, one bounded queue in front of it, one write per turn,
 * one clock for silence. Subclasses say how text becomes bytes and bytes become elements.
 */
import type { Socket } from 'node:net';
import { ReadShare, type SharedReader } from '@poise/clock';
import type { XmlLimits } from '@poise/xml';
import { NS } from '../namespaces.ts';
import { attribute } from '../stanza.ts';
import type { SaslPolicy, Stream, StreamEnd, StreamError, Transport, TransportKind } from '../transport.ts';
import { isLoopback } from './address.ts';
import type { SocketHost } from './socket-host.ts';

/** More than this is written at once instead of at the end of the turn. */
const EARLY_WRITE_CHARS = 65_536;

/** Handlers are shared by all sockets and find their connection here: no closures per connection. */
export const CONNECTION = Symbol('connection');
export interface OwnedSocket extends Socket {
  [CONNECTION]?: SocketTransport | undefined;
}

/** Who is at the other end, and what he may do to sign in. */
export interface SocketPeer {
  readonly secure: boolean;
  readonly address: string;
  /** Both ends on this machine. */
  readonly loopback: boolean;
  readonly saslPolicy: SaslPolicy | undefined;
}

/** The peer of a socket that nothing stands before. */
export function peerOf(host: SocketHost, socket: Socket, secure: boolean): SocketPeer {
  const address = socket.remoteAddress ?? '';
  return { secure, address, loopback: isLoopback(address), saslPolicy: host.options.saslPolicy };
}

export abstract class SocketTransport implements Transport, SharedReader {
  abstract readonly kind: TransportKind;
  readonly id: string;
  secure: boolean;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly loopback: boolean;
  readonly saslPolicy: SaslPolicy | undefined;
  canStartTls = false;
  protected readonly host: SocketHost;
  protected socket: OwnedSocket;
  protected stream: Stream;
  protected state: 'open' | 'closing' | 'closed' = 'open';
  readonly #share: ReadShare;
  readonly #openedAt: number;
  /** Monotonic time of the last byte from the peer; of the end once closing. */
  #activeAt: number;
  #pingedAt = 0;
  #privileged = false;
  #streams = 0;
  /** Waiting for the end of the turn, or, while the socket is full, for its drain. */
  #out: string[] = [];
  #outChars = 0;
  #urgent = 0;
  #scheduled = false;
  #full = false;
  #overflow = false;

  constructor(host: SocketHost, socket: Socket, peer: SocketPeer) {
    this.host = host;
    this.socket = socket;
    this.secure = peer.secure;
    this.id = host.options.ids.hex(8);
    this.remoteAddress = peer.address;
    this.remotePort = socket.remotePort ?? 0;
    this.loopback = peer.loopback;
    this.saslPolicy = peer.saslPolicy;
    this.#share = new ReadShare(this, host.options.nextTurn);
    this.#openedAt = host.options.clock.monotonic();
    this.#activeAt = this.#openedAt;
    this.stream = host.options.openStream(this);
    host.add(this);
  }

  get queuedStanzas(): number {
    return this.#out.length;
  }

  abstract readonly divisible: boolean;
  abstract read(piece: Uint8Array): boolean;
  abstract pause(): void;
  abstract resume(): void;
  abstract features(inner: string): void;
  abstract startTls(): void;
  /** Writes pieces in one go. @returns false when the socket is full */
  protected abstract write(pieces: readonly string[]): boolean;
  /** Writes the rest and the error, and begins to close. */
  protected abstract writeEnd(pieces: readonly string[], error: StreamError | undefined): void;
  protected abstract setLimits(limits: Partial<XmlLimits>): void;
  protected abstract readonly pingAfterMs: number;
  protected abstract readonly idleMs: number;
  protected abstract ping(): void;

  attach(stream: Stream): void {
    this.stream = stream;
  }

  stanza(xml: string, urgent = false): void {
    this.send(xml, urgent);
  }

  message(rest: string): void {
    this.send(`<message${rest}`);
  }

  nonza(xml: string): void {
    this.send(xml);
  }

  /** For a header: each stream after the first, behind TLS or SASL, has an id of its own (RFC 6120 5.4.3.3, 6.4.6). */
  protected nextStreamId(): string {
    this.#streams += 1;
    return this.#streams === 1 ? this.id : this.host.options.ids.hex(8);
  }

  protected send(xml: string, urgent = false): void {
    if (this.state !== 'open' || this.#overflow) return;
    if (urgent && this.#full) this.#out.splice(this.#urgent++, 0, xml);
    else this.#out.push(xml);
    this.#outChars += xml.length;
    if (this.#full) {
      const { queuedStanzasMax, queuedBytesMax } = this.host.options.limits;
      if (this.#out.length <= queuedStanzasMax && this.#outChars <= queuedBytesMax) return;
      this.#overflow = true;
    } else if (this.#outChars > EARLY_WRITE_CHARS) {
      this.flush();
      return;
    }
    // An overflow, too, ends the stream only at the end of the turn: the caller may be in the midst of a fan-out.
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.host.turn.add(this);
  }

  /** Each piece gets a write of its own, with a gap behind it: for clients that count their reads. */
  protected get isPiecemeal(): boolean {
    return false;
  }

  /** Writes what waits; called at the end of the turn. @param all leaves nothing for later */
  flush(all = false): void {
    this.#scheduled = false;
    if (this.#overflow) {
      this.#overflow = false;
      this.#take();
      this.finish('lost', { condition: 'policy-violation', text: 'the client reads too slowly' });
      return;
    }
    if (this.#full || this.#out.length === 0 || this.state !== 'open') return;
    if (this.#out.length > 1 && !all && this.isPiecemeal) this.#writeFirst();
    else this.#write(this.#take());
  }

  #write(pieces: readonly string[]): void {
    // Told first: the peer may have read it before this process has its turn again.
    this.host.options.sent?.(this.id, pieces, this.stream.jid);
    this.#full = !this.write(pieces);
  }

  #writeFirst(): void {
    const piece = this.#out.shift() as string;
    this.#outChars -= piece.length;
    this.#write([piece]);
    // A socket that is full calls for the rest itself.
    if (this.#full) return;
    this.#scheduled = true;
    this.host.gaps.add(this);
  }

  #take(): string[] {
    const out = this.#out;
    this.#out = [];
    this.#outChars = 0;
    this.#urgent = 0;
    return out;
  }

  /** The socket has taken all that it was given. */
  drained(): void {
    this.#full = false;
    this.flush();
  }

  end(error?: StreamError): void {
    if (this.state !== 'open') return;
    this.state = 'closing';
    this.#activeAt = this.host.options.clock.monotonic();
    this.#settle();
    this.writeEnd(this.#take(), error);
  }

  /** Ends from the transport's side: tells the peer, then the stream. */
  protected finish(how: StreamEnd, error?: StreamError): void {
    if (this.state !== 'open') return;
    this.end(error);
    this.stream.ended(how, error);
  }

  /** The socket is gone. */
  closed(): void {
    if (this.state === 'closed') return;
    const wasOpen = this.state === 'open';
    this.state = 'closed';
    this.#settle();
    this.host.remove(this);
    this.socket[CONNECTION] = undefined;
    if (wasOpen) this.stream.ended('lost');
  }

  /** Something came from the peer; read now, or after others had their turn. */
  received(piece: Uint8Array): void {
    if (this.state !== 'open') return;
    this.active();
    this.#share.take(piece);
  }

  /** Called with each sign of life, before it is read. */
  protected active(): void {
    this.#activeAt = this.host.options.clock.monotonic();
    if (this.#privileged || !this.stream.authenticated) return;
    this.#privileged = true;
    this.host.settled(this.remoteAddress);
    this.setLimits({ bytesMax: this.host.options.limits.stanzaBytesMax });
  }

  #settle(): void {
    if (this.#privileged) return;
    this.#privileged = true;
    this.host.settled(this.remoteAddress);
  }

  /** The periodic check, in monotonic ms. @param heardSince what came before this does not count as silence */
  tick(now: number, heardSince: number): void {
    const { limits } = this.host.options;
    const silentMs = now - Math.max(this.#activeAt, heardSince);
    if (this.state === 'closing') {
      if (silentMs >= limits.closeLingerMs) this.socket.destroy();
    } else if (!this.isBound && now - Math.max(this.#openedAt, heardSince) >= this.#signInMs) {
      this.finish('idle', { condition: 'connection-timeout', text: 'not signed in in time' });
    } else if (silentMs >= this.idleMs) {
      this.finish('idle', { condition: 'connection-timeout', text: 'no sign of life' });
    } else if (
      silentMs >= this.pingAfterMs &&
      now - Math.max(this.#pingedAt, this.#activeAt) >= this.pingAfterMs
    ) {
      this.#pingedAt = now;
      this.ping();
    }
  }

  protected get isBound(): boolean {
    return this.stream.jid.includes('/');
  }

  /** Until the client has signed in, and as long again until it has bound. */
  get #signInMs(): number {
    const { signInMs } = this.host.options.limits;
    return this.stream.authenticated ? 2 * signInMs : signInMs;
  }

  /** Ping of XEP-0199 from the domain. */
  protected pingStanza(): void {
    const { domain, ids } = this.host.options;
    this.stanza(
      `<iq type="get"${attribute('id', `ping-${ids.hex(4)}`)}${attribute('from', domain)}${attribute('to', this.stream.jid)}>` +
        `<ping xmlns="${NS.ping}"/></iq>`,
      true,
    );
  }
}

/** XML limits before authentication. */
export function firstLimits(limits: {
  unauthenticatedStanzaBytesMax: number;
  stanzaBytesMax: number;
  xmlDepthMax: number;
  xmlAttributesMax: number;
}): Partial<XmlLimits> {
  return {
    bytesMax: limits.unauthenticatedStanzaBytesMax,
    depthMax: limits.xmlDepthMax + 1,
    attributesMax: limits.xmlAttributesMax,
    attributeLengthMax: limits.stanzaBytesMax,
    textLengthMax: limits.stanzaBytesMax,
  };
}
