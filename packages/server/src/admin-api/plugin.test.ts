import { VirtualClock } from '@poise/clock';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { heldToContract, isRequest, requestSchema } from '../../test/centre/json-contract.ts';
import { TestAccounts } from '../../test/centre/test-accounts.ts';
import { testSystemSettings } from '../../test/centre/test-system-settings.ts';
import { createStoredKeys, verifyPassword } from '../accounts/scram-keys.ts';
import { auditing } from '../audit/trail.ts';
import type { WriteTold } from '../audit/write-line.ts';
import { descriptionsFor } from '../configuration/descriptions.ts';
import { CONTACTS_MAX } from '../configuration/limits.ts';
import { demoUsers } from '../demo/centre.ts';
import { seedDemo } from '../demo/seed.ts';
import { EMPTY_DIRECTORY } from '../store/snapshot.ts';
import { Store } from '../store/store.ts';
import { provideSystemReasonCodes } from '../store/system-reason-codes.ts';
import type { ConsoleSessions } from './access.ts';
import { auditPlugin } from './audit-plugin.ts';
import { configurationPlugin } from './plugin.ts';

const START = Date.parse('2026-11-27T08:00:00Z');

let app: FastifyInstance;
let store: Store;
let clock: VirtualClock;
let signedIn: Record<string, string>;
let sessions: ConsoleSessions | undefined;
let written: Parameters<WriteTold>[0][];
let broken: Error | undefined;

beforeEach(async () => {
  clock = new VirtualClock(START);
  store = await Store.open();
  written = [];
  signedIn = {};
  sessions = undefined;
  broken = undefined;
  await seedDemo(store);
  store.layBeside({ ...EMPTY_DIRECTORY, users: demoUsers() });
  await provideSystemReasonCodes(store, 'CCE');
  const { directory } = store;
  const access = {
    accounts: new TestAccounts(directory),
    directory,
    sessions: { find: (cookies: string | undefined) => sessions?.find(cookies) },
  };
  app = heldToContract();
  await app.register(
    configurationPlugin({
      ...access,
      descriptions: descriptionsFor({ deployment: 'CCE', passwordMin: 8 }),
      deployment: 'CCE',
      change: async (work, origin) => {
        if (broken !== undefined) throw broken;
        return store.change(
          work,
          auditing(origin, () => clock.now()),
        );
      },
      isStored: (loginId) => store.isStored(loginId),
      systemSettings: testSystemSettings(),
      tellWrite: (line) => void written.push(line),
      testCti: () => Promise.reject(new Error('nobody asks for it here')),
      keysOf: async (password) => ({
        ...(await createStoredKeys(password, 4096)),
        setByHand: true,
        changedAtMs: clock.now(),
      }),
      signedIn: (loginId) =>
        signedIn[loginId] === undefined ? undefined : { state: 'READY', extension: signedIn[loginId] },
      userAt: (extension) => Object.keys(signedIn).find((loginId) => signedIn[loginId] === extension),
    }),
    { prefix: '/poise/api' },
  );
  await app.register(auditPlugin({ ...access, find: (search) => store.repositories.audit.find(search) }), {
    prefix: '/poise/api',
  });
});
afterEach(async () => {
  await app.close();
  await store.close();
});

// biome-ignore lint/suspicious/noExplicitAny: answers of every kind are looked into
type Json = Record<string, any>;
type Method = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';
const basic = (user: string) => `Basic ${Buffer.from(`${user}:${user}`).toString('base64')}`;

