/** A BOSH session by hand (XEP-0124, XEP-0206): one poll is held, stanzas go in a second request. */
import { Agent, request } from 'node:http';
import { PATIENT_MS, within } from './deadline.ts';
import { plain } from './tcp-session.ts';
import type { XmppSession } from './xmpp-session.ts';

const NS = "xmlns='http://jabber.org/protocol/httpbind'";

export interface BoshAnswer {
  readonly status: number;
  readonly text: string;
}

export class BoshSession implements XmppSession {
  readonly #port: number;
  readonly #agent = new Agent({ keepAlive: true });
  sid = '';
  /** The rid used last. */
  rid: number;
  jid = '';
  #polling = false;
  #text = '';
  #ended: BoshAnswer | undefined;
  #waiting: (() => void)[] = [];

  constructor(port: number, rid = 1_000_000) {
    this.#port = port;
    this.rid = rid;
  }

  /** Posts a body as it stands. Rejects when the connection is cut. */
  post(body: string | Uint8Array): Promise<BoshAnswer> {
    return new Promise((done, fail) => {
      const req = request(
        {
          host: '127.0.0.1',
          port: this.#port,
          path: '/http-bind/',
          method: 'POST',
          agent: this.#agent,
          headers: { 'Content-Type': 'text/xml; charset=utf-8', 'Content-Length': Buffer.byteLength(body) },
        },
        (res) => {
          let text = '';
          res.setEncoding('utf8');
          res.on('data', (chunk: string) => {
            text += chunk;
          });
          res.on('end', () => done({ status: res.statusCode ?? 0, text }));
        },
      );
      req.on('error', fail);
      req.end(body);
    });
  }

  /** A body of this session with the next rid, or with another one as text. */
  body(
    inner = '',
    { rid = String(++this.rid), attributes = '' }: { rid?: string; attributes?: string } = {},
  ): string {
    return `<body ${NS} sid='${this.sid}' rid='${rid}'${attributes}>${inner}</body>`;
  }

  async create({ hold = 1, wait = 30 } = {}): Promise<string> {
    const { text } = await this.post(
      `<body ${NS} rid='${this.rid}' to='localhost' wait='${wait}' hold='${hold}' ver='1.6' xml:lang='en' xmpp:version='1.0' xmlns:xmpp='urn:xmpp:xbosh'/>`,
    );
    this.sid = / sid="([^"]*)"/.exec(text)?.[1] ?? '';
    return text;
  }

  async signIn(id: string, resource: string): Promise<this> {
    await this.create();
    await this.post(
      this.body(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${plain(id)}</auth>`),
    );
    await this.post(
      this.body('', { attributes: " to='localhost' xmpp:restart='true' xmlns:xmpp='urn:xmpp:xbosh'" }),
    );
    const { text } = await this.post(
      this.body(
        `<iq xmlns='jabber:client' type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>${resource}</resource></bind></iq>`,
      ),
    );
    this.jid = /<jid>([^<]*)<\/jid>/.exec(text)?.[1] ?? '';
    if (this.jid === '') throw new Error(`not bound: ${text}`);
    return this;
  }

  /** From now on one poll is always at the server. */
  poll(): this {
    if (this.#polling) return this;
    this.#polling = true;
    void this.#loop();
    return this;
  }

  async appear(): Promise<this> {
    const { text } = await this.post(this.body("<presence xmlns='jabber:client'/>"));
    this.#take(text);
    this.poll();
    await this.until(/<presence[^>]*from="finesse@localhost[^>]*>/);
    return this;
  }

  send(xml: string | Uint8Array): void {
    this.post(this.body(String(xml))).then(
      (answer) => this.#answered(answer),
      () => {},
    );
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
      return this.#ended.text;
    };
    return within(ms, 'the server ends the BOSH session', look());
  }

  /** Cuts all connections: whatever is held is never read. */
  close(): void {
    this.#polling = false;
    this.#agent.destroy();
  }

  async #loop(): Promise<void> {
    while (this.#polling && this.#ended === undefined) {
      try {
        this.#answered(await this.post(this.body()));
      } catch {
        return;
      }
    }
  }

  #answered(answer: BoshAnswer): void {
    if (answer.status !== 200 || /^<body[^>]* type="terminate"/.test(answer.text)) this.#ended ??= answer;
    else this.#take(answer.text);
    this.#wake();
  }

  #take(text: string): void {
    this.#text += text;
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

export function boshSession(port: number, id: string, resource: string): Promise<BoshSession> {
  return new BoshSession(port).signIn(id, resource);
}
