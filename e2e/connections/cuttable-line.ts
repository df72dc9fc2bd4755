/** A TCP line that can be cut and joined again: what comes in at the near end goes out at the far one. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export class CuttableLine {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Those that carry nothing any more, and do not tell. */
  readonly #dead = new WeakSet<Socket>();
  #isCut = false;
  #farPort: number;
  #idleMs = 0;
  /** How many connections were cut because they were idle. */
  idleCuts = 0;

  private constructor(farPort: number) {
    this.#farPort = farPort;
    this.#server = createServer((near) => {
      if (this.#isCut) {
        near.destroy();
        return;
      }
      const far = connect(this.#farPort, '127.0.0.1');
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(from);
        from.setTimeout(this.#idleMs);
        from.on('timeout', () => {
          this.idleCuts++;
          from.destroy();
        });
        from.pipe(to);
        from.on('error', () => this.#end(to));
        from.on('close', () => {
          this.#sockets.delete(from);
          this.#end(to);
        });
      }
    });
  }

  static async to(farPort: number): Promise<CuttableLine> {
    const line = new CuttableLine(farPort);
    line.#server.listen(0, '127.0.0.1');
    await once(line.#server, 'listening');
    return line;
  }

  /** The port of the near end. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Every connection ends, and none is made until `join`. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  /**
   * From now on the connections that stand swallow what either side says, its end included, and nobody is told, as where
   * an address changed or a firewall forgot them. New ones are made and work at once.
   */
  swallow(): void {
    for (const socket of this.#sockets) {
      this.#dead.add(socket);
      socket.unpipe();
      socket.resume();
    }
  }

  join(): void {
    this.#isCut = false;
  }

  /** As a proxy does: a connection that carries nothing for so long is cut, now and later. @param ms 0: none is */
  cutIdle(ms: number): void {
    this.#idleMs = ms;
    for (const socket of this.#sockets) socket.setTimeout(ms);
  }

  /** Connections that are made from now on end there. */
  leadTo(farPort: number): void {
    this.#farPort = farPort;
  }

  close(): void {
    this.cut();
    this.#server.close();
  }

  #end(to: Socket): void {
    if (!this.#dead.has(to)) to.destroy();
  }
}
