/**
 * Regular expressions that somebody typed, over many lines: one that would take for ever is given up. The engine is left in the
 * middle of it by the time limit of a script; nothing else in the process could stop it.
 */
import { createContext, Script } from 'node:vm';
import { phrase } from '../../messages/catalogue.ts';
import { refusal } from './shell.ts';

/** For one portion of lines; a sane expression needs milliseconds. */
const LIMIT_MS = 2_000;
const PATTERN_MAX = 1_000;
/** Of a longer line the rest is not looked at. */
export const MATCHED_LENGTH_MAX = 65_536;

const SCRIPT = new Script('lines.map((line) => pattern.test(line))');

export interface BoundedRegExp {
  /** Which of the lines match. @throws PlainError when it takes too long */
  matches(lines: readonly string[]): readonly boolean[];
}

/** @throws PlainError when it is none, or longer than 1,000 characters */
export function boundedRegExp(source: string, ignoreCase = false, limitMs = LIMIT_MS): BoundedRegExp {
  if (source.length > PATTERN_MAX) throw refusal(phrase('shell.patternLong', { max: PATTERN_MAX }));
  let pattern: RegExp;
  try {
    pattern = new RegExp(source, ignoreCase ? 'i' : '');
  } catch {
    throw refusal(phrase('shell.patternBad', { pattern: source }));
  }
  const context = createContext({ pattern, lines: [] as readonly string[] });
  return {
    matches(lines) {
      context.lines = lines.map((line) => line.slice(0, MATCHED_LENGTH_MAX));
      try {
        return [...(SCRIPT.runInContext(context, { timeout: limitMs }) as readonly boolean[])];
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
        throw refusal(phrase('shell.patternSlow', { pattern: source }));
      }
    },
  };
}
