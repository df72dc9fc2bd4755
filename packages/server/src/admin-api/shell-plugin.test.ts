import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { heldToContract } from '../../test/centre/json-contract.ts';
import { TestAccounts } from '../../test/centre/test-accounts.ts';
import { demoUsers } from '../demo/centre.ts';
import type { AuditRow } from '../store/audit-repository.ts';
import { EMPTY_DIRECTORY } from '../store/snapshot.ts';
import { Store } from '../store/store.ts';
import { StoreError } from '../store/store-error.ts';
import { shellPlugin } from './shell-plugin.ts';
import type { ShellCall, ShellOutcome, ShellRunner } from './shell-runner.ts';

let app: FastifyInstance;
let store: Store;
let notes: AuditRow[];
let calls: ShellCall[];
let isLost: boolean;
let finish: ((outcome: ShellOutcome) => void)[];

async function open(run: ShellRunner | undefined): Promise<void> {
  app = heldToContract();
  await app.register(
    shellPlugin({
      accounts: new TestAccounts(store.directory),
      directory: store.directory,
      run,
      now: () => 1,
      note: async (row) => {
        if (isLost) throw new StoreError('unavailable', 'lost');
        notes.push(row);
      },
      tellWrite: () => {},
    }),
    { prefix: '/poise/api' },
  );
}

beforeEach(async () => {
  notes = [];
  calls = [];
  finish = [];
  isLost = false;
  store = await Store.open();
  store.layBeside({ ...EMPTY_DIRECTORY, users: demoUsers() });
});
afterEach(async () => {
  await app.close();
  await store.close();
});

const done: ShellRunner = async (call) => {
  calls.push(call);
  return { status: 0, output: 'Cisco Finesse Tomcat[STARTED]\n', isCut: false };
};
const send = (payload: object, user = 'admin') =>
  app.inject({
    method: 'POST',
    url: '/poise/api/shell',
    headers: { authorization: `Basic ${Buffer.from(`${user}:${user}`).toString('base64')}` },
    payload,
  });

test('a command is written down, without what was answered, and carried out', async () => {
  await open(done);
  const answer = await send({ words: ['utils', 'service', 'list'], answers: ['a secret'] });
  expect([answer.statusCode, answer.json()]).toEqual([
    200,
    { status: 0, output: 'Cisco Finesse Tomcat[STARTED]\n', isCut: false },
  ]);
  expect(calls).toEqual([{ words: ['utils', 'service', 'list'], answers: ['a secret'] }]);
  expect(notes).toMatchObject([
    {
      who: 'admin',
      resource: 'shell',
      objectId: 'utils service list',
      after: expect.stringContaining('list'),
    },
  ]);
  expect(JSON.stringify(notes)).not.toContain('a secret');
});

test('is off unless it is asked for, and for administrators alone', async () => {
  await open(undefined);
  expect([(await send({ words: ['x'] })).statusCode, (await send({ words: ['x'] })).json().code]).toEqual([
    403,
    'SWITCHED_OFF',
  ]);
  expect((await send({ words: ['x'] }, '2050')).json().code).toBe('FORBIDDEN');
});

test.each([
  [{}, ['words']],
  [{ words: 'utils service list' }, ['words']],
  [{ words: [] }, ['words']],
  [{ words: ['a\nb'] }, ['words']],
  [{ words: ['x'.repeat(1_025)] }, ['words']],
  [{ words: ['x'], answers: 'y' }, ['answers']],
  [{ words: ['x'], data: '/etc' }, ['data']],
])('%j is refused for %j', async (body, fields) => {
  await open(done);
  const answer = await send(body);
  expect(answer.statusCode).toBe(400);
  expect(answer.json().errors.map(({ field }: { field: string }) => field)).toEqual(fields);
  expect(calls).toEqual([]);
});

test('what cannot be written down is not done', async () => {
  await open(done);
  isLost = true;
  expect((await send({ words: ['utils', 'service', 'list'] })).statusCode).toBe(503);
  expect(calls).toEqual([]);
});

test('two at a time', async () => {
  await open(
    () =>
      new Promise((resolve) => {
        finish.push(resolve);
      }),
  );
  const both = [send({ words: ['a'] }), send({ words: ['b'] })];
  await expect.poll(() => finish.length).toBe(2);
  expect((await send({ words: ['c'] })).json().code).toBe('SHELL_BUSY');
  for (const end of finish) end({ status: 1, output: '', isCut: true });
  expect((await Promise.all(both)).map(({ statusCode }) => statusCode)).toEqual([200, 200]);
});
