/**
 * `utils diagnose …`: tests with the names of the original, each of what stands for it here; what has nothing to stand for it is
 * skipped, and says why (admin.md 3).
 */
import { X509Certificate } from 'node:crypto';
import { appendFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectories } from '../../../directories/make-directories.ts';
import { phrase } from '../../../messages/catalogue.ts';
import type { ServerStatus } from '../../control.ts';
import { version } from '../../version.ts';
import { FAILED, refusal, type Shell } from '../shell.ts';
import { certificateText } from './certificate.ts';
import { type TimeService, timeService } from './ntp.ts';

export interface Verdict {
  readonly result: 'Passed' | 'Failed' | 'skip';
  readonly detail: string;
}

const passed = (detail = ''): Verdict => ({ result: 'Passed', detail });
const failed = (detail: string): Verdict => ({ result: 'Failed', detail });
const skipped = (detail: string): Verdict => ({ result: 'skip', detail });

/** What the tests look at; asked once. */
interface Findings {
  readonly shell: Shell;
  readonly status: ServerStatus | null;
  readonly time: TimeService | null;
}

interface Test {
  readonly name: string;
  run(findings: Findings): Verdict | Promise<Verdict>;
}

const MB = 1024 * 1024;
const DISK_SHARE_MIN = 0.05;
/** Stratum 5 and worse makes clocks of a cluster drift apart (seed 003). */
const STRATUM_MAX = 4;
const DRIFT_MAX_MS = 1_000;

const part =
  (name: string, what: string) =>
  ({ status }: Findings): Verdict => {
    if (status === null) return failed('no server is running');
    const found = status.parts.find((one) => one.name === name);
    if (found === undefined) return skipped('This part does not run here');
    return found.ready ? passed(what) : failed(found.reason ?? found.state);
  };

export const TESTS: readonly Test[] = [
  {
    name: 'disk_space',
    run({ shell }) {
      const disk = shell.machine.disk(shell.node.data);
      if (disk === undefined) return skipped('This machine does not tell its disk space');
      const detail = `available: ${Math.round(disk.free / MB)} MB, used: ${Math.round((disk.total - disk.free) / MB)} MB`;
      return disk.free < disk.total * DISK_SHARE_MIN ? failed(detail) : passed(detail);
    },
  },
  { name: 'disk_files', run: () => skipped('This module must be run directly and off hours') },
  {
    name: 'service_manager',
    run: ({ status }) => (status === null ? failed('no server answers on the control socket') : passed()),
  },
  { name: 'tomcat', run: part('webservices', '') },
  { name: 'tomcat_deadlocks', run: () => skipped('There are no Java threads here') },
  { name: 'tomcat_keystore', run: keystore },
  { name: 'tomcat_connectors', run: part('http', '') },
  { name: 'tomcat_threads', run: () => skipped('There are no Java threads here') },
  {
    name: 'tomcat_memory',
    run({ shell, status }) {
      if (status === null) return failed('no server is running');
      const pages = /^VmRSS:\s+(\d+) kB/m.exec(shell.machine.text(`/proc/${status.pid}/status`) ?? '')?.[1];
      return pages === undefined
        ? skipped('This machine does not tell the memory of a process')
        : passed(`resident: ${Math.round(Number(pages) / 1024)} MB`);
    },
  },
  { name: 'tomcat_sessions', run: () => skipped('Sessions are not those of a servlet container here') },
  { name: 'tomcat_heapdump', run: () => skipped('This module must be run directly and off hours') },
  { name: 'validate_network', run: ({ shell }) => network(shell) },
  { name: 'raid', run: () => skipped('Not asked of this machine') },
  {
    name: 'system_info',
    run: ({ shell }) => passed(`Poise ${version()}, Node.js ${process.version}, ${shell.machine.hostname}`),
  },
  {
    name: 'ntp_reachability',
    run({ time }) {
      if (time === null) return failed('no time service answers');
      const reached =
        time.peers.some(({ reach }) => reach > 0) || (time.peers.length === 0 && time.synchronised);
      return reached ? passed() : failed('no time server is reached');
    },
  },
  {
    name: 'ntp_clock_drift',
    run({ time }) {
      if (time === null) return failed('no time service answers');
      const offset = time.peers.find(({ mark }) => mark === '*')?.offset;
      if (offset === undefined) return time.synchronised ? passed() : failed('the clock is not synchronised');
      const detail = `${offset.toFixed(3)} ms`;
      return Math.abs(offset) > DRIFT_MAX_MS ? failed(detail) : passed(detail);
    },
  },
  {
    name: 'ntp_stratum',
    run({ time }) {
      if (time === null) return failed('no time service answers');
      if (time.stratum === null || !time.synchronised) return failed('the clock is not synchronised');
      return time.stratum > STRATUM_MAX
        ? failed(`stratum ${time.stratum}`)
        : passed(`stratum ${time.stratum}`);
    },
  },
  { name: 'sdl_fragmentation', run: () => skipped('This module must be run directly and off hours') },
  { name: 'sdi_fragmentation', run: () => skipped('This module must be run directly and off hours') },
];

