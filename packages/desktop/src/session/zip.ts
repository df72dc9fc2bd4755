/** A zip with one text in it (APPNOTE 4.3), compressed by the browser. */

const LOCAL_FILE = 0x04034b50;
const DIRECTORY_ENTRY = 0x02014b50;
const END_OF_DIRECTORY = 0x06054b50;
/** Version 2.0: deflate. */
const VERSION = 20;
/** The name is UTF-8. */
const FLAGS = 0x0800;
const DEFLATE = 8;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest >>> 0;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ byte) & 0xff] as number);
  return (crc ^ 0xffffffff) >>> 0;
}

/** Null: a browser that cannot compress. */
export async function zipOf(name: string, text: string, wallMs: number): Promise<Uint8Array | null> {
  const plain = new TextEncoder().encode(text);
  const packed = await deflated(plain);
  if (packed === null) return null;
  const fileName = new TextEncoder().encode(name);
  // What the local header and the directory say of the file alike.
  const facts: Field[] = [
    [2, VERSION],
    [2, FLAGS],
    [2, DEFLATE],
    ...dosTime(new Date(wallMs)),
    [4, crc32(plain)],
    [4, packed.length],
    [4, plain.length],
    [2, fileName.length],
    [2, 0],
  ];
  const local = joined(fields([[4, LOCAL_FILE], ...facts]), fileName, packed);
  const entry = joined(
    fields([[4, DIRECTORY_ENTRY], [2, VERSION], ...facts, [2, 0], [2, 0], [2, 0], [4, 0], [4, 0]]),
    fileName,
  );
  const end = fields([
    [4, END_OF_DIRECTORY],
    [2, 0],
    [2, 0],
    [2, 1],
    [2, 1],
    [4, entry.length],
    [4, local.length],
    [2, 0],
  ]);
  return joined(local, entry, end);
}

async function deflated(bytes: Uint8Array): Promise<Uint8Array | null> {
  if (typeof CompressionStream === 'undefined') return null;
  let stream: CompressionStream;
  try {
    stream = new CompressionStream('deflate-raw');
  } catch {
    // Browsers of 2022 know `deflate` and `gzip` only.
    return null;
  }
  const packed = new Response(new Blob([bytes as BlobPart]).stream().pipeThrough(stream));
  return new Uint8Array(await packed.arrayBuffer());
}

/** Bytes and value, lowest byte first. */
type Field = readonly [bytes: number, value: number];

function fields(all: readonly Field[]): Uint8Array {
  return Uint8Array.from(
    all.flatMap(([bytes, value]) => Array.from({ length: bytes }, (_, k) => (value >>> (8 * k)) & 0xff)),
  );
}

/** Local time and date, in steps of two seconds. */
function dosTime(at: Date): Field[] {
  return [
    [2, (at.getHours() << 11) | (at.getMinutes() << 5) | (at.getSeconds() >> 1)],
    [2, ((Math.max(1980, at.getFullYear()) - 1980) << 9) | ((at.getMonth() + 1) << 5) | at.getDate()],
  ];
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
