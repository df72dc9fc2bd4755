import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { verifyPassword } from '../accounts/scram-keys.ts';
import { controlRequest } from '../control/client.ts';
import { controlLocation } from '../control/location.ts';
import { ControlServer } from '../control/server.ts';
import { demoUsers } from '../demo/centre.ts';
import { catalogueOf, PlainError, phrase } from '../messages/catalogue.ts';
import { EN } from '../messages/en.ts';
import { Store } from '../store/store.ts';
import { StoreError } from '../store/store-error.ts';
import { findCommand, readArguments } from './arguments.ts';
import { EXIT, UsageError } from './command.ts';
import { COMMANDS } from './commands.ts';
import { usageOf } from './help.ts';
import type { RunningServer, StartOptions } from './main-types.ts';
import { createOperatorLog } from './operator-log.ts';
import { runCommand } from './poise.ts';
import { sentences } from './sentences.ts';
import { start } from './start.ts';
import type { Terminal } from './terminal.ts';

let data: string;
let out: string[];
let errors: string[];
let secrets: Array<string | null>;
let terminal: Terminal;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'poise-cli-'));
  out = [];
  errors = [];
  secrets = [];
  terminal = {
    env: {},
    cwd: data,
    interactive: false,
    messages: EN,
    print: (line) => void out.push(line),
    printError: (line) => void errors.push(line),
    write: (text) => void out.push(text),
    ask: () => Promise.resolve(null),
    askSecret: () => Promise.resolve(secrets.shift() ?? null),
  };
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

const poise = (...given: string[]): Promise<number> => runCommand(given, terminal);
const withData = (...given: string[]): Promise<number> => poise(...given, '--data', data);

describe('what is not understood', () => {
  test('is explained with the usage and exit status 2', async () => {
    expect(await poise('strat')).toBe(EXIT.usage);
    expect(errors[0]).toBe('There is no command strat. Did you mean start?');
    expect(errors[1]).toContain('Usage: poise COMMAND');
  });

  test.each([
    [['start', '--dmeo'], "Cannot read the arguments: Unknown option '--dmeo'"],
    [['start', '--config'], "Cannot read the arguments: Option '--config <value>' argument missing"],
    [['start', 'now'], 'Cannot read the arguments: unexpected "now"'],
    [['start', '--bench', '0'], '--bench must be a whole number from 1 to 20000, not "0".'],
    [['start', '--bench', 'many'], '--bench must be a whole number from 1 to 20000, not "many".'],
    [
      ['start', '--only', 'webservices,phone'],
      'There is no part "phone". The parts are webservices, notification, cti, desktop.',
    ],
    [['user', 'set-password'], 'The command needs USER.'],
    [['config', 'print', '--json'], "Cannot read the arguments: Unknown option '--json'"],
  ])('%j', async (given, sentence) => {
    expect(await poise(...given)).toBe(EXIT.usage);
    expect(errors[0]).toBe(sentence);
    expect(errors[1]).toMatch(/^Usage: poise /);
  });

  test('of two words names the nearest command', async () => {
    await poise('user', 'set-pasword', 'x');
    expect(errors[0]).toBe('There is no command user set-pasword. Did you mean user set-password?');
    // What is shown then are the commands with that first word, not all of them.
    expect(errors[1]).toMatch(/^Usage: poise user COMMAND/);
    expect(errors[1]).not.toContain('  start');
  });

  test('the first of two words alone gives the overview of what can follow', async () => {
    expect(await poise('user')).toBe(EXIT.usage);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(/^Usage: poise user COMMAND/);
    expect(out).toEqual([]);
  });

  test('nothing at all gives the overview', async () => {
    expect(await poise()).toBe(EXIT.usage);
    expect(out[0]).toContain('Commands:');
  });
});

