/**
 * `POST /poise/api/shell`: one command of `poise shell` for administrators who have no terminal at the server. Only where the setting
 * `shell.api` says so; each command is written down. docs/shell.md describes it.
 */
import type { FastifyPluginCallback } from 'fastify';
import { admit, type RecordingDependencies, tellWrites } from './access.ts';
import { answerProblem, readJsonAlone, refuseOtherMethods } from './plugin.ts';
import { Problem } from './problem.ts';
import type { ShellCall, ShellRunner } from './shell-runner.ts';

export interface ShellPluginDependencies extends RecordingDependencies {
  /** Undefined: it is switched off. */
  readonly run: ShellRunner | undefined;
}

const PATH = '/shell';
const WORDS_MAX = 64;
const ANSWERS_MAX = 64;
const TEXT_MAX = 1_024;
/** Commands at a time: each is a process. */
const RUNNING_MAX = 2;

export const shellPlugin =
  (dependencies: ShellPluginDependencies): FastifyPluginCallback =>
  (app, _options, done) => {
    const { run, now, note } = dependencies;
    let running = 0;
    readJsonAlone(app);
    tellWrites(app, dependencies.tellWrite);
    app.setErrorHandler(answerProblem);
    app.addHook('onRequest', async (_request, reply) => void reply.header('Cache-Control', 'no-store'));

    app.post(PATH, async (request) => {
      const { principal, client } = await admit(dependencies, request, 'shell.use', true);
      if (run === undefined)
        throw new Problem('SWITCHED_OFF', 'Commands over HTTP are switched off (setting shell.api).');
      const call = callOf(request.body);
      if (running >= RUNNING_MAX) throw new Problem('SHELL_BUSY', 'Other commands are running. Try again.');
      running += 1;
      try {
        // Written down first: where that cannot be, nothing is done. Answers may be passwords.
        await note({
          at: now(),
          who: principal.loginId,
          address: request.ip,
          client,
          method: 'POST',
          path: `/poise/api${PATH}`,
          resource: 'shell',
          objectId: call.words.slice(0, 3).join(' ').slice(0, 128),
          before: null,
          after: JSON.stringify({ words: call.words }),
        });
        return await run(call);
      } finally {
        running -= 1;
      }
    });
    refuseOtherMethods(app, PATH, 'POST');
    done();
  };

/** @throws Problem */
function callOf(body: unknown): ShellCall {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new Problem('BAD_REQUEST', 'The body must be an object.');
  const { words, answers = [], ...others } = body as Readonly<Record<string, unknown>>;
  const faults = [
    ...Object.keys(others).map((name) => [name.slice(0, 64), 'is not known'] as const),
    ...(isTexts(words, 1, WORDS_MAX)
      ? []
      : [['words', `must be 1 to ${WORDS_MAX} texts of one line, as they are typed`] as const]),
    ...(isTexts(answers, 0, ANSWERS_MAX)
      ? []
      : [['answers', `must be at most ${ANSWERS_MAX} texts of one line`] as const]),
  ];
  if (faults.length > 0)
    throw new Problem(
      'INVALID',
      'The command is not understood.',
      faults.map(([field, what]) => ({ field, code: 'FORMAT', message: `${field} ${what}.` })),
    );
  return { words: words as readonly string[], answers: answers as readonly string[] };
}

const isTexts = (value: unknown, min: number, max: number): value is readonly string[] =>
  Array.isArray(value) &&
  value.length >= min &&
  value.length <= max &&
  value.every((one) => typeof one === 'string' && one.length <= TEXT_MAX && !/\p{Cc}/u.test(one));
