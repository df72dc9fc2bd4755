/** A shell for tests: what is printed, what is asked, and answers that stand ready. */
import { EN } from '../../messages/en.ts';
import type { Machine } from './machine.ts';
import type { Shell } from './shell.ts';

export interface FakeShell extends Shell {
  readonly out: string[];
  readonly questions: string[];
  readonly answers: string[];
}

export const fakeMachine = (parts: Partial<Machine> = {}): Machine => ({
  hostname: 'fin1',
  account: 'admin',
  kernel: '6.1',
  timeZone: 'UTC',
  uptime: () => 7 * 86_400 + 2 * 3600 + 14 * 60,
  loads: () => [0.17, 0.5, 1],
  processorTimes: () => ({ user: 0, system: 0, idle: 0, all: 0 }),
  memory: () => ({ total: 2048 * 1024, free: 1024 * 1024 }),
  disk: () => ({ total: 1000 * 1024 * 1024, free: 400 * 1024 * 1024 }),
  program: () => Promise.resolve(null),
  text: () => null,
  files: () => [],
  linkTarget: () => null,
  openPorts: () => [],
  address: () => Promise.resolve('127.0.0.1'),
  names: () => Promise.resolve(['localhost']),
  ...parts,
});

export function fakeShell(parts: Partial<Shell> = {}): FakeShell {
  const [out, questions, answers]: [string[], string[], string[]] = [[], [], []];
  const ask = (question: string): Promise<string | null> => {
    questions.push(question);
    return Promise.resolve(answers.shift() ?? null);
  };
  const print = (line = ''): void => void out.push(line);
  return {
    messages: EN,
    interactive: true,
    node: { data: '/data', deployment: 'CCE', host: 'fin1.example', store: 'sqlite', certificate: '' },
    logs: '/data/logs',
    cwd: '/',
    machine: fakeMachine(),
    signal: new AbortController().signal,
    terminal: {
      env: {},
      cwd: '/',
      interactive: true,
      messages: EN,
      print,
      printError: print,
      write: print,
      ask,
      askSecret: ask,
    },
    now: () => Date.UTC(2026, 0, 10, 12),
    print,
    ask,
    askSecret: ask,
    sftp: () => Promise.reject(new Error('there is no network')),
    control: () => Promise.reject(new Error('nothing runs')),
    ...parts,
    out,
    questions,
    answers,
  };
}
