/** The overview of the commands and the help of each. */
import { say, words } from '../messages/catalogue.ts';
import { commandsOf, findCommand, groupOf, unknownCommand } from './arguments.ts';
import { type Arguments, type Command, EXIT } from './command.ts';
import { PART_NAMES } from './main-types.ts';
import type { Terminal } from './terminal.ts';

export function usageOf(command: Command): string {
  const options = Object.entries(command.options).map(([name, option]) => {
    const text = option.type === 'boolean' ? `--${name}` : `--${name} ${option.value ?? 'VALUE'}`;
    if (option.required === true) return text;
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
    ...(command.more === undefined ? [] : ['', messages[command.more]]),
  ].join('\n');
}

/** @param group with what the names of all these commands begin, where they have that in common */
export function overview(commands: readonly Command[], { messages }: Terminal, group?: string): string {
  const rows = commands.map((command): [string, string] => [
    [command.name, ...(command.positionals ?? [])].join(' '),
    messages[command.help],
  ]);
  const words = ['poise', ...(group === undefined ? [] : [group]), 'COMMAND [OPTION]...'];
  const usage = say(messages, 'cli.usage', { usage: words.join(' ') });
  const more = new Set(group === undefined ? [] : commands.flatMap((command) => command.more ?? []));
  return [
    usage,
    '',
    say(messages, 'cli.commands'),
    ...table(rows),
    ...[...more].flatMap((id) => ['', messages[id]]),
  ].join('\n');
}

/** Says that the words are no command, and which there are: of `sim dial` those of `sim`. */
export function notFound(given: readonly string[], terminal: Terminal, commands: readonly Command[]): number {
  const group = groupOf(given, commands);
  const members = group === undefined ? [] : commandsOf(group, commands);
  // Whoever types the first words alone, or with options, asks what can follow.
  const next = given[group?.split(' ').length ?? 0];
  const asks = members.length > 0 && (next === undefined || next.startsWith('-'));
  if (!asks) terminal.printError(words(unknownCommand(given, commands).said, terminal.messages));
  terminal.printError(members.length > 0 ? overview(members, terminal, group) : overview(commands, terminal));
  return EXIT.usage;
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
  const group = given.positionals.join(' ');
  const members = commandsOf(group, commands);
  if (members.length > 0) {
    terminal.print(overview(members, terminal, group));
    return Promise.resolve(EXIT.done);
  }
  const found = findCommand(given.positionals, commands);
  if (found === undefined) return Promise.resolve(notFound(given.positionals, terminal, commands));
  terminal.print(commandHelp(found.command, terminal));
  return Promise.resolve(EXIT.done);
}
