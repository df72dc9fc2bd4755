/**
 * Sessions of a Fiddler archive (SAZ): a zip with `raw/<n>_c.txt` (request), `_s.txt` (answer) and `_m.xml` (times) of
 * each. Whoever unpacks the zip hands the parts over, in any order.
 */
import type { FileReport } from '../entry.ts';
import type { Found } from '../fact.ts';
import { momentOf, type WallTime } from '../times.ts';
import { Exchanges } from './exchange.ts';
import { exchangeOf, HttpParser, type Message } from './http-text.ts';

const NAME = /(?:^|[\\/])raw[\\/](\d{1,9})_([csm])\.(?:txt|xml)$/i;

/** Bytes of one part that are looked at. */
export const SAZ_PART_MAX = 1024 * 1024;
/** Sessions whose parts are not all there yet; archives list them one by one, so there are few. */
const OPEN_MAX = 20_000;
const PARTS_BYTES_MAX = 64 * 2 ** 20;

export interface SazPart {
  readonly session: number;
  readonly part: 'c' | 's' | 'm';
  /** As it stands in the archive. */
  readonly name: string;
}

/** Which part of which session a file of the zip is; null: none. */
export function sazPart(name: string): SazPart | null {
  const found = NAME.exec(name);
  return found === null
    ? null
    : { session: Number(found[1]), part: (found[2] as string).toLowerCase() as SazPart['part'], name };
}

interface Session {
  name: string;
  c?: Buffer;
  s?: Buffer;
  m?: Buffer;
}

export class SazReader {
  private readonly report: FileReport;
  private readonly exchanges: Exchanges;
  private readonly sessions = new Map<number, Session>();
  private bytes = 0;

  constructor(report: FileReport, sink: (found: Found) => void) {
    this.report = report;
    this.exchanges = new Exchanges(sink);
  }

  /** @param bytes at most {@link SAZ_PART_MAX} of the part */
  part({ session, part, name }: SazPart, bytes: Buffer): void {
    let known = this.sessions.get(session);
    if (known === undefined) {
      if (this.sessions.size >= OPEN_MAX || this.bytes > PARTS_BYTES_MAX) {
        this.report.failed ??= 'limit';
        return;
      }
      known = { name };
      this.sessions.set(session, known);
    }
    known[part] = bytes;
    if (part === 'c') known.name = name;
    this.bytes += bytes.length;
    if (known.c !== undefined && known.s !== undefined && known.m !== undefined) this.take(session, known);
  }

  end(): void {
    for (const [number, session] of [...this.sessions].sort(([a], [b]) => a - b)) this.take(number, session);
    this.exchanges.end();
  }

  private take(number: number, session: Session): void {
    this.sessions.delete(number);
    for (const part of [session.c, session.s, session.m]) this.bytes -= part?.length ?? 0;
    const request = messageOf(session.c);
    if (request === null || request.method === null) return;
    this.report.entries++;
    const answer = messageOf(session.s);
    if (request.isCut || answer?.isCut) this.report.notes.bodiesCut = (this.report.notes.bodiesCut ?? 0) + 1;
    const timers = session.m?.toString('utf8') ?? '';
    const timer = (name: string): WallTime | null => {
      const text = new RegExp(`\\b${name}="([^"]{10,40})"`).exec(timers)?.[1];
      // .NET writes the year 1 for what did not happen.
      return text === undefined || text.startsWith('0001') ? null : momentOf(text);
    };
    const start = timer('ClientBeginRequest') ?? timer('ClientDoneRequest') ?? timer('ClientConnected');
    if (request.method === 'CONNECT') {
      // Without decryption only the tunnel is seen, and not what went through it.
      if (/:7443\b/.test(request.url)) this.report.notes.tunnels = (this.report.notes.tunnels ?? 0) + 1;
      return;
    }
    // Fiddler answers for a server that it does not reach.
    const own = answer !== null && /^\[Fiddler\]/.test(answer.body) ? answer.body.slice(0, 200) : '';
    const exchange = exchangeOf(
      this.report.file,
      request,
      answer === null || answer.status === 0 || own !== '' ? null : answer,
      { start, end: timer('ClientDoneResponse') ?? timer('ServerDoneResponse') },
      1,
      session.name,
    );
    this.exchanges.add(own === '' ? exchange : { ...exchange, error: own });
  }
}

function messageOf(bytes: Buffer | undefined): Message | null {
  if (bytes === undefined || bytes.length === 0) return null;
  let first: Message | null = null;
  const parser = new HttpParser((message) => {
    first ??= message;
  });
  parser.push(bytes);
  parser.end();
  return first;
}
