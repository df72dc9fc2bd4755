/** Pages of 20 lines with the footer of the original (admin.md 3). */
import type { Shell } from '../shell.ts';

export const PAGE_LINES = 20;

/** Lines by number, the first is 0. */
export interface Pages {
  readonly total: number;
  /** @param first number of the first line; at most {@link PAGE_LINES} of them */
  lines(first: number): Promise<readonly string[]>;
}

/** `options: q=quit, n=next, p=prev, b=begin, e=end (lines 1 - 20 of 45) :` */
export const footer = (first: number, last: number, total: number): string =>
  `options: q=quit, n=next, p=prev, b=begin, e=end (lines ${first + 1} - ${last} of ${total}) :`;

/** Where a key leads from the page that begins with this line; null: away. */
export function turned(key: string, first: number, total: number): number | null {
  const lastPage = Math.max(0, Math.floor((total - 1) / PAGE_LINES) * PAGE_LINES);
  switch (key.trim().toLowerCase()) {
    case 'q':
      return null;
    case 'p':
      return Math.max(0, first - PAGE_LINES);
    case 'b':
      return 0;
    case 'e':
      return lastPage;
    case '':
    case 'n':
      return first + PAGE_LINES > lastPage ? null : first + PAGE_LINES;
    default:
      return first;
  }
}

/** Shows page after page as somebody asks for them; everything where nobody sits. */
export async function page(
  shell: Pick<Shell, 'print' | 'ask' | 'interactive' | 'signal'>,
  pages: Pages,
): Promise<void> {
  const { total } = pages;
  if (!shell.interactive) {
    for (let first = 0; first < total; first += PAGE_LINES)
      for (const line of await pages.lines(first)) shell.print(line);
    return;
  }
  let first: number | null = 0;
  while (first !== null && !shell.signal.aborted) {
    const lines = await pages.lines(first);
    for (const line of lines) shell.print(line);
    if (total <= PAGE_LINES && first === 0) shell.print('end of the file reached');
    const key = await shell.ask(`${footer(first, Math.min(first + lines.length, total), total)} `, 'qnpbe');
    first = key === null ? null : turned(key, first, total);
  }
}

export const pagesOf = (lines: readonly string[]): Pages => ({
  total: lines.length,
  lines: (first) => Promise.resolve(lines.slice(first, first + PAGE_LINES)),
});
