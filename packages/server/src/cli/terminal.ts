/** The world of a command: streams, environment, questions. Handed in, so that tests need no process. */
import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import type { Catalogue } from '../messages/catalogue.ts';

export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** A person reads along. */
  readonly interactive: boolean;
  readonly messages: Catalogue;
  /** One line to the standard output. */
  print(line: string): void;
  /** One line to the standard error. */
  printError(line: string): void;
  /** Text to the standard output as it is. */
  write(text: string): void;
  /** Asks for a line that may be seen; from a pipe, takes the next line. Null: end of input. */
  ask(prompt: string): Promise<string | null>;
  /** Asks for a secret without showing it; from a pipe, takes the next line. Null: end of input. */
  askSecret(prompt: string): Promise<string | null>;
}

/** The terminal of this process. */
export function processTerminal(messages: Catalogue): Terminal {
  // Whoever read our output may go away (`poise start | head`); that is no reason to fail.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  const lines = pipedLines();
  return {
    env: process.env,
    cwd: process.cwd(),
    interactive: process.stdout.isTTY === true,
    messages,
    print: (line) => void process.stdout.write(`${line}\n`),
    printError: (line) => void process.stderr.write(`${line}\n`),
    write: (text) => void process.stdout.write(text),
    ask: (prompt) => (process.stdin.isTTY ? askOpenly(prompt) : lines()),
    askSecret: (prompt) => (process.stdin.isTTY ? askHidden(prompt) : lines()),
  };
}

async function askHidden(prompt: string): Promise<string | null> {
  process.stderr.write(prompt);
  const muted = new Writable({ write: (_chunk, _encoding, done) => done() });
  const answer = await nextLine(createInterface({ input: process.stdin, output: muted, terminal: true }));
  process.stderr.write('\n');
  return answer;
}

function askOpenly(prompt: string): Promise<string | null> {
  const reader = createInterface({ input: process.stdin, output: process.stdout });
  reader.setPrompt(prompt);
  reader.prompt();
  return nextLine(reader);
}

/** Null when there is none, or somebody gave up. */
function nextLine(reader: Interface): Promise<string | null> {
  return new Promise((resolve) => {
    let answer: string | null = null;
    reader.once('line', (line) => {
      answer = line;
      reader.close();
    });
    reader.once('SIGINT', () => reader.close());
    reader.once('close', () => resolve(answer));
  });
}

/** The lines of a pipe, one for each question. */
function pipedLines(): () => Promise<string | null> {
  let iterator: AsyncIterator<string> | undefined;
  return async () => {
    iterator ??= createInterface({ input: process.stdin, terminal: false })[Symbol.asyncIterator]();
    const { done, value } = await iterator.next();
    return done === true ? null : value;
  };
}
