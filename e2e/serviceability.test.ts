/** `poise shell` against a running server: the commands that the documents name (admin.md 8, check 1), and services that are really stopped. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { boshSession } from './connections/bosh.ts';
import { Connection } from './connections/connection.ts';
import { eventually } from './connections/deadline.ts';
import { tcpSession } from './connections/tcp-session.ts';
import { type RunningPoise, rest, startPoise } from './server.ts';

// Each command is a process of its own.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const POISE = join(import.meta.dirname, '../packages/server/bin/poise.mjs');
let poise: RunningPoise;
let folder: string;
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'poise-shell-e2e-')));
  poise = await startPoise({ data: join(folder, 'data'), args: ['--set', 'notification.log.debug=false'] });
});
afterAll(async () => {
  await poise.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** One command of the shell. */
const line = (command: string) => run([command], []);

/** Commands, and answers to their questions, from the standard input. */
const script = (...lines: readonly string[]) => run([], lines);

async function run(words: readonly string[], input: readonly string[]) {
  const child = spawn(process.execPath, [POISE, 'shell', '--data', poise.data, ...words], { cwd: folder });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk;
  });
  child.stdin.end(input.map((each) => `${each}\n`).join(''));
  const [status] = (await once(child, 'close')) as [number | null];
  return { out, lines: out.trimEnd().split('\n'), status };
}

const inService = () =>
  eventually('IN_SERVICE', async () => {
    const { text } = await rest(poise, '3001', 'GET', '/SystemInfo');
    return text.includes('<status>IN_SERVICE</status>') || undefined;
  });

test('the notification service stops, its clients are gone, and they come back when it is started', async () => {
  const session = await tcpSession(poise.ports.xmpp, '3001', 'desktop');
  const bosh = (await boshSession(poise.ports.bosh, '3002', 'desktop')).poll();
  expect((await line('utils finesse show_connected_users summary')).lines).toContain(
    'Total Connected Users: 2',
  );
  const stopped = await line('utils service stop Cisco Finesse Notification Service');
  expect(stopped.lines.slice(2)).toEqual([
    'Service Manager is running',
    'Cisco Finesse Notification Service[STOPPING]',
    'Cisco Finesse Notification Service[STOPPED]',
  ]);
  await session.ended();
  await expect(Connection.tcp(poise.ports.xmpp)).rejects.toThrow('ECONNREFUSED');
  await bosh.ended();
  expect((await line('utils service list')).lines).toContain(
    'Cisco Finesse Notification Service[STOPPED]  Commanded Out of Service',
  );
  expect((await line(`show open ports regexp :${poise.ports.xmpp} `)).lines).toEqual([
    'Executing.. please wait.',
  ]);
  expect((await rest(poise, '3001', 'GET', '/SystemInfo')).text).toContain('<status>OUT_OF_SERVICE</status>');

  const started = await line('utils service start Cisco Finesse Notification Service');
  expect(started.lines.at(-1)).toBe('Cisco Finesse Notification Service[STARTED]');
  await inService();
  const again = await tcpSession(poise.ports.xmpp, '3001', 'desktop');
  expect((await line('utils finesse show_connected_users summary')).lines).toContain('Desktop Users: 1');
  again.close();
  expect((await line('file search activelog /desktop/logs/openfire "Openfire stopped"')).out).toMatch(
    /\d{4}\.\d\d\.\d\d \d\d:\d\d:\d\d Openfire stopped/,
  );
});

test('Finesse Tomcat stops and starts', async () => {
  expect((await line('utils service restart Cisco Finesse Tomcat')).lines.slice(-4)).toEqual(
    ['STOPPING', 'STOPPED', 'STARTING', 'STARTED'].map((state) => `Cisco Finesse Tomcat[${state}]`),
  );
  await inService();
});

test('the debug log is switched on, written, and off again with its service', async () => {
  expect((await line('utils finesse notification logging enable')).lines).toContain(
    'Cisco Finesse Notification Service logging is now enabled.',
  );
  (await boshSession(poise.ports.bosh, '3003', 'desktop')).close();
  await eventually(
    'lines of the wire log',
    async () =>
      (await line('file search activelog desktop/logs/openfire/debug.log "HTTP RECV"')).lines.length > 3 ||
      undefined,
  );
  await line('utils service restart Cisco Finesse Notification Service');
  expect((await line('utils finesse notification logging status')).lines.at(-1)).toBe(
    'Cisco Finesse Notification Service logging is disabled.',
  );
  await inService();
});

test('every command of the documents runs and prints its form', async () => {
  const { lines, out } = await script(
    `show open ports regexp ${poise.ports.boshTls}.*LISTEN`,
    'file list activelog /desktop/logs/openfire/*.hprof',
    'file list activelog /desktop/logs/openfire detail',
    'utils diagnose test',
    'utils ntp status',
    'utils core active list',
    'utils finesse node_statistics list',
    'file get activelog /syslog/CiscoSyslog* abstime 00:00:06/17/17 00:30:06/17/17',
    'file get activelog desktop recurs compress',
    'y',
    // No SFTP server.
    '',
    '.',
    'show network all detail',
    'show tls server cert_type',
    'show myself',
  );
  if (process.platform === 'linux')
    expect(lines[1]).toMatch(/^node +\d+ \S+ +\d+u IPv4 +\d+ 0t0 TCP \S+:\d+ \(LISTEN\)$/);
  expect(lines).toContain('dir count = 0, file count = 0');
  expect(out).toMatch(/^\d\d [A-Z][a-z]{2},\d{4} \d\d:\d\d:\d\d +[\d,]+ {2}info\.log$/m);
  expect(lines).toContain('test - tomcat              : Passed');
  expect(out).toContain('Current time in UTC is : ');
  expect(out).toMatch(/^Core files are looked for in |^This machine does not tell where/m);
  expect(out).toMatch(/^Logged in Agents on current node: \d+$/m);
  expect(lines).toContain('No files matched filter criteria');
  expect(out).toMatch(/^Downloaded file: .*\/active_\d+\.tgz$/m);
  expect(lines).toContain('The server certificate type is set to ECDSA');
  expect(out).toMatch(/^Machine Name {4}: \S/m);
});

test('a property of the desktop is in force at once, others wait for the next start', async () => {
  const logonMessage = async () => {
    const response = await fetch(`http://127.0.0.1:${poise.ports.http}/desktop/api/desktopConfig`);
    return ((await response.json()) as { logonMessage: string }).logonMessage;
  };
  const set = await line('utils finesse set_property desktop logonMessage "Be kind"');
  expect(set.lines[0]).toBe('Property successfully updated.');
  expect(await logonMessage()).toBe('Be kind');
  await line('utils finesse set_property webservices maxMMTimeSec 1800');
  const show = async () => (await line('utils finesse show_property webservices maxMMTimeSec')).lines;
  expect(await show()).toEqual([
    "The value of property 'maxMMTimeSec' is '3600'",
    "The value '1800' waits for the next start of Poise.",
  ]);
  await poise.stop();
  poise = await startPoise({ data: poise.data });
  expect(await show()).toEqual(["The value of property 'maxMMTimeSec' is '1800'"]);
  expect(await logonMessage()).toBe('Be kind');
});

test('what was typed stands in the log of the command line', () => {
  const log = readFileSync(join(poise.data, 'logs/platform/log/cli00001.log'), 'utf8');
  expect(log).toContain('INFO [main] sdMain.main - running command -> [utils service list]');
});
