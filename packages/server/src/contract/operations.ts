/** Words in which the rooms describe their own APIs: parts of OpenAPI 3.1. What they come to is put together in `documents.ts`. */

export type Schema = Readonly<Record<string, unknown>>;
/** Paths with their operations. */
export type Paths = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export const TEXT: Schema = { type: 'string' };
export const WHOLE: Schema = { type: 'integer' };
export const FLAG: Schema = { type: 'boolean' };
/** ISO 8601, UTC. */
export const TIME: Schema = { type: 'string', format: 'date-time' };
export const oneOf = (...values: string[]): Schema => ({ enum: values });
export const nullable = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });
export const listOf = (items: Schema): Schema => ({ type: 'array', items });

/** An object of an answer: every member is there, but for those that are named, and there are no others. */
export const members = (
  properties: Readonly<Record<string, Schema>>,
  optional: readonly string[] = [],
): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  additionalProperties: false,
});

export const json = (schema: Schema) => ({ content: { 'application/json': { schema } } });
export const answer = (description: string, schema: Schema) => ({ description, ...json(schema) });
export const body = (schema: Schema) => ({ required: true, ...json(schema) });

export const parameter = (
  name: string,
  where: 'path' | 'query' | 'header',
  required: boolean,
  type = 'string',
) => ({
  name,
  in: where,
  required,
  schema: { type },
});
/** Parameters that may be left out. */
export const query = (...names: string[]) => names.map((name) => parameter(name, 'query', false));

/** RFC 9457, with an entry for each field that is wrong. */
export const PROBLEM_SCHEMA: Schema = members({
  title: TEXT,
  status: WHOLE,
  code: TEXT,
  errors: listOf(
    members({
      field: TEXT,
      code: oneOf('REQUIRED', 'FORMAT', 'RANGE', 'LENGTH', 'DUPLICATE', 'MAXIMUM', 'REFERENCE', 'FIXED'),
      message: TEXT,
    }),
  ),
});
export const PROBLEM = {
  description: 'An error, with an entry for each field that is wrong',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/problem' } } },
};
/** What APIs answer that are older than problem details. */
export const ERROR = answer(
  'An error: one sentence, and a name for programs',
  members({ error: TEXT, problem: TEXT }, ['problem']),
);
