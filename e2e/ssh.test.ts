/** `poise shell` over SSH with the client of OpenSSH: keys, passwords, lock-out, the prompt, what is not offered. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { program, type RunningPoise, startPoise } from './server.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const SSH = program('/usr/bin/ssh', '/usr/local/bin/ssh', '/opt/homebrew/bin/ssh');
const SSH_PORT = 2_222;
let poise: RunningPoise;
let port: number;
let folder: string;

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'poise-ssh-e2e-')));
  // The client asks a program for the password.
  writeFileSync(join(folder, 'ask'), '#!/bin/sh\necho "$PASSWORD"\n');
  chmodSync(join(folder, 'ask'), 0o700);
  poise = await startPoise({
    data: join(folder, 'data'),
    args: ['--set', `ports.ssh=${SSH_PORT}`],
  });
  port = poise.ports.http - 8_082 + SSH_PORT;
});
afterAll(async () => {
  await poise?.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Outcome {
  readonly out: string;
  readonly err: string;
  readonly status: number | null;
}

async function ssh(
  user: string,
  password: string,
  words: readonly string[],
  more: {
    readonly options?: readonly string[];
    readonly input?: string;
    readonly keys?: readonly (readonly [string, string])[];
  } = {},
): Promise<Outcome> {
  const child = spawn(
    SSH as string,
    [
      '-F',
      'none',
      '-p',
      String(port),
      '-o',
      'StrictHostKeyChecking=accept-new',
      '-o',
      `UserKnownHostsFile=${join(folder, 'known_hosts')}`,
      '-o',
      'PubkeyAuthentication=no',
      '-o',
      'NumberOfPasswordPrompts=1',
      ...(more.options ?? []),
      `${user}@127.0.0.1`,
      ...words,
    ],
    {
      env: {
        PATH: process.env.PATH ?? '',
        PASSWORD: password,
        SSH_ASKPASS: join(folder, 'ask'),
        SSH_ASKPASS_REQUIRE: 'force',
      },
    },
  );
  let [out, err] = ['', ''];
  const keys = [...(more.keys ?? [])];
  let seen = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk;
    for (let next = keys[0]; next !== undefined; next = keys[0]) {
      const at = out.indexOf(next[0], seen);
      if (at === -1) return;
      seen = at + next[0].length;
      child.stdin.write(next[1]);
      keys.shift();
    }
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk;
  });
  // Whoever was refused reads nothing.
  child.stdin.on('error', () => {});
  if (more.keys === undefined) child.stdin.end(more.input ?? '');
  const [status] = (await once(child, 'close')) as [number | null];
  return { out, err, status };
}

beforeEach(({ skip }) => {
  if (!SSH) skip('there is no OpenSSH client here');
});

test('a command, its output and its status; the host key is kept for its owner alone', async () => {
  const first = await ssh('admin', 'admin', ['utils', 'service', 'list']);
  expect(first).toMatchObject({ status: 0 });
  expect(first.out).toContain('Cisco Finesse Tomcat[STARTED]\n');
  const key = join(poise.data, 'ssh/host_ed25519_key');
  expect(statSync(key).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(folder, 'known_hosts'), 'utf8')).toContain('ssh-ed25519');
  expect(await ssh('admin', 'admin', ['utils', 'nonsense'])).toMatchObject({ status: 2, out: '' });
  // By the other way of asking for a password.
  const other = await ssh('admin', 'admin', ['show', 'version', 'active'], {
    options: ['-o', 'PreferredAuthentications=keyboard-interactive'],
  });
  expect(other).toMatchObject({ status: 0 });
  const logs = join(poise.data, 'logs/platform/log');
  const log = readdirSync(logs)
    .map((name) => readFileSync(join(logs, name), 'utf8'))
    .join('');
  expect(log).toContain('running command -> [utils service list]');
});

test('answers come from the standard input', async () => {
  const { out, status } = await ssh('admin', 'admin', ['file', 'get', 'activelog', 'platform/log'], {
    input: 'n\n',
  });
  expect(out).toContain('Would you like to proceed [y/n]?');
  expect(status).toBe(1);
});

test('one command at a terminal shows its questions, and what is typed', async () => {
  const { out, status } = await ssh('admin', 'admin', ['file', 'get', 'activelog', 'platform/log'], {
    options: ['-tt'],
    keys: [['proceed [y/n]? ', 'n\r']],
  });
  expect(out).toMatch(/proceed \[y\/n\]\? .*n\r\n[\s\S]*File transfer cancelled\./);
  expect(status).toBe(1);
});

test('the prompt on a terminal: echo, Tab, a command, the end', async () => {
  const { out, status } = await ssh('admin', 'admin', [], {
    options: ['-tt'],
    // As a person types: each when the one before is seen.
    keys: [
      ['admin:', 'utils ser'],
      ['utils ser', '\t'],
      ['vice ', 'list\r'],
      ['Cisco Finesse Tomcat[STARTED]', 'quit\r'],
    ],
  });
  expect(status).toBe(0);
  expect(out).toContain('Cisco Finesse Tomcat[STARTED]\r\n');
  // On a terminal in raw mode every line leads to the first column.
  expect(out.match(/(?<!\r)\n/g)).toBeNull();
});

test('agents, wrong passwords and keys are refused; forwarding and files are not offered', async () => {
  for (const [user, password] of [
    ['3001', '3001'],
    ['nobody', 'x'],
  ] as const) {
    const { status, err, out } = await ssh(user, password, ['utils', 'service', 'list']);
    expect([status, out]).toEqual([255, '']);
    expect(err).toContain('Permission denied');
  }
  const forwarded = await ssh('admin', 'admin', [], {
    options: ['-W', `127.0.0.1:${poise.ports.http}`],
    input: 'GET / HTTP/1.0\r\n\r\n',
  });
  expect(forwarded.status).not.toBe(0);
  expect(forwarded.out).toBe('');
  const back = await ssh('admin', 'admin', ['show', 'myself'], {
    options: ['-o', 'ExitOnForwardFailure=yes', '-R', '0:127.0.0.1:1'],
  });
  expect(back.status).not.toBe(0);
  expect((await ssh('admin', 'admin', ['sftp'], { options: ['-s'] })).status).not.toBe(0);
});

test('what is no SSH harms nobody', async () => {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.resume();
  socket.end(Buffer.alloc(100_000, 'GET / HTTP/1.1\r\n'));
  await once(socket, 'close');
  expect((await ssh('admin', 'admin', ['show', 'myself'])).status).toBe(0);
});

test('who opens connections and says nothing leaves room for others', async ({ skip }) => {
  if (process.platform !== 'linux') skip('there is one address of loopback here');
  const sockets = Array.from({ length: 20 }, () =>
    connect({ port, host: '127.0.0.1', localAddress: '127.0.0.2' }),
  );
  for (const socket of sockets) socket.on('error', () => {}).resume();
  await Promise.all(sockets.map((socket) => (socket.connecting ? once(socket, 'connect') : undefined)));
  expect((await ssh('admin', 'admin', ['show', 'myself'])).status).toBe(0);
  for (const socket of sockets) socket.destroy();
});

/** Last: it locks the administrator. */
test('five wrong passwords lock the account, at the console, too', async () => {
  for (let i = 0; i < 5; i++)
    expect(
      (
        await ssh('admin', 'wrong', ['show', 'myself'], {
          options: ['-o', 'PreferredAuthentications=password'],
        })
      ).status,
    ).toBe(255);
  expect((await ssh('admin', 'admin', ['show', 'myself'])).status).toBe(255);
  const answer = await fetch(`http://127.0.0.1:${poise.ports.http}/poise/api/console/session`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password: 'admin' }),
  });
  expect(answer.status).toBe(401);
});
