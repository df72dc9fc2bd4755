/** HAR 1.2 as browsers and proxies write it: Chrome, Edge, Firefox, Fiddler, Charles, mitmproxy. */
import type { FileReport } from '../entry.ts';
import type { Found } from '../fact.ts';
import { momentOf, type WallTime } from '../times.ts';
import { type Exchange, Exchanges } from './exchange.ts';
import { type HarEntry, type Json, JsonEntries, type JsonObject } from './json-entries.ts';

/** A HAR file begins so. */
export const isHar = (head: string): boolean => /^\ufeff?\s*\{\s*"log"\s*:\s*\{/.test(head);

export class HarReader {
  private readonly exchanges: Exchanges;
  private readonly entries: JsonEntries;
  private readonly report: FileReport;
  private lastLine = 0;

  constructor(report: FileReport, sink: (found: Found) => void) {
    this.report = report;
    this.exchanges = new Exchanges(sink);
    this.entries = new JsonEntries((entry) => this.take(entry));
  }

  push(bytes: Uint8Array): void {
    this.entries.push(bytes);
  }

  end(): void {
    this.exchanges.end();
    this.report.lines = this.entries.lines + (this.report.entries > 0 ? 1 : 0);
    this.report.failed ??= this.entries.failed;
  }

  private take({ value, line, isCut }: HarEntry): void {
    const request = object(value.get('request'));
    const response = object(value.get('response'));
    const url = string(request.get('url'));
    if (url === '') return;
    this.report.entries++;
    const content = object(response.get('content'));
    const body = bodyOf(content);
    const size = number(content.get('size')) ?? 0;
    if (isCut || (body !== '' && size > Buffer.byteLength(body))) this.note('bodiesCut');
    else if (body === '' && size > 0) this.note('bodiesMissing');
    const start = momentOf(string(value.get('startedDateTime')));
    const ms = number(value.get('time'));
    const status = number(response.get('status')) ?? 0;
    const exchange: Exchange = {
      file: this.report.file,
      // Some programs write a whole file as one line.
      part: line === this.lastLine ? `entries[${this.report.entries - 1}]` : '',
      line,
      start,
      end: start === null || ms === null || ms < 0 || status <= 0 ? null : later(start, ms),
      method: string(request.get('method')).toUpperCase(),
      url,
      authorization: header(request, 'authorization'),
      requestBody: bodyOf(object(request.get('postData'))),
      status: Math.max(0, status),
      responseBody: body,
      error: string(response.get('_error')) || string(value.get('_error')),
      via: `${header(response, 'via')} ${header(response, 'server')}`.trim(),
    };
    this.lastLine = line;
    this.exchanges.add(exchange);
    this.webSocket(exchange, value.get('_webSocketMessages'));
  }

  /** An addition of Chrome: what a WebSocket carried. `time` is in seconds since 1970, in Playwright's files in ms. */
  private webSocket(exchange: Exchange, messages: Json | undefined): void {
    if (!Array.isArray(messages)) return;
    for (const one of messages) {
      const message = object(one);
      const text = string(message.get('data'));
      const at = number(message.get('time'));
      if (text === '' || at === null) continue;
      const isSent = string(message.get('type')) === 'send';
      const ms = at > SECONDS_MAX ? at : at * 1000;
      const time: WallTime = { wall: Math.round(ms), offset: 0, hasDate: true };
      this.exchanges.add({
        ...exchange,
        isFrame: true,
        start: time,
        end: time,
        method: isSent ? 'SEND' : 'RECEIVE',
        requestBody: isSent ? text : '',
        status: 200,
        responseBody: isSent ? '' : text,
      });
    }
  }

  private note(id: 'bodiesCut' | 'bodiesMissing'): void {
    this.report.notes[id] = (this.report.notes[id] ?? 0) + 1;
  }
}

/** A moment in seconds is smaller than this, one in ms larger. */
const SECONDS_MAX = 1e11;

export const later = (time: WallTime, ms: number): WallTime => ({
  ...time,
  wall: Math.round(time.wall + ms),
});

/** Some programs write every body in base64, and cut it where they stop. */
function bodyOf(content: JsonObject): string {
  const text = string(content.get('text'));
  return string(content.get('encoding')).toLowerCase() === 'base64'
    ? Buffer.from(text, 'base64').toString('utf8')
    : text;
}

function header(message: JsonObject, name: string): string {
  const headers = message.get('headers');
  if (!Array.isArray(headers)) return '';
  const found = headers.map(object).find((one) => string(one.get('name')).toLowerCase() === name);
  return found === undefined ? '' : string(found.get('value'));
}

const EMPTY: JsonObject = new Map();
const object = (value: Json | undefined): JsonObject => (value instanceof Map ? value : EMPTY);
const string = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
const number = (value: Json | undefined): number | null => (typeof value === 'number' ? value : null);
