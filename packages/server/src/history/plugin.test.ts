import { VirtualClock } from '@poise/clock';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CALL_DATA } from '../../test/centre/call-centre.ts';
import { heldToContract } from '../../test/centre/json-contract.ts';
import { TestAccounts } from '../../test/centre/test-accounts.ts';
import { agent, TestDirectorySource } from '../../test/centre/test-directory.ts';
import { SIGNED_IN, WITHOUT_WRAP_UP } from '../../test/domain/call-scenarios.ts';
import { Picture, type Step } from '../../test/domain/call-script.ts';
import { Store } from '../store/store.ts';
import { StoreError } from '../store/store-error.ts';
import { historyPlugin } from './plugin.ts';
import { ShiftBook } from './shift-book.ts';
import { shiftStore } from './stores.ts';

const DATA = {
  ...CALL_DATA,
  users: [
    ...CALL_DATA.users.filter(({ loginId }) => loginId !== 'admin'),
    agent('c', 'cname', 'Other', 'Team', 5001),
    agent('admin', 'admin', '', '', null, { roles: ['Administrator'] }),
  ],
};

let app: FastifyInstance;
let store: Store;
let book: ShiftBook;
beforeEach(async () => {
  const clock = new VirtualClock(Date.parse('2026-11-27T08:00:00Z'));
  store = await Store.open();
  const directory = new TestDirectorySource(DATA);
  book = await ShiftBook.open({
    store: shiftStore(store),
    clock,
    directory,
    onProblem: (error) => {
      throw error;
    },
  });
  app = heldToContract();
  await app.register(historyPlugin({ accounts: new TestAccounts(directory), directory, shifts: book }), {
    prefix: '/poise/api',
  });
  const picture = new Picture();
  const play = (steps: readonly Step[]) => {
    for (const step of steps) {
      const before = picture.all.length;
      picture.play([step]);
      if ('agent' in step) book.agentHeard(picture.agents.get(step.agent), picture.clock.now(), true);
      book.dialogsChanged(picture.all.slice(before), picture.clock.now(), true);
      picture.clock.advance(999);
    }
  };
  play(SIGNED_IN);
  play(WITHOUT_WRAP_UP);
});
afterEach(async () => {
  await app.close();
  await book.close();
  await store.close();
});

const ask = async (user: string | null, path: string, headers: Record<string, string> = {}) => {
  const authorization = `Basic ${Buffer.from(`${user}:${user}`).toString('base64')}`;
  const answer = await app.inject({
    url: `/poise/api/history/${path}`,
    headers: { ...(user === null ? {} : { authorization }), ...headers },
  });
  const json = answer.body === '' ? null : answer.json();
  return { status: answer.statusCode, headers: answer.headers, json };
};

test('calls: what the columns of the history need, times in ISO 8601', async () => {
  const { status, json, headers } = await ask('a', 'a/calls');
  expect(status).toBe(200);
  expect(headers['cache-control']).toBe('private, no-cache');
  expect(json).toEqual({
    userId: 'a',
    shift: { id: book.shift('a')!.id, startedAt: '2024-01-01T00:00:00.000Z', endedAt: null },
    version: book.shift('a')!.callsVersion,
    more: false,
    calls: [
      {
        id: 1,
        dialogId: '100',
        type: 'inbound',
        direction: 'inbound',
        callType: 'PREROUTE_ACD_IN',
        number: '9001',
        disposition: 'handled',
        continuedAs: null,
        wrapUpReason: null,
        queueName: 'Sales',
        startTime: '2024-01-01T00:00:05.000Z',
        endTime: expect.stringMatching(/^2024-01-01T00:00:\d\d\.000Z$/),
        durationMs: expect.any(Number),
        spentMs: { dialTone: 0, ringBack: 0, ring: 1000, talk: expect.any(Number), hold: 0, wrapUp: 0 },
        phase: null,
        phaseSince: null,
        beganAway: false,
        endedAway: false,
        interrupted: false,
      },
    ],
  });
});

test('states: newest first, the present one without end', async () => {
  const { json } = await ask('a', 'a/states?limit=2');
  expect(json).toMatchObject({
    more: true,
    states: [
      { id: 4, state: 'READY', reasonCode: null, reasonLabel: '', endTime: null, durationMs: null },
      { id: 3, state: 'TALKING', durationMs: 4000 },
    ],
  });
  expect((await ask('a', 'a/states?before=3')).json).toMatchObject({
    more: false,
    states: [
      { id: 2, state: 'RESERVED' },
      { id: 1, state: 'READY' },
    ],
  });
});

test('a page asks for what changed, or with the tag whether anything did', async () => {
  const first = await ask('a', 'a/states');
  const { shift, version } = first.json;
  const tag = String(first.headers.etag);
  expect((await ask('a', 'a/states', { 'if-none-match': tag })).status).toBe(304);
  expect((await ask('a', `a/states?shift=${shift.id}&since=${version}`)).json.states).toEqual([]);
  // Of another shift, everything is news.
  expect((await ask('a', `a/states?shift=1&since=${version}`)).json.states).toHaveLength(4);
});

test('who may: the own history, supervisors those of their teams, administrators all', async () => {
  const status = async (user: string | null, whose: string) => (await ask(user, `${whose}/calls`)).status;
  expect(await status('a', 'a')).toBe(200);
  expect(await status('a', 'aname')).toBe(200);
  expect(await status('a', 'b')).toBe(403);
  expect(await status('s', 'a')).toBe(200);
  expect(await status('s', 'c')).toBe(403);
  expect(await status('admin', 'c')).toBe(200);
  expect(await status('admin', 'nobody')).toBe(404);
  expect(await status('a', 'nobody')).toBe(403);
  expect(await status(null, 'a')).toBe(401);
});

test('whoever has not signed in has no shift', async () => {
  expect((await ask('admin', 'c/calls')).json).toEqual({
    userId: 'c',
    shift: null,
    version: 0,
    more: false,
    calls: [],
  });
  expect((await ask('admin', 'c/states')).json.states).toEqual([]);
});

test('parameters that cannot be read are refused with a sentence', async () => {
  for (const [query, sentence] of [
    ['limit=0', 'limit must be a whole number from 1 to 1000.'],
    ['limit=1001', 'limit must be a whole number from 1 to 1000.'],
    ['limit=x', 'limit must be one whole number.'],
    ['before=1&before=2', 'before must be one whole number.'],
    ['since=3', 'since needs shift: the id of the shift that is known.'],
    ['until=3', 'There is no parameter "until". The parameters are shift, since, before, limit.'],
  ])
    expect(await ask('a', `a/calls?${query}`)).toMatchObject({
      status: 400,
      json: { error: sentence, problem: 'badValue' },
    });
  expect((await ask('a', 'a/calls?nocache=17')).status).toBe(200);
});

test('without its database it says so, in JSON', async () => {
  await app.close();
  app = heldToContract();
  const directory = new TestDirectorySource(DATA);
  const lost = () => Promise.reject(new StoreError('unavailable', 'The database cannot be reached'));
  const shifts = { shift: (id: string) => book.shift(id), calls: lost, states: lost };
  await app.register(historyPlugin({ accounts: new TestAccounts(directory), directory, shifts }), {
    prefix: '/poise/api',
  });
  expect(await ask('a', 'a/calls')).toMatchObject({ status: 503, json: { problem: 'unavailable' } });
});
