import { boshRefusal, type RequestPeer, type SaslPolicy } from '@poise/xmpp';
import type { AnswerText } from './answer-text.ts';
import type { DirectConnection } from './direct-connection.ts';

/** One BOSH request of a {@link DirectConnection}, from its last byte to its answer. */
export class DirectRequest implements RequestPeer {
  held: RequestPeer['held'] = null;
  readonly connection: DirectConnection;
  readonly uri: string;
  /** Cross-origin lines of the answer. */
  readonly originLines: string;
  /** Monotonic ms. */
  readonly startedMs: number;
  /** The one that came after it on the connection. */
  next: DirectRequest | null = null;
  /** The whole answer while it waits for those before it; null when there is none, or when it has gone. */
  text: string | null = null;
  /** `text` is ASCII alone, and written without being encoded. */
  ascii = true;
  status = 0;
  bodyBytes = 0;
  /** Answered, or nobody is left to be answered. */
  done = false;

  constructor(connection: DirectConnection, uri: string, originLines: string, startedMs: number) {
    this.connection = connection;
    this.uri = uri;
    this.originLines = originLines;
    this.startedMs = startedMs;
  }

  get remoteAddress(): string {
    return this.connection.remoteAddress;
  }

  get remotePort(): number {
    return this.connection.remotePort;
  }

  get secure(): boolean {
    return this.connection.secure;
  }

  get loopback(): boolean {
    return this.connection.loopback;
  }

  get saslPolicy(): SaslPolicy | undefined {
    return this.connection.lane.saslPolicy;
  }

  answer(body: string, bytes = Buffer.byteLength(body)): number {
    if (!this.done) this.#send(200, this.#answers.bodyHead(this.originLines, bytes), body, bytes);
    return bytes;
  }

  refuse(status: number): void {
    if (this.done) return;
    const { text, headers } = boshRefusal(status);
    this.#send(status, this.#answers.head(status, this.originLines, headers), text, text.length);
  }

  get #answers(): AnswerText {
    return this.connection.lane.answers;
  }

  /** The connection has closed. */
  lost(): void {
    this.done = true;
    const { held } = this;
    if (held === null) return;
    this.held = null;
    held.holder.connectionLost(held);
  }

  #send(status: number, head: string, body: string, bytes: number): void {
    this.done = true;
    this.status = status;
    this.bodyBytes = bytes;
    this.ascii = bytes === body.length;
    this.text = head + body;
    this.connection.answered();
  }
}
