/** `utils finesse desktop_auto_log_collection …`, the same as on the command line (docs/utils.md). */

import type { Arguments } from '../../command.ts';
import { UsageError } from '../../command.ts';
import { create, list, remove } from '../../utils/desktop-auto-log-collection.ts';
import type { ShellCommand } from '../grammar.ts';
import { NOT_UNDERSTOOD, type Shell } from '../shell.ts';

/** Nothing is given: what is needed is asked for. Where the data directory is, the shell was told. */
const asked = ({ node }: Shell): Arguments => ({
  flags: new Set(),
  value: (name) => (name === 'data' ? node.data : undefined),
  values: () => [],
  positionals: [],
});

const run =
  (command: typeof create): ShellCommand['run'] =>
  async (_given, shell) => {
    try {
      return await command(asked(shell), shell.terminal);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      shell.print(error.message);
      return NOT_UNDERSTOOD;
    }
  };

export const LOG_COLLECTION_COMMANDS: readonly ShellCommand[] = [
  {
    words: 'utils finesse desktop_auto_log_collection create',
    help: 'help.logCollectionCreate',
    run: run(create),
  },
  { words: 'utils finesse desktop_auto_log_collection list', help: 'help.logCollectionList', run: run(list) },
  {
    words: 'utils finesse desktop_auto_log_collection delete',
    help: 'help.logCollectionDelete',
    run: run(remove),
  },
];
