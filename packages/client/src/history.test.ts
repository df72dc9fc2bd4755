import { expect, test } from 'vitest';
import { Harness, rejection } from '../test/harness.ts';
import type { History } from './index.ts';

const away = { beganAway: false, endedAway: false, interrupted: false };
const call = (id: number, more: object = {}) => ({
  id,
  dialogId: `${100 + id}`,
  type: 'inbound',
  direction: 'inbound',
  callType: 'ACD_IN',
  number: '9001',
  disposition: 'handled',
  continuedAs: null,
  wrapUpReason: null,
  queueName: 'Sales',
  startTime: '2026-11-27T08:00:00.000Z',
  endTime: '2026-11-27T08:01:00.000Z',
  durationMs: 60_000,
  spentMs: { ring: 1_000, talk: 59_000 },
  phase: null,
  phaseSince: null,
  ...away,
  ...more,
});
const state = (id: number, more: object = {}) => ({
  id,
  state: 'READY',
  reasonCode: null,
  reasonLabel: '',
  startTime: '2026-11-27T08:00:00.000Z',
  endTime: null,
  durationMs: null,
  ...away,
  ...more,
});
const shift = { id: 7, startedAt: '2026-11-27T08:00:00.000Z', endedAt: null };

/** A server with these lists, oldest first, in pages of the size that is asked for, and at most of `size`. */
function serving(lists: { calls: object[]; states: object[]; shiftId?: number }, size = 1_000) {
  const { client, server } = new Harness();
  const asked: string[] = [];
  for (const list of ['calls', 'states'] as const)
    server.handlers.set(`GET /poise/api/history/2001/${list}`, ({ query }) => {
      query.delete('nocache');
      asked.push(`${list}?${query}`);
      const before = Number(query.get('before') ?? Number.POSITIVE_INFINITY);
      const since = query.get('shift') === String(lists.shiftId ?? 7) ? Number(query.get('since')) : 0;
      const found = (lists[list] as Array<{ id: number; version?: number }>)
        .filter(({ id, version = id }) => id < before && version > since)
        .reverse();
      const body = {
        userId: '2001',
        shift: { ...shift, id: lists.shiftId ?? 7 },
        version: 40,
        more: found.length > size,
        [list]: found.slice(0, size),
      };
      return { status: 200, body: JSON.stringify(body) };
    });
  server.handlers.set('GET /User/2001', () => ({
    status: 200,
    body: '<User><loginId>2001</loginId></User>',
  }));
  return { client, asked, lists };
}

test('calls and states with times as dates, newest first', async () => {
  const { client } = serving({ calls: [call(1), call(2)], states: [state(1), state(2)] });
  const history = await client.history();
  expect(history).toMatchObject({
    userId: '2001',
    shift: { id: 7, startedAt: new Date('2026-11-27T08:00:00Z'), endedAt: null },
    callsVersion: 40,
  });
  expect(history.calls.map(({ id }) => id)).toEqual([2, 1]);
  expect(history.calls[1]).toEqual({
    ...call(1),
    startTime: new Date('2026-11-27T08:00:00Z'),
    endTime: new Date('2026-11-27T08:01:00Z'),
  });
  expect(history.states[0]).toEqual({ ...state(2), startTime: new Date('2026-11-27T08:00:00Z') });
});

test('a long shift is read in pages', async () => {
  const { client, asked } = serving({ calls: [1, 2, 3, 4, 5].map((id) => call(id)), states: [] }, 2);
  expect((await client.history('2001')).calls.map(({ id }) => id)).toEqual([5, 4, 3, 2, 1]);
  expect(asked.filter((line) => line.startsWith('calls'))).toEqual([
    'calls?limit=1000',
    'calls?limit=1000&before=4',
    'calls?limit=1000&before=2',
  ]);
});

test('of what is known only the changes are asked for, and take their places', async () => {
  const { client, asked, lists } = serving({ calls: [call(1), call(2, { disposition: null })], states: [] });
  const before = await client.history('2001');
  lists.calls = [call(1), call(2, { version: 41, disposition: 'handled' }), call(3, { version: 42 })];
  asked.length = 0;
  const after = await client.history('2001', before);
  expect(asked).toContain('calls?limit=1000&shift=7&since=40');
  expect(after.calls.map(({ id, disposition }) => [id, disposition])).toEqual([
    [3, 'handled'],
    [2, 'handled'],
    [1, 'handled'],
  ]);
  expect(after.states).toBe(before.states);
});

