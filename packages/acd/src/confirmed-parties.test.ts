import type { Fields } from '@poise/ged188';
import { beforeEach, expect, it } from 'vitest';
import { call, FlowCentre } from './testing/flow.ts';

/** The parties that confirmations of transfers and conferences name, with the real call model: those of the event (ged188.md 8.4). */

const CUSTOMER = '15551234';
const ACTIVE = { ActiveConnectionCallID: call(1), ActiveConnectionDeviceID: '2003' };
const PAIR = {
  ActiveConnectionCallID: call(2),
  ActiveConnectionDeviceID: '2003',
  HeldConnectionCallID: call(1),
  HeldConnectionDeviceID: '2003',
};
const SINGLE_STEP = {
  ...ACTIVE,
  HeldConnectionCallID: 0xffffffff,
  HeldConnectionDeviceIDType: 0xffff,
  DialedNumber: '2005',
};

let centre: FlowCentre;
beforeEach(() => {
  centre = new FlowCentre();
  // Agent 2001 at 2003 talks to a customer in call #1; agent 2002 is at 2005.
  centre.signIn('2001', '2003', true);
  centre.exchange.arrive(CUSTOMER, '6001');
  centre.ask('ANSWER_CALL_REQ', { ConnectionCallID: call(1), ConnectionDeviceID: '2003' });
  centre.signIn('2002', '2005');
});

/** 2003 has consulted 2005 in call #2. */
function consulted(): void {
  centre.ask('CONSULTATION_CALL_REQ', { ...ACTIVE, DialedNumber: '2005' });
  centre.ask('ANSWER_CALL_REQ', { ConnectionCallID: call(2), ConnectionDeviceID: '2005' });
}

/** Every message that names parties, and whom. */
function partiesTold(name: 'TRANSFER_CALL_REQ' | 'CONFERENCE_CALL_REQ', fields: Fields): unknown[] {
  const { bridge } = centre;
  bridge.inbox.length = 0;
  bridge.request(name, fields);
  return bridge.inbox.flatMap((message) => {
    const { parties } = message.fields as { parties?: readonly Fields[] };
    return parties ? [[message.name, parties.map((party) => party.ConnectedPartyDeviceID)]] : [];
  });
}

it('transfer: without the transferring phone, with the consulted one', () => {
  consulted();
  const parties = [CUSTOMER, '2005'];
  expect(partiesTold('TRANSFER_CALL_REQ', PAIR)).toEqual([
    ['TRANSFER_CALL_CONF', parties],
    ['CALL_TRANSFERRED_EVENT', parties],
    ['CALL_TRANSFERRED_EVENT', parties],
  ]);
});

it('conference: all three', () => {
  consulted();
  const parties = [CUSTOMER, '2003', '2005'];
  expect(partiesTold('CONFERENCE_CALL_REQ', PAIR)).toEqual([
    ['CONFERENCE_CALL_CONF', parties],
    ['CALL_CONFERENCED_EVENT', parties],
    ['CALL_CONFERENCED_EVENT', parties],
  ]);
});

it('single-step transfer: without the transferring phone', () => {
  const parties = [CUSTOMER, '2005'];
  expect(partiesTold('TRANSFER_CALL_REQ', SINGLE_STEP)).toEqual([
    ['TRANSFER_CALL_CONF', parties],
    ['CALL_TRANSFERRED_EVENT', parties],
    ['CALL_TRANSFERRED_EVENT', parties],
  ]);
});

it('single-step transfer to a queue: the caller alone, who is about to wait', () => {
  expect(partiesTold('TRANSFER_CALL_REQ', { ...SINGLE_STEP, DialedNumber: '6002' }).slice(0, 2)).toEqual([
    ['TRANSFER_CALL_CONF', [CUSTOMER]],
    ['CALL_TRANSFERRED_EVENT', [CUSTOMER]],
  ]);
});

it('single-step conference: with the party that rings', () => {
  expect(partiesTold('CONFERENCE_CALL_REQ', SINGLE_STEP)).toEqual([
    ['CONFERENCE_CALL_CONF', [CUSTOMER, '2003', '2005']],
  ]);
});
