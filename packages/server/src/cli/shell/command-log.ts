/** Every command line is written down, in the form and at the place of the original: `platform/log/cli<n>.log` (admin.md 2). */
import { appendFileSync, existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectories } from '../../directories/make-directories.ts';
import { sortableTime } from './files/times.ts';
import { plainLine } from './plain-text.ts';

const FOLDER = 'platform/log';
const FILE_BYTES_MAX = 1_000_000;
const FILES_MAX = 20;
const COMMAND_MAX = 1_000;

/** `2026-01-10 08:15:00,123 INFO [main] sdMain.main - running command -> [utils service list]` */
export const commandLine = (command: string, wallMs: number): string =>
  `${sortableTime(wallMs)},${String(wallMs % 1000).padStart(3, '0')} INFO [main] sdMain.main - running command -> [${plainLine(command.slice(0, COMMAND_MAX))}]`;

/**
 * Notes a command line. A disk that is full or read-only keeps nobody from looking into the logs.
 * @param logs root of the logs; where there is none no server has run, and nothing is written
 */
export function noteCommand(logs: string, command: string, wallMs: number): void {
  try {
    if (!existsSync(logs)) return;
    const folder = join(logs, FOLDER);
    makeDirectories(folder, 0o750);
    const numbers = readdirSync(folder)
      .flatMap((name) => /^cli(\d{5})\.log$/.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
    const nameOf = (number: number): string => join(folder, `cli${String(number).padStart(5, '0')}.log`);
    let number = numbers.at(-1) ?? 1;
    if (numbers.length > 0 && statSync(nameOf(number)).size > FILE_BYTES_MAX) {
      number++;
      for (const old of numbers.slice(0, Math.max(0, numbers.length - FILES_MAX + 1)))
        rmSync(nameOf(old), { force: true });
    }
    appendFileSync(nameOf(number), `${commandLine(command, wallMs)}\n`, { mode: 0o640 });
  } catch {
    // Said above.
  }
}
