/** WebSocket by hand (RFC 6455), so that frames can also be wrong; and an XMPP session on it (RFC 7395). */
import { randomBytes } from 'node:crypto';
import { Connection } from './connection.ts';
import { PATIENT_MS, within } from './deadline.ts';
import { plain } from './tcp-session.ts';
import type { XmppSession } from './xmpp-session.ts';

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
export type Opcode = (typeof OPCODE)[keyof typeof OPCODE];

/** A frame as a client must mask it. @param announced another length than the payload's */
export function clientFrame(
  opcode: Opcode,
  payload: string | Uint8Array,
  { last = true, announced }: { last?: boolean; announced?: bigint } = {},
): Buffer {
  const data = Buffer.from(payload as Uint8Array);
  const length = announced ?? BigInt(data.length);
  const header = length < 126n ? Buffer.alloc(2) : length < 65_536n ? Buffer.alloc(4) : Buffer.alloc(10);
  header[0] = (last ? 0x80 : 0) | opcode;
  if (header.length === 2) header[1] = 0x80 | Number(length);
  else if (header.length === 4) {
    header[1] = 0x80 | 126;
    header.writeUInt16BE(Number(length), 2);
  } else {
    header[1] = 0x80 | 127;
    header.writeBigUInt64BE(length, 2);
  }
  const mask = randomBytes(4);
  for (let i = 0; i < data.length; i++) data[i] = (data[i] as number) ^ (mask[i & 3] as number);
  return Buffer.concat([header, mask, data]);
}

const OPEN = "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='localhost' version='1.0'/>";

export class WebSocketSession implements XmppSession {
  readonly connection: Connection;
  jid = '';
  /** Code of the server's close frame. */
  closeCode: number | undefined;
  /** While false pings stay unanswered: a client that has vanished. */
  answersPings = true;
  #text = '';
  #ended = false;
  #waiting: (() => void)[] = [];

  private constructor(connection: Connection) {
    this.connection = connection;
    void this.#read();
  }

  static async connect(port: number): Promise<WebSocketSession> {
    const connection = await Connection.tcp(port);
    connection.send(
      'GET /ws/ HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
        `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\nSec-WebSocket-Protocol: xmpp\r\n\r\n`,
    );
    const answer = await connection.until(/\r\n\r\n/);
    if (!answer.startsWith('HTTP/1.1 101 ')) throw new Error(answer);
    return new WebSocketSession(connection);
  }

  async open(): Promise<string> {
    this.send(OPEN);
    return this.until(/<\/stream:features>/);
  }

  async signIn(id: string, resource: string): Promise<this> {
    await this.open();
    this.send(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${plain(id)}</auth>`);
    await this.until(/<success[^>]*>/);
    await this.open();
    this.send(
      `<iq xmlns='jabber:client' type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>${resource}</resource></bind></iq>`,
    );
    this.jid = /<jid>([^<]*)<\/jid>/.exec(await this.until(/<\/iq>/))?.[1] ?? '';
    return this;
  }

  async appear(): Promise<this> {
    this.send("<presence xmlns='jabber:client'/>");
    await this.until(/<presence[^>]*from="finesse@localhost[^>]*>/);
    return this;
  }

  send(xml: string | Uint8Array): void {
    this.connection.send(clientFrame(OPCODE.text, xml));
  }

  until(pattern: RegExp, ms = PATIENT_MS): Promise<string> {
    const look = async () => {
      for (;;) {
        const match = pattern.exec(this.#text);
        if (match !== null) {
          const taken = this.#text.slice(0, match.index + match[0].length);
          this.#text = this.#text.slice(taken.length);
          return taken;
        }
        if (this.#ended) throw new Error(`the end before ${pattern}; received: ${this.#text}`);
        await new Promise<void>((done) => this.#waiting.push(done));
      }
    };
    return within(ms, () => `${pattern}; received: ${this.#text.slice(-600)}`, look());
  }

  ended(ms = PATIENT_MS): Promise<string> {
    const look = async () => {
      while (!this.#ended) await new Promise<void>((done) => this.#waiting.push(done));
      return this.#text;
    };
    return within(ms, () => `the server ends the session; received: ${this.#text.slice(-600)}`, look());
  }

  close(): void {
    this.connection.destroy();
  }

  async #read(): Promise<void> {
    try {
      for (;;) await this.#frame();
    } catch {
      // The connection is over: what came is in the text.
    }
    this.#ended = true;
    this.#wake();
  }

  async #frame(): Promise<void> {
    const day = 86_400_000;
    const [first = 0, second = 0] = await this.connection.take(() => 2, 'a frame', day);
    let length = second & 0x7f;
    if (length === 126) length = (await this.connection.take(() => 2, 'a length')).readUInt16BE();
    else if (length === 127)
      length = Number((await this.connection.take(() => 8, 'a length')).readBigUInt64BE());
    const payload = length === 0 ? Buffer.alloc(0) : await this.connection.take(() => length, 'a payload');
    switch (first & 0x0f) {
      case OPCODE.text:
        this.#text += payload.toString('utf8');
        break;
      case OPCODE.ping:
        if (this.answersPings) this.connection.send(clientFrame(OPCODE.pong, payload));
        break;
      case OPCODE.close:
        this.closeCode = payload.length >= 2 ? payload.readUInt16BE() : 1005;
        this.connection.send(clientFrame(OPCODE.close, payload));
        break;
    }
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

export async function webSocketSession(
  port: number,
  id: string,
  resource: string,
): Promise<WebSocketSession> {
  return (await WebSocketSession.connect(port)).signIn(id, resource);
}
