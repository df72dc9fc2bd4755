/**
 * `GET /poise/api/desktop/layout`: the layout of the user who asks (Basic), ready to be drawn, in JSON. Administrators change
 * layouts by LayoutConfig; a page sees the change when it is loaded again. docs/layout.md describes it.
 */
import type { DesktopProperties } from '@poise/layout';
import type { FastifyPluginCallback, FastifyReply } from 'fastify';
import type { Accounts } from '../accounts/accounts.ts';
import { check, readAuthorization } from '../accounts/authorization.ts';
import { decide, lockScopeOf } from '../accounts/policy.ts';
import type { DirectorySource } from '../store/directory.ts';
import { LayoutResolver } from './resolve-layout.ts';

export interface DesktopLayoutDependencies {
  readonly accounts: Accounts;
  readonly directory: DirectorySource;
  /** Settings of the server, as they are at the moment. */
  readonly properties: () => Partial<DesktopProperties>;
}

const OPERATION = 'desktop.layout';

export const desktopLayoutPlugin =
  ({ accounts, directory, properties }: DesktopLayoutDependencies): FastifyPluginCallback =>
  (app, _options, done) => {
    const resolver = new LayoutResolver(properties);
    app.get('/desktop/layout', async (request, reply) => {
      void reply.header('Cache-Control', 'no-store');
      const credentials = readAuthorization(request.headers.authorization);
      const known = credentials && (await check(accounts, lockScopeOf(OPERATION), credentials, request.ip));
      if (known?.ok !== true) {
        if (known?.ok === false && known.reason === 'unavailable')
          return refuse(reply, 503, 'The password cannot be checked at the moment.', 'unavailable');
        // No WWW-Authenticate: browsers would open a window of their own over the page.
        return refuse(reply, 401, 'Name or password is wrong.', 'unauthorized');
      }
      const { principal } = known;
      if (decide(principal, OPERATION, {}, directory.current) !== 'allow')
        return refuse(reply, 403, 'Only agents and supervisors have a desktop.', 'forbidden');
      return resolver.resolve(principal.user, directory.current);
    });
    done();
  };

const refuse = (reply: FastifyReply, status: number, error: string, problem: string): FastifyReply =>
  reply.code(status).send({ error, problem });
