/**
 * Files of one folder over HTTP: cached in memory within a bound, with entity tags and gzip, never outside
 * the folder. Two folders are served: the built desktop page and the third-party gadget files.
 */
import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { lstat, open, realpath } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const gzipAsync = promisify(gzip);

export interface StaticFolderOptions {
  readonly root: string;
  /** File for a path that ends in a slash; default none (404). */
  readonly index?: string;
  /** Paths whose content never changes under the same name: cached by browsers for a year. */
  readonly immutable?: (path: string) => boolean;
  /** Bytes kept in memory. */
  readonly cacheBytesMax?: number;
  /** Larger files are streamed and not kept. */
  readonly cachedFileBytesMax?: number;
}

export interface StaticFile {
  readonly contentType: string;
  readonly cacheControl: string;
  readonly etag: string;
  readonly lastModified: string;
  readonly size: number;
  /** The whole content, or undefined for a large file: see {@link stream}. */
  readonly content?: Buffer;
  /** The content compressed, when that helps. */
  readonly gzipped?: Buffer;
  stream(): Readable;
}

interface CachedFile extends StaticFile {
  readonly mtimeMs: number;
  readonly bytes: number;
}

/** By extension, lower case; everything else is application/octet-stream. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.gif': 'image/gif',
  '.htm': 'text/html; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.mp3': 'audio/mpeg',
  '.ogg': 'audio/ogg',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.properties': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.wav': 'audio/wav',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.xml': 'application/xml; charset=utf-8',
  '.xsd': 'application/xml; charset=utf-8',
  '.xsl': 'application/xml; charset=utf-8',
};
const COMPRESSIBLE = /^(text\/|application\/(json|xml|manifest\+json|wasm)|image\/svg)/;
const GZIP_FROM_BYTES = 1024;
/**
 * Opening a named pipe waits for its other end, and would hold one of the few threads for files for ever. What
 * took the place of the file since it was looked at is opened without waiting, and links are not followed
 * then. Windows has neither flag.
 */
const READ_AT_ONCE = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);

/** Server pages are never handed out as text: their source is not meant for clients. */
const REFUSED_EXTENSIONS = new Set(['.jsp', '.jspx', '.php', '.asp', '.aspx']);

/**
 * The file path below a root that a URL path names, with `/` between segments, or null when it names
 * nothing that may be served: dot segments and dot files, empty segments, back-slashes, NUL, drive
 * letters and streams of Windows, wrong escapes. A trailing slash is kept.
 */
export function safeRelativePath(urlPath: string): string | null {
  if (urlPath.length > 1024) return null;
  let path: string;
  try {
    path = decodeURIComponent(urlPath);
  } catch {
    return null;
  }
  if (path === '') return '';
  const segments = path.split('/');
  for (let i = 0; i < segments.length; i++) {
    const segment = segments[i] as string;
    if (segment === '' && i === segments.length - 1) continue;
    if (segment === '' || segment.startsWith('.') || /[\\:\u0000-\u001f\u007f]/.test(segment)) return null;
    // Windows drops trailing dots and blanks: another name for the same file.
    if (/[. ]$/.test(segment)) return null;
  }
  return path;
}

export class StaticFolder {
  readonly #options: Required<Omit<StaticFolderOptions, 'index'>> & { index: string | undefined };
  /** Insertion order is age of use: the first one goes when room is needed. */
  readonly #cache = new Map<string, CachedFile>();
  #cacheBytes = 0;

  constructor(options: StaticFolderOptions) {
    this.#options = {
      immutable: () => false,
      cacheBytesMax: 32 * 1024 * 1024,
      cachedFileBytesMax: 4 * 1024 * 1024,
      ...options,
      index: options.index,
    };
  }

  /** Bytes held in memory now. */
  get cachedBytes(): number {
    return this.#cacheBytes;
  }

  /**
   * @param urlPath the rest of the URL path below the mount point, still escaped, without leading slash
   * @returns null when there is no such file
   */
  async file(urlPath: string): Promise<StaticFile | null> {
    let relative = safeRelativePath(urlPath);
    if (relative === null) return null;
    if (relative === '' || relative.endsWith('/')) {
      if (this.#options.index === undefined) return null;
      relative += this.#options.index;
    }
    if (REFUSED_EXTENSIONS.has(extname(relative).toLowerCase())) return null;
    try {
      return await this.#read(relative);
    } catch {
      // Missing, unreadable, a folder, vanished in between: the same to a client.
      return null;
    }
  }

  async #read(relative: string): Promise<StaticFile | null> {
    const root = await realpath(this.#options.root);
    // Links may point to places inside the folder only.
    const path = await realpath(join(root, relative));
    if (!path.startsWith(root.endsWith(sep) ? root : root + sep)) return null;

    // Regular files only: pipes, devices and sockets are not even opened.
    if (!(await lstat(path)).isFile()) return null;
    const handle = await open(path, READ_AT_ONCE);
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) return null;
      const cached = this.#cache.get(relative);
      if (cached !== undefined && cached.mtimeMs === stat.mtimeMs && cached.size === stat.size) {
        this.#cache.delete(relative);
        this.#cache.set(relative, cached);
        return cached;
      }
      this.#forget(relative);
      const contentType = CONTENT_TYPES[extname(relative).toLowerCase()] ?? 'application/octet-stream';
      const common = {
        contentType,
        cacheControl: this.#options.immutable(relative) ? 'public, max-age=31536000, immutable' : 'no-cache',
        lastModified: new Date(Math.floor(stat.mtimeMs / 1000) * 1000).toUTCString(),
        size: stat.size,
        mtimeMs: stat.mtimeMs,
        stream: () => createReadStream(path, { flags: READ_AT_ONCE as unknown as string }),
      };
      if (stat.size > this.#options.cachedFileBytesMax) {
        return { ...common, etag: `W/"${stat.size.toString(16)}-${Math.floor(stat.mtimeMs).toString(16)}"` };
      }
      const content = await handle.readFile();
      const gzipped =
        content.length >= GZIP_FROM_BYTES && COMPRESSIBLE.test(contentType)
          ? await gzipAsync(content)
          : undefined;
      const file: CachedFile = {
        ...common,
        size: content.length,
        etag: `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`,
        content,
        ...(gzipped !== undefined && gzipped.length < content.length ? { gzipped } : {}),
        bytes: content.length + (gzipped?.length ?? 0),
      };
      this.#remember(relative, file);
      return file;
    } finally {
      await handle.close();
    }
  }

  #remember(relative: string, file: CachedFile): void {
    // Two requests may have read the same file at once.
    this.#forget(relative);
    this.#cache.set(relative, file);
    this.#cacheBytes += file.bytes;
    for (const oldest of this.#cache.keys()) {
      if (this.#cacheBytes <= this.#options.cacheBytesMax) break;
      this.#forget(oldest);
    }
  }

  #forget(relative: string): void {
    const file = this.#cache.get(relative);
    if (file === undefined) return;
    this.#cache.delete(relative);
    this.#cacheBytes -= file.bytes;
  }
}

/** Names with a hash of the content, as bundlers write them: `assets/index-B3xk9_2a.js`. */
export function isHashedAsset(path: string): boolean {
  return /(^|\/)assets\/[^/]+-[\w-]{8,}\.[a-z0-9]+(\.map)?$/.test(path);
}
