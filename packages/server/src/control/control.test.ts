import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { controlRequest } from './client.ts';
import { type ControlLocation, controlLocation } from './location.ts';
import { takeLock } from './lock.ts';
import { LINE_LENGTH_MAX, LineReader, parseAnswer, parseRequest } from './protocol.ts';
import { type ControlCommands, ControlServer } from './server.ts';

/** Of whoever owns nothing. */
const NOBODY = 65_534;

let data: string;
let location: ControlLocation;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'poise-control-'));
  location = controlLocation(data, 'server');
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

async function running(commands: ControlCommands = {}, where = location): Promise<ControlServer> {
  const server = new ControlServer(where, commands);
  await server.start();
  onTestFinished(() => server.stop());
  return server;
}

/** What comes back for raw bytes, until the server closes or a line is complete. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(location.socket, () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
      if (answer.endsWith('\n')) socket.end();
    });
    socket.on('close', () => resolve(answer)).on('error', reject);
  });
}

describe('a command', () => {
  test('is answered with its result', async () => {
    await running({ add: ({ a, b }) => (a as number) + (b as number), nothing: () => undefined });
    expect(await controlRequest(location, 'add', { a: 1, b: 2 })).toBe(3);
    expect(await controlRequest(location, 'nothing')).toBeNull();
    expect(await controlRequest(location, 'ping')).toEqual({ pid: process.pid });
  });

  test('of a part that started later can be added', async () => {
    const server = await running();
    server.addCommands({ sim: () => 'called' });
    expect(await controlRequest(location, 'sim')).toBe('called');
  });

  test('that does not exist, or fails, is refused with its reason', async () => {
    await running({ bad: () => Promise.reject(new Error('no such number')) });
    await expect(controlRequest(location, 'nope')).rejects.toThrow('there is no command "nope"');
    await expect(controlRequest(location, 'toString')).rejects.toThrow('there is no command');
    await expect(controlRequest(location, 'bad')).rejects.toThrow(
      'The running Poise refused the command: no such number.',
    );
  });

  test('that is not answered in time is given up', async () => {
    await running({ slow: () => new Promise(() => {}) });
    await expect(controlRequest(location, 'slow', {}, 50)).rejects.toThrow('did not answer within 1 s');
  });

  test('without a running server is refused in a plain sentence', async () => {
    await expect(controlRequest(location, 'status')).rejects.toThrow(
      `No Poise is running with the data directory ${data}.`,
    );
    writeFileSync(location.token, 'left behind');
    await expect(controlRequest(location, 'status')).rejects.toThrow('No Poise is running');
  });
});

test('whoever may not look is told so, not that nothing runs', async ({ skip }) => {
  if (process.platform === 'win32') return skip('Windows has no such modes');
  await running();
  chmodSync(location.token, 0);
  // Root may read everything; it is somebody else for a moment then.
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(NOBODY);
  let asked: Promise<unknown>;
  try {
    asked = controlRequest(location, 'status');
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
  await expect(asked).rejects.toThrow(`The data directory ${data} belongs to another user.`);
});

describe('the socket', () => {
  test('obeys only who has the token', async () => {
    let called = false;
    await running({
      stop: () => {
        called = true;
      },
    });
    expect(await raw('{"token":"x","command":"stop"}\n')).toBe('{"ok":false,"error":"the token is wrong"}\n');
    expect(await raw('{"command":"stop"}\n')).toBe('{"ok":false,"error":"this is no command"}\n');
    expect(called).toBe(false);
  });

  test.each(['garbage\n', '\n', '[]\n', 'null\n', '{"token":1,"command":"stop"}\n', '\u0000\u0001\n'])(
    'survives %j',
    async (text) => {
      await running();
      expect(await raw(text)).toBe('{"ok":false,"error":"this is no command"}\n');
      expect(await controlRequest(location, 'ping')).toBeDefined();
    },
  );

  test('refuses a line without end', async () => {
    await running();
    expect(await raw('x'.repeat(LINE_LENGTH_MAX + 1))).toBe('{"ok":false,"error":"the line is too long"}\n');
    expect(await controlRequest(location, 'ping')).toBeDefined();
  });

  test('and its token belong to the owner alone', async ({ skip }) => {
    if (process.platform === 'win32') return skip('Windows has no such modes');
    await running();
    expect(statSync(location.token).mode & 0o777).toBe(0o600);
    expect(statSync(location.socket).mode & 0o777).toBe(0o600);
  });

  test('has another token at each start', async () => {
    const first = await running();
    const token = readFileSync(location.token, 'utf8');
    await first.stop();
    await running();
    expect(readFileSync(location.token, 'utf8')).not.toBe(token);
  });

  test('leaves nothing behind', async () => {
    const server = await running();
    await server.stop();
    await server.stop();
    expect(readdirSync(data)).toEqual([]);
  });
});

describe('one data directory', () => {
  test('has one server', async () => {
    await running();
    await expect(new ControlServer(location, {}).start()).rejects.toThrow(
      `Another Poise (process ${process.pid}) already uses the data directory ${data}.`,
    );
    expect(await controlRequest(location, 'ping')).toBeDefined();
  });

  test('may have a CTI server of its own beside', async () => {
    await running();
    const cti = controlLocation(data, 'cti');
    await running({ who: () => 'cti' }, cti);
    expect(await controlRequest(cti, 'who')).toBe('cti');
  });

  test('stays with a server that is too busy to answer', async () => {
    // It takes connections, as the system does for a process whose event loop is held up, and says nothing.
    const busy = createServer();
    const peers = new Set<Socket>();
    busy.on('connection', (peer) => peers.add(peer));
    await new Promise<void>((resolve) => busy.listen(location.socket, resolve));
    onTestFinished(() => {
      for (const peer of peers) peer.destroy();
      busy.close();
    });
    writeFileSync(location.token, 'its own\n');
    writeFileSync(location.lock, `${process.ppid}\n`);
    const old = Date.now() / 1000 - 60;
    utimesSync(location.lock, old, old);
    await expect(new ControlServer(location, {}).start()).rejects.toThrow(
      `Another Poise (process ${process.ppid}) already uses the data directory ${data}.`,
    );
    expect(readFileSync(location.token, 'utf8')).toBe('its own\n');
  });

  test('is taken over from a server that was killed', async () => {
    writeFileSync(location.lock, '999999999\n');
    writeFileSync(location.token, 'old\n');
    if (process.platform !== 'win32') writeFileSync(location.socket, '');
    await running({ hello: () => 1 });
    expect(await controlRequest(location, 'hello')).toBe(1);
  });
});

describe('the lock', () => {
  const nobody = (): Promise<boolean> => Promise.resolve(false);

  test('of a living process that is still starting is respected, later it is not', async () => {
    writeFileSync(location.lock, '4242\n');
    const options = { path: location.lock, pid: 1, answers: nobody, isAlive: () => true };
    expect(await takeLock(options)).toEqual({ ok: false, pid: 4242 });
    const old = Date.now() / 1000 - 60;
    utimesSync(location.lock, old, old);
    expect((await takeLock(options)).ok).toBe(true);
    expect(readFileSync(location.lock, 'utf8')).toBe('1\n');
  });

  test('goes to one of several who want it at the same time, also when an old one must be taken away', async () => {
    for (const left of [undefined, '777\n']) {
      rmSync(location.lock, { force: true });
      if (left !== undefined) writeFileSync(location.lock, left);
      const want = [1, 2, 3, 4, 5].map((pid) =>
        takeLock({ path: location.lock, pid, answers: nobody, isAlive: (other) => other !== 777 }),
      );
      const results = await Promise.all(want);
      expect(results.filter((result) => result.ok)).toHaveLength(1);
    }
  });

  test('is released by its owner only', async () => {
    const taken = await takeLock({ path: location.lock, pid: 1, answers: nobody });
    writeFileSync(location.lock, '2\n');
    if (taken.ok) taken.lock.release();
    expect(existsSync(location.lock)).toBe(true);
  });
});

describe('where the socket is', () => {
  test('is the data directory', () => {
    expect(controlLocation('/var/lib/poise', 'server', 'linux').socket).toBe('/var/lib/poise/control.sock');
  });

  test('is a private temporary directory when the path is too long for a socket', ({ skip }) => {
    if (process.platform === 'win32') return skip('pipes of Windows have no such limit');
    const long = `/srv/${'deep/'.repeat(30)}data`;
    const { socket } = controlLocation(long, 'server', 'linux');
    expect(Buffer.byteLength(socket)).toBeLessThanOrEqual(103);
    expect(controlLocation(long, 'server', 'linux').socket).toBe(socket);
    expect(controlLocation(`${long}2`, 'server', 'linux').socket).not.toBe(socket);
  });

  test('is a named pipe on Windows', () => {
    expect(controlLocation('data', 'server', 'win32').socket).toMatch(/^\\\\\.\\pipe\\poise-[0-9a-f]{24}$/);
    expect(controlLocation('/srv/Data', 'server', 'win32').socket).toBe(
      controlLocation('/SRV/data', 'server', 'win32').socket,
    );
  });
});

test('lines are found in any pieces', () => {
  const reader = new LineReader();
  expect([...'ab\ncd\n\ne'].flatMap((letter) => reader.push(letter) ?? [])).toEqual(['ab', 'cd', '']);
  expect(reader.push('f\n')).toEqual(['ef']);
  expect(parseRequest('{"token":"t","command":"c","arguments":[1]}')).toEqual({
    token: 't',
    command: 'c',
    arguments: {},
  });
  expect(parseAnswer('{"ok":false}')).toBeNull();
});
