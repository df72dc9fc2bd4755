/** The lines of a file, in portions, without ever holding the file or a line without end. */
import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { promisify } from 'node:util';
import yauzl from 'yauzl';

const CHUNK_BYTES = 256 * 1024;
/** What a longer line has more is left out, and said. */
export const LINE_MAX = 65_536;

/**
 * Portions of complete lines, without their ends.
 * @param from first byte
 */
export const linesOf = (handle: FileHandle, from = 0): AsyncGenerator<readonly string[]> =>
  linesIn(chunksOf(handle, from));

/**
 * Those of the files in a ZIP, one after the other; nothing is unpacked to the disk. Of a damaged archive, what can be read; encrypted
 * members are left out.
 */
export async function* linesOfZip(handle: FileHandle): AsyncGenerator<readonly string[]> {
  let zip: yauzl.ZipFile;
  try {
    zip = await promisify<number, yauzl.Options, yauzl.ZipFile>(yauzl.fromFd)(handle.fd, {
      lazyEntries: true,
      autoClose: false,
      decodeStrings: false,
    });
  } catch {
    return;
  }
  for (;;) {
    const entry = await nextEntry(zip);
    if (entry === null) return;
    if ((entry.generalPurposeBitFlag & 1) !== 0) continue;
    try {
      yield* linesIn(await promisify<yauzl.Entry, Readable>(zip.openReadStream.bind(zip))(entry));
    } catch {
      // Damaged from here on; the next one may be whole.
    }
  }
}

/** @returns null: there is none any more, or the list of them is damaged */
const nextEntry = (zip: yauzl.ZipFile): Promise<yauzl.Entry | null> =>
  new Promise((resolve) => {
    const settle = (entry: yauzl.Entry | null) => {
      zip.removeAllListeners();
      resolve(entry);
    };
    zip.on('entry', settle);
    zip.on('end', () => settle(null));
    zip.on('error', () => settle(null));
    zip.readEntry();
  });

async function* chunksOf(handle: FileHandle, from: number): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let position = from; ; ) {
    const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function* linesIn(chunks: AsyncIterable<Buffer>): AsyncGenerator<readonly string[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let cut = 0;
  const whole = (): string => {
    const line = cut === 0 ? rest : `${rest}… (${cut} characters more)`;
    rest = '';
    cut = 0;
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  };
  const add = (text: string): void => {
    const room = LINE_MAX - rest.length;
    rest += text.slice(0, Math.max(0, room));
    cut += Math.max(0, text.length - room);
  };
  for await (const chunk of chunks) {
    const pieces = decoder.write(chunk).split('\n');
    const lines: string[] = [];
    for (const [index, piece] of pieces.entries()) {
      add(piece);
      if (index < pieces.length - 1) lines.push(whole());
    }
    if (lines.length > 0) yield lines;
  }
  add(decoder.end());
  if (rest !== '' || cut > 0) yield [whole()];
}
