/** The configuration API as OpenAPI 3.1, made of the descriptions from which requests are checked. */
import { CONSOLE_COOKIE } from '../accounts/console-sessions.ts';
import type { Descriptions } from '../configuration/descriptions.ts';
import { TEAM_RESOURCES } from '../configuration/descriptions.ts';
import type { Field, ResourceDescription, TextType, ValueType } from '../configuration/fields.ts';
import { PARAM_VALUES, PARAMS_NEEDED } from '../configuration/limits.ts';
import { SETTINGS_DESCRIPTIONS } from '../configuration/settings-descriptions.ts';
import {
  answer as answerOf,
  body,
  FLAG,
  json,
  listOf,
  members,
  type Paths,
  PROBLEM,
  PROBLEM_SCHEMA,
  parameter,
  type Schema,
  TEXT,
  WHOLE,
} from '../contract/operations.ts';
import { IMPORT_MODES } from './collection.ts';

const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

/** JSON Schema of a value; lengths in bytes are not its to say. */
function schemaOf(type: ValueType): Schema {
  switch (type.type) {
    case 'text':
      return {
        type: 'string',
        ...(type.min !== undefined && { minLength: type.min }),
        maxLength: type.max,
        ...patternOf(type),
        ...(type.form === 'password' && { format: 'password' }),
      };
    case 'integer':
      return { type: 'integer', minimum: type.min, maximum: type.max };
    case 'flag':
      return { type: 'boolean' };
    case 'choice':
      return { type: 'string', enum: type.values };
    case 'reference':
      return { type: type.key === 'text' ? 'string' : 'integer', description: `id of one of ${type.to}` };
    case 'list':
      return {
        type: 'array',
        items: schemaOf(type.of),
        ...(type.min !== undefined && { minItems: type.min }),
        maxItems: type.max,
        ...(type.distinct && { uniqueItems: true }),
      };
    case 'object':
      return objectSchema(type.fields, requiredOf(type.fields));
  }
}

/** What is needed is not there where a line has blanks alone: they are not stored. */
function patternOf({ pattern, min = 0, form = 'line' }: TextType): Schema {
  if (pattern !== undefined) return { pattern: `^(?:${pattern})$` };
  return min > 0 && form === 'line' ? { pattern: NOT_BLANK } : {};
}
const NOT_BLANK = '\\S';

const requiredOf = (fields: readonly Field[]): string[] =>
  fields.flatMap(({ name, required, default: usual, readOnly }) =>
    required && usual === undefined && !readOnly ? [name] : [],
  );

function objectSchema(fields: readonly Field[], required: readonly string[]): Schema {
  const properties = Object.fromEntries(
    fields.map((field) => {
      const value = schemaOf(field.value);
      return [
        field.name,
        {
          ...(field.nullable ? { anyOf: [value, { type: 'null' }] } : value),
          ...(field.about !== undefined && { description: field.about }),
          ...(field.default !== undefined && { default: field.default }),
          ...(field.readOnly && { readOnly: true }),
          ...(field.writeOnly && { writeOnly: true }),
        },
      ];
    }),
  );
  return {
    type: 'object',
    properties,
    ...(required.length > 0 && { required }),
    // Members that the description does not name are open.
    ...(fields.length > 0 && { additionalProperties: false }),
  };
}

/** What is told of every object of a collection besides its fields. */
const STATE: Readonly<Record<ResourceDescription['key'], readonly Field[]>> = {
  integer: stateWith({ type: 'integer', min: 0, max: 2_147_483_647 }),
  text: stateWith({ type: 'text', max: 255 }),
};

function stateWith(id: ValueType): readonly Field[] {
  return [{ name: 'id', about: 'In its path.', value: id, readOnly: true }];
}

