/** Secrets among the stored settings: AES-256-GCM with a key that lies in the data directory and nowhere else. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FORM = 'v1:';
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

export interface Sealer {
  /** @param key of the setting: what is sealed for one is no use for another */
  seal(key: string, text: string): string;
  /** Undefined: another key, or damaged. */
  unseal(key: string, sealed: string): string | undefined;
}

/** @param data directory; `settings.key` in it is made when something is sealed for the first time */
export function sealerIn(data: string): Sealer {
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
    mkdirSync(data, { recursive: true });
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
      const cipher = createCipheriv('aes-256-gcm', read() ?? make(), iv).setAAD(Buffer.from(name));
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return FORM + Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64');
    },
    unseal(name, sealed) {
      const key = read();
      if (key === undefined || !sealed.startsWith(FORM)) return undefined;
      const bytes = Buffer.from(sealed.slice(FORM.length), 'base64');
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
  };
}
