import { type Element, element, parse, serialize } from '@poise/xml';
import type { ClientClock, ClientTimer, WebSocketConstructor, WebSocketLike } from '../platform.ts';
import { scheduleLimit } from '../time-limit.ts';
import { NS_FRAMING, NS_STREAM } from './namespaces.ts';
import { endOfStreamError, type StreamEnd, type Transport, type TransportEvents } from './transport.ts';

const FRAME_LIMITS = { bytesMax: 4_194_304, textLengthMax: 4_194_304 } as const;

/** A handshake that nobody answers: some proxies swallow it without a word. */
const OPENING_MAX_MS = 8_000;

/** Of a connection that broke (RFC 6455 7.1.5). */
const ABNORMAL_CLOSURE = 1006;

/** XMPP over WebSocket (RFC 7395): one element in each text frame. */
export class WebSocketTransport implements Transport {
  readonly canPing = true;
  readonly #url: string;
  readonly #domain: string;
  readonly #WebSocket: WebSocketConstructor;
  readonly #clock: ClientClock;
  #openingTimer: ClientTimer | undefined;
  #socket: WebSocketLike | undefined;
  /** Before that, a browser's `send` throws. */
  #isOpen = false;
  #events: TransportEvents | undefined;

  #hasOpened = false;

  constructor(url: string, domain: string, WebSocket: WebSocketConstructor, clock: ClientClock) {
    this.#clock = clock;
    this.#url = url;
    this.#domain = domain;
    this.#WebSocket = WebSocket;
  }

  /** Whether the handshake succeeded. */
  get hasOpened(): boolean {
    return this.#hasOpened;
  }

  open(events: TransportEvents): void {
    this.#events = events;
    let socket: WebSocketLike;
    try {
      socket = new this.#WebSocket(this.#url, ['xmpp']);
    } catch (error) {
      this.#end({ reason: 'lost', detail: `WebSocket refused: ${String(error)}` });
      return;
    }
    this.#socket = socket;
    this.#openingTimer = scheduleLimit(this.#clock, OPENING_MAX_MS, () =>
      this.#end({ reason: 'lost', detail: `WebSocket not open within ${OPENING_MAX_MS} ms` }),
    );
    socket.onopen = () => {
      this.#openingTimer?.cancel();
      this.#isOpen = this.#hasOpened = true;
      this.restart();
    };
    socket.onmessage = (event: { data: unknown }) => this.#receive(event.data);
    socket.onclose = (event: { code?: number }) =>
      this.#end({
        reason: 'lost',
        detail: `WebSocket closed with code ${event?.code ?? 'unknown'}`,
        isCut: event?.code === ABNORMAL_CLOSURE,
      });
    // `close` follows and ends the stream; without a listener the `ws` package would throw.
    socket.onerror = () => {};
  }

  send(stanza: Element): void {
    this.#socket?.send(serialize(stanza));
  }

  restart(): void {
    this.send(element('open', NS_FRAMING, { to: this.#domain, version: '1.0' }));
  }

  /** There is one connection, and a ping over it tells. */
  refresh(): boolean {
    return false;
  }

  close(last?: Element): void {
    // To a server that has not been reached yet there is nothing to say.
    if (this.#isOpen) {
      if (last !== undefined) this.send(last);
      this.send(element('close', NS_FRAMING));
    }
    this.#end({ reason: 'closed', detail: 'closed by us' });
  }

  abandon(): void {
    this.#events = undefined;
    this.#drop();
  }

  #receive(data: unknown): void {
    const events = this.#events;
    if (events === undefined) return;
    if (typeof data !== 'string') {
      this.#end({ reason: 'lost', detail: 'binary frame' });
      return;
    }
    let frame: Element;
    try {
      frame = parse(data, FRAME_LIMITS);
    } catch (error) {
      this.#end({ reason: 'lost', detail: `bad frame: ${(error as Error).message}` });
      return;
    }
    events.alive();
    if (frame.is('open', NS_FRAMING)) return;
    if (frame.is('close', NS_FRAMING)) this.#end({ reason: 'lost', detail: 'closed by the server' });
    else if (frame.is('features', NS_STREAM)) events.features(frame);
    else if (frame.is('error', NS_STREAM)) this.#end(endOfStreamError(frame));
    else events.stanza(frame);
  }

  #end(end: StreamEnd): void {
    const events = this.#events;
    this.#events = undefined;
    this.#drop();
    events?.ended(end);
  }

  #drop(): void {
    this.#openingTimer?.cancel();
    const socket = this.#socket;
    this.#socket = undefined;
    this.#isOpen = false;
    if (socket === undefined) return;
    socket.onopen = socket.onmessage = socket.onclose = () => {};
    socket.onerror = () => {};
    try {
      socket.close(1000);
    } catch {
      // Not open yet: the platform drops it.
    }
  }
}
