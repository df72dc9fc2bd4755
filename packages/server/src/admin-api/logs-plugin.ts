/** `/poise/api/logs`: how much is written to the logs until the next start, for administrators. docs/logs.md describes it. */
import type { FastifyPluginCallback } from 'fastify';
import type { FieldError } from '../configuration/fields.ts';
import type { AuditRow } from '../store/audit-repository.ts';
import { admit, tellWrites, type WritingDependencies } from './access.ts';
import { answerProblem, readJsonAlone } from './plugin.ts';
import { Problem } from './problem.ts';

/** What may be chosen for each log, the least that is written first. */
export const LOG_LEVELS = {
  webservices: ['error', 'warning', 'information'],
  notification: ['information', 'debug'],
} as const;

export type Levels = { readonly [Log in keyof typeof LOG_LEVELS]: (typeof LOG_LEVELS)[Log][number] };
type Log = keyof Levels;
const LOGS = Object.keys(LOG_LEVELS) as readonly Log[];

/** The journal, as this room knows it. */
export interface Logs {
  readonly levels: Levels;
  setLevels(levels: Levels): void;
}

export interface LogsPluginDependencies extends WritingDependencies {
  readonly logs: Logs;
  /** Where the log files are: an absolute path. */
  readonly folder: string;
  /** Wall ms. */
  readonly now: () => number;
  readonly note: (row: AuditRow) => Promise<void>;
}

export const logsPlugin =
  (dependencies: LogsPluginDependencies): FastifyPluginCallback =>
  (app, _options, done) => {
    const { logs, now, note } = dependencies;
    const told = () => ({ ...logs.levels, folder: dependencies.folder });
    readJsonAlone(app);
    app.setErrorHandler(answerProblem);
    tellWrites(app, dependencies.tellWrite);
    app.addHook('onRequest', async (_request, reply) => void reply.header('Cache-Control', 'no-store'));

    app.get('/logs', async (request) => {
      await admit(dependencies, request, 'logs.read', false);
      return told();
    });

    app.put('/logs', async (request) => {
      const { principal, client } = await admit(dependencies, request, 'logs.write', true);
      const before = logs.levels;
      const after = { ...before, ...levelsOf(request.body) };
      if (LOGS.every((log) => before[log] === after[log])) return told();
      // Written down first: where that cannot be, nothing is changed.
      await note({
        at: now(),
        who: principal.loginId,
        address: request.ip,
        client,
        method: 'PUT',
        path: '/poise/api/logs',
        resource: 'logs',
        objectId: 'server',
        before: JSON.stringify(before),
        after: JSON.stringify(after),
      });
      logs.setLevels(after);
      return told();
    });
    done();
  };

/** @throws Problem */
function levelsOf(body: unknown): Partial<Levels> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new Problem('BAD_REQUEST', 'The body must be an object.');
  const given = Object.entries(body).filter(([name]) => name !== 'folder');
  const errors = given.flatMap(([name, level]): FieldError[] => {
    const levels: readonly unknown[] | undefined = LOGS.includes(name as Log)
      ? LOG_LEVELS[name as Log]
      : undefined;
    if (levels === undefined)
      return [{ field: name.slice(0, 64), code: 'FORMAT', message: `There is no log ${name.slice(0, 64)}.` }];
    return levels.includes(level)
      ? []
      : [{ field: name, code: 'FORMAT', message: `${name} must be one of ${levels.join(', ')}.` }];
  });
  if (errors.length > 0) throw new Problem('INVALID', 'The levels are not taken.', errors);
  return Object.fromEntries(given) as Partial<Levels>;
}
