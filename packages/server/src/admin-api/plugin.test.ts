import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Administration, basic, errors, type Json } from '../../test/centre/administration.ts';
import { verifyPassword } from '../accounts/scram-keys.ts';
import { CONTACTS_MAX } from '../configuration/limits.ts';
import { EMPTY_DIRECTORY } from '../store/snapshot.ts';

let administration: Administration;
let app: Administration['app'];
let store: Administration['store'];

beforeEach(async () => {
  administration = await Administration.open();
  ({ app, store } = administration);
});
afterEach(() => administration.close());

const ask: Administration['ask'] = (...asked) => administration.ask(...asked);
const get: Administration['get'] = (...asked) => administration.get(...asked);
const make: Administration['make'] = (...asked) => administration.make(...asked);
const put: Administration['put'] = (...asked) => administration.put(...asked);
const remove: Administration['remove'] = (...asked) => administration.remove(...asked);

const USER = { loginId: '7001', roles: ['Agent'], password: 'sesame-7001' };
const CODE = { category: 'NOT_READY', code: 500, label: 'Meeting' };
const WORKFLOW = { name: 'W', triggerSet: { name: 'ARRIVES' } };

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
    administration.signedIn['7001'] = '1001';
    expect(errors(await remove('users/7001'))).toEqual([409, 'SIGNED_IN']);
    expect(errors(await put('users/7001', { roles: ['Administrator'] }))).toEqual([409, 'SIGNED_IN']);
    expect((await put('users/7001', { firstName: 'B' })).status).toBe(200);
    administration.signedIn = {};
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
    administration.signedIn = { 2001: '2005' };
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

test('a session of the console needs its token to write', async () => {
  const user = store.directory.current.user('admin')!;
  const principal = { loginId: 'admin', loginName: 'admin', roles: new Set(user.roles), user };
  administration.sessions = {
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
