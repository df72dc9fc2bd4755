/** `utils core active list`: core files of this server, where this machine writes them (admin.md 3 and 6.8). */
import { dirname } from 'node:path';
import { controlLocation } from '../../../control/location.ts';
import { sortableTime, withCommas } from '../files/times.ts';
import type { FoundFile, Machine } from '../machine.ts';
import type { Shell } from '../shell.ts';

const PATTERN = '/proc/sys/kernel/core_pattern';
const SYSTEMD = '/var/lib/systemd/coredump';

/** Where core files would be; undefined: this machine does not say. */
export function coreDirectory(machine: Machine, serverPid: number | null): string | undefined {
  const pattern = machine.text(PATTERN)?.trim();
  if (pattern === undefined) return undefined;
  if (pattern.startsWith('|')) return pattern.includes('systemd-coredump') ? SYSTEMD : undefined;
  if (pattern.startsWith('/')) return dirname(pattern);
  // A pattern that is a name alone: the working directory of the process.
  return serverPid === null ? undefined : (machine.linkTarget(`/proc/${serverPid}/cwd`) ?? undefined);
}

/** Names of core files: `core`, `core.4711`, `core.<pid>.<signal>.<process>.<epoch>`, `core.node.…` of systemd. */
const IS_CORE = /^core(?:\.|$)/;

/** When the process ended: the name says it, where it has the epoch; else the time of the file. */
export function crashTime({ path, changedAt }: Pick<FoundFile, 'path' | 'changedAt'>): number {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const epoch = /^core\.\d+\.\d+\.[^.]+\.(\d{9,10})$/.exec(name)?.[1];
  return epoch === undefined ? changedAt : Number(epoch) * 1000;
}

export function coreLines(files: readonly FoundFile[]): readonly string[] {
  if (files.length === 0) return ['No core files found'];
  const rows = [...files]
    .sort((a, b) => crashTime(b) - crashTime(a))
    .map((file) => {
      const name = file.path.slice(file.path.lastIndexOf('/') + 1);
      const size = `${withCommas(Math.ceil(file.bytes / 1024))} KB`;
      return `${size.padStart(15)}   ${sortableTime(crashTime(file))}   ${name}`;
    });
  return [`${'Size'.padStart(15)}   ${'Date'.padEnd(19)}   Core File Name`, '='.repeat(64), ...rows];
}

export function coreList(_given: readonly string[], shell: Shell): void {
  const pid = Number(shell.machine.text(controlLocation(shell.node.data, 'server').lock)) || null;
  const directory = coreDirectory(shell.machine, pid);
  if (directory === undefined) {
    shell.print('This machine does not tell where it writes core files, or hands them to another program.');
    return;
  }
  shell.print(`Core files are looked for in ${directory}`);
  const cores = shell.machine
    .files(directory)
    .filter(({ path }) => IS_CORE.test(path.slice(path.lastIndexOf('/') + 1)));
  for (const line of coreLines(cores)) shell.print(line);
}
