/** `show status`, `show version active`, `show myself` (admin.md 3): this machine and this server, in the forms of the platform. */

import type { ServerStatus } from '../../control.ts';
import { dateLine } from '../../date-line.ts';
import { version } from '../../version.ts';
import type { Machine } from '../machine.ts';
import type { Shell } from '../shell.ts';

export interface MachineFigures {
  readonly hostname: string;
  readonly now: number;
  readonly timeZone: string;
  readonly locale: string;
  readonly kernel: string;
  /** Seconds. */
  readonly uptime: number;
  readonly loads: readonly number[];
  /** Shares of 1. */
  readonly processor: { readonly idle: number; readonly system: number; readonly user: number };
  readonly memory: { readonly total: number; readonly free: number };
  readonly disk: { readonly total: number; readonly free: number } | undefined;
}

const kilo = (bytes: number): string => `${Math.round(bytes / 1024)}K`;
const share = (part: number): string => `${(part * 100).toFixed(2).padStart(5, '0')}%`;
const two = (value: number): string => String(value).padStart(2, '0');

function statusLines(figures: MachineFigures, productVersion: string): readonly string[] {
  const { hostname, now, timeZone, locale, kernel, uptime, loads, processor, memory, disk } = figures;
  const [days, hours, minutes] = [
    Math.floor(uptime / 86_400),
    Math.floor(uptime / 3600) % 24,
    Math.floor(uptime / 60) % 60,
  ];
  const clock = /\d\d:\d\d:\d\d/.exec(dateLine(now, timeZone))?.[0] ?? '';
  const row = (name: string, cells: readonly string[]): string =>
    `${name.padEnd(16)}${cells.map((cell) => cell.padStart(16)).join('')}`;
  const used = disk === undefined ? 0 : disk.total - disk.free;
  return [
    '',
    `Host Name          : ${hostname}`,
    `Date               : ${dateLine(now, timeZone)}`,
    `Time Zone          : ${timeZone}`,
    `Locale             : ${locale}`,
    `Product Ver        : ${productVersion}`,
    `Unified OS Version : ${kernel}`,
    '',
    'Uptime:',
    ` ${clock} up ${days} days, ${two(hours)}:${two(minutes)},  load average: ${loads.map((load) => load.toFixed(2)).join(', ')}`,
    '',
    `CPU Idle:   ${share(processor.idle)}  System:   ${share(processor.system)}    User:   ${share(processor.user)}`,
    '',
    `Memory Total: ${kilo(memory.total).padStart(14)}`,
    `        Free: ${kilo(memory.free).padStart(14)}`,
    `        Used: ${kilo(memory.total - memory.free).padStart(14)}`,
    ...(disk === undefined
      ? []
      : [
          '',
          row('', ['Total', 'Free', 'Used']),
          `${row('Disk/active', [kilo(disk.total), kilo(disk.free), kilo(used)])} (${disk.total === 0 ? 0 : Math.round((used / disk.total) * 100)}%)`,
        ]),
    '',
  ];
}

/** What the processors did in between. */
const SAMPLE_MS = 500;

async function processorShares(machine: Machine): Promise<MachineFigures['processor']> {
  const before = machine.processorTimes();
  await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
  const after = machine.processorTimes();
  const all = Math.max(1, after.all - before.all);
  return {
    idle: (after.idle - before.idle) / all,
    system: (after.system - before.system) / all,
    user: (after.user - before.user) / all,
  };
}

export async function showStatus(_given: readonly string[], shell: Shell): Promise<void> {
  const { machine, node, terminal } = shell;
  const figures: MachineFigures = {
    hostname: machine.hostname,
    now: shell.now(),
    timeZone: machine.timeZone,
    locale: terminal.env.LC_ALL || terminal.env.LANG || 'C',
    kernel: machine.kernel,
    uptime: machine.uptime(),
    loads: machine.loads(),
    processor: await processorShares(machine),
    memory: machine.memory(),
    disk: machine.disk(node.data),
  };
  for (const line of statusLines(figures, version())) shell.print(line);
}

/** Of the server that runs; of this program where none does. */
export async function showVersion(_given: readonly string[], shell: Shell): Promise<void> {
  const running = await (shell.control('status') as Promise<ServerStatus>).catch(() => null);
  shell.print(`Active Master Version: ${running?.version ?? version()}`);
  if (running === null) shell.print('(of this program: no server is running with this data directory)');
  shell.print('Active Version Installed Software Options:');
  shell.print('No Installed Software Options Found.');
}

const myselfLines = (machine: Pick<Machine, 'hostname' | 'account'>, log: boolean): readonly string[] => [
  `Machine Name    : ${machine.hostname}`,
  `account name    : ${machine.account}`,
  'privilege level : 1',
  'command count   : disabled',
  `logging setting : ${log ? 'enabled' : 'disabled'}`,
];

export function showMyself(_given: readonly string[], shell: Shell): void {
  for (const line of myselfLines(shell.machine, true)) shell.print(line);
}
