/** The commands about the machine: what the system says, put into the forms of admin.md 3. */

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ensureOwnCertificate } from '../../../certificates/own.ts';
import { dateLine } from '../../date-line.ts';
import { commandLine, noteCommand } from '../command-log.ts';
import { fakeMachine, fakeShell } from '../fake-shell.ts';
import { findShellCommand } from '../grammar.ts';
import { listening, type ProgramAnswer } from '../machine.ts';
import type { Shell } from '../shell.ts';
import { SHELL_COMMANDS } from '../table.ts';
import { certificateType } from './certificate.ts';
import { PLATFORM_COMMANDS, replicationLines } from './commands.ts';
import { coreDirectory, coreLines, crashTime } from './cores.ts';
import { TESTS, verdictLine } from './diagnose.ts';
import { chronySources, chronyTracking, ntpLines, ntpPeers, timeService } from './ntp.ts';
import { portLines } from './open-ports.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'poise-platform-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function run(line: string, given: readonly string[], parts: Partial<Shell> = {}) {
  const shell = fakeShell({ logs: folder, ...parts });
  const status = await PLATFORM_COMMANDS.find(({ words }) => words === line)?.run(given, shell);
  return { out: shell.out, status };
}
const programs =
  (answers: Readonly<Record<string, string>>) =>
  (name: string, given: readonly string[]): Promise<ProgramAnswer | null> => {
    const out = answers[[name, ...given].join(' ')];
    return Promise.resolve(out === undefined ? null : { status: 0, out });
  };

describe('show open ports', () => {
  // Two rows of /proc/net/tcp of a machine of the usual byte order: one listens, one is a connection.
  const TABLE = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100007F:1D13 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 23132 1 0000000000000000 100 0 0 10 0',
    '   1: 0100007F:1D13 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 23133 1 0000000000000000 20 4 30 10 -1',
    '',
  ].join('\n');

  test('reads the table of the kernel', () => {
    expect(listening(TABLE, 'IPv4')).toEqual([
      { family: 'IPv4', address: '127.0.0.1', port: 7443, uid: 1000, inode: '23132' },
    ]);
    expect(listening(TABLE.replace('0100007F:1D13', '00000000:1D13'), 'IPv4')[0]?.address).toBe('*');
    const six = TABLE.replace('0100007F:1D13', '00000000000000000000000001000000:1D13');
    expect(listening(six, 'IPv6')[0]?.address).toBe('[::1]');
    expect(listening(null, 'IPv4')).toEqual([]);
  });

  const PORTS = [
    {
      process: 'node',
      pid: 42,
      user: 'poise',
      fd: 29,
      family: 'IPv4',
      device: '599338',
      address: '*',
      port: 7443,
    },
    {
      process: 'node',
      pid: 42,
      user: 'poise',
      fd: 30,
      family: 'IPv6',
      device: '599339',
      address: '[::1]',
      port: 8445,
    },
  ] as const;

  test('prints lines as lsof does, those that match', async () => {
    const machine = fakeMachine({ openPorts: () => PORTS });
    expect((await run('show open ports regexp', ['7443.*LISTEN'], { machine })).out).toEqual([
      'Executing.. please wait.',
      'node            42 poise        29u IPv4     599338 0t0 TCP *:7443 (LISTEN)',
    ]);
    expect((await run('show open ports all', [], { machine })).out).toHaveLength(3);
    expect(portLines(PORTS)[1]).toMatch(/TCP \[::1\]:8445 \(LISTEN\)$/);
    await expect(run('show open ports regexp', ['('], { machine })).rejects.toThrow(
      'is no regular expression',
    );
  });

  test('on another system asks lsof, or says that it cannot tell', async () => {
    const lsof = 'COMMAND PID\nnode 42 poise 29u IPv4 1 0t0 TCP *:7443 (LISTEN)\n';
    const program = programs({ 'lsof -nP -iTCP -sTCP:LISTEN': lsof });
    const machine = fakeMachine({ openPorts: () => null, program });
    expect((await run('show open ports regexp', ['7443'], { machine })).out).toHaveLength(2);
    const none = fakeMachine({ openPorts: () => null });
    await expect(run('show open ports all', [], { machine: none })).rejects.toThrow(
      'does not tell its open ports',
    );
  });
});

