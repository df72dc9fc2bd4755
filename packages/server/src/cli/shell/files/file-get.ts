/**
 * `file get`: files of the logs as one archive. The original sends it to an SFTP server; here it is written to a directory of this
 * machine, which is asked for, and that there is no SFTP is said (admin.md 3; docs/shell.md).
 */
import { createWriteStream, mkdirSync, rmSync, statSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Pack, pack } from 'tar-stream';
import { phrase } from '../../../messages/catalogue.ts';
import { boundedRegExp } from '../bounded-regexp.ts';
import { FAILED, refusal, type Shell } from '../shell.ts';
import { type LogFile, LogTree } from './log-tree.ts';
import { fileOptions } from './options.ts';
import { sortableTime } from './times.ts';

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
  if (!/^\s*y(?:es)?\s*$/i.test(proceed ?? '')) {
    shell.print('File transfer cancelled.');
    return FAILED;
  }
  shell.print('There is no SFTP client here: the archive is written to a directory of this machine.');
  const answer = (await shell.ask('Download directory: '))?.trim() ?? '';
  if (answer === '') {
    shell.print('File transfer cancelled.');
    return FAILED;
  }
  const directory = resolve(shell.cwd, answer);
  if (!isDirectory(directory)) throw refusal(phrase('shell.noDirectory', { directory }));
  const path = archivePath(directory, shell.node.primary, shell.now());
  await write(path, tree, chosen, shell);
  shell.print('Transfer completed.');
  shell.print(`Downloaded file: ${path}`);
  return undefined;
}

/** `<node>/<time stamp>/active_nnn.tgz`, nnn the time in its long form. */
function archivePath(directory: string, node: string, now: number): string {
  const stamp = sortableTime(now).replace(' ', '_').replaceAll(':', '-');
  return join(directory, node.replace(/[^A-Za-z0-9.-]/g, '_'), stamp, `active_${now}.tgz`);
}

async function write(
  path: string,
  tree: LogTree,
  files: readonly LogFile[],
  { signal }: Pick<Shell, 'signal'>,
): Promise<void> {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    // Logs tell of people: nobody but the owner reads the copy.
    const out = createWriteStream(path, { flags: 'wx', mode: 0o600 });
    const archive = pack();
    await Promise.all([pipeline(archive, createGzip(), out, { signal }), fill(archive, tree, files)]);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST') rmSync(path, { force: true });
    throw refusal(phrase('shell.notWritten', { path, reason: code ?? message }));
  }
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

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
