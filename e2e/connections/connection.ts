/** A bare TCP or TLS connection: what goes out is up to the test, what comes in is kept as it came. */
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { PATIENT_MS, within } from './deadline.ts';

/** How the peer ended it: in good order, or by a reset. */
export type Ending = 'end' | 'reset';

export class Connection {
  readonly socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #ending: Ending | undefined;
  #waiting: (() => void)[] = [];

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    socket.on('end', () => {
      this.#ending ??= 'end';
      this.#wake();
    });
    socket.on('error', () => {
      this.#ending ??= 'reset';
      this.#wake();
    });
    socket.on('close', () => {
      this.#ending ??= 'reset';
      this.#wake();
    });
  }

  /** @param halfOpen the own side stays open after the peer's end */
  static async tcp(port: number, halfOpen = false): Promise<Connection> {
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: halfOpen });
    socket.setNoDelay(true);
    return Connection.#opened(socket, 'connect', port);
  }

  static async tls(port: number, authority: Buffer): Promise<Connection> {
    const socket = connectTls({ host: '127.0.0.1', port, servername: 'localhost', ca: authority });
    return Connection.#opened(socket, 'secureConnect', port);
  }

  static async #opened(socket: Socket, event: string, port: number): Promise<Connection> {
    const opened = new Promise<void>((done, fail) => {
      socket.once(event, () => done());
      socket.once('error', fail);
    });
    await within(PATIENT_MS, `a connection to port ${port}`, opened);
    return new Connection(socket);
  }

  get ending(): Ending | undefined {
    return this.#ending;
  }

  /** What has come and was not taken yet. */
  get received(): Buffer {
    return this.#received;
  }

  send(data: string | Uint8Array): void {
    if (!this.socket.destroyed && this.socket.writable) this.socket.write(data);
  }

  /**
   * Sends pieces as fast as the peer takes them, until there are no more, or the peer has had enough.
   * @returns bytes that were handed over
   */
  async pour(pieces: Iterable<Uint8Array>): Promise<number> {
    let bytes = 0;
    for (const piece of pieces) {
      if (this.#ending !== undefined || !this.socket.writable) break;
      bytes += piece.length;
      if (this.socket.write(piece)) continue;
      await within(
        PATIENT_MS,
        'the peer takes what is sent, or ends the connection',
        new Promise<void>((done) => {
          const go = () => {
            this.socket.off('drain', go);
            this.socket.off('close', go);
            done();
          };
          this.socket.on('drain', go);
          this.socket.on('close', go);
        }),
      );
    }
    return bytes;
  }

  /** Takes everything up to the end of the first match. */
  async until(pattern: RegExp, ms = PATIENT_MS): Promise<string> {
    return this.take(
      () => {
        const text = this.#received.toString('latin1');
        const match = pattern.exec(text);
        return match === null ? 0 : match.index + match[0].length;
      },
      String(pattern),
      ms,
    ).then((bytes) => bytes.toString('utf8'));
  }

  /** Takes as many bytes as `length` says, once it says more than 0. */
  async take(length: (received: Buffer) => number, what: string, ms = PATIENT_MS): Promise<Buffer> {
    const look = async () => {
      for (;;) {
        const wanted = length(this.#received);
        if (wanted > 0 && wanted <= this.#received.length) {
          const taken = this.#received.subarray(0, wanted);
          this.#received = this.#received.subarray(wanted);
          return taken;
        }
        if (this.#ending !== undefined) throw new Error(`${this.#ending} before ${what}; ${this.#left()}`);
        await new Promise<void>((done) => this.#waiting.push(done));
      }
    };
    return within(ms, () => `${what}; ${this.#left()}`, look());
  }

  /** Waits for the peer's end. @returns how, and all that came before it */
  async untilEnded(ms = PATIENT_MS): Promise<{ how: Ending; text: string }> {
    const look = async () => {
      while (this.#ending === undefined) await new Promise<void>((done) => this.#waiting.push(done));
      return { how: this.#ending, text: this.#received.toString('utf8') };
    };
    return within(ms, () => `the peer ends the connection; ${this.#left()}`, look());
  }

  destroy(): void {
    this.socket.destroy();
  }

  #left(): string {
    const text = this.#received.toString('utf8');
    return `received so far: ${text.length > 600 ? `${text.slice(0, 300)} … ${text.slice(-300)}` : text}`;
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
