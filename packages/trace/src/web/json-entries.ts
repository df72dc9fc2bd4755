/**
 * The elements of `log.entries` of a HAR file, one after the other, from bytes in pieces of any size. Such files hold
 * whole bodies and are larger than memory: what is kept of one entry is bounded, all else is stepped over.
 */

export type Json = string | number | boolean | null | JsonList | JsonObject;
export type JsonList = Json[];
/** A map, since names come from a file. */
export type JsonObject = Map<string, Json>;

/** Longest part of a text that is kept, in bytes. */
export const TEXT_MAX = 256 * 1024;
/** Bytes of texts kept of one entry. */
const ENTRY_TEXT_MAX = 1024 * 1024;
/** Deepest nesting; HAR needs eight. */
const DEPTH_MAX = 128;
/** Most elements of one list, names of one object. */
const MEMBERS_MAX = 4096;
/** Longest number. */
const NUMBER_MAX = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LF = 0x0a;

interface Frame {
  readonly isList: boolean;
  /** What it becomes; null: not kept. */
  readonly value: JsonObject | JsonList | null;
  /** Name of the next member; null while one is expected. */
  key: string | null;
}

export interface HarEntry {
  readonly value: JsonObject;
  /** Line of the file at which it begins, from 1. */
  readonly line: number;
  /** A text in it was longer than {@link TEXT_MAX}. */
  readonly isCut: boolean;
}

export class JsonEntries {
  /** Line feeds so far. */
  lines = 0;
  private readonly sink: (entry: HarEntry) => void;
  private readonly stack: Frame[] = [];
  private isText = false;
  private textLength = 0;
  private isEscaped = false;
  private token = '';
  private begin = 0;
  private kept = 0;
  private isCut = false;
  private isBroken = false;
  private hasEnded = false;
  private buffer = Buffer.alloc(4096);

  constructor(sink: (entry: HarEntry) => void) {
    this.sink = sink;
  }

  /** `cut`: it ends in the middle. `damaged`: it is no JSON. */
  get failed(): 'cut' | 'damaged' | null {
    if (this.isBroken) return 'damaged';
    return this.hasEnded ? null : 'cut';
  }

  push(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length && !this.isBroken; i++) {
      const byte = bytes[i] as number;
      if (byte === LF) this.lines++;
      if (this.isText) i = this.inText(bytes, i);
      else this.outside(byte);
    }
  }

  /** Inside quotes: takes as much as there is. @returns the place of the last byte taken */
  private inText(bytes: Uint8Array, from: number): number {
    let i = from;
    for (; i < bytes.length; i++) {
      const byte = bytes[i] as number;
      // Line feeds do not stand in JSON texts; in broken ones they count all the same.
      if (byte === LF && i > from) this.lines++;
      if (this.isEscaped) this.isEscaped = false;
      else if (byte === BACKSLASH) this.isEscaped = true;
      else if (byte === QUOTE) {
        this.endText();
        return i;
      }
      if (this.textLength < TEXT_MAX) {
        if (this.textLength === this.buffer.length) {
          const larger = Buffer.alloc(this.buffer.length * 4);
          this.buffer.copy(larger);
          this.buffer = larger;
        }
        this.buffer[this.textLength++] = byte;
      } else this.isCut = true;
    }
    return i;
  }

  private endText(): void {
    this.isText = false;
    const frame = this.stack.at(-1);
    if (frame === undefined) return;
    const isKey = !frame.isList && frame.key === null;
    const isWanted = isKey || this.isKept(frame);
    const raw = isWanted ? this.buffer.toString('utf8', 0, this.textLength) : '';
    if (isKey) frame.key = unescaped(raw.slice(0, 256));
    else if (isWanted && this.kept < ENTRY_TEXT_MAX) {
      this.kept += this.textLength;
      this.value(unescaped(raw));
    } else this.value(null);
  }

  private isKept(frame: Frame): boolean {
    return frame.value !== null;
  }

  private outside(byte: number): void {
    switch (byte) {
      case QUOTE:
        this.isText = true;
        this.textLength = 0;
        return;
      case 0x7b:
      case 0x5b:
        this.open(byte === 0x5b);
        return;
      case 0x7d:
      case 0x5d:
        this.flushToken();
        this.close(byte === 0x5d);
        return;
      case 0x2c:
        this.flushToken();
        return;
      case 0x3a:
      case 0x20:
      case 0x09:
      case 0x0d:
      case LF:
        return;
      default:
        // Numbers, true, false, null; a mark of UTF-8 in front.
        if (this.stack.length === 0 || byte < 0x20) {
          if (byte !== 0xef && byte !== 0xbb && byte !== 0xbf) this.isBroken = !this.hasEnded;
          return;
        }
        if (this.token.length < NUMBER_MAX) this.token += String.fromCharCode(byte);
    }
  }

  private flushToken(): void {
    if (this.token === '') return;
    const number = Number(this.token);
    this.value(
      this.token === 'true' ? true : this.token === 'false' ? false : Number.isFinite(number) ? number : null,
    );
    this.token = '';
  }

  private open(isList: boolean): void {
    const parent = this.stack.at(-1);
    if (this.stack.length >= DEPTH_MAX || (parent !== undefined && !parent.isList && parent.key === null)) {
      this.isBroken = true;
      return;
    }
    const isEntry = this.stack.length === 3 && this.inEntries() && !isList;
    if (isEntry) {
      this.begin = this.lines + 1;
      this.kept = 0;
      this.isCut = false;
    }
    const keep = isEntry || (parent !== undefined && parent.value !== null);
    this.stack.push({ isList, value: keep ? (isList ? [] : new Map()) : null, key: null });
  }

  /** At `log.entries`. */
  private inEntries(): boolean {
    const [root, log, entries] = this.stack;
    return root?.key === 'log' && log?.key === 'entries' && entries?.isList === true;
  }

  private close(isList: boolean): void {
    const frame = this.stack.pop();
    if (frame === undefined || frame.isList !== isList) {
      this.isBroken = true;
      return;
    }
    if (this.stack.length === 3 && this.inEntries() && frame.value instanceof Map)
      this.sink({ value: frame.value, line: this.begin, isCut: this.isCut });
    else this.value(frame.value);
    if (this.stack.length === 0) this.hasEnded = true;
  }

  private value(value: Json): void {
    const frame = this.stack.at(-1);
    if (frame === undefined) return;
    if (frame.isList) {
      if (Array.isArray(frame.value) && frame.value.length < MEMBERS_MAX) frame.value.push(value);
      return;
    }
    if (frame.key !== null && frame.value instanceof Map && frame.value.size < MEMBERS_MAX)
      frame.value.set(frame.key, value);
    frame.key = null;
  }
}

/** A text of JSON without its escapes; broken ones stay as they are. */
function unescaped(raw: string): string {
  if (!raw.includes('\\')) return raw;
  return raw.replace(/\\(?:u([0-9a-fA-F]{4})|(["\\/bfnrt]))/g, (_, hex?: string, one?: string) =>
    hex === undefined ? (ESCAPES[one as string] as string) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
