/** SCRAM-SHA-1 and SCRAM-SHA-256, server side (RFC 5802, RFC 7677), without channel binding. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { ScramDecoy, ScramMechanism, ScramRecord } from '../authenticator.ts';
import { loginIdOf } from '../jid.ts';
import { decodeBase64, decodeUtf8 } from './base64.ts';
import type { SaslCondition } from './failure.ts';
import { actsAsHimself } from './plain.ts';

const HASHES: Readonly<Record<ScramMechanism, 'sha1' | 'sha256'>> = {
  'SCRAM-SHA-1': 'sha1',
  'SCRAM-SHA-256': 'sha256',
};

export interface ClientFirst {
  /** Unescaped and case-folded. */
  readonly authcid: string;
  readonly gs2Header: string;
  readonly bare: string;
  readonly nonce: string;
}

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly condition: SaslCondition };

const refused = (condition: SaslCondition): { ok: false; condition: SaslCondition } => ({
  ok: false,
  condition,
});

/**
 * `n,,n=user,r=nonce` (RFC 5802 7). Channel binding (`p=`) is not offered, so asking for it is malformed. Extensions are
 * passed over, except `m=`, which must be understood (5.1).
 */
export function parseClientFirst(data: string): Parsed<ClientFirst> {
  const bytes = decodeBase64(data);
  if (bytes === null) return refused('incorrect-encoding');
  const text = decodeUtf8(bytes);
  const match =
    text === null
      ? null
      : /^([ny],(?:a=([^,]*))?,)(n=([^,]+),r=([\x21-\x2b\x2d-\x7e]+)(?:,(?!m=)[^,]*)*)$/.exec(text);
  if (match === null) return refused('malformed-request');
  const [, gs2Header, authzid, bare, saslName, nonce] = match as unknown as string[];
  const name = unescapeSaslName(saslName as string);
  if (name === null) return refused('malformed-request');
  const authcid = loginIdOf(name);
  if (authzid !== undefined && !actsAsHimself(unescapeSaslName(authzid) ?? '', authcid))
    return refused('invalid-authzid');
  return {
    ok: true,
    value: { authcid, gs2Header: gs2Header as string, bare: bare as string, nonce: nonce as string },
  };
}

/** `=2C` and `=3D` are the only escapes (RFC 5802 5.1). */
function unescapeSaslName(text: string): string | null {
  if (/=(?!2C|3D)/.test(text)) return null;
  return text.replaceAll('=2C', ',').replaceAll('=3D', '=');
}

/** One exchange after the client's first message. */
export class ScramExchange {
  /** A decoy when the user has no keys: the exchange goes on and fails at its end. */
  readonly record: ScramRecord | ScramDecoy;
  /** Data of the challenge, base64. */
  readonly challenge: string;
  readonly #hash: 'sha1' | 'sha256';
  readonly #first: ClientFirst;
  readonly #nonce: string;
  readonly #serverFirst: string;

  /** @param serverNonce printable, without comma */
  constructor(
    mechanism: ScramMechanism,
    first: ClientFirst,
    record: ScramRecord | ScramDecoy,
    serverNonce: string,
  ) {
    this.record = record;
    this.#hash = HASHES[mechanism];
    this.#first = first;
    this.#nonce = first.nonce + serverNonce;
    const salt = Buffer.from(record.salt).toString('base64');
    this.#serverFirst = `r=${this.#nonce},s=${salt},i=${record.iterations}`;
    this.challenge = Buffer.from(this.#serverFirst).toString('base64');
  }

  get authcid(): string {
    return this.#first.authcid;
  }

  /** Checks `c=…,r=…,p=…`. @returns data of the success, base64 */
  finish(data: string): Parsed<string> {
    const bytes = decodeBase64(data);
    if (bytes === null) return refused('incorrect-encoding');
    const text = decodeUtf8(bytes);
    const match = text === null ? null : /^(c=([^,]*),r=([^,]*)(?:,(?!m=)[^,]*)*),p=([^,]+)$/.exec(text);
    if (match === null) return refused('malformed-request');
    const [, withoutProof, binding, nonce, proofText] = match as unknown as string[];
    const proof = decodeBase64(proofText as string);
    if (proof === null) return refused('malformed-request');
    const expected = Buffer.from(this.#first.gs2Header).toString('base64');
    if (binding !== expected || nonce !== this.#nonce) return refused('not-authorized');
    const { record } = this;
    const authMessage = `${this.#first.bare},${this.#serverFirst},${withoutProof}`;
    if (record.loginId === null) return refused('not-authorized');
    const signature = this.#hmac(record.storedKey, authMessage);
    if (proof.length !== signature.length) return refused('not-authorized');
    const clientKey = Buffer.from(proof.map((byte, i) => byte ^ (signature[i] as number)));
    const storedKey = createHash(this.#hash).update(clientKey).digest();
    if (storedKey.length !== record.storedKey.length || !timingSafeEqual(storedKey, record.storedKey))
      return refused('not-authorized');
    const verifier = this.#hmac(record.serverKey, authMessage).toString('base64');
    return { ok: true, value: Buffer.from(`v=${verifier}`).toString('base64') };
  }

  #hmac(key: Uint8Array, message: string): Buffer {
    return createHmac(this.#hash, key).update(message).digest();
  }
}
