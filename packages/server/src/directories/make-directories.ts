/** Directories of the data directory's path. */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a directory and those above it that are missing, one by one. Node does so by itself, but asks for ever where a file system says
 * that a directory which is there does not exist, as procfs does (seen with Node 20): whoever waits for it learns nothing.
 *
 * @param mode of those that are made, less the umask
 * @throws Error as `mkdirSync` throws it
 */
export function makeDirectories(path: string, mode = 0o777): void {
  const missing: string[] = [];
  for (let at = resolve(path); !existsSync(at); at = dirname(at)) missing.unshift(at);
  // What is there and no directory is refused by its name.
  if (missing.length === 0 && !statSync(path).isDirectory()) missing.push(path);
  for (const each of missing)
    try {
      mkdirSync(each, { mode });
    } catch (error) {
      // Another process was first.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !isDirectory(each)) throw error;
    }
}

const isDirectory = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
