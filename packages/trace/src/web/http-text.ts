/**
 * HTTP/1.x from bytes: requests and answers of a file in which they stand one after the other (a followed stream of a
 * decrypted capture, the parts of a Fiddler archive), or of one direction of a connection.
 */
import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import type { FileReport } from '../entry.ts';
import type { Found } from '../fact.ts';
import type { WallTime } from '../times.ts';
import { type Exchange, Exchanges } from './exchange.ts';

/** Head of a message, in bytes; a longer one is given up. */
const HEAD_MAX = 64 * 1024;
/** Body that is kept, in bytes; the rest is stepped over. */
export const BODY_MAX = 256 * 1024;

/** Programs that save what they have seen write HTTP/2 and 3 in the same form. */
const REQUEST =
  /^(GET|POST|PUT|DELETE|HEAD|OPTIONS|PATCH|CONNECT) (\S{1,16384}) HTTP\/(?:1\.[01]|[23](?:\.0)?)\s*$/;
const ANSWER = /^HTTP\/(?:1\.[01]|[23](?:\.0)?) (\d{3})\b/;

/** A file or a stream of HTTP begins so. */
export const isHttp = (head: string): boolean => {
  const line = head.slice(0, 8192).split('\n', 1)[0] as string;
  return REQUEST.test(line.trimEnd()) || ANSWER.test(line);
};

export interface Message {
  /** Null: an answer. */
  readonly method: string | null;
  readonly url: string;
  /** 0: a request. */
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** Its body is longer than what was kept, or ended before its length. */
  readonly isCut: boolean;
  /** Line at which it begins, from 1. */
  readonly line: number;
  /** What {@link HttpParser.mark} was when its first, and its last byte came. */
  readonly first: Mark;
  readonly last: Mark;
}

/** Where bytes come from, for those who know: the number of a packet and its time. */
export interface Mark {
  readonly line: number;
  readonly time: WallTime | null;
}

type Body =
  | { kind: 'length'; left: number }
  | { kind: 'chunked'; left: number; state: 'size' | 'data' | 'end' | 'trailer' }
  | { kind: 'close' };

export class HttpParser {
  mark: Mark = { line: 0, time: null };
  /** Bytes that belonged to no message. */
  skipped = 0;
  private readonly sink: (message: Message) => void;
  private readonly bodyMax: number;
  private line: number[] = [];
  private lines = 0;
  private head: {
    start: string;
    headers: Map<string, string>;
    size: number;
    line: number;
    first: Mark;
  } | null = null;
  private body: Body | null = null;
  private parts: Buffer[] = [];
  private kept = 0;
  private isCut = false;

