/** The Authorization header of a request: Basic, or the Bearer token of a user of single sign-on (rest-api.md 1.4). */
import { type Accounts, type Authentication, type LockScope, SECRET_LENGTH_MAX } from './accounts.ts';
import { CHALLENGE, readBasic } from './basic.ts';

export type Credentials =
  | { readonly scheme: 'basic'; readonly user: string; readonly secret: string }
  | { readonly scheme: 'bearer'; readonly token: string };

/** RFC 6750: the challenge to a token that was refused. */
const BEARER_CHALLENGE = 'Bearer realm="Poise", error="invalid_token"';

/** RFC 6750 2.1. */
const BEARER = /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i;

/** Undefined when the header is absent or none of the two kinds. */
export function readAuthorization(header: string | undefined): Credentials | undefined {
  if (header === undefined) return undefined;
  const token = header.length <= SECRET_LENGTH_MAX ? BEARER.exec(header)?.[1] : undefined;
  if (token !== undefined) return { scheme: 'bearer', token };
  const basic = readBasic(header);
  return basic && { scheme: 'basic', ...basic };
}

/** What a refused request is answered in WWW-Authenticate. */
export const challengeTo = (credentials: Credentials | undefined): string =>
  credentials?.scheme === 'bearer' ? BEARER_CHALLENGE : CHALLENGE;

/** Answers at once where the credentials are remembered, else undefined. */
export function checkAtOnce(
  accounts: Accounts,
  scope: LockScope,
  credentials: Credentials,
  from: string | undefined,
): Authentication | undefined {
  return credentials.scheme === 'bearer'
    ? accounts.rememberedToken(credentials.token)
    : accounts.remembered(scope, credentials.user, credentials.secret, from);
}

/** @param from address of the asker, whose wrong passwords count apart; undefined: those of all count together */
export function check(
  accounts: Accounts,
  scope: LockScope,
  credentials: Credentials,
  from: string | undefined,
): Promise<Authentication> {
  return credentials.scheme === 'bearer'
    ? accounts.authenticateToken(scope, credentials.token)
    : accounts.authenticate(scope, credentials.user, credentials.secret, from);
}
