/** `file list`: names, or with `detail` time, size and name; the counts last (admin.md 3). */
import { phrase } from '../../../messages/catalogue.ts';
import { refusal, type Shell } from '../shell.ts';
import { type Found, type LogFile, type LogFolder, LogTree } from './log-tree.ts';
import { fileOptions } from './options.ts';
import { page, pagesOf } from './pager.ts';
import { listedTime, withCommas } from './times.ts';

const FLAGS = ['page', 'detail', 'reverse', 'date', 'size'] as const;
export const LIST_OPTIONS: readonly string[] = FLAGS;

export interface ListForm {
  readonly detail: boolean;
  readonly reverse: boolean;
  readonly by: 'name' | 'date' | 'size';
}

/** The lines of a listing: folders first, each sort by itself. */
function listing(
  { files, folders }: Pick<Found, 'files' | 'folders'>,
  { detail, reverse, by }: ListForm,
): readonly string[] {
  const order = <T extends LogFile | LogFolder>(entries: readonly T[]): readonly T[] => {
    const sorted = [...entries].sort((a, b) =>
      by === 'date'
        ? a.changedAt - b.changedAt
        : by === 'size'
          ? sizeOf(a) - sizeOf(b)
          : a.name < b.name
            ? -1
            : Number(a.name > b.name),
    );
    return reverse ? sorted.reverse() : sorted;
  };
  const line = (entry: LogFile | LogFolder): string => {
    const size = 'bytes' in entry ? withCommas(entry.bytes) : '<dir>';
    if (detail) return `${listedTime(entry.changedAt)}  ${size.padStart(15)}  ${entry.name}`;
    return 'bytes' in entry ? entry.name : `<dir>   ${entry.name}`;
  };
  return [
    ...order(folders).map(line),
    ...order(files).map(line),
    `dir count = ${folders.length}, file count = ${files.length}`,
  ];
}

const sizeOf = (entry: LogFile | LogFolder): number => ('bytes' in entry ? entry.bytes : 0);

export async function fileList([spec = '', ...words]: readonly string[], shell: Shell): Promise<void> {
  const { flags } = fileOptions(words, FLAGS, [], shell.now());
  const found = await new LogTree(shell.logs).find(spec);
  const lines = listing(found, {
    detail: flags.has('detail'),
    reverse: flags.has('reverse'),
    by: flags.has('date') ? 'date' : flags.has('size') ? 'size' : 'name',
  });
  if (flags.has('page')) await page(shell, pagesOf(lines));
  else for (const line of lines) shell.print(line);
}

/** @throws PlainError where a command needs files and there are none */
export function needFiles(spec: string, files: readonly LogFile[]): readonly LogFile[] {
  if (files.length === 0) throw refusal(phrase('shell.noFile', { file: spec }));
  return files;
}