describe('utils ntp status', () => {
  const NTPQ = [
    '     remote           refid      st t when poll reach   delay   offset  jitter',
    '==============================================================================',
    '*10.81.254.202   .GPS.            1 u  111 1024  377    0.861   -2.130   0.340',
    '+10.81.254.203   10.1.1.1         2 u    - 1024  377    1.000    3.000   1.000',
  ].join('\n');

  test('reads ntpq and prints the form of the original', async () => {
    const program = programs({
      'ntpq -pn': NTPQ,
      'ntpq -c rv 0 stratum,rootdelay,rootdisp': 'stratum=2, rootdelay=0.861, rootdisp=38.2',
      'pidof ntpd': '22458\n',
    });
    const service = await timeService(fakeMachine({ program }));
    const now = Date.UTC(2011, 8, 2, 18, 36, 57);
    expect(ntpLines(service, now, 'UTC')).toEqual([
      'ntpd (pid 22458) is running...',
      '',
      '     remote           refid      st t when poll reach   delay   offset  jitter',
      '='.repeat(78),
      '*10.81.254.202   .GPS.            1 u  111 1024   377   0.861   -2.130   0.340',
      '+10.81.254.203   10.1.1.1         2 u    - 1024   377   1.000    3.000   1.000',
      '',
      'synchronised to NTP server (10.81.254.202) at stratum 2',
      '   time correct to within 39 ms',
      '   polling server every 1024 s',
      '',
      'Current time in UTC is : Fri Sep  2 18:36:57 UTC 2011',
      'Current time in UTC is : Fri Sep  2 18:36:57 UTC 2011',
    ]);
    expect(ntpPeers(NTPQ)[1]).toMatchObject({ mark: '+', when: null, reach: 0o377, offset: 3 });
  });

  test('reads chrony by its tables', () => {
    const tracking =
      'C0A80001,192.168.0.1,3,1781000000.1,-0.000001,0.00002,0.00003,-10.1,0.01,0.1,0.020,0.005,64.2,Normal\n';
    expect(chronyTracking(tracking)).toEqual({
      synchronised: true,
      server: '192.168.0.1',
      stratum: 3,
      correctWithin: 15,
      poll: 64,
    });
    expect(chronyTracking(tracking.replace('Normal', 'Not synchronised')).synchronised).toBe(false);
    expect(chronySources('^,*,192.168.0.1,2,6,377,12,-0.0005,-0.0004,0.001\n^,?,bad\n')).toMatchObject([
      { mark: '*', remote: '192.168.0.1', stratum: 2, poll: 64, reach: 255, offset: -0.5, jitter: 1 },
    ]);
  });

  test('knows the time service of systemd', async () => {
    const program = programs({
      'timedatectl show': 'Timezone=UTC\nNTP=yes\nNTPSynchronized=yes\n',
      'timedatectl show-timesync':
        'ServerAddress=192.0.2.1\nPollIntervalUSec=34min 8s\nNTPMessage={ Leap=0, Version=4, Stratum=2 }\n',
    });
    expect(await timeService(fakeMachine({ program }))).toMatchObject({
      name: 'systemd-timesyncd',
      synchronised: true,
      server: '192.0.2.1',
      stratum: 3,
      poll: 2048,
    });
    const off = programs({ 'timedatectl show': 'NTP=no\n' });
    expect(await timeService(fakeMachine({ program: off }))).toBeNull();
  });

  test('says it when there is none, and that the clock is not right', async () => {
    const { out, status } = await run('utils ntp status', []);
    expect(out[0]).toBe('No time service (chronyd, ntpd, systemd-timesyncd) answers on this machine.');
    expect(status).toBe(1);
    expect(dateLine(Date.UTC(2026, 10, 29, 1, 2, 3), 'America/New_York')).toBe(
      'Sat Nov 28 20:02:03 EST 2026',
    );
  });
});

