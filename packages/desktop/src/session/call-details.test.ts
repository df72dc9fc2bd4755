import type { HistoryCall } from '@poise/client';
import { expect, test } from 'vitest';
import { dialog, part } from '../../test/dialogs.ts';
import { callDetailsOf, queueOf } from './call-details.ts';

test('who talks and who is on hold in the call of an agent, with what is known of it', () => {
  const talk = dialog('1', [part('3001', 'ACTIVE'), part('15551234', 'ACTIVE'), part('3002', 'HELD')], {
    callVariables: [
      { name: 'callVariable1', value: 'gold' },
      { name: 'callVariable2', value: '' },
    ],
  });
  expect(callDetailsOf(talk, '3001')).toEqual({
    state: 'ACTIVE',
    since: null,
    active: ['3001', '15551234'],
    held: ['3002'],
    variables: [{ name: 'callVariable1', value: 'gold' }],
  });
});

test('the agent who holds is not among those who are held', () => {
  const held = dialog('1', [part('3001', 'HELD'), part('15551234', 'ACTIVE')]);
  expect(callDetailsOf(held, '3001')).toMatchObject({ state: 'HELD', active: ['15551234'], held: [] });
});

test('there are none of a call that the agent has left, or was never in', () => {
  expect(callDetailsOf(dialog('1', [part('3001', 'DROPPED')]), '3001')).toBeNull();
  expect(callDetailsOf(dialog('1', [part('3002', 'ACTIVE')]), '3001')).toBeNull();
});

test('the queue is what the dialog says, else what the history of the agent says of this call', () => {
  const calls = [
    { dialogId: '1', queueName: 'Support' },
    { dialogId: '2', queueName: null },
  ] as unknown as HistoryCall[];
  const call = (id: string, mediaProperties = {}) =>
    dialog(id, [part('3001', 'ACTIVE')], { mediaProperties });
  expect(queueOf(call('1', { queueName: 'Sales', queueNumber: '85881' }), { calls })).toBe('Sales');
  expect(queueOf(call('1', { queueNumber: '85881' }), { calls })).toBe('85881');
  expect(queueOf(call('1'), { calls })).toBe('Support');
  expect(queueOf(call('2'), { calls })).toBe('');
  expect(queueOf(call('3'), { calls })).toBe('');
  expect(queueOf(call('1'), null)).toBe('');
});
