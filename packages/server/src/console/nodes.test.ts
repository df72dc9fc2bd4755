import { VirtualClock } from '@poise/clock';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { heldToContract } from '../../test/centre/json-contract.ts';
import { TestAccounts } from '../../test/centre/test-accounts.ts';
import { agent, TEST_DATA, TestDirectorySource } from '../../test/centre/test-directory.ts';
import { ConsoleSessions } from '../accounts/console-sessions.ts';
import type { NodeAnswer, NodeReport } from '../peers/node-reports.ts';
import type { ToldNode } from '../peers/nodes-plugin.ts';
import { consoleNodesPlugin } from './nodes.ts';
import { consoleSessionPlugin } from './session.ts';

const REPORT: NodeReport = {
  drain: 'off',
  desktops: 7,
  programs: 1,
  problems: [{ part: 'cti', reason: 'The CTI server is not connected.' }],
};

let app: FastifyInstance;
let nodes: ToldNode[];
let answer: NodeAnswer | null;
let inService: boolean;
let isCurrent: boolean;
let unseen: { name: string; host: string }[];
const asked: string[] = [];
beforeEach(async () => {
  const clock = new VirtualClock(Date.parse('2026-11-30T08:00:00Z'));
  const directory = new TestDirectorySource();
  const administrator = agent('admin', 'admin', '', '', null, { roles: ['Administrator'] });
  const users = TEST_DATA.users.filter(({ loginId }) => loginId !== 'admin');
  directory.replace({ ...TEST_DATA, users: [...users, administrator] });
  const accounts = new TestAccounts(directory);
  const sessions = new ConsoleSessions({ directory, monotonic: () => clock.monotonic() });
  nodes = [
    { name: 'node1', host: 'one.example', state: 'IN_SERVICE' },
    { name: 'node 2', host: 'Two.example', state: 'OUT_OF_SERVICE' },
    { name: '', host: 'three.example', state: 'GONE' },
  ];
  answer = { outcome: 'done', report: REPORT };
  inService = true;
  asked.length = 0;
  isCurrent = true;
  unseen = [];
  app = heldToContract();
  const prefix = '/poise/api';
  await app.register(consoleSessionPlugin({ accounts, sessions, directory }), { prefix });
  await app.register(
    consoleNodesPlugin({
      accounts,
      sessions,
      directory,
      clock,
      version: '1.2.0',
      nodes: () => nodes,
      pair: () => ({ primary: 'one.example', secondary: 'two.example' }),
      living: () => [{ name: 'node 2', version: '1.1.0', clockOffsetMs: -6_000, inService }],
      isCurrent: () => isCurrent,
      unseen: () => unseen,
      ask: async (node, want, by) => {
        asked.push(`${want} ${node} by ${by}`);
        return answer;
      },
    }),
    { prefix },
  );
});
afterEach(() => app.close());

const PATH = '/poise/api/console/nodes';
const basic = (user: string) => ({ authorization: `Basic ${btoa(`${user}:${user}`)}` });
const order = (method: 'POST' | 'DELETE', name: string, headers: Record<string, string> = basic('admin')) =>
  app.inject({ method, url: `${PATH}/${encodeURIComponent(name)}/maintenance`, headers });

test('tells all nodes, with what each says of itself', async () => {
  const told = await app.inject({ url: PATH, headers: basic('admin') });
  expect(told.json()).toEqual({
    at: '2026-11-30T08:00:00.000Z',
    nodes: [
      {
        name: 'node1',
        host: 'one.example',
        state: 'IN_SERVICE',
        role: 'primary',
        isOwn: true,
        version: '1.2.0',
        clockOffsetMs: 0,
        report: REPORT,
      },
      {
        name: 'node 2',
        host: 'Two.example',
        state: 'OUT_OF_SERVICE',
        role: 'secondary',
        isOwn: false,
        version: '1.1.0',
        clockOffsetMs: -6_000,
        report: REPORT,
      },
      {
        name: '',
        host: 'three.example',
        state: 'GONE',
        role: '',
        isOwn: false,
        version: '',
        clockOffsetMs: null,
        report: null,
      },
    ],
  });
  expect(asked).toEqual(['look node1 by admin', 'look node 2 by admin']);
  answer = null;
  const silent = await app.inject({ url: PATH, headers: basic('admin') });
  expect(silent.json().nodes[1].report).toBeNull();
});