function pathsOf(path: string, { name, object, key, methods, fields }: ResourceDescription): Paths {
  const id = parameter('id', 'path', true, key === 'integer' ? 'integer' : 'string');
  const above = path.includes('{book}') ? [parameter('book', 'path', true, 'integer')] : [];
  const answer = (description: string) => ({ description, ...json(ref(name)) });
  const tagged = (description: string) => ({ ...answer(description), headers: TAGGED });
  const has = (method: (typeof methods)[number]) => methods.includes(method);
  const list = members({ items: listOf(ref(name)), total: WHOLE });
  return {
    [path]: {
      ...(above.length > 0 && { parameters: above }),
      get: {
        operationId: `${name}.list`,
        parameters: [
          parameter('search', 'query', false),
          parameter('sort', 'query', false),
          parameter('offset', 'query', false, 'integer'),
          parameter('limit', 'query', false, 'integer'),
          ...fields.flatMap(({ name: field, value }) =>
            value.type === 'choice'
              ? [{ name: field, in: 'query', required: false, schema: { enum: [...value.values] } }]
              : [],
          ),
        ],
        responses: {
          200: {
            description: `All of ${name}`,
            ...(above.length > 0 && { headers: TAGGED }),
            ...json(list),
          },
          default: PROBLEM,
        },
      },
      ...(has('create') && {
        post: {
          operationId: `${name}.create`,
          requestBody: { required: true, ...json(ref(`${name}.create`)) },
          responses: {
            201: { ...answer(`The new ${object}`), headers: { ...TAGGED, Location: header('Where it is') } },
            default: PROBLEM,
          },
        },
      }),
      ...(above.length > 0 && {
        put: {
          operationId: `${name}.import`,
          parameters: [parameter('If-Match', 'header', false)],
          requestBody: { required: true, ...json(importSchema(name)) },
          responses: { 200: { description: 'How many there are now', ...json(TOTAL) }, default: PROBLEM },
        },
      }),
    },
    [`${path}/{id}`]: {
      parameters: [...above, id],
      get: {
        operationId: `${name}.get`,
        responses: { 200: tagged(`The ${object}`), default: PROBLEM },
      },
      ...(has('update') && {
        put: {
          operationId: `${name}.update`,
          parameters: [parameter('If-Match', 'header', true)],
          requestBody: { required: true, ...json(ref(`${name}.update`)) },
          responses: { 200: tagged(`The ${object}`), default: PROBLEM },
        },
      }),
      ...(has('remove') && {
        delete: {
          operationId: `${name}.remove`,
          parameters: [parameter('If-Match', 'header', false)],
          responses: { 204: { description: 'Removed' }, default: PROBLEM },
        },
      }),
    },
  };
}

const header = (description: string) => ({ description, required: true, schema: TEXT });
const TAGGED = { ETag: header('For If-Match') };

/** The parameters without which an action of this type cannot run. */
const paramsOf = (type: string): Schema => ({
  if: { properties: { type: { const: type } } },
  // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema
  then: {
    properties: {
      params: {
        allOf: PARAMS_NEEDED[type]!.map((param) => ({
          contains: {
            properties: {
              name: { const: param },
              value:
                PARAM_VALUES[param] === undefined ? { pattern: NOT_BLANK } : { enum: PARAM_VALUES[param] },
            },
            required: ['name', 'value'],
          },
        })),
      },
    },
  },
});

/** What a new object needs; what is said of one that exists keeps the rest of it as it is. */
const requestSchemas = ({ name, key, methods, fields }: ResourceDescription): Record<string, Schema> => ({
  ...(methods.includes('create') && {
    [`${name}.create`]: {
      ...objectSchema(
        [...STATE[key], ...fields],
        [...requiredOf(fields), ...(name === 'workflowActions' ? ['params'] : [])],
      ),
      ...(name === 'workflowActions' && { allOf: Object.keys(PARAMS_NEEDED).map(paramsOf) }),
    },
  }),
  ...(methods.includes('update') && { [`${name}.update`]: objectSchema([...STATE[key], ...fields], []) }),
});

const TOTAL = members({ total: WHOLE });

const importSchema = (name: string): Schema => ({
  type: 'object',
  required: ['items'],
  properties: {
    items: { type: 'array', items: ref(`${name}.create`) },
    mode: { enum: [...IMPORT_MODES], default: 'replace' },
  },
});

const SIDE: ReadonlySet<string> = new Set(['host', 'port', 'peripheralId']);

