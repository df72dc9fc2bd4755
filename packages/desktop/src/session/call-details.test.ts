import type { HistoryCall, MediaPropertiesLayout, MediaPropertyEntry } from '@poise/client';
import { expect, test } from 'vitest';
import { dialog, part } from '../../test/dialogs.ts';
import { callDetailsOf, isIn, queueOf } from './call-details.ts';

test('who talks and who is on hold in the call of an agent, with what is known of it', () => {
  const talk = dialog('1', [part('3001', 'ACTIVE'), part('15551234', 'ACTIVE'), part('3002', 'HELD')], {
    callVariables: [
      { name: 'callVariable1', value: 'gold' },
      { name: 'callVariable2', value: '' },
    ],
  });
  expect(callDetailsOf(talk, '3001', [])).toEqual({
    state: 'ACTIVE',
    since: null,
    active: ['3001', '15551234'],
    held: ['3002'],
    variables: [
      { property: 'callVariable1', label: '', value: 'gold', isEditable: false, isInPopOver: false },
    ],
  });
});

test('of its variables, what the pop-over shows: the header, then the marked rows, in the words of the layout (desktop.md 7.3)', () => {
  const entry = (mediaProperty: string, displayName: string, showInPopOver = false): MediaPropertyEntry => ({
    mediaProperty,
    displayName,
    showInPopOver,
    uiEditable: false,
  });
  const layout: MediaPropertiesLayout = {
    uri: '',
    id: '1',
    name: 'Standard',
    description: '',
    type: 'DEFAULT',
    header: entry('callVariable1', 'Customer'),
    columns: [
      [entry('callVariable2', 'Tariff', true), entry('callVariable3', 'Secret')],
      [entry('user.account', 'Account', true)],
    ],
  };
  const talk = dialog('1', [part('3001', 'ACTIVE')], {
    callVariables: [
      { name: 'callVariable3', value: 'not for a glance' },
      { name: 'user.account', value: '4711' },
      { name: 'callVariable2', value: '' },
      { name: 'callVariable1', value: 'Jo' },
    ],
  });
  const { variables } = callDetailsOf(talk, '3001', [layout]) ?? { variables: [] };
  expect(variables.map(({ label, value }) => [label, value])).toEqual([
    ['Customer', 'Jo'],
    ['Account', '4711'],
  ]);
});

test('the agent who holds is not among those who are held', () => {
  const held = dialog('1', [part('3001', 'HELD'), part('15551234', 'ACTIVE')]);
  expect(callDetailsOf(held, '3001', [])).toMatchObject({ state: 'HELD', active: ['15551234'], held: [] });
});

test('there are none of a call that the agent has left, or was never in', () => {
  for (const left of [dialog('1', [part('3001', 'DROPPED')]), dialog('1', [part('3002', 'ACTIVE')])]) {
    expect(callDetailsOf(left, '3001', [])).toBeNull();
    expect(isIn(left, '3001')).toBe(false);
  }
  expect(isIn(dialog('1', [part('3001', 'HELD')]), '3001')).toBe(true);
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
