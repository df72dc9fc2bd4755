/**
 * A zip without its end: the list of its members stands there, but each member has a head of its own (APPNOTE 4.3.7).
 * What a broken download brought is read from head to head; of the last member as much as there is.
 */
import { Readable } from 'node:stream';
import { constants, createInflateRaw } from 'node:zlib';

export interface CutMember {
  readonly name: string;
  /** Bytes that it takes in the archive. */
  readonly packed: number;
  readonly isEncrypted: boolean;
  /** Null: packed in a way that is not known. */
  readonly open: (() => AsyncIterable<Uint8Array>) | null;
}

const HEAD = Buffer.from('PK\u0003\u0004', 'latin1');
const HEAD_BYTES = 30;
const ENCRYPTED = 1;
/** The size stands behind the member, not in its head. */
const SIZE_BEHIND = 8;
const STORED = 0;
const DEFLATED = 8;

export function* membersOfCutZip(bytes: Buffer): Generator<CutMember> {
  let at = bytes.indexOf(HEAD);
  while (at !== -1 && at + HEAD_BYTES <= bytes.length) {
    const flags = bytes.readUInt16LE(at + 6);
    const method = bytes.readUInt16LE(at + 8);
    const size = bytes.readUInt32LE(at + 18);
    const nameEnd = at + HEAD_BYTES + bytes.readUInt16LE(at + 26);
    const from = nameEnd + bytes.readUInt16LE(at + 28);
    if (from > bytes.length) return;
    const isSized = (flags & SIZE_BEHIND) === 0 && size !== 0xffffffff;
    const next = bytes.indexOf(HEAD, isSized ? Math.min(bytes.length, from + size) : from);
    const to = isSized ? Math.min(bytes.length, from + size) : next === -1 ? bytes.length : next;
    const packed = bytes.subarray(from, to);
    yield {
      name: bytes.toString('utf8', at + HEAD_BYTES, nameEnd),
      packed: packed.length,
      isEncrypted: (flags & ENCRYPTED) !== 0,
      open:
        method === DEFLATED
          ? () => inflated(packed)
          : method === STORED && isSized
            ? () => Readable.from([packed])
            : null,
    };
    at = next;
  }
}

/** A stream that may end in the middle: what came before counts. */
function inflated(packed: Buffer): AsyncIterable<Uint8Array> {
  const stream = createInflateRaw({ finishFlush: constants.Z_SYNC_FLUSH });
  stream.end(packed);
  return stream;
}
