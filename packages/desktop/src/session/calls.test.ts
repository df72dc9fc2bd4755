import type { Dialog, Update } from '@poise/client';
import { describe, expect, it } from 'vitest';
import { dialog, OWN, part } from '../../test/dialogs.ts';
import {
  allows,
  applyUpdate,
  type CallEvent,
  dialable,
  failureOf,
  inRows,
  NEW_CALL,
  NO_CALLS,
  otherParties,
  reduceCalls,
  ringing,
  waitsForKeypad,
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

  it('that take a dialog away leave behind, for a while, who was in it at its end', () => {
    const told = (id: string): CallEvent => ({
      type: 'dialog update',
      update: update('DELETE', { type: 'dialogs', dialogs: [dialog(id, [part(OWN, 'DROPPED')])] }),
    });
    const ids = Array.from({ length: 12 }, (_, index) => String(index));
    const dialogs = ids.map((id) => dialog(id, [part(OWN, 'ACTIVE')]));
    const read = reduceCalls(NO_CALLS, { type: 'dialogs read', dialogs }, OWN);
    const after = ids.map(told).reduce((state, event) => reduceCalls(state, event, OWN), read);
    expect(after.gone.map(({ id }) => id)).toEqual(ids.slice(-10));
    expect(after.gone.at(-1)?.participants).toEqual([part(OWN, 'DROPPED')]);
  });

  it('of a dialog that is not known count while the agent takes part', () => {
    expect(applyUpdate([], update('PUT', { type: 'dialog', dialog: two }), OWN)).toEqual([two]);
    const left = dialog('3', [part(OWN, 'DROPPED')]);
    expect(applyUpdate([], update('PUT', { type: 'dialog', dialog: left }), OWN)).toEqual([]);
    expect(applyUpdate([], update('PUT', { type: 'dialog', dialog: dialog('4', []) }), OWN)).toEqual([]);
  });

  it('of a supervisor who listens silently make no call of the watched agent, and one of the supervisor', () => {
    const monitor = {
      ...dialog('9', [part('2050', 'ACTIVE')]),
      callType: 'SUPERVISOR_MONITOR',
      fromAddress: '2050',
      toAddress: OWN,
    };
    const told = update('POST', { type: 'dialogs', dialogs: [monitor] });
    expect(applyUpdate([two], told, OWN)).toEqual([two]);
    expect(applyUpdate([], told, '2050')).toEqual([monitor]);
    const read: CallEvent = { type: 'dialogs read', dialogs: [two, monitor] };
    expect(reduceCalls(NO_CALLS, read, OWN).dialogs).toEqual([two]);
    expect(reduceCalls(NO_CALLS, read, '2050').dialogs).toEqual([two, monitor]);
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
  // What a campaign offers waits for the agent as a call does.
  const contact = dialog('3', [part(OWN, 'INITIATED', ['ACCEPT', 'REJECT'])]);
  expect(ringing([two, contact], OWN)).toEqual([contact]);
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

it('what rings stands first, then the latest; what is answered stays where it was', () => {
  const ids = (calls: readonly Dialog[]) => inRows(calls, OWN).map(({ id }) => id);
  const rings = (id: string) => dialog(id, [part(OWN, 'ALERTING', ['ANSWER'])]);
  const talks = (id: string) => dialog(id, [part(OWN, 'ACTIVE', ['HOLD'])]);
  expect(ids([talks('1'), rings('2')])).toEqual(['2', '1']);
  expect(ids([talks('1'), talks('2')])).toEqual(['2', '1']);
  expect(ids([rings('1'), talks('2')])).toEqual(['1', '2']);
});

describe('the keypad of a call', () => {
  const talks = dialog('1', [part(OWN, 'ACTIVE', ['SEND_DTMF', 'HOLD'])]);
  const after = (...events: readonly CallEvent[]) =>
    events.reduce((state, event) => reduceCalls(state, event, OWN), NO_CALLS);
  const open = [
    { type: 'dialogs read', dialogs: [talks] },
    { type: 'keypad opened', of: '1' },
  ] as const;

  it('shows what was sent, and holds the other buttons until it is closed and all is answered', () => {
    const sent = after(
      ...open,
      { type: 'keys sent', of: '1', keys: '1' },
      { type: 'keys sent', of: '1', keys: '#' },
    );
    expect(sent.keypad).toEqual({ of: '1', isOpen: true, echo: '1#', pending: 2 });
    const closed = reduceCalls(sent, { type: 'keypad closed' }, OWN);
    expect(waitsForKeypad(closed)).toBe(true);
    const half = reduceCalls(closed, { type: 'keys answered', of: '1', count: 1, error: null }, OWN);
    expect(waitsForKeypad(half)).toBe(true);
    const all = reduceCalls(half, { type: 'keys answered', of: '1', count: 1, error: null }, OWN);
    expect(waitsForKeypad(all)).toBe(false);
  });

  it('goes with its call, or with the right to send keys', () => {
    const read = (dialogs: readonly Dialog[]) => after(...open, { type: 'dialogs read', dialogs }).keypad;
    expect(read([talks])).not.toBeNull();
    expect(read([])).toBeNull();
    expect(read([dialog('1', [part(OWN, 'HELD', ['RETRIEVE'])])])).toBeNull();
  });

  it('says what was wrong with a key', () => {
    const state = after(
      ...open,
      { type: 'keys sent', of: '1', keys: '1' },
      {
        type: 'keys answered',
        of: '1',
        count: 1,
        error: { key: 'error.timeout' },
      },
    );
    expect(state.error).toEqual({ of: '1', sentence: { key: 'error.timeout' } });
  });
});

it.each([
  ['6001', '6001'],
  [' +1 (555) 123-4567 ', '+15551234567'],
  // Letters are the digits of their keys.
  ['desk7', '33757'],
  ['1-800-CALL me*#', '1800225563*#'],
  ['1'.repeat(39), '1'.repeat(39)],
])('%j is dialled as %j', (text, value) => {
  expect(dialable(text)).toEqual({ value });
});

it.each([
  [dialable, '', 'calls.numberInvalid'],
  [dialable, '1;2', 'calls.numberInvalid'],
  [dialable, '1'.repeat(40), 'calls.numberTooLong'],
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

  it('is shown no more once it was seen', () => {
    expect(run(refused(NEW_CALL, []), [{ type: 'call error seen' }]).error).toBeNull();
  });
});
