/** An XMPP stream over TCP or TLS by hand. */
import { Connection } from './connection.ts';
import type { XmppSession } from './xmpp-session.ts';

export const STREAM_HEADER =
  "<?xml version='1.0'?><stream:stream to='localhost' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";

export const plain = (id: string) => Buffer.from(`\0${id}\0${id}`).toString('base64');

export class TcpSession implements XmppSession {
  readonly connection: Connection;
  jid = '';

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /** Sends the header and takes the features. */
  async open(): Promise<string> {
    this.connection.send(STREAM_HEADER);
    return this.connection.until(/<\/stream:features>/);
  }

  async signIn(id: string, resource: string): Promise<this> {
    await this.open();
    this.send(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${plain(id)}</auth>`);
    await this.until(/<success[^>]*>/);
    await this.open();
    this.send(
      `<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>${resource}</resource></bind></iq>`,
    );
    // A ping may come before it.
    const bound = await this.until(/<iq[^>]* id="bind"[\s\S]*?<\/iq>/);
    this.jid = /<jid>([^<]*)<\/jid>/.exec(bound)?.[1] ?? '';
    return this;
  }

  /** Available; waits for the presence of the webservices. */
  async appear(): Promise<this> {
    this.send('<presence/>');
    await this.until(/<presence[^>]*from="finesse@localhost[^>]*>/);
    return this;
  }

  /** Answers pings from now on, as every client does. */
  answerPings(): this {
    // What a chunk ended in the midst of.
    let rest = '';
    this.connection.socket.on('data', (chunk: Buffer) => {
      const text = rest + chunk.toString('latin1');
      let read = 0;
      for (const { index, 0: ping, 1: id } of text.matchAll(/<iq type="get" id="(ping-[^"]*)"/g)) {
        this.send(`<iq type='result' id='${id}' to='localhost'/>`);
        read = index + ping.length;
      }
      rest = text.slice(Math.max(read, text.lastIndexOf('<')));
    });
    return this;
  }

  send(xml: string | Uint8Array): void {
    this.connection.send(xml);
  }

  until(pattern: RegExp, ms?: number): Promise<string> {
    return this.connection.until(pattern, ms);
  }

  async ended(ms?: number): Promise<string> {
    const { how, text } = await this.connection.untilEnded(ms);
    return how === 'end' ? text : `${text}(reset)`;
  }

  close(): void {
    this.connection.destroy();
  }
}

export async function tcpSession(port: number, id: string, resource: string): Promise<TcpSession> {
  return new TcpSession(await Connection.tcp(port)).signIn(id, resource);
}

export async function tlsSession(
  port: number,
  authority: Buffer,
  id: string,
  resource: string,
): Promise<TcpSession> {
  return new TcpSession(await Connection.tls(port, authority)).signIn(id, resource);
}
