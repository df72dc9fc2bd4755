/**
 * One family's writer: lines go into a bounded queue and from there to the file in batches, so that a slow
 * disk costs lines, never time or memory. Failures of the disk are reported and tried again.
 */
import { join } from 'node:path';
import type { Clock, Timer } from '@poise/clock';
import type { Family } from './families.ts';
import type { LogFile, LogFileSystem } from './log-files.ts';
import type { Timestamps } from './timestamps.ts';

export interface LogStreamLimits {
  /** Lines that wait for the disk. */
  readonly queueLinesMax: number;
  /** Characters that wait for the disk. */
  readonly queueCharactersMax: number;
  /** Longest time from line to file, ms. */
  readonly flushMs: number;
  /** First pause after a failure, ms; doubles up to {@link retryMaxMs}. */
  readonly retryMs: number;
  readonly retryMaxMs: number;
  /** How often to look whether the file was deleted by somebody else, ms. */
  readonly recheckMs: number;
}

export const DEFAULT_STREAM_LIMITS: LogStreamLimits = {
  queueLinesMax: 20_000,
  queueCharactersMax: 8 * 1024 * 1024,
  flushMs: 50,
  retryMs: 1_000,
  retryMaxMs: 60_000,
  recheckMs: 10_000,
};

export interface LogStreamOptions {
  readonly family: Family;
  /** <data>/logs */
  readonly root: string;
  readonly clock: Clock;
  readonly files: LogFileSystem;
  readonly times: Timestamps;
  readonly limits?: Partial<LogStreamLimits>;
  /** First line of each new file. */
  readonly header?: (atMs: number) => string;
  /** The disk refuses; called once per failure. */
  readonly onFailure: (path: string, error: unknown) => void;
}

/** Lines that belong into one file, written together. */
interface Batch {
  /** The day for daily families, else empty. */
  readonly day: string;
  readonly at: number;
  lines: string[];
  characters: number;
  /** What is left to write after a failure. */
  rest?: Uint8Array;
}

const BATCH_CHARACTERS = 64 * 1024;
const MINUTE_MS = 60_000;

export class LogStream {
  readonly #options: LogStreamOptions;
  readonly #limits: LogStreamLimits;
  readonly #directory: string;
  #queue: Batch[] = [];
  #queuedLines = 0;
  #queuedCharacters = 0;
  #timer: Timer | undefined;
  #pumping: Promise<void> | undefined;
  #file: LogFile | undefined;
  #path = '';
  #size = 0;
  #day = '';
  #lastStamp = '';
  /** When that is, wall ms. */
  #lastStampAt = 0;
  #isFirst = true;
  #zipping: Promise<void> = Promise.resolve();
  readonly #giveUp = new AbortController();
  #checkedAt = 0;
  #failures = 0;
  #closed = false;
  #dropped = 0;

