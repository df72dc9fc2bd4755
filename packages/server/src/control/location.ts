/** Where a running server can be reached: names of the socket and of the files beside it. */
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { PlainError, phrase } from '../messages/catalogue.ts';

/** `poise cti` may run beside `poise start` on one data directory; each has its own socket. */
export type ControlRole = 'server' | 'cti';

export interface ControlLocation {
  readonly data: string;
  /** Path of a Unix socket, or name of a pipe on Windows. */
  readonly socket: string;
  /** Secret of the running server, for its owner only. */
  readonly token: string;
  /** Process id of the running server; its existence is the lock of the directory. */
  readonly lock: string;
}

/** Longest path of a Unix socket: 104 bytes with the end mark on macOS and the BSDs, 108 on Linux. */
const SOCKET_PATH_MAX = 103;

export function controlLocation(
  data: string,
  role: ControlRole,
  platform = process.platform,
): ControlLocation {
  const directory = resolve(data);
  const name = role === 'server' ? 'control' : `control-${role}`;
  return {
    data: directory,
    socket: socketPath(directory, name, platform),
    token: join(directory, `${name}.token`),
    lock: join(directory, `${name}.pid`),
  };
}

function socketPath(directory: string, name: string, platform: NodeJS.Platform): string {
  // Windows knows one directory by many spellings; all have to lead to one pipe.
  const spelling = platform === 'win32' ? directory.toLowerCase() : directory;
  const short = createHash('sha256').update(`${spelling}/${name}`).digest('hex').slice(0, 24);
  if (platform === 'win32') return `\\\\.\\pipe\\poise-${short}`;
  const beside = join(directory, `${name}.sock`);
  if (Buffer.byteLength(beside) <= SOCKET_PATH_MAX) return beside;
  return join(privateTemporaryDirectory(), `${short}.sock`);
}

/** A directory of one's own under the temporary one, so that nobody else can put a socket in its place. */
function privateTemporaryDirectory(): string {
  const { uid } = userInfo();
  const path = join(tmpdir(), `poise-${uid}`);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const found = lstatSync(path);
  if (!found.isDirectory() || found.uid !== uid || (found.mode & 0o077) !== 0) {
    throw new PlainError(phrase('store.cannotOpen', { path, reason: 'it belongs to somebody else' }));
  }
  return path;
}
