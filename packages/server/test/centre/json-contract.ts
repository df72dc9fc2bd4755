/** Holds what our own APIs answer against their contract. */
import { Readable } from 'node:stream';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { afterEach, expect } from 'vitest';
import type { Schema } from '../../src/contract/operations.ts';
import { openApiDocument } from '../../src/documents/documents.ts';

interface Described {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}
interface Operation {
  readonly requestBody?: Described;
  readonly responses: Readonly<Record<string, Described>>;
}

const document = openApiDocument({
  profile: { release: '12.6', deployment: 'CCE' },
  passwordMin: 8,
  version: '1',
}) as unknown as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Schema;
};
const ajv = new Ajv2020({ strict: false, allErrors: true });
(formats as unknown as (ajv: Ajv2020) => void)(ajv);
const validators = new Map<Schema, ValidateFunction>();

/** Paths of the document as routes of Fastify: parameters may have other names. */
export const routeOf = (path: string): string => path.replace(/:\w+|\{\w+\}/g, '{}');
const PATHS = new Map(Object.entries(document.paths).map(([path, item]) => [routeOf(path), item]));
export const describes = (method: string, route: string): boolean =>
  PATHS.get(routeOf(route))?.[method.toLowerCase()] !== undefined;
/** `GET /poise/api/audit` and so on, with `{}` for parameters. */
export const describedOperations = (): string[] =>
  [...PATHS].flatMap(([path, item]) =>
    Object.keys(item).flatMap((name) => (name === 'parameters' ? [] : [`${name.toUpperCase()} ${path}`])),
  );

function validatorOf(schema: Schema): ValidateFunction {
  const known = validators.get(schema) ?? ajv.compile({ ...schema, components: document.components });
  validators.set(schema, known);
  return known;
}

const faultsOf = ({ errors }: ValidateFunction): string =>
  (errors ?? [])
    .map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`)
    .join('; ');

function check(what: string, described: Described | undefined, type: string, body: unknown): void {
  const schema = described?.content?.[type]?.schema;
  if (schema === undefined) throw new Error(`The contract of ${what} has no ${type || 'body'}.`);
  const validate = validatorOf(schema);
  if (!validate(body))
    throw new Error(
      `The contract of ${what} does not describe this: ${faultsOf(validate)}\n${JSON.stringify(body)}`,
    );
}

/** What the contract says of the body of a request, or of what a reference leads to. */
export function requestSchema(methodOrReference: string, path?: string): Schema {
  const schema =
    path === undefined
      ? (document.components.schemas as Record<string, Schema>)[methodOrReference.split('/').at(-1)!]
      : document.paths[path]?.[methodOrReference.toLowerCase()]?.requestBody?.content?.['application/json']
          ?.schema;
  if (schema === undefined) throw new Error(`The contract has no ${methodOrReference} ${path ?? ''}.`);
  return schema;
}

/** Whether the contract takes this as the body of a request. @param path as the contract writes it */
export function isRequest(method: string, path: string, body: unknown): boolean {
  return validatorOf(requestSchema(method, path))(body) as boolean;
}

const faults: string[] = [];
afterEach(() => expect(faults.splice(0)).toEqual([]));

/** An application whose answers, and the requests that it served, have to be in the contract: else the test fails. */
export function heldToContract(): FastifyInstance {
  const app = Fastify();
  app.addHook('onSend', async (request: FastifyRequest, reply: FastifyReply, payload: unknown) => {
    try {
      look(request, reply, payload);
    } catch (error) {
      faults.push((error as Error).message);
    }
    return payload;
  });
  return app;
}

function look(request: FastifyRequest, reply: FastifyReply, payload: unknown): void {
  const route = request.routeOptions.url ?? '';
  const operation = PATHS.get(routeOf(route))?.[request.method.toLowerCase()];
  if (operation === undefined) return;
  const what = `${request.method} ${route}, ${reply.statusCode}`;
  const described = operation.responses[reply.statusCode] ?? operation.responses.default;
  const type = String(reply.getHeader('content-type') ?? '').split(';')[0] as string;
  // Text in pieces is any text.
  if (payload instanceof Readable && described?.content?.[type] !== undefined) return;
  if (typeof payload === 'string' && payload !== '')
    check(what, described, type, type.startsWith('text/') ? payload : JSON.parse(payload));
  else if (described === undefined || described.content !== undefined)
    throw new Error(`The contract of ${what} does not describe an answer without body.`);
  const isServed = reply.statusCode < 300;
  const isJson = operation.requestBody?.content?.['application/json'] !== undefined;
  if (isServed && isJson && request.body !== undefined)
    check(`${request.method} ${route}, request`, operation.requestBody, 'application/json', request.body);
}
