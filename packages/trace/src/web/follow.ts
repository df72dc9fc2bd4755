/**
 * What `tshark -z follow,…` prints of a stream (`ascii` or `raw`): a head, then each piece of data. Of `ascii` a length stands before
 * each, with a tab in front where the server sent it; of `raw` each is a line of hexadecimal digits. What is left is the stream itself.
 */
import type { HttpTextReader } from './http-text.ts';

const BEGIN = /^\s*(?:=+\r?\n)?Follow: (?:tcp|tls|ssl|http),(ascii|raw)\r?\n/;
/** Longest line of `raw`: two digits for each byte of a piece, and some room. */
const LINE_MAX = 512 * 1024;

/** Text of `tshark -z follow` begins so. */
export const isFollow = (head: string): boolean => BEGIN.test(head);

/** Hands the data of both directions to a reader of HTTP, in the order in which they went. */
export class FollowReader {
  private readonly inner: HttpTextReader;
  /** Lines of the file so far. */
  private lines = 0;
  private isRaw = false;
  private isData = false;
  private line: number[] = [];
  /** Bytes of a piece of `ascii` that are still to come. */
  private left = 0;

  constructor(inner: HttpTextReader) {
    this.inner = inner;
  }

  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      if (this.left > 0) {
        const end = Math.min(bytes.length, at + this.left);
        const data = bytes.subarray(at, end);
        for (const byte of data) if (byte === 10) this.lines++;
        this.inner.push(data);
        this.left -= end - at;
        at = end;
        continue;
      }
      const byte = bytes[at++] as number;
      if (byte !== 10) {
        if (this.line.length < LINE_MAX) this.line.push(byte);
        continue;
      }
      this.lines++;
      const text = Buffer.from(this.line).toString('latin1').trim();
      this.line = [];
      this.whole(text);
    }
  }

  end(): void {
    this.inner.mark(this.lines);
    this.inner.end();
  }

  private whole(text: string): void {
    if (!this.isData) {
      if (text.startsWith('Follow: ')) this.isRaw = text.endsWith(',raw');
      this.isData = /^Node 1: /.test(text);
    } else if (this.isRaw) {
      if (!/^(?:[0-9a-f]{2})+$/i.test(text)) return;
      this.inner.mark(this.lines);
      this.inner.push(Buffer.from(text, 'hex'));
    } else if (/^\d{1,9}$/.test(text)) {
      this.left = Number(text);
      this.inner.mark(this.lines + 1);
    }
    // The line that ends it; another stream may follow.
    else if (text.startsWith('=====')) this.isData = false;
  }
}
