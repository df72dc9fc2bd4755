/** The command `poise`: finds the command, reads its arguments, says in one sentence what went wrong. */
import { catalogueOf, languageOf, PlainError, say, words } from '../messages/catalogue.ts';
import { SettingsError } from '../settings/settings.ts';
import { StoreError } from '../store/store-error.ts';
import { commandsOf, findCommand, readArguments } from './arguments.ts';
import { EXIT, UsageError } from './command.ts';
import { COMMANDS } from './commands.ts';
import { commandHelp, notFound, overview, usageOf } from './help.ts';
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
  if (found === undefined) return notFound(given, terminal, COMMANDS);
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

/** What people are told of an error: what they can mend in plain words, everything else as ours to mend. */
export function sentences(error: unknown, { messages, env }: Pick<Terminal, 'messages' | 'env'>): string[] {
  if (error instanceof PlainError) return [words(error.said, messages)];
  if (error instanceof SettingsError) return error.problems.map((problem) => words(problem, messages));
  // A full disk, or a database that is lost, is nobody's mistake here.
  if (error instanceof StoreError && error.code === 'unavailable') {
    const { message } = error.cause instanceof Error ? error.cause : error;
    return [say(messages, 'cli.storeUnavailable', { reason: message })];
  }
  const reason =
    error instanceof Error
      ? env.NODE_DEBUG
        ? (error.stack ?? error.message)
        : error.message
      : String(error);
  return [say(messages, 'cli.unexpected', { reason })];
}

/** The entry of the executable. */
export async function main(given: readonly string[]): Promise<number> {
  const locale = Intl.DateTimeFormat().resolvedOptions().locale;
  const wished = process.env.POISE_LANGUAGE;
  const language = languageOf(wished === undefined ? process.env : { LANG: wished }, locale);
  return runCommand(given, processTerminal(await catalogueOf(language)));
}
