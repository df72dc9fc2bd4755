/**
 * Where the tracer's bytes come from: files, folders, the standard input, gz, tar and zip, also one within the other.
 * Nothing is unpacked to the disk. Archives may be hostile, so what comes out of them is bounded.
 */
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type Case, SAZ_PART_MAX, type SazPart, sazPart } from '@poise/trace';
import { extract } from 'tar-stream';
import yauzl from 'yauzl';
import { membersOfCutZip } from './cut-zip.ts';

/** Archives within archives, at most; folders within folders. */
const NESTED_MAX = 3;
const DEPTH_MAX = 16;
/** Files of one run. */
const FILES_MAX = 50_000;
/** Bytes of one run, unpacked. */
const BYTES_MAX = 64 * 2 ** 30;
/** A file that unpacks to more than this, and by more than this factor, is a bomb: logs do not compress that well. */
const BOMB_MIN = 64 * 2 ** 20;
const BOMB_FACTOR = 400;
/** A zip within an archive is held in memory: packed, at most so large. */
const INNER_ZIP_MAX = 256 * 2 ** 20;

type Chunks = AsyncIterable<Uint8Array>;

/** Why something was given up; an id of the tracer's messages. */
class GivenUp extends Error {
  readonly reason: string;
  constructor(reason: string) {
    super(reason);
    this.reason = reason;
  }
}

export class TraceInput {
  private readonly trace: Case;
  private readonly cwd: string;
  private files = 0;
  private bytes = 0;

  constructor(trace: Case, cwd: string) {
    this.trace = trace;
    this.cwd = cwd;
  }

  /** Reads what a path names; `-` is the standard input. @returns false when there is no such path */
  async path(path: string, stdin: Readable): Promise<boolean> {
    if (path === '-') {
      await this.guarded('-', stdin, 0);
      return true;
    }
    let real: string;
    try {
      real = await realpath(path);
    } catch {
      return false;
    }
    await this.walk(real, 0);
    return true;
  }

  private name(path: string): string {
    const short = relative(this.cwd, path);
    return short === '' || short.startsWith('..') ? path : short.split(sep).join('/');
  }

  private async walk(path: string, depth: number): Promise<void> {
    if (this.files >= FILES_MAX) return;
    const status = await lstat(path).catch(() => null);
    if (status === null) {
      this.trace.open(this.name(path)).fail('unreadable');
      return;
    }
    if (status.isDirectory()) {
      if (depth >= DEPTH_MAX) return;
      let names: string[];
      try {
        names = await readdir(path);
      } catch {
        this.trace.open(this.name(path)).fail('unreadable');
        return;
      }
      // In one order on every machine: the same folder gives the same report.
      for (const name of names.sort()) await this.walk(join(path, name), depth + 1);
      return;
    }
    // Links inside a folder lead elsewhere, and devices never end.
    if (!status.isFile()) return;
    if (onlyName(path)) {
      this.trace.open(this.name(path)).end();
      return;
    }
    if (await isZip(path)) await this.zipFile(path);
    else await this.guarded(this.name(path), createReadStream(path, { highWaterMark: 1 << 20 }), 0);
  }

  private async guarded(name: string, chunks: Chunks, nested: number): Promise<void> {
    try {
      await this.stream(name, chunks, nested);
    } catch (error) {
      this.trace.open(name).fail(error instanceof GivenUp ? error.reason : 'damaged');
    }
  }

  /** What the first bytes say it is, it is, whatever the name says. */
  private async stream(name: string, chunks: Chunks, nested: number): Promise<void> {
    const { head, all } = await withHead(chunks);
    const gz = head[0] === 0x1f && head[1] === 0x8b;
    const zip = head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4;
    const tar = head.length >= 262 && head.subarray(257, 262).toString('latin1') === 'ustar';
    if ((gz || zip || tar) && nested >= NESTED_MAX) throw new GivenUp('limit');
    if (gz) await this.gunzip(name.replace(/\.gz$/i, '').replace(/\.tgz$/i, '.tar'), all, nested + 1);
    else if (tar) await this.tar(name, all, nested + 1);
    else if (zip) await this.innerZip(name, all, nested + 1);
    else await this.plain(name, all);
  }

