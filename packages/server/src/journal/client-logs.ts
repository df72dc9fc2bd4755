/** Logs that desktops send in: one file per submission, capped in size, number and total. */
import { join } from 'node:path';
import { escapeBlock, maskCredentials } from './escape.ts';
import { CLIENT_LOGS } from './families.ts';
import type { LogFileSystem } from './log-files.ts';
import type { Timestamps } from './timestamps.ts';

export interface ClientLogLimits {
  readonly fileBytesMax: number;
  readonly directoryBytesMax: number;
  readonly filesMax: number;
  /** Submissions that wait for the disk; more are dropped. */
  readonly pendingMax: number;
}

export interface ClientLogsOptions {
  /** <data>/logs */
  readonly root: string;
  readonly files: LogFileSystem;
  readonly times: Timestamps;
  readonly limits?: Partial<ClientLogLimits>;
  readonly onFailure: (path: string, error: unknown) => void;
}

const DEFAULTS: ClientLogLimits = {
  fileBytesMax: CLIENT_LOGS.fileBytesMax,
  directoryBytesMax: CLIENT_LOGS.directoryBytesMax,
  filesMax: CLIENT_LOGS.filesMax,
  pendingMax: 32,
};

interface Submission {
  readonly user: string;
  /** Text, or the bytes of a zip. */
  readonly data: string | Uint8Array;
  readonly atMs: number;
}

/** `clientlog.<agent id>.<stamp>.log`, of a zip `.zip`; the id reduced to letters, digits and `@ _ -`. */
export function clientLogName(user: string, stamp: string, again = 0, kind: 'log' | 'zip' = 'log'): string {
  const id = user.replace(/[^A-Za-z0-9@_-]/g, '_').slice(0, 64) || '_';
  return `clientlog.${id}.${stamp}${again === 0 ? '' : `-${again}`}.${kind}`;
}

export class ClientLogs {
  readonly #options: ClientLogsOptions;
  readonly #limits: ClientLogLimits;
  readonly #directory: string;
  #pending: Submission[] = [];
  #working: Promise<void> | undefined;
  /** Oldest first; read from the disk once, then kept. */
  #known: { name: string; size: number }[] | undefined;
  #knownBytes = 0;
  #dropped = 0;

  constructor(options: ClientLogsOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULTS, ...options.limits };
    this.#directory = join(options.root, CLIENT_LOGS.directory);
  }

  /** Submissions lost since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  submit(user: string, data: string | Uint8Array, atMs: number): void {
    if (this.#pending.length >= this.#limits.pendingMax) {
      this.#dropped++;
      return;
    }
    this.#pending.push({ user, data, atMs });
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  /** Resolves when everything submitted so far is written or lost. */
  async flush(): Promise<void> {
    while (this.#working !== undefined) await this.#working;
  }

  async #work(): Promise<void> {
    for (let next = this.#pending.shift(); next !== undefined; next = this.#pending.shift()) {
      try {
        await this.#store(next);
      } catch (error) {
        this.#dropped++;
        this.#options.onFailure(this.#directory, error);
      }
    }
  }

  async #store({ user, data, atMs }: Submission): Promise<void> {
    const { files, times } = this.#options;
    await files.makeDirectory(this.#directory);
    const known = await this.#load();
    const content = typeof data === 'string' ? this.#textFile(data) : data;
    // A piece of a zip is of no use to anybody.
    if (content.byteLength > this.#limits.fileBytesMax) {
      this.#dropped++;
      return;
    }
    const kind = typeof data === 'string' ? 'log' : 'zip';
    const stamp = times.fileStamp(atMs);
    for (let again = 0; ; again++) {
      const name = clientLogName(user, stamp, again, kind);
      try {
        await files.create(join(this.#directory, name), content);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST' && again < 100) continue;
        throw error;
      }
      known.push({ name, size: content.byteLength });
      this.#knownBytes += content.byteLength;
      break;
    }
    while (
      known.length > 1 &&
      (known.length > this.#limits.filesMax || this.#knownBytes > this.#limits.directoryBytesMax)
    ) {
      const oldest = known[0] as { name: string; size: number };
      await files.remove(join(this.#directory, oldest.name));
      known.shift();
      this.#knownBytes -= oldest.size;
    }
  }

  #textFile(text: string): Uint8Array {
    const bytes = Buffer.from(maskCredentials(escapeBlock(text)), 'utf8');
    return truncateUtf8(bytes, this.#limits.fileBytesMax);
  }

  async #load(): Promise<{ name: string; size: number }[]> {
    if (this.#known === undefined) {
      const found = (await this.#options.files.list(this.#directory)).filter((file) =>
        file.name.startsWith('clientlog.'),
      );
      found.sort((a, b) => a.modifiedMs - b.modifiedMs || (a.name < b.name ? -1 : 1));
      this.#known = found.map(({ name, size }) => ({ name, size }));
      this.#knownBytes = found.reduce((sum, file) => sum + file.size, 0);
    }
    return this.#known;
  }
}

/** At most `max` bytes, never ending inside a character. */
function truncateUtf8(bytes: Buffer, max: number): Buffer {
  if (bytes.byteLength <= max) return bytes;
  let end = max;
  while (end > 0 && ((bytes[end] as number) & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end);
}
