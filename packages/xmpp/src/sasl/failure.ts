/** SASL error conditions (RFC 6120 6.5) that this server uses. */
import type { AuthFailure } from '../authenticator.ts';
import { NS } from '../namespaces.ts';

export type SaslCondition =
  | 'aborted'
  | 'account-disabled'
  | 'encryption-required'
  | 'incorrect-encoding'
  | 'invalid-authzid'
  | 'invalid-mechanism'
  | 'malformed-request'
  | 'not-authorized'
  | 'temporary-auth-failure';

/** Why a credential was refused, as the client is told. */
export const SASL_CONDITION_OF: Readonly<Record<AuthFailure, SaslCondition>> = {
  'not-authorized': 'not-authorized',
  locked: 'account-disabled',
  unavailable: 'temporary-auth-failure',
};

export function failureXml(condition: SaslCondition): string {
  return `<failure xmlns="${NS.sasl}"><${condition}/></failure>`;
}

export function successXml(data: string): string {
  return data === '' ? `<success xmlns="${NS.sasl}"/>` : `<success xmlns="${NS.sasl}">${data}</success>`;
}

export function challengeXml(data: string): string {
  return data === ''
    ? `<challenge xmlns="${NS.sasl}"/>`
    : `<challenge xmlns="${NS.sasl}">${data}</challenge>`;
}
