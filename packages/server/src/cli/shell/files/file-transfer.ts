/** Where the archive of `file get` goes: to an SFTP server as at the original, or into a directory of this machine. */
import { createWriteStream, mkdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join, posix, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { phrase } from '../../../messages/catalogue.ts';
import { FAILED, refusal, type Shell } from '../shell.ts';
import { known, remember } from './known-servers.ts';
import type { ServerKey, SftpFolder } from './sftp.ts';
import { sortableTime } from './times.ts';

/** Writes the archive and ends the stream. */
export type Contents = (out: Writable) => Promise<void>;

const PORT = 22;
const PORT_MAX = 65_535;

export function cancelled(shell: Shell): number {
  shell.print('File transfer cancelled.');
  return FAILED;
}

export async function toDirectory(shell: Shell, contents: Contents): Promise<number | undefined> {
  shell.print('No SFTP server is named: the archive is written to a directory of this machine.');
  const answer = (await shell.ask('Download directory: '))?.trim() ?? '';
  if (answer === '') return cancelled(shell);
  const directory = resolve(shell.cwd, answer);
  if (!isDirectory(directory)) throw refusal(phrase('shell.noDirectory', { directory }));
  const path = join(directory, archiveName(shell));
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    // Logs tell of people: nobody but the owner reads the copy.
    await contents(createWriteStream(path, { flags: 'wx', mode: 0o600 }));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST') rmSync(path, { force: true });
    throw refusal(phrase('shell.notWritten', { path, reason: code ?? message }));
  }
  return completed(shell, path);
}

/** Asks for the rest of what the original asks for, and sends the archive. */
export async function toServer(host: string, shell: Shell, contents: Contents): Promise<number | undefined> {
  const port = portOf(await shell.ask(`SFTP server port [${PORT}]: `));
  if (port === null) return cancelled(shell);
  if (port === undefined) throw refusal(phrase('shell.sftpPort'));
  const user = (await shell.ask('User ID: '))?.trim() ?? '';
  if (user === '') return cancelled(shell);
  const password = await shell.askSecret('Password: ');
  if (password === null) return cancelled(shell);
  const directory = await shell.ask('Download directory: ');
  if (directory === null) return cancelled(shell);
  const path = posix.join(directory.trim() || '.', archiveName(shell));
  let isTrusted = true;
  const trusts = async (key: ServerKey): Promise<boolean> => {
    isTrusted = await accepted(host, port, key, shell);
    return isTrusted;
  };
  let folder: SftpFolder;
  try {
    folder = await shell.sftp({ host, port, user, password }, trusts, shell.signal);
  } catch (error) {
    if (!isTrusted || shell.signal.aborted) return cancelled(shell);
    throw refusal(phrase('shell.sftpFailed', { host, reason: (error as Error).message }));
  }
  try {
    const sent = folder.create(path).then(contents);
    sent.catch(() => {});
    await Promise.race([sent, folder.lost]);
  } catch (error) {
    await folder.remove(path);
    if (shell.signal.aborted) return cancelled(shell);
    const { code, message } = error as { code?: unknown; message: string };
    throw refusal(phrase('shell.notWritten', { path, reason: typeof code === 'string' ? code : message }));
  } finally {
    folder.close();
  }
  return completed(shell, `${host}:${path}`);
}

/** Whether the key is this server's: one that was accepted before, or that is accepted now. @throws PlainError for another one */
async function accepted(host: string, port: number, key: ServerKey, shell: Shell): Promise<boolean> {
  const { data } = shell.node;
  const found = known(data, host, port, key);
  if (found === 'same') return true;
  if (found === 'other') {
    shell.print(`The key of ${host} is not the one that was accepted before. It is ${key.fingerprint}.`);
    shell.print(
      `Whoever knows that it has changed removes its line from ${join(data, 'ssh', 'known_hosts')}.`,
    );
    return false;
  }
  shell.print(`The authenticity of host '${host}' can't be established.`);
  shell.print(`${key.type} key fingerprint is ${key.fingerprint}.`);
  const answer = await shell.ask('Are you sure you want to continue connecting (yes/no)? ');
  if (!/^\s*yes\s*$/i.test(answer ?? '')) return false;
  remember(data, host, port, key);
  return true;
}

/** Null: nobody answers; undefined: no port. */
function portOf(answer: string | null): number | null | undefined {
  if (answer === null) return null;
  if (answer.trim() === '') return PORT;
  const port = /^\s*\d{1,5}\s*$/.test(answer) ? Number(answer) : 0;
  return port >= 1 && port <= PORT_MAX ? port : undefined;
}

function completed(shell: Shell, where: string): undefined {
  shell.print('Transfer completed.');
  shell.print(`Downloaded file: ${where}`);
}

/** `<node>/<time stamp>/active_nnn.tgz`, nnn the time in its long form. */
function archiveName(shell: Pick<Shell, 'node' | 'now'>): string {
  const now = shell.now();
  const stamp = sortableTime(now).replace(' ', '_').replaceAll(':', '-');
  return `${shell.node.host.replace(/[^A-Za-z0-9.-]/g, '_')}/${stamp}/active_${now}.tgz`;
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
