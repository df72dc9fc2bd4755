/**
 * `GET /poise/api/signOuts`: sign-outs that agents did not ask for, newest first, in JSON. For administrators,
 * and for supervisors those of their teams (Basic). docs/presence.md describes it.
 */
import type { FastifyPluginCallback, FastifyReply } from 'fastify';
import type { Accounts } from '../accounts/accounts.ts';
import type { ConsoleSessions } from '../accounts/console-sessions.ts';
import { decide, lockScopeOf, usersWithin } from '../accounts/policy.ts';
import { authenticateRequest } from '../accounts/request-authentication.ts';
import type { DirectorySource } from '../store/directory.ts';
import { isUnavailable } from '../store/store-error.ts';
import type { SignOutFound, SignOutQuery } from './sign-out-log.ts';

export interface SignOutsPluginDependencies {
  readonly accounts: Accounts;
  /** Of the administration console. Default: none. */
  readonly sessions?: ConsoleSessions;
  readonly directory: DirectorySource;
  readonly find: (query: SignOutQuery) => Promise<readonly SignOutFound[]>;
}

const OPERATION = 'signOuts.read';
const PARAMETERS = ['agent', 'since', 'until', 'limit'] as const;
const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 1_000;
const AGENT_MAX = 128;

export const signOutsPlugin =
  ({ accounts, sessions, directory, find }: SignOutsPluginDependencies): FastifyPluginCallback =>
  (app, _options, done) => {
    app.setErrorHandler((error: Error, _request, reply) => {
      if (!isUnavailable(error)) throw error;
      return refuse(reply, 503, 'The records cannot be read at the moment.', 'unavailable');
    });
    app.get('/signOuts', async (request, reply) => {
      void reply.header('Cache-Control', 'no-store');
      const known = await authenticateRequest({ accounts, sessions }, lockScopeOf(OPERATION), request);
      if (!known.ok) {
        if (known.reason === 'unavailable')
          return refuse(reply, 503, 'The password cannot be checked at the moment.', 'unavailable');
        void reply.header('WWW-Authenticate', 'Basic realm="Poise", charset="UTF-8"');
        return refuse(reply, 401, 'Only administrators and supervisors may ask.', 'unauthorized');
      }
      const { principal } = known;
      const own = { userId: principal.loginId };
      if (decide(principal, OPERATION, own, directory.current) !== 'allow')
        return refuse(reply, 403, 'Only administrators and supervisors may ask.', 'forbidden');
      const asked = readQuery(request.query as Readonly<Record<string, unknown>>);
      if (typeof asked === 'string') return refuse(reply, 400, asked, 'badValue');
      const { agent, ...bounds } = asked;
      if (agent === undefined)
        return answer(
          await find({ ...bounds, agentIds: usersWithin(principal, OPERATION, directory.current) }),
        );
      if (decide(principal, OPERATION, { userId: agent }, directory.current) !== 'allow')
        return refuse(reply, 403, 'This agent is in no team that you supervise.', 'forbidden');
      const record = directory.current.user(agent) ?? directory.current.userByName(agent);
      return answer(await find({ ...bounds, agentIds: [record?.loginId ?? agent] }));
    });
    done();
  };

const refuse = (reply: FastifyReply, status: number, error: string, problem: string): FastifyReply =>
  reply.code(status).send({ error, problem });

interface Asked extends Omit<SignOutQuery, 'agentIds'> {
  readonly agent: string | undefined;
}

/** @returns one plain sentence for what cannot be read */
function readQuery(query: Readonly<Record<string, unknown>>): Asked | string {
  const other = Object.keys(query).find((name) => !(PARAMETERS as readonly string[]).includes(name));
  if (other !== undefined)
    return `There is no parameter ${JSON.stringify(other.slice(0, 64))}. The parameters are ${PARAMETERS.join(', ')}.`;
  const twice = PARAMETERS.find((name) => query[name] !== undefined && typeof query[name] !== 'string');
  if (twice !== undefined) return `The parameter ${twice} may be given once.`;
  const { agent, since, until, limit } = query as Readonly<Partial<Record<string, string>>>;
  if (agent !== undefined && (agent === '' || agent.length > AGENT_MAX))
    return `agent must be a login id of 1 to ${AGENT_MAX} characters.`;
  const from = timeOf(since);
  const to = timeOf(until);
  if (from === null || to === null)
    return `${from === null ? 'since' : 'until'} must be a time such as 2026-11-27T19:30:00Z, or milliseconds since 1970.`;
  const count = limit === undefined ? LIMIT_DEFAULT : /^\d{1,6}$/.test(limit) ? Number(limit) : 0;
  if (count < 1 || count > LIMIT_MAX) return `limit must be a whole number from 1 to ${LIMIT_MAX}.`;
  return { agent, since: from, until: to, limit: count };
}

const TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/;

/** Wall ms; undefined when not given, null when it is no time. */
function timeOf(text: string | undefined): number | undefined | null {
  if (text === undefined) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const ms = TIME.test(text) && isDay(text.slice(0, 10)) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? null : ms;
}

/** Whether the month has the day: `Date.parse` counts on into the next one. */
function isDay(date: string): boolean {
  const ms = Date.parse(date);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(date);
}

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** Times in ISO 8601, UTC. */
function answer(records: readonly SignOutFound[]): { signOuts: readonly object[] } {
  return {
    signOuts: records.map(({ at, lastActiveAt, awaySince, endedAt, graceMs, ...record }) => ({
      ...record,
      at: iso(at),
      lastActiveAt: iso(lastActiveAt),
      awaySince: iso(awaySince),
      graceSeconds: graceMs === null ? null : graceMs / 1000,
      endedAt: iso(endedAt),
    })),
  };
}
