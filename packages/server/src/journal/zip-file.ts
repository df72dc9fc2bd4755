/** A full log file as a ZIP with one entry (APPNOTE 4.3), as the original keeps those of its webservices (admin.md 6). */
import { createReadStream } from 'node:fs';
import { open, rename, rm, stat, utimes } from 'node:fs/promises';
import { basename } from 'node:path';
import { constants, crc32, createDeflateRaw } from 'node:zlib';

const LOCAL = 0x04034b50;
const DESCRIPTOR = 0x08074b50;
const ENTRY = 0x02014b50;
const END = 0x06054b50;
/** 2.0: deflated. */
const VERSION = 20;
/** The sums stand behind the data; names are UTF-8. */
const FLAGS = 0x808;
const DEFLATED = 8;
/** Small ones cost more turns than work. */
const CHUNK_BYTES = 256 * 1024;
const SIZE_MAX = 0xffff_fffe;

/**
 * Packs a file into `<path>.zip` and removes it. Until that is done, what is written is `<path>.zip.part`; it is removed when
 * something fails.
 * @param mode of the new file @param signal gives the work up
 * @throws errors of the disk; AbortError; RangeError for a file of 4 GiB and more
 */
export async function zipFile(path: string, mode: number, signal?: AbortSignal): Promise<void> {
  const part = `${path}.zip.part`;
  const { size, mtime, atime } = await stat(path);
  if (size > SIZE_MAX) throw new RangeError(`${path} is too large for a ZIP`);
  try {
    const out = await open(part, 'w', mode);
    try {
      await write(out, path, mtime, signal);
    } finally {
      await out.close();
    }
    // By its time files are chosen and deleted: that of the lines, not of the packing.
    await utimes(part, atime, mtime);
    await rename(part, `${path}.zip`);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  await rm(path, { force: true });
}

async function write(
  out: Awaited<ReturnType<typeof open>>,
  path: string,
  time: Date,
  signal: AbortSignal | undefined,
): Promise<void> {
  const name = Buffer.from(basename(path), 'utf8');
  let at = 0;
  const put = async (...parts: readonly Buffer[]): Promise<void> => {
    for (const bytes of parts) {
      await out.writeFile(bytes);
      at += bytes.length;
    }
  };
  const head = headOf(time);
  await put(words([LOCAL, 4], ...head, [0, 4], [0, 4], [0, 4], [name.length, 2], [0, 2]), name);
  const begin = at;
  let sum = 0;
  let length = 0;
  // Logs are mostly repetition: the quickest level makes nearly as little of them.
  const deflate = createDeflateRaw({ level: constants.Z_BEST_SPEED, chunkSize: CHUNK_BYTES });
  const input = createReadStream(path, {
    highWaterMark: CHUNK_BYTES,
    ...(signal === undefined ? {} : { signal }),
  });
  input.on('data', (chunk) => {
    sum = crc32(chunk, sum);
    length += chunk.length;
  });
  input.once('error', (error) => deflate.destroy(error));
  for await (const bytes of input.pipe(deflate)) await put(bytes as Buffer);
  const sums = [
    [sum, 4],
    [at - begin, 4],
    [length, 4],
  ] as const;
  await put(words([DESCRIPTOR, 4], ...sums));
  const directory = at;
  await put(
    words([ENTRY, 4], [VERSION, 2], ...head, ...sums, [name.length, 2], [0, 4], [0, 4], [0, 4], [0, 4]),
    name,
  );
  await put(words([END, 4], [0, 4], [1, 2], [1, 2], [at - directory, 4], [directory, 4], [0, 2]));
}

/** Version, flags, method, time and date of MS-DOS, in two-second steps of the local time. */
function headOf(time: Date): ReadonlyArray<readonly [number, number]> {
  const clock = (time.getHours() << 11) | (time.getMinutes() << 5) | (time.getSeconds() >> 1);
  const date = (Math.max(0, time.getFullYear() - 1980) << 9) | ((time.getMonth() + 1) << 5) | time.getDate();
  return [
    [VERSION, 2],
    [FLAGS, 2],
    [DEFLATED, 2],
    [clock, 2],
    [date, 2],
  ];
}

/** Numbers of so many bytes each, the least significant first. */
function words(...numbers: ReadonlyArray<readonly [number, number]>): Buffer {
  const bytes = Buffer.alloc(numbers.reduce((sum, [, length]) => sum + length, 0));
  let at = 0;
  for (const [number, length] of numbers) at = bytes.writeUIntLE(number, at, length);
  return bytes;
}
