import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { heldToContract } from '../../test/centre/json-contract.ts';
import { TestAccounts } from '../../test/centre/test-accounts.ts';
import { demoUsers } from '../demo/centre.ts';
import type { AuditRow } from '../store/audit-repository.ts';
import { EMPTY_DIRECTORY } from '../store/snapshot.ts';
import { Store } from '../store/store.ts';
import { StoreError } from '../store/store-error.ts';
import { type Levels, logsPlugin } from './logs-plugin.ts';

let app: FastifyInstance;
let store: Store;
let levels: Levels;
let notes: AuditRow[];
let written: string[][];
let isLost: boolean;

beforeEach(async () => {
  notes = [];
  written = [];
  isLost = false;
  levels = { webservices: 'information', notification: 'information' };
  store = await Store.open();
  store.layBeside({ ...EMPTY_DIRECTORY, users: demoUsers() });
  app = heldToContract();
  await app.register(
    logsPlugin({
      accounts: new TestAccounts(store.directory),
      directory: store.directory,
      logs: {
        get levels() {
          return levels;
        },
        setLevels(next) {
          levels = next;
        },
      },
      folder: '/data/logs',
      now: () => 1,
      tellWrite: ({ user, method, url, payload }) => void written.push([user, method, url, payload]),
      note: async (row) => {
        if (isLost) throw new StoreError('unavailable', 'lost');
        notes.push(row);
      },
    }),
    { prefix: '/poise/api' },
  );
});
afterEach(async () => {
  await app.close();
  await store.close();
});

const ask = async (method: 'GET' | 'PUT', body?: unknown, user = 'admin') => {
  const answer = await app.inject({
    method,
    url: '/poise/api/logs',
    headers: { authorization: `Basic ${Buffer.from(`${user}:${user}`).toString('base64')}` },
    ...(body !== undefined && { payload: body as object }),
  });
  return [answer.statusCode, answer.json()];
};

test('tells the levels and where the files are; another one is in force at once, and written down', async () => {
  const first = { webservices: 'information', notification: 'information', folder: '/data/logs' };
  expect(await ask('GET')).toEqual([200, first]);
  expect(await ask('PUT', { notification: 'debug' })).toEqual([200, { ...first, notification: 'debug' }]);
  expect(levels).toEqual({ webservices: 'information', notification: 'debug' });
  expect(notes.map(({ who, resource, before, after }) => [who, resource, before, after])).toEqual([
    [
      'admin',
      'logs',
      '{"webservices":"information","notification":"information"}',
      '{"webservices":"information","notification":"debug"}',
    ],
  ]);
  expect(written).toEqual([['admin', 'PUT', '/poise/api/logs', '{"notification":"debug"}']]);
  // What is as it was is no change.
  expect((await ask('PUT', { ...first, notification: 'debug' }))[0]).toBe(200);
  expect(notes).toHaveLength(1);
});

test.each([
  [{ webservices: 'debug' }, 'webservices'],
  [{ notification: 'error' }, 'notification'],
  [{ cti: 'debug' }, 'cti'],
  [{ __proto__: null, constructor: 'debug' }, 'constructor'],
])('refuses %j beside its name', async (body, field) => {
  const [status, problem] = await ask('PUT', body);
  expect([status, problem.errors]).toEqual([400, [expect.objectContaining({ field, code: 'FORMAT' })]]);
  expect(levels.notification).toBe('information');
});

test('what cannot be written down is not done', async () => {
  isLost = true;
  expect((await ask('PUT', { notification: 'debug' }))[0]).toBe(503);
  expect(levels.notification).toBe('information');
});

test('is for administrators', async () => {
  for (const user of ['1001001', 'nobody'])
    for (const method of ['GET', 'PUT'] as const)
      expect(
        (await ask(method, method === 'PUT' ? { notification: 'debug' } : undefined, user))[0],
      ).toBeGreaterThanOrEqual(401);
  expect(notes).toEqual([]);
});