test('a node that is not heard, and shows in the database that it lives, is cut off and not gone', async () => {
  // Behind one name it is in nobody's settings.
  unseen = [
    { name: 'node3', host: 'Three.example' },
    { name: 'node4', host: 'one.example' },
  ];
  const told = await app.inject({ url: PATH, headers: basic('admin') });
  const lines = told.json().nodes.map(({ name, host, state }: ToldNode) => [name, host, state]);
  expect(lines.slice(2)).toEqual([
    ['node3', 'Three.example', 'CUT_OFF'],
    ['node4', 'one.example', 'CUT_OFF'],
  ]);
  expect(asked).toHaveLength(2);
});

test('what others said before this node was cut off is not told as if they still did', async () => {
  isCurrent = false;
  answer = null;
  const told = await app.inject({ url: PATH, headers: basic('admin') });
  expect(told.json().nodes[0]).toMatchObject({ state: 'IN_SERVICE', clockOffsetMs: 0 });
  expect(told.json().nodes[1]).toMatchObject({ state: 'UNKNOWN', clockOffsetMs: null });
  // It is back already, and so is its word.
  answer = { outcome: 'done', report: REPORT };
  const back = await app.inject({ url: PATH, headers: basic('admin') });
  expect(back.json().nodes[1]).toMatchObject({ state: 'OUT_OF_SERVICE', clockOffsetMs: -6_000 });
});

test.each([
  // The word of its registry entry, what it answers now, and what is told.
  ['MAINTENANCE', true, 'off', 'IN_SERVICE'],
  ['MAINTENANCE', true, 'failed', 'IN_SERVICE'],
  ['MAINTENANCE', false, 'off', 'OUT_OF_SERVICE'],
  ['MAINTENANCE', true, 'empty', 'MAINTENANCE'],
  ['MAINTENANCE', true, null, 'MAINTENANCE'],
  ['IN_SERVICE', true, 'announced', 'MAINTENANCE'],
  ['IN_SERVICE', true, 'moving', 'MAINTENANCE'],
  ['OUT_OF_SERVICE', false, 'off', 'OUT_OF_SERVICE'],
  ['IN_SERVICE', true, null, 'IN_SERVICE'],
] as const)(
  'a node whose last word was %s (in service: %s) and that says %s now is %s',
  async (state, serves, drain, told) => {
    nodes[1] = { name: 'node 2', host: 'Two.example', state };
    inService = serves;
    answer = drain && { outcome: 'done', report: { ...REPORT, drain } };
    const { nodes: lines } = (await app.inject({ url: PATH, headers: basic('admin') })).json();
    expect(lines[1].state).toBe(told);
  },
);

test('the maintenance mode of any of them is begun and ended', async () => {
  expect((await order('POST', 'node 2')).statusCode).toBe(204);
  expect((await order('DELETE', 'node1')).statusCode).toBe(204);
  answer = { outcome: 'same', report: REPORT };
  expect((await order('DELETE', 'node1')).statusCode).toBe(204);
  expect(asked).toEqual(['begin node 2 by admin', 'end node1 by admin', 'end node1 by admin']);
});

test.each([
  ['node3', null, 404, 'NOT_FOUND'],
  ['', null, 404, 'NOT_FOUND'],
  ['node1', null, 503, 'NO_ANSWER'],
  ['node1', { outcome: 'refused', report: REPORT }, 409, 'NO_DESKTOPS'],
] as const)('an order to %j that is answered %j is refused', async (name, told, status, code) => {
  answer = told;
  const refused = await order('POST', name);
  expect([refused.statusCode, refused.json().code]).toEqual([status, code]);
});

test('administrators alone, and with a cookie only the page of the console', async () => {
  for (const [headers, status] of [
    [basic('2001'), 403],
    [{}, 401],
  ] as const) {
    expect((await app.inject({ url: PATH, headers })).statusCode).toBe(status);
    expect((await order('POST', 'node1', headers)).statusCode).toBe(status);
    expect((await order('DELETE', 'node1', headers)).statusCode).toBe(status);
  }
  const session = await app.inject({
    method: 'POST',
    url: '/poise/api/console/session',
    payload: { username: 'admin', password: 'admin' },
  });
  const cookie = String(session.headers['set-cookie']).split(';')[0]!;
  const { csrf } = session.json() as { csrf: string };
  expect((await app.inject({ url: PATH, headers: { cookie } })).statusCode).toBe(200);
  expect((await order('POST', 'node1', { cookie })).json().code).toBe('CSRF');
  expect((await order('POST', 'node1', { cookie, 'x-poise-csrf': csrf })).statusCode).toBe(204);
});