describe('help', () => {
  test('lists every command', async () => {
    expect(await poise('help')).toBe(EXIT.done);
    for (const command of COMMANDS) expect(out[0]).toContain(`  ${command.name}`);
  });

  test.each(COMMANDS.map((command) => command.name))('of %s has its usage', async (name) => {
    expect(await poise(...name.split(' '), '--help')).toBe(EXIT.done);
    const { command } = findCommand(name.split(' '), COMMANDS)!;
    expect(out[0]).toContain(usageOf(command));
    expect(out[0]).not.toMatch(/\{\w+\}/);
    out = [];
    await poise('help', ...name.split(' '));
    expect(out[0]).toContain(usageOf(command));
  });

  test.each([
    ['sim', '--help'],
    ['sim', '-h'],
    ['sim', 'help'],
    ['help', 'sim'],
  ])('poise %s %s lists the commands of sim, and no others', async (...given) => {
    expect(await poise(...given)).toBe(EXIT.done);
    expect(errors).toEqual([]);
    expect(out).toHaveLength(1);
    expect(out[0]).toMatch(/^Usage: poise sim COMMAND/);
    for (const { name } of COMMANDS) expect(out[0]?.includes(`  ${name} `)).toBe(name.startsWith('sim '));
  });

  test('prints in brackets what may be left out, and nothing else', () => {
    const usage = (...name: string[]) => usageOf(findCommand(name, COMMANDS)!.command);
    expect(usage('sim', 'call')).toMatch(/^poise sim call --to NUMBER \[--from NUMBER\] /);
    expect(usage('sim', 'load')).toMatch(/^poise sim load --calls-per-second N \[--for TIME\] /);
    expect(usage('cert', 'export')).toContain('[--out FILE]');
  });

  test('speaks the language of the terminal', async () => {
    terminal = { ...terminal, messages: await catalogueOf('de') };
    await poise('nix');
    expect(errors[0]).toBe('Es gibt keinen Befehl nix.');
  });
});

test('version is that of the package', async () => {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  expect(await poise('version')).toBe(EXIT.done);
  expect(await poise('--version')).toBe(EXIT.done);
  expect(out).toEqual([manifest.version, manifest.version]);
});

test('options may stand in any order and be repeated', () => {
  const { command, rest } = findCommand(
    ['start', '--set', 'a=1', '--demo', '--set=b=2', '--data', 'x', '--data', 'y'],
    COMMANDS,
  )!;
  const given = readArguments(command, rest, terminal);
  expect(given.values('set')).toEqual(['a=1', 'b=2']);
  expect(given.value('data')).toBe('y');
  expect(given.flags.has('demo')).toBe(true);
  expect(() => readArguments(command, ['--demo=yes'], terminal)).toThrow(UsageError);
});

describe('config print', () => {
  test('shows what is in effect and where it came from', async () => {
    writeFileSync(join(data, 'poise.yaml'), 'domain: file.example\n');
    terminal = { ...terminal, env: { POISE_PRESENCE_IDLE: '61s', POISE_BENCH_PASSWORD: 'hush' } };
    expect(await withData('config', 'print', '--set', 'node.name=n7')).toBe(EXIT.done);
    const lines = out.join('').split('\n');
    expect(lines).toContain(`domain: "file.example"  # ${join(data, 'poise.yaml')}`);
    expect(lines).toContain('presence.idle: "61s"  # POISE_PRESENCE_IDLE');
    expect(lines).toContain('node.name: "n7"  # command line');
    expect(lines).toContain('bench.password: "***"  # POISE_BENCH_PASSWORD');
    expect(lines).toContain('ports.http: 8082');
  });

  test('shows what an administrator has stored, and makes no database by looking', async () => {
    expect(await withData('config', 'print')).toBe(EXIT.done);
    expect(existsSync(join(data, 'poise.sqlite'))).toBe(false);
    const store = await Store.open({ path: data });
    await store.change(({ settings }) => settings.save({ key: 'node.secondary', value: 'fin2.example' }));
    await store.close();
    out.length = 0;
    expect(await withData('config', 'print')).toBe(EXIT.done);
    expect(out.join('').split('\n')).toContain('node.secondary: "fin2.example"  # store');
  });

  test('prints the rest where the database cannot be reached, and says so', async () => {
    const url = 'postgres://nobody@127.0.0.1:1/none';
    expect(await withData('config', 'print', '--set', `store.url=${url}`)).toBe(EXIT.done);
    expect(errors[0]).toMatch(/^What an administrator has stored cannot be read, and is left out here: /);
    expect(out.join('')).toContain('store.url: "***"  # command line');
  });

  test('tells every problem in a line of its own', async () => {
    expect(await withData('config', 'print', '--set', 'presence.idel=1s', '--set', 'ports.http=x')).toBe(
      EXIT.failed,
    );
    expect(errors).toEqual([
      'Unknown setting presence.idel (from the command line). Did you mean presence.idle?',
      'The setting ports.http cannot be "x" (from the command line). Allowed: a port number from 0 to 65535, where 0 takes any free one, or off.',
    ]);
  });
});

