/** The table of `file …`. Paths are completed from what is there. */
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { phrase } from '../../../messages/catalogue.ts';
import type { ShellCommand, ShellParameter } from '../grammar.ts';
import { refusal, type Shell } from '../shell.ts';
import { DELETE_OPTIONS, fileDelete } from './file-delete.ts';
import { fileGet, GET_OPTIONS } from './file-get.ts';
import { fileList, LIST_OPTIONS } from './file-list.ts';
import { fileSearch, SEARCH_OPTIONS } from './file-search.ts';
import { DUMP_OPTIONS, fileDump, fileTail, fileView, TAIL_OPTIONS } from './file-view.ts';
import { segmentsOf } from './log-tree.ts';

/** Paths that begin so; folders end in a slash. */
export function pathsFrom({ logs }: Pick<Shell, 'logs'>, typed: string): readonly string[] {
  const slash = typed.lastIndexOf('/');
  const folder = typed.slice(0, slash + 1);
  try {
    const segments = segmentsOf(folder);
    // As everywhere here, what a link leads to is not there.
    for (const at of segments.keys())
      if (!lstatSync(join(logs, ...segments.slice(0, at + 1))).isDirectory()) return [];
    return readdirSync(join(logs, ...segments), { withFileTypes: true })
      .filter((entry) => entry.isFile() || entry.isDirectory())
      .map((entry) => `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`)
      .sort();
  } catch {
    return [];
  }
}

const SPEC: ShellParameter = { name: 'file-spec', takes: 'one', complete: pathsFrom };
const OPTIONAL_SPEC: ShellParameter = { name: 'file-spec', takes: 'optional', complete: pathsFrom };
const REGEXP: ShellParameter = { name: 'regex', takes: 'one' };
const options = (words: readonly string[]): ShellParameter => ({
  name: words.join('|'),
  takes: 'options',
  complete: (_shell, _typed, before) => words.filter((word) => !before.includes(word)),
});

const file = (
  verb: string,
  help: ShellCommand['help'],
  parameters: readonly ShellParameter[],
  run: ShellCommand['run'],
): ShellCommand => ({ words: `file ${verb} activelog`, parameters, help, run });

/** The other roots of the original are partitions and records of its installation. */
const absent = (verb: string, root: string): ShellCommand => ({
  words: `file ${verb} ${root}`,
  parameters: [{ name: 'file-spec', takes: 'options' }],
  help: 'shell.help.fileAbsent',
  run: () => {
    throw refusal(phrase('shell.rootAbsent', { root }));
  },
});

const VERBS = ['list', 'search', 'get', 'view', 'dump', 'tail', 'delete'] as const;

export const FILE_COMMANDS: readonly ShellCommand[] = [
  file('list', 'shell.help.fileList', [OPTIONAL_SPEC, options(LIST_OPTIONS)], fileList),
  file('search', 'shell.help.fileSearch', [SPEC, REGEXP, options(SEARCH_OPTIONS)], fileSearch),
  file('get', 'shell.help.fileGet', [SPEC, options(GET_OPTIONS)], fileGet),
  file('view', 'shell.help.fileView', [SPEC], fileView),
  file('dump', 'shell.help.fileDump', [SPEC, options(DUMP_OPTIONS)], fileDump),
  file('tail', 'shell.help.fileTail', [SPEC, options(TAIL_OPTIONS)], fileTail),
  file('delete', 'shell.help.fileDelete', [SPEC, options(DELETE_OPTIONS)], fileDelete),
  ...VERBS.flatMap((verb) => [absent(verb, 'inactivelog'), absent(verb, 'install')]),
];
