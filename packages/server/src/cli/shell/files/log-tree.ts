/**
 * The files of `activelog`: what lies below the logs of the data directory, and nothing else. No path leads out of it, whether by
 * `..`, as an absolute one or over a symbolic link (admin.md 6; docs/shell.md).
 */
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { phrase } from '../../../messages/catalogue.ts';
import { refusal } from '../shell.ts';

/** What the original calls this root. */
export const SHOWN_ROOT = '/var/log/active';

const SPEC_MAX = 1_000;
/** Below the root; ours has five. */
const DEPTH_MAX = 16;
/** Of one command. */
export const FILES_MAX = 100_000;

export interface LogFile {
  /** Relative to the root, with `/`. */
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
  /** Wall ms. */
  readonly changedAt: number;
}

export interface LogFolder {
  readonly path: string;
  readonly name: string;
  readonly changedAt: number;
}

export interface Found {
  readonly files: readonly LogFile[];
  readonly folders: readonly LogFolder[];
  /** The spec names one file, without a wildcard. */
  readonly single: boolean;
}

/**
 * The segments of a file spec. A slash at its beginning means the root: the original's documents write it both ways.
 * @throws PlainError when it leads elsewhere
 */
export function segmentsOf(spec: string): readonly string[] {
  const told = spec.startsWith(`${SHOWN_ROOT}/`) ? spec.slice(SHOWN_ROOT.length) : spec;
  const segments = told.split('/').filter((segment) => segment !== '' && segment !== '.');
  const strange = spec.length > SPEC_MAX || /[\u0000-\u001f\\]/.test(spec);
  if (strange || segments.includes('..') || segments.length > DEPTH_MAX)
    throw refusal(phrase('shell.specOutside', { spec: spec.slice(0, 100) }));
  return segments;
}

/** Whether a name is one of a pattern with `*` and `?`; takes at most length × length steps. */
export function matchesPattern(name: string, pattern: string): boolean {
  let [at, on] = [0, 0];
  let star = -1;
  let back = 0;
  while (at < name.length) {
    if (pattern[on] === '*') {
      star = on++;
      back = at;
    } else if (on < pattern.length && (pattern[on] === '?' || pattern[on] === name[at])) {
      at++;
      on++;
    } else if (star >= 0) {
      on = star + 1;
      at = ++back;
    } else return false;
  }
  while (pattern[on] === '*') on++;
  return on === pattern.length;
}

const isPattern = (segment: string): boolean => /[*?]/.test(segment);

export class LogTree {
  readonly #root: string;

  /** @param root absolute path */
  constructor(root: string) {
    this.#root = root;
  }

  /**
   * What a spec means: the content of a folder, one file, or everything that fits a pattern. In the order of their names.
   * @param recursive folders with all that is below them
   * @throws PlainError
   */
  async find(spec: string, recursive = false): Promise<Found> {
    const segments = segmentsOf(spec);
    let places: readonly string[] = [''];
    for (const segment of segments.slice(0, -1)) places = await this.#into(places, segment);
    const last = segments.at(-1);
    const files: LogFile[] = [];
    const folders: LogFolder[] = [];
    const single = last !== undefined && !segments.some(isPattern);
    for (const place of places) {
      if (last === undefined) await this.#content(place, recursive, files, folders);
      else if (!isPattern(last)) {
        const one = await this.#look(place, last);
        if (one === undefined) continue;
        if ('bytes' in one) files.push(one);
        else await this.#content(one.path, recursive, files, folders);
      } else {
        for (const one of await this.#children(place)) {
          if (!matchesPattern(one.name, last)) continue;
          if ('bytes' in one) files.push(one);
          else {
            folders.push(one);
            if (recursive) await this.#content(one.path, true, files, folders);
          }
        }
      }
    }
    return { files, folders, single: single && files.length === 1 && files[0]?.name === last };
  }

  /**
   * Opens a file to read. A symbolic link, or what has become one since it was found, is not opened.
   * @throws PlainError
   */
  async open(path: string): Promise<FileHandle> {
    await this.#inside(path);
    const handle = await open(this.#absolute(path), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)).catch(
      () => null,
    );
    if (handle === null) throw refusal(phrase('shell.noFile', { file: path }));
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
    throw refusal(phrase('shell.noFile', { file: path }));
  }

  /** Where a file is, for a program that takes it away. @throws PlainError */
  async absolute(path: string): Promise<string> {
    await this.#inside(path);
    return this.#absolute(path);
  }

  /** Names that can go on a path that is being typed; folders end in a slash. */
  #absolute(path: string): string {
    return join(this.#root, ...segmentsOf(path));
  }

  /** @throws PlainError when a folder on the way is a link that leads out of the root */
  async #inside(path: string): Promise<void> {
    const folder = segmentsOf(path).slice(0, -1);
    const [root, place] = await Promise.all(
      [this.#root, join(this.#root, ...folder)].map((each) => realpath(each).catch(() => null)),
    );
    if (root === null || root === undefined || place !== join(root, ...folder))
      throw refusal(phrase('shell.specOutside', { spec: path.slice(0, 100) }));
  }

  async #into(places: readonly string[], segment: string): Promise<readonly string[]> {
    const next: string[] = [];
    for (const place of places) {
      if (!isPattern(segment)) {
        const one = await this.#look(place, segment);
        if (one !== undefined && !('bytes' in one)) next.push(one.path);
      } else
        for (const one of await this.#children(place))
          if (!('bytes' in one) && matchesPattern(one.name, segment)) next.push(one.path);
    }
    return next;
  }

  async #content(place: string, recursive: boolean, files: LogFile[], folders: LogFolder[]): Promise<void> {
    for (const one of await this.#children(place)) {
      if (files.length > FILES_MAX) throw refusal(phrase('shell.filesMany', { max: FILES_MAX }));
      if ('bytes' in one) files.push(one);
      else {
        folders.push(one);
        if (recursive && one.path.split('/').length < DEPTH_MAX)
          await this.#content(one.path, true, files, folders);
      }
    }
  }

  async #children(place: string): Promise<ReadonlyArray<LogFile | LogFolder>> {
    const names = await readdir(join(this.#root, place)).catch(() => []);
    const found: Array<LogFile | LogFolder> = [];
    for (const name of names.sort()) {
      const one = await this.#look(place, name);
      if (one !== undefined) found.push(one);
    }
    return found;
  }

  /** A file or a folder; links and everything else are as if they were not there. */
  async #look(place: string, name: string): Promise<LogFile | LogFolder | undefined> {
    const path = place === '' ? name : `${place}/${name}`;
    const found = await lstat(join(this.#root, path)).catch(() => null);
    if (found?.isFile()) return { path, name, bytes: found.size, changedAt: found.mtimeMs };
    return found?.isDirectory() ? { path, name, changedAt: found.mtimeMs } : undefined;
  }
}
