/**
 * The grammar of `poise shell` as data: a command is its words, what may follow them, its help and what it does. Finding a command,
 * completing a line and describing what can follow are pure functions over the table (admin.md 2).
 */
import type { Catalogue, MessageId } from '../../messages/catalogue.ts';
import type { Shell } from './shell.ts';

/** What follows the words of a command. */
export interface ShellParameter {
  /** As the usage prints it, e.g. `file-spec`. */
  readonly name: string;
  /** `rest` takes all words that are left, at least one; `options` may be none. */
  readonly takes: 'one' | 'optional' | 'rest' | 'options';
  /** What it can be, for the Tab key. @param before the words after the command so far, without the one that is typed */
  readonly complete?: (
    shell: Pick<Shell, 'logs' | 'node'>,
    typed: string,
    before: readonly string[],
  ) => readonly string[];
}

export interface ShellCommand {
  /** As typed, parted by single blanks. */
  readonly words: string;
  readonly parameters?: readonly ShellParameter[];
  readonly help: MessageId;
  /** @returns the exit status; what is no number: done */
  readonly run: (given: readonly string[], shell: Shell) => unknown;
}

/** A line whose quote is never closed. */
export interface OpenQuote {
  readonly open: string;
}

/**
 * The words of a line. What stands in double or single quotes is one word; a backslash stays as it is, because regular
 * expressions are full of them, but for one before a double quote inside double quotes.
 */
export function splitLine(line: string): readonly string[] | OpenQuote {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < line.length; at++) {
    const letter = line[at] as string;
    if (quote !== '') {
      if (letter === '\\' && quote === '"' && line[at + 1] === '"') word = `${word ?? ''}${line[++at]}`;
      else if (letter === quote) quote = '';
      else word = (word ?? '') + letter;
    } else if (letter === '"' || letter === "'") {
      quote = letter;
      word ??= '';
    } else if (/\s/.test(letter)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + letter;
  }
  if (quote !== '') return { open: quote };
  if (word !== undefined) words.push(word);
  return words;
}

/** The command that the words begin with, the one of most words; and what follows it. */
export function findShellCommand(
  words: readonly string[],
  table: readonly ShellCommand[],
): { readonly command: ShellCommand; readonly rest: readonly string[] } | undefined {
  let best: ShellCommand | undefined;
  for (const command of table)
    if (startsWith(words, command.words.split(' ')) && command.words.length > (best?.words.length ?? -1))
      best = command;
  return best && { command: best, rest: words.slice(best.words.split(' ').length) };
}

/** What can be the next word of a command after these, in the order of the alphabet. */
export function nextWords(words: readonly string[], table: readonly ShellCommand[]): readonly string[] {
  const next = new Set<string>();
  for (const command of table) {
    const own = command.words.split(' ');
    if (own.length > words.length && startsWith(own, words)) next.add(own[words.length] as string);
  }
  return [...next].sort();
}

/** As many of the words as commands begin with. */
export function knownPart(words: readonly string[], table: readonly ShellCommand[]): readonly string[] {
  for (let length = words.length; length > 0; length--) {
    const part = words.slice(0, length);
    if (nextWords(part, table).length > 0 || findExactly(part, table) !== undefined) return part;
  }
  return [];
}

const findExactly = (words: readonly string[], table: readonly ShellCommand[]): ShellCommand | undefined =>
  table.find((command) => command.words === words.join(' '));

/**
 * What the Tab key offers for a line: whole words with which the last one, or the next, can go on.
 * @returns the candidates, and the part of the line that they stand for
 */
export function completions(
  line: string,
  table: readonly ShellCommand[],
  shell: Pick<Shell, 'logs' | 'node'>,
): readonly [candidates: readonly string[], typed: string] {
  const typed = /\S*$/.exec(line)?.[0] ?? '';
  const before = splitLine(line.slice(0, line.length - typed.length));
  if (!isWords(before)) return [[], typed];
  const words = before[0] === 'help' ? before.slice(1) : before;
  const candidates = new Set(nextWords(words, table));
  if (before.length === 0) for (const word of ['help', 'quit']) candidates.add(word);
  const found = findShellCommand(words, table);
  if (found !== undefined) {
    const { parameters = [] } = found.command;
    const last = parameters.at(-1);
    const parameter =
      parameters[found.rest.length] ??
      (last?.takes === 'rest' || last?.takes === 'options' ? last : undefined);
    if (parameter?.takes === 'rest' && parameter.complete !== undefined && parameter === last) {
      // A name of several words: what is missing of it.
      const said = found.rest.slice(parameters.length - 1);
      for (const name of parameter.complete(shell, typed, found.rest)) {
        const own = name.split(' ');
        if (own.length > said.length && startsWith(own, said))
          candidates.add(own.slice(said.length).join(' '));
      }
    } else for (const name of parameter?.complete?.(shell, typed, found.rest) ?? []) candidates.add(name);
  }
  const fitting = [...candidates].filter((word) => word.startsWith(typed));
  // A name that ends in a slash goes on.
  return [fitting.map((word) => (word.endsWith('/') ? word : `${word} `)), typed];
}

/** `utils service start <service-name>...`: the words of a command and what follows them. */
export function usageOf({ words, parameters = [] }: ShellCommand): string {
  const shapes = {
    one: ['<', '>'],
    optional: ['[', ']'],
    rest: ['<', '>...'],
    options: ['[', ']...'],
  } as const;
  return [
    words,
    ...parameters.map(({ name, takes }) => `${shapes[takes][0]}${name}${shapes[takes][1]}`),
  ].join(' ');
}

/** Help for these words: the commands that begin with them, each with what it does. Empty: there are none. */
export function helpLines(
  words: readonly string[],
  table: readonly ShellCommand[],
  messages: Catalogue,
): readonly string[] {
  const all = table.filter((command) => startsWith(command.words.split(' '), words));
  if (all.length === 0) return [];
  // Few enough to be told one by one; of more, only how they go on.
  if (all.length <= 24) return all.flatMap((command) => [usageOf(command), `    ${messages[command.help]}`]);
  return nextWords(words, table).map((word) => [...words, word].join(' '));
}

/** Whether what follows a command is what it takes. */
export function fits({ parameters = [] }: ShellCommand, rest: readonly string[]): boolean {
  const least = parameters.filter(({ takes }) => takes === 'one' || takes === 'rest').length;
  const last = parameters.at(-1)?.takes;
  const most = last === 'rest' || last === 'options' ? Number.POSITIVE_INFINITY : parameters.length;
  return rest.length >= least && rest.length <= most;
}

export const isWords = (split: readonly string[] | OpenQuote): split is readonly string[] =>
  Array.isArray(split);

const startsWith = (words: readonly string[], beginning: readonly string[]): boolean =>
  beginning.length <= words.length && beginning.every((word, at) => words[at] === word);
