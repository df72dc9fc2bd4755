/** `file search`: lines that match, with the file they stand in (admin.md 3). */
import { boundedRegExp } from '../bounded-regexp.ts';
import type { Shell } from '../shell.ts';
import { linesOf, linesOfZip } from './lines-of.ts';
import { LogTree, SHOWN_ROOT, segmentsOf } from './log-tree.ts';
import { fileOptions } from './options.ts';

const FLAGS = ['recurs', 'ignorecase'] as const;
export const SEARCH_OPTIONS: readonly string[] = [...FLAGS, 'reltime', 'abstime'];

export async function fileSearch(
  [spec = '', expression = '', ...words]: readonly string[],
  shell: Shell,
): Promise<void> {
  const { flags, span } = fileOptions(words, FLAGS, ['reltime', 'abstime'], shell.now());
  const pattern = boundedRegExp(expression, flags.has('ignorecase'));
  const tree = new LogTree(shell.logs);
  const { files } = await tree.find(spec, flags.has('recurs'));
  const chosen = files.filter(
    ({ changedAt }) => span === undefined || (changedAt >= span.from && changedAt <= span.to),
  );
  shell.print(`Searching path: ${[SHOWN_ROOT, ...segmentsOf(spec)].join('/')}`);
  const one = chosen.length === 1 ? chosen[0] : undefined;
  if (one !== undefined) shell.print(`Searching file: ${SHOWN_ROOT}/${one.path}`);
  for (const { path } of chosen) {
    const handle = await tree.open(path);
    try {
      // Rotated logs are packed, each alone (admin.md 6).
      for await (const lines of path.endsWith('.zip') ? linesOfZip(handle) : linesOf(handle)) {
        if (shell.signal.aborted) return;
        const matches = pattern.matches(lines);
        for (const [index, line] of lines.entries())
          if (matches[index] === true)
            shell.print(one === undefined ? `${SHOWN_ROOT}/${path}:${line}` : line);
      }
    } finally {
      await handle.close();
    }
  }
  shell.print('Search completed');
}
