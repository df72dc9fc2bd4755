/** Raw clients over real sockets, and certificates for them. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const HEADER =
  "<?xml version='1.0'?><stream:stream to='cc.example' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";

/** A client that sees the bytes: sends text, waits for text. */
export class RawClient {
  readonly socket: Socket;
  text = '';
  ended = false;
  #wake: (() => void) | null = null;

  constructor(socket: Socket) {
    this.socket = socket;
    this.listen(socket);
  }

  static connect(port: number): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () =>
        resolve(new RawClient(socket)),
      );
      socket.once('error', reject);
    });
  }

  listen(socket: Socket): void {
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      this.text += text;
      this.#wake?.();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.ended = true;
      this.#wake?.();
    });
  }

  send(xml: string | Uint8Array): void {
    this.socket.write(xml);
  }

  /** Waits until `pattern` has come, and returns all text up to its end. */
  async until(pattern: string | RegExp): Promise<string> {
    for (;;) {
      const match = typeof pattern === 'string' ? this.text.indexOf(pattern) : this.text.search(pattern);
      if (match >= 0) {
        const length =
          typeof pattern === 'string' ? pattern.length : (pattern.exec(this.text)?.[0].length ?? 0);
        const found = this.text.slice(0, match + length);
        this.text = this.text.slice(match + length);
        return found;
      }
      if (this.ended) throw new Error(`closed before ${pattern}: ${this.text.slice(0, 500)}`);
      await this.#change();
    }
  }

  /** Waits for the end of the connection; returns what came before it. */
  async end(): Promise<string> {
    while (!this.ended) await this.#change();
    return this.text;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** Signs in and binds over TCP. */
  async signIn(user: string, resource = 'desktop', password = user): Promise<this> {
    this.send(HEADER);
    await this.until('</stream:features>');
    const data = Buffer.from(`\0${user}\0${password}`).toString('base64');
    this.send(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${data}</auth>`);
    await this.until('<success');
    await this.until('>');
    this.send(HEADER);
    await this.until('</stream:features>');
    this.send(
      `<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>${resource}</resource></bind></iq><presence/>`,
    );
    await this.until('</iq>');
    return this;
  }
}

/** A self-signed certificate for localhost and 127.0.0.1; undefined where openssl is missing. */
export function certificate(): { key: string; cert: string } | undefined {
  const dir = mkdtempSync(join(tmpdir(), 'poise-xmpp-'));
  try {
    const key = join(dir, 'key.pem');
    const cert = join(dir, 'cert.pem');
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
        '-subj',
        '/CN=localhost',
        '-addext',
        'subjectAltName=DNS:localhost,DNS:cc.example,IP:127.0.0.1',
        '-keyout',
        key,
        '-out',
        cert,
      ],
      { stdio: 'ignore' },
    );
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } catch {
    return undefined;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