  private async plain(name: string, chunks: Chunks): Promise<void> {
    if (++this.files > FILES_MAX) throw new GivenUp('limit');
    const reader = this.trace.open(name);
    try {
      for await (const chunk of chunks) {
        this.bytes += chunk.byteLength;
        if (this.bytes > BYTES_MAX) throw new GivenUp('limit');
        reader.push(chunk);
      }
      reader.end();
    } catch (error) {
      // What was read of it counts; that it broke off is said.
      reader.fail(error instanceof GivenUp ? error.reason : 'damaged');
    }
  }

  private async gunzip(name: string, chunks: Chunks, nested: number): Promise<void> {
    let packed = 0;
    const source = Readable.from(
      (async function* () {
        for await (const chunk of chunks) {
          packed += chunk.byteLength;
          yield chunk;
        }
      })(),
    );
    const unpacked = createGunzip();
    source.on('error', (error) => unpacked.destroy(error));
    source.pipe(unpacked);
    await this.guarded(
      name,
      bounded(unpacked, () => packed),
      nested,
    );
  }

  private async tar(name: string, chunks: Chunks, nested: number): Promise<void> {
    const entries = extract();
    const source = Readable.from(chunks);
    source.on('error', (error) => entries.destroy(error));
    source.pipe(entries);
    for await (const entry of entries) {
      const inner = `${name}!${entry.header.name}`;
      if (entry.header.type === 'file' && isUnsafe(entry.header.name))
        this.trace.open(inner).fail('unsafePath');
      else if (entry.header.type === 'file' && onlyName(entry.header.name)) this.trace.open(inner).end();
      else if (entry.header.type === 'file') await this.guarded(inner, entry as unknown as Chunks, nested);
      entry.resume();
    }
  }

  private async zipFile(path: string): Promise<void> {
    const name = this.name(path);
    try {
      let file: yauzl.ZipFile;
      try {
        file = await opened((done) => yauzl.open(path, ZIP_OPTIONS, done));
      } catch (error) {
        if ((await lstat(path)).size > INNER_ZIP_MAX) throw error;
        await this.cutZip(name, await readFile(path), 1);
        return;
      }
      await this.zip(name, file, 1);
    } catch (error) {
      this.trace.open(name).fail(error instanceof GivenUp ? error.reason : 'damaged');
    }
  }

