/**
 * Keys that are stored instead of passwords (RFC 5802 section 3, RFC 7677). The same record serves HTTP
 * Basic, SASL PLAIN and SCRAM. Derivations run on the thread pool.
 */
import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { ScramKeys, ScramMechanism } from './accounts.ts';

const derive = promisify(pbkdf2);

export const SALT_BYTES = 16;

const HASHES: Readonly<Record<ScramMechanism, { readonly name: string; readonly bytes: number }>> = {
  'SCRAM-SHA-1': { name: 'sha1', bytes: 20 },
  'SCRAM-SHA-256': { name: 'sha256', bytes: 32 },
};

/** Keys of both mechanisms, under one salt. */
export interface StoredKeys {
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly sha1: { readonly storedKey: Uint8Array; readonly serverKey: Uint8Array };
  readonly sha256: { readonly storedKey: Uint8Array; readonly serverKey: Uint8Array };
}

// RFC 3454 table B.1: characters that mean nothing in a password.
const MAPPED_TO_NOTHING =
  /\u00ad|\u034f|\u1806|[\u180b-\u180d]|[\u200b-\u200d]|\u2060|[\ufe00-\ufe0f]|\ufeff/g;
// RFC 3454 table C.1.2: other spaces.
const OTHER_SPACES = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g;

/** SASLprep (RFC 4013) as far as it changes text; nothing is prohibited, so that no stored password is shut out. */
export function preparePassword(password: string): string {
  if (/^[\x20-\x7e]*$/.test(password)) return password;
  return password.replace(OTHER_SPACES, ' ').replace(MAPPED_TO_NOTHING, '').normalize('NFKC');
}

/** One PBKDF2 on the thread pool. @param iterations RFC 7677: at least 4096 */
export async function deriveScramKeys(
  password: string,
  salt: Uint8Array,
  iterations: number,
  mechanism: ScramMechanism,
): Promise<ScramKeys> {
  const { name, bytes } = HASHES[mechanism];
  const salted = await derive(preparePassword(password), salt, iterations, bytes, name);
  const clientKey = createHmac(name, salted).update('Client Key').digest();
  return {
    salt,
    iterations,
    storedKey: createHash(name).update(clientKey).digest(),
    serverKey: createHmac(name, salted).update('Server Key').digest(),
  };
}

/** Everything that is stored of a new password. */
export async function createStoredKeys(
  password: string,
  iterations: number,
  random: (bytes: number) => Uint8Array = randomBytes,
): Promise<StoredKeys> {
  const salt = random(SALT_BYTES);
  const [sha1, sha256] = await Promise.all([
    deriveScramKeys(password, salt, iterations, 'SCRAM-SHA-1'),
    deriveScramKeys(password, salt, iterations, 'SCRAM-SHA-256'),
  ]);
  return {
    salt,
    iterations,
    sha1: { storedKey: sha1.storedKey, serverKey: sha1.serverKey },
    sha256: { storedKey: sha256.storedKey, serverKey: sha256.serverKey },
  };
}

/** Whether the password is the one of the keys; compares in constant time. */
export async function verifyPassword(password: string, keys: StoredKeys): Promise<boolean> {
  const derived = await deriveScramKeys(password, keys.salt, keys.iterations, 'SCRAM-SHA-256');
  return timingSafeEqual(derived.storedKey, keys.sha256.storedKey);
}

/** The keys of one mechanism. */
export function keysFor(keys: StoredKeys, mechanism: ScramMechanism): ScramKeys {
  const { storedKey, serverKey } = mechanism === 'SCRAM-SHA-1' ? keys.sha1 : keys.sha256;
  return { salt: keys.salt, iterations: keys.iterations, storedKey, serverKey };
}