describe('cert export', () => {
  test('writes the authority, also before the first start', async () => {
    expect(await withData('cert', 'export')).toBe(EXIT.done);
    expect(out[0]).toMatch(/^-----BEGIN CERTIFICATE-----\n/);
    expect(out[0]).toBe(readFileSync(join(data, 'certs', 'authority.crt'), 'utf8'));
    expect(await withData('cert', 'export', '--out', 'ca.pem')).toBe(EXIT.done);
    expect(readFileSync(join(data, 'ca.pem'), 'utf8')).toBe(out[0]);
    expect(out[1]).toMatch(/Its SHA-256 fingerprint is ([0-9A-F]{2}:){31}[0-9A-F]{2}\.$/);
  });
});

describe('user', () => {
  const quick = ['--set', 'accounts.iterations=4096'];

  test('set-password makes an administrator and keeps keys only', async () => {
    secrets = ['correct horse battery'];
    expect(await withData('user', 'set-password', 'root', '--administrator', ...quick)).toBe(EXIT.done);
    expect(out).toEqual(['The administrator root was created.', 'The password of root is set.']);
    const store = await Store.open({ path: data });
    const keys = (await store.repositories.credentials.find('root'))!;
    expect(keys.setByHand).toBe(true);
    expect(await verifyPassword('correct horse battery', keys)).toBe(true);
    expect(await store.repositories.credentials.administratorSetByHand()).toBe(true);
    await store.close();
    expect(readFileSync(join(data, 'poise.sqlite')).includes('correct horse')).toBe(false);
  });

  test('set-password refuses users that do not exist, and passwords that are short or differ', async () => {
    expect(await withData('user', 'set-password', 'root')).toBe(EXIT.failed);
    secrets = ['short'];
    expect(await withData('user', 'set-password', 'root', '--administrator')).toBe(EXIT.failed);
    secrets = [];
    expect(await withData('user', 'set-password', 'root', '--administrator')).toBe(EXIT.failed);
    terminal = { ...terminal, interactive: true };
    secrets = ['long enough', 'long enougi'];
    expect(await withData('user', 'set-password', 'root', '--administrator')).toBe(EXIT.failed);
    expect(await withData('user', 'set-password', 'a/b', '--administrator')).toBe(EXIT.failed);
    expect(errors).toEqual([
      'There is no user root.',
      'A password needs at least 8 characters. Nothing was changed.',
      'A password needs at least 8 characters. Nothing was changed.',
      'The two passwords differ. Nothing was changed.',
      'There is no user a/b.',
    ]);
    expect(await withData('user', 'list')).toBe(EXIT.done);
    expect(out).toEqual([]);
  });

  test('list prints the stored users', async () => {
    const store = await Store.open({ path: data });
    const [mickey] = demoUsers();
    await store.change(({ users }) => users.create({ ...mickey!, teamId: null, skillGroupNumbers: [] }));
    await store.close();
    expect(await withData('user', 'list')).toBe(EXIT.done);
    expect(await withData('user', 'list', '--json')).toBe(EXIT.done);
    expect(out[0]).toBe('2001\tmmouse\tMickey Mouse\tAgent\t');
    expect(JSON.parse(out[1]!)).toMatchObject({ loginId: '2001', roles: ['Agent'] });
  });

  test('with data of a newer Poise fails in one sentence', async () => {
    writeFileSync(join(data, 'format'), '99');
    expect(await withData('user', 'list')).toBe(EXIT.failed);
    expect(errors).toEqual([expect.stringContaining('has the format 99')]);
  });
});

