import type { Dialog } from '@poise/client';
import { describe, expect, test } from 'vitest';
import { dialog, OWN, part } from '../../test/dialogs.ts';
import { type AttentionOptions, asksForAttention, comesToFront } from './call-attention.ts';
import { NO_CALLS } from './calls.ts';

const ALL: AttentionOptions = {
  showNotificationOnCallVariablesChange: true,
  showNotificationOnParticipantChange: true,
  showNotificationOnWrapUpReasonsChange: true,
  showNotificationOnNumCallsChange: true,
};
const NONE = Object.fromEntries(Object.keys(ALL).map((key) => [key, false])) as unknown as AttentionOptions;

const customer = { ...part('15551234', 'ACTIVE'), mediaAddressType: '' };
const own = part(OWN, 'ACTIVE');
const call = (more: Partial<Dialog> = {}) => dialog('1', [own, customer], more);
const shared = (more: Partial<Dialog> = {}) => dialog('1', [own, customer, part('3002', 'ACTIVE')], more);
const variable = (value: string) => ({ callVariables: [{ name: 'callVariable1', value }] });

describe('call control asks for attention when', () => {
  const cases: [string, keyof AttentionOptions, Dialog[], Dialog[]][] = [
    ['a call comes', 'showNotificationOnNumCallsChange', [], [call()]],
    ['a call goes', 'showNotificationOnNumCallsChange', [call()], []],
    ['somebody joins', 'showNotificationOnParticipantChange', [call()], [shared()]],
    [
      'a variable is changed',
      'showNotificationOnCallVariablesChange',
      [call(variable('a'))],
      [call(variable('b'))],
    ],
    [
      'another agent chooses the reason',
      'showNotificationOnWrapUpReasonsChange',
      [shared()],
      [shared({ wrapUpReason: 'Sale' })],
    ],
  ];
  test.each(cases)('%s (%s)', (_title, option, dialogs, after) => {
    const before = { ...NO_CALLS, dialogs };
    expect(asksForAttention(before, { dialogs: after }, { ...NONE, [option]: true })).toBe(true);
    expect(asksForAttention(before, { dialogs: after }, { ...ALL, [option]: false })).toBe(false);
  });

  test.each([
    ['the agent changed the variable', [call(variable('a'))], [call(variable('b'))]],
    ['the agent chose the reason', [shared()], [shared({ wrapUpReason: 'Sale' })]],
  ])('not when %s', (_title, dialogs, after) => {
    const before = { ...NO_CALLS, dialogs, busy: new Set(['1']) };
    expect(asksForAttention(before, { dialogs: after }, ALL)).toBe(false);
  });

  test('nor for a reason of a call that this agent has alone, or for a state', () => {
    const before = { ...NO_CALLS, dialogs: [call()] };
    expect(asksForAttention(before, { dialogs: [call({ wrapUpReason: 'Sale' })] }, ALL)).toBe(false);
    expect(asksForAttention(before, { dialogs: [dialog('1', [part(OWN, 'HELD'), customer])] }, ALL)).toBe(
      false,
    );
    expect(asksForAttention(before, before, ALL)).toBe(false);
  });
});

test.each([
  ['', 'ALERTING', false],
  ['ALERTING', 'ACTIVE', true],
  ['', 'INITIATING', true],
  ['INITIATING', 'INITIATED', true],
  ['INITIATED', 'ACTIVE', true],
  ['ACTIVE', 'HELD', false],
  ['HELD', 'ACTIVE', false],
  ['ACTIVE', 'WRAP_UP', true],
  ['WRAP_UP', 'WRAP_UP', false],
  ['ALERTING', 'DROPPED', false],
])('own part from %j to %s: it comes to the front: %s', (was, is, expected) => {
  const before = was === '' ? [] : [dialog('1', [part(OWN, was)])];
  expect(comesToFront(before, [dialog('1', [part(OWN, is)])], OWN)).toBe(expected);
});
