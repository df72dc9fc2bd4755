/**
 * An HTTP proxy that spoils what a server says: other statuses and bodies, lines that are cut in the middle, no answer
 * at all, or the right answer with other text in it. WebSockets pass, unless they are refused.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** What comes instead of an answer. `nothing`: the line stays open; `cut`: it ends within the body. */
export type Fault = 'nothing' | 'cut' | { readonly status: number; readonly body: string };

interface Rule {
  readonly method: RegExp;
  readonly path: RegExp;
  readonly fault: Fault;
}

export interface SpoilingOptions {
  /** Applied to the text of every answer. */
  readonly rewrite?: (text: string, path: string) => string;
  readonly refusesUpgrades?: boolean;
}

export class SpoilingProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #farPort: number;
  readonly #rewrite: SpoilingOptions['rewrite'];
  #rules: Rule[] = [];

  private constructor(farPort: number, { rewrite, refusesUpgrades = false }: SpoilingOptions) {
    this.#farPort = farPort;
    this.#rewrite = rewrite;
    this.#server = createServer((near, answer) => this.#pass(near, answer));
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#server.on('upgrade', (near, socket: Socket, head) => {
      if (refusesUpgrades)
        socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      else this.#upgrade(near, socket, head);
    });
  }

  static async to(farPort: number, options: SpoilingOptions = {}): Promise<SpoilingProxy> {
    const proxy = new SpoilingProxy(farPort, options);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** From now on requests of that kind get that. The last rule that fits counts. */
  spoil(path: RegExp, fault: Fault, method = /./): void {
    this.#rules.unshift({ path, fault, method });
  }

  /** All is well from now on. */
  mend(): void {
    this.#rules = [];
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #pass(near: IncomingMessage, answer: ServerResponse): void {
    const { method = '', url = '', headers } = near;
    const fault = this.#rules.find((rule) => rule.method.test(method) && rule.path.test(url))?.fault;
    near.on('error', () => {});
    if (fault !== undefined) {
      near.resume();
      if (fault === 'nothing') return;
      if (fault === 'cut') {
        answer.writeHead(200, { 'content-type': 'application/xml', 'content-length': '1000' });
        answer.write('<User>', () => answer.destroy());
      } else {
        answer.writeHead(fault.status, { 'content-type': 'application/xml' });
        answer.end(fault.body);
      }
      return;
    }
    const plain = { ...headers, ...(this.#rewrite && { 'accept-encoding': 'identity' }) };
    const options = { host: '127.0.0.1', port: this.#farPort, method, path: url, headers: plain };
    const far = request(options, (reply) => {
      const isText = /xml|json/.test(reply.headers['content-type'] ?? '');
      if (!this.#rewrite || !isText) {
        answer.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(answer);
        return;
      }
      const chunks: Buffer[] = [];
      reply.on('data', (chunk: Buffer) => chunks.push(chunk));
      reply.on('end', () => {
        const text = this.#rewrite?.(Buffer.concat(chunks).toString(), url) ?? '';
        const { 'transfer-encoding': _, ...rest } = reply.headers;
        answer.writeHead(reply.statusCode ?? 502, { ...rest, 'content-length': Buffer.byteLength(text) });
        answer.end(text);
      });
    });
    far.on('error', () => answer.destroy());
    answer.on('close', () => far.destroy());
    near.pipe(far);
  }

  #upgrade({ method, url, rawHeaders }: IncomingMessage, near: Socket, head: Buffer): void {
    const far = connect(this.#farPort, '127.0.0.1');
    const lines = Array.from(
      { length: rawHeaders.length / 2 },
      (_, i) => `${rawHeaders[2 * i]}: ${rawHeaders[2 * i + 1]}`,
    );
    far.write(`${method} ${url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    far.write(head);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
    }
  }
}
