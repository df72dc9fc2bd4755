/** One line of the shell: which command it is, what it does, how it is refused. */
import { type Catalogue, say } from '../../messages/catalogue.ts';
import {
  findShellCommand,
  fits,
  helpLines,
  isWords,
  knownPart,
  nextWords,
  type ShellCommand,
  splitLine,
  usageOf,
} from './grammar.ts';
import { DONE, FAILED, NOT_UNDERSTOOD, type Shell } from './shell.ts';

export interface Running {
  readonly table: readonly ShellCommand[];
  /** Refusals: one line each. */
  refuse(line: string): void;
  /** What people are told of an error. */
  sentences(error: unknown): readonly string[];
}

/** The words of a line. @returns null: it cannot be read, which has been said */
export function wordsOf(
  line: string,
  messages: Catalogue,
  { refuse }: Pick<Running, 'refuse'>,
): readonly string[] | null {
  const words = splitLine(line);
  if (isWords(words)) return words;
  refuse(say(messages, 'shell.openQuote', { quote: words.open }));
  return null;
}

/** Runs the command of these words. @returns the exit status: 0 done, 1 failed or refused, 2 not understood */
export async function runWords(words: readonly string[], shell: Shell, running: Running): Promise<number> {
  const { table, refuse } = running;
  if (words.length === 0) return DONE;
  if (words[0] === 'help' || words.at(-1) === '?') {
    const asked = words[0] === 'help' ? words.slice(1) : words.slice(0, -1);
    const lines = helpLines(asked, table, shell.messages);
    if (lines.length === 0) return unknown(asked, shell, running);
    if (asked.length === 0) shell.print(say(shell.messages, 'shell.helpHead'));
    for (const line of lines) shell.print(line);
    return DONE;
  }
  const found = findShellCommand(words, table);
  if (found === undefined) return unknown(words, shell, running);
  if (!fits(found.command, found.rest)) {
    refuse(say(shell.messages, 'shell.usage', { usage: usageOf(found.command) }));
    return NOT_UNDERSTOOD;
  }
  try {
    const status = await found.command.run(found.rest, shell);
    return typeof status === 'number' ? status : DONE;
  } catch (error) {
    for (const sentence of running.sentences(error)) refuse(sentence);
    return FAILED;
  }
}

/** Says that there is no such command, and how what is known of it can go on. */
function unknown(words: readonly string[], { messages }: Shell, { table, refuse }: Running): number {
  const known = knownPart(words, table);
  const whole = known.length === words.length;
  const command = words.slice(0, known.length + 1).join(' ');
  refuse(say(messages, whole ? 'shell.incomplete' : 'shell.unknown', { command }));
  const next = nextWords(known, table);
  refuse(
    say(messages, 'shell.next', {
      words: (known.length === 0 ? [...next, 'help', 'quit'] : next).join(', '),
    }),
  );
  return NOT_UNDERSTOOD;
}

/** Whether a line ends the shell. */
export const leaves = (words: readonly string[]): boolean =>
  words.length === 1 && (words[0] === 'quit' || words[0] === 'exit');
