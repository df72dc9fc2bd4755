/** Which reader a file needs: what its first bytes say it is, it is, whatever its name says. */
import { CaptureReader } from './capture/capture.ts';
import { isCapture } from './capture/pcap.ts';
import type { Entry, FileReport } from './entry.ts';
import type { Found } from './facts.ts';
import { Segmenter } from './segmenter.ts';
import { FollowReader, isFollow } from './web/follow.ts';
import { HarReader, isHar } from './web/har.ts';
import { HttpTextReader, isHttp } from './web/http-text.ts';

export interface Reader {
  push(bytes: Uint8Array): void;
  end(): void;
}

export interface Sinks {
  /** Entries of logs, of which the facts are still to be made. */
  readonly entry: (entry: Entry) => void;
  readonly found: (found: Found) => void;
  readonly ctiPorts: readonly number[];
}

/** Bytes that decide. */
const HEAD = 512;

/** A reader for one file, chosen when enough of it is there. */
export function readerFor(report: FileReport, sinks: Sinks): Reader {
  let head: Buffer | null = Buffer.alloc(0);
  let reader: Reader | null = null;
  const choose = (): Reader => {
    const begun = head as Buffer;
    head = null;
    reader = chosen(begun, report, sinks);
    reader.push(begun);
    return reader;
  };
  return {
    push: (bytes) => {
      if (reader !== null) {
        reader.push(bytes);
        return;
      }
      head = Buffer.concat([head as Buffer, bytes]);
      if (head.length >= HEAD) choose();
    },
    end: () => (reader ?? choose()).end(),
  };
}

function chosen(head: Buffer, report: FileReport, sinks: Sinks): Reader {
  if (isCapture(head)) {
    report.form = 'packets';
    return new CaptureReader(report, sinks.found, sinks.ctiPorts);
  }
  const text = head.toString('utf8', 0, HEAD);
  if (isHar(text)) return new HarReader(report, sinks.found);
  if (isFollow(text)) return new FollowReader(new HttpTextReader(report, sinks.found));
  if (isHttp(text)) return new HttpTextReader(report, sinks.found);
  return new Segmenter(report, sinks.entry);
}
