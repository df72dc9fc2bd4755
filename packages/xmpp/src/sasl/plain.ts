/** SASL PLAIN (RFC 4616): `authzid NUL authcid NUL password`. */
import { loginIdOf, parseJid } from '../jid.ts';
import { decodeBase64, decodeUtf8 } from './base64.ts';
import type { SaslCondition } from './failure.ts';

export type PlainMessage =
  | { readonly ok: true; readonly authcid: string; readonly password: string }
  | { readonly ok: false; readonly condition: SaslCondition };

/**
 * @param data base64 as in `<auth/>`
 * @returns authcid unescaped (XEP-0106) and case-folded
 */
export function parsePlain(data: string): PlainMessage {
  const bytes = decodeBase64(data);
  if (bytes === null) return { ok: false, condition: 'incorrect-encoding' };
  const text = decodeUtf8(bytes);
  const parts = text === null ? [] : text.split('\0');
  const [authzid, name, password] = parts;
  if (parts.length !== 3 || authzid === undefined || !name || !password)
    return { ok: false, condition: 'malformed-request' };
  const authcid = loginIdOf(name);
  if (authzid !== '' && !actsAsHimself(authzid, authcid)) return { ok: false, condition: 'invalid-authzid' };
  return { ok: true, authcid, password };
}

/** Nobody may act for another: the authzid is the bare JID of the same user, whatever the domain is called. */
export function actsAsHimself(authzid: string, authcid: string): boolean {
  if (loginIdOf(authzid) === authcid) return true;
  const jid = parseJid(authzid);
  return jid !== null && jid.resource === '' && loginIdOf(jid.local) === authcid;
}
