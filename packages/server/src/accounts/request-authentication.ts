/** Who sends a request: by its Authorization header, or by the session of the administration console. */
import type { Accounts, Authentication, LockScope } from './accounts.ts';
import { check, readAuthorization } from './authorization.ts';
import type { ConsoleSessions, SessionRequest } from './console-sessions.ts';

/** `none`: it bears neither credentials nor a session. `csrf`: a session, without the token of its page. */
export type RequestAuthentication = Authentication | { readonly ok: false; readonly reason: 'none' | 'csrf' };

/** The header wins: who names himself there is judged by that alone. `ip` is where the request comes from. */
export async function authenticateRequest(
  { accounts, sessions }: { readonly accounts: Accounts; readonly sessions?: ConsoleSessions | undefined },
  scope: LockScope,
  request: SessionRequest & { readonly ip: string | undefined },
): Promise<RequestAuthentication> {
  const { authorization } = request.headers;
  if (authorization === undefined) return sessions?.of(request) ?? { ok: false, reason: 'none' };
  const credentials = readAuthorization(authorization);
  return credentials === undefined
    ? { ok: false, reason: 'none' }
    : await check(accounts, scope, credentials, request.ip);
}