  private async innerZip(name: string, chunks: Chunks, nested: number): Promise<void> {
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of chunks) {
      size += chunk.byteLength;
      if (size > INNER_ZIP_MAX) throw new GivenUp('limit');
      parts.push(chunk);
    }
    const bytes = Buffer.concat(parts);
    let file: yauzl.ZipFile;
    try {
      file = await opened((done) => yauzl.fromBuffer(bytes, ZIP_OPTIONS, done));
    } catch {
      await this.cutZip(name, bytes, nested);
      return;
    }
    await this.zip(name, file, nested);
  }

  /** A zip whose list of members is lost: they are read one after the other, and the archive is named as damaged. */
  private async cutZip(name: string, bytes: Buffer, nested: number): Promise<void> {
    this.trace.open(name).fail('damaged');
    let count = 0;
    for (const member of membersOfCutZip(bytes)) {
      if (++count > FILES_MAX) throw new GivenUp('limit');
      if (member.name.endsWith('/')) continue;
      const inner = `${name}!${member.name}`;
      if (isUnsafe(member.name)) this.trace.open(inner).fail('unsafePath');
      else if (onlyName(member.name)) this.trace.open(inner).end();
      else if (member.isEncrypted) this.trace.open(inner).fail('encrypted');
      else if (member.open === null) this.trace.open(inner).fail('damaged');
      else
        await this.guarded(
          inner,
          bounded(member.open(), () => member.packed),
          nested,
        );
    }
  }

  private async zip(name: string, file: yauzl.ZipFile, nested: number): Promise<void> {
    // A Fiddler archive is a zip; its parts belong together.
    let saz: ReturnType<Case['openSaz']> | null = null;
    const read = async (entry: yauzl.Entry) => {
      const inside = (entry.fileName as unknown as Buffer).toString('utf8');
      const part = sazPart(inside);
      if (part === null || isUnsafe(inside)) {
        if (!BESIDE_SAZ.test(inside)) await this.zipEntry(name, file, entry, nested);
        return;
      }
      saz ??= this.trace.openSaz(name);
      await this.sazEntry(saz, file, entry, part);
    };
    await new Promise<void>((resolve, reject) => {
      file.on('error', reject);
      file.on('end', resolve);
      file.on('entry', (entry: yauzl.Entry) => {
        read(entry).then(() => file.readEntry(), reject);
      });
      file.readEntry();
    }).finally(() => {
      saz?.end();
      file.close();
    });
  }

  /** One part of a session, as far as it is looked at. */
  private async sazEntry(
    saz: ReturnType<Case['openSaz']>,
    file: yauzl.ZipFile,
    entry: yauzl.Entry,
    part: SazPart,
  ): Promise<void> {
    if ((entry.generalPurposeBitFlag & 1) !== 0) {
      saz.fail('encrypted');
      return;
    }
    const parts: Buffer[] = [];
    let size = 0;
    try {
      const stream = await opened<Readable>((done) => file.openReadStream(entry, done));
      for await (const chunk of stream) {
        parts.push(chunk as Buffer);
        size += (chunk as Buffer).length;
        if (size >= SAZ_PART_MAX) break;
      }
    } catch {
      saz.fail('damaged');
    }
    this.bytes += size;
    if (this.bytes > BYTES_MAX) throw new GivenUp('limit');
    saz.part(part, Buffer.concat(parts).subarray(0, SAZ_PART_MAX));
  }

  private async zipEntry(
    name: string,
    file: yauzl.ZipFile,
    entry: yauzl.Entry,
    nested: number,
  ): Promise<void> {
    // Names are not decoded by the library, because it gives up a whole archive for one bad name.
    const inside = (entry.fileName as unknown as Buffer).toString('utf8');
    if (inside.endsWith('/')) return;
    const inner = `${name}!${inside}`;
    if (isUnsafe(inside)) this.trace.open(inner).fail('unsafePath');
    else if (onlyName(inside)) this.trace.open(inner).end();
    else if ((entry.generalPurposeBitFlag & 1) !== 0) this.trace.open(inner).fail('encrypted');
    else {
      try {
        const stream = await opened<Readable>((done) => file.openReadStream(entry, done));
        await this.guarded(
          inner,
          bounded(stream, () => entry.compressedSize),
          nested,
        );
      } catch {
        this.trace.open(inner).fail('damaged');
      }
    }
  }
}

/** What stands in a Fiddler archive, and other zips of its kind, beside the sessions. */
const BESIDE_SAZ = /^(?:\[Content_Types\]\.xml|_index\.html?)$/i;

const ZIP_OPTIONS = { lazyEntries: true, autoClose: false, decodeStrings: false, validateEntrySizes: true };

function opened<T>(open: (done: (error: Error | null, value?: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    open((error, value) =>
      error === null && value !== undefined ? resolve(value) : reject(error ?? new Error()),
    );
  });
}

/** Core files and heap dumps: their names say what there is to know. */
const onlyName = (path: string): boolean =>
  /(?:^|[/\\])core\.\d+\.\d+\.[^/\\]+\.\d{10}$|\.hprof$/i.test(path);

/** Nothing is written, so such names do no harm; whoever packed them may mean some. */
const isUnsafe = (name: string): boolean =>
  /^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)/.test(name) || name.includes('\0');

async function* bounded(chunks: Chunks, packed: () => number): Chunks {
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.byteLength;
    if (size > BOMB_MIN && size > packed() * BOMB_FACTOR) throw new GivenUp('limit');
    yield chunk;
  }
}

async function isZip(path: string): Promise<boolean> {
  for await (const chunk of createReadStream(path, { end: 3 }))
    return (chunk as Buffer).toString('latin1') === 'PK\u0003\u0004';
  return false;
}

/** The first bytes, enough to tell what it is, and the whole from the beginning. */
async function withHead(chunks: Chunks): Promise<{ head: Buffer; all: Chunks }> {
  const iterator = chunks[Symbol.asyncIterator]();
  const begun: Uint8Array[] = [];
  let size = 0;
  while (size < 512) {
    const { done, value } = await iterator.next();
    if (done === true) break;
    begun.push(value);
    size += value.byteLength;
  }
  const all = (async function* () {
    yield* begun;
    while (true) {
      const { done, value } = await iterator.next();
      if (done === true) return;
      yield value;
    }
  })();
  return { head: Buffer.concat(begun.map((part) => part.subarray(0, 512))), all };
}