describe('start', () => {
  let ready: boolean;
  let serviceGoesOn: true | undefined;
  let started: StartOptions[];
  let stops: number;
  let announcements: number;
  let desktops: number;
  const server = (): RunningServer =>
    ({
      urls: ['http://localhost:8082/', 'xmpp://localhost:5222'],
      health: () => ({
        ready,
        parts: [
          {
            name: 'webservices',
            state: 'running',
            ready,
            detail: { agentsSignedIn: 3 },
            ...(ready ? {} : { reason: 'no link' }),
            ...(serviceGoesOn ? { serviceGoesOn } : {}),
          },
        ],
      }),
      desktops: () => desktops,
      announceStop: async () => void announcements++,
      withdrawStop: () => void announcements--,
      stop: async () => void stops++,
    }) as unknown as RunningServer;
  beforeEach(() => {
    ready = true;
    serviceGoesOn = undefined;
    started = [];
    stops = 0;
    announcements = 0;
    desktops = 0;
  });

  /** Runs `poise start` in this process against a server that does nothing. */
  function run(role: 'server' | 'cti', ...words: string[]): Promise<number> {
    const { command, rest } = findCommand(
      [role === 'cti' ? 'cti' : 'start', ...words, '--data', data],
      COMMANDS,
    )!;
    return start(readArguments(command, rest, terminal), terminal, role, () =>
      Promise.resolve({
        startPoise: (options: StartOptions) => {
          started.push(options);
          return Promise.resolve(server());
        },
      }),
    );
  }
  const said = async (part: string): Promise<void> => {
    await vi.waitFor(() => expect(out.some((line) => line.includes(part))).toBe(true), {
      timeout: 30_000,
      interval: 5,
    });
  };
  const location = (role: 'server' | 'cti' = 'server') => controlLocation(data, role);

  test('ends its output with IN_SERVICE and the addresses, answers status, and stops in order', async () => {
    const running = run('server', '--demo');
    await said('IN_SERVICE');
    expect(out.at(-1)).toBe('poise: IN_SERVICE http://localhost:8082/ xmpp://localhost:5222');
    expect(started).toMatchObject([{ demo: true }]);
    expect(started[0]).not.toHaveProperty('bench');
    expect(started[0]).not.toHaveProperty('only');
    expect(await withData('status')).toBe(EXIT.done);
    expect(out.slice(-3)).toEqual([
      '  webservices    ready',
      '  http://localhost:8082/',
      '  xmpp://localhost:5222',
    ]);
    expect(await withData('stop')).toBe(EXIT.done);
    expect(await running).toBe(EXIT.done);
    expect(stops).toBeGreaterThan(0);
    expect(await withData('status')).toBe(EXIT.failed);
    expect(await withData('status', '--alive')).toBe(EXIT.failed);
    errors.pop();
    expect(errors).toEqual([`No Poise is running with the data directory ${data}.`]);
  });

  test('stop is done when the process has ended, not when it has said goodbye', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const ended = once(child, 'exit');
    const control = new ControlServer(location(), {
      status: () => ({ pid: child.pid }),
      stop: () => void setTimeout(() => child.kill('SIGKILL'), 300),
    });
    await control.start();
    try {
      expect(await withData('stop')).toBe(EXIT.done);
      expect(child.signalCode).toBe('SIGKILL');
    } finally {
      child.kill('SIGKILL');
      await ended;
      await control.stop();
    }
  });

  test('waits with IN_SERVICE until all parts answer', async () => {
    ready = false;
    const running = run('server');
    await vi.waitFor(() => expect(started).toHaveLength(1), { timeout: 30_000, interval: 5 });
    // What is wrong with a part is no reason to start the process anew.
    expect(await withData('status', '--alive')).toBe(EXIT.done);
    expect(await withData('status', '--json')).toBe(EXIT.failed);
    expect(JSON.parse(out.at(-1)!)).toMatchObject({
      ready: false,
      parts: [{ name: 'webservices', reason: 'no link', detail: { agentsSignedIn: 3 } }],
    });
    expect(out.some((line) => line.includes('IN_SERVICE'))).toBe(false);
    ready = true;
    await said('IN_SERVICE');
    await controlRequest(location(), 'stop');
    expect(await running).toBe(EXIT.done);
  });

  test('is IN_SERVICE without a part that agents do not need, and says what is missing', async () => {
    ready = false;
    serviceGoesOn = true;
    const running = run('server');
    await said('IN_SERVICE');
    expect(out.join('\n')).toContain('The part webservices is not ready: no link');
    await controlRequest(location(), 'stop');
    expect(await running).toBe(EXIT.done);
  });

  test('passes bench, parts and settings on', async () => {
    const running = run('server', '--bench', '40', '--only', 'cti,webservices', '--set', 'domain=x.example');
    await said('IN_SERVICE');
    expect(started).toMatchObject([
      { demo: true, bench: 40, only: ['webservices', 'cti'], settings: { domain: 'x.example', data } },
    ]);
    await controlRequest(location(), 'stop');
    await running;
  });

  test('a second server on one data directory is refused, but poise cti may run beside', async () => {
    const running = run('server');
    await said('IN_SERVICE');
    await expect(run('server')).rejects.toThrow('already uses the data directory');
    out = [];
    const cti = run('cti');
    await said('IN_SERVICE');
    expect(started.at(-1)).toMatchObject({ only: ['cti'], demo: false });
    await controlRequest(location('cti'), 'stop');
    await controlRequest(location(), 'stop');
    await Promise.all([running, cti]);
  });

  test('stops where no desktop is connected, when that is asked for', async () => {
    const running = run('server');
    await said('IN_SERVICE');
    desktops = 2;
    expect(await controlRequest(location(), 'stop', { ifEmpty: true })).toEqual({ desktops: 2 });
    expect([announcements, stops]).toEqual([0, 0]);
    desktops = 0;
    expect(await controlRequest(location(), 'stop', { ifEmpty: true })).toEqual({ desktops: 0 });
    expect(await running).toBe(EXIT.done);
  });

  test('stops on a signal with exit status 0', async () => {
    const before = process.listenerCount('SIGTERM');
    const running = run('server');
    await said('IN_SERVICE');
    process.emit('SIGTERM', 'SIGTERM');
    expect(await running).toBe(EXIT.done);
    // Monitoring is told before.
    expect([announcements, stops]).toEqual([1, 1]);
    expect(process.listenerCount('SIGTERM')).toBe(before);
  });

  test('leaves nothing behind when a part cannot start', async () => {
    const { command, rest } = findCommand(['start', '--data', data], COMMANDS)!;
    const failing = start(readArguments(command, rest, terminal), terminal, 'server', () =>
      Promise.resolve({
        startPoise: () =>
          Promise.reject(
            new PlainError(phrase('parts.failed', { part: 'http', reason: 'port 8082 is in use.' })),
          ),
      }),
    );
    await expect(failing).rejects.toThrow('The part http cannot start: port 8082 is in use.');
    await expect(controlRequest(location(), 'status')).rejects.toThrow('No Poise is running');
  });

  test('for others is refused until an administrator password was set by hand', async () => {
    await expect(run('server', '--set', 'host=0.0.0.0')).rejects.toThrow(
      'needs an administrator whose password was set',
    );
    await expect(run('server', '--set', 'host=0.0.0.0', '--set', 'ports.https=off')).rejects.toThrow(
      'needs TLS',
    );
    expect(started).toEqual([]);
    secrets = ['a long password'];
    await withData('user', 'set-password', 'root', '--administrator', '--set', 'accounts.iterations=4096');
    const running = run('server', '--set', 'host=0.0.0.0');
    await said('IN_SERVICE');
    await controlRequest(location(), 'stop');
    expect(await running).toBe(EXIT.done);
  });

  test('in demo mode for others is refused', async () => {
    expect(await withData('start', '--demo', '--set', 'host=0.0.0.0')).toBe(EXIT.failed);
    expect(errors[0]).toContain('The demonstration passwords are public');
  });
});

