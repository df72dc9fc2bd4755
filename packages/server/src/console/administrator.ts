/** Who may ask what the page of the console asks. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Accounts, Principal } from '../accounts/accounts.ts';
import { CHALLENGE } from '../accounts/basic.ts';
import type { ConsoleSessions } from '../accounts/console-sessions.ts';
import type { Operation } from '../accounts/operations.ts';
import { decide, lockScopeOf } from '../accounts/policy.ts';
import { authenticateRequest } from '../accounts/request-authentication.ts';
import type { DirectorySource } from '../store/directory.ts';
import { problem } from './problem.ts';

export interface AdministratorDependencies {
  readonly accounts: Accounts;
  readonly sessions: ConsoleSessions;
  readonly directory: DirectorySource;
}

/** @returns undefined: the request has been answered with the refusal */
export async function administrator(
  { accounts, sessions, directory }: AdministratorDependencies,
  operation: Operation,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Principal | undefined> {
  void reply.header('Cache-Control', 'no-store');
  const known = await authenticateRequest({ accounts, sessions }, lockScopeOf(operation), request);
  if (known.ok) {
    if (decide(known.principal, operation, {}, directory.current) === 'allow') return known.principal;
    problem(reply, 403, 'FORBIDDEN', 'Only administrators may do this.');
  } else if (known.reason === 'csrf')
    problem(reply, 403, 'CSRF', 'The request does not come from the page of the console.');
  else if (known.reason === 'unavailable')
    problem(reply, 503, 'UNAVAILABLE', 'The password cannot be checked at the moment.');
  else {
    // A browser that got a challenge would ask for a password itself, over the page of the console.
    if (known.reason !== 'none' || request.headers.cookie === undefined)
      void reply.header('WWW-Authenticate', CHALLENGE);
    problem(reply, 401, 'UNAUTHORIZED', 'Only administrators may ask.');
  }
  return undefined;
}
