/**
 * The API as a Fastify plugin: one entry for every path, dispatched over the resource table, so that
 * unknown paths, wrong methods and bad credentials get the documented errors too. Everything that can be
 * refused without the body is refused before the body is read.
 */
import type { FastifyInstance, FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import type { Authentication } from '../accounts/accounts.ts';
import { challengeTo, check, checkAtOnce, readAuthorization } from '../accounts/authorization.ts';
import { decide, isPublic, lockScopeOf } from '../accounts/policy.ts';
import { tellingWrites, xmlPayload } from '../audit/write-line.ts';
import { type ApiFailure, failure } from '../domain/errors.ts';
import { BODY_LIMITS } from '../objects/request.ts';
import { isUnavailable } from '../store/store-error.ts';
import { type Answer, CONTENT_TYPE, failed } from './answer.ts';
import { asUtf8 } from './body-encoding.ts';
import type { RestDependencies } from './dependencies.ts';
import { Exchange } from './exchange.ts';
import { refuseRequestId } from './request-id.ts';
import { type Method, ResourceTable, statsName } from './resource.ts';
import { RESOURCES } from './resources.ts';
import { sessionCookies } from './session-cookies.ts';
import { findUser } from './user/find-user.ts';

const exchanges = new WeakMap<FastifyRequest, Exchange>();
/** What the audit log is told of: configuration, and the messages of supervisors (admin.md 6). */
const TOLD = /\.write$|^teamMessage\.(?:create|delete)$/;
const METHODS = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'PATCH'] as const;

export const restPlugin =
  (dependencies: RestDependencies): FastifyPluginCallback =>
  (fastify, _options, done) => {
    const table = new ResourceTable(RESOURCES);
    const bytesMaxOf = new Map<string, number>();
    const cap = dependencies.bodyBytesMax ?? Number.POSITIVE_INFINITY;
    for (const { path, methods } of RESOURCES) {
      for (const handler of Object.values(methods)) {
        if (handler.body !== undefined && handler.body.bytesMax > BODY_LIMITS.bytesMax)
          bytesMaxOf.set(path, Math.min(cap, handler.body.bytesMax));
      }
    }
    const seen = new Set<string>();
    const tellWrite = tellingWrites(dependencies.happenings);

    // Bodies are bytes: decoding them as text would replace what is not UTF-8 without a word.
    fastify.removeAllContentTypeParsers();
    fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) => parsed(null, body));

    fastify.addHook('onRequest', (request, reply, next) => {
      const exchange = open(dependencies, table, fastify.prefix, request);
      exchanges.set(request, exchange);
      // Clients send Application/XML, text/xml or nothing; the parser is the same for all.
      if (request.raw.headers['content-type'] !== undefined)
        request.raw.headers['content-type'] = 'application/xml';
      reply.raw.once('finish', () => exchange.end(reply.raw.statusCode));
      reply.raw.once('close', () => exchange.end(reply.raw.statusCode));
      exchange.begin();
      const refusal = refuseByPath(exchange);
      if (refusal !== null) return send(request, reply, exchange, refusal);
      const operation = exchange.handler!.operation;
      if (isPublic(operation)) return next();
      const { credentials } = exchange;
      if (credentials === undefined) return send(request, reply, exchange, unauthorized(exchange));
      const proceed = (authentication: Authentication) => {
        if (!authentication.ok)
          return send(request, reply, exchange, unauthorizedBecause(exchange, authentication));
        exchange.principal = authentication.principal;
        if (credentials.scheme === 'basic') exchange.secret = credentials.secret;
        else exchange.userPresented = authentication.principal.loginId;
        const forbidden = refuseByRole(exchange);
        return forbidden === null ? next() : send(request, reply, exchange, failed(forbidden));
      };
      const scope = lockScopeOf(operation);
      const remembered = checkAtOnce(dependencies.accounts, scope, credentials, request.ip);
      if (remembered !== undefined) return proceed(remembered);
      check(dependencies.accounts, scope, credentials, request.ip).then(proceed, (error: Error) =>
        next(error),
      );
    });

    // Fastify writes names in lower case; the raw answer keeps the original's.
    fastify.addHook('onSend', (_request, reply, payload, next) => {
      const type = reply.getHeader('content-type');
      reply.removeHeader('content-type');
      reply.raw.setHeader('Content-Type', type ?? CONTENT_TYPE);
      next(null, payload);
    });

    const answer = (request: FastifyRequest, reply: FastifyReply) => {
      const exchange = exchanges.get(request)!;
      exchange.body =
        request.body instanceof Uint8Array ? asUtf8(request.body, exchange.contentType) : undefined;
      const result = exchange.handler!.handle(exchange);
      if (!(result instanceof Promise)) return finish(request, reply, exchange, result);
      return result.then((answered) => finish(request, reply, exchange, answered));
    };
    const finish = (request: FastifyRequest, reply: FastifyReply, exchange: Exchange, answered: Answer) => {
      exchange.announce(exchange.principal?.loginId ?? '', '');
      if (answered.status < 300 && TOLD.test(exchange.handler!.operation))
        tellWrite({
          user: exchange.principal?.loginId ?? '',
          method: exchange.method,
          url: `/finesse/api/${exchange.url}`,
          payload: xmlPayload(exchange.body),
        });
      const component = statsName(exchange.match!.resource, exchange.method);
      if (!seen.has(component)) {
        seen.add(component);
        dependencies.happenings.publish('api.stats', { component }, exchange.cause);
      }
      return send(request, reply, exchange, answered);
    };

    fastify.setErrorHandler((error: Error & { statusCode?: number; code?: string }, request, reply) => {
      const exchange = exchanges.get(request) ?? open(dependencies, table, fastify.prefix, request);
      const answered = failed(failureOf(error, exchange, cap));
      // The store itself tells of a lost database, once.
      if (answered.status >= 500 && !isUnavailable(error)) {
        dependencies.happenings.publish(
          'operator',
          {
            level: 'error',
            text: `${exchange.method} ${exchange.url} failed: ${error.stack ?? error.message}`,
          },
          exchange.cause,
        );
      }
      return send(request, reply, exchange, answered);
    });

    registerPaths(fastify, bytesMaxOf, Math.min(cap, BODY_LIMITS.bytesMax), answer);
    // Methods that routes cannot name (TRACE, PROPFIND): the hook has answered before this is reached.
    fastify.setNotFoundHandler((request, reply) =>
      send(request, reply, exchanges.get(request)!, failed(failure('NOT_FOUND'))),
    );
    done();
  };

