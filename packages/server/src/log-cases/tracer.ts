/**
 * The tracer in a process of its own: reading a gigabyte of logs takes a core and some hundred megabytes, and logs of strangers may be
 * anything. What goes wrong there is a sentence here.
 */
import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { CaseError } from './log-cases.ts';

export type TraceQuestion =
  | { readonly ask: 'overview'; readonly language: string }
  | {
      readonly ask: 'signin' | 'why';
      readonly agent: string;
      /** A time as `poise trace --at` takes it. */
      readonly at?: string | undefined;
      readonly language: string;
    };

/** Reads a folder of logs and writes the report. @throws CaseError TRACER_FAILED */
export type Tracer = (question: TraceQuestion, logs: string, report: string) => Promise<void>;

/** Longer than a gigabyte takes on a slow machine. */
const TIME_MS = 5 * 60_000;
const HEAP_MB = 1_024;
const SAID_CHARACTERS = 2_000;

/** @param command path of the command `poise` */
export const processTracer =
  (command: string, timeMs = TIME_MS): Tracer =>
  (question, logs, report) =>
    new Promise((resolve, reject) => {
      const child = spawn(
        process.execPath,
        [`--max-old-space-size=${HEAP_MB}`, command, ...argumentsOf(question, report)],
        {
          // Files are called as they are from there.
          cwd: logs,
          stdio: ['ignore', 'ignore', 'pipe'],
          env: { PATH: process.env.PATH ?? '', POISE_LANGUAGE: question.language },
          timeout: timeMs,
          killSignal: 'SIGKILL',
        },
      );
      let said = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        said = (said + text).slice(0, SAID_CHARACTERS);
      });
      child.once('spawn', () => {
        try {
          setPriority(child.pid as number, constants.priority.PRIORITY_LOW);
        } catch {
          // It has ended already, or the system does not let us: agents are served all the same.
        }
      });
      child.once('error', (error) => reject(new CaseError('TRACER_FAILED', error.message)));
      child.once('close', (status) => {
        if (status === 0) resolve();
        else
          reject(
            new CaseError('TRACER_FAILED', said.split('\n')[0] || 'The tracer has ended without a word.'),
          );
      });
    });

function argumentsOf(question: TraceQuestion, report: string): string[] {
  const options = ['--html', report];
  if (question.ask === 'overview') return ['trace', 'overview', ...options, '--', '.'];
  if (question.at !== undefined) options.push(`--at=${question.at}`);
  return ['trace', question.ask, ...options, '--', question.agent, '.'];
}
