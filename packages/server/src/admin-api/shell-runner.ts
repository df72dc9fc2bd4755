/** The command line of serviceability in a process of its own: as if somebody typed one command at `poise shell`. */
import { spawn } from 'node:child_process';
import { shellEnvironment } from '../utils/shell-environment.ts';

export interface ShellCall {
  /** The words of the command. */
  readonly words: readonly string[];
  /** What is typed when the command asks, a line each. */
  readonly answers: readonly string[];
}

export interface ShellOutcome {
  /** 0: done. */
  readonly status: number;
  readonly output: string;
  /** The output was longer, or the time was over: what is missing was thrown away. */
  readonly isCut: boolean;
}

export type ShellRunner = (call: ShellCall) => Promise<ShellOutcome>;

const TIME_MS = 120_000;
export const OUTPUT_CHARACTERS = 1_000_000;
const ENDED_BY_SIGNAL = 128;

/** @param command path of the command `poise` @param data directory of this server */
export const shellRunner =
  (command: string, data: string, timeMs = TIME_MS): ShellRunner =>
  ({ words, answers }) =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [command, 'shell', '--data', data, '--', ...words], {
        env: shellEnvironment(process.env),
        timeout: timeMs,
        killSignal: 'SIGKILL',
      });
      let output = '';
      let isCut = false;
      const take = (text: string) => {
        isCut ||= output.length + text.length > OUTPUT_CHARACTERS;
        output = (output + text).slice(0, OUTPUT_CHARACTERS);
      };
      for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', take);
      // A command that does not ask has ended before it reads this.
      child.stdin.on('error', () => {});
      child.stdin.end(answers.map((answer) => `${answer}\n`).join(''));
      child.once('error', reject);
      child.once('close', (status) =>
        resolve({ status: status ?? ENDED_BY_SIGNAL, output, isCut: isCut || status === null }),
      );
    });
