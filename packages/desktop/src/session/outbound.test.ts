import { expect, test } from 'vitest';
import { dialog, OWN, part } from '../../test/dialogs.ts';
import { callbackProblem, contactOf, customerTime, isOutbound, zoneOf } from './outbound.ts';

const NOW = Date.UTC(2026, 0, 1, 2, 30);
const withVariables = (values: Record<string, string>) =>
  dialog('1', [], { callVariables: Object.entries(values).map(([name, value]) => ({ name, value })) });

test('the clock of the customer', () => {
  expect(customerTime(NOW, -300)).toBe('2025-12-31T21:30');
  expect(zoneOf(withVariables({ BATimeZone: '-300' }))).toBe(-300);
  for (const text of ['', 'EST', '841', '1e2'])
    expect(zoneOf(withVariables({ BATimeZone: text }))).toBeNull();
});

test.each([
  ['2026-01-01', '', 'date'],
  ['', '10:00', 'date'],
  ['2025-12-31', '21:30', 'past'],
  ['2025-12-31', '21:31', null],
])('a callback at %s %s: %s', (date, time, problem) => {
  expect(callbackProblem(date, time, NOW, -300)).toBe(problem);
});

test('without a zone the server decides what is past', () => {
  expect(callbackProblem('2020-01-01', '10:00', NOW, null)).toBeNull();
});

test('the contact is named by what the campaign tells', () => {
  expect(contactOf(withVariables({ BABuddyName: 'Doe, Jo', BACustomerNumber: '1' }))).toBe('Doe, Jo');
  expect(contactOf(withVariables({ BACustomerNumber: '1' }))).toBe('1');
  expect(contactOf(withVariables({}))).toBe('');
});

test('only what the server lists makes it a call of a campaign', () => {
  const own = (...actions: string[]) => dialog('1', [part(OWN, 'ALERTING', actions)]);
  expect(isOutbound(own('ACCEPT'), OWN)).toBe(true);
  expect(isOutbound(own('ANSWER', 'DROP'), OWN)).toBe(false);
});
