/** `file delete`: files of the logs are removed, after a question (admin.md 3). Folders stay: the server writes into them. */
import { unlink } from 'node:fs/promises';
import { confirmed, FAILED, type Shell } from '../shell.ts';
import { LogTree } from './log-tree.ts';
import { fileOptions } from './options.ts';

const FLAGS = ['noconfirm', 'detail'] as const;
export const DELETE_OPTIONS: readonly string[] = FLAGS;

export async function fileDelete(
  [spec = '', ...words]: readonly string[],
  shell: Shell,
): Promise<number | undefined> {
  const { flags } = fileOptions(words, FLAGS, [], shell.now());
  const tree = new LogTree(shell.logs);
  const { files } = await tree.find(spec);
  if (files.length > 0 && !flags.has('noconfirm')) {
    const what = files.length === 1 ? `the file ${files[0]?.name}` : `${files.length} files`;
    if (!(await confirmed(shell, `Delete ${what} [y/n]? `))) {
      shell.print(`files: found = ${files.length}, deleted = 0`);
      return FAILED;
    }
  }
  let deleted = 0;
  for (const { path, name } of files) {
    const gone = await tree
      .absolute(path)
      .then(unlink)
      .then(
        () => true,
        () => false,
      );
    if (gone) deleted++;
    if (flags.has('detail')) shell.print(`${gone ? 'deleted' : 'not deleted'}: ${name}`);
  }
  shell.print(`files: found = ${files.length}, deleted = ${deleted}`);
  return deleted === files.length ? undefined : FAILED;
}
