/** `poise shell` against a running server: the commands that the documents name (admin.md 8, check 1), and services that are really stopped. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { boshSession } from './connections/bosh.ts';
import { Connection } from './connections/connection.ts';
import { eventually } from './connections/deadline.ts';
import { tcpSession } from './connections/tcp-session.ts';
import { type RunningPoise, rest, startPoise } from './server.ts';

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

/** One command of the shell, with answers on its standard input. */
async function line(command: string, answers: readonly string[] = []) {
  const child = spawn(process.execPath, [POISE, 'shell', '--data', poise.data, command], { cwd: folder });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk;
  });
  child.stdin.end(answers.map((answer) => `${answer}\n`).join(''));
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
  const opened = /^node +\d+ \S+ +\d+u IPv4 +\d+ 0t0 TCP \S+:\d+ \(LISTEN\)$/;
  if (process.platform === 'linux')
    expect((await line(`show open ports regexp ${poise.ports.boshTls}.*LISTEN`)).lines[1]).toMatch(opened);
  expect((await line('file list activelog /desktop/logs/openfire/*.hprof')).lines).toEqual([
    'dir count = 0, file count = 0',
  ]);
  expect((await line('file list activelog /desktop/logs/openfire detail')).lines.at(-2)).toMatch(
    /^\d\d [A-Z][a-z]{2},\d{4} \d\d:\d\d:\d\d +[\d,]+ {2}info\.log$/,
  );
  expect((await line('utils diagnose test')).lines).toContain('test - tomcat              : Passed');
  expect((await line('utils ntp status')).out).toMatch(/Current time in UTC is : /);
  expect((await line('utils core active list')).status).toBe(0);
  expect((await line('show myself')).lines[0]).toMatch(/^Machine Name {4}: /);
  expect((await line('utils finesse node_statistics list')).lines).toHaveLength(9);
  const syslog = await line('file get activelog /syslog/CiscoSyslog* abstime 00:00:06/17/17 00:30:06/17/17');
  expect(syslog.lines).toContain('Number of files affected: 0');
  const got = await line('file get activelog desktop recurs compress', ['y', '.']);
  expect(got.lines.at(-1)).toMatch(/\/active_\d+\.tgz$/);
});

test('a property waits for the next start, and is in force then', async () => {
  expect((await line('utils finesse set_property desktop logonMessage "Be kind"')).lines[0]).toBe(
    'Property successfully updated.',
  );
  expect((await line('utils finesse show_property desktop logonMessage')).lines).toEqual([
    "The value of property 'logonMessage' is ''",
    "The value 'Be kind' waits for the next start of Poise.",
  ]);
  await poise.stop();
  poise = await startPoise({ data: poise.data });
  expect((await line('utils finesse show_property desktop logonMessage')).lines).toEqual([
    "The value of property 'logonMessage' is 'Be kind'",
  ]);
});

test('what was typed stands in the log of the command line', () => {
  const log = readFileSync(join(poise.data, 'logs/platform/log/cli00001.log'), 'utf8');
  expect(log).toContain('INFO [main] sdMain.main - running command -> [utils service list]');
});
