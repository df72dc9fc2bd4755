/**
 * From the bytes of a file to entries. Streaming and bounded: of a line at most {@link LINE_MAX} bytes, of an
 * entry at most {@link ENTRY_MAX} characters are kept, however large the file is.
 *
 * A document with excerpts between fences is read too: what stands outside of them is prose. An excerpt that a
 * page break cuts (a fence closes, and nothing but blank lines and another fence follow) goes on behind it.
 */
import { isUtf8 } from 'node:buffer';
import { ENTRY_MAX, type Entry, type Family, type FileReport, LINE_MAX } from './entry.ts';
import { ACCESS_LINE, BARE, BARE_START, CONTINUED, DATED, DAY, EMBEDDED, QUOTED, SEARCHED } from './forms.ts';
import { clockTime, monthOf, type WallTime } from './times.ts';

const LF = 10;

interface Open {
  /** Null: bare, families are found when it is complete. */
  readonly family: Family | null;
  readonly line: number;
  readonly time: WallTime | null;
  readonly parts: string[];
  length: number;
}

export class Segmenter {
  readonly report: FileReport;
  private readonly sink: (entry: Entry) => void;
  private carried: Buffer[] = [];
  private carriedBytes = 0;
  private lineCut = false;
  private open: Open | null = null;
  /** Whether this file has fences, and where we stand. */
  private fenced: 'never' | 'inside' | 'outside' = 'never';
  private readonly lastWall = new Map<Family, number>();
  /** The day that a line above said for the times of the day below it, ms since 1970. */
  private day: number | null = null;
  private encoding: 'utf8' | 'utf16le' | 'unknown' = 'unknown';

  constructor(report: FileReport, sink: (entry: Entry) => void) {
    this.report = report;
    this.sink = sink;
  }

