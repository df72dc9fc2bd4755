/** A BOSH service on a virtual clock, with streams that record and clients that speak in whole bodies. */
import { VirtualClock } from '@poise/clock';
import type { Element } from '@poise/xml';
import { readBody } from '../src/bosh/body.ts';
import type { HeldRequest } from '../src/bosh/hold.ts';
import { type BoshLimits, boshLimitsWith } from '../src/bosh/limits.ts';
import type { BoshObserver } from '../src/bosh/observer.ts';
import { BoshSessions, type RequestPeer } from '../src/bosh/service.ts';
import type { Stream, StreamEnd, StreamError, StreamHeader, Transport } from '../src/transport.ts';

export const NS = 'http://jabber.org/protocol/httpbind';
export const EMPTY = `<body xmlns="${NS}"></body>`;
export const DATA = (stanzas: string) => `<body xmlns='${NS}'>${stanzas}</body>`;
export const TERMINATE = (condition: string) =>
  `<body xmlns="${NS}" type="terminate" condition="${condition}"/>`;

export class FakeStream implements Stream {
  readonly transport: Transport;
  readonly headers: StreamHeader[] = [];
  readonly elements: Element[] = [];
  readonly ends: { how: StreamEnd; error: StreamError | undefined }[] = [];
  jid = '';
  authenticated = false;
  presenceXml = '';
  /** What is announced as soon as a header comes; undefined leaves it to the test. */
  announce: string | undefined = '<mechanisms/>';
  onReceived: (element: Element) => void = () => {};

  constructor(transport: Transport) {
    this.transport = transport;
  }

  opened(header: StreamHeader): void {
    this.headers.push(header);
    if (this.announce !== undefined) this.transport.features(this.announce);
  }

  received(element: Element): void {
    this.elements.push(element);
    this.onReceived(element);
  }

  ended(how: StreamEnd, error?: StreamError): void {
    this.ends.push({ how, error });
  }

  /** Names of what was received, in order. */
  get names(): string[] {
    return this.elements.map((element) => element.name);
  }

  signIn(jid = '1001003@d/desktop'): void {
    this.jid = jid;
    this.authenticated = true;
  }
}

/** One HTTP request as the client sees it. */
export class Reply implements RequestPeer {
  held: HeldRequest | null = null;
  secure = false;
  remoteAddress = '192.0.2.7';
  remotePort = 49805;
  loopback = false;
  saslPolicy = undefined;
  status: number | undefined;
  body: string | undefined;
  answers = 0;

  get open(): boolean {
    return this.answers === 0;
  }

  answer(body: string): number {
    this.status = 200;
    this.body = body;
    this.answers++;
    return Buffer.byteLength(body);
  }

  refuse(status: number): void {
    this.status = status;
    this.answers++;
  }

  /** The connection closes. */
  lose(): void {
    const { held } = this;
    this.held = null;
    held?.holder.connectionLost(held);
  }
}

export interface Setup {
  limits?: Partial<BoshLimits>;
  observer?: Partial<BoshObserver>;
  announce?: string | undefined;
  sid?: 'long' | 'short';
}

export class Bosh {
  readonly clock = new VirtualClock();
  readonly service: BoshSessions;
  readonly streams: FakeStream[] = [];
  /** What waits until the others have had their turn, oldest first. */
  readonly waiting: (() => void)[] = [];
  #randoms = 0;

  constructor(setup: Setup = {}) {
    this.service = new BoshSessions({
      openStream: (transport) => {
        const stream = new FakeStream(transport);
        if ('announce' in setup) stream.announce = setup.announce;
        this.streams.push(stream);
        return stream;
      },
      clock: this.clock,
      nextTurn: (goOn) => this.waiting.push(goOn),
      random: (bytes) => {
        const random = new Uint8Array(bytes);
        const view = new DataView(random.buffer);
        for (let at = 0; at + 4 <= bytes; at += 4) view.setUint32(at, 0x3445afbe + this.#randoms++);
        return random;
      },
      domain: 'fin1.example',
      limits: boshLimitsWith(setup.limits),
      observer: setup.observer ?? {},
      sid: setup.sid ?? 'short',
    });
  }

  /** The others have had their turn. @returns how many wanted to go on */
  nextTurn(): number {
    const due = this.waiting.splice(0);
    for (const goOn of due) goOn();
    return due.length;
  }

  get stream(): FakeStream {
    return this.streams.at(-1)!;
  }

  /** Any text as the body of a POST. */
  post(text: string | Buffer, peer: Partial<Reply> = {}): Reply {
    const reply = Object.assign(new Reply(), peer);
    const body = readBody(Buffer.from(text as string), this.service.limits);
    if (body === undefined) reply.refuse(400);
    else this.service.request(body, reply);
    return reply;
  }
}

/** A client that counts its rids; its stream is signed in as soon as the session exists. */
export class Client {
  readonly bosh: Bosh;
  readonly stream: FakeStream;
  readonly creation: Reply;
  readonly sid: string;
  rid: number;

  constructor(
    bosh: Bosh,
    attributes = "hold='1' wait='30' ver='1.6'",
    rid = 1000,
    peer: Partial<Reply> = {},
  ) {
    this.bosh = bosh;
    this.rid = rid;
    this.creation = bosh.post(
      `<body ${attributes} to='d' rid='${rid}' xml:lang='en' xmpp:version='1.0' xmlns='${NS}' xmlns:xmpp='urn:xmpp:xbosh'/>`,
      peer,
    );
    this.stream = bosh.stream;
    this.sid = this.stream.transport.id;
    this.stream.signIn();
  }

  /** The next request. */
  send(children = '', attributes = '', peer: Partial<Reply> = {}): Reply {
    return this.at(++this.rid, children, attributes, peer);
  }

  /** A request with any rid. */
  at(rid: number | string, children = '', attributes = '', peer: Partial<Reply> = {}): Reply {
    const head = `<body rid='${rid}' sid='${this.sid}'${attributes === '' ? '' : ` ${attributes}`} xmlns='${NS}'`;
    return this.bosh.post(children === '' ? `${head}/>` : `${head}>${children}</body>`, peer);
  }
}

/** Lets the turn end. */
export async function turn(): Promise<void> {
  await Promise.resolve();
}

export const message = (n: number | string) => `<message id='${n}'/>`;
export const sent = (n: number | string) => `<message xmlns="jabber:client" id='${n}'/>`;
export const PRESENCE = "<presence xmlns='jabber:client'/>";