  /** @param bodyMax bytes of a body that are kept */
  constructor(sink: (message: Message) => void, bodyMax = BODY_MAX) {
    this.sink = sink;
    this.bodyMax = bodyMax;
  }

  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.body === null) at = this.inHead(bytes, at);
      else at = this.inBody(bytes, at);
    }
  }

  /** The stream is over; a message that is open is given as far as it came. */
  end(): void {
    if (this.head === null || this.body === null) return;
    if (this.body.kind !== 'close') this.isCut = true;
    this.complete();
  }

  /** Lines so far. */
  get lineCount(): number {
    return this.lines;
  }

  private inHead(bytes: Uint8Array, from: number): number {
    let at = from;
    for (; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (byte !== 10) {
        if (this.line.length < HEAD_MAX) this.line.push(byte);
        continue;
      }
      this.lines++;
      const text = Buffer.from(this.line).toString('latin1').trimEnd();
      this.line = [];
      this.headLine(text);
      if (this.body !== null) return at + 1;
    }
    return at;
  }

  private headLine(text: string): void {
    if (this.head === null) {
      // Between messages: blank lines, and whatever an export puts there.
      if (REQUEST.test(text) || ANSWER.test(text))
        this.head = { start: text, headers: new Map(), size: 0, line: this.lines, first: this.mark };
      else this.skipped += text.length;
      return;
    }
    if (text !== '') {
      this.head.size += text.length;
      const colon = text.indexOf(':');
      if (colon > 0 && this.head.size <= HEAD_MAX)
        this.head.headers.set(text.slice(0, colon).trim().toLowerCase(), text.slice(colon + 1).trim());
      return;
    }
    this.body = this.bodyOf(this.head.start, this.head.headers);
    if (this.body.kind === 'length' && this.body.left === 0) this.complete();
  }

  private bodyOf(start: string, headers: ReadonlyMap<string, string>): Body {
    const status = ANSWER.exec(start)?.[1];
    if (status === '204' || status === '304' || status?.startsWith('1')) return { kind: 'length', left: 0 };
    if (/chunked/i.test(headers.get('transfer-encoding') ?? ''))
      return { kind: 'chunked', left: 0, state: 'size' };
    const length = headers.get('content-length');
    if (length !== undefined && /^\d{1,12}$/.test(length)) return { kind: 'length', left: Number(length) };
    return status === undefined ? { kind: 'length', left: 0 } : { kind: 'close' };
  }

  private inBody(bytes: Uint8Array, from: number): number {
    const body = this.body as Body;
    if (body.kind === 'close') {
      // Where no length is said, the next message begins at a line of its own; a body of XML has none such.
      return this.untilNext(bytes, from);
    }
    if (body.kind === 'length') {
      const end = Math.min(bytes.length, from + body.left);
      this.keep(bytes.subarray(from, end));
      body.left -= end - from;
      if (body.left === 0) this.complete();
      return end;
    }
    if (body.state === 'data') {
      const end = Math.min(bytes.length, from + body.left);
      this.keep(bytes.subarray(from, end));
      body.left -= end - from;
      if (body.left === 0) body.state = 'end';
      return end;
    }
    let at = from;
    while (at < bytes.length && bytes[at] !== 10) {
      if (this.line.length < 1024) this.line.push(bytes[at] as number);
      at++;
    }
    if (at === bytes.length) return at;
    this.lines++;
    const text = Buffer.from(this.line).toString('latin1').trim();
    this.line = [];
    if (body.state === 'end') body.state = 'size';
    else if (body.state === 'trailer') {
      if (text === '') this.complete();
    } else this.chunk(body, text);
    return at + 1;
  }

  private chunk(body: Extract<Body, { kind: 'chunked' }>, text: string): void {
    const size = /^([0-9a-f]{1,8})\s*(?:;|$)/i.exec(text)?.[1];
    if (size === undefined) {
      // Not a chunk: a program that saved the body has taken the chunks apart, or bytes are missing.
      this.body = { kind: 'close' };
      this.keep(Buffer.from(`${text}\n`, 'latin1'));
      return;
    }
    body.left = Number.parseInt(size, 16);
    body.state = body.left === 0 ? 'trailer' : 'data';
  }

  private untilNext(bytes: Uint8Array, from: number): number {
    let at = from;
    while (at < bytes.length && bytes[at] !== 10) {
      if (this.line.length < this.bodyMax) this.line.push(bytes[at] as number);
      at++;
    }
    if (at === bytes.length) {
      this.flushLine();
      return at;
    }
    const text = Buffer.from(this.line).toString('latin1').trimEnd();
    if (isHttp(`${text}\n`)) {
      this.line = [];
      this.complete();
      this.lines++;
      this.headLine(text);
      return at + 1;
    }
    this.line.push(10);
    this.lines++;
    this.flushLine();
    return at + 1;
  }

  /** A line without an end yet may still become the beginning of a message. */
  private flushLine(): void {
    if (this.line.length < 16_400 && this.line.at(-1) !== 10) return;
    this.keep(Buffer.from(this.line));
    this.line = [];
  }

  private keep(bytes: Uint8Array): void {
    const room = this.bodyMax - this.kept;
    if (bytes.length > room) this.isCut = true;
    const part = Buffer.from(bytes.subarray(0, Math.max(0, room)));
    for (const byte of part) if (byte === 10) this.lines++;
    if (part.length > 0) this.parts.push(part);
    this.kept += part.length;
  }

  private complete(): void {
    const { start, headers, line, first } = this.head as NonNullable<typeof this.head>;
    if (this.line.length > 0 && this.body?.kind === 'close') this.keep(Buffer.from(this.line));
    this.line = [];
    const raw = Buffer.concat(this.parts);
    const body = decoded(raw, headers.get('content-encoding') ?? '');
    const request = REQUEST.exec(start);
    this.head = null;
    this.body = null;
    this.parts = [];
    this.kept = 0;
    const isCut = this.isCut || body.isCut;
    this.isCut = false;
    this.sink({
      method: request?.[1] ?? null,
      url: request?.[2] ?? '',
      status: Number(ANSWER.exec(start)?.[1] ?? 0),
      headers,
      body: body.text,
      isCut,
      line,
      first,
      last: this.mark,
    });
  }
}

