/** The head of an answer as text: what node:http would write, in its order. */
import { STATUS_CODES } from 'node:http';
import { answerHeaders } from '@poise/xmpp';
import { type CorsPolicy, originAllowed } from '../cors.ts';

/** Lines that do not change from one answer to the next are kept. */
export class AnswerText {
  readonly #now: () => number;
  readonly #keepAlive: string;
  #second = Number.NaN;
  #tail = '';
  /** The last head of an answer that carries a `<body/>`, and what it was made of: most of them are like the one before. */
  #head = '';
  #headFirst = '';
  #headTail = '';
  #headBytes = -1;

  /**
   * @param now wall ms
   * @param keepAliveMs how long the connection stays after the answer, as the client is told
   */
  constructor(now: () => number, keepAliveMs: number) {
    this.#now = now;
    this.#keepAlive = `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(keepAliveMs / 1000)}\r\n\r\n`;
  }

  /**
   * Status line, header lines and the empty line.
   * @param first lines that come before all others, each with its line end
   * @param headers name and value in turn
   */
  head(status: number, first: string, headers: readonly string[]): string {
    let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${first}`;
    for (let i = 0; i + 1 < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`;
    return text + this.#lastLines();
  }

  /**
   * {@link head} of an answer that carries a `<body/>`.
   * @param bytes of the body
   */
  bodyHead(first: string, bytes: number): string {
    const tail = this.#lastLines();
    if (bytes !== this.#headBytes || tail !== this.#headTail || first !== this.#headFirst) {
      this.#headBytes = bytes;
      this.#headTail = tail;
      this.#headFirst = first;
      this.#head = this.head(200, first, answerHeaders(bytes));
    }
    return this.#head;
  }

  #lastLines(): string {
    const second = Math.floor(this.#now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#tail = `Date: ${new Date(second * 1000).toUTCString()}\r\n${this.#keepAlive}`;
    }
    return this.#tail;
  }
}

/** The cross-origin lines of an answer to `origin`, as {@link applyCors} sets them for `/http-bind/`. */
export function originLines(policy: CorsPolicy, origin: string | undefined): string {
  if (policy === 'off' || origin === undefined) return '';
  if (!originAllowed(policy, origin)) return 'Vary: Origin\r\n';
  return `Vary: Origin\r\nAccess-Control-Allow-Origin: ${origin}\r\nAccess-Control-Allow-Credentials: true\r\n`;
}
