import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Administration, errors, type Json } from '../../test/centre/administration.ts';

let administration: Administration;

beforeEach(async () => {
  administration = await Administration.open();
});
afterEach(() => administration.close());

const ask: Administration['ask'] = (...asked) => administration.ask(...asked);
const get: Administration['get'] = (...asked) => administration.get(...asked);
const make: Administration['make'] = (...asked) => administration.make(...asked);
const put: Administration['put'] = (...asked) => administration.put(...asked);
const remove: Administration['remove'] = (...asked) => administration.remove(...asked);

const HOSTILE = `<b>&"'; DROP TABLE x;--`;
const USER = { loginId: '7001', roles: ['Agent'], password: 'sesame-7001' };
const CODE = { category: 'NOT_READY', code: 500, label: 'Meeting' };
const ACTION = { name: 'Pop', type: 'BROWSER_POP', params: [{ name: 'path', value: 'https://x.example/' }] };
const WORKFLOW = { name: 'W', triggerSet: { name: 'ARRIVES' } };

interface Row {
  readonly path: string;
  readonly first: Json;
  /** Another one of the same kind. */
  readonly second: Json;
  readonly change: Json;
  /** Fields whose texts may be anything. */
  readonly text?: string;
  /** What a new one cannot be, and which errors tell of it. */
  readonly bad: readonly (readonly [body: Json, ...errors: string[]])[];
  /** Body that has something in common with the first one, and the error. */
  readonly twice?: readonly [body: Json, error: string];
}

