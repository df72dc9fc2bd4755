/** `poise shell` in a process of its own, as if somebody typed at it. */
import { spawn } from 'node:child_process';
import { shellEnvironment } from '../utils/shell-environment.ts';
import type { ShellProcess } from './shell-channel.ts';

const ENDED_BY_SIGNAL = 128;

/** @param program path of the command `poise` @param data directory of this server */
export const spawnShell =
  (program: string, data: string) =>
  (command: string | null, columns: number | undefined): ShellProcess => {
    const words = command === null ? [] : ['--', command];
    const child = spawn(process.execPath, [program, 'shell', '--data', data, ...words], {
      env: {
        ...shellEnvironment(process.env),
        // Somebody sits at the other end, though no terminal of this machine is.
        ...(columns === undefined ? {} : { REMOTE_TERMINAL_COLUMNS: String(columns) }),
      },
    });
    child.on('error', () => {});
    return {
      stdin: child.stdin,
      stdout: child.stdout,
      stderr: child.stderr,
      kill: () => void child.kill('SIGKILL'),
      onEnd: (listener) => child.once('close', (status) => listener(status ?? ENDED_BY_SIGNAL)),
    };
  };
