/**
 * How the nodes of a pair show each other that they are one: MACs under the secret that both have (setting
 * `node.secret`). The question has one over its path, the answer one over the question's nonce and its body, so
 * neither depends on who signed whose certificate. A recorded question can be asked again, and nothing else.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const HEADER = /^PoiseNode ([0-9a-f]{32}):([0-9a-f]{64})$/;

const mac = (secret: string, nonce: string, text: string): Buffer =>
  createHmac('sha256', secret).update(`${nonce}\n${text}`).digest();

const isMac = (secret: string, nonce: string, text: string, given: string): boolean =>
  timingSafeEqual(mac(secret, nonce, text), Buffer.from(given, 'hex'));

export const newNonce = (): string => randomBytes(16).toString('hex');

/** Value of the header Authorization for a GET of `path`. */
export const questionToken = (secret: string, nonce: string, path: string): string =>
  `PoiseNode ${nonce}:${mac(secret, nonce, path).toString('hex')}`;

/** The nonce of a question that was made with our secret for this path, else undefined. Never without a secret. */
export function nonceOf(secret: string, path: string, authorization: string | undefined): string | undefined {
  const [, nonce, given] = HEADER.exec(authorization ?? '') ?? [];
  if (secret === '' || nonce === undefined || given === undefined) return undefined;
  return isMac(secret, nonce, path, given) ? nonce : undefined;
}

/** Value of {@link ANSWER_HEADER}: hexadecimal. */
export const answerToken = (secret: string, nonce: string, body: string): string =>
  mac(secret, nonce, `answer ${body}`).toString('hex');

export const ANSWER_HEADER = 'poise-node-mac';

/** Whether an answer was made with our secret for our question. */
export const isAnswer = (secret: string, nonce: string, body: string, given: unknown): boolean =>
  typeof given === 'string' && /^[0-9a-f]{64}$/.test(given) && isMac(secret, nonce, `answer ${body}`, given);
