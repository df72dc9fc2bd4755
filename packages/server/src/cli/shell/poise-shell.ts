/** `poise shell`: the serviceability commands of the original, at a prompt, one for each call, or from the standard input (admin.md 2). */
import { join } from 'node:path';
import { controlRequest } from '../../control/client.ts';
import { controlLocation } from '../../control/location.ts';
import { PlainError, say } from '../../messages/catalogue.ts';
import type { Arguments } from '../command.ts';
import { sentences } from '../sentences.ts';
import { settingsFrom } from '../settings-arguments.ts';
import type { Terminal } from '../terminal.ts';
import { noteCommand } from './command-log.ts';
import { connectSftp } from './files/sftp.ts';
import { completions, findShellCommand, helpLines, isWords, splitLine } from './grammar.ts';
import { LineEditor } from './line-editor.ts';
import { type Machine, thisMachine } from './machine.ts';
import { plainLine } from './plain-text.ts';
import { leaves, type Running, runWords, wordsOf } from './run-line.ts';
import { DONE, NOT_UNDERSTOOD, type Shell, type ShellNode } from './shell.ts';
import { SHELL_COMMANDS } from './table.ts';

const PROMPT = 'admin:';

/** What a test puts in the place of this process. */
export interface Surroundings {
  readonly machine?: Machine;
  readonly now?: () => number;
  /** Whether somebody sits at both ends of the terminal. */
  readonly attended?: boolean;
  readonly editor?: (
    options: Omit<ConstructorParameters<typeof LineEditor>[0], 'input' | 'output'>,
  ) => LineEditor;
}

type Asking = Pick<Shell, 'ask' | 'askSecret'>;

const askingOf = (editor: LineEditor): Asking => ({
  ask: (question, keys) => editor.answer(question, keys),
  askSecret: (question) => editor.secret(question),
});

/** Whether these words are a command of the shell, so that the command line may run it, too. */
export const isShellCommand = (words: readonly string[]): boolean =>
  findShellCommand(words, SHELL_COMMANDS) !== undefined;

export async function shell(
  given: Arguments,
  terminal: Terminal,
  surroundings: Surroundings = {},
): Promise<number> {
  // At the other end of SSH somebody sits at a terminal that this process does not have.
  const columns = Number(terminal.env.REMOTE_TERMINAL_COLUMNS ?? 0);
  const {
    machine = thisMachine(),
    now = Date.now,
    attended = columns > 0 || (terminal.interactive && process.stdin.isTTY === true),
    editor: openEditor = (options) =>
      new LineEditor({
        ...options,
        input: process.stdin,
        output: columns > 0 ? Object.assign(process.stdout, { columns }) : process.stdout,
      }),
  } = surroundings;
  const { settings } = await settingsFrom(given, terminal);
  const location = controlLocation(settings.data, 'server');
  const other = controlLocation(settings.data, 'cti');
  const control: Shell['control'] = async (command, argument = {}, timeoutMs = undefined) => {
    try {
      return await controlRequest(location, command, argument, timeoutMs);
    } catch (error) {
      if (!(error instanceof PlainError) || error.said.id !== 'control.notRunning') throw error;
      return controlRequest(other, command, argument, timeoutMs);
    }
  };
  const logs = join(settings.data, 'logs');
  const known: ShellNode = {
    data: settings.data,
    deployment: settings.deployment,
    host: settings.domain,
    store: settings.store.url === '' ? 'sqlite' : 'postgres',
    certificate: settings.https.certificate,
  };
  let node = known;
  /** The server may run with other settings than those that this program was given, and may be another one by now. */
  const look = async (): Promise<void> => {
    const told = await control('utils.node').catch(() => null);
    node = { ...known, ...(told as Partial<ShellNode> | null) };
  };
  const print = (line = ''): void => terminal.print(plainLine(line));
  const running: Running = {
    table: SHELL_COMMANDS,
    refuse: (line) => terminal.printError(plainLine(line)),
    sentences: (error) => sentences(error, terminal),
  };
  const worldOf = ({ ask, askSecret }: Asking, signal: AbortSignal): Shell => ({
    messages: terminal.messages,
    interactive: attended,
    node,
    logs,
    cwd: terminal.cwd,
    machine,
    signal,
    terminal: { ...terminal, print, ask, askSecret },
    now,
    print,
    ask,
    askSecret,
    sftp: connectSftp,
    control,
  });
  const run = async (words: readonly string[], line: string, asking: Asking, signal: AbortSignal) => {
    noteCommand(logs, line, now());
    await look();
    return runWords(words, worldOf(asking, signal), running);
  };
  /** From a pipe each answer is a line; the question stands in the output as at the original. */
  const plainly =
    (ask: (question: string) => Promise<string | null>): Shell['askSecret'] =>
    async (question) => {
      if (!attended) print(question);
      return ask(question);
    };
  const asksOnce: Asking = { ask: plainly(terminal.ask), askSecret: plainly(terminal.askSecret) };
  const never = new AbortController().signal;

  if (given.positionals.length > 0) {
    const [first = '', ...more] = given.positionals;
    const words = more.length === 0 ? wordsOf(first, terminal.messages, running) : given.positionals;
    if (words === null) return NOT_UNDERSTOOD;
    const line = given.positionals.join(' ');
    return columns > 0 ? remotely(words, line) : run(words, line, asksOnce, never);
  }
  if (!attended) return script();
  return prompt();

  /** @returns the exit status of the first command that was not done */
  async function script(): Promise<number> {
    let status: number = DONE;
    for (;;) {
      const line = await terminal.ask(PROMPT);
      if (line === null) return status;
      const words = wordsOf(line, terminal.messages, running);
      if (words !== null && leaves(words)) return status;
      const outcome = words === null ? NOT_UNDERSTOOD : await run(words, line, asksOnce, never);
      if (status === DONE) status = outcome;
    }
  }

  /** One command at a terminal that only the other end has: nobody but this program shows what is typed there. */
  async function remotely(words: readonly string[], line: string): Promise<number> {
    const abort = new AbortController();
    const editor = openEditor({
      complete: () => [[], ''],
      help: () => [],
      interrupted: () => abort.abort(),
    });
    try {
      return await run(words, line, askingOf(editor), abort.signal);
    } finally {
      editor.close();
    }
  }

  async function prompt(): Promise<number> {
    let abort = new AbortController();
    await look();
    const editor = openEditor({
      complete: (line) => completions(line, SHELL_COMMANDS, { logs, node }),
      help: (line) => {
        const words = splitLine(line);
        return isWords(words) ? helpLines(words, SHELL_COMMANDS, terminal.messages).map(plainLine) : [];
      },
      interrupted: () => abort.abort(),
    });
    try {
      terminal.print(say(terminal.messages, 'shell.welcome'));
      for (;;) {
        const line = await editor.command(PROMPT);
        if (line === null) return DONE;
        const words = wordsOf(line, terminal.messages, running);
        if (words === null || words.length === 0) continue;
        if (leaves(words)) return DONE;
        abort = new AbortController();
        await run(words, line, askingOf(editor), abort.signal);
        terminal.print('');
      }
    } finally {
      editor.close();
    }
  }
}