  push(bytes: Uint8Array): void {
    let chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (this.encoding === 'unknown' && chunk.length > 0) {
      // Windows programs save UTF-16 with a mark in front.
      this.encoding = chunk[0] === 0xff && chunk[1] === 0xfe ? 'utf16le' : 'utf8';
      if (chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf) chunk = chunk.subarray(3);
    }
    if (this.encoding === 'utf16le') chunk = withoutZeros(chunk);
    let from = 0;
    // Looked at once for all of its lines: no character holds a line feed.
    const plain = isUtf8(chunk);
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, from)) {
      if (plain && this.carriedBytes === 0 && !this.lineCut && end - from <= LINE_MAX) {
        this.report.lines++;
        this.line(withoutReturn(chunk.toString('utf8', from, end)));
      } else {
        this.take(chunk.subarray(from, end));
        this.endLine();
      }
      from = end + 1;
    }
    // The rest is copied: whoever reads files uses his buffer again.
    if (from < chunk.length) this.take(Buffer.from(chunk.subarray(from)));
  }

  end(): void {
    if (this.carriedBytes > 0 || this.lineCut) this.endLine();
    this.close();
  }

  private take(part: Buffer): void {
    const room = LINE_MAX - this.carriedBytes;
    if (part.length > room) this.lineCut = true;
    const kept = part.length > room ? part.subarray(0, room) : part;
    if (kept.length > 0) this.carried.push(kept);
    this.carriedBytes += kept.length;
  }

  private endLine(): void {
    const bytes =
      this.carried.length === 1
        ? (this.carried[0] as Buffer)
        : Buffer.concat(this.carried, this.carriedBytes);
    this.carried = [];
    this.carriedBytes = 0;
    this.report.lines++;
    if (this.lineCut) this.report.cut++;
    this.lineCut = false;
    let line: string;
    // A line that was cut may end inside a character; then its last bytes say nothing about the encoding.
    if (isUtf8(bytes) || (bytes.length === LINE_MAX && isUtf8(bytes.subarray(0, endOfCharacters(bytes)))))
      line = bytes.toString('utf8');
    else {
      this.report.notUtf8++;
      line = bytes.toString('latin1');
    }
    this.line(withoutReturn(line));
  }

  private line(line: string): void {
    if (line.startsWith('```')) {
      this.fenced = this.fenced === 'inside' ? 'outside' : 'inside';
      this.keep('');
      return;
    }
    if (this.isDated(line)) return;
    if (ACCESS_LINE.test(line)) {
      this.close();
      this.emit('access', null, line, this.report.lines);
      return;
    }
    if (this.isDay(line) || this.isPrefixed(line)) return;
    if (this.open !== null && this.open.family !== null && this.open.length === 0 && line.trim() !== '') {
      // The time stood on a line of its own.
      this.open.parts[0] = line;
      this.open.length = line.length;
      return;
    }
    if (this.open?.family === null ? false : BARE_START.test(line)) {
      this.begin(null, null, line);
      return;
    }
    if (this.fenced === 'outside') {
      // Blank lines may be a page break within an excerpt; anything else is prose and ends it.
      if (line.trim() !== '' && !/^-{3,}$|^!\[/.test(line)) {
        if (BARE_START.test(line)) this.begin(null, null, line);
        else this.close();
      } else this.keep('');
      return;
    }
    if (this.open === null) {
      if (this.fenced === 'inside') this.begin(null, null, line);
      else if (line.trim() !== '') this.unmarked(line);
      return;
    }
    this.keep(line);
  }

  /** Begins an entry if the line begins one with its time. */
  private isDated(line: string): boolean {
    const code = line.charCodeAt(0);
    // Every dated form begins with a digit, a capital letter, `<` or `[`.
    if (!((code >= 48 && code <= 57) || (code >= 65 && code <= 91) || code === 60 || code > 127))
      return false;
    for (const form of DATED) {
      const found = form.pattern.exec(line);
      if (found === null) continue;
      // Mail breaks lines within the prefix of a client log, too.
      if (form.family === 'openfire' && this.open?.family === 'client' && found[0].length === line.length)
        return false;
      const time = form.time(found);
      if (time === null) continue;
      this.begin(form.family, this.onDay(time, form.family), line.slice(found[0].length));
      return true;
    }
    const family = this.open?.family;
    const goesOn = family === null || family === undefined ? undefined : CONTINUED[family]?.exec(line);
    if (goesOn === undefined || goesOn === null) return false;
    this.keep(line.slice(goesOn[0].length));
    return true;
  }

  /** A heading with the day of what follows. */
  private isDay(line: string): boolean {
    const found = line.startsWith('Events from ') ? DAY.exec(line) : null;
    const month = found === null ? null : monthOf(found[1] as string);
    if (found === null || month === null) return false;
    this.close();
    this.day = Date.UTC(Number(found[3]), month, Number(found[2]));
    return true;
  }

  private onDay(time: WallTime, family: Family): WallTime {
    if (this.day === null || family !== 'cti' || time.hasDate) return time;
    return { wall: this.day + time.wall, offset: time.offset, hasDate: true };
  }

  /** An entry behind the name of its file, as a search prints it, or behind the marks of a quotation. */
  private isPrefixed(line: string): boolean {
    for (const form of [SEARCHED, QUOTED]) {
      const found = form.exec(line);
      if (found === null) continue;
      const rest = line.slice(found[0].length);
      if (this.isDated(rest)) return true;
      if (!ACCESS_LINE.test(rest)) continue;
      this.close();
      this.emit('access', null, rest, this.report.lines);
      return true;
    }
    return false;
  }

  /** No entry is open and the line begins none at its first column: perhaps in its middle. */
  private unmarked(line: string): void {
    for (const { pattern } of [...BARE, ...EMBEDDED]) {
      pattern.lastIndex = 0;
      if (pattern.test(line)) {
        this.begin(null, null, line);
        return;
      }
    }
    this.report.unknown++;
  }

  private begin(family: Family | null, time: WallTime | null, text: string): void {
    this.close();
    this.open = { family, time, line: this.report.lines, parts: [text], length: text.length };
  }

  private keep(line: string): void {
    const open = this.open;
    if (open === null) return;
    if (open.length + line.length > ENTRY_MAX) {
      // Bare entries have no end of their own, so they are looked at in pieces.
      if (open.family === null) this.begin(null, null, line);
      return;
    }
    open.parts.push(line);
    open.length += line.length + 1;
  }

  private close(): void {
    const open = this.open;
    if (open === null) return;
    this.open = null;
    const text = open.parts.length === 1 ? (open.parts[0] as string) : open.parts.join('\n');
    if (open.family === null) this.split(text, open.line);
    else this.takeApart(open as Open & { family: Family }, text);
  }

  /** An entry with its time; others may follow on the same line, or behind a prefix that was wrapped. */
  private takeApart({ family, time, line }: Open & { family: Family }, text: string): void {
    const year = time?.hasDate ? String(new Date(time.wall).getUTCFullYear()) : '';
    const heads = EMBEDDED.some(({ maybe }) => maybe(text, year)) ? embedded(text) : [];
    this.emit(family, time, text.slice(0, heads[0]?.at).trimEnd(), line);
    let lineOf = line;
    heads.forEach((head, i) => {
      lineOf += linesIn(text, heads[i - 1]?.at ?? 0, head.at);
      this.emit(head.family, head.time, text.slice(head.end, heads[i + 1]?.at).trim(), lineOf);
    });
  }

  /** A run of bare lines: an entry begins wherever one of the bare forms does. */
  private split(text: string, line: number): void {
    const heads: (Head & { clock?: string | undefined })[] = embedded(text);
    for (const { family, pattern } of BARE) {
      for (const found of text.matchAll(pattern))
        heads.push({
          at: found.index,
          end: found.index + found[0].length,
          family,
          time: clockTime(found[1] ?? found[2]),
          clock: found[1] ?? found[2],
        });
    }
    heads.sort((a, b) => a.at - b.at || b.end - a.end);
    const kept = heads.filter(
      // What a dated prefix is followed by begins no entry of its own.
      (head, i) =>
        i === 0 ||
        !heads.slice(Math.max(0, i - 4), i).some((h) => h.end > head.at || (h.isDated && h.end === head.at)),
    );
    if (kept.length === 0) {
      this.report.unknown += text.split('\n').filter((part) => part.trim() !== '').length;
      return;
    }
    let lineOf = line;
    let counted = 0;
    kept.forEach((head, i) => {
      const next = kept[i + 1]?.at ?? text.length;
      for (let at = text.indexOf('\n', counted); at !== -1 && at < head.at; at = text.indexOf('\n', at + 1)) {
        lineOf++;
        counted = at + 1;
      }
      const from = head.isDated
        ? head.end
        : head.clock === undefined
          ? head.at
          : text.indexOf(':', head.at + head.clock.length) + 1;
      // `… logged in!18:40:05:` and the component on the next line: the time before the name is the entry's.
      this.emit(head.family, head.time, text.slice(from, next).trim(), lineOf);
    });
  }

  private emit(family: Family, time: WallTime | null, text: string, line: number): void {
    if (time !== null) {
      const before = this.lastWall.get(family);
      // Threads write side by side: a second is no disorder.
      if (before !== undefined && time.wall < before - 1000 && time.hasDate) this.report.reordered++;
      this.lastWall.set(family, time.wall);
    }
    this.report.entries++;
    this.sink({ family, file: this.report.file, line, time, text });
  }
}

/** Where an entry begins in a text, and where its own words do. */
interface Head {
  readonly at: number;
  readonly end: number;
  readonly family: Family;
  readonly time: WallTime | null;
  /** Its prefix says the time. */
  readonly isDated?: true;
}

/** Entries with their times in the middle of a text, in order. */
function embedded(text: string): Head[] {
  const heads: Head[] = [];
  for (const form of EMBEDDED)
    for (const found of text.matchAll(form.pattern)) {
      const time = form.time(found);
      if (time === null) continue;
      const at = found.index;
      heads.push({ at, end: at + found[0].length, family: form.family, time, isDated: true });
    }
  return heads.sort((a, b) => a.at - b.at || b.end - a.end);
}

function linesIn(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line);

/** UTF-16 of logs, which are ASCII, without its zero bytes and its mark. */
function withoutZeros(chunk: Buffer): Buffer {
  return Buffer.from(chunk.filter((byte) => byte !== 0 && byte !== 0xff && byte !== 0xfe));
}

/** Length without the bytes of a last, incomplete character. */
function endOfCharacters(bytes: Buffer): number {
  let end = bytes.length;
  while (end > bytes.length - 4 && ((bytes[end - 1] as number) & 0xc0) === 0x80) end--;
  return end - 1;
}
