import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '@poise/clock';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { heldToContract } from '../../test/centre/json-contract.ts';
import { TestAccounts } from '../../test/centre/test-accounts.ts';
import { demoUsers } from '../demo/centre.ts';
import { CaseError, LogCases } from '../log-cases/index.ts';
import { EMPTY_DIRECTORY } from '../store/snapshot.ts';
import { Store } from '../store/store.ts';
import { logCasesPlugin } from './log-cases-plugin.ts';

let app: FastifyInstance;
let store: Store;
let root: string;
let cases: LogCases;
let said: string | null;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'poise-cases-'));
  said = null;
  store = await Store.open();
  store.layBeside({ ...EMPTY_DIRECTORY, users: demoUsers() });
  cases = new LogCases({
    root: join(root, 'cases'),
    ownLogs: { folder: root, flush: async () => {} },
    tracer: async (question, _logs, report) => {
      if (said !== null) throw new CaseError('TRACER_FAILED', said);
      writeFileSync(report, `<p>${JSON.stringify(question)}</p>`);
    },
    clock: new VirtualClock(0),
  });
  app = heldToContract();
  const { directory } = store;
  await app.register(logCasesPlugin({ accounts: new TestAccounts(directory), directory, cases }), {
    prefix: '/poise/api',
  });
});
afterEach(async () => {
  await app.close();
  await store.close();
  await cases.close();
  rmSync(root, { recursive: true, force: true });
});

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
async function send(method: Method, path: string, body?: object | Buffer, user = 'admin') {
  const headers = {
    authorization: `Basic ${Buffer.from(`${user}:${user}`).toString('base64')}`,
    ...(Buffer.isBuffer(body) ? { 'content-type': 'application/octet-stream' } : {}),
  };
  const url = `/poise/api/logCases${path}`;
  return app.inject({ method, url, headers, ...(body === undefined ? {} : { payload: body }) });
}

test('a case from its making to its end', async () => {
  const made = await send('POST', '');
  const { id } = made.json();
  expect([made.statusCode, made.headers.location]).toEqual([201, `/poise/api/logCases/${id}`]);
  const file = await send('PUT', `/${id}/files/${encodeURIComponent('../a b.log')}`, Buffer.alloc(3_000_000));
  expect([file.statusCode, file.json()]).toEqual([200, { name: 'a_b.log', bytes: 3_000_000 }]);
  expect((await send('PUT', `/${id}/files/empty.log`, Buffer.alloc(0))).json().bytes).toBe(0);
  const asked = { ask: 'why', agent: '1001003', at: '08:00', language: 'de' };
  const report = await send('POST', `/${id}/reports`, asked);
  expect([report.statusCode, report.json()]).toEqual([
    201,
    { number: 1, url: `/poise/api/logCases/${id}/reports/1` },
  ]);
  expect((await send('DELETE', `/${id}`)).statusCode).toBe(204);
  expect((await send('GET', `/${id}/reports/1`)).json().code).toBe('NO_CASE');
});

test('a report is a page that runs nothing, whatever is in it', async () => {
  await send('POST', '/own/reports', { ask: 'overview' });
  const page = await app.inject({
    url: '/poise/api/logCases/own/reports/1',
    headers: { authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}` },
  });
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(page.headers['content-security-policy']).toMatch(/^default-src 'none';.*; sandbox$/);
  expect(page.body).toContain('overview');
});

test.each([
  [{}, ['ask', 'agent']],
  [{ ask: 'why' }, ['agent']],
  [{ ask: 'why', agent: 'a\nb' }, ['agent']],
  [{ ask: 'signin', agent: 'x'.repeat(129) }, ['agent']],
  [{ ask: 'signin', agent: '1', at: '' }, ['at']],
  [{ ask: 'overview', language: 'xx' }, ['language']],
  [{ ask: 'overview', path: '/etc' }, ['path']],
])('the question %j is refused for %j', async (question, fields) => {
  const answer = await send('POST', '/own/reports', question);
  expect(answer.statusCode).toBe(400);
  expect(answer.json().errors.map(({ field }: { field: string }) => field)).toEqual(fields);
});

test('what the tracer says is told', async () => {
  said = 'There is nothing of agent 7 in these logs.';
  const answer = await send('POST', '/own/reports', { ask: 'why', agent: '7' });
  expect([answer.statusCode, answer.json().title, answer.json().code]).toEqual([422, said, 'TRACER_FAILED']);
});

test.each([
  ['GET', '/own/reports/1', 404],
  ['GET', '/own/reports/..', 404],
  ['PUT', '/own/files/x', 404],
  ['PUT', '/none/files/x', 404],
  ['DELETE', '/none', 404],
  ['PUT', '', 405],
] as const)('%s %s: %i', async (method, path, status) => {
  const body = method === 'PUT' ? Buffer.from('x') : undefined;
  expect((await send(method, path, body)).statusCode).toBe(status);
});

test('is for administrators', async () => {
  expect((await send('POST', '', undefined, '3001')).statusCode).toBe(403);
  expect((await send('POST', '/own/reports', { ask: 'overview' }, '2050')).statusCode).toBe(403);
});
