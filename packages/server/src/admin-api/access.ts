/** Who asks the configuration API: an administrator with Basic or a token, or with a session of the console. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Accounts, Principal } from '../accounts/accounts.ts';
import { challengeTo, check, readAuthorization } from '../accounts/authorization.ts';
import { decide, lockScopeOf, type Operation } from '../accounts/policy.ts';
import { jsonPayload, type WriteTold } from '../audit/write-line.ts';
import type { AuditRow } from '../store/audit-repository.ts';
import type { DirectorySource } from '../store/directory.ts';
import { Problem } from './problem.ts';

/** Sessions of the console, as this room asks for them. */
export interface ConsoleSessions {
  /** @param cookies header of the request; undefined: no session that goes on */
  find(cookies: string | undefined): { readonly principal: Principal; readonly csrf: string } | undefined;
}

export interface AccessDependencies {
  readonly accounts: Accounts;
  readonly directory: DirectorySource;
  readonly sessions?: ConsoleSessions | undefined;
}

export interface WritingDependencies extends AccessDependencies {
  /** Tells the audit log. */
  readonly tellWrite: WriteTold;
}

/** Of what changes something outside of the store, and records it as a change of it. */
export interface RecordingDependencies extends WritingDependencies {
  /** Wall ms. */
  readonly now: () => number;
  /** Adds to the record of changes. */
  readonly note: (row: AuditRow) => Promise<void>;
}

export interface Asking {
  readonly principal: Principal;
  readonly client: 'rest' | 'console';
}

/** What an answer of 401 says in WWW-Authenticate. */
export class Unauthorized extends Problem {
  readonly challenge: string | undefined;

  /** @param challenge undefined: a browser shall not ask for a password by itself */
  constructor(challenge: string | undefined) {
    super('UNAUTHORIZED', 'Sign in as an administrator.');
    this.challenge = challenge;
  }
}

const asking = new WeakMap<FastifyRequest, Asking>();

/** Who was let in by {@link admit}. */
export const askingOf = (request: FastifyRequest): Asking | undefined => asking.get(request);

const CSRF_HEADER = 'x-poise-csrf';

/** @throws Problem for everybody but administrators */
export async function admit(
  { accounts, directory, sessions }: AccessDependencies,
  request: FastifyRequest,
  operation: Operation,
  writes: boolean,
): Promise<Asking> {
  const known = await asked();
  if (decide(known.principal, operation, {}, directory.current) !== 'allow')
    throw new Problem('FORBIDDEN', 'Only administrators may do this.');
  asking.set(request, known);
  return known;

  async function asked(): Promise<Asking> {
    const { authorization, cookie } = request.headers;
    const session = authorization === undefined ? sessions?.find(cookie) : undefined;
    if (session !== undefined) {
      if (writes && request.headers[CSRF_HEADER] !== session.csrf)
        throw new Problem('CSRF', 'The header X-Poise-CSRF is missing or wrong.');
      return { principal: session.principal, client: 'console' };
    }
    const credentials = readAuthorization(authorization);
    const known = credentials && (await check(accounts, lockScopeOf(operation), credentials, request.ip));
    if (known?.ok === true) return { principal: known.principal, client: 'rest' };
    if (known?.reason === 'unavailable')
      throw new Problem('UNAVAILABLE', 'The password cannot be checked at the moment.');
    throw new Unauthorized(isPage(request) ? undefined : challengeTo(credentials));
  }
}

/** A page that shows its own sign-in: the browser shall not ask before it does. */
const isPage = ({ headers }: FastifyRequest): boolean =>
  headers['x-requested-with'] !== undefined || headers.cookie?.includes('poise-console=') === true;

/** Tells the audit log of what was written; of a test of something, which writes nothing, it does not. */
export function tellWrites(app: FastifyInstance, tell: WriteTold): void {
  app.addHook('onSend', (request, reply, payload, next) => {
    const known = askingOf(request);
    const { method } = request;
    const url = request.url.split('?')[0]!;
    const wrote = ['PUT', 'POST', 'DELETE'].includes(method) && reply.statusCode < 300;
    if (known !== undefined && wrote && !url.endsWith('/test'))
      tell({ user: known.principal.loginId, method, url, payload: jsonPayload(request.body) });
    next(null, payload);
  });
}
