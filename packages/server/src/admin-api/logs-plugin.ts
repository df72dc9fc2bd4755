/**
 * `/poise/api/logs`: how much is written to the logs until the next start, and the trace of the notification service that is kept whether
 * or not it is written; for administrators. docs/logs.md describes it.
 */
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { FastifyPluginCallback, FastifyReply } from 'fastify';
import type { FieldError } from '../configuration/fields.ts';
import { admit, type RecordingDependencies, tellWrites } from './access.ts';
import { etagOf, matches } from './configuration.ts';
import { answerProblem, readJsonAlone, refuseOtherMethods } from './plugin.ts';
import { Problem } from './problem.ts';

/** What may be chosen for each log, the least that is written first. */
export const LOG_LEVELS = {
  webservices: ['error', 'warning', 'information'],
  notification: ['information', 'debug'],
} as const;

export type Levels = { readonly [Log in keyof typeof LOG_LEVELS]: (typeof LOG_LEVELS)[Log][number] };
type Log = keyof Levels;
const PIECE_CHARACTERS = 64 * 1024;
const LOGS = Object.keys(LOG_LEVELS) as readonly Log[];

/** The journal, as this room knows it. */
export interface Logs {
  readonly levels: Levels;
  setLevels(levels: Levels): void;
}

export interface LogsPluginDependencies extends RecordingDependencies {
  readonly logs: Logs;
  /** The last debug lines of the notification service, as debug.log has them, without line ends. */
  readonly notificationTrace: () => Iterable<string>;
  /** Where the log files are: an absolute path. */
  readonly folder: string;
}

export const logsPlugin =
  (dependencies: LogsPluginDependencies): FastifyPluginCallback =>
  (app, _options, done) => {
    const { logs, now, note } = dependencies;
    const told = () => ({ ...logs.levels, folder: dependencies.folder });
    const tagged = (reply: FastifyReply) => {
      void reply.header('ETag', etagOf(told()));
      return told();
    };
    // One after the other: what If-Match names is what is changed.
    let turn: Promise<unknown> = Promise.resolve();
    const inTurn = (work: () => Promise<void>): Promise<void> => {
      const done = turn.then(work);
      turn = done.catch(() => undefined);
      return done;
    };
    readJsonAlone(app);
    app.setErrorHandler(answerProblem);
    tellWrites(app, dependencies.tellWrite);
    app.addHook('onRequest', async (_request, reply) => void reply.header('Cache-Control', 'no-store'));

    app.get('/logs', async (request, reply) => {
      await admit(dependencies, request, 'logs.read', false);
      return tagged(reply);
    });

    app.put('/logs', async (request, reply) => {
      const { principal, client } = await admit(dependencies, request, 'logs.write', true);
      const given = levelsOf(request.body);
      const ifMatch = request.headers['if-match'];
      await inTurn(async () => {
        if (ifMatch !== undefined && !matches(ifMatch, etagOf(told())))
          throw new Problem('CHANGED', 'Somebody else has changed this since it was read.');
        const before = logs.levels;
        const after = { ...before, ...given };
        if (LOGS.every((log) => before[log] === after[log])) return;
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
      });
      return tagged(reply);
    });
    app.get('/logs/notification', async (request, reply) => {
      await admit(dependencies, request, 'logs.read', false);
      return reply
        .type('text/plain; charset=utf-8')
        .header('Content-Disposition', 'attachment; filename="debug.log"')
        .send(Readable.from(inPieces(dependencies.notificationTrace())));
    });
    refuseOtherMethods(app, '/logs', 'GET, PUT');
    refuseOtherMethods(app, '/logs/notification', 'GET');
    done();
  };

/** There may be a hundred thousand lines: others have their turn in between. */
async function* inPieces(lines: Iterable<string>): AsyncIterable<string> {
  let piece = '';
  for (const line of lines) {
    piece += `${line}\n`;
    if (piece.length < PIECE_CHARACTERS) continue;
    yield piece;
    piece = '';
    await setImmediate();
  }
  if (piece !== '') yield piece;
}

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
