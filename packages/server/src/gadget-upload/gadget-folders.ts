/**
 * The folders of gadgets below `<data>/3rdpartygadget/files`, as an administrator fills them: one for each gadget, or for some that
 * belong together. What is written takes the place of what was there in one step; nothing is written outside of the folder.
 */
import { randomUUID } from 'node:crypto';
import { lstat, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readZip, type ZipFile } from './zip.ts';

export const UPLOAD_LIMITS = {
  /** Bytes of a request. */
  bytes: 32 * 1024 * 1024,
  /** Of an archive, when it is unpacked. */
  unpacked: 128 * 1024 * 1024,
  files: 4_000,
  /** Characters of a path. */
  path: 500,
  /** Bytes of one name in it. */
  name: 120,
} as const;

export interface GadgetFolder {
  /** Of the folder; of a file that lies beside the folders, its own. */
  readonly name: string;
  readonly files: number;
  readonly bytes: number;
  /** Of the file that was written last, wall ms. */
  readonly changedAt: number;
  /** Addresses of the gadgets in it, as a layout names them. */
  readonly gadgets: readonly string[];
}

export type FolderProblem = 'BAD_FILE_NAME' | 'FOLDER_EXISTS' | 'NAME_NEEDED' | 'EMPTY' | 'NOT_FOUND';

export class FolderError extends Error {
  readonly code: FolderProblem;
  /** The name in question. */
  readonly about: string;

  constructor(code: FolderProblem, about: string) {
    super(`${code} ${about}`);
    this.code = code;
    this.about = about;
  }
}

export interface GadgetFoldersOptions {
  /** `<data>/3rdpartygadget/files` */
  readonly root: string;
}

const URL_ROOT = '/3rdpartygadget/files';
/** A gadget says in its first lines that it is one. */
const HEAD_BYTES = 8 * 1024;
const GADGET = /<Module[\s>]/;
/** What archives of other systems bring along and nobody asks for. */
const REMAINS = /(?:^|\/)(?:__MACOSX\/|\.|Thumbs\.db$)/;

export class GadgetFolders {
  readonly #root: string;
  /** One change after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor({ root }: GadgetFoldersOptions) {
    this.#root = root;
  }

  async list(): Promise<readonly GadgetFolder[]> {
    const entries = await readdir(this.#root, { withFileTypes: true }).catch(() => []);
    const names = entries.filter((e) => isServed(e.name) && (e.isDirectory() || e.isFile()));
    const folders = await Promise.all(names.map(({ name }) => this.#look(name)));
    return folders.filter((each) => each !== undefined).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** undefined: there is none of this name */
  async find(name: string): Promise<GadgetFolder | undefined> {
    return isServed(name) ? this.#look(name) : undefined;
  }

