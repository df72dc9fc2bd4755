/**
 * `poise utils finesse …`: serviceability commands with the words of the original (admin.md 4), so that what people know, and what their
 * scripts type and read, fits. What they print is English in every language for the same reason; help and refusals are not.
 */
import type { Command, CommandOption } from '../command.ts';

const text = (value: string, help: CommandOption['help']): CommandOption => ({ type: 'string', value, help });

/** @param common options that every command to a running server has */
export function utilsCommands(common: Command['options']): readonly Command[] {
  const collection = 'utils finesse desktop_auto_log_collection';
  return [
    {
      name: `${collection} create`,
      help: 'help.logCollectionCreate',
      options: {
        agents: text('IDS', 'option.logCollectionAgents'),
        duration: text('SECONDS', 'option.logCollectionDuration'),
        interval: text('SECONDS', 'option.logCollectionInterval'),
        ...common,
      },
      run: async (given, terminal) =>
        (await import('./desktop-auto-log-collection.ts')).create(given, terminal),
    },
    {
      name: `${collection} list`,
      help: 'help.logCollectionList',
      options: common,
      run: async (given, terminal) =>
        (await import('./desktop-auto-log-collection.ts')).list(given, terminal),
    },
    {
      name: `${collection} delete`,
      help: 'help.logCollectionDelete',
      options: { id: text('ID', 'option.logCollectionId'), ...common },
      run: async (given, terminal) =>
        (await import('./desktop-auto-log-collection.ts')).remove(given, terminal),
    },
  ];
}
