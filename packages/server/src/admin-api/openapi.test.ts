import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Administration, type Json } from '../../test/centre/administration.ts';
import { isRequest, requestSchema } from '../../test/centre/json-contract.ts';

let administration: Administration;
let store: Administration['store'];

beforeEach(async () => {
  administration = await Administration.open();
  ({ store } = administration);
});
afterEach(() => administration.close());

const ask: Administration['ask'] = (...asked) => administration.ask(...asked);
const make: Administration['make'] = (...asked) => administration.make(...asked);
const put: Administration['put'] = (...asked) => administration.put(...asked);
const remove: Administration['remove'] = (...asked) => administration.remove(...asked);

/** What the contract asks for, and nothing else; members have names of the schema. */
function least(schema: Json): unknown {
  if (schema.$ref !== undefined) return least(requestSchema(schema.$ref));
  if (schema.enum !== undefined) return schema.enum[0];
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        (schema.required ?? []).map((name: string) => [name, least(schema.properties[name])]),
      );
    case 'array':
      return Array.from({ length: schema.minItems ?? 0 }, () => least(schema.items));
    case 'integer':
      // What refers to something else has no bounds.
      return schema.maximum === undefined
        ? store.directory.current.skillGroups()[0]!.number
        : Math.min(schema.maximum, 4_321);
    default:
      return ['98765', 'Z', 'callVariable1'].find((text) => new RegExp(schema.pattern ?? '').test(text));
  }
}

describe('the contract says what a request needs:', () => {
  /** What is needed because of the value of something else. */
  const BEYOND: Record<string, Json> = { workflowActions: { params: [{ name: 'path', value: '/' }] } };
  const CREATED = [
    'users',
    'teams',
    'skillGroups',
    'devices',
    'dialledNumbers',
    'reasonCodes',
    'wrapUpReasons',
    'phoneBooks',
    'mediaPropertiesLayouts',
    'workflows',
    'workflowActions',
    'phoneBooks/{book}/contacts',
  ];

  test.each(CREATED)('%s', async (name) => {
    const path = `/poise/api/config/${name}`;
    const here = `config/${name.replace('{book}', '1')}`;
    const valid = (body: unknown) => isRequest('POST', path, body);
    const post = async (body: unknown) => (await ask('POST', here, body)).status;
    const whole = { ...(least(requestSchema('POST', path)) as Json), ...BEYOND[name] };
    for (const missing of Object.keys(whole)) {
      const { [missing]: value, ...rest } = whole;
      expect([missing, valid(rest), await post(rest)]).toEqual([missing, false, 400]);
      if (typeof value !== 'string') continue;
      const blank = { ...whole, [missing]: '  ' };
      expect([missing, valid(blank), await post(blank)]).toEqual([missing, false, 400]);
    }
    expect([valid({}), await post({})]).toEqual([false, 400]);
    expect([valid(whole), await post(whole)]).toEqual([true, 201]);
  });

  test.each([
    ['mediaPropertiesLayouts', { header: {} }],
    ['mediaPropertiesLayouts', { columns: [[{}]] }],
    ['workflows', { triggerSet: {} }],
    ['workflows', { triggerSet: { name: ' ' } }],
    ['workflows', { conditionSet: { conditions: [{}] } }],
    ['workflows', { conditionSet: { conditions: [{ variable: {}, comparator: 'IS_EQUAL' }] } }],
    ['workflowActions', { params: [{}] }],
    ['workflowActions', { params: [] }],
    ['workflowActions', { params: [{ name: 'path', value: ' ' }] }],
    ['workflowActions', { type: 'HTTP_REQUEST' }],
    ['workflowActions', { variables: [{}] }],
  ])('%s, inside of %j', async (name, part) => {
    const path = `/poise/api/config/${name}`;
    const whole = { ...(least(requestSchema('POST', path)) as Json), ...BEYOND[name] };
    const body = { ...whole, ...part };
    expect([isRequest('POST', path, body), (await ask('POST', `config/${name}`, body)).status]).toEqual([
      false,
      400,
    ]);
    const { id } = await make(name, whole);
    if (name === 'workflowActions' && !JSON.stringify(part).includes('{}')) return;
    expect([isRequest('PUT', `${path}/{id}`, part), (await put(`${name}/${id}`, part)).status]).toEqual([
      false,
      400,
    ]);
    expect([isRequest('PUT', `${path}/{id}`, {}), (await put(`${name}/${id}`, {})).status]).toEqual([
      true,
      200,
    ]);
  });

  test('If-Match where an object is changed', async () => {
    const { id } = await make('teams', { name: 'Tagged' });
    const answer = await ask('PUT', `config/teams/${id}`, {});
    expect([answer.status, answer.body.code]).toEqual([428, 'IF_MATCH_NEEDED']);
    expect((await ask('PUT', `config/teams/${id}/resources`, {})).status).toBe(428);
    expect((await remove(`teams/${id}`)).status).toBe(204);
  });
});
