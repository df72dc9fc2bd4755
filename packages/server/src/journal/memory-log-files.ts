/** A file system in memory that fails when told to: for tests. */
import { dirname } from 'node:path';
import type { LogFileSystem } from './log-files.ts';

export class MemoryLogFiles implements LogFileSystem {
  readonly files = new Map<string, { bytes: Buffer; modifiedMs: number }>();
  /** Thrown by every call that writes while set. */
  failure: Error | undefined;
  /** Bytes that one write takes at most. */
  writeMax = Number.POSITIVE_INFINITY;
  /** Writes wait for this. */
  gate: Promise<void> | undefined;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  names(): string[] {
    return [...this.files.keys()].sort();
  }

  text(path: string): string {
    return this.files.get(path)?.bytes.toString('utf8') ?? '';
  }

  async makeDirectory(): Promise<void> {
    this.#check();
  }

  async open(path: string) {
    this.#check();
    const file = this.files.get(path) ?? { bytes: Buffer.alloc(0), modifiedMs: this.#now() };
    this.files.set(path, file);
    return {
      size: file.bytes.length,
      write: async (bytes: Uint8Array) => {
        await this.gate;
        this.#check();
        const taken = bytes.subarray(0, this.writeMax);
        file.bytes = Buffer.concat([file.bytes, taken]);
        file.modifiedMs = this.#now();
        return taken.byteLength;
      },
      close: async () => {},
    };
  }

  async create(path: string, content: Uint8Array): Promise<void> {
    await this.gate;
    this.#check();
    if (this.files.has(path)) throw Object.assign(new Error('exists'), { code: 'EEXIST' });
    this.files.set(path, { bytes: Buffer.from(content), modifiedMs: this.#now() });
  }

  async list(path: string) {
    return [...this.files]
      .filter(([name]) => dirname(name) === path)
      .map(([name, { bytes, modifiedMs }]) => ({
        name: name.slice(path.length + 1),
        size: bytes.length,
        modifiedMs,
      }));
  }

  async remove(path: string): Promise<void> {
    this.files.delete(path);
  }

  async rename(from: string, to: string): Promise<void> {
    const file = this.files.get(from);
    if (file === undefined) throw new Error(`no ${from}`);
    this.files.delete(from);
    this.files.set(to, file);
  }

  async exists(path: string): Promise<boolean> {
    return this.files.has(path);
  }

  /** No archive: that one was made, and of what, is all that tests look at. */
  async zip(path: string, signal: AbortSignal): Promise<void> {
    await this.gate;
    signal.throwIfAborted();
    this.#check();
    await this.rename(path, `${path}.zip`);
  }

  #check(): void {
    if (this.failure !== undefined) throw this.failure;
  }
}
