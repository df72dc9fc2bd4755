/** From the words of a command line to a command and its arguments. */
import { parseArgs } from 'node:util';
import { PlainError, phrase, words } from '../messages/catalogue.ts';
import { similarTo } from '../settings/similar.ts';
import { type Arguments, type Command, UsageError } from './command.ts';
import type { Terminal } from './terminal.ts';

/** Words of the longest name. */
const WORDS_MAX = 4;

/** Finds the command that the words begin with: many words before few. */
export function findCommand(
  words: readonly string[],
  commands: readonly Command[],
): { command: Command; rest: readonly string[] } | undefined {
  for (let length = WORDS_MAX; length >= 1; length--) {
    const name = words.slice(0, length).join(' ');
    const command = commands.find((candidate) => candidate.name === name);
    if (command !== undefined && words.length >= length) return { command, rest: words.slice(length) };
  }
  return undefined;
}

/** The commands whose names begin with this and go on: of `sim` these are `sim call`, `sim load`, … */
export function commandsOf(words: string | undefined, commands: readonly Command[]): readonly Command[] {
  return commands.filter(({ name }) => name.startsWith(`${words} `));
}

/** The words with which the line begins and names of commands, too, as far as these have more: of `sim dial` it is `sim`. */
export function groupOf(words: readonly string[], commands: readonly Command[]): string | undefined {
  for (let length = Math.min(words.length, WORDS_MAX - 1); length >= 1; length--) {
    const group = words.slice(0, length).join(' ');
    if (commandsOf(group, commands).length > 0) return group;
  }
  return undefined;
}

/** The sentence for words that are no command. */
export function unknownCommand(given: readonly string[], commands: readonly Command[]): PlainError {
  const names = commands.map((command) => command.name);
  const group = groupOf(given, commands);
  const length = group === undefined ? 1 : group.split(' ').length + 1;
  const said = given.slice(0, length).join(' ');
  const similar =
    similarTo(given.slice(0, Math.max(2, length)).join(' '), names) ?? similarTo(given[0] ?? '', names);
  return new PlainError(
    similar === undefined
      ? phrase('cli.unknownCommand', { command: said })
      : phrase('cli.unknownCommandSimilar', { command: said, similar }),
  );
}

/** @throws UsageError with a sentence in the language of the terminal */
export function readArguments(command: Command, given: readonly string[], terminal: Terminal): Arguments {
  const complain = (said: Parameters<typeof words>[0]): never => {
    throw new UsageError(words(said, terminal.messages));
  };
  const options: Record<string, { type: 'boolean' | 'string'; multiple?: boolean }> = {
    help: { type: 'boolean' },
  };
  for (const [name, option] of Object.entries(command.options)) {
    options[name] = { type: option.type, ...(option.type === 'string' ? { multiple: true } : {}) };
  }
  let parsed: { values: Record<string, unknown>; positionals: string[] };
  try {
    parsed = parseArgs({
      args: withNegatives(given, options),
      options,
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    return complain(phrase('cli.badArguments', { reason: firstSentence((error as Error).message) }));
  }
  const { values, positionals } = parsed;
  const expected = command.positionals ?? [];
  const required = expected.filter((name) => !name.startsWith('['));
  if (values.help !== true) {
    const missing = required[positionals.length];
    if (missing !== undefined) complain(phrase('cli.missing', { what: missing }));
    for (const [name, option] of Object.entries(command.options))
      if (option.required === true && values[name] === undefined)
        complain(phrase('cli.missing', { what: `--${name}` }));
    const allowed = expected.some((name) => name.startsWith('['))
      ? Number.POSITIVE_INFINITY
      : expected.length;
    const surplus = positionals[allowed];
    if (surplus !== undefined)
      complain(phrase('cli.badArguments', { reason: `unexpected ${JSON.stringify(surplus)}` }));
  }
  const valuesOf = (name: string): readonly string[] => {
    const value = values[name];
    return Array.isArray(value) ? (value as string[]) : typeof value === 'string' ? [value] : [];
  };
  return {
    flags: new Set(Object.keys(values).filter((name) => values[name] === true)),
    value: (name) => valuesOf(name).at(-1),
    values: valuesOf,
    positionals,
  };
}

/** A negative number after an option is its value and no option: whoever reads the value says which ones are allowed. */
function withNegatives(
  given: readonly string[],
  options: Readonly<Record<string, { readonly type: 'boolean' | 'string' }>>,
): string[] {
  const args: string[] = [];
  for (const word of given) {
    const before = args.at(-1);
    const name = before?.startsWith('--') ? before.slice(2) : '';
    if (/^-\d/.test(word) && Object.hasOwn(options, name) && options[name]?.type === 'string')
      args[args.length - 1] = `${before}=${word}`;
    else args.push(word);
  }
  return args;
}

const firstSentence = (text: string): string => (text.split(/\. |\n/)[0] ?? text).replace(/\.$/, '');