const ROWS: readonly Row[] = [
  {
    path: 'users',
    first: USER,
    second: {
      loginId: '7002',
      roles: ['Supervisor'],
      supervisedTeamIds: [5000],
      teamId: 5001,
      skillGroupNumbers: [85881],
    },
    change: { firstName: 'Ada', teamId: 5000 },
    text: 'lastName',
    bad: [
      [{ ...USER, loginId: 'a b' }, 'loginId FORMAT'],
      [{ ...USER, loginId: '' }, 'loginId REQUIRED'],
      [{ ...USER, loginId: 'x'.repeat(32) }, 'loginId LENGTH'],
      [{ ...USER, roles: [] }, 'roles REQUIRED'],
      [{ ...USER, roles: ['Boss'] }, 'roles.0 FORMAT'],
      [{ ...USER, password: 'short' }, 'password LENGTH'],
      [{ ...USER, teamId: 99 }, 'teamId REFERENCE'],
      [{ ...USER, supervisedTeamIds: [5000, 99] }, 'supervisedTeamIds.1 REFERENCE'],
      [{ ...USER, skillGroupNumbers: [1] }, 'skillGroupNumbers.0 REFERENCE'],
      [{ ...USER, loginId: 'MMOUSE' }, 'loginId DUPLICATE'],
      [{ ...USER, loginName: '2001' }, 'loginName DUPLICATE'],
      [{ ...USER, loginName: '\u202eada' }, 'loginName FORMAT'],
      [{ ...USER, loginName: 'a\u200bda' }, 'loginName FORMAT'],
    ],
    twice: [{ ...USER, loginName: 'other' }, 'loginId DUPLICATE'],
  },
  {
    path: 'teams',
    first: { name: 'North' },
    second: { name: 'South', wrapUpOnIncoming: 'REQUIRED' },
    change: { wrapUpTimerSeconds: 60 },
    text: 'name',
    bad: [
      [{}, 'name REQUIRED'],
      [{ name: 'x'.repeat(65) }, 'name LENGTH'],
      [{ name: 'x', wrapUpTimerSeconds: 0 }, 'wrapUpTimerSeconds RANGE'],
    ],
    twice: [{ name: 'North' }, 'name DUPLICATE'],
  },
  {
    path: 'skillGroups',
    first: { name: 'Claims' },
    second: { name: 'Orders', number: 77, skillGroupId: 99 },
    change: { name: 'Returns' },
    text: 'name',
    bad: [[{ name: 'x', number: 0 }, 'number RANGE']],
    twice: [{ name: 'Claims' }, 'name DUPLICATE'],
  },
  {
    path: 'devices',
    first: { extension: '7100' },
    second: { extension: '7101' },
    change: {},
    bad: [
      [{ extension: 'abc' }, 'extension FORMAT'],
      [{ extension: '6001' }, 'extension DUPLICATE'],
    ],
    twice: [{ extension: '7100' }, 'extension DUPLICATE'],
  },
  {
    path: 'dialledNumbers',
    first: { number: '7900', skillGroupNumber: 85881 },
    second: { number: '7901', skillGroupNumber: 85882, priority: 1 },
    change: { skillGroupNumber: 85882, priority: 10 },
    bad: [
      [{ number: '7902', skillGroupNumber: 1 }, 'skillGroupNumber REFERENCE'],
      [{ number: '7902', skillGroupNumber: 85881, priority: 11 }, 'priority RANGE'],
      [{ number: '2005', skillGroupNumber: 85881 }, 'number DUPLICATE'],
    ],
    twice: [{ number: '7900', skillGroupNumber: 85882 }, 'number DUPLICATE'],
  },
  {
    path: 'reasonCodes',
    first: CODE,
    second: { ...CODE, code: 501, label: 'Team', forAll: false, teamIds: [5000] },
    change: { label: 'Board' },
    text: 'label',
    bad: [
      [{ ...CODE, code: 0 }, 'code RANGE'],
      [{ ...CODE, code: 65_536 }, 'code RANGE'],
      [{ ...CODE, label: 'é'.repeat(41) }, 'label LENGTH'],
      [{ ...CODE, category: 'READY' }, 'category FORMAT'],
      [{ ...CODE, teamIds: [5000] }, 'teamIds FORMAT'],
      [{ ...CODE, forAll: false, teamIds: [99] }, 'teamIds.0 REFERENCE'],
      [{}, 'category REQUIRED', 'code REQUIRED', 'label REQUIRED'],
    ],
    twice: [{ ...CODE, label: 'Else' }, 'code DUPLICATE'],
  },
  {
    path: 'wrapUpReasons',
    first: { label: 'Sold something' },
    second: { label: 'Of a team', forAll: false, teamIds: [5001] },
    change: { label: 'Sold nothing' },
    text: 'label',
    bad: [[{ label: 'é'.repeat(20) }, 'label LENGTH']],
    twice: [{ label: 'Sold something' }, 'label DUPLICATE'],
  },
  {
    path: 'phoneBooks',
    first: { name: 'Vendors', type: 'GLOBAL' },
    second: { name: 'Team', type: 'TEAM' },
    change: { name: 'Partners' },
    text: 'name',
    bad: [
      [{ name: 'x', type: 'OWN' }, 'type FORMAT'],
      [{ name: 'x', type: 'GLOBAL', teamIds: [5000] }, 'teamIds FORMAT'],
    ],
    twice: [{ name: 'Vendors', type: 'TEAM' }, 'name DUPLICATE'],
  },
  {
    path: 'phoneBooks/1/contacts',
    first: { phoneNumber: '0800 1' },
    second: { phoneNumber: '+49', firstName: 'A' },
    change: { lastName: 'B' },
    text: 'description',
    bad: [
      [{}, 'phoneNumber REQUIRED'],
      [{ phoneNumber: '1'.repeat(33) }, 'phoneNumber LENGTH'],
    ],
  },
  {
    path: 'mediaPropertiesLayouts',
    first: { name: 'Mine', columns: [[{ mediaProperty: 'callVariable1' }]] },
    second: { name: 'Other', header: { mediaProperty: 'user.x', showInPopOver: true } },
    change: { header: { displayName: 'Number', mediaProperty: 'DNIS' } },
    text: 'description',
    bad: [
      [{ name: 'x', columns: [[], [], []] }, 'columns MAXIMUM'],
      [
        { name: 'x', columns: [Array(6).fill({ mediaProperty: 'BAStatus', showInPopOver: true })] },
        'columns MAXIMUM',
      ],
    ],
    twice: [{ name: 'Mine' }, 'name DUPLICATE'],
  },
  {
    path: 'workflowActions',
    first: ACTION,
    second: {
      name: 'Send',
      type: 'HTTP_REQUEST',
      params: [
        { name: 'path', value: '/x' },
        { name: 'method', value: 'POST' },
        { name: 'location', value: 'OTHER' },
        { name: 'body', value: '{\n "a": 1 }' },
      ],
      variables: [{ name: 'callVariable1', type: 'SYSTEM', testValue: '5' }],
    },
    change: { handledBy: 'OTHER' },
    text: 'name',
    bad: [
      [{ ...ACTION, params: [] }, 'params REQUIRED'],
      [{ ...ACTION, variables: [{ name: 'v', type: 'CUSTOM' }] }, 'variables.0.node REQUIRED'],
      [{ ...ACTION, params: [...ACTION.params, ...ACTION.params] }, 'params DUPLICATE'],
      [{ ...ACTION, params: [{ name: 'path', value: 'x'.repeat(501) }] }, 'params.0.value LENGTH'],
      [{ ...ACTION, type: 'HTTP_REQUEST' }, 'params REQUIRED'],
    ],
    twice: [ACTION, 'name DUPLICATE'],
  },
  {
    path: 'workflows',
    first: WORKFLOW,
    second: {
      ...WORKFLOW,
      name: 'V',
      conditionSet: {
        applyMethod: 'ANY',
        conditions: [{ variable: { name: 'x', node: '//Dialog/x' }, comparator: 'IS_EQUAL', value: HOSTILE }],
      },
    },
    change: { media: 'Chat' },
    text: 'description',
    bad: [
      [{ name: 'x' }, 'triggerSet REQUIRED'],
      [{ ...WORKFLOW, name: 'x', actionIds: [999] }, 'actionIds.0 REFERENCE'],
      [
        {
          ...WORKFLOW,
          name: 'x',
          conditionSet: {
            conditions: [{ variable: { name: 'v', type: 'CUSTOM' }, comparator: 'IS_EQUAL', value: '1' }],
          },
        },
        'conditionSet.conditions.0.variable.node REQUIRED',
      ],
      [{ ...WORKFLOW, name: 'x'.repeat(41) }, 'name LENGTH'],
    ],
    twice: [WORKFLOW, 'name DUPLICATE'],
  },
];

