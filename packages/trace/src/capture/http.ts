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
  /** What it carries is known with its first bytes. */
  private kind: 'unknown' | 'http' | 'other' = 'unknown';

  constructor(connection: Connection, report: FileReport, exchanges: Exchanges) {
    this.connection = connection;
    this.report = report;
    this.exchanges = exchanges;
    this.parsers = {
      up: new HttpParser((message) => this.take(message), BODY_MAX),
      down: new HttpParser((message) => this.take(message), BODY_MAX),
    };
  }

  data(up: boolean, bytes: Buffer, { number: line, at }: Place): void {
    if (this.kind === 'unknown') {
      this.kind = isHttp(bytes.toString('latin1', 0, 512)) ? 'http' : 'other';
      // A handshake of TLS at a port of the desktop: what could be read if it were decrypted.
      const isTls = bytes.length >= 3 && bytes[0] === 0x16 && bytes[1] === 3;
      if (isTls && DESKTOP_PORTS.has(this.connection.serverPort))
        this.report.notes.encrypted = (this.report.notes.encrypted ?? 0) + 1;
    }
    if (this.kind !== 'http') return;
    const parser = up ? this.parsers.up : this.parsers.down;
    parser.mark = { line, time: timeOf(at) };
    parser.push(bytes);
  }

  gap(): void {
    if (this.kind === 'http')
      this.report.notes.segmentsMissing = (this.report.notes.segmentsMissing ?? 0) + 1;
  }

  closed(): void {}

  end(): void {
    if (this.kind !== 'http') return;
    this.parsers.up.end();
    this.parsers.down.end();
    for (const request of this.waiting.splice(0)) this.pair(request, null);
  }

  private take(message: Message): void {
    this.report.entries++;
    if (message.isCut) this.report.notes.bodiesCut = (this.report.notes.bodiesCut ?? 0) + 1;
    if (message.method !== null) {
      if (this.waiting.length < WAITING_MAX) this.waiting.push(message);
      return;
    }
    const request = this.waiting.shift();
    if (request !== undefined) this.pair(request, message);
  }

  private pair(request: Message, answer: Message | null): void {
    const times = { start: request.first.time, end: answer?.last.time ?? null };
    this.exchanges.add(exchangeOf(this.report.file, request, answer, times, request.first.line));
  }
}

/** Ports at which desktops reach the original and Poise over TLS. */
const DESKTOP_PORTS: ReadonlySet<number> = new Set([443, 7443, 8443, 8445]);

const timeOf = (at: number): WallTime | null =>
  Number.isFinite(at) ? { wall: at, offset: 0, hasDate: true } : null;
