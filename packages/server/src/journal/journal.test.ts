import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, VirtualClock } from '@poise/clock';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Happening, Happenings } from '../happenings.ts';
import { Journal, type JournalOptions } from './journal.ts';
import { MemoryLogFiles } from './memory-log-files.ts';

const START = Date.UTC(2026, 10, 20, 12, 0, 0);
let clock: VirtualClock;
let files: MemoryLogFiles;
let happenings: Happenings;
let journal: Journal;
let operator: Happening<'operator'>[];

function make(options: Partial<JournalOptions> = {}): Journal {
  return new Journal({
    happenings,
    clock,
    directory: '/logs',
    host: 'fin1.example.com',
    form: '11.6',
    deployment: 'CCE',
    levels: { webservices: 'information', notification: 'information' },
    files,
    zone: () => 0,
    ...options,
  });
}

beforeEach(async () => {
  clock = new VirtualClock(START);
  files = new MemoryLogFiles(() => clock.now());
  happenings = new Happenings(() => clock.now());
  operator = [];
  happenings.observe((h) => {
    if (h.kind === 'operator') operator.push(h);
  });
  journal = make();
  await journal.start();
});

afterEach(async () => {
  await journal.stop();
});

test('each happening goes to the file of its family', async () => {
  happenings.publish('http.access', {
    remoteAddress: '127.0.0.1',
    user: '',
    port: 8082,
    method: 'GET',
    uri: '/',
    status: 302,
    bytes: null,
    elapsedMs: 1,
  });
  happenings.publish('request.start', { method: 'GET', resource: '/SystemInfo', query: [], user: '' });
  happenings.publish('auth.failed', { user: '2001', where: 'rest', reason: 'wrong' });
  happenings.publish('notification.info', { line: 'HTTP bind service started' });
  happenings.publish('notification.trouble', { level: 'error', line: 'e' });
  happenings.publish('notification.trouble', { level: 'warn', line: 'w' });
  happenings.publish('client.log', { user: '2001', data: 'line 1\nline 2' });
  happenings.publish('audit', { user: 'admin', method: 'PUT', url: '/finesse/api/x', payload: '<x/>\n' });
  journal.ctiTrace('Trace: AGENT_EVENT: ID=2001\nforged');
  await journal.flush();
  const logs = Object.fromEntries(files.names().map((name) => [name.slice(6), files.text(name)]));
  expect(logs).toEqual({
    'finesse/logs/localhost_access_log.2026-11-20.txt':
      '127.0.0.1 127.0.0.1 - - 8082 GET / HTTP/1.1 302 - 1\n',
    'desktop/logs/webservices/Desktop-webservices.2026-11-20T12-00-00.000.startup.log':
      '0000000001: fin1.example.com: Nov 20 2026 12:00:00.000 +0000: %CCBU_http-8080-1-6-REQUEST_START: %[method_name=GET][parameter_name={ }][resource_name=/SystemInfo][usr=]: Request start\n',
    'desktop/logs/realm/realm.log':
      '0000000000: Nov 20 2026 12:00:00.000 +0000: [main] INFO CCRealmConfig.init(): Log configuration: built in\n' +
      '0000000000: Nov 20 2026 12:00:00.000 +0000: [http-8080-1] INFO CCRealmConfig.finesseAuthenticate(): Unable to authenticate user: 2001\n',
    'desktop/logs/openfire/info.log': '2026.11.20 12:00:00 HTTP bind service started\n',
    'desktop/logs/openfire/error.log': '2026.11.20 12:00:00 e\n',
    'desktop/logs/openfire/warn.log': '2026.11.20 12:00:00 w\n',
    'desktop/logs/clientlogs/clientlog.2001.2026-11-20T12-00-00.000.log': 'line 1\nline 2',
    'desktop/logs/audit-log/audit.2026-11-20T12-00-00.000.log':
      'Nov 20 2026 12:00:00.000 +0000: %[user=admin][method=PUT][url=/finesse/api/x]: <x/>\\n\n',
    'cti/cti-trace.log': '12:00:00.000 Trace: AGENT_EVENT: ID=2001\\nforged\n',
  });
});