describe.each(ROWS)('$path', ({ path, first, second, change, text, bad, twice }) => {
  test('are made, read, found, changed, and removed', async () => {
    const { total } = await get(path);
    const { password: _, ...shown } = first;
    const made = await make(path, first);
    const other = await make(path, second);
    expect(made).toMatchObject(shown);
    expect(made).not.toHaveProperty('password');
    expect(other.id).not.toBe(made.id);
    expect((await get(path)).total).toBe(total + 2);
    const at = `${path}/${made.id}`;
    const read = await ask('GET', `config/${at}`);
    expect([read.status, read.body]).toEqual([200, made]);
    if (path !== 'devices') {
      const changed = await put(at, change);
      expect(changed.status, JSON.stringify(changed.body)).toBe(200);
      expect(changed.body).toMatchObject({ ...shown, ...change });
      // What was read may be sent back as it is.
      expect((await put(at, changed.body)).body).toEqual(changed.body);
    }
    for (const one of [made, other]) expect((await remove(`${path}/${one.id}`)).status).toBe(204);
    expect(errors(await ask('GET', `config/${at}`))).toEqual([404, 'NOT_FOUND']);
    expect((await get(path)).total).toBe(total);
  });

  test.each(bad)('refuse %j', async (body, ...expected) => {
    const { total } = await get(path);
    expect(errors(await ask('POST', `config/${path}`, body))).toEqual([400, 'INVALID', ...expected]);
    expect((await get(path)).total).toBe(total);
  });

  test('are told when somebody else was faster', async () => {
    const { id } = await make(path, first);
    if (path === 'devices') return;
    const { etag } = (await ask('GET', `config/${path}/${id}`)).headers;
    expect(errors(await ask('PUT', `config/${path}/${id}`, change))).toEqual([428, 'IF_MATCH_NEEDED']);
    expect((await put(`${path}/${id}`, change)).status).toBe(200);
    const headers = { 'if-match': String(etag) };
    expect(errors(await ask('PUT', `config/${path}/${id}`, change, { headers }))).toEqual([412, 'CHANGED']);
    expect(errors(await ask('DELETE', `config/${path}/${id}`, undefined, { headers }))).toEqual([
      412,
      'CHANGED',
    ]);
  });

  test('are no other ones twice, and unknown fields are none', async () => {
    await make(path, first);
    if (twice !== undefined)
      expect(errors(await ask('POST', `config/${path}`, twice[0]))).toContain(twice[1]);
    expect(errors(await ask('POST', `config/${path}`, { ...second, shoeSize: 42 }))).toEqual([
      400,
      'INVALID',
      'shoeSize FORMAT',
    ]);
  });

  test('hold markup and SQL as text', async () => {
    if (text === undefined) return;
    const made = await make(path, { ...first, [text]: HOSTILE });
    expect(made[text]).toBe(HOSTILE);
    const { items } = await get(`${path}?search=${encodeURIComponent('drop table')}`);
    expect(items.map(({ id }: Json) => id)).toContain(made.id);
  });

  test.each(['2001', '3001'])('are not for %s', async (user) => {
    for (const [method, where] of [
      ['GET', path],
      ['POST', path],
      ['GET', `${path}/1`],
      ['PUT', `${path}/1`],
      ['DELETE', `${path}/1`],
    ] as const)
      expect(errors(await ask(method, `config/${where}`, undefined, { user }))).toEqual([403, 'FORBIDDEN']);
  });

  test('are not for strangers, nor in other forms', async () => {
    const answer = await ask('GET', `config/${path}`, undefined, { user: '' });
    expect(errors(answer)).toEqual([401, 'UNAUTHORIZED']);
    expect(answer.headers['www-authenticate']).toContain('Basic');
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(errors(await ask('POST', `config/${path}`, '{'))).toEqual([400, 'BAD_REQUEST']);
    expect(errors(await ask('POST', `config/${path}`, undefined))).toEqual([400, 'INVALID', ' FORMAT']);
    expect(
      errors(await ask('POST', `config/${path}`, 'a=b', { headers: { 'content-type': 'text/plain' } })),
    ).toEqual([415, 'NOT_JSON']);
    expect(errors(await ask('POST', `config/${path}`, { x: 'x'.repeat(2_200_000) }))).toEqual([
      413,
      'TOO_LARGE',
    ]);
    expect(errors(await ask('PATCH', `config/${path}`, {}))).toEqual([405, 'METHOD_NOT_ALLOWED']);
    expect(errors(await ask('DELETE', `config/${path}/999999`))).toEqual([404, 'NOT_FOUND']);
  });

  test('are answered 503 while the store cannot be written, and reads go on', async () => {
    administration.broken = Object.assign(new Error('disk is full'), {
      code: 'ERR_SQLITE_ERROR',
      errcode: 13,
    });
    expect(errors(await ask('POST', `config/${path}`, first))).toEqual([503, 'NOT_WRITABLE']);
    expect((await ask('GET', `config/${path}`)).status).toBe(200);
  });
});