describe('utils core active list', () => {
  const core = (name: string) => ({
    path: `/cores/${name}`,
    bytes: 21_604 * 1024,
    changedAt: Date.UTC(2026, 0, 1),
  });

  test('the time of the crash is in the name, where it is the one of the platform', () => {
    expect(crashTime(core('core.24587.6.CTIDManager.1533441238'))).toBe(1_533_441_238_000);
    expect(crashTime(core('core.4711'))).toBe(Date.UTC(2026, 0, 1));
    const lines = coreLines([core('core.4711'), core('core.24587.6.CTIDManager.1533441238')]);
    expect(lines).toHaveLength(4);
    expect(lines[3]).toMatch(
      /^ +21,604 KB {3}2018-08-0\d \d\d:\d\d:\d\d {3}core\.24587\.6\.CTIDManager\.1533441238$/,
    );
    expect(coreLines([])).toEqual(['No core files found']);
  });

  test('they are looked for where this machine writes them', async () => {
    const pattern = (text: string) => fakeMachine({ text: () => text, linkTarget: () => '/srv/poise' });
    expect(coreDirectory(pattern('/var/core/core.%p.%s.%e.%t\n'), 1)).toBe('/var/core');
    expect(coreDirectory(pattern('core\n'), 1)).toBe('/srv/poise');
    expect(coreDirectory(pattern('core\n'), null)).toBeUndefined();
    expect(coreDirectory(pattern('|/lib/systemd/systemd-coredump %P\n'), 1)).toBe(
      '/var/lib/systemd/coredump',
    );
    expect(coreDirectory(pattern('|/usr/share/apport %p\n'), 1)).toBeUndefined();
    expect(coreDirectory(fakeMachine(), 1)).toBeUndefined();
    const machine = fakeMachine({
      text: (path) => (path.startsWith('/proc') ? '/cores/core.%p' : null),
      files: () => [core('core.1'), core('other')],
    });
    const { out } = await run('utils core active list', [], { machine });
    expect(out.filter((line) => line.includes('core.1'))).toHaveLength(1);
    expect(out.join()).not.toContain('other');
  });
});

describe('utils diagnose', () => {
  const STATUS = {
    version: '1',
    pid: 1,
    parts: [
      { name: 'webservices', state: 'running', ready: true },
      { name: 'http', state: 'failed', ready: false, reason: 'Port 8445 is in use.' },
    ],
  };
  const control = () => Promise.resolve(STATUS);

  test('prints each test of the original, and keeps what it printed', async () => {
    const { out, status } = await run('utils diagnose test', [], { control });
    expect(out.slice(0, 5)).toEqual([
      'Log file: platform/log/diag1.log',
      '',
      'Starting diagnostic test(s)',
      '===========================',
      'test - disk_space          : Passed (available: 400 MB, used: 600 MB)',
    ]);
    expect(out).toContain('test - tomcat              : Passed');
    expect(out).toContain('test - tomcat_connectors   : Failed (Port 8445 is in use.)');
    expect(out).toContain('skip - disk_files          : This module must be run directly and off hours');
    expect(out).toContain('Diagnostics Completed');
    expect(out.filter((line) => /^(test|skip) - /.test(line))).toHaveLength(TESTS.length);
    expect(status).toBe(1);
    const kept = readFileSync(join(folder, 'platform/log/diag1.log'), 'utf8').split('\n');
    expect(kept.slice(0, 10)).toEqual(out.slice(0, 10));
    await run('utils diagnose module', ['disk_space'], { control });
    expect(existsSync(join(folder, 'platform/log/diag2.log'))).toBe(true);
  });

  test('a full disk, a missing clock and a missing server fail', async () => {
    const machine = fakeMachine({ disk: () => ({ total: 1000, free: 10 }) });
    const { out } = await run('utils diagnose test', [], { machine });
    for (const name of ['disk_space', 'service_manager', 'tomcat', 'ntp_reachability', 'ntp_stratum'])
      expect(out.find((line) => line.startsWith(`test - ${name} `))).toMatch(/: Failed/);
  });

  test('a clock of a low stratum fails', async () => {
    const program = programs({ 'chronyc -n -c tracking': 'x,10.0.0.1,5,0,0,0,0,0,0,0,0.01,0.01,64,Normal' });
    const { out } = await run('utils diagnose module', ['ntp_stratum'], {
      machine: fakeMachine({ program }),
    });
    expect(out).toContain('test - ntp_stratum         : Failed (stratum 5)');
  });

  test('an unknown module is refused with those that there are', async () => {
    await expect(run('utils diagnose module', ['nothing'])).rejects.toThrow('There is no module "nothing"');
    expect(verdictLine('raid', { result: 'Passed', detail: '' })).toBe('test - raid                : Passed');
  });
});

