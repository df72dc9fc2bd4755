/** The file system as the journal needs it; tests hand in one that fails on demand. */
import { access, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectories } from '../directories/make-directories.ts';
import { zipFile } from './zip-file.ts';

export interface LogFile {
  /** Bytes in the file when it was opened. */
  readonly size: number;
  /** Appends. @returns bytes written, which may be fewer than given */
  write(bytes: Uint8Array): Promise<number>;
  close(): Promise<void>;
}

export interface ListedFile {
  readonly name: string;
  readonly size: number;
  readonly modifiedMs: number;
}

/** All calls may reject; the journal degrades then and tries again later. */
export interface LogFileSystem {
  /** With its parents; an existing one is fine. */
  makeDirectory(path: string): Promise<void>;
  /** Creates or appends. */
  open(path: string): Promise<LogFile>;
  /** Creates a new file with this content; an existing one is an error. */
  create(path: string, content: Uint8Array): Promise<void>;
  /** Files (no folders) of a folder; empty when it does not exist. */
  list(path: string): Promise<ListedFile[]>;
  remove(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  exists(path: string): Promise<boolean>;
  /** Packs a file into `<path>.zip` and removes it. @param signal gives the work up: the file stays as it is */
  zip(path: string, signal: AbortSignal): Promise<void>;
}

/** Logs hold personal data: readable by the owner and the group that collects them, nobody else. */
const FILE_MODE = 0o640;
const DIRECTORY_MODE = 0o750;

export const nodeLogFiles: LogFileSystem = {
  async makeDirectory(path) {
    makeDirectories(path, DIRECTORY_MODE);
  },
  async open(path) {
    const handle = await open(path, 'a', FILE_MODE);
    try {
      const { size } = await handle.stat();
      return {
        size,
        write: async (bytes) => (await handle.write(bytes)).bytesWritten,
        close: () => handle.close(),
      };
    } catch (error) {
      await handle.close();
      throw error;
    }
  },
  async create(path, content) {
    await writeFile(path, content, { flag: 'wx', mode: FILE_MODE });
  },
  async list(path) {
    let names: string[];
    try {
      names = await readdir(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
    const files: ListedFile[] = [];
    for (const name of names) {
      try {
        const found = await stat(join(path, name));
        if (found.isFile()) files.push({ name, size: found.size, modifiedMs: found.mtimeMs });
      } catch {
        // Removed between the two calls.
      }
    }
    return files;
  },
  async remove(path) {
    await rm(path, { force: true });
  },
  async rename(from, to) {
    await rename(from, to);
  },
  async exists(path) {
    try {
      await access(path);
      return true;
    } catch {
      return false;
    }
  },
  zip: (path, signal) => zipFile(path, FILE_MODE, signal),
};
