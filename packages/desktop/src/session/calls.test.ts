import type { Dialog, Update } from '@poise/client';
import { describe, expect, it } from 'vitest';
import { dialog, OWN, part } from '../../test/dialogs.ts';
import {
  allows,
  applyUpdate,
  type CallEvent,
  dialable,
  failureOf,
  filledVariables,
  NEW_CALL,
  NO_CALLS,
  otherParties,
  phoneKeys,
  reduceCalls,
  ringing,
} from './calls.ts';

const update = (event: string, data: Update['data']): Update => ({
  node: `/finesse/api/User/${OWN}/Dialogs`,
  event,
  requestId: '',
  source: '',
  data,
});

const one = dialog('1', [part(OWN, 'ALERTING', ['ANSWER']), part('15551234', 'INITIATED')]);
const two = dialog('2', [part(OWN, 'ACTIVE'), part('10000', 'ACTIVE')]);

describe('Updates', () => {
  it('add, change and remove dialogs', () => {
    let calls = applyUpdate([], update('POST', { type: 'dialogs', dialogs: [one] }), OWN);
    calls = applyUpdate(calls, update('POST', { type: 'dialogs', dialogs: [two] }), OWN);
    const active = { ...one, participants: [part(OWN, 'ACTIVE')] };
    calls = applyUpdate(calls, update('PUT', { type: 'dialog', dialog: active }), OWN);
    expect(calls).toEqual([active, two]);
    calls = applyUpdate(calls, update('DELETE', { type: 'dialogs', dialogs: [one] }), OWN);
    expect(calls).toEqual([two]);
  });

  it('of a dialog that is not known count while the agent takes part', () => {
    expect(applyUpdate([], update('PUT', { type: 'dialog', dialog: two }), OWN)).toEqual([two]);
    const left = dialog('3', [part(OWN, 'DROPPED')]);
    expect(applyUpdate([], update('PUT', { type: 'dialog', dialog: left }), OWN)).toEqual([]);
    expect(applyUpdate([], update('PUT', { type: 'dialog', dialog: dialog('4', []) }), OWN)).toEqual([]);
  });

  it('that change nothing leave the list as it is', () => {
    const calls = [two];
    expect(applyUpdate(calls, update('DELETE', { type: 'dialogs', dialogs: [one] }), OWN)).toBe(calls);
    expect(applyUpdate(calls, update('PUT', { type: 'none' }), OWN)).toBe(calls);
  });
});

it('what may be asked for is what the server says of the own part', () => {
  expect(allows(one, OWN, 'ANSWER')).toBe(true);
  expect(allows(one, OWN, 'HOLD')).toBe(false);
  expect(allows(one, '3002', 'ANSWER')).toBe(false);
  expect(ringing([one, two], OWN)).toEqual([one]);
});

it('the other end is who takes part, or who is called', () => {
  expect(otherParties(two, OWN)).toEqual(['10000']);
  const dialling = dialog('5', [part(OWN, 'INITIATED')], { fromAddress: OWN, toAddress: '15550100' });
  expect(otherParties(dialling, OWN)).toEqual(['15550100']);
  const offHook = dialog('6', [part(OWN, 'INITIATING')], { fromAddress: OWN, toAddress: '' });
  expect(otherParties(offHook, OWN)).toEqual([]);
  const left = dialog('7', [part(OWN, 'WRAP_UP'), part('15551234', 'DROPPED')]);
  expect(otherParties(left, OWN)).toEqual(['15551234']);
  // Somebody who handed the call over and wraps it up is no party any more.
  const handedOver = dialog('9', [part(OWN, 'ACTIVE'), part('15551234', 'ACTIVE'), part('2003', 'WRAP_UP')]);
  expect(otherParties(handedOver, OWN)).toEqual(['15551234']);
});

it('only variables with a value are shown', () => {
  const variables = [
    { name: 'callVariable1', value: '' },
    { name: 'callVariable2', value: 'gold' },
  ];
  expect(filledVariables(dialog('8', [], { callVariables: variables }))).toEqual([variables[1]]);
});

it.each([
  ['6001', '6001'],
  [' +1 (555) 123-4567 ', '+15551234567'],
  ['desk7', 'desk7'],
  ['call me', 'callme'],
  ['1'.repeat(39), '1'.repeat(39)],
])('%j is dialled as %j', (text, value) => {
  expect(dialable(text)).toEqual({ value });
});

it.each([
  ['12 #a', '12#A'],
  ['1'.repeat(31), '1'.repeat(31)],
])('%j is sent as the keys %j', (text, value) => {
  expect(phoneKeys(text)).toEqual({ value });
});

it.each([
  [dialable, '', 'calls.numberInvalid'],
  [dialable, '1;2', 'calls.numberInvalid'],
  [dialable, '1'.repeat(40), 'calls.numberTooLong'],
  [phoneKeys, '', 'call.digitsInvalid'],
  [phoneKeys, '1e', 'call.digitsInvalid'],
  // As many as the server takes, not one more.
  [phoneKeys, '1'.repeat(32), 'call.digitsTooMany'],
  [phoneKeys, '1'.repeat(40), 'call.digitsTooMany'],
])('%o says what is wrong with %j: %s', (read, text, key) => {
  expect(read(text)).toMatchObject({ problem: { key } });
});

it('a call that came to nothing says why, where that is known', () => {
  const failed = (stateCause: string, state = 'FAILED') =>
    failureOf(dialog('1', [{ ...part(OWN, state), stateCause }]), OWN)?.key;
  expect(failed('BUSY')).toBe('call.error.busy');
  expect(failed('BAD_DESTINATION')).toBe('call.error.destination');
  expect(failed('DEVICE_RESOURCE_NOT_AVAILABLE')).toBe('call.error.congestion');
  expect(failed('OTHER')).toBe('call.error.failed');
  expect(failed('')).toBe('call.error.failed');
  expect(failed('BUSY', 'DROPPED')).toBeUndefined();
});

describe('what went wrong with a request', () => {
  const refused = (of: string, calls: readonly Dialog[]) =>
    run({ ...NO_CALLS, dialogs: calls }, [{ type: 'call answered', of, error: { key: 'call.error.state' } }]);
  const run = (state: typeof NO_CALLS, events: readonly CallEvent[]) =>
    events.reduce((before, event) => reduceCalls(before, event, OWN), state);
  const told = (changed: Dialog): CallEvent => ({
    type: 'dialog update',
    update: update('PUT', { type: 'dialog', dialog: changed }),
  });

  it('is shown until the call is in another state', () => {
    const state = refused('2', [one, two]);
    const other = run(state, [
      told({ ...two, callVariables: [{ name: 'callVariable1', value: 'gold' }] }),
      told({ ...one, participants: [part(OWN, 'ACTIVE')] }),
    ]);
    expect(other.error).toEqual(state.error);
    expect(run(other, [told({ ...two, participants: [part(OWN, 'HELD')] })]).error).toBeNull();
    expect(run(state, [{ type: 'dialogs read', dialogs: [one] }]).error).toBeNull();
    expect(run(state, [{ type: 'dialogs read', dialogs: [two] }]).error).toEqual(state.error);
  });

  it('of a new call is shown until there is one', () => {
    const state = refused(NEW_CALL, [one]);
    expect(run(state, [told({ ...one, participants: [part(OWN, 'ACTIVE')] })]).error).toEqual(state.error);
    expect(run(state, [told(two)]).error).toBeNull();
  });
});