test('a full disk is named as such, not as a defect of ours', () => {
  const told = { messages: EN, env: {} };
  const cause = new Error('database or disk is full');
  const unavailable = new StoreError('unavailable', 'The database cannot be written now.', [], { cause });
  expect(sentences(unavailable, told)).toEqual(['The database cannot be written: database or disk is full.']);
  expect(sentences(new StoreError('duplicate', 'twice'), told)).toEqual([
    'Something went wrong inside Poise: twice',
  ]);
});

describe('the operator log', () => {
  const log = (interactive: boolean) =>
    createOperatorLog({ terminal: { interactive, print: (line) => void out.push(line) }, now: () => 0 });

  test('is text on a terminal', () => {
    log(true).info('started', { port: 1 });
    log(true).warn('odd \u001b[31m name');
    log(true).debug('not shown');
    expect(out).toEqual(['started {"port":1}', 'warn: odd \ufffd[31m name']);
  });

  test('is one JSON object a line otherwise, whatever the detail', () => {
    const loop: Record<string, unknown> = {};
    loop.loop = loop;
    log(false).info('two\nlines', { big: 1n });
    log(false).error('x', loop);
    expect(out[0]).toBe(
      '{"time":"1970-01-01T00:00:00.000Z","level":"info","text":"two\\nlines","detail":{"big":"1"}}',
    );
    expect(out[1]).toBe('"(not printable)"');
  });
});
