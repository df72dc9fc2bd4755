/** `file view`, `file dump`, `file tail` (admin.md 3). */
import type { FileHandle } from 'node:fs/promises';
import { phrase } from '../../../messages/catalogue.ts';
import { boundedRegExp } from '../bounded-regexp.ts';
import { refusal, type Shell } from '../shell.ts';
import { needFiles } from './file-list.ts';
import { linesOf } from './lines-of.ts';
import { type LogFile, LogTree } from './log-tree.ts';
import { fileOptions } from './options.ts';
import { PAGE_LINES, type Pages, page } from './pager.ts';

/** The one file that a spec names. @throws PlainError */
async function oneFile(tree: LogTree, spec: string): Promise<LogFile> {
  const { files, single } = await tree.find(spec);
  const wild = /[*?]/.test(spec);
  if (!single && !(wild && files.length === 1)) {
    if (wild && files.length > 1) throw refusal(phrase('shell.oneFile', { count: files.length }));
    throw refusal(phrase('shell.noFile', { file: spec }));
  }
  return needFiles(spec, files)[0] as LogFile;
}

/** Where pages begin in a file that is read once; each page is read again when it is looked at. */
async function pagesIn(handle: FileHandle): Promise<Pages> {
  const starts = [0];
  const buffer = Buffer.allocUnsafe(256 * 1024);
  let [position, lines, ended] = [0, 0, true];
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) break;
    for (let at = buffer.indexOf(10); at >= 0 && at < bytesRead; at = buffer.indexOf(10, at + 1)) {
      lines++;
      if (lines % PAGE_LINES === 0) starts.push(position + at + 1);
    }
    ended = buffer[bytesRead - 1] === 10;
    position += bytesRead;
  }
  const total = lines + (ended ? 0 : 1);
  return {
    total,
    async lines(first) {
      const taken: string[] = [];
      const wanted = Math.min(PAGE_LINES, total - first);
      for await (const some of linesOf(handle, starts[first / PAGE_LINES] ?? 0)) {
        taken.push(...some.slice(0, wanted - taken.length));
        if (taken.length >= wanted) break;
      }
      return taken;
    },
  };
}

export async function fileView([spec = '']: readonly string[], shell: Shell): Promise<void> {
  const tree = new LogTree(shell.logs);
  const handle = await tree.open((await oneFile(tree, spec)).path);
  try {
    await page(shell, await pagesIn(handle));
  } finally {
    await handle.close();
  }
}

const DUMP_FLAGS = ['hex', 'recent'] as const;
export const DUMP_OPTIONS: readonly string[] = [...DUMP_FLAGS];

export async function fileDump([spec = '', ...words]: readonly string[], shell: Shell): Promise<void> {
  const { flags, expression } = fileOptions(words, DUMP_FLAGS, ['expression'], shell.now());
  const pattern = expression === undefined ? undefined : boundedRegExp(expression);
  const tree = new LogTree(shell.logs);
  const { path } = flags.has('recent') ? await latest(tree, spec) : await oneFile(tree, spec);
  const handle = await tree.open(path);
  try {
    if (flags.has('hex')) return await dumpBytes(handle, shell);
    for await (const lines of linesOf(handle)) {
      if (shell.signal.aborted) return;
      const matches = pattern?.matches(lines);
      for (const [index, line] of lines.entries()) if (matches?.[index] !== false) shell.print(line);
    }
  } finally {
    await handle.close();
  }
}

async function dumpBytes(handle: FileHandle, shell: Shell): Promise<void> {
  const buffer = Buffer.allocUnsafe(64 * 1024);
  for (let position = 0; !shell.signal.aborted; ) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return;
    for (let at = 0; at < bytesRead; at += 16)
      shell.print(hexLine(position + at, buffer.subarray(at, Math.min(at + 16, bytesRead))));
    position += bytesRead;
  }
}

/** `00000010  68 65 6c 6c 6f …  |hello|`, for at most 16 bytes. */
function hexLine(offset: number, bytes: Uint8Array): string {
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const text = [...bytes]
    .map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'))
    .join('');
  return `${offset.toString(16).padStart(8, '0')}  ${hex.padEnd(47)}  |${text}|`;
}

/** The newest file of a spec. @throws PlainError */
async function latest(tree: LogTree, spec: string): Promise<LogFile> {
  const { files } = await tree.find(spec);
  return [...needFiles(spec, files)].sort((a, b) => b.changedAt - a.changedAt)[0] as LogFile;
}

const TAIL_FLAGS = ['recent', 'hex', 'detail'] as const;
export const TAIL_OPTIONS: readonly string[] = [...TAIL_FLAGS];
const TAIL_LINES = 10;
const TAIL_LINES_MAX = 10_000;
/** As far as is looked back for the last lines. */
const TAIL_BYTES_MAX = 4 * 1024 * 1024;
const LOOK_MS = 500;

/** The last lines, and those that come, until Ctrl+C; where nobody sits, the last lines only. */
export async function fileTail([spec = '', ...words]: readonly string[], shell: Shell): Promise<void> {
  const options = fileOptions(words, TAIL_FLAGS, ['lines', 'expression'], shell.now());
  const pattern = options.expression === undefined ? undefined : boundedRegExp(options.expression);
  const count = Math.min(options.lines ?? TAIL_LINES, TAIL_LINES_MAX);
  const tree = new LogTree(shell.logs);
  const { path } = options.flags.has('recent') ? await latest(tree, spec) : await oneFile(tree, spec);
  let handle = await tree.open(path);
  const show = (lines: readonly string[]): void => {
    const matches = pattern?.matches(lines);
    for (const [index, line] of lines.entries()) if (matches?.[index] !== false) shell.print(line);
  };
  try {
    const { size } = await handle.stat();
    let last: string[] = [];
    const from = Math.max(0, size - TAIL_BYTES_MAX);
    for await (const lines of linesOf(handle, from)) last = [...last, ...lines].slice(-count);
    show(last);
    let position = size;
    let rest = '';
    while (shell.interactive && !shell.signal.aborted) {
      await pause(LOOK_MS, shell.signal);
      const now = await handle.stat();
      if (now.size > position) {
        const buffer = Buffer.alloc(Math.min(now.size - position, 1024 * 1024));
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
        position += bytesRead;
        const pieces = (rest + buffer.toString('utf8', 0, bytesRead)).split('\n');
        rest = (pieces.pop() ?? '').slice(0, TAIL_BYTES_MAX);
        show(pieces);
      } else if (now.size < position || now.nlink === 0) {
        // Begun anew, or full and another one in its place.
        const next = await tree.open(path).catch(() => null);
        if (next === null) continue;
        await handle.close();
        handle = next;
        position = 0;
        rest = '';
      }
    }
  } finally {
    await handle.close();
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const over = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', over);
      resolve();
    };
    const timer = setTimeout(over, ms);
    signal.addEventListener('abort', over);
  });
