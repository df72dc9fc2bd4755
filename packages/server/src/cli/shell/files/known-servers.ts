/** Keys of the SFTP servers that an administrator has accepted: `ssh/known_hosts` in the data directory, in the form of OpenSSH. */
import { appendFileSync, chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectories } from '../../../directories/make-directories.ts';
import type { ServerKey } from './sftp.ts';

const path = (data: string): string => join(data, 'ssh', 'known_hosts');
const nameOf = (host: string, port: number): string => (port === 22 ? host : `[${host}]:${port}`);

/** Whether this server has this key, has had another one, or is seen for the first time. */
export function known(
  data: string,
  host: string,
  port: number,
  key: ServerKey,
): 'same' | 'other' | 'unknown' {
  let text = '';
  try {
    text = readFileSync(path(data), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const keys = text
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([name]) => name === nameOf(host, port))
    .map(([, , one]) => one);
  if (keys.includes(key.key)) return 'same';
  return keys.length === 0 ? 'unknown' : 'other';
}

export function remember(data: string, host: string, port: number, { type, key }: ServerKey): void {
  makeDirectories(join(data, 'ssh'), 0o700);
  appendFileSync(path(data), `${nameOf(host, port)} ${type} ${key}\n`, { mode: 0o600 });
  chmodSync(path(data), 0o600);
}
