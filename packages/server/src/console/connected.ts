/**
 * `GET /poise/api/connected`: who has a session at this node, and how (admin.md A16). `POST /poise/api/connected/{loginId}/signOut`:
 * an administrator signs an agent out.
 */
import type { Clock } from '@poise/clock';
import type { FastifyInstance, FastifyPluginCallback, FastifyReply } from 'fastify';
import type { OwnEnd } from '../commands/agent-request.ts';
import type { Agent } from '../domain/agents.ts';
import type { UserRecord } from '../store/directory.ts';
import { type AdministratorDependencies, administrator } from './administrator.ts';
import { problem } from './problem.ts';

/** One session at the notification service. */
export interface UserConnection {
  /** Login id. */
  readonly user: string;
  readonly resource: string;
  /** Wall ms. */
  readonly connectedAt: number;
}

export interface ConnectedDependencies extends AdministratorDependencies {
  readonly clock: Pick<Clock, 'now'>;
  readonly agents: { get(loginId: string): Pick<Agent, 'state' | 'extension'> };
  readonly connections: () => Iterable<UserConnection>;
  readonly inService: () => boolean;
  /** @returns false: too many requests of this agent wait */
  readonly signOut: (agent: UserRecord, actingId: string, ended: (end: OwnEnd) => void) => boolean;
}

/** How a sign-out ended, as status, code and sentence. */
const ENDS: Readonly<
  Record<Exclude<OwnEnd['type'], 'event' | 'settled'>, readonly [number, string, string]>
> = {
  cancelled: [409, 'SIGNED_OUT', 'The agent is signed out already.'],
  refused: [409, 'REFUSED', 'The CTI server refused to sign the agent out.'],
  timeout: [503, 'TIMEOUT', 'The CTI server has not answered. Look whether the agent is signed out.'],
  lost: [503, 'LOST', 'The link to the CTI server was lost. Look whether the agent is signed out.'],
};

export const connectedPlugin =
  (dependencies: ConnectedDependencies): FastifyPluginCallback =>
  (app, _options, done) => {
    const { directory, agents, connections, clock, inService, signOut } = dependencies;

    // Whatever comes as a body is not looked at; one that is empty or none of JSON is no mistake.
    app.removeContentTypeParser('application/json');
    app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, _body, read) =>
      read(null),
    );
    app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
      const status = error.statusCode ?? 500;
      if (status >= 500) throw error;
      return problem(reply, status, 'BAD_REQUEST', 'The request cannot be read.');
    });

    app.get('/connected', async (request, reply) => {
      const principal = await administrator(dependencies, 'console.connected', request, reply);
      if (principal === undefined) return reply;
      const { current } = directory;
      const items = [...connections()].flatMap(({ user, resource, connectedAt }) => {
        const record = current.user(user);
        if (record === undefined) return [];
        const { state, extension } = agents.get(record.loginId);
        return {
          loginId: record.loginId,
          firstName: record.firstName,
          lastName: record.lastName,
          teamName: record.teamId === null ? '' : (current.team(record.teamId)?.name ?? ''),
          extension,
          state,
          client: resource,
          connectedAt: new Date(connectedAt).toISOString(),
        };
      });
      return reply.send({ at: new Date(clock.now()).toISOString(), items, total: items.length });
    });

    app.post<{ Params: { loginId: string } }>('/connected/:loginId/signOut', async (request, reply) => {
      const principal = await administrator(dependencies, 'console.signOut', request, reply);
      if (principal === undefined) return reply;
      const agent = directory.current.user(request.params.loginId);
      if (agent === undefined) return problem(reply, 404, 'UNKNOWN', 'There is no such user.');
      if (agents.get(agent.loginId).state === 'LOGOUT') return refuse(reply, 'cancelled');
      if (!inService())
        return problem(reply, 503, 'OUT_OF_SERVICE', 'The server is out of service at the moment.');
      const end = await new Promise<OwnEnd | null>((ended) => {
        if (!signOut(agent, principal.loginId, ended)) ended(null);
      });
      if (end === null)
        return problem(
          reply,
          409,
          'TOO_MANY',
          'Too many requests of this agent wait. Try again in a moment.',
        );
      return end.type === 'event' || end.type === 'settled'
        ? reply.code(204).send()
        : refuse(reply, end.type);
    });
    refuseOthers(app, '/connected', 'GET');
    refuseOthers(app, '/connected/:loginId/signOut', 'POST');
    done();
  };

function refuseOthers(app: FastifyInstance, url: string, allowed: 'GET' | 'POST'): void {
  app.route({
    method: ['GET', 'PUT', 'POST', 'DELETE', 'PATCH'].filter((method) => method !== allowed),
    url,
    exposeHeadRoute: false,
    handler: (_request, reply) =>
      problem(reply.header('Allow', allowed), 405, 'METHOD_NOT_ALLOWED', 'This cannot be done here.'),
  });
}

const refuse = (reply: FastifyReply, end: keyof typeof ENDS): FastifyReply => problem(reply, ...ENDS[end]);