/** Settings are single objects. */
function settingsPaths(root: string): Paths {
  const side = SETTINGS_DESCRIPTIONS.cti.fields.filter(({ name }) => SIDE.has(name));
  const test = {
    operationId: 'settings.cti.test',
    requestBody: body(
      objectSchema(
        side,
        side.map(({ name }) => name),
      ),
    ),
    responses: {
      200: answerOf('What came of it', members({ ok: FLAG, code: TEXT, text: TEXT, detail: TEXT })),
      default: PROBLEM,
    },
  };
  const singles = Object.values(SETTINGS_DESCRIPTIONS).map(({ name, object }) => {
    const answer = { description: `The ${object}`, headers: TAGGED, ...json(ref(`settings.${name}`)) };
    const path = {
      get: { operationId: `settings.${name}.get`, responses: { 200: answer, default: PROBLEM } },
      put: {
        operationId: `settings.${name}.update`,
        parameters: [parameter('If-Match', 'header', true)],
        requestBody: { required: true, ...json(ref(`settings.${name}`)) },
        responses: { 200: answer, default: PROBLEM },
      },
    };
    return [`${root}/${name}`, path];
  });
  return { ...Object.fromEntries(singles), [`${root}/cti/test`]: { post: test } };
}

const SECURITY_SCHEMES = {
  basic: { type: 'http', scheme: 'basic', description: 'Login id or login name, and the password.' },
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'A token of the identity provider, where single sign-on is set up.',
  },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: CONSOLE_COOKIE,
    description: 'Session of the administration console, opened by POST /poise/api/console/session.',
  },
  csrf: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Poise-CSRF',
    description: 'With a session: its `csrf`, on everything that is no GET.',
  },
};
const PASSWORD_OR_TOKEN = [{ basic: [] }, { bearer: [] }];
/** What the console asks, with its session. */
const OF_CONSOLE =
  /^\/poise\/api\/(?:config|audit|certificate|connected|gadgetFiles|logCases|logs|shell|signOuts|trace)(?:\/|$)/;

/** Operations of the console take its session, too. */
const withSessions = (paths: Paths): Paths =>
  Object.fromEntries(
    Object.entries(paths).map(([path, item]) => [
      path,
      OF_CONSOLE.test(path)
        ? Object.fromEntries(Object.entries(item).map(([name, one]) => [name, secured(name, one)]))
        : item,
    ]),
  );

function secured(name: string, one: unknown): unknown {
  if (name === 'parameters') return one;
  const session = name === 'get' ? { session: [] } : { session: [], csrf: [] };
  return { ...(one as object), security: [...PASSWORD_OR_TOKEN, session] };
}

/** @param others paths of other APIs of the same server, and the schemas that they refer to */
export function openApi(
  descriptions: Descriptions,
  version: string,
  others: { readonly paths: Paths; readonly schemas: Readonly<Record<string, Schema>> },
): Schema {
  const { contacts, ...top } = descriptions;
  const root = '/poise/api/config';
  const resources = `${root}/teams/{id}/resources`;
  const answer = { description: 'What the team has', headers: TAGGED, ...json(ref('teamResources')) };
  const schemas = Object.assign(
    {},
    ...Object.values(descriptions).map((description) => ({
      [description.name]: objectSchema([...STATE[description.key], ...description.fields], []),
      ...requestSchemas(description),
    })),
  );
  return {
    openapi: '3.1.0',
    info: { title: 'Poise', version },
    servers: [{ url: '/' }],
    security: PASSWORD_OR_TOKEN,
    paths: withSessions({
      ...others.paths,
      ...Object.assign({}, ...Object.values(top).map((one) => pathsOf(`${root}/${one.name}`, one))),
      ...pathsOf(`${root}/phoneBooks/{book}/contacts`, contacts),
      ...settingsPaths(`${root}/settings`),
      [resources]: {
        parameters: [parameter('id', 'path', true, 'integer')],
        get: { operationId: 'teamResources.get', responses: { 200: answer, default: PROBLEM } },
        put: {
          operationId: 'teamResources.update',
          parameters: [parameter('If-Match', 'header', true)],
          requestBody: { required: true, ...json(ref('teamResources')) },
          responses: { 200: answer, default: PROBLEM },
        },
      },
    }),
    components: {
      securitySchemes: SECURITY_SCHEMES,
      schemas: {
        ...others.schemas,
        ...schemas,
        ...Object.fromEntries(
          Object.values(SETTINGS_DESCRIPTIONS).map(({ name, fields }) => [
            `settings.${name}`,
            objectSchema(fields, []),
          ]),
        ),
        teamResources: objectSchema(TEAM_RESOURCES.fields, []),
        problem: PROBLEM_SCHEMA,
      },
    },
  };
}
