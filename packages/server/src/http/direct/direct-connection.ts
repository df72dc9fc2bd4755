/**
 * A connection whose requests are read without node:http, as long as they have the plain form of BOSH
 * polls. Hundreds of them wait at a time for every one that is answered; what each of them keeps alive decides how
 * much the collector of garbage has to copy, and the objects of node:http are many.
 */
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { isLoopbackAddress, plainAddress } from '../addresses.ts';
import { originLines } from './answer-text.ts';
import type { DirectLane } from './direct-lane.ts';
import { DirectRequest } from './direct-request.ts';
import { readHandshake } from './handshake-head.ts';
import { type DirectHead, HEAD_BYTES_MAX, readHead } from './request-head.ts';

/** Requests that may wait on one connection; more stay unread. */
const PIPELINED_MAX = 16;
/** Requests served of one connection before the others have their turn. */
const SERVED_PER_TURN = 16;
/** Bytes of a request kept while those before it wait. */
const REST_BYTES_MAX = HEAD_BYTES_MAX + 65_536;
/** Longer heads are read anew each time: thousands of connections would keep one each. */
const KNOWN_HEAD_MAX = 2_048;
const HEAD_END = Buffer.from('\r\n\r\n');

const CONNECTION = Symbol('direct connection');
type OwnedSocket = Socket & { [CONNECTION]?: DirectConnection | undefined };

/** What bytes from the client are: a whole request, a WebSocket handshake, the beginning of one, or nothing that is served here. */
type Taken = 'served' | 'upgraded' | 'incomplete' | 'foreign';

export class DirectConnection {
  readonly lane: DirectLane;
  readonly socket: Socket;
  /** As the socket says it. */
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localPort: number;
  readonly secure: boolean;
  readonly loopback: boolean;
  /** Monotonic ms of the last byte in either direction. */
  activeMs: number;
  /** A request has been served: the connection is one that is kept alive. */
  used = false;
  #first: DirectRequest | null = null;
  #last: DirectRequest | null = null;
  #waiting = 0;
  /** Bytes that are not served yet; null for none. */
  #rest: Buffer | null = null;
  #serving = false;
  /** The socket belongs to others now. */
  #released = false;
  /** The client does not read: nothing more is served until it does. */
  #full = false;
  /** Clients send the same head again and again. */
  #headText = '';
  #head: DirectHead | undefined;
  #originLines = '';

  constructor(lane: DirectLane, socket: Socket, nowMs: number) {
    this.lane = lane;
    this.socket = socket;
    this.remoteAddress = socket.remoteAddress ?? '';
    this.remotePort = socket.remotePort ?? 0;
    this.localPort = socket.localPort ?? 0;
    this.secure = (socket as TLSSocket).encrypted === true;
    this.loopback =
      isLoopbackAddress(plainAddress(this.remoteAddress)) &&
      isLoopbackAddress(plainAddress(socket.localAddress));
    this.activeMs = nowMs;
    (socket as OwnedSocket)[CONNECTION] = this;
    socket.on('data', onData);
    socket.on('drain', onDrain);
    socket.on('end', onEnd);
    socket.on('error', onError);
    socket.on('close', onClose);
  }

  /** No request waits for its answer. */
  get isIdle(): boolean {
    return this.#first === null;
  }

  /** Leaves the socket to others, with the bytes that are to be read first. */
  release(): Buffer {
    const { socket } = this;
    (socket as OwnedSocket)[CONNECTION] = undefined;
    socket.removeListener('data', onData);
    socket.removeListener('drain', onDrain);
    socket.removeListener('end', onEnd);
    socket.removeListener('error', onError);
    socket.removeListener('close', onClose);
    const rest = this.#rest ?? Buffer.alloc(0);
    this.#rest = null;
    this.#released = true;
    return rest;
  }

  received(chunk: Buffer): void {
    this.activeMs = this.lane.monotonic();
    this.#rest = this.#rest === null ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#serve();
  }

