/**
 * `/poise/api/sim/…`: the simulated telephony for administrators (Basic), in JSON. docs/sim.md describes it.
 */
import { SimulationError, type SimulationProblem } from '@poise/acd';
import type { FastifyInstance, FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import type { Accounts } from '../accounts/accounts.ts';
import { check, readAuthorization } from '../accounts/authorization.ts';
import { decide, lockScopeOf } from '../accounts/policy.ts';
import type { DirectorySource, UserRecord } from '../store/directory.ts';
import { NoSimulationError, type SimulationCommands } from './commands.ts';
import { type Input, readTask } from './requests.ts';

export interface SimulationPluginDependencies {
  readonly commands: SimulationCommands;
  readonly accounts: Accounts;
  readonly directory: DirectorySource;
  /** Offers a task to an agent; null: he does not take one now. Undefined: there are no media. */
  readonly offerTask?: (
    user: UserRecord,
    mediaId: string,
    variables: readonly Readonly<{ name: string; value: string }>[],
  ) => { readonly id: string } | null;
}

const STATUS_OF: Readonly<Record<SimulationProblem, number>> = {
  badValue: 400,
  unknownPhone: 404,
  unknownNumber: 404,
  unknownCustomer: 404,
  outOfService: 409,
  noCall: 409,
  busy: 409,
  loadRunning: 409,
  tooMany: 503,
};

const BODY_BYTES_MAX = 64 * 1024;

export function simulationPlugin(dependencies: SimulationPluginDependencies): FastifyPluginCallback {
  const { commands } = dependencies;
  return (app, _options, done) => {
    // JSON alone: a form on some page cannot post it, so a browser that knows the password is not misused.
    app.removeAllContentTypeParsers();
    const readJson = app.getDefaultJsonParser('error', 'error');
    app.addContentTypeParser(
      'application/json',
      { parseAs: 'string', bodyLimit: BODY_BYTES_MAX },
      // Many clients name a type with every request, also with those that have no body.
      (request, body: string, done) => (body === '' ? done(null, undefined) : readJson(request, body, done)),
    );
    app.addHook('onRequest', (request, reply) => refuseStrangers(dependencies, request, reply));
    app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
      const [status, problem] = statusOf(error);
      if (status === 500) throw error;
      return reply.code(status).send({ error: error.message, problem });
    });
    addRoutes(app, commands);
    app.post('/sim/tasks', (request, reply) => reply.code(201).send(offer(dependencies, bodyOf(request))));
    done();
  };
}

function addRoutes(app: FastifyInstance, commands: SimulationCommands): void {
  const idOf = (request: FastifyRequest) => (request.params as { id: string }).id;
  app.get('/sim', () => commands.status());
  app.post('/sim/stop', () => commands.stop());
  app.get('/sim/calls', () => ({ calls: commands.customers() }));
  app.post('/sim/calls', (request, reply) => reply.code(201).send(commands.call(bodyOf(request))));
  app.get('/sim/calls/:id', (request) => commands.customer(idOf(request)));
  app.delete('/sim/calls/:id', (request, reply) => {
    commands.hangUp(idOf(request));
    return reply.code(204).send();
  });
  app.post('/sim/previews', (request, reply) => reply.code(201).send(commands.preview(bodyOf(request))));
  app.put('/sim/load', (request) => commands.startLoad(bodyOf(request)));
  app.delete('/sim/load', (_request, reply) => {
    commands.stopLoad();
    return reply.code(204).send();
  });
  app.get('/sim/phones/:id', (request) => commands.phone(idOf(request)));
  app.post('/sim/phones/:id', (request) =>
    commands.actOnPhone({ ...bodyOf(request), extension: idOf(request) }),
  );
}

/** @throws SimulationError for an unknown agent, and for one who does not take a task there now */
function offer({ commands, directory, offerTask }: SimulationPluginDependencies, input: Input): object {
  // Where the telephony is real, tasks are not made up either.
  commands.status();
  const { agent, media, variables } = readTask(input);
  const user = directory.current.user(agent);
  if (user === undefined) throw new SimulationError('unknownPhone', `there is no agent ${agent}`);
  const task = offerTask?.(user, media, variables) ?? null;
  if (task === null)
    throw new SimulationError('busy', `${agent} is not ready in the medium ${media}, or has enough tasks`);
  return { id: task.id, agent, media };
}

/** @throws SimulationError when the body is no object */
function bodyOf({ body }: FastifyRequest): Input {
  if (body === undefined || body === null) return {};
  if (typeof body !== 'object' || Array.isArray(body))
    throw new SimulationError('badValue', 'the body must be an object');
  return body as Input;
}

/** Answers for everybody but administrators. */
async function refuseStrangers(
  { accounts, directory }: SimulationPluginDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  void reply.header('Cache-Control', 'no-store');
  const credentials = readAuthorization(request.headers.authorization);
  const known =
    credentials && (await check(accounts, lockScopeOf('simulation.use'), credentials, request.ip));
  if (known?.ok !== true) {
    const isBusy = known?.ok === false && known.reason === 'unavailable';
    return isBusy
      ? reply.code(503).send({ error: 'The password cannot be checked at the moment.' })
      : reply
          .code(401)
          .header('WWW-Authenticate', 'Basic realm="Poise", charset="UTF-8"')
          .send({ error: 'Only administrators may ask.' });
  }
  if (decide(known.principal, 'simulation.use', {}, directory.current) === 'allow') return undefined;
  return reply.code(403).send({ error: 'Only administrators may ask.' });
}

function statusOf(error: Error & { statusCode?: number }): [status: number, problem: string] {
  if (error instanceof SimulationError) return [STATUS_OF[error.problem], error.problem];
  if (error instanceof NoSimulationError) return [503, 'noSimulation'];
  const status = error.statusCode ?? 500;
  return status < 500 ? [status, 'badRequest'] : [500, 'internal'];
}
