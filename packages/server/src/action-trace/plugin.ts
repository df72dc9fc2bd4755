/**
 * `GET /poise/api/trace/{requestId}`: what was done for one request; `GET /poise/api/trace?agent={id}`: what led to the state of one agent.
 * JSON; for administrators, for supervisors what concerns their teams and themselves. docs/action-trace.md describes it.
 */
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import type { Accounts, Principal } from '../accounts/accounts.ts';
import type { ConsoleSessions } from '../accounts/console-sessions.ts';
import { decide, lockScopeOf } from '../accounts/policy.ts';
import { authenticateRequest } from '../accounts/request-authentication.ts';
import type { DirectorySource } from '../store/directory.ts';
import { chainOf } from './chain.ts';
import { type PageTimes, readReport } from './page-times.ts';
import type { ActionTrace, AgentNews, TraceBook } from './trace-book.ts';

export interface ActionTracePluginDependencies {
  readonly accounts: Accounts;
  /** Of the administration console. Default: none. */
  readonly sessions?: ConsoleSessions;
  readonly directory: DirectorySource;
  readonly book: Pick<TraceBook, 'action' | 'agent'>;
  /** Where desktop pages tell of their part; absent: they are not asked (setting `logs.pageTimes`). */
  readonly pageTimes?: PageTimes | undefined;
}

const OPERATION = 'trace.read';
const TELLING = 'trace.tell';
/** Of a report of a page, in bytes: 16 actions with room to spare. */
const REPORT_BYTES_MAX = 8_192;
const AGENT_MAX = 128;

export const actionTracePlugin =
  ({
    accounts,
    sessions,
    directory,
    book,
    pageTimes,
  }: ActionTracePluginDependencies): FastifyPluginCallback =>
  (app, _options, done) => {
    const mayAsk = (principal: Principal, userId: string) =>
      decide(principal, OPERATION, { userId }, directory.current) === 'allow';

    /** @returns who asks; undefined when that was refused */
    async function principalOf(request: FastifyRequest, reply: FastifyReply): Promise<Principal | undefined> {
      void reply.header('Cache-Control', 'no-store');
      const known = await authenticateRequest({ accounts, sessions }, lockScopeOf(OPERATION), request);
      if (known.ok) {
        if (mayAsk(known.principal, known.principal.loginId)) return known.principal;
        refuse(reply, 403, 'Only administrators and supervisors may ask.', 'forbidden');
      } else if (known.reason === 'unavailable') {
        refuse(reply, 503, 'The password cannot be checked at the moment.', 'unavailable');
      } else {
        void reply.header('WWW-Authenticate', 'Basic realm="Poise", charset="UTF-8"');
        refuse(reply, 401, 'Only administrators and supervisors may ask.', 'unauthorized');
      }
      return undefined;
    }

    app.setErrorHandler((error: Error & { readonly statusCode?: number }, _request, reply) => {
      const { statusCode = 500 } = error;
      if (statusCode >= 500) throw error;
      return refuse(reply, statusCode, 'The body must be JSON of at most 8,192 bytes.', 'badBody');
    });

    app.post('/trace', { bodyLimit: REPORT_BYTES_MAX }, async (request, reply) => {
      void reply.header('Cache-Control', 'no-store');
      // Not with a session of the console: pages of agents have none, and so nothing here can be sent in somebody's name by another site.
      const known = await authenticateRequest({ accounts }, lockScopeOf(TELLING), request);
      if (!known.ok)
        return known.reason === 'unavailable'
          ? refuse(reply, 503, 'The password cannot be checked at the moment.', 'unavailable')
          : refuse(reply, 401, 'Only users may tell.', 'unauthorized');
      const { principal } = known;
      if (decide(principal, TELLING, {}, directory.current) !== 'allow')
        return refuse(reply, 403, 'Only users may tell.', 'forbidden');
      if (pageTimes === undefined)
        return refuse(reply, 404, 'Pages are not asked (setting logs.pageTimes).', 'switchedOff');
      if (!pageTimes.admits(principal.loginId))
        return refuse(reply, 429, 'Too many reports within a minute.', 'tooMany');
      const report = readReport(request.body);
      if (typeof report === 'string') return refuse(reply, 400, report, 'badValue');
      return { taken: pageTimes.take(principal.loginId, report) };
    });

    app.get('/trace/:requestId', async (request, reply) => {
      const principal = await principalOf(request, reply);
      if (principal === undefined) return reply;
      const { requestId } = request.params as { readonly requestId: string };
      const found = book.action(requestId);
      // Whether a request of somebody else exists is told to nobody who may not see it.
      if (found === undefined || !mayAsk(principal, found.agent === '' ? found.user : found.agent))
        return refuse(reply, 404, 'No request with this requestId is remembered.', 'notFound');
      return answerOf(found);
    });

    app.get('/trace', async (request, reply) => {
      const principal = await principalOf(request, reply);
      if (principal === undefined) return reply;
      const { agent } = request.query as { readonly agent?: unknown };
      if (typeof agent !== 'string' || agent === '' || agent.length > AGENT_MAX)
        return refuse(reply, 400, `agent must be a login id of 1 to ${AGENT_MAX} characters.`, 'badValue');
      const record = directory.current.user(agent) ?? directory.current.userByName(agent);
      if (!mayAsk(principal, record?.loginId ?? agent))
        return refuse(reply, 403, 'This agent is in no team that you supervise.', 'forbidden');
      if (record === undefined) return refuse(reply, 404, 'There is no such agent.', 'notFound');
      const news = book.agent(record.loginId);
      return { agent: record.loginId, why: chainOf(news).map(toldNews), news: news.map(toldNews) };
    });
    done();
  };

const refuse = (reply: FastifyReply, status: number, error: string, problem: string): FastifyReply =>
  reply.code(status).send({ error, problem });

const iso = (ms: number): string => new Date(ms).toISOString();
const toldNews = ({ at, ...news }: AgentNews) => ({ at: iso(at), ...news });

/** Steps with the time since the first. */
function answerOf({ steps, before, ...trace }: ActionTrace): object {
  const from = steps[0]?.at ?? 0;
  return {
    ...trace,
    steps: steps.map(({ at, step, detail }) => ({ at: iso(at), afterMs: at - from, step, detail })),
    before: before.map(toldNews),
  };
}
