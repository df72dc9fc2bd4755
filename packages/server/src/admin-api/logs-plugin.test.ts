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
let trace: Iterable<string>;

beforeEach(async () => {
  notes = [];
  written = [];
  isLost = false;
  trace = [];
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
      notificationTrace: () => trace,
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

const send = (method: 'GET' | 'PUT', body?: unknown, user = 'admin', headers = {}) =>
  app.inject({
    method,
    url: '/poise/api/logs',
    headers: { authorization: `Basic ${Buffer.from(`${user}:${user}`).toString('base64')}`, ...headers },
    ...(body !== undefined && { payload: body as object }),
  });
const ask = async (method: 'GET' | 'PUT', body?: unknown, user = 'admin') => {
  const answer = await send(method, body, user);
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

test('the second of two who have read the same is told, also when both write at once', async () => {
  const etag = String((await send('GET')).headers.etag);
  const change = (body: object) => send('PUT', body, 'admin', { 'if-match': etag });
  const [first, second] = await Promise.all([
    change({ webservices: 'warning' }),
    change({ webservices: 'error' }),
  ]);
  expect([first.statusCode, second.statusCode, second.json().code]).toEqual([200, 412, 'CHANGED']);
  expect([levels.webservices, notes.length]).toEqual(['warning', 1]);
  expect(first.headers.etag).toBe((await send('GET')).headers.etag);
  expect((await send('PUT', { webservices: 'error' }, 'admin', { 'if-match': '*' })).statusCode).toBe(200);
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

const traceFor = (user: string) =>
  app.inject({
    url: '/poise/api/logs/notification',
    headers: { authorization: `Basic ${Buffer.from(`${user}:${user}`).toString('base64')}` },
  });

test('the trace of the notification service is a file, for administrators alone', async () => {
  trace = ['2026.11.29 08:00:00 first', '2026.11.29 08:00:01 second'];
  const answer = await traceFor('admin');
  expect([answer.statusCode, answer.headers['content-type'], answer.body]).toEqual([
    200,
    'text/plain; charset=utf-8',
    '2026.11.29 08:00:00 first\n2026.11.29 08:00:01 second\n',
  ]);
  expect((await traceFor('3001')).statusCode).toBe(403);
});

test('others have their turn while a long trace is put together', async () => {
  let turns = 0;
  const count = () => {
    turns += 1;
    timer = setImmediate(count);
  };
  let timer = setImmediate(count);
  const seen: number[] = [];
  trace = (function* () {
    for (let i = 0; i < 5_000; i++) {
      seen.push(turns);
      yield 'x'.repeat(100);
    }
  })();
  expect((await traceFor('admin')).body).toHaveLength(5_000 * 101);
  clearImmediate(timer);
  expect(new Set(seen).size).toBeGreaterThan(5);
});