async function ask(
  method: Method,
  path: string,
  body?: unknown,
  { user = 'admin', headers = {} as Record<string, string> } = {},
) {
  const answer = await app.inject({
    method,
    url: `/poise/api/${path}`,
    headers: {
      ...(user === '' ? {} : { authorization: basic(user) }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return {
    status: answer.statusCode,
    headers: answer.headers,
    body: (answer.body === '' ? {} : answer.json()) as Json,
  };
}
const get = async (path: string) => (await ask('GET', `config/${path}`)).body;
async function make(path: string, body: unknown): Promise<Json> {
  const answer = await ask('POST', `config/${path}`, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  expect(answer.headers.location).toBe(`/poise/api/config/${path}/${encodeURIComponent(answer.body.id)}`);
  return answer.body;
}
/** Reads, then writes with the tag that was read. */
async function put(path: string, body: unknown) {
  const { headers } = await ask('GET', `config/${path}`);
  return ask('PUT', `config/${path}`, body, { headers: { 'if-match': String(headers.etag) } });
}
const remove = (path: string) => ask('DELETE', `config/${path}`);
const errors = ({ status, body }: { status: number; body: Json }) => [
  status,
  body.code,
  ...((body.errors ?? []) as Json[]).map(({ field, code }) => `${field} ${code}`),
];

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
    broken = Object.assign(new Error('disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 });
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

describe('users', () => {
  test('have passwords that nobody reads', async () => {
    await make('users', USER);
    const keys = async () => (await store.repositories.credentials.find('7001'))!;
    expect(await verifyPassword('sesame-7001', await keys())).toBe(true);
    await put('users/7001', { firstName: 'A' });
    expect(await verifyPassword('sesame-7001', await keys())).toBe(true);
    const told: (string | null)[] = [];
    store.onCredentialChange((loginId) => told.push(loginId));
    await put('users/7001', { password: ' another one ' });
    expect(await verifyPassword(' another one ', await keys())).toBe(true);
    expect(told).toEqual(['7001']);
    expect(JSON.stringify(await get('users'))).not.toMatch(/password|another one/);
    expect(JSON.stringify((await ask('GET', 'audit')).body)).not.toMatch(/sesame|another one/);
  });

  test('are not deleted while they are signed in', async () => {
    await make('users', USER);
    signedIn['7001'] = '1001';
    expect(errors(await remove('users/7001'))).toEqual([409, 'SIGNED_IN']);
    expect(errors(await put('users/7001', { roles: ['Administrator'] }))).toEqual([409, 'SIGNED_IN']);
    expect((await put('users/7001', { firstName: 'B' })).status).toBe(200);
    signedIn = {};
    expect((await remove('users/7001')).status).toBe(204);
  });

  test('of the demonstration cannot be changed', async () => {
    expect(errors(await put('users/2001', { firstName: 'X' }))).toEqual([409, 'BUILT_IN']);
    expect(errors(await remove('users/2001'))).toEqual([409, 'BUILT_IN']);
  });

  test('always have an administrator among them', async () => {
    store.layBeside(EMPTY_DIRECTORY);
    await store.change(({ users }) =>
      users.create({
        loginId: 'admin',
        loginName: 'admin',
        firstName: '',
        lastName: '',
        roles: ['Administrator'],
        teamId: null,
        supervisedTeamIds: [],
        skillTargetId: 1,
        skillGroupNumbers: [],
      }),
    );
    expect(errors(await remove('users/admin'))).toEqual([409, 'LAST_ADMINISTRATOR']);
    expect(errors(await put('users/admin', { roles: ['Agent'] }))).toEqual([409, 'LAST_ADMINISTRATOR']);
    await make('users', { loginId: 'second', roles: ['Administrator'] });
    expect((await remove('users/admin')).status).toBe(204);
  });

  test('cannot change their login id', async () => {
    await make('users', USER);
    expect(errors(await put('users/7001', { loginId: '7009' }))).toEqual([400, 'INVALID', 'loginId FORMAT']);
  });
});

describe('what is in use stays', () => {
  test.each(['teams/5000', 'skillGroups/85881', 'workflowActions/1', 'devices/2005'])('%s', async (path) => {
    signedIn = { 2001: '2005' };
    expect(errors(await remove(path))).toEqual([409, 'IN_USE']);
  });

  test('a phone book of teams', async () => {
    const { id } = await make('phoneBooks', { name: 'T', type: 'TEAM', teamIds: [5000] });
    expect(errors(await remove(`phoneBooks/${id}`))).toEqual([409, 'IN_USE']);
    expect(errors(await put(`phoneBooks/${id}`, { type: 'GLOBAL' }))).toEqual([409, 'IN_USE']);
    expect((await put(`phoneBooks/${id}`, { type: 'GLOBAL', teamIds: [] })).status).toBe(200);
    expect((await remove(`phoneBooks/${id}`)).status).toBe(204);
  });
});

describe('what is of the system', () => {
  test('reason codes change their label only', async () => {
    const { items } = await get('reasonCodes?search=32767');
    const [{ id, code }] = items;
    expect(errors(await remove(`reasonCodes/${id}`))).toEqual([409, 'SYSTEM']);
    expect((await put(`reasonCodes/${id}`, { code, label: 'No answer' })).body.label).toBe('No answer');
    expect(errors(await put(`reasonCodes/${id}`, { code: 5, forAll: false }))).toEqual([
      400,
      'INVALID',
      'code FORMAT',
      'forAll FORMAT',
    ]);
  });

  test('the default layout of call variables is not removed', async () => {
    const { items } = await get('mediaPropertiesLayouts');
    expect(errors(await remove(`mediaPropertiesLayouts/${items[0].id}`))).toEqual([409, 'SYSTEM']);
  });
});

describe('limits', () => {
  test('100 reason codes for all in a category, by both APIs', async () => {
    const { items } = await get('reasonCodes');
    const known = items.filter((one: Json) => one.category === 'NOT_READY' && one.forAll && !one.systemCode);
    await store.change(async ({ reasonCodes }) => {
      for (let n = known.length; n < 100; n++)
        await reasonCodes.create({
          category: 'NOT_READY',
          code: 2_000 + n,
          label: `r${n}`,
          forAll: true,
          systemCode: false,
          teamIds: [],
        });
    });
    expect(errors(await ask('POST', 'config/reasonCodes', CODE))).toEqual([400, 'INVALID', 'forAll MAXIMUM']);
    const { id } = await make('reasonCodes', { ...CODE, forAll: false });
    expect(errors(await put(`reasonCodes/${id}`, { forAll: true }))).toEqual([
      400,
      'INVALID',
      'forAll MAXIMUM',
    ]);
    await make('reasonCodes', { ...CODE, category: 'LOGOUT' });
  });

  test('100 wrap-up reasons for one team', async () => {
    await store.change(async ({ wrapUpReasons }) => {
      for (let n = 0; n < 100; n++)
        await wrapUpReasons.create({ label: `w${n}`, forAll: false, teamIds: [5002] });
    });
    expect(
      errors(await ask('POST', 'config/wrapUpReasons', { label: 'x', forAll: false, teamIds: [5002] })),
    ).toEqual([400, 'INVALID', 'teamIds MAXIMUM']);
  });

  test('10 global phone books', async () => {
    const { items } = await get('phoneBooks?search=GLOBAL');
    for (let n = items.length; n < 10; n++) await make('phoneBooks', { name: `b${n}`, type: 'GLOBAL' });
    expect(errors(await ask('POST', 'config/phoneBooks', { name: 'x', type: 'GLOBAL' }))).toEqual([
      400,
      'INVALID',
      'type MAXIMUM',
    ]);
  });
});

test('what becomes global leaves its teams', async () => {
  const { id } = await make('reasonCodes', { ...CODE, forAll: false, teamIds: [5000, 5001] });
  expect((await put(`reasonCodes/${id}`, { forAll: true })).body).toMatchObject({
    forAll: true,
    teamIds: [],
  });
});

describe('layouts', () => {
  const xml = async () => (await get('layouts/default')).xml as string;

  test('of the product, until others are saved; and again when these are removed', async () => {
    const product = await xml();
    expect((await get('layouts/5000')).useDefault).toBe(true);
    const mine = product.replace('</layout>', '</layout><!-- mine -->');
    expect((await put('layouts/default', { xml: mine })).status).toBe(200);
    expect((await put('layouts/5000', { xml: mine, useDefault: false })).body).toMatchObject({
      useDefault: false,
    });
    expect(await xml()).toBe(mine);
    expect((await remove('layouts/default')).status).toBe(204);
    expect((await remove('layouts/5000')).status).toBe(204);
    expect(await xml()).toBe(product);
    expect(await get('layouts/5000')).toMatchObject({ useDefault: true, xml: '' });
  });

  test('are checked, with line and column', async () => {
    const answer = await put('layouts/default', { xml: '<finesseLayout>\n<x/>' });
    expect(errors(answer).slice(0, 3)).toEqual([400, 'INVALID', 'xml FORMAT']);
    expect(answer.body.errors[0].message).toMatch(/^Line \d+, column \d+/);
    expect(errors(await put('layouts/5000', { useDefault: false }))).toEqual([
      400,
      'INVALID',
      'xml REQUIRED',
    ]);
    expect(errors(await put('layouts/default', { useDefault: true }))).toEqual([
      400,
      'INVALID',
      'useDefault FORMAT',
    ]);
    expect(errors(await ask('GET', 'config/layouts/99'))).toEqual([404, 'NOT_FOUND']);
    expect(errors(await ask('POST', 'config/layouts', {}))).toEqual([405, 'METHOD_NOT_ALLOWED']);
  });
});

describe('the resources of a team', () => {
  test('are replaced at once, in order, or not at all', async () => {
    const code = await make('reasonCodes', { ...CODE, forAll: false });
    const out = await make('reasonCodes', { ...CODE, category: 'LOGOUT', forAll: false });
    const reason = await make('wrapUpReasons', { label: 'T', forAll: false });
    const book = await make('phoneBooks', { name: 'T', type: 'TEAM' });
    const [a, b] = [await make('workflows', WORKFLOW), await make('workflows', { ...WORKFLOW, name: 'A' })];
    const wanted = {
      reasonCodes: { NOT_READY: [code.id], LOGOUT: [out.id] },
      wrapUpReasons: [reason.id],
      phoneBooks: [book.id],
      workflows: [a.id, b.id],
    };
    const done = await put('teams/5002/resources', wanted);
    expect([done.status, done.body]).toEqual([200, { ...wanted, layout: { useDefault: true, xml: '' } }]);
    expect((await get(`reasonCodes/${code.id}`)).teamIds).toEqual([5002]);
    expect((await put('teams/5002/resources', { workflows: [b.id, a.id] })).body).toMatchObject({
      ...wanted,
      workflows: [b.id, a.id],
    });
    const global = await make('wrapUpReasons', { label: 'G' });
    expect(errors(await put('teams/5002/resources', { phoneBooks: [], wrapUpReasons: [global.id] }))).toEqual(
      [400, 'INVALID', 'wrapUpReasons.0 REFERENCE'],
    );
    expect(errors(await put('teams/5002/resources', { workflows: [9999] }))).toEqual([
      400,
      'INVALID',
      'workflows.0 REFERENCE',
    ]);
    expect((await get('teams/5002/resources')).phoneBooks).toEqual([book.id]);
  });

  test('are refused without the tag, with a wrong one, of an unknown team, for others', async () => {
    expect(errors(await ask('PUT', 'config/teams/5002/resources', {}))).toEqual([428, 'IF_MATCH_NEEDED']);
    expect(
      errors(await ask('PUT', 'config/teams/5002/resources', {}, { headers: { 'if-match': '"x"' } })),
    ).toEqual([412, 'CHANGED']);
    expect(errors(await ask('GET', 'config/teams/99/resources'))).toEqual([404, 'NOT_FOUND']);
    expect(errors(await ask('GET', 'config/teams/5002/resources', undefined, { user: '3001' }))).toEqual([
      403,
      'FORBIDDEN',
    ]);
    expect(errors(await ask('DELETE', 'config/teams/5002/resources'))).toEqual([405, 'METHOD_NOT_ALLOWED']);
  });
});

test('contacts belong to a book that exists', async () => {
  expect(errors(await ask('GET', 'config/phoneBooks/99/contacts'))).toEqual([404, 'NOT_FOUND']);
  expect(errors(await ask('POST', 'config/phoneBooks/x/contacts', { phoneNumber: '1' }))).toEqual([
    404,
    'NOT_FOUND',
  ]);
});

test('a list can be asked for one value of a choice', async () => {
  const of = async (query: string) => (await ask('GET', `config/reasonCodes?${query}`)).body;
  const notReady = await of('category=NOT_READY');
  const both = await of('');
  expect(notReady.items.length).toBeGreaterThan(0);
  expect(notReady.items.every(({ category }: Json) => category === 'NOT_READY')).toBe(true);
  expect(notReady.total + (await of('category=LOGOUT')).total).toBe(both.total);
  expect((await of('category=NOT_READY&search=nothing-like-this')).total).toBe(0);
  for (const query of ['category=BREAK', 'label=Lunch', 'constructor=x', 'category=LOGOUT&category=LOGOUT'])
    expect(errors(await ask('GET', `config/reasonCodes?${query}`))).toEqual([400, 'BAD_REQUEST']);
});

describe('contacts come many at once', () => {
  const path = 'config/phoneBooks/1/contacts';
  const some = (count: number) =>
    Array.from({ length: count }, (_, at) => ({
      firstName: 'Anna',
      lastName: `B${at}`,
      phoneNumber: `${5000 + at}`,
    }));
  const names = async () =>
    ((await ask('GET', path)).body.items as Json[]).map(({ lastName }) => lastName).sort();

  test('in the place of those that are there, or beside them', async () => {
    expect((await ask('PUT', path, { items: some(2) })).body).toEqual({ total: 2 });
    expect(await names()).toEqual(['B0', 'B1']);
    const { items } = (await ask('GET', path)).body;
    const more = [{ firstName: '', lastName: 'C', phoneNumber: '1' }];
    expect((await ask('PUT', path, { items: more, mode: 'add' })).body).toEqual({ total: 3 });
    expect((await ask('GET', path)).body.items.slice(0, 2)).toEqual(items);
    expect((await ask('PUT', path, { items: [] })).body).toEqual({ total: 0 });
  });

  test('not in the place of those that somebody else has changed meanwhile', async () => {
    await ask('PUT', path, { items: some(2) });
    const seen = await ask('GET', `${path}?limit=1&search=B1`);
    const whole = await ask('GET', path);
    expect(seen.headers.etag).toBe(whole.headers.etag);
    await ask('POST', path, { firstName: '', lastName: 'Theirs', phoneNumber: '1' });
    const headers = { 'if-match': String(seen.headers.etag) };
    expect(errors(await ask('PUT', path, { items: some(1) }, { headers }))).toEqual([412, 'CHANGED']);
    expect(await names()).toEqual(['B0', 'B1', 'Theirs']);
    const now = { 'if-match': String((await ask('GET', path)).headers.etag) };
    expect((await ask('PUT', path, { items: some(1) }, { headers: now })).body).toEqual({ total: 1 });
  });

  test('all of them or none', async () => {
    await ask('PUT', path, { items: some(1) });
    const refused = await ask('PUT', path, {
      items: [...some(2), { lastName: 'x'.repeat(200), phoneNumber: '' }],
    });
    expect(refused.status).toBe(400);
    expect(refused.body.errors.map(({ field, code }: Json) => [field, code])).toEqual([
      ['items.2.lastName', 'LENGTH'],
      ['items.2.phoneNumber', 'REQUIRED'],
    ]);
    const full = await ask('PUT', path, { items: some(CONTACTS_MAX + 1) });
    expect([full.status, full.body.errors[0].code]).toEqual([400, 'MAXIMUM']);
    const beside = await ask('PUT', path, { items: some(CONTACTS_MAX), mode: 'add' });
    expect([beside.status, beside.body.errors[0].code]).toEqual([400, 'MAXIMUM']);
    expect(await names()).toEqual(['B0']);
    expect((await ask('PUT', path, { items: some(1500) })).body).toEqual({ total: 1500 });
  });

  test.each([[undefined], [{}], [{ items: 'x' }], [{ items: [], mode: 'both' }], [{ items: [], more: 1 }]])(
    '%j is no import',
    async (body) => {
      expect(errors(await ask('PUT', path, body))).toEqual([400, 'BAD_REQUEST']);
    },
  );

  test('in a book that exists, by an administrator', async () => {
    expect(errors(await ask('PUT', 'config/phoneBooks/99/contacts', { items: [] }))).toEqual([
      404,
      'NOT_FOUND',
    ]);
    expect(errors(await ask('PUT', path, { items: [] }, { user: '3001' }))).toEqual([403, 'FORBIDDEN']);
    expect(errors(await ask('PUT', 'config/teams', { items: [] }))).toEqual([405, 'METHOD_NOT_ALLOWED']);
    expect(errors(await ask('DELETE', path))).toEqual([405, 'METHOD_NOT_ALLOWED']);
  });
});

test('the schema describes every collection', async () => {
  const { resources, teamResources } = await get('schema');
  expect(Object.keys(resources)).toHaveLength(ROWS.length + 1);
  expect(teamResources.fields[0].name).toBe('reasonCodes');
  expect(errors(await ask('GET', 'config/nothing'))).toEqual([404, 'NOT_FOUND']);
});

test('a session of the console needs its token to write', async () => {
  const user = store.directory.current.user('admin')!;
  const principal = { loginId: 'admin', loginName: 'admin', roles: new Set(user.roles), user };
  sessions = {
    find: (cookies) => (cookies === 'poise-console=s' ? { principal, csrf: 'token' } : undefined),
  };
  const cookie = 'poise-console=s';
  expect((await ask('GET', 'config/teams', undefined, { user: '', headers: { cookie } })).status).toBe(200);
  const body = { name: 'N' };
  expect(errors(await ask('POST', 'config/teams', body, { user: '', headers: { cookie } }))).toEqual([
    403,
    'CSRF',
  ]);
  const headers = { cookie, 'x-poise-csrf': 'token' };
  expect((await ask('POST', 'config/teams', body, { user: '', headers })).status).toBe(201);
  expect((await ask('GET', 'audit')).body.items[0]).toMatchObject({ client: 'console', who: 'admin' });
  const over = await ask('GET', 'config/teams', undefined, {
    user: '',
    headers: { cookie: 'poise-console=x' },
  });
  expect([over.status, over.headers['www-authenticate']]).toEqual([401, undefined]);
});

describe('the record of changes', () => {
  const audit = async (query = '') => (await ask('GET', `audit${query}`)).body;

  test('has who, what, before and after, newest first', async () => {
    const { id } = await make('teams', { name: 'N' });
    clock.advance(60_000);
    await put(`teams/${id}`, { name: HOSTILE });
    await remove(`teams/${id}`);
    const { items, total } = await audit();
    expect(total).toBe(3);
    expect(
      items.map(({ method, path, before, after }: Json) => [method, path, before?.name, after?.name]),
    ).toEqual([
      ['DELETE', `/poise/api/config/teams/${id}`, HOSTILE, undefined],
      ['PUT', `/poise/api/config/teams/${id}`, 'N', HOSTILE],
      ['POST', '/poise/api/config/teams', undefined, 'N'],
    ]);
    expect(items[2]).toMatchObject({
      at: '2026-11-27T08:00:00.000Z',
      who: 'admin',
      address: '127.0.0.1',
      client: 'rest',
      resource: 'teams',
      id: String(id),
      before: null,
    });
    expect((await audit('?from=2026-11-27T08:00:30Z')).total).toBe(2);
    expect((await audit(`?to=${START + 1}`)).total).toBe(1);
    expect((await audit('?who=ADMIN&resource=teams&limit=1&offset=1')).items).toHaveLength(1);
    expect((await audit('?resource=users')).total).toBe(0);
    expect((await audit('?who=nobody')).total).toBe(0);
  });

  test('has a password only as set, and nothing of what was refused', async () => {
    await make('users', USER);
    await put('users/7001', { password: 'another-1' });
    await ask('POST', 'config/users', USER);
    const { items, total } = await audit('?resource=users&id=7001');
    expect(total).toBe(2);
    expect(items.map(({ after }: Json) => after.password)).toEqual(['(set)', '(set)']);
  });

  test('tells of each object that a change concerns', async () => {
    const { id } = await make('teams', { name: 'N' });
    await make('reasonCodes', { ...CODE, forAll: false, teamIds: [id] });
    await remove(`teams/${id}`);
    const { items } = await audit('?limit=2');
    expect(items.map(({ resource, method }: Json) => [method, resource]).sort()).toEqual([
      ['DELETE', 'reasonCodes'],
      ['DELETE', 'teams'],
    ]);
  });

  test('is for administrators, and its questions are checked', async () => {
    for (const user of ['2001', '3001'])
      expect(errors(await ask('GET', 'audit', undefined, { user }))).toEqual([403, 'FORBIDDEN']);
    expect((await ask('GET', 'audit', undefined, { user: '' })).status).toBe(401);
    for (const query of ['limit=0', 'limit=1001', 'from=yesterday', 'x=1', 'who=a&who=b'])
      expect(errors(await ask('GET', `audit?${query}`))).toEqual([400, 'BAD_REQUEST']);
  });
});

test('tells the audit log of each write that was carried out, and of no password', async () => {
  const { id } = await make('teams', { name: 'Night' });
  await put(`teams/${id}`, { name: 'Night shift' });
  await ask('POST', 'config/teams', { name: '' });
  await ask('GET', 'config/teams');
  await make('users', { loginId: '9001', roles: ['Agent'], password: 'secret of 9001' });
  await remove(`teams/${id}`);
  expect(written).toEqual([
    { user: 'admin', method: 'POST', url: '/poise/api/config/teams', payload: '{"name":"Night"}' },
    { user: 'admin', method: 'PUT', url: `/poise/api/config/teams/${id}`, payload: '{"name":"Night shift"}' },
    {
      user: 'admin',
      method: 'POST',
      url: '/poise/api/config/users',
      payload: '{"loginId":"9001","roles":["Agent"],"password":"***"}',
    },
    { user: 'admin', method: 'DELETE', url: `/poise/api/config/teams/${id}`, payload: '' },
  ]);
});

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

test('a body that is no UTF-8 is refused, and nothing of it is stored', async () => {
  const answer = await app.inject({
    method: 'POST',
    url: '/poise/api/config/teams',
    headers: { authorization: basic('admin'), 'content-type': 'application/json' },
    payload: Buffer.from('{"name":"Caf\xe9"}', 'latin1'),
  });
  expect([answer.statusCode, answer.json().code]).toEqual([400, 'BAD_REQUEST']);
  expect(store.directory.current.teams().map(({ name }) => name)).not.toContain('Caf\ufffd');
});

test('a method that the audit log does not have is refused as on other paths', async () => {
  const answer = await ask('DELETE', 'audit');
  expect([answer.status, answer.body.code, answer.headers.allow]).toEqual([405, 'METHOD_NOT_ALLOWED', 'GET']);
});