test('after a new sign-in nothing of the earlier shift is left', async () => {
  const { client } = serving({ calls: [call(1)], states: [state(1)], shiftId: 8 });
  const known: History = {
    ...(await serving({ calls: [call(1), call(2)], states: [state(1), state(2)] }).client.history('2001')),
  };
  const after = await client.history('2001', known);
  expect([after.shift?.id, after.calls.length, after.states.length]).toEqual([8, 1, 1]);
});

test('a refusal is an ApiError with the sentence; garbage is a bad reply', async () => {
  const { client, server } = new Harness();
  const refusal = { error: 'This agent is in no team that you supervise.', problem: 'forbidden' };
  server.handlers.set('*', () => ({ status: 403, body: JSON.stringify(refusal) }));
  expect(await rejection(client.history('2002'))).toMatchObject({
    status: 403,
    errorType: 'forbidden',
    errorMessage: refusal.error,
  });
  server.handlers.set('*', () => ({ status: 502, body: '<html>' }));
  expect(await rejection(client.history('2002'))).toMatchObject({ status: 502 });
  for (const body of ['', '<html>', 'null', '[]', '{}', '{"calls":3}', '17']) {
    server.handlers.set('*', () => ({ status: 200, body }));
    expect(await rejection(client.history('2002'))).toMatchObject({ status: 502, errorType: 'Bad Reply' });
  }
  // What is no entry is left out, what is no value is empty.
  server.handlers.set('*', () => ({
    status: 200,
    body: '{"shift":{"id":"x"},"calls":[null,3,{"id":"x","startTime":5}],"states":[]}',
  }));
  expect((await client.history('2002')).calls).toMatchObject([{ id: 0, startTime: null, number: '' }]);
});

test('workflows with their actions', async () => {
  const { client, server } = new Harness();
  server.handlers.set('GET /User/2001', () => ({
    status: 200,
    body: '<User><loginId>2001</loginId></User>',
  }));
  server.handlers.set('GET /User/2001/Workflows', () => ({
    status: 200,
    body: `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Workflows><Workflow><uri>/finesse/api/Workflow/1</uri>
      <name>w</name><description>d</description><media>Voice</media><TriggerSet><type>SYSTEM</type><name>CALL_ARRIVES</name>
      <triggers><Trigger><Variable><name>mediaType</name><node>//Dialog/mediaType</node><type>CUSTOM</type></Variable>
      <comparator>IS_EQUAL</comparator><value>Voice</value></Trigger></triggers></TriggerSet>
      <ConditionSet><applyMethod>ANY</applyMethod><conditions/></ConditionSet>
      <workflowActions><WorkflowAction><name>a</name><type>BROWSER_POP</type><uri>/finesse/api/WorkflowAction/2</uri>
      <handledBy>FINESSE_DESKTOP</handledBy><params><Param><name>path</name><value>https://x/?a=1&amp;b</value></Param></params>
      <actionVariables><ActionVariable><name>v</name><type>SYSTEM</type><node>//Dialog/id</node><testValue>t</testValue>
      </ActionVariable></actionVariables></WorkflowAction></workflowActions></Workflow></Workflows>`,
  }));
  const variable = { name: 'mediaType', node: '//Dialog/mediaType', type: 'CUSTOM' };
  expect(await client.workflows()).toEqual([
    {
      uri: '/finesse/api/Workflow/1',
      name: 'w',
      description: 'd',
      media: 'Voice',
      triggerSet: {
        type: 'SYSTEM',
        name: 'CALL_ARRIVES',
        triggers: [{ variable, comparator: 'IS_EQUAL', value: 'Voice' }],
      },
      conditionSet: { applyMethod: 'ANY', conditions: [] },
      workflowActions: [
        {
          uri: '/finesse/api/WorkflowAction/2',
          name: 'a',
          type: 'BROWSER_POP',
          handledBy: 'FINESSE_DESKTOP',
          params: [{ name: 'path', value: 'https://x/?a=1&b' }],
          actionVariables: [{ name: 'v', type: 'SYSTEM', node: '//Dialog/id', testValue: 't' }],
        },
      ],
    },
  ]);
});
