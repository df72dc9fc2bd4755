/** A tar archive (ustar, POSIX.1-1988; a path too long for it goes into a pax header, POSIX.1-2001), piece by piece. */

const BLOCK = 512;

export interface TarEntry {
  /** With `/`. */
  readonly path: string;
  readonly bytes: number;
  /** Wall ms. */
  readonly changedAt: number;
  /** At most `bytes` of it are taken; what is missing, because the file became shorter, is filled with zeros. */
  content(): AsyncIterable<Uint8Array>;
}

/** The bytes of the archive. */
export async function* tar(
  entries: Iterable<TarEntry> | AsyncIterable<TarEntry>,
): AsyncGenerator<Uint8Array> {
  for await (const entry of entries) {
    const place = placeOf(entry.path);
    if (place === null) {
      const record = paxRecord('path', entry.path);
      yield header({ prefix: '', name: 'pax', bytes: record.length, changedAt: entry.changedAt, type: 'x' });
      yield record;
      yield padding(record.length);
    }
    const { prefix, name } = place ?? { prefix: '', name: 'long-path' };
    yield header({ prefix, name, bytes: entry.bytes, changedAt: entry.changedAt, type: '0' });
    let left = entry.bytes;
    for await (const chunk of entry.content()) {
      const part = chunk.length > left ? chunk.subarray(0, left) : chunk;
      left -= part.length;
      if (part.length > 0) yield part;
      if (left === 0) break;
    }
    for (; left > 0; left -= Math.min(left, BLOCK)) yield new Uint8Array(Math.min(left, BLOCK));
    yield padding(entry.bytes);
  }
  yield new Uint8Array(2 * BLOCK);
}

/** A path as ustar has it: at most 100 bytes, or 155 and 100 parted at a slash. */
function placeOf(path: string): { readonly prefix: string; readonly name: string } | null {
  if (Buffer.byteLength(path) <= 100) return { prefix: '', name: path };
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
    if (Buffer.byteLength(prefix) > 155) break;
    if (name !== '' && Buffer.byteLength(name) <= 100) return { prefix, name };
  }
  return null;
}

/** The length that begins the record counts itself. */
function paxRecord(key: string, value: string): Buffer {
  const rest = ` ${key}=${value}\n`;
  let length = Buffer.byteLength(rest) + 1;
  while (length !== Buffer.byteLength(rest) + String(length).length)
    length = Buffer.byteLength(rest) + String(length).length;
  return Buffer.from(`${length}${rest}`);
}

function header({
  prefix,
  name,
  bytes,
  changedAt,
  type,
}: {
  readonly prefix: string;
  readonly name: string;
  readonly bytes: number;
  readonly changedAt: number;
  readonly type: '0' | 'x';
}): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, digits: number): string =>
    `${Math.max(0, Math.floor(value)).toString(8).padStart(digits, '0')}\0`;
  block.write(name, 0, 100);
  block.write(octal(0o640, 7), 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(bytes, 11), 124);
  block.write(octal(changedAt / 1000, 11), 136);
  block.write('        ', 148);
  block.write(type, 156);
  block.write('ustar\x0000', 257);
  block.write(prefix, 345, 155);
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

const padding = (bytes: number): Uint8Array => new Uint8Array((BLOCK - (bytes % BLOCK)) % BLOCK);
