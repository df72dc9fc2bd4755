/** `/poise/api/logCases`: logs for the tracer, uploaded or this server's own, and its reports; for administrators. docs/trace.md describes it. */
import { Readable } from 'node:stream';
import type { FastifyPluginCallback, FastifyRequest } from 'fastify';
import { CaseError, type CaseProblem, type LogCases, type TraceQuestion } from '../log-cases/index.ts';
import { type AccessDependencies, admit } from './access.ts';
import { answerProblem, readJsonAlone, refuseOtherMethods } from './plugin.ts';
import { Problem } from './problem.ts';

export interface LogCasesPluginDependencies extends AccessDependencies {
  readonly cases: LogCases;
}

const PATH = '/logCases';
const REPORT = `${PATH}/:id/reports/:number`;
/** Bytes of one file; all cases together have a bound of their own. */
const FILE_BYTES_MAX = 2_000_000_000;
const AGENT_MAX = 128;
const AT_MAX = 64;
const LANGUAGES = ['en', 'de', 'fr'];
/** A report has styles and pictures within, and runs nothing. */
const REPORT_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox";

const SENTENCES: Readonly<Record<Exclude<CaseProblem, 'TRACER_FAILED'>, string>> = {
  NO_CASE: 'There is no such case (any more).',
  NO_REPORT: 'There is no such report (any more).',
  TOO_MANY_CASES: 'There are too many cases: delete one first.',
  TOO_MANY_FILES: 'A case has 200 files at most: put them into an archive.',
  CASES_FULL: 'There is no room for this file: all cases together may have 2 GB.',
  TRACER_BUSY: 'Another case is being read. Try again in a moment.',
};

export const logCasesPlugin =
  (dependencies: LogCasesPluginDependencies): FastifyPluginCallback =>
  (app, _options, done) => {
    const { cases } = dependencies;
    readJsonAlone(app);
    // As it comes: it may be large.
    app.addContentTypeParser(
      'application/octet-stream',
      { bodyLimit: FILE_BYTES_MAX },
      (_request, body, read) => read(null, body),
    );
    app.setErrorHandler((error, request, reply) =>
      answerProblem(error instanceof CaseError ? problemOf(error) : (error as Error), request, reply),
    );
    app.addHook('onRequest', async (request, reply) => {
      void reply.header('Cache-Control', 'no-store');
      const writes = !['GET', 'HEAD', 'OPTIONS'].includes(request.method);
      await admit(dependencies, request, 'logCases.use', writes);
    });

    app.post(PATH, async (request, reply) => {
      const id = await cases.create();
      const here = request.url.split('?')[0]!;
      return reply.code(201).header('Location', `${here}/${id}`).send({ id, files: [] });
    });
    refuseOtherMethods(app, PATH, 'POST');

    app.delete(`${PATH}/:id`, async (request, reply) => {
      await cases.remove(part(request, 'id'));
      return reply.code(204).send();
    });
    refuseOtherMethods(app, `${PATH}/:id`, 'DELETE');

    app.put(`${PATH}/:id/files/:name`, { bodyLimit: FILE_BYTES_MAX }, async (request) => {
      const { body } = request;
      // An empty file has no body at all.
      const bytes = (body as AsyncIterable<Uint8Array> | null | undefined) ?? Readable.from([]);
      return cases.write(part(request, 'id'), part(request, 'name'), bytes);
    });
    refuseOtherMethods(app, `${PATH}/:id/files/:name`, 'PUT');

    app.post(`${PATH}/:id/reports`, async (request, reply) => {
      const id = part(request, 'id');
      const number = await cases.report(id, questionOf(request.body));
      const url = `${request.url.split('?')[0]!}/${number}`;
      return reply.code(201).header('Location', url).send({ number, url });
    });
    refuseOtherMethods(app, `${PATH}/:id/reports`, 'POST');

    app.get(REPORT, async (request, reply) => {
      const number = part(request, 'number');
      if (!/^\d{1,9}$/.test(number)) throw new CaseError('NO_REPORT');
      const page = await cases.page(part(request, 'id'), Number(number));
      return reply
        .header('Content-Security-Policy', REPORT_POLICY)
        .type('text/html; charset=utf-8')
        .send(page.toString('utf8'));
    });
    refuseOtherMethods(app, REPORT, 'GET');
    done();
  };

const part = ({ params }: FastifyRequest, name: string): string =>
  (params as Readonly<Record<string, string>>)[name] as string;

function problemOf(error: CaseError): Problem {
  return new Problem(error.code, error.code === 'TRACER_FAILED' ? error.message : SENTENCES[error.code]);
}

/** @throws Problem */
function questionOf(body: unknown): TraceQuestion {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new Problem('BAD_REQUEST', 'The body must be an object.');
  const { ask, agent, at, language = 'en', ...others } = body as Readonly<Record<string, unknown>>;
  const faults = [
    ...Object.keys(others).map((name) => ({ field: name.slice(0, 64), what: 'is not known' })),
    ...(['overview', 'signin', 'why'].includes(ask as string)
      ? []
      : [{ field: 'ask', what: 'must be overview, signin or why' }]),
    ...(ask === 'overview' || isText(agent, AGENT_MAX)
      ? []
      : [{ field: 'agent', what: `must be an agent id of 1 to ${AGENT_MAX} characters` }]),
    ...(at === undefined || isText(at, AT_MAX)
      ? []
      : [{ field: 'at', what: 'must be a time, such as 2026-11-29 08:00' }]),
    ...(LANGUAGES.includes(language as string)
      ? []
      : [{ field: 'language', what: `must be one of ${LANGUAGES.join(', ')}` }]),
  ];
  if (faults.length > 0)
    throw new Problem(
      'INVALID',
      'The question is not understood.',
      faults.map(({ field, what }) => ({ field, code: 'FORMAT' as const, message: `${field} ${what}.` })),
    );
  if (ask === 'overview') return { ask, language: language as string };
  return {
    ask: ask as 'signin' | 'why',
    agent: agent as string,
    at: at as string | undefined,
    language: language as string,
  };
}

/** One line of text that no command takes for an option. */
const isText = (value: unknown, max: number): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= max && !/[\p{Cc}]/u.test(value);