  /**
   * Unpacks an archive into a folder of its own, in place of what is there.
   * @param name '' takes the name of the one folder that everything in the archive is in
   * @param replaces whether a folder that is there may go
   * @throws ZipError, FolderError
   */
  async unpack(zip: Buffer, name: string, replaces: boolean): Promise<GadgetFolder> {
    if (name !== '') folderNamed(name);
    const all = await readZip(zip, { files: UPLOAD_LIMITS.files, bytes: UPLOAD_LIMITS.unpacked });
    for (const { path } of all) if (isOutside(path)) throw new FolderError('BAD_FILE_NAME', path);
    const kept = all.filter(({ path }) => !REMAINS.test(path));
    if (kept.length === 0) throw new FolderError('EMPTY', name);
    const { top, files } = withoutTop(kept);
    const folder = name || top;
    if (folder === '') throw new FolderError('NAME_NEEDED', '');
    folderNamed(folder);
    for (const { path } of files) checked(path);
    return this.#inTurn(async () => {
      const there = await lstat(join(this.#root, folder)).catch(() => null);
      if (there !== null && !replaces) throw new FolderError('FOLDER_EXISTS', folder);
      await this.#inPlaceOf(folder, async (beside) => {
        for (const { path, bytes } of files) {
          try {
            await mkdir(dirname(join(beside, path)), { recursive: true });
            await writeFile(join(beside, path), bytes);
          } catch (error) {
            throw isOfName(error as NodeJS.ErrnoException) ? new FolderError('BAD_FILE_NAME', path) : error;
          }
        }
      });
      return (await this.#look(folder)) as GadgetFolder;
    });
  }

  /** Writes one file. @param path below the folder @throws FolderError */
  async write(name: string, path: string, bytes: Uint8Array): Promise<GadgetFolder> {
    const whole = checked(`${folderNamed(name)}/${path}`);
    return this.#inTurn(async () => {
      const parts = whole.split('/');
      for (let k = 1; k <= parts.length; k++) {
        const there = await lstat(join(this.#root, ...parts.slice(0, k))).catch(() => null);
        const isRight = k < parts.length ? there?.isDirectory() : there?.isFile();
        if (there !== null && isRight !== true) throw new FolderError('BAD_FILE_NAME', whole);
      }
      const target = join(this.#root, whole);
      await mkdir(dirname(target), { recursive: true });
      // A name that is not served, on the same disk: readers see the old file or the new one.
      const beside = join(dirname(target), `.${randomUUID()}`);
      try {
        await writeFile(beside, bytes);
        await rename(beside, target);
      } finally {
        await rm(beside, { force: true });
      }
      return (await this.#look(name)) as GadgetFolder;
    });
  }

  /** Deletes a folder, or a file that lies beside the folders. @throws FolderError */
  async remove(name: string): Promise<void> {
    await this.#inTurn(async () => {
      const there = isServed(name) ? await lstat(join(this.#root, name)).catch(() => null) : null;
      if (there === null) throw new FolderError('NOT_FOUND', name);
      await this.#inPlaceOf(name, undefined);
    });
  }

  /** @param make fills the new folder; undefined: nothing takes the place */
  async #inPlaceOf(name: string, make: ((beside: string) => Promise<void>) | undefined): Promise<void> {
    const target = join(this.#root, name);
    const beside = join(dirname(this.#root), `.upload-${randomUUID()}`);
    const old = join(dirname(this.#root), `.old-${randomUUID()}`);
    try {
      if (make !== undefined) {
        await mkdir(beside, { recursive: true });
        await make(beside);
      }
      await mkdir(this.#root, { recursive: true });
      await rename(target, old).catch(unlessMissing);
      if (make !== undefined) await rename(beside, target);
    } finally {
      await rm(beside, { recursive: true, force: true });
      await rm(old, { recursive: true, force: true });
    }
  }

  async #look(name: string): Promise<GadgetFolder | undefined> {
    const found = { files: 0, bytes: 0, changedAt: 0, gadgets: [] as string[] };
    const walk = async (path: string): Promise<void> => {
      const there = await lstat(join(this.#root, path)).catch(() => null);
      if (there?.isDirectory()) {
        const entries = await readdir(join(this.#root, path)).catch(() => []);
        for (const entry of entries.sort()) if (isServed(entry)) await walk(`${path}/${entry}`);
        return;
      }
      if (!there?.isFile()) return;
      found.files++;
      found.bytes += there.size;
      found.changedAt = Math.max(found.changedAt, Math.floor(there.mtimeMs));
      if (/\.xml$/i.test(path) && (await this.#isGadget(path)))
        found.gadgets.push(`${URL_ROOT}/${path.split('/').map(encodeURIComponent).join('/')}`);
    };
    const there = await lstat(join(this.#root, name)).catch(() => null);
    if (there === null) return undefined;
    if (there.isDirectory()) found.changedAt = Math.floor(there.mtimeMs);
    await walk(name);
    return { name, ...found };
  }

  async #isGadget(path: string): Promise<boolean> {
    const file = await open(join(this.#root, path)).catch(() => null);
    if (file === null) return false;
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      // In UTF-16 every other byte of a tag is zero.
      return GADGET.test(buffer.subarray(0, bytesRead).toString('latin1').replaceAll('\0', ''));
    } finally {
      await file.close();
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

/** One name is a file and a folder in the same archive, or is nothing for this disk. */
const isOfName = ({ code = '' }: NodeJS.ErrnoException): boolean =>
  ['EEXIST', 'EISDIR', 'ENOTDIR', 'ENAMETOOLONG', 'EILSEQ', 'EINVAL'].includes(code);

function unlessMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

const isOutside = (path: string): boolean => /^(?:\/|[a-z]:)|(?:^|\/)\.\.(?:\/|$)/i.test(path);

/** What the server would hand out under that name: see StaticFolder. */
const isServed = (name: string): boolean =>
  name !== '' &&
  Buffer.byteLength(name) <= UPLOAD_LIMITS.name &&
  !name.startsWith('.') &&
  !/[\\/:\u0000-\u001f\u007f]|[. ]$/.test(name);

/** @throws FolderError */
function folderNamed(name: string): string {
  if (!isServed(name)) throw new FolderError('BAD_FILE_NAME', name);
  return name;
}

/** @throws FolderError for a path under which nothing would be served */
function checked(path: string): string {
  const isRight = path.length <= UPLOAD_LIMITS.path && path.split('/').every(isServed);
  if (!isRight) throw new FolderError('BAD_FILE_NAME', path);
  return path;
}

/** Archives mostly have everything in one folder: its name is the gadget's own, and stands in its addresses. */
function withoutTop(files: readonly ZipFile[]): { readonly top: string; readonly files: readonly ZipFile[] } {
  const [top = ''] = files[0]?.path.split('/') ?? [];
  if (!files.every(({ path }) => path.startsWith(`${top}/`))) return { top: '', files };
  return { top, files: files.map(({ path, bytes }) => ({ path: path.slice(top.length + 1), bytes })) };
}
