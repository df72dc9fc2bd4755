import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Administration, errors, type Json, START } from '../../test/centre/administration.ts';

let administration: Administration;
let clock: Administration['clock'];
let written: Administration['written'];

beforeEach(async () => {
  administration = await Administration.open();
  ({ clock, written } = administration);
});
afterEach(() => administration.close());

const ask: Administration['ask'] = (...asked) => administration.ask(...asked);
const make: Administration['make'] = (...asked) => administration.make(...asked);
const put: Administration['put'] = (...asked) => administration.put(...asked);
const remove: Administration['remove'] = (...asked) => administration.remove(...asked);

const HOSTILE = `<b>&"'; DROP TABLE x;--`;
const CODE = { category: 'NOT_READY', code: 500, label: 'Meeting' };
const USER = { loginId: '7001', roles: ['Agent'], password: 'sesame-7001' };

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

test('a method that the audit log does not have is refused as on other paths', async () => {
  const answer = await ask('DELETE', 'audit');
  expect([answer.status, answer.body.code, answer.headers.allow]).toEqual([405, 'METHOD_NOT_ALLOWED', 'GET']);
});
