/** The command `poise`: finds the command, reads its arguments, says in one sentence what went wrong. */
import { catalogueOf, languageOf, say } from '../messages/catalogue.ts';
import { commandsOf, findCommand, readArguments } from './arguments.ts';
import { EXIT, UsageError } from './command.ts';
import { COMMANDS } from './commands.ts';
import { commandHelp, notFound, overview, usageOf } from './help.ts';
import { sentences } from './sentences.ts';
import { processTerminal, type Terminal } from './terminal.ts';

/** Runs one command. @returns the exit status: 0 done, 1 failed, 2 not understood */
export async function runCommand(given: readonly string[], terminal: Terminal): Promise<number> {
  const first = given[0];
  if (first === undefined || first === '--help' || first === '-h') {
    terminal.print(overview(COMMANDS, terminal));
    return first === undefined ? EXIT.usage : EXIT.done;
  }
  const group = given.slice(0, -1).join(' ');
  const members = commandsOf(group, COMMANDS);
  if (members.length > 0 && ['help', '--help', '-h'].includes(given.at(-1) as string)) {
    terminal.print(overview(members, terminal, group));
    return EXIT.done;
  }
  const found = findCommand(first === '--version' ? ['version'] : given, COMMANDS);
  if (found === undefined)
    return (await asShellCommand(given, terminal)) ?? notFound(given, terminal, COMMANDS);
  try {
    const args = readArguments(found.command, found.rest, terminal);
    if (args.flags.has('help')) {
      terminal.print(commandHelp(found.command, terminal));
      return EXIT.done;
    }
    return await found.command.run(args, terminal);
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.printError(error.message);
      terminal.printError(say(terminal.messages, 'cli.usage', { usage: usageOf(found.command) }));
      return EXIT.usage;
    }
    for (const sentence of sentences(error, terminal)) terminal.printError(sentence);
    return EXIT.failed;
  }
}

/** `poise utils service list` is `poise shell utils service list`. @returns undefined: it is no command of the shell */
async function asShellCommand(given: readonly string[], terminal: Terminal): Promise<number | undefined> {
  if (given[0] !== 'utils') return undefined;
  const { isShellCommand } = await import('./shell/poise-shell.ts');
  return isShellCommand(given) ? runCommand(['shell', ...given], terminal) : undefined;
}

/** The entry of the executable. */
export async function main(given: readonly string[]): Promise<number> {
  const locale = Intl.DateTimeFormat().resolvedOptions().locale;
  const wished = process.env.POISE_LANGUAGE;
  const language = languageOf(wished === undefined ? process.env : { LANG: wished }, locale);
  return runCommand(given, processTerminal(await catalogueOf(language)));
}
