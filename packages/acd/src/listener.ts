import { createServer as createTcpServer, type Server, type ServerOpts, type Socket } from 'node:net';
import type { Connection } from './connection.ts';

/** Where listeners come from: `createServer` of node:net, or something that behaves like it (simulations). */
export type CreateServer = (options: ServerOpts, onSocket: (socket: Socket) => void) => Server;

/** One side (A or B) of the CTI server: a TCP listener that can go away and come back on the same port. */
export class Listener {
  readonly connections = new Set<Connection>();
  readonly #host: string;
  readonly #onSocket: (socket: Socket) => void;
  readonly #createServer: CreateServer;
  #port: number;
  #server: Server | null = null;
  /** Waiting for the last connection to end. */
  readonly #idle: (() => void)[] = [];

  constructor(
    host: string,
    port: number,
    onSocket: (socket: Socket) => void,
    createServer: CreateServer = createTcpServer,
  ) {
    this.#createServer = createServer;
    this.#host = host;
    this.#port = port;
    this.#onSocket = onSocket;
  }

  get listening(): boolean {
    return this.#server !== null;
  }

  /** The port in use; the one asked for (maybe 0) before the first start. */
  get port(): number {
    return this.#port;
  }

  /** Rejects with the system's error when the port is taken. */
  async start(): Promise<void> {
    if (this.#server) return;
    const server = this.#createServer({ noDelay: true, allowHalfOpen: false }, this.#onSocket);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: this.#host, port: this.#port, backlog: 1024 }, () => {
        server.off('error', reject);
        resolve();
      });
    });
    // Errors of an established listener (out of descriptors) concern single accepts; there is nothing to undo.
    server.on('error', () => {});
    const address = server.address();
    if (typeof address === 'object' && address !== null) this.#port = address.port;
    this.#server = server;
  }

  /** No new connections; those that stand are left to the caller. */
  stopListening(): void {
    this.#server?.close();
    this.#server = null;
  }

  ended(connection: Connection): void {
    this.connections.delete(connection);
    if (this.connections.size === 0) for (const tell of this.#idle.splice(0)) tell();
  }

  /** Resolves when no connection is left. */
  async empty(): Promise<void> {
    if (this.connections.size > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }
}
