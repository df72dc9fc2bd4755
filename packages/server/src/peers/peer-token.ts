/**
 * How one node of a pair shows the other that it is one: a MAC over the path, under the secret that both have
 * (setting `node.secret`). A recorded one can ask the same question again, over TLS, and nothing else.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const SCHEME = 'PoiseNode';
const HEADER = /^PoiseNode ([0-9a-f]{32}):([0-9a-f]{64})$/;

const mac = (secret: string, nonce: string, path: string): Buffer =>
  createHmac('sha256', secret).update(`${nonce}\n${path}`).digest();

/** Value of the header Authorization for a GET of `path`. */
export function peerToken(secret: string, path: string): string {
  const nonce = randomBytes(16).toString('hex');
  return `${SCHEME} ${nonce}:${mac(secret, nonce, path).toString('hex')}`;
}

/** Whether the header was made with our secret for this path. Never true without a secret. */
export function isPeer(secret: string, path: string, authorization: string | undefined): boolean {
  const [, nonce, given] = HEADER.exec(authorization ?? '') ?? [];
  if (secret === '' || nonce === undefined || given === undefined) return false;
  return timingSafeEqual(mac(secret, nonce, path), Buffer.from(given, 'hex'));
}
