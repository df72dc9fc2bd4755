/** A line between a client and a server of TCP that can be cut, or held so that nothing passes while both ends believe in it. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

export class TcpGate {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isCut = false;
  #isHeld = false;

  private constructor(to: number) {
    this.#server = createServer((near) => {
      if (this.#isCut) return near.destroy();
      const far = connect(to, '127.0.0.1');
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(one);
        one.on('error', () => {});
        one.on('close', () => {
          this.#sockets.delete(one);
          other.destroy();
        });
        one.pipe(other);
        if (this.#isHeld) one.pause();
      }
      return undefined;
    });
  }

  /** @param to port at loopback */
  static async open(to: number): Promise<TcpGate> {
    const gate = new TcpGate(to);
    gate.#server.listen(0, '127.0.0.1');
    await once(gate.#server, 'listening');
    return gate;
  }

  get port(): number {
    return (this.#server.address() as { readonly port: number }).port;
  }

  /** Ends all connections, and refuses new ones as long as it is. */
  cut(isCut: boolean): void {
    this.#isCut = isCut;
    if (isCut) for (const socket of [...this.#sockets]) socket.destroy();
  }

  /** Nothing passes any more, and nobody is told. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    for (const socket of this.#sockets) {
      if (isHeld) socket.pause();
      else socket.resume();
    }
  }

  async close(): Promise<void> {
    this.cut(true);
    this.#server.close();
    await once(this.#server, 'close');
  }
}