/** The certificate that is served: from the settings, or the one that was made. */
function keystore({ shell }: Findings): Verdict {
  const text = certificateText(shell);
  if (text === null) return skipped('No certificate is to be seen here');
  try {
    const { validTo } = new X509Certificate(text);
    return Date.parse(validTo) > shell.now()
      ? passed(`valid until ${validTo}`)
      : failed(`expired on ${validTo}`);
  } catch {
    return failed('the certificate cannot be read');
  }
}

/** The name of this node leads to an address, and that one back to a name. */
async function network({ machine, node }: Shell): Promise<Verdict> {
  const host = node.host;
  const address = await machine.address(host);
  if (address === null) return failed(`${host} has no address`);
  const names = await machine.names(address);
  return names.length === 0 && address !== '127.0.0.1' && address !== '::1'
    ? failed(`${host} is ${address}, which leads back to no name`)
    : passed(`${host} is ${address}`);
}

/** `test - disk_space          : Passed (available: …)`. */
export function verdictLine(name: string, { result, detail }: Verdict): string {
  if (result === 'skip') return `skip - ${name.padEnd(19)} : ${detail}`;
  return `test - ${name.padEnd(19)} : ${result}${detail === '' ? '' : ` (${detail})`}`;
}

const FOLDER = 'platform/log';
const LOGS_MAX = 20;

/** `diag<n>.log`: the number after the highest one; the oldest go. */
function nextLog(logs: string): string {
  const folder = join(logs, FOLDER);
  makeDirectories(folder, 0o750);
  const numbers = readdirSync(folder)
    .flatMap((name) => /^diag(\d{1,9})\.log$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
  for (const old of numbers.slice(0, Math.max(0, numbers.length - LOGS_MAX + 1)))
    rmSync(join(folder, `diag${old}.log`), { force: true });
  return `diag${(numbers.at(-1) ?? 0) + 1}.log`;
}

async function diagnose(shell: Shell, tests: readonly Test[]): Promise<number | undefined> {
  const log = nextLog(shell.logs);
  const told: string[] = [];
  const tell = (line: string): void => {
    told.push(line);
    shell.print(line);
  };
  tell(`Log file: ${FOLDER}/${log}`);
  tell('');
  tell('Starting diagnostic test(s)');
  tell('===========================');
  const findings: Findings = {
    shell,
    status: await (shell.control('status') as Promise<ServerStatus>).catch(() => null),
    time: await timeService(shell.machine),
  };
  let bad = false;
  for (const test of tests) {
    const verdict = await test.run(findings);
    bad ||= verdict.result === 'Failed';
    tell(verdictLine(test.name, verdict));
  }
  tell('');
  tell('Diagnostics Completed');
  tell('');
  tell(` The final output will be in Log file: ${FOLDER}/${log}`);
  appendFileSync(join(shell.logs, FOLDER, log), `${told.join('\n')}\n`, { mode: 0o640 });
  shell.print('');
  shell.print(`Please use 'file view activelog ${FOLDER}/${log}' command to see the output`);
  return bad ? FAILED : undefined;
}

export const diagnoseAll = (_given: readonly string[], shell: Shell): Promise<number | undefined> =>
  diagnose(shell, TESTS);

/** @throws PlainError for a name that is no module */
export function diagnoseModule([name = '']: readonly string[], shell: Shell): Promise<number | undefined> {
  const test = TESTS.find((one) => one.name === name);
  if (test === undefined)
    throw refusal(
      phrase('shell.moduleUnknown', {
        module: name.slice(0, 64),
        modules: TESTS.map((one) => one.name).join(', '),
      }),
    );
  return diagnose(shell, [test]);
}

export const MODULE_NAMES: readonly string[] = TESTS.map(({ name }) => name);
