/** The key by which clients know this server again: made at the first start, kept in the data directory. */
import { createHash } from 'node:crypto';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { makeDirectories } from '../directories/make-directories.ts';

export interface HostKey {
  /** In the form of OpenSSH. */
  readonly privateKey: string;
  /** As `ssh` shows it: `SHA256:…`. */
  readonly fingerprint: string;
}

/**
 * @param data directory of this server; the key is `ssh/host_ed25519_key` in it
 * @throws when it cannot be read or written, or is no key: a new one in its place would look like another server
 */
export async function hostKey(data: string): Promise<HostKey> {
  const directory = join(data, 'ssh');
  const path = join(directory, 'host_ed25519_key');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    text = ssh2.utils.generateKeyPairSync('ed25519').private;
    makeDirectories(directory, 0o700);
    // Not over one that another process has made meanwhile.
    await writeFile(path, text, { mode: 0o600, flag: 'wx' });
    await chmod(path, 0o600);
  }
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error || !key.isPrivateKey()) throw new Error(`${path} is no private key`);
  const digest = createHash('sha256').update(key.getPublicSSH()).digest('base64').replace(/=+$/, '');
  return { privateKey: text, fingerprint: `SHA256:${digest}` };
}