/** A body without its content encoding, as far as it goes and as far as there is room; else as it stands. */
function decoded(raw: Buffer, encoding: string): { text: string; isCut: boolean } {
  const plain = () => ({ text: raw.toString('utf8'), isCut: false });
  const unpack = { gzip: gunzipSync, 'x-gzip': gunzipSync, deflate: inflateSync, br: brotliDecompressSync }[
    encoding.trim().toLowerCase()
  ];
  if (unpack === undefined || raw.length === 0) return plain();
  const options = { maxOutputLength: 4 * BODY_MAX, finishFlush: constants.Z_SYNC_FLUSH };
  for (const how of unpack === inflateSync ? [inflateSync, inflateRawSync] : [unpack]) {
    try {
      const text = (
        how === brotliDecompressSync
          ? how(raw, { maxOutputLength: 4 * BODY_MAX })
          : how(raw, options as never)
      ) as Buffer;
      return { text: text.toString('utf8', 0, BODY_MAX), isCut: text.length > BODY_MAX };
    } catch {
      // Another form of the same name, or no such body: programs that save bodies often unpack them.
    }
  }
  return /[<{]/.test(raw.toString('latin1', 0, 64)) ? plain() : { text: '', isCut: true };
}

/** `Date:` of an answer: the server's clock, whole seconds. */
export function dateOf(headers: ReadonlyMap<string, string>): WallTime | null {
  const text = headers.get('date') ?? '';
  const at = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  return Number.isNaN(at) ? null : { wall: at, offset: 0, hasDate: true };
}

/** What a request and its answer are together. Null: nobody answered. */
export function exchangeOf(
  file: string,
  request: Message,
  answer: Message | null,
  times: { readonly start: WallTime | null; readonly end: WallTime | null },
  line = request.line,
  part = '',
): Exchange {
  const host = request.headers.get('host') ?? '';
  return {
    file,
    part,
    line,
    ...times,
    method: request.method ?? '',
    url: request.url.startsWith('/') && host !== '' ? `https://${host}${request.url}` : request.url,
    authorization: request.headers.get('authorization') ?? '',
    requestBody: request.body,
    status: answer?.status ?? 0,
    responseBody: answer?.body ?? '',
    error: '',
    via: `${answer?.headers.get('via') ?? ''} ${answer?.headers.get('server') ?? ''}`.trim(),
  };
}

/** Requests that wait for their answers, at most. */
const WAITING_MAX = 64;

/** A decrypted export as text: both directions in one file, in order. */
export class HttpTextReader {
  private readonly report: FileReport;
  private readonly exchanges: Exchanges;
  private readonly parser: HttpParser;
  private readonly waiting: Message[] = [];
  /** Whether the lines are those of another file, from which the bytes were taken. */
  private isMarked = false;

  constructor(report: FileReport, sink: (found: Found) => void) {
    this.report = report;
    this.exchanges = new Exchanges(sink);
    this.parser = new HttpParser((message) => this.take(message));
  }

  push(bytes: Uint8Array): void {
    this.parser.push(bytes);
  }

  /** Line of the file at which the bytes stand that come next; for those who take them out of another form. */
  mark(line: number): void {
    this.isMarked = true;
    this.parser.mark = { line, time: null };
  }

  end(): void {
    this.parser.end();
    for (const request of this.waiting) this.pair(request, null);
    this.exchanges.end();
    this.report.lines = this.isMarked ? this.parser.mark.line : this.parser.lineCount;
  }

  private take(message: Message): void {
    this.report.entries++;
    if (message.isCut) this.report.notes.bodiesCut = (this.report.notes.bodiesCut ?? 0) + 1;
    if (message.method !== null) {
      if (this.waiting.length >= WAITING_MAX) this.pair(this.waiting.shift() as Message, null);
      this.waiting.push(message);
      return;
    }
    const request = this.waiting.shift();
    if (request !== undefined) this.pair(request, message);
  }

  private pair(request: Message, answer: Message | null): void {
    const end = answer === null ? null : dateOf(answer.headers);
    const line = this.isMarked ? request.first.line : request.line;
    this.exchanges.add(exchangeOf(this.report.file, request, answer, { start: null, end }, line));
  }
}
