/** `/poise/api/config/…`: the configuration in JSON, for administrators. docs/configuration-api.md describes it. */
import type { FastifyInstance, FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import type { ChangeOrigin } from '../audit/trail.ts';
import type { CollectionName } from '../configuration/descriptions.ts';
import { TEAM_RESOURCES } from '../configuration/descriptions.ts';
import { SETTINGS_DESCRIPTIONS } from '../configuration/settings-descriptions.ts';
import {
  type Asking,
  admit,
  askingOf,
  tellWrites,
  Unauthorized,
  type WritingDependencies,
} from './access.ts';
import {
  Configuration,
  type ConfigurationDependencies,
  etagOf,
  type ListQuery,
  type Place,
} from './configuration.ts';
import { PROBLEM_TYPE, Problem } from './problem.ts';

export type ConfigurationPluginDependencies = ConfigurationDependencies & WritingDependencies;

/** A layout of 256 KiB, every character of it escaped, and some air. */
const BODY_BYTES_MAX = 2 * 1024 * 1024;
const PAGE_MAX = 1_000;
const SEARCH_MAX = 128;
const NUMBER_MAX = 1_000_000;
const QUERIES = ['search', 'sort', 'offset', 'limit'];

export function configurationPlugin(dependencies: ConfigurationPluginDependencies): FastifyPluginCallback {
  return (app, _options, done) => {
    const configuration = new Configuration(dependencies);
    readJsonAlone(app);
    app.addHook('onRequest', async (request, reply) => {
      void reply.header('Cache-Control', 'no-store');
      const writes = !['GET', 'HEAD', 'OPTIONS'].includes(request.method);
      const operation = writes ? 'configuration.write' : 'configuration.read';
      await admit(dependencies, request, operation, writes);
    });
    tellWrites(app, dependencies.tellWrite);
    app.setErrorHandler(answerProblem);
    addRoutes(app, configuration, (request) => originOf(request, askingOf(request)!));
    done();
  };
}

/** JSON alone: a form on some page cannot post it, so a browser that knows the password is not misused. */
export function readJsonAlone(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    // Bytes: reading them as text would replace what is no UTF-8 without a word.
    { parseAs: 'buffer', bodyLimit: BODY_BYTES_MAX },
    (_request, body, read) => {
      if (body.length === 0) return read(null, undefined);
      try {
        read(null, JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body as Buffer)));
      } catch {
        read(new Problem('BAD_REQUEST', 'The body is no JSON in UTF-8.'));
      }
    },
  );
}

const originOf = (request: FastifyRequest, { principal, client }: Asking): ChangeOrigin => ({
  who: principal.loginId,
  address: request.ip,
  client,
  method: request.method,
  path: request.url.split('?')[0]!,
});

type Ids = Readonly<Record<'id' | 'book', string>>;
type Origin = (request: FastifyRequest) => ChangeOrigin;

function addRoutes(app: FastifyInstance, configuration: Configuration, origin: Origin): void {
  const { contacts: _, ...top } = configuration.descriptions;
  app.get('/config/schema', () => ({
    resources: configuration.descriptions,
    teamResources: TEAM_RESOURCES,
    settings: SETTINGS_DESCRIPTIONS,
  }));
  for (const name of Object.keys(top) as CollectionName[])
    addCollection(app, configuration, origin, `/config/${name}`, () => ({ name }));
  const contacts = '/config/phoneBooks/:book/contacts';
  const placeOf = (request: FastifyRequest): Place => {
    const { book } = request.params as Ids;
    if (!/^\d{1,10}$/.test(book))
      throw new Problem('NOT_FOUND', `There is no phone book ${book.slice(0, 64)}.`);
    return { name: 'contacts', parent: Number(book) };
  };
  addCollection(app, configuration, origin, contacts, placeOf, 'GET, POST, PUT');
  app.put(contacts, (request) =>
    configuration.import(placeOf(request), request.body, ifMatchOf(request), origin(request)),
  );
  const resources = '/config/teams/:id/resources';
  app.get(resources, (request, reply) => tagged(reply, configuration.teamResources(idOf(request))));
  app.put(resources, async (request, reply) =>
    tagged(
      reply,
      await configuration.updateTeamResources(
        idOf(request),
        request.body,
        ifMatchOf(request),
        origin(request),
      ),
    ),
  );
  refuseOtherMethods(app, resources, 'GET, PUT');
  const settings = '/config/settings/:id';
  app.get(settings, (request, reply) => tagged(reply, configuration.settings(idOf(request))));
  app.put(settings, async (request, reply) =>
    tagged(
      reply,
      await configuration.updateSettings(idOf(request), request.body, ifMatchOf(request), origin(request)),
    ),
  );
  refuseOtherMethods(app, settings, 'GET, PUT');
  app.post('/config/settings/cti/test', (request) => configuration.testCti(request.body));
  app.all('/config/*', () => {
    throw new Problem('NOT_FOUND', 'There is nothing here.');
  });
}

