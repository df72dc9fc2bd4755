/** The words behind a file spec, as the commands of the original have them (admin.md 3). */
import { phrase } from '../../../messages/catalogue.ts';
import { refusal } from '../shell.ts';
import { absoluteSpan, relativeSpan, type Span } from './times.ts';

export interface FileOptions {
  readonly flags: ReadonlySet<string>;
  readonly span?: Span;
  readonly match?: string;
  /** A bare word that is no option: the expression of `tail`. */
  readonly expression?: string;
  readonly lines?: number;
}

type Kind = 'reltime' | 'abstime' | 'match' | 'expression' | 'lines';

/**
 * Reads the options.
 * @param flags words that stand alone, such as `recurs`
 * @param kinds options that take further words
 * @throws PlainError for a word that is none of them
 */
export function fileOptions(
  given: readonly string[],
  flags: readonly string[],
  kinds: readonly Kind[],
  now: number,
): FileOptions {
  const read: { flags: Set<string>; span?: Span; match?: string; expression?: string; lines?: number } = {
    flags: new Set(),
  };
  for (let at = 0; at < given.length; at++) {
    const word = given[at] as string;
    if (flags.includes(word)) read.flags.add(word);
    else if (word === 'reltime' && kinds.includes('reltime')) {
      // The reference has it as `reltime <unit> <n>`; operators write it the other way round, too.
      const [a, b] = [given[++at], given[++at]];
      read.span = /^\d+$/.test(a ?? '') ? relativeSpan(b, a, now) : relativeSpan(a, b, now);
    } else if (word === 'abstime' && kinds.includes('abstime'))
      read.span = absoluteSpan(given[++at], given[++at]);
    else if (word === 'match' && kinds.includes('match') && given[at + 1] !== undefined)
      read.match = given[++at] as string;
    else if (kinds.includes('lines') && /^\d{1,5}$/.test(word)) read.lines = Number(word);
    else if (kinds.includes('expression') && read.expression === undefined) read.expression = word;
    else throw refusal(phrase('shell.option', { word: word.slice(0, 64) }));
  }
  return read;
}
