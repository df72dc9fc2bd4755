/** `GET /poise/api/audit`: who changed what of the configuration, newest first, for administrators. docs/configuration-api.md describes it. */
import type { FastifyPluginCallback } from 'fastify';
import type { AuditRow, AuditSearch } from '../store/audit-repository.ts';
import { type AccessDependencies, admit } from './access.ts';
import { answerProblem, readJsonAlone, refuseOtherMethods } from './plugin.ts';
import { Problem } from './problem.ts';

export interface AuditPluginDependencies extends AccessDependencies {
  readonly find: (search: AuditSearch) => Promise<{
    readonly rows: readonly (AuditRow & { readonly serial: number })[];
    readonly total: number;
  }>;
}

const PARAMETERS = ['offset', 'limit', 'search', 'who', 'resource', 'id', 'from', 'to'];
const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 1_000;
const OFFSET_MAX = 1_000_000;
const TEXT_MAX = 128;
const TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/;

export const auditPlugin =
  (dependencies: AuditPluginDependencies): FastifyPluginCallback =>
  (app, _options, done) => {
    readJsonAlone(app);
    app.setErrorHandler(answerProblem);
    app.get('/audit', async (request, reply) => {
      void reply.header('Cache-Control', 'no-store');
      await admit(dependencies, request, 'audit.read', false);
      const { rows, total } = await dependencies.find(searchOf(request.query as Query));
      return { items: rows.map(shown), total };
    });
    refuseOtherMethods(app, '/audit', 'GET');
    done();
  };

type Query = Readonly<Record<string, unknown>>;

const shown = ({ serial, at, objectId, before, after, ...row }: AuditRow & { readonly serial: number }) => ({
  serial,
  at: new Date(at).toISOString(),
  ...row,
  id: objectId,
  before: before === null ? null : JSON.parse(before),
  after: after === null ? null : JSON.parse(after),
});

const bad = (sentence: string) => new Problem('BAD_REQUEST', sentence);

/** @throws Problem */
function searchOf(query: Query): AuditSearch {
  const other = Object.keys(query).find((name) => !PARAMETERS.includes(name));
  if (other !== undefined) throw bad(`There is no parameter ${other.slice(0, 64)}.`);
  const text = (name: string): string | undefined => {
    const value = query[name];
    if (value === undefined || value === '') return undefined;
    if (typeof value !== 'string' || value.length > TEXT_MAX)
      throw bad(`${name} is given twice or too long.`);
    return value;
  };
  const number = (name: string, min: number, max: number, usual: number): number => {
    const value = text(name);
    if (value === undefined) return usual;
    if (!/^\d{1,7}$/.test(value) || Number(value) < min || Number(value) > max)
      throw bad(`${name} must be a whole number from ${min} to ${max}.`);
    return Number(value);
  };
  const time = (name: string): number | undefined => {
    const value = text(name);
    if (value === undefined) return undefined;
    if (/^\d{1,15}$/.test(value)) return Number(value);
    const ms = TIME.test(value) ? Date.parse(value) : Number.NaN;
    if (Number.isNaN(ms))
      throw bad(`${name} must be a time such as 2026-11-27T19:30:00Z, or milliseconds since 1970.`);
    return ms;
  };
  return {
    offset: number('offset', 0, OFFSET_MAX, 0),
    limit: number('limit', 1, LIMIT_MAX, LIMIT_DEFAULT),
    search: text('search'),
    who: text('who'),
    resource: text('resource'),
    objectId: text('id'),
    from: time('from'),
    to: time('to'),
  };
}