/** Two kinds of routes: paths with a body limit of their own, and everything else. */
function registerPaths(
  fastify: FastifyInstance,
  bytesMaxOf: ReadonlyMap<string, number>,
  bytesMax: number,
  handler: (request: FastifyRequest, reply: FastifyReply) => unknown,
): void {
  const method = [...METHODS];
  for (const [path, bodyLimit] of bytesMaxOf) {
    const url = `/${path.replace(/\{(\w+)\}/g, ':$1')}`;
    for (const form of [url, `${url}/`])
      fastify.route({ method, url: form, bodyLimit, exposeHeadRoute: false, handler });
  }
  for (const url of ['/', '/*']) {
    fastify.route({ method, url, bodyLimit: bytesMax, exposeHeadRoute: false, handler });
  }
}

function open(
  dependencies: RestDependencies,
  table: ResourceTable,
  prefix: string,
  request: FastifyRequest,
): Exchange {
  const raw = request.raw.url ?? '';
  const question = raw.indexOf('?');
  const path = question < 0 ? raw : raw.slice(0, question);
  const url = path.slice(prefix.length).replace(/^\//, '');
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const match = table.find(url);
  return new Exchange({
    dependencies,
    method,
    url,
    query: new URLSearchParams(question < 0 ? '' : raw.slice(question + 1)),
    scheme: request.protocol === 'https' ? 'https' : 'http',
    address: request.ip,
    headers: request.raw.headers,
    credentials: readAuthorization(request.raw.headers.authorization),
    match,
    handler: match?.resource.methods[method as Method],
  });
}

/** What role and ownership decide, before a byte of the body is read. */
function refuseByRole(exchange: Exchange): ApiFailure | null {
  const { principal, handler, parameters, dependencies } = exchange;
  if (principal === undefined || handler === undefined) return null;
  const directory = dependencies.directory.current;
  const { userId, teamId } = parameters;
  // An unknown id is told as such before ownership is looked at (developer guide 12.5, page 30).
  if (userId !== undefined && findUser(dependencies, userId) === undefined)
    return failure('USER_NOT_FOUND', userId);
  const mayAskForTeams = principal.roles.has('Supervisor') || principal.roles.has('Administrator');
  if (teamId !== undefined && mayAskForTeams && directory.team(Number(teamId)) === undefined) {
    return failure('NOT_FOUND', teamId, 'Invalid team id specified');
  }
  const target = {
    ...(userId === undefined ? {} : { userId }),
    ...(teamId === undefined ? {} : { teamId: Number(teamId) }),
  };
  const decision = decide(principal, handler.operation, target, directory);
  if (handler.operation === 'teamResource.get' && (decision === 'not-own' || decision === 'not-supervisor'))
    return failure('NOT_TEAM_MEMBER', teamId ?? '');
  switch (decision) {
    case 'allow':
      return null;
    case 'not-own':
      return failure('NOT_OWN_USER', userId ?? teamId ?? '');
    case 'not-supervisor':
      if (teamId !== undefined) return failure('UNAUTHORIZED', exchange.userPresented);
      // "Invalid Supervisor" belongs to changes; reading another's object is told as for agents.
      return failure(
        handler.operation === 'user.changeState' ? 'NOT_SUPERVISOR' : 'NOT_OWN_USER',
        userId ?? '',
      );
    case 'wrong-role':
      if (handler.operation === 'connectedUsersInfo.get')
        return failure('FORBIDDEN', '', 'Only administrators may see who is connected');
      // An administrator who tries to make a call (developer guide 12.5, page 82).
      return failure(
        handler.operation === 'dialog.makeCall' ? 'NO_AUTHORIZED_SUPERVISOR' : 'UNAUTHORIZED',
        exchange.userPresented,
      );
  }
}

/** What path, method, deployment, the state of the server and the requestId decide. */
function refuseByPath(exchange: Exchange): Answer | null {
  const { match, handler, method } = exchange;
  if (match === undefined)
    return failed(
      failure('NOT_FOUND', `/finesse/api/${exchange.url}`, 'The requested resource does not exist'),
    );
  if (handler === undefined) {
    const allowed = Object.keys(match.resource.methods);
    if (allowed.includes('GET')) allowed.push('HEAD');
    const headers = { Allow: [...allowed, 'OPTIONS'].join(', ') };
    if (method === 'OPTIONS') return { status: 200, body: '', headers };
    return failed(failure('METHOD_NOT_ALLOWED', method, `${method} is not supported here`), headers);
  }
  const { deployment } = exchange.dependencies.presenter.profile;
  if (handler.deployment !== undefined && handler.deployment !== deployment) {
    return failed(
      failure('NOT_IMPLEMENTED', `/finesse/api/${exchange.url}`, `The call does not exist on ${deployment}`),
    );
  }
  if (!exchange.dependencies.status.inService && handler.always !== true)
    return failed(failure('OUT_OF_SERVICE'));
  const unusableId = refuseRequestId(exchange.requestId);
  return unusableId === null ? null : failed(unusableId);
}

function unauthorized(exchange: Exchange): Answer {
  return failed(failure('UNAUTHORIZED', exchange.userPresented), {
    'WWW-Authenticate': challengeTo(exchange.credentials),
  });
}

/** Accounts tell of failed attempts and locks themselves. */
function unauthorizedBecause(exchange: Exchange, { reason }: Extract<Authentication, { ok: false }>): Answer {
  return reason === 'unavailable' ? failed(failure('OUT_OF_SERVICE')) : unauthorized(exchange);
}

function failureOf(
  error: { statusCode?: number; code?: string },
  exchange: Exchange,
  cap: number,
): ApiFailure {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    const bytesMax = Math.min(cap, exchange.handler?.body?.bytesMax ?? BODY_LIMITS.bytesMax);
    if (exchange.handler?.operation === 'user.clientLog') return failure('CLIENT_LOG_TOO_LONG');
    if (exchange.handler?.operation === 'user.compressedClientLog') return failure('COMPRESSED_LOG_TOO_LONG');
    return failure('BAD_REQUEST', '', `The request body is longer than ${bytesMax} bytes`);
  }
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return failure('BAD_REQUEST', '', 'The request cannot be read');
  }
  if (isUnavailable(error)) return failure('STORE_UNAVAILABLE');
  return failure('INTERNAL');
}

function send(
  request: FastifyRequest,
  reply: FastifyReply,
  exchange: Exchange,
  answer: Answer,
): FastifyReply {
  const { raw } = reply;
  if (answer.written !== undefined) exchange.whenWritten(answer.written);
  // Through the raw answer, so that names go out as the original writes them.
  raw.setHeader('Pragma', 'No-cache');
  raw.setHeader('Cache-Control', 'no-cache');
  if (exchange.requestIdEcho !== '') raw.setHeader('requestId', exchange.requestIdEcho);
  const cookies = sessionCookies(
    exchange.header('cookie'),
    request.protocol === 'https',
    exchange.dependencies.random,
  );
  if (cookies.length > 0) raw.setHeader('Set-Cookie', cookies);
  for (const [name, value] of Object.entries(answer.headers ?? {})) raw.setHeader(name, value);
  // Node writes a text body and the headers before it in one piece, in UTF-8: bytes of the echo would change.
  const isAscii = !/[^\x00-\x7f]/.test(exchange.requestIdEcho);
  const body = typeof answer.body === 'string' && isAscii ? answer.body : Buffer.from(answer.body);
  return reply
    .code(answer.status)
    .header('content-type', answer.contentType ?? CONTENT_TYPE)
    .send(body);
}
