/** Reads the files of a ZIP (APPNOTE 4.3): stored or deflated, neither encrypted, nor split, nor ZIP64. */
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';

const inflate = promisify(inflateRaw);

export interface ZipFile {
  /** With `/` between its parts. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** What is handed over is no ZIP that this can read. */
export class ZipError extends Error {
  readonly code: 'NOT_A_ZIP' | 'TOO_LARGE';

  constructor(code: ZipError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

export interface ZipLimits {
  readonly files: number;
  /** Bytes of all files, unpacked. */
  readonly bytes: number;
}

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
const COMMENT_MAX = 65_535;
const ENCRYPTED = 1;
const UTF8 = 0x800;
const STORED = 0;
const DEFLATED = 8;
/** What stands in the place of a number that only ZIP64 can hold. */
const ELSEWHERE = 0xffff_ffff;

/**
 * Folders are left out; names are as they stand there, not judged.
 * @throws ZipError
 */
export async function readZip(zip: Buffer, limits: ZipLimits): Promise<readonly ZipFile[]> {
  const files: ZipFile[] = [];
  let left = limits.bytes;
  for (const entry of entriesOf(zip)) {
    if (entry.path.endsWith('/')) continue;
    if (files.length === limits.files) throw tooLarge();
    const bytes = await unpacked(zip, entry, left);
    left -= bytes.length;
    files.push({ path: entry.path, bytes });
  }
  return files;
}

interface Entry {
  readonly path: string;
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  readonly localAt: number;
}

function* entriesOf(zip: Buffer): Generator<Entry> {
  const end = endOf(zip);
  const count = zip.readUInt16LE(end + 10);
  let at = zip.readUInt32LE(end + 16);
  for (let k = 0; k < count; k++) {
    if (at + ENTRY_BYTES > end || zip.readUInt32LE(at) !== ENTRY) throw notAZip();
    const flags = zip.readUInt16LE(at + 8);
    const nameLength = zip.readUInt16LE(at + 28);
    const nameAt = at + ENTRY_BYTES;
    if ((flags & ENCRYPTED) !== 0 || nameAt + nameLength > end) throw notAZip();
    yield {
      path: nameOf(zip.subarray(nameAt, nameAt + nameLength), (flags & UTF8) !== 0),
      method: zip.readUInt16LE(at + 10),
      packed: zip.readUInt32LE(at + 20),
      size: zip.readUInt32LE(at + 24),
      localAt: zip.readUInt32LE(at + 42),
    };
    at = nameAt + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
}

function endOf(zip: Buffer): number {
  const last = zip.length - END_BYTES;
  for (let at = last; at >= 0 && at >= last - COMMENT_MAX; at--)
    if (zip.readUInt32LE(at) === END && zip.readUInt16LE(at + 20) === last - at) return at;
  throw notAZip();
}

async function unpacked(
  zip: Buffer,
  { method, packed, size, localAt }: Entry,
  left: number,
): Promise<Uint8Array> {
  if ([packed, size, localAt].includes(ELSEWHERE)) throw notAZip();
  if (localAt + LOCAL_BYTES > zip.length || zip.readUInt32LE(localAt) !== LOCAL) throw notAZip();
  const begin = localAt + LOCAL_BYTES + zip.readUInt16LE(localAt + 26) + zip.readUInt16LE(localAt + 28);
  if (begin + packed > zip.length) throw notAZip();
  if (size > left) throw tooLarge();
  const data = zip.subarray(begin, begin + packed);
  if (method === STORED) return data;
  if (method !== DEFLATED) throw notAZip();
  // What it says of its size is believed no further than this.
  const bytes =
    size === 0 ? Buffer.alloc(0) : await inflate(data, { maxOutputLength: size }).catch(() => null);
  if (bytes === null || bytes.length !== size) throw notAZip();
  return bytes;
}

/** Names of old programs are in whatever their system wrote, with its separators. */
function nameOf(bytes: Uint8Array, isUtf8: boolean): string {
  let name: string;
  try {
    name = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    if (isUtf8) throw notAZip();
    name = Buffer.from(bytes).toString('latin1');
  }
  return name.replaceAll('\\', '/');
}

const notAZip = () =>
  new ZipError('NOT_A_ZIP', 'This is no ZIP archive, or a damaged, encrypted or split one.');
const tooLarge = () => new ZipError('TOO_LARGE', 'The archive has too many files, or too large ones.');