test('show status prints the machine', async () => {
  const { out } = await run('show status', []);
  expect(out).toContain('Host Name          : fin1');
  expect(out).toContain('Date               : Sat Jan 10 12:00:00 UTC 2026');
  expect(out).toContain(' 12:00:00 up 7 days, 02:14,  load average: 0.17, 0.50, 1.00');
  expect(out).toContain('Memory Total:          2048K');
  expect(out.find((line) => line.startsWith('Disk/active'))).toMatch(/1024000K +409600K +614400K \(60%\)$/);
});

test('show version and show myself', async () => {
  expect(
    (await run('show version active', [], { control: () => Promise.resolve({ version: '9.9' }) })).out[0],
  ).toBe('Active Master Version: 9.9');
  expect((await run('show version active', [])).out[1]).toContain('no server is running');
  expect((await run('show myself', [])).out.slice(0, 2)).toEqual([
    'Machine Name    : fin1',
    'account name    : admin',
  ]);
});

test('replication is not pretended', () => {
  const lines = replicationLines({ store: 'sqlite' });
  expect(lines[0]).toMatch(/^Replication is not used/);
  expect(lines.join(' ')).not.toMatch(/\b2\b/);
});

test('ping takes a host and nothing that a program could mistake for an option', async () => {
  const program = programs({ 'ping -c 2 -i 0.2 -w 4 -- fin2.example': 'PING\n2 received\n' });
  const machine = fakeMachine({ program });
  expect((await run('utils network ping', ['fin2.example', '2'], { machine })).out).toEqual([
    'PING',
    '2 received',
  ]);
  for (const given of [['-f'], ['a b'], ['x', '0'], ['x', '1000']])
    await expect(run('utils network ping', given, { machine })).rejects.toThrow('Name one host');
  await expect(run('utils network ping', ['fin2.example'], { machine })).rejects.toThrow(
    'ping is not installed',
  );
});

test('each command line is written down as at the original', () => {
  const at = new Date(2026, 0, 10, 8, 5, 9, 7).getTime();
  expect(commandLine('utils service list\n\x1b[2J', at)).toBe(
    '2026-01-10 08:05:09,007 INFO [main] sdMain.main - running command -> [utils service list\\x0a\\x1b[2J]',
  );
  noteCommand(folder, 'utils service list', at);
  noteCommand(folder, 'show status', at);
  expect(readFileSync(join(folder, 'platform/log/cli00001.log'), 'utf8').split('\n')).toHaveLength(3);
  noteCommand(join(folder, 'nowhere'), 'show status', at);
  expect(existsSync(join(folder, 'nowhere'))).toBe(false);
});

test('every command that the original documents is known, and does something or says why not', async () => {
  for (const words of [
    'show network all detail',
    'show tls server cert_type',
    'set tls server cert_type rsa',
    'set webapp session maxlimit 5',
    'set webapp session timeout 60',
    'utils os secure permissive',
    'utils uccx finesse activate',
    'utils uccx finesse deactivate',
    'file check',
    'show finesse property desktop desktopChatMaxAttempts',
    'set finesse property desktop desktopChatMaxAttempts 5',
  ]) {
    const found = findShellCommand(words.split(' '), SHELL_COMMANDS);
    expect(found, words).toBeDefined();
  }
});

test('sockets are those that the machine lists; without a program for that it is said', async () => {
  const shell = fakeShell({
    machine: fakeMachine({
      program: (name) =>
        Promise.resolve(name === 'netstat' ? { status: 0, out: 'tcp 0 0\nudp 0 0\n' } : null),
    }),
  });
  const run = findShellCommand(['show', 'network', 'all'], SHELL_COMMANDS)?.command.run;
  await run?.([], shell);
  expect(shell.out).toEqual(['tcp 0 0', 'udp 0 0']);
  await expect(run?.([], fakeShell())).rejects.toThrow('neither ss nor netstat');
});

test('the certificate tells the kind of its key', () => {
  const type = (text: string | null) => {
    const shell = fakeShell({ machine: fakeMachine({ text: () => text }) });
    certificateType([], shell);
    return shell.out;
  };
  expect(() => type(null)).toThrow('No certificate');
  expect(type(ensureOwnCertificate({ directory: folder, hosts: [], nowMs: 0 }).certificate)).toEqual([
    'The server certificate type is set to ECDSA',
  ]);
});