  drained(): void {
    this.activeMs = this.lane.monotonic();
    if (!this.#full) return;
    this.#full = false;
    this.#serve();
  }

  closed(): void {
    this.lane.forget(this);
    this.#rest = null;
    let request = this.#first;
    this.#first = null;
    this.#last = null;
    for (; request !== null; request = request.next) {
      request.lost();
      this.lane.gone(request);
    }
  }

  /** Writes the answers whose turn it is. */
  answered(): void {
    const { socket } = this;
    // It is closing: nobody reads, and the requests end with it.
    if (!socket.writable) return;
    let written = false;
    while (this.#first !== null && this.#first.text !== null) {
      const request: DirectRequest = this.#first;
      this.#first = request.next;
      // One that has become old would keep all that came after it.
      request.next = null;
      if (this.#first === null) this.#last = null;
      this.#waiting--;
      written = true;
      if (!socket.write(request.text as string, request.ascii ? 'latin1' : 'utf8')) this.#full = true;
      request.text = null;
      this.lane.answered(request);
    }
    if (!written) return;
    this.used = true;
    this.activeMs = this.lane.monotonic();
    if (this.#full) socket.pause();
    if (this.#first !== null) return;
    if (this.lane.closing) socket.end();
    // Not from inside of the answer: the session that gave it is in the middle of something.
    else if (this.#rest !== null && !this.#serving) setImmediate(() => this.#serve());
  }

  /** Serves what has come, as far as it goes. */
  #serve(): void {
    const { socket } = this;
    // Behind the end of either side nothing is served: the answer could not be sent.
    if (this.#released || !socket.writable) return;
    this.#serving = true;
    let taken: Taken = 'served';
    let left = SERVED_PER_TURN;
    while (this.#rest !== null && taken === 'served' && !this.#full && socket.writable && left-- > 0) {
      taken = this.#waiting < PIPELINED_MAX ? this.#take(this.#rest) : 'foreign';
    }
    this.#serving = false;
    if (taken === 'upgraded') return;
    if (taken === 'served') {
      if (this.#full) return;
      if (this.#rest === null) socket.resume();
      else {
        socket.pause();
        setImmediate(() => this.#serve());
      }
    } else if (this.#first === null) {
      this.lane.handOver(this);
    } else if (taken === 'foreign' || (this.#rest as Buffer).length > REST_BYTES_MAX) {
      // Those that wait are answered first.
      socket.pause();
    } else socket.resume();
  }

  /** Serves the request that `bytes` begin with, if it is whole, and keeps what follows it. */
  #take(bytes: Buffer): Taken {
    const known = this.#headText;
    let length = known.length;
    if (length === 0 || bytes.length < length || bytes.toString('latin1', 0, length) !== known) {
      const end = bytes.indexOf(HEAD_END);
      if (end < 0) return bytes.length > HEAD_BYTES_MAX ? 'foreign' : 'incomplete';
      length = end + HEAD_END.length;
      const text = bytes.toString('latin1', 0, length);
      const head = readHead(text);
      if (head === undefined) return bytes.length === length ? this.#upgrade(text) : 'foreign';
      if (head.origin !== this.#head?.origin) this.#originLines = originLines(this.lane.cors, head.origin);
      this.#headText = text.length <= KNOWN_HEAD_MAX ? text : '';
      this.#head = head;
    }
    const { uri, bodyBytes } = this.#head as DirectHead;
    const next = length + bodyBytes;
    if (bytes.length < next) return 'incomplete';
    const request = new DirectRequest(this, uri, this.#originLines, this.activeMs);
    const before = this.#last;
    if (before === null) this.#first = request;
    else before.next = request;
    this.#last = request;
    this.#waiting++;
    this.#rest = bytes.length === next ? null : bytes.subarray(next);
    if (this.lane.accept(bytes.subarray(length, next), request)) return 'served';
    // As if it had never been looked at.
    this.#last = before;
    if (before === null) this.#first = null;
    else before.next = null;
    this.#waiting--;
    this.#rest = bytes;
    return 'foreign';
  }

  /** A handshake with nothing behind it, on a connection where nobody waits, needs no node:http either. */
  #upgrade(text: string): Taken {
    const handshake = this.#first === null ? readHandshake(text) : undefined;
    if (handshake === undefined) return 'foreign';
    this.#rest = null;
    this.lane.upgrade(this, handshake);
    return 'upgraded';
  }
}

function onData(this: OwnedSocket, chunk: Buffer): void {
  this[CONNECTION]?.received(chunk);
}

function onDrain(this: OwnedSocket): void {
  this[CONNECTION]?.drained();
}

/** Half a connection is none: as node:http treats it. */
function onEnd(this: OwnedSocket): void {
  this.end();
}

function onError(this: OwnedSocket): void {
  this.destroy();
}

function onClose(this: OwnedSocket): void {
  this[CONNECTION]?.closed();
}
