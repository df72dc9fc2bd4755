/** `file get` to an SFTP server in this process: what is asked, what arrives, what is refused. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import ssh2 from 'ssh2';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fakeShell } from '../fake-shell.ts';
import { toServer } from './file-transfer.ts';
import { connectSftp } from './sftp.ts';

const { OPEN_MODE, STATUS_CODE } = ssh2.utils.sftp;
let data: string;
let server: ssh2.Server;
let port: number;
let files: Map<string, Buffer>;
let folders: Set<string>;
let passwords: string[];
/** What the server answers to a WRITE; `gone`: it goes. */
let writes: 'take' | 'refuse' | 'gone';

async function begin(): Promise<void> {
  server = new ssh2.Server({ hostKeys: [ssh2.utils.generateKeyPairSync('ed25519').private] }, (client) => {
    client.on('error', () => {});
    client.on('authentication', (context) => {
      if (context.method !== 'password') return context.reject(['password']);
      passwords.push(context.password);
      if (context.password === 's3cret') context.accept();
      else context.reject();
    });
    client.on('session', (accept) => accept().on('sftp', (take) => serve(take(), client)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
}

function serve(sftp: ssh2.SFTPWrapper, client: ssh2.Connection): void {
  const names: string[] = [];
  sftp.on('MKDIR', (id, path) => {
    if (folders.has(path) || path.startsWith('/closed')) return sftp.status(id, STATUS_CODE.FAILURE);
    folders.add(path);
    sftp.status(id, STATUS_CODE.OK);
  });
  sftp.on('STAT', (id, path) => {
    if (!folders.has(path)) return sftp.status(id, STATUS_CODE.NO_SUCH_FILE);
    sftp.attrs(id, { mode: 0o40_755, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 });
  });
  sftp.on('OPEN', (id, path, flags) => {
    if ((flags & OPEN_MODE.EXCL) === 0 || files.has(path)) return sftp.status(id, STATUS_CODE.FAILURE);
    files.set(path, Buffer.alloc(0));
    names.push(path);
    sftp.handle(id, Buffer.from([names.length - 1]));
  });
  sftp.on('WRITE', (id, handle, offset, bytes) => {
    const path = names[handle[0] as number] as string;
    if (writes === 'gone') return client.end();
    if (writes === 'refuse') return sftp.status(id, STATUS_CODE.FAILURE, 'the disk is full');
    files.set(path, Buffer.concat([(files.get(path) as Buffer).subarray(0, offset), bytes]));
    sftp.status(id, STATUS_CODE.OK);
  });
  sftp.on('FSETSTAT', (id) => sftp.status(id, STATUS_CODE.OK));
  sftp.on('CLOSE', (id) => sftp.status(id, STATUS_CODE.OK));
  sftp.on('REMOVE', (id, path) => sftp.status(id, files.delete(path) ? STATUS_CODE.OK : STATUS_CODE.FAILURE));
}

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'poise-sftp-'));
  [files, folders, passwords, writes] = [new Map(), new Set(['/in']), [], 'take'];
  await begin();
});
afterEach(async () => {
  await new Promise<void>((resolve) => server.close(() => resolve()));
  rmSync(data, { recursive: true, force: true });
});

const TEXT = 'a log\n'.repeat(50_000);

async function send(...answers: string[]) {
  const node = { ...fakeShell().node, data };
  const shell = fakeShell({ node, sftp: connectSftp });
  shell.answers.push(...answers);
  const status = await toServer('127.0.0.1', shell, (out) => pipeline(Readable.from([TEXT]), out));
  return { out: shell.out, questions: shell.questions, status };
}

test('asks as the original does, and sends the file once its key is accepted', async () => {
  const { out, questions, status } = await send(String(port), 'ops', 's3cret', '/in', 'yes');
  expect(questions).toEqual([
    'SFTP server port [22]: ',
    'User ID: ',
    'Password: ',
    'Download directory: ',
    'Are you sure you want to continue connecting (yes/no)? ',
  ]);
  expect(out[1]).toMatch(/^ssh-ed25519 key fingerprint is SHA256:[\w+/]{43}\.$/);
  expect(out.at(-2)).toBe('Transfer completed.');
  const path = (out.at(-1) as string).replace('Downloaded file: 127.0.0.1:', '');
  expect(path).toMatch(/^\/in\/fin1\.example\/[\d_-]+\/active_\d{13}\.tgz$/);
  expect(files.get(path)?.toString()).toBe(TEXT);
  expect(status).toBe(undefined);
  expect(statSync(join(data, 'ssh/known_hosts')).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(data, 'ssh/known_hosts'), 'utf8')).toMatch(
    new RegExp(`^\\[127\\.0\\.0\\.1\\]:${port} ssh-ed25519 \\S+\\n$`),
  );
  files.clear();
  // It is not asked about again.
  expect((await send(String(port), 'ops', 's3cret', '/in')).status).toBe(undefined);
  expect(files.size).toBe(1);
});

test('a key that is not accepted, or is another one than before, gets no password', async () => {
  expect((await send(String(port), 'ops', 's3cret', '/in', 'no')).out.at(-1)).toBe(
    'File transfer cancelled.',
  );
  await send(String(port), 'ops', 's3cret', '/in', 'yes');
  const before = passwords.length;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  const old = port;
  await begin();
  const known = readFileSync(join(data, 'ssh/known_hosts'), 'utf8');
  appendFileSync(join(data, 'ssh/known_hosts'), known.replace(String(old), String(port)));
  const { out, status } = await send(String(port), 'ops', 's3cret', '/in', 'yes');
  expect(out[0]).toContain('is not the one that was accepted before');
  expect([out.at(-1), status]).toEqual(['File transfer cancelled.', 1]);
  expect(passwords).toHaveLength(before);
});

test.each([
  ['a wrong password', ['wrong', '/in', 'yes'], 'take', 'authentication methods failed'],
  ['a folder that cannot be made', ['s3cret', '/closed', 'yes'], 'take', 'cannot be written: No such file'],
  ['a full disk', ['s3cret', '/in', 'yes'], 'refuse', 'cannot be written: the disk is full'],
  ['a server that goes', ['s3cret', '/in', 'yes'], 'gone', 'cannot be written'],
] as const)('%s is told, and nothing is left', async (_name, answers, how, said) => {
  writes = how;
  await expect(send(String(port), 'ops', ...answers)).rejects.toThrow(said);
  if (how !== 'gone') expect([...files.keys()]).toEqual([]);
});

test('no port, no user, nobody who answers', async () => {
  await expect(send('99999')).rejects.toThrow('from 1 to 65535');
  for (const answers of [[], [''], ['', ''], ['', 'ops'], ['', 'ops', 'x']])
    expect((await send(...answers)).out, String(answers)).toEqual(['File transfer cancelled.']);
});
