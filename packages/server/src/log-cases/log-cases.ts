/**
 * Cases: logs that an administrator uploaded to have them read by the tracer, and the reports that came of them. All of it lies in one folder,
 * which is emptied at the start; a case goes when nobody has touched it for an hour.
 */
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Clock, Timer } from '@poise/clock';
import type { TraceQuestion, Tracer } from './tracer.ts';

export const CASE_LIMITS = {
  cases: 8,
  filesPerCase: 200,
  /** Of all cases together. */
  bytes: 2_000_000_000,
  reportsPerCase: 20,
  idleMs: 60 * 60_000,
};
export type CaseLimits = typeof CASE_LIMITS;

/** The logs of this server itself. */
export const OWN_CASE = 'own';

export type CaseProblem =
  | 'NO_CASE'
  | 'NO_REPORT'
  | 'TOO_MANY_CASES'
  | 'TOO_MANY_FILES'
  | 'CASES_FULL'
  | 'TRACER_BUSY'
  | 'TRACER_FAILED';

export class CaseError extends Error {
  readonly code: CaseProblem;

  /** @param message of the tracer, where it has said one */
  constructor(code: CaseProblem, message: string = code) {
    super(message);
    this.code = code;
  }
}

export interface CaseFile {
  readonly name: string;
  readonly bytes: number;
}

interface LogCase {
  readonly id: string;
  readonly folder: string;
  readonly files: CaseFile[];
  /** Numbers of the reports that are kept, oldest first. */
  reports: number[];
  nextReport: number;
  timer: Timer | undefined;
}

export interface LogCasesOptions {
  /** A folder of its own: what is in it is deleted. */
  readonly root: string;
  /** Where this server's logs are; written out before they are read. */
  readonly ownLogs: { readonly folder: string; readonly flush: () => Promise<void> };
  readonly tracer: Tracer;
  readonly clock: Clock;
  readonly limits?: Partial<CaseLimits>;
}

export class LogCases {
  readonly #options: LogCasesOptions;
  readonly #limits: CaseLimits;
  readonly #cases = new Map<string, LogCase>();
  #bytes = 0;
  #isBusy = false;

  constructor(options: LogCasesOptions) {
    this.#options = options;
    this.#limits = { ...CASE_LIMITS, ...options.limits };
  }

  /** Empties the folder: cases do not outlive the process that knows them. */
  async open(): Promise<void> {
    await rm(this.#options.root, { recursive: true, force: true });
  }

  async close(): Promise<void> {
    for (const { timer } of this.#cases.values()) timer?.cancel();
    this.#cases.clear();
    await this.open();
  }

  async create(): Promise<string> {
    const isFull = [...this.#cases.keys()].filter((id) => id !== OWN_CASE).length >= this.#limits.cases;
    if (isFull) throw new CaseError('TOO_MANY_CASES');
    return (await this.#make(randomUUID())).id;
  }

  files(id: string): readonly CaseFile[] {
    return this.#find(id).files;
  }

  /**
   * Stores a file as it comes in.
   * @param name as its owner calls it: the tracer knows core files by it
   * @throws CaseError TOO_MANY_FILES, CASES_FULL; nothing of the file is kept then
   */
  async write(id: string, name: string, body: Readable | AsyncIterable<Uint8Array>): Promise<CaseFile> {
    const found = this.#find(id);
    if (id === OWN_CASE) throw new CaseError('NO_CASE');
    if (found.files.length >= this.#limits.filesPerCase) throw new CaseError('TOO_MANY_FILES');
    const file = { name: safeName(name), bytes: 0 };
    found.files.push(file);
    // Of the same name there may be several, from several machines.
    const folder = join(found.folder, 'logs', String(found.files.length));
    const take = (count: number) => {
      this.#bytes += count;
      file.bytes += count;
      if (this.#bytes > this.#limits.bytes) throw new CaseError('CASES_FULL');
    };
    const counting = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        try {
          take(chunk.length);
          done(null, chunk);
        } catch (error) {
          done(error as Error);
        }
      },
    });
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const path = join(folder, file.name);
      await pipeline(Readable.from(body), counting, createWriteStream(path, { mode: 0o600 }));
      this.#touch(found);
      return file;
    } catch (error) {
      this.#bytes -= file.bytes;
      found.files.splice(found.files.indexOf(file), 1);
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /**
   * Has the tracer read the case. One at a time: it takes a core for as long as it reads.
   * @returns number of the report
   * @throws CaseError TRACER_BUSY, TRACER_FAILED with what it said
   */
  async report(id: string, question: TraceQuestion): Promise<number> {
    const isOwn = id === OWN_CASE;
    const found = isOwn && !this.#cases.has(id) ? await this.#make(OWN_CASE) : this.#find(id);
    if (this.#isBusy) throw new CaseError('TRACER_BUSY');
    this.#isBusy = true;
    found.timer?.cancel();
    try {
      const { ownLogs, tracer } = this.#options;
      if (isOwn) await ownLogs.flush();
      await mkdir(join(found.folder, 'reports'), { recursive: true, mode: 0o700 });
      const number = found.nextReport++;
      const logs = isOwn ? ownLogs.folder : join(found.folder, 'logs');
      await tracer(question, logs, this.#reportPath(found, number));
      found.reports.push(number);
      const old = found.reports.splice(0, found.reports.length - this.#limits.reportsPerCase);
      for (const one of old) await rm(this.#reportPath(found, one), { force: true });
      return number;
    } finally {
      this.#isBusy = false;
      this.#touch(found);
    }
  }

  /** @returns the page, in HTML @throws CaseError NO_CASE, NO_REPORT */
  async page(id: string, number: number): Promise<Buffer> {
    const found = this.#find(id);
    if (!found.reports.includes(number)) throw new CaseError('NO_REPORT');
    this.#touch(found);
    return readFile(this.#reportPath(found, number));
  }

  async remove(id: string): Promise<void> {
    await this.#forget(this.#find(id));
  }

  async #make(id: string): Promise<LogCase> {
    const folder = join(this.#options.root, id);
    const made: LogCase = { id, folder, files: [], reports: [], nextReport: 1, timer: undefined };
    this.#cases.set(id, made);
    await mkdir(join(folder, 'logs'), { recursive: true, mode: 0o700 });
    this.#touch(made);
    return made;
  }

  #find(id: string): LogCase {
    const found = this.#cases.get(id);
    if (found === undefined) throw new CaseError('NO_CASE');
    return found;
  }

  #touch(one: LogCase): void {
    one.timer?.cancel();
    if (this.#cases.get(one.id) !== one) return;
    one.timer = this.#options.clock.schedule(this.#limits.idleMs, () => {
      void this.#forget(one).catch(() => {});
    });
  }

  async #forget(one: LogCase): Promise<void> {
    one.timer?.cancel();
    if (this.#cases.get(one.id) === one) {
      this.#cases.delete(one.id);
      for (const { bytes } of one.files) this.#bytes -= bytes;
    }
    await rm(one.folder, { recursive: true, force: true });
  }

  #reportPath({ folder }: LogCase, number: number): string {
    return join(folder, 'reports', `${number}.html`);
  }
}

/** The last part of a path, of characters that are nothing to a file system. */
function safeName(name: string): string {
  const last = name.split(/[\\/]/).at(-1) ?? '';
  const safe = last.replace(/[^\w.@+-]/g, '_').slice(-128);
  return /^\.*$/.test(safe) ? 'log' : safe;
}