test('everything is written as JSON, too, where that is asked for', async () => {
  const json = make({ json: true, directory: '/other' });
  await json.start();
  happenings.publish('notification.info', { line: 'HTTP bind service started' });
  happenings.publish('notification.debug', { line: 'not wanted' });
  await json.stop();
  await journal.flush();
  expect(files.text('/other/json/poise.jsonl')).toBe(
    '{"time":"2026-11-20T12:00:00.000Z","level":"info","event":"notification.info","line":"HTTP bind service started"}\n',
  );
  expect(files.names().filter((name) => name.startsWith('/logs/json'))).toEqual([]);
});

test('debug.log is written only while it is switched on', async () => {
  const debug = (line: string) => happenings.publish('notification.debug', { line });
  debug('before');
  journal.setLevels({ ...journal.levels, notification: 'debug' });
  debug('during');
  happenings.publish('notification.wire', { user: '2001', body: '<User/>' });
  journal.setLevels({ ...journal.levels, notification: 'information' });
  debug('after');
  happenings.publish('notification.wire', { user: '2001', body: '<User/>' });
  await journal.flush();
  const text = files.text('/logs/desktop/logs/openfire/debug.log');
  expect(text).toMatch(/^2026\.11\.20 12:00:00 during\n2026\.11\.20 12:00:00 >> "GET \/finesse/);
  expect(text).not.toContain('before');
  expect(text.match(/GET/g)).toHaveLength(1);
  expect(text).not.toContain('after');
});

test('calls under way at the same time have different threads, and a finished one gives its number back', async () => {
  const start = (cause: object) =>
    happenings.publish('request.start', { method: 'GET', resource: '/x', query: [], user: '' }, cause);
  const end = (cause: object) => happenings.publish('request.end', { elapsedMs: 1, status: 200 }, cause);
  const [a, b, c] = [{ call: 11 }, { call: 12 }, { call: 13 }];
  start(a);
  start(b);
  end(a);
  start(c);
  end(b);
  end(c);
  await journal.flush();
  const name = files.names()[0] as string;
  expect(
    [...files.text(name).matchAll(/CCBU_http-8080-(\d+)-6-(REQUEST_\w+)/g)].map((m) => `${m[2]} ${m[1]}`),
  ).toEqual([
    'REQUEST_START 1',
    'REQUEST_START 2',
    'REQUEST_END 1',
    'REQUEST_START 1',
    'REQUEST_END 2',
    'REQUEST_END 1',
  ]);
});

test('warnings and errors go to the error log too', async () => {
  happenings.publish('operator', { level: 'warn', text: 'Low on disk.' });
  happenings.publish('cti.link', { state: 'DISCONNECTED', side: 'A', reason: 'reset' });
  await journal.flush();
  const [error, all] = files
    .names()
    .sort((a, b) => (a.includes('/Error-') ? -1 : b.includes('/Error-') ? 1 : 0));
  expect(error).toContain('/Error-Desktop-webservices.');
  expect(files.text(error as string)).toBe(files.text(all as string));
  expect(files.text(error as string)).toContain(
    '-3-CTI_CONNECTION_LOST: %[state=DISCONNECTED][side=A][reason=reset]:',
  );
});

test('lost lines are reported once a minute with their number', async () => {
  await journal.stop();
  journal = make({ limits: { queueLinesMax: 1 } });
  await journal.start();
  for (let i = 0; i < 5; i++) happenings.publish('notification.info', { line: `${i}` });
  expect(journal.dropped).toBe(4);
  expect(operator).toEqual([]);
  clock.advance(60_000);
  expect(operator.map((o) => o.text)).toEqual([
    '4 log lines were lost because the disk is too slow or full.',
  ]);
  clock.advance(600_000);
  expect(operator).toHaveLength(1);
});

test('an unwritable folder is told to the operator once a minute and never stops the server', async () => {
  files.failure = new Error('EACCES: permission denied');
  happenings.publish('notification.info', { line: 'x' });
  await journal.flush();
  happenings.publish('notification.info', { line: 'y' });
  await journal.flush();
  // The report itself goes to the webservices folder, which fails too: one report for each folder.
  expect(operator.map((o) => o.text)).toEqual(Array(2).fill('A log file cannot be written.'));
  expect(journal.health()).toMatchObject({ state: 'running', ready: false });
  expect(journal.health().reason).toContain('permission denied');
  files.failure = undefined;
  await journal.flush();
  expect(journal.health().ready).toBe(true);
  expect(files.text('/logs/desktop/logs/openfire/info.log')).toContain('x\n');
});

test('stopping writes what is queued and ends the observation', async () => {
  happenings.publish('notification.info', { line: 'Openfire stopped' });
  await journal.stop();
  expect(files.text('/logs/desktop/logs/openfire/info.log')).toBe('2026.11.20 12:00:00 Openfire stopped\n');
  happenings.publish('notification.info', { line: 'late' });
  expect(clock.pending).toBe(0);
  expect(journal.health()).toMatchObject({ state: 'stopped', ready: false });
});

test('on a real disk: files appear, and a folder that is a file is survived', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'poise-journal-'));
  try {
    await writeFile(join(dir, 'finesse'), 'in the way');
    const real = new Journal({
      happenings,
      clock: systemClock(),
      directory: dir,
      host: 'h',
      form: '11.6',
      deployment: 'CCE',
      levels: { webservices: 'information', notification: 'debug' },
    });
    await real.start();
    happenings.publish('notification.info', { line: 'hello' });
    happenings.publish('client.log', { user: '2001', data: 'x' });
    happenings.publish('http.access', {
      remoteAddress: '::1',
      user: '',
      port: 1,
      method: 'GET',
      uri: '/',
      status: 200,
      bytes: 1,
      elapsedMs: 1,
    });
    await real.stop();
    expect(await readFile(join(dir, 'desktop/logs/openfire/info.log'), 'utf8')).toContain(' hello\n');
    expect(await readdir(join(dir, 'desktop/logs/clientlogs'))).toHaveLength(1);
    expect(real.dropped).toBe(1);
    expect(operator.map((o) => o.detail?.path)).toContain(join(dir, 'finesse/logs'));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

test('the level of the webservices keeps less severe lines out; the file of errors has all of its own', async () => {
  const say = (level: 'warn' | 'error', text: string) => happenings.publish('operator', { level, text });
  for (const [webservices, round] of [
    ['information', 1],
    ['warning', 2],
    ['error', 3],
  ] as const) {
    journal.setLevels({ ...journal.levels, webservices });
    happenings.publish('request.end', { elapsedMs: round, status: 200 });
    say('warn', `warned ${round}`);
    say('error', `failed ${round}`);
  }
  await journal.flush();
  const written = (name: string) => {
    const text = files.text(name);
    return [...text.matchAll(/elapsed_time=(\d)|(warned \d|failed \d)/g)].map(
      ([, elapsed, said]) => said ?? `end ${elapsed}`,
    );
  };
  const [log, errors] = ['Desktop-webservices', 'Error-Desktop-webservices'].map(
    (prefix) => files.names().find((name) => name.includes(`/${prefix}.`))!,
  );
  expect(written(log!)).toEqual(['end 1', 'warned 1', 'failed 1', 'warned 2', 'failed 2', 'failed 3']);
  expect(written(errors!)).toEqual(['warned 1', 'failed 1', 'warned 2', 'failed 2', 'warned 3', 'failed 3']);
  // The counter counts what is in a file.
  expect(files.text(log!).trim().split('\n').at(-1)).toMatch(/^0000000007: /);
});
