/**
 * `/poise/api/console/session`: signing in to the administration console and out again (docs/console.md). The answer sets a cookie
 * that scripts cannot read, and names the token that every request which writes has to send.
 */
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import type { Accounts } from '../accounts/accounts.ts';
import { CONSOLE_COOKIE, CONSOLE_IDLE_MS, type ConsoleSessions } from '../accounts/console-sessions.ts';
import { setCookie } from '../accounts/cookies.ts';
import { decide, lockScopeOf } from '../accounts/policy.ts';
import type { DirectorySource } from '../store/directory.ts';
import { problem } from './problem.ts';

export interface ConsoleSessionDependencies {
  readonly accounts: Accounts;
  readonly sessions: ConsoleSessions;
  readonly directory: DirectorySource;
}

const USER_MAX = 255;
const PASSWORD_MAX = 1_024;
const BODY_MAX = 8_192;
const SCOPE = lockScopeOf('console.signIn');

export const consoleSessionPlugin =
  ({ accounts, sessions, directory }: ConsoleSessionDependencies): FastifyPluginCallback =>
  (app, _options, done) => {
    app.addHook('onRequest', async (_request, reply) => {
      void reply.header('Cache-Control', 'no-store');
    });

    app.post('/console/session', { bodyLimit: BODY_MAX }, async (request, reply) => {
      const asked = readSignIn(request.body);
      if (asked === undefined)
        return problem(reply, 400, 'FORMAT', 'A sign-in is JSON with the texts username and password.');
      const known = await accounts.authenticate(SCOPE, asked.username, asked.password);
      if (!known.ok) {
        // That a user is locked is not disclosed (admin.md 1): it would tell whoever guesses when to go on, and which names there are.
        if (known.reason === 'unavailable')
          return problem(reply, 503, 'UNAVAILABLE', 'The password cannot be checked at the moment.');
        return problem(reply, 401, 'CREDENTIALS', 'The user name or the password is not right.');
      }
      // Who has the right password and is no administrator learns no more than who has a wrong one.
      if (decide(known.principal, 'console.signIn', {}, directory.current) !== 'allow')
        return problem(reply, 401, 'CREDENTIALS', 'The user name or the password is not right.');
      sessions.end(request);
      const { id, session } = sessions.open(known.principal.loginId);
      setCookie(reply, CONSOLE_COOKIE, id, cookie(request));
      return tell(reply, known.principal.loginId, session.csrf);
    });

    app.get('/console/session', (request, reply) => {
      const known = sessions.of(request);
      if (!known.ok) return problem(reply, 401, 'SESSION', 'Nobody is signed in here.');
      return tell(reply, known.principal.loginId, known.csrf);
    });

    app.delete('/console/session', (request, reply) => {
      const known = sessions.of(request);
      if (!known.ok && known.reason === 'csrf')
        return problem(reply, 403, 'CSRF', 'The request does not come from the page of the console.');
      sessions.end(request);
      setCookie(reply, CONSOLE_COOKIE, '', { ...cookie(request), maxAgeSeconds: 0 });
      return reply.code(204).send();
    });
    done();
  };

const tell = (reply: FastifyReply, user: string, csrf: string): FastifyReply =>
  reply.send({ user, csrf, expiresInSeconds: CONSOLE_IDLE_MS / 1_000 });

/** It ends with the browser; the server ends it before that when nothing is asked. */
const cookie = (request: FastifyRequest) =>
  ({ sameSite: 'Strict', secure: request.protocol === 'https', path: '/' }) as const;

function readSignIn(body: unknown): { username: string; password: string } | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { username, password } = body as Readonly<Record<string, unknown>>;
  if (typeof username !== 'string' || typeof password !== 'string') return undefined;
  if (username === '' || username.length > USER_MAX || password === '' || password.length > PASSWORD_MAX)
    return undefined;
  return { username, password };
}
