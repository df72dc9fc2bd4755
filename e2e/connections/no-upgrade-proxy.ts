/** An HTTP proxy in front of a server that knows no WebSocket: an upgrade is refused, all else passes. */
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export class NoUpgradeProxy {
  readonly #server: Server;
  /** How many upgrades were refused. */
  refused = 0;

  private constructor(farPort: number) {
    this.#server = createServer((near, answer) => {
      const { method, url, headers } = near;
      const far = request({ host: '127.0.0.1', port: farPort, method, path: url, headers }, (reply) => {
        answer.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(answer);
      });
      far.on('error', () => answer.destroy());
      answer.on('close', () => far.destroy());
      near.pipe(far);
    });
    this.#server.on('upgrade', (_request, socket) => {
      this.refused++;
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    });
  }

  static async to(farPort: number): Promise<NoUpgradeProxy> {
    const proxy = new NoUpgradeProxy(farPort);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** The port of the near end. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
