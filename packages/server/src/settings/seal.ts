/**
 * Secrets among the stored settings: AES-256-GCM. The key is derived from what all nodes of a centre share (`node.secret`); without that it
 * lies in the data directory and nowhere else. A value tells by its form which key it needs.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectories } from '../directories/make-directories.ts';

/** With the key of the data directory. */
const OWN = 'v1:';
/** With the key of all nodes. */
const SHARED = 'v2:';
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

export interface Sealer {
  /** @param key of the setting: what is sealed for one is no use for another */
  seal(key: string, text: string): string;
  /** Undefined: another key, or damaged. */
  unseal(key: string, sealed: string): string | undefined;
  /** Whether a value was sealed with another key than {@link seal} takes: other nodes may not be able to open it. */
  isOfOtherKey(sealed: string): boolean;
}

/**
 * @param data directory; `settings.key` in it is made when something is sealed for the first time without `secret`
 * @param secret of all nodes; empty: there is none
 */
export function sealerIn(data: string, secret = ''): Sealer {
  const shared =
    secret === ''
      ? undefined
      : Buffer.from(hkdfSync('sha256', secret, '', 'poise stored settings', KEY_BYTES));
  const path = join(data, 'settings.key');
  const read = (): Buffer | undefined => {
    try {
      const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64');
      return key.length === KEY_BYTES ? key : undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  };
  const make = (): Buffer => {
    makeDirectories(data);
    try {
      writeFileSync(path, `${randomBytes(KEY_BYTES).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
    } catch (error) {
      // Another process on these data was first.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const key = read();
    if (key === undefined) throw new Error(`${path} is no key`);
    return key;
  };
  return {
    seal(name, text) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', shared ?? read() ?? make(), iv).setAAD(Buffer.from(name));
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return (
        (shared === undefined ? OWN : SHARED) +
        Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64')
      );
    },
    unseal(name, sealed) {
      const form = sealed.slice(0, OWN.length);
      const key = form === SHARED ? shared : form === OWN ? read() : undefined;
      if (key === undefined) return undefined;
      const bytes = Buffer.from(sealed.slice(form.length), 'base64');
      if (bytes.length < IV_BYTES + TAG_BYTES) return undefined;
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES))
          .setAAD(Buffer.from(name))
          .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
        const text = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
        return text.toString('utf8');
      } catch {
        return undefined;
      }
    },
    isOfOtherKey: (sealed) => !sealed.startsWith(shared === undefined ? OWN : SHARED),
  };
}
