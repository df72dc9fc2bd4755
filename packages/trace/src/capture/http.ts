/** An HTTP connection of a capture: its requests and answers, with the times of their packets. */
import type { FileReport } from '../entry.ts';
import type { WallTime } from '../times.ts';
import type { Exchanges } from '../web/exchange.ts';
import { exchangeOf, HttpParser, isHttp, type Message } from '../web/http-text.ts';
import type { Connection, Follower, Place } from './tcp.ts';

/** Of a body so much is kept, in bytes: connections are many, and events are short. */
const BODY_MAX = 16 * 1024;
/** Requests of one connection that wait for their answers. */
const WAITING_MAX = 64;

export class HttpFollower implements Follower {
  private readonly report: FileReport;
  private readonly exchanges: Exchanges;
  private readonly connection: Connection;
  private readonly parsers: { up: HttpParser; down: HttpParser };
  private readonly waiting: Message[] = [];
  /** A capture may begin anywhere: it is HTTP when a segment begins as a message does. */
  private kind: 'unknown' | 'http' | 'encrypted' = 'unknown';
  /** Directions in which bytes are missing, until a segment begins as a message does. */
  private readonly isLost = { up: true, down: true };
  private hasGaps = false;

  constructor(connection: Connection, report: FileReport, exchanges: Exchanges) {
    this.connection = connection;
    this.report = report;
    this.exchanges = exchanges;
    this.parsers = { up: this.newParser(), down: this.newParser() };
  }

  data(up: boolean, bytes: Buffer, { number: line, at }: Place): void {
    if (this.kind === 'encrypted') return;
    const way = up ? 'up' : 'down';
    if (this.isLost[way]) {
      if (!isHttp(bytes.toString('latin1', 0, 512))) {
        this.notHttp(bytes);
        return;
      }
      this.isLost[way] = false;
      this.kind = 'http';
    }
    const parser = this.parsers[way];
    parser.mark = { line, time: timeOf(at) };
    parser.push(bytes);
  }

  /** The message that is open is told as far as it came; where the next one begins is looked for. */
  gap(up: boolean): void {
    if (this.kind !== 'http') return;
    this.report.notes.segmentsMissing = (this.report.notes.segmentsMissing ?? 0) + 1;
    const way = up ? 'up' : 'down';
    this.parsers[way].end();
    this.parsers[way] = this.newParser();
    this.isLost[way] = true;
    this.hasGaps = true;
  }

  closed(): void {}

  end(): void {
    if (this.kind !== 'http') return;
    this.parsers.up.end();
    this.parsers.down.end();
    for (const request of this.waiting.splice(0)) this.pair(request, null);
  }

  private newParser(): HttpParser {
    return new HttpParser((message) => this.take(message), BODY_MAX);
  }

  /** A handshake of TLS, at a port of the desktop: what could be read if it were decrypted. */
  private notHttp(bytes: Buffer): void {
    if (this.kind !== 'unknown' || bytes.length < 3 || bytes[0] !== 0x16 || bytes[1] !== 3) return;
    this.kind = 'encrypted';
    if (DESKTOP_PORTS.has(this.connection.serverPort))
      this.report.notes.encrypted = (this.report.notes.encrypted ?? 0) + 1;
  }

  private take(message: Message): void {
    this.report.entries++;
    if (message.isCut) this.report.notes.bodiesCut = (this.report.notes.bodiesCut ?? 0) + 1;
    if (message.method !== null) {
      if (this.waiting.length < WAITING_MAX) this.waiting.push(message);
      return;
    }
    // Clients ask one thing after the other: what was asked before the last request had an answer that was not captured.
    while (this.hasGaps && (this.waiting[1]?.last.line ?? Number.POSITIVE_INFINITY) < message.first.line)
      this.pair(this.waiting.shift() as Message, null, false);
    const request = this.waiting.shift();
    if (request !== undefined) this.pair(request, message);
  }

  /** @param isSeen false: that no answer is there says nothing */
  private pair(request: Message, answer: Message | null, isSeen = !this.hasGaps): void {
    const times = { start: request.first.time, end: answer?.last.time ?? null };
    const exchange = exchangeOf(this.report.file, request, answer, times, request.first.line);
    this.exchanges.add(isSeen || answer !== null ? exchange : { ...exchange, isAnswerMissing: true });
  }
}

/** Ports at which desktops reach the original and Poise over TLS. */
const DESKTOP_PORTS: ReadonlySet<number> = new Set([443, 7443, 8443, 8445]);

const timeOf = (at: number): WallTime | null =>
  Number.isFinite(at) ? { wall: at, offset: 0, hasDate: true } : null;
