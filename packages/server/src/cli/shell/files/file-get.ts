/** `file get`: files of the logs as one archive, which goes to an SFTP server or into a directory of this machine (admin.md 3). */
import type { FileHandle } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Pack, pack } from 'tar-stream';
import { boundedRegExp } from '../bounded-regexp.ts';
import { FAILED, type Shell } from '../shell.ts';
import { type Contents, cancelled, toDirectory, toServer } from './file-transfer.ts';
import { type LogFile, LogTree } from './log-tree.ts';
import { fileOptions } from './options.ts';

const CHUNK_BYTES = 256 * 1024;
const FLAGS = ['recurs', 'compress'] as const;
export const GET_OPTIONS: readonly string[] = [...FLAGS, 'reltime', 'abstime', 'match'];

/** What is said of the files before anything is written. */
export function gathered(
  files: ReadonlyArray<Pick<LogFile, 'bytes'>>,
  recursive: boolean,
): readonly string[] {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return [
    'Please wait while the system is gathering files info ...done.',
    recursive ? 'Sub-directories were traversed.' : 'Sub-directories were not traversed.',
    `Number of files affected: ${files.length}`,
    `Total size in Bytes: ${bytes}`,
    `Total size in Kbytes: ${kilobytes(bytes)}`,
  ];
}

/** As the original prints it: 1,024 bytes each, at least one digit behind the point. */
const kilobytes = (bytes: number): string => {
  const text = String(Math.round((bytes / 1024) * 1e6) / 1e6);
  return text.includes('.') ? text : `${text}.0`;
};

export async function fileGet(
  [spec = '', ...words]: readonly string[],
  shell: Shell,
): Promise<number | undefined> {
  const { flags, span, match } = fileOptions(words, FLAGS, ['reltime', 'abstime', 'match'], shell.now());
  const pattern = match === undefined ? undefined : boundedRegExp(match);
  const tree = new LogTree(shell.logs);
  const { files } = await tree.find(spec, flags.has('recurs'));
  const inTime = files.filter(
    ({ changedAt }) => span === undefined || (changedAt >= span.from && changedAt <= span.to),
  );
  const names = pattern?.matches(inTime.map(({ name }) => name));
  const chosen = inTime.filter((_file, index) => names?.[index] !== false);
  for (const line of gathered(chosen, flags.has('recurs'))) shell.print(line);
  if (chosen.length === 0) {
    shell.print('No files matched filter criteria');
    return FAILED;
  }
  const proceed = await shell.ask('Would you like to proceed [y/n]? ');
  if (!/^\s*y(?:es)?\s*$/i.test(proceed ?? '')) return cancelled(shell);
  const host = await shell.ask('SFTP server IP: ');
  if (host === null) return cancelled(shell);
  const from: Contents = (out) => filled(out, tree, chosen, shell);
  return host.trim() === '' ? toDirectory(shell, from) : toServer(host.trim(), shell, from);
}

/** Writes the archive. */
async function filled(
  out: Writable,
  tree: LogTree,
  files: readonly LogFile[],
  { signal }: Pick<Shell, 'signal'>,
): Promise<void> {
  const archive = pack();
  await Promise.all([pipeline(archive, createGzip(), out, { signal }), fill(archive, tree, files)]);
}

async function fill(archive: Pack, tree: LogTree, files: readonly LogFile[]): Promise<void> {
  try {
    for (const { path } of files) {
      // One that was rotated away since has nothing to give.
      const handle = await tree.open(path).catch(() => null);
      if (handle === null) continue;
      try {
        const { size, mtime } = await handle.stat();
        const entry = archive.entry({ name: path, size, mtime, mode: 0o640 });
        await pipeline(exactly(handle, size), entry);
      } finally {
        await handle.close();
      }
    }
    archive.finalize();
  } catch (error) {
    archive.destroy(error as Error);
    throw error;
  }
}

/** So many bytes of a file that may grow or shrink meanwhile: the head of its entry has said how many. */
async function* exactly(handle: FileHandle, bytes: number): AsyncGenerator<Uint8Array> {
  for (let position = 0; position < bytes; ) {
    const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, bytes - position));
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, position);
    // What is gone is told as zeros.
    yield bytesRead === 0 ? chunk : chunk.subarray(0, bytesRead);
    position += bytesRead === 0 ? chunk.length : bytesRead;
  }
}