  constructor(options: LogStreamOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_STREAM_LIMITS, ...options.limits };
    this.#directory = join(options.root, options.family.directory);
  }

  /** Lines lost since the start: queue full, or the disk refused until the end. */
  get dropped(): number {
    return this.#dropped;
  }

  get queuedLines(): number {
    return this.#queuedLines;
  }

  /** The file that is written now; empty before the first line. */
  get path(): string {
    return this.#path;
  }

  /** The last attempt to write failed. */
  get failing(): boolean {
    return this.#failures > 0;
  }

  /** Takes one line without its line feed. Never waits, never throws; drops the line when the queue is full. */
  write(line: string, atMs: number): void {
    if (
      this.#closed ||
      this.#queuedLines >= this.#limits.queueLinesMax ||
      this.#queuedCharacters + line.length > this.#limits.queueCharactersMax
    ) {
      this.#dropped++;
      return;
    }
    const day = this.#options.family.naming.kind === 'daily' ? this.#options.times.date(atMs) : '';
    let batch = this.#queue.at(-1);
    if (
      batch === undefined ||
      batch.rest !== undefined ||
      batch.day !== day ||
      batch.characters >= BATCH_CHARACTERS
    ) {
      batch = { day, at: atMs, lines: [], characters: 0 };
      this.#queue.push(batch);
    }
    batch.lines.push(line);
    batch.characters += line.length + 1;
    this.#queuedLines++;
    this.#queuedCharacters += line.length;
    if (this.#timer === undefined && this.#pumping === undefined) this.#schedule(this.#limits.flushMs);
  }

  /** Writes what is queued now, as far as the disk allows. */
  async flush(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    await this.#pumping;
    this.#pump();
    await this.#pumping;
  }

  /** Flushes and closes; what the disk still refuses is lost and counted. */
  async close(): Promise<void> {
    if (this.#closed) return;
    await this.flush();
    this.#closed = true;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#dropped += this.#queuedLines;
    this.#queue = [];
    this.#queuedLines = 0;
    this.#queuedCharacters = 0;
    this.#giveUp.abort();
    await this.#zipping;
    await this.#closeFile();
  }

  #schedule(delayMs: number): void {
    this.#timer = this.#options.clock.schedule(delayMs, () => {
      this.#timer = undefined;
      this.#pump();
    });
  }

  #pump(): void {
    if (this.#pumping !== undefined || this.#queue.length === 0) return;
    this.#pumping = this.#drain().finally(() => {
      this.#pumping = undefined;
      if (this.#queue.length === 0 || this.#closed || this.#timer !== undefined) return;
      const pause =
        this.#failures === 0
          ? this.#limits.flushMs
          : Math.min(this.#limits.retryMaxMs, this.#limits.retryMs * 2 ** Math.min(this.#failures - 1, 16));
      this.#schedule(pause);
    });
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue[0] as Batch;
      // From here on the batch takes no more lines.
      batch.rest ??= Buffer.from(`${batch.lines.join('\n')}\n`, 'utf8');
      try {
        await this.#writeBatch(batch);
        this.#failures = 0;
      } catch (error) {
        this.#failures++;
        this.#options.onFailure(this.#path || this.#directory, error);
        await this.#closeFile();
        return;
      }
      this.#queue.shift();
      this.#queuedLines -= batch.lines.length;
      this.#queuedCharacters -= batch.characters - batch.lines.length;
    }
  }

  async #writeBatch(batch: Batch): Promise<void> {
    const { family, clock } = this.#options;
    const size = batch.rest?.byteLength ?? 0;
    if (this.#file !== undefined && clock.monotonic() - this.#checkedAt >= this.#limits.recheckMs) {
      this.#checkedAt = clock.monotonic();
      if (!(await this.#options.files.exists(this.#path))) await this.#closeFile();
    }
    if (this.#file === undefined || batch.day !== this.#day) await this.#openFile(batch.day, batch.at);
    if (this.#size > 0 && this.#size + size > family.fileBytesMax) await this.#rotate(batch);
    await this.#writeAll(batch);
  }

  async #writeAll(batch: Batch): Promise<void> {
    while (batch.rest !== undefined && batch.rest.byteLength > 0) {
      const written = await (this.#file as LogFile).write(batch.rest);
      if (written <= 0) throw new Error('The disk took no bytes.');
      this.#size += written;
      batch.rest = batch.rest.subarray(written);
    }
  }

  async #openFile(day: string, atMs: number): Promise<void> {
    const { files, family } = this.#options;
    await this.#closeFile();
    await files.makeDirectory(this.#directory);
    this.#day = day;
    this.#path = join(this.#directory, await this.#nameFor(day, atMs));
    this.#file = await files.open(this.#path);
    this.#size = this.#file.size;
    this.#checkedAt = this.#options.clock.monotonic();
    if (this.#size === 0 && this.#options.header !== undefined) {
      const header = Buffer.from(`${this.#options.header(atMs)}\n`, 'utf8');
      this.#size += await this.#file.write(header);
    }
    if (family.naming.kind !== 'fixed') await this.#prune();
  }

  async #nameFor(day: string, atMs: number): Promise<string> {
    const { naming, fileBytesMax } = this.#options.family;
    if (naming.kind === 'fixed') return naming.name;
    if (naming.kind === 'stamped') {
      // One file goes on after a failure; a new one is begun by #rotate only.
      if (this.#lastStamp === '') this.#stamp(atMs);
      const startup = naming.startup === true && this.#isFirst ? '.startup' : '';
      return `${naming.prefix}.${this.#lastStamp}${startup}.log`;
    }
    const taken = new Map(
      (await this.#options.files.list(this.#directory)).map((file) => [file.name, file.size]),
    );
    for (let part = 0; ; part++) {
      const name = part === 0 ? `${naming.prefix}.${day}.txt` : `${naming.prefix}.${day}.${part}.txt`;
      if ((taken.get(name) ?? 0) < fileBytesMax - BATCH_CHARACTERS || !taken.has(name)) return name;
    }
  }

  /** The next stamp: later than the last one, also where the clock was set back, or summer time has ended. */
  #stamp(atMs: number): void {
    const { times } = this.#options;
    let at = atMs;
    if (times.fileStamp(at) <= this.#lastStamp) at = this.#lastStampAt + 1;
    // An hour that comes twice: nobody looks at each of its milliseconds.
    while (times.fileStamp(at) <= this.#lastStamp) at += MINUTE_MS;
    this.#lastStamp = times.fileStamp(at);
    this.#lastStampAt = at;
  }

  async #rotate(batch: Batch): Promise<void> {
    const { files, family, clock } = this.#options;
    await this.#closeFile();
    if (family.naming.kind === 'stamped') {
      this.#stamp(clock.now());
      this.#isFirst = false;
      if (family.naming.zipped === true) this.#zip(this.#path);
    } else if (family.naming.kind === 'fixed') {
      await this.#shiftNumbered(family.naming.name);
    } else {
      await this.#openNextPart(family.naming.prefix, batch.day);
      await this.#prune();
      return;
    }
    await files.makeDirectory(this.#directory);
    await this.#openFile(batch.day, clock.now());
  }

  /** Packs a full file while the next one is written; one after the other, and what cannot be packed stays as it is. */
  #zip(path: string): void {
    const { files, onFailure } = this.#options;
    this.#zipping = this.#zipping.then(async () => {
      if (this.#giveUp.signal.aborted) return;
      try {
        await files.zip(path, this.#giveUp.signal);
      } catch (error) {
        // Of an old one that was deleted meanwhile, and at the end, there is nothing to say.
        const isGone = (error as NodeJS.ErrnoException).code === 'ENOENT';
        if (!isGone && !this.#giveUp.signal.aborted) onFailure(path, error);
      }
    });
  }

  /** `name` → `name.1` → `name.2` …; the last one allowed is deleted. */
  async #shiftNumbered(name: string): Promise<void> {
    const { files, family } = this.#options;
    const full = (n: number) => join(this.#directory, n === 0 ? name : `${name}.${n}`);
    const byCount = family.filesMax - 1;
    const bySize = Math.max(1, Math.floor(family.directoryBytesMax / family.fileBytesMax) - 1);
    const last = Math.min(byCount, bySize);
    await files.remove(full(last));
    for (let n = last - 1; n >= 0; n--) {
      if (await files.exists(full(n))) await files.rename(full(n), full(n + 1));
    }
  }

  async #openNextPart(prefix: string, day: string): Promise<void> {
    const taken = new Set((await this.#options.files.list(this.#directory)).map((file) => file.name));
    let part = 1;
    while (taken.has(`${prefix}.${day}.${part}.txt`)) part++;
    this.#path = join(this.#directory, `${prefix}.${day}.${part}.txt`);
    this.#file = await this.#options.files.open(this.#path);
    this.#size = this.#file.size;
  }

  /** Deletes the oldest files of this family beyond its caps, never the current one. */
  async #prune(): Promise<void> {
    const { files, family } = this.#options;
    if (family.naming.kind === 'fixed') return;
    const start = `${family.naming.prefix}.`;
    const own = (await files.list(this.#directory)).filter((file) => file.name.startsWith(start));
    // Stamps and days sort by time; parts of one day by their number. Stamps grow also when the clock is set back.
    const byName = family.naming.kind === 'stamped';
    own.sort(
      (a, b) =>
        (byName ? 0 : a.modifiedMs - b.modifiedMs) || a.name.localeCompare(b.name, 'en', { numeric: true }),
    );
    let bytes = own.reduce((sum, file) => sum + file.size, 0);
    let count = own.length;
    for (const file of own) {
      if (bytes <= family.directoryBytesMax - family.fileBytesMax && count <= family.filesMax) break;
      const path = join(this.#directory, file.name);
      if (path === this.#path) continue;
      await files.remove(path);
      bytes -= file.size;
      count--;
    }
  }

  async #closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    try {
      await file?.close();
    } catch {
      // The failure that matters was reported by the write.
    }
  }
}
