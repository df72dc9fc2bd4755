/** The table of what concerns the machine: `show …`, `utils ntp`, `utils core`, `utils diagnose`, `utils dbreplication`, `utils network`. */
import { isIP } from 'node:net';
import { phrase } from '../../../messages/catalogue.ts';
import type { ShellCommand } from '../grammar.ts';
import { FAILED, refusal, type Shell } from '../shell.ts';
import { certificateType } from './certificate.ts';
import { coreList } from './cores.ts';
import { diagnoseAll, diagnoseModule, MODULE_NAMES } from './diagnose.ts';
import { ntpStatus } from './ntp.ts';
import { openPorts } from './open-ports.ts';
import { showMyself, showStatus, showVersion } from './show.ts';

/** There is nothing to replicate: each node has a store of its own, or both have one database. */
export function replicationLines({ store }: { readonly store: 'sqlite' | 'postgres' }): readonly string[] {
  return [
    'Replication is not used: this node reads and writes its store itself.',
    store === 'sqlite'
      ? 'Store: poise.sqlite in the data directory, for this node alone.'
      : 'Store: PostgreSQL; every node that names the same database sees the same configuration.',
    'Replicated objects: none. There is no replication value to be told.',
  ];
}

async function replication(_given: readonly string[], shell: Shell): Promise<void> {
  await shell.control('status');
  for (const line of replicationLines(shell.node)) shell.print(line);
}

const PINGS = 4;

async function ping([host = '', count]: readonly string[], shell: Shell): Promise<number | undefined> {
  const times = count === undefined ? PINGS : Number(count);
  const name = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})$/.test(host) || isIP(host) !== 0;
  if (!name || !Number.isInteger(times) || times < 1 || times > 100) throw refusal(phrase('shell.ping'));
  const answer = await shell.machine.program('ping', [
    '-c',
    String(times),
    '-i',
    '0.2',
    '-w',
    '4',
    '--',
    host,
  ]);
  if (answer === null) throw refusal(phrase('shell.noPing'));
  for (const line of answer.out.trimEnd().split('\n')) shell.print(line);
  return answer.status === 0 ? undefined : FAILED;
}

/** TCP, UDP and Unix sockets as the programs of the machine list them. */
async function sockets(_given: readonly string[], { machine, print }: Shell): Promise<void> {
  const answer =
    (await machine.program('ss', ['-t', '-u', '-x', '-a', '-n'])) ??
    (await machine.program('netstat', ['-t', '-u', '-x', '-a', '-n']));
  if (answer === null) throw refusal(phrase('shell.noSockets'));
  for (const line of answer.out.trimEnd().split('\n')) print(line);
}

export const PLATFORM_COMMANDS: readonly ShellCommand[] = [
  { words: 'show status', help: 'shell.help.showStatus', run: showStatus },
  { words: 'show version active', help: 'shell.help.showVersion', run: showVersion },
  { words: 'show myself', help: 'shell.help.showMyself', run: showMyself },
  { words: 'show open ports all', help: 'shell.help.openPortsAll', run: (_given, shell) => openPorts(shell) },
  {
    words: 'show open ports regexp',
    parameters: [{ name: 'regex', takes: 'one' }],
    help: 'shell.help.openPorts',
    run: ([expression], shell) => openPorts(shell, expression),
  },
  {
    words: 'show network all',
    parameters: [{ name: 'detail', takes: 'optional', complete: () => ['detail'] }],
    help: 'shell.help.sockets',
    run: sockets,
  },
  { words: 'show tls server cert_type', help: 'shell.help.certType', run: certificateType },
  { words: 'utils ntp status', help: 'shell.help.ntp', run: ntpStatus },
  { words: 'utils core active list', help: 'shell.help.cores', run: coreList },
  { words: 'utils diagnose test', help: 'shell.help.diagnose', run: diagnoseAll },
  {
    words: 'utils diagnose module',
    parameters: [{ name: 'module', takes: 'one', complete: () => MODULE_NAMES }],
    help: 'shell.help.diagnoseModule',
    run: diagnoseModule,
  },
  { words: 'utils dbreplication runtimestate', help: 'shell.help.replication', run: replication },
  {
    words: 'utils network ping',
    parameters: [
      { name: 'destination', takes: 'one' },
      { name: 'count', takes: 'optional' },
    ],
    help: 'shell.help.ping',
    run: ping,
  },
];