describe('lists', () => {
  test('come in pages, in order, and as far as they are searched for', async () => {
    const names = async (query: string) => (await get(`teams${query}`)).items.map(({ name }: Json) => name);
    const all = await names('');
    expect(await names('?sort=name')).toEqual([...all].sort());
    expect(await names('?sort=-name')).toEqual([...all].sort().reverse());
    expect(await names('?sort=name&offset=1&limit=1')).toEqual([[...all].sort()[1]]);
    expect(await get('teams?limit=1')).toMatchObject({ total: all.length });
    expect(await names('?search=mATHs')).toEqual(['Maths']);
  });

  test('are searched and sorted by the names of what they refer to, page by page', async () => {
    const team = async (name: string) => (await make('teams', { name })).id as number;
    // Made in an order that is not that of their names.
    const [zebra, aardvark] = [await team('Zebra crew'), await team('Aardvark crew')];
    for (const [loginId, teamId] of [
      ['7101', zebra],
      ['7102', aardvark],
      ['7103', zebra],
    ] as const)
      await make('users', { loginId, roles: ['Agent'], teamId });
    const ids = async (query: string) => {
      const { items, total } = await get(`users?${query}`);
      return [items.map(({ id }: Json) => id), total];
    };
    expect(await ids('search=zebra')).toEqual([['7101', '7103'], 2]);
    expect(await ids('search=ZEBRA%20crew&offset=1&limit=1')).toEqual([['7103'], 2]);
    expect(await ids('search=k%20crew&sort=teamId')).toEqual([['7102'], 1]);
    expect(await ids('search=%20crew&sort=teamId')).toEqual([['7102', '7101', '7103'], 3]);
    expect((await ids('search=%20crew&sort=-teamId'))[0]).toEqual(['7101', '7103', '7102']);
    const far = await make('skillGroups', { name: 'Far away', number: 987_654, skillGroupId: 987_655 });
    await make('dialledNumbers', { number: '6901', skillGroupNumber: far.id });
    const numbers = async (search: string) =>
      (await get(`dialledNumbers?search=${search}`)).items.map(({ number }: Json) => number);
    expect(await numbers('far%20AWAY%20(987')).toEqual(['6901']);
    expect(await numbers('Nowhere')).toEqual([]);
  });

  test.each([
    'limit=0',
    'limit=1001',
    'offset=-1',
    'sort=shoeSize',
    'sort=password',
    'find=x',
    'limit=1&limit=2',
  ])('refuse %s', async (query) => {
    expect(errors(await ask('GET', `config/users?${query}`))).toEqual([400, 'BAD_REQUEST']);
  });
});

test('the schema describes every collection', async () => {
  const { resources, teamResources } = await get('schema');
  expect(Object.keys(resources)).toHaveLength(ROWS.length + 1);
  expect(teamResources.fields[0].name).toBe('reasonCodes');
  expect(errors(await ask('GET', 'config/nothing'))).toEqual([404, 'NOT_FOUND']);
});
