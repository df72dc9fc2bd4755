/** The overview of the commands and the help of each. */
import { say, words } from '../messages/catalogue.ts';
import { findCommand, unknownCommand } from './arguments.ts';
import { type Arguments, type Command, EXIT } from './command.ts';
import { PART_NAMES } from './main-types.ts';
import type { Terminal } from './terminal.ts';

export function usageOf(command: Command): string {
  const options = Object.entries(command.options).map(([name, option]) => {
    const text = option.type === 'boolean' ? `--${name}` : `--${name} ${option.value ?? 'VALUE'}`;
    return `[${text}]${option.multiple === true ? '...' : ''}`;
  });
  return ['poise', command.name, ...(command.positionals ?? []), ...options].join(' ');
}

export function commandHelp(command: Command, { messages }: Terminal): string {
  const rows = Object.entries(command.options).map(([name, option]): [string, string] => [
    option.type === 'boolean' ? `--${name}` : `--${name} ${option.value ?? 'VALUE'}`,
    messages[option.help].replace('{parts}', PART_NAMES.join(',')),
  ]);
  return [
    `${messages[command.help]}.`,
    say(messages, 'cli.usage', { usage: usageOf(command) }),
    '',
    say(messages, 'cli.options'),
    ...table([...rows, ['--help', messages['option.help']]]),
  ].join('\n');
}

export function overview(commands: readonly Command[], { messages }: Terminal): string {
  const rows = commands.map((command): [string, string] => [
    [command.name, ...(command.positionals ?? [])].join(' '),
    messages[command.help],
  ]);
  const usage = say(messages, 'cli.usage', { usage: 'poise COMMAND [OPTION]...' });
  return [usage, '', say(messages, 'cli.commands'), ...table(rows)].join('\n');
}

function table(rows: ReadonlyArray<readonly [string, string]>): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`);
}

export function help(given: Arguments, terminal: Terminal, commands: readonly Command[]): Promise<number> {
  if (given.positionals.length === 0) {
    terminal.print(overview(commands, terminal));
    return Promise.resolve(EXIT.done);
  }
  const found = findCommand(given.positionals, commands);
  if (found === undefined) {
    terminal.printError(words(unknownCommand(given.positionals, commands).said, terminal.messages));
    terminal.printError(overview(commands, terminal));
    return Promise.resolve(EXIT.usage);
  }
  terminal.print(commandHelp(found.command, terminal));
  return Promise.resolve(EXIT.done);
}