function addCollection(
  app: FastifyInstance,
  configuration: Configuration,
  origin: Origin,
  path: string,
  placeOf: (request: FastifyRequest) => Place,
  allowed = 'GET, POST',
): void {
  app.get(path, (request, reply) => {
    const place = placeOf(request);
    // Of a list that can be replaced as a whole.
    if (place.parent !== undefined) void reply.header('ETag', configuration.listTag(place));
    return configuration.list(place, listQueryOf(request));
  });
  app.post(path, async (request, reply) => {
    const item = await configuration.create(placeOf(request), request.body, origin(request));
    const here = request.url.split('?')[0]!.replace(/\/$/, '');
    void reply.code(201).header('Location', `${here}/${encodeURIComponent(String(item.id))}`);
    return tagged(reply, item);
  });
  app.get(`${path}/:id`, (request, reply) =>
    tagged(reply, configuration.get(placeOf(request), idOf(request))),
  );
  app.put(`${path}/:id`, async (request, reply) =>
    tagged(
      reply,
      await configuration.update(
        placeOf(request),
        idOf(request),
        request.body,
        ifMatchOf(request),
        origin(request),
      ),
    ),
  );
  app.delete(`${path}/:id`, async (request, reply) => {
    await configuration.remove(placeOf(request), idOf(request), ifMatchOf(request), origin(request));
    return reply.code(204).send();
  });
  refuseOtherMethods(app, path, allowed);
  refuseOtherMethods(app, `${path}/:id`, 'GET, PUT, DELETE');
}

/** @param allowed names of methods, as in the header Allow */
export function refuseOtherMethods(app: FastifyInstance, path: string, allowed: string): void {
  const known = new Set(allowed.split(', '));
  app.route({
    method: ['PUT', 'POST', 'DELETE', 'PATCH'].filter((method) => !known.has(method)),
    url: path,
    handler: (_request, reply) => {
      void reply.header('Allow', allowed);
      throw new Problem('METHOD_NOT_ALLOWED', 'This cannot be done here.');
    },
  });
}

const idOf = (request: FastifyRequest): string => (request.params as Ids).id;

function ifMatchOf({ headers }: FastifyRequest): string | undefined {
  return headers['if-match'];
}

function tagged<T>(reply: FastifyReply, value: T): T {
  void reply.header('ETag', etagOf(value));
  return value;
}

/** @throws Problem */
function listQueryOf({ query }: FastifyRequest): ListQuery {
  const given = query as Readonly<Record<string, unknown>>;
  const text = (name: string): string => {
    const value = given[name] ?? '';
    if (typeof value !== 'string' || value.length > SEARCH_MAX)
      throw new Problem('BAD_REQUEST', `${name} is given twice or too long.`);
    return value;
  };
  const number = (name: string, min: number, max: number): number | undefined => {
    const value = text(name);
    if (value === '') return undefined;
    if (!/^\d{1,7}$/.test(value) || Number(value) < min || Number(value) > max)
      throw new Problem('BAD_REQUEST', `${name} must be a whole number from ${min} to ${max}.`);
    return Number(value);
  };
  return {
    search: text('search').trim(),
    only: Object.fromEntries(
      Object.keys(given)
        .filter((name) => !QUERIES.includes(name))
        .map((name) => [name, text(name)]),
    ),
    sort: text('sort'),
    offset: number('offset', 0, NUMBER_MAX) ?? 0,
    limit: number('limit', 1, PAGE_MAX),
  };
}

/** Results of SQLite: busy, locked, out of memory, read-only, an error of the disk, full, cannot be opened. */
const NOT_WRITABLE: ReadonlySet<number> = new Set([5, 6, 7, 8, 10, 13, 14]);

/** The store cannot be written at the moment; the least byte of an extended result is the plain one. */
const isNotWritable = ({ code, errcode = 0 }: StoreTrouble): boolean =>
  code === 'unavailable' || (code === 'ERR_SQLITE_ERROR' && NOT_WRITABLE.has(errcode & 0xff));

interface StoreTrouble {
  readonly code?: string;
  readonly errcode?: number;
}

export function answerProblem(
  error: Error & { statusCode?: number; code?: string },
  _request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const problem = problemFrom(error);
  if (problem === undefined) throw error;
  if (problem instanceof Unauthorized && problem.challenge !== undefined)
    void reply.header('WWW-Authenticate', problem.challenge);
  return reply.code(problem.status).type(PROBLEM_TYPE).send(problem.body);
}

function problemFrom(error: Error & { statusCode?: number; code?: string }): Problem | undefined {
  if (error instanceof Problem) return error;
  if (error.statusCode === 413)
    return new Problem('TOO_LARGE', `The body has more than ${BODY_BYTES_MAX} bytes.`);
  if (error.statusCode === 415) return new Problem('NOT_JSON', 'The body has to be application/json.');
  if (error.statusCode !== undefined && error.statusCode < 500)
    return new Problem('BAD_REQUEST', 'The request cannot be read.');
  return isNotWritable(error)
    ? new Problem('NOT_WRITABLE', 'The configuration cannot be stored at the moment.')
    : undefined;
}
