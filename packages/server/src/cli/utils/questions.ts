/** Questions of `poise utils`: what the options do not say is asked, as the original asks it. */
import { say } from '../../messages/catalogue.ts';
import { type Arguments, UsageError } from '../command.ts';
import type { Terminal } from '../terminal.ts';

/**
 * The option, or the answer to the question, which is repeated as the original does.
 * @throws UsageError at the end of input, and where an answer cannot be asked for because JSON is wanted
 */
export async function optionOrAnswer(
  given: Arguments,
  terminal: Terminal,
  { option, question, echo }: { readonly option: string; readonly question: string; readonly echo: string },
): Promise<string> {
  const said = given.value(option);
  if (said !== undefined) return said;
  const answer = given.flags.has('json') ? null : await terminal.ask(question);
  if (answer === null) throw new UsageError(say(terminal.messages, 'cli.missing', { what: `--${option}` }));
  const word = answer.trim();
  terminal.print(`${echo}: ${word}`);
  return word;
}
