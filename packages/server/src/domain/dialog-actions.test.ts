import { expect, test } from 'vitest';
import type { Dialog, DialogKind, ParticipantState } from './dialog.ts';
import { actionsOf } from './dialog-actions.ts';
import type { Profile } from './profile.ts';

const CCE: Profile = { deployment: 'CCE', release: '11.6' };
const CCX: Profile = { deployment: 'CCX', release: '11.6' };

function dialog(id: string, kind: DialogKind, ...parties: Array<[string, ParticipantState]>): Dialog {
  return {
    id,
    kind,
    state: 'ACTIVE',
    fromAddress: '9001',
    toAddress: '6003',
    associatedDialogId: null,
    secondaryId: null,
    media: {
      dialedNumber: '6003',
      dnis: '2003',
      callType: 'PREROUTE_ACD_IN',
      outboundClassification: '',
      callback: null,
      wrapUpReason: null,
      callVariables: Array.from({ length: 10 }, () => ''),
      named: [],
      queueNumber: null,
      queueName: null,
      callKey: null,
    },
    participants: parties.map(([mediaAddress, state]) => ({
      mediaAddress,
      mediaAddressType: 'AGENT_DEVICE',
      agentId: null,
      state,
      stateCause: '',
      startTime: null,
      stateChangeTime: null,
      callType: null,
      dnis: null,
      associatedDialogId: null,
    })),
    controller: null,
    recording: false,
  };
}

const actions = (of: Dialog, others: Dialog[] = [], profile = CCE, mayDropParticipants = false) =>
  actionsOf({
    dialog: of,
    participant: of.participants[0]!,
    dialogsThere: [of, ...others],
    profile,
    mayDropParticipants,
  }).join(' ');

const single = (state: ParticipantState, kind: DialogKind = 'call') =>
  dialog('1', kind, ['2003', state], ['9001', 'ACTIVE']);

test.each([
  ['INITIATING', 'UPDATE_CALL_DATA DROP'],
  ['INITIATED', 'UPDATE_CALL_DATA DROP'],
  ['ALERTING', 'ANSWER'],
  ['ACTIVE', 'TRANSFER_SST CONSULT_CALL HOLD UPDATE_CALL_DATA SEND_DTMF DROP'],
  ['HELD', 'RETRIEVE DROP UPDATE_CALL_DATA'],
  ['FAILED', 'DROP'],
  ['WRAP_UP', 'UPDATE_CALL_DATA'],
  ['DROPPED', ''],
  ['ACCEPTED', ''],
] as const)('a single call in %s offers: %s', (state, expected) => {
  expect(actions(single(state))).toBe(expected);
});

test.each([
  ['INITIATING', 'UPDATE_CALL_DATA DROP'],
  ['ALERTING', 'ANSWER'],
  ['ACTIVE', 'HOLD UPDATE_CALL_DATA SEND_DTMF DROP'],
  ['HELD', 'RETRIEVE DROP UPDATE_CALL_DATA'],
] as const)('a consult call in %s offers: %s', (state, expected) => {
  expect(actions(single(state, 'consult'))).toBe(expected);
});

test.each([
  ['ACTIVE', 'BARGE_CALL DROP'],
  ['INITIATED', 'DROP'],
  ['ALERTING', ''],
  ['HELD', ''],
] as const)('a monitor call in %s offers: %s', (state, expected) => {
  expect(actions(single(state, 'monitor'))).toBe(expected);
});

test('a held call can be transferred and conferenced once the consult call is active, not while it rings', () => {
  const held = single('HELD');
  const ringing = dialog('2', 'consult', ['2003', 'INITIATED'], ['2004', 'ALERTING']);
  const talking = dialog('2', 'consult', ['2003', 'ACTIVE'], ['2004', 'ACTIVE']);
  expect(actions(held, [ringing])).toBe('RETRIEVE DROP UPDATE_CALL_DATA');
  expect(actions(held, [talking])).toBe('RETRIEVE DROP UPDATE_CALL_DATA TRANSFER CONFERENCE');
});

test('from a held consult call the transfer goes the other way round', () => {
  const consult = dialog('2', 'consult', ['2003', 'HELD'], ['2004', 'ACTIVE']);
  expect(actions(consult, [single('ACTIVE')])).toBe('RETRIEVE DROP UPDATE_CALL_DATA TRANSFER CONFERENCE');
});

test('while a consult call exists, the original offers no second one', () => {
  const consult = dialog('2', 'consult', ['2003', 'HELD'], ['2004', 'ACTIVE']);
  expect(actions(single('ACTIVE'), [consult])).toBe('HOLD UPDATE_CALL_DATA SEND_DTMF DROP');
  const over = dialog('2', 'consult', ['2003', 'DROPPED'], ['2004', 'DROPPED']);
  expect(actions(single('ACTIVE'), [over])).toContain('CONSULT_CALL');
});

test('only the controller of a conference adds parties; who controls it may be unknown', () => {
  const parties: Array<[string, ParticipantState]> = [
    ['2003', 'ACTIVE'],
    ['9001', 'ACTIVE'],
    ['2004', 'ACTIVE'],
  ];
  const conference = dialog('1', 'call', ...parties);
  expect(actions({ ...conference, controller: '2004' })).toBe('HOLD UPDATE_CALL_DATA SEND_DTMF DROP');
  expect(actions({ ...conference, controller: '2003' })).toContain('CONSULT_CALL');
  expect(actions(conference)).toContain('CONSULT_CALL');
});

test('parties are removed from conferences, on CCE, by those who may', () => {
  const conference = dialog('1', 'call', ['2003', 'ACTIVE'], ['9001', 'ACTIVE'], ['2004', 'HELD']);
  expect(actions(conference, [], CCE, true)).toContain('PARTICIPANT_DROP');
  expect(actions(conference, [], CCE, false)).not.toContain('PARTICIPANT_DROP');
  expect(actions(conference, [], CCX, true)).not.toContain('PARTICIPANT_DROP');
  expect(actions(single('ACTIVE'), [], CCE, true)).not.toContain('PARTICIPANT_DROP');
});

test('CCX records, and transfers in a single step since 12', () => {
  expect(actions(single('ACTIVE'), [], CCX)).toBe(
    'CONSULT_CALL HOLD UPDATE_CALL_DATA SEND_DTMF DROP START_RECORDING',
  );
  expect(actions(single('ACTIVE'), [], { deployment: 'CCX', release: '12.6' })).toContain('TRANSFER_SST');
});

const outbound = (callType: string, state: ParticipantState): string => {
  const of = single(state);
  return actions({ ...of, media: { ...of.media, callType } });
};
const USUAL = 'TRANSFER_SST CONSULT_CALL HOLD UPDATE_CALL_DATA SEND_DTMF DROP';

test.each([
  ['RESERVATION_PREVIEW', 'ALERTING', 'ACCEPT REJECT CLOSE'],
  // Phones that answer a reservation by themselves.
  ['RESERVATION_PREVIEW_DIRECT', 'ACTIVE', 'ACCEPT REJECT CLOSE'],
  ['RESERVATION_CALLBACK', 'ALERTING', 'ACCEPT REJECT CLOSE'],
  ['RESERVATION_PERSONAL_CALLBACK', 'ALERTING', 'ACCEPT CLOSE'],
  ['RESERVATION_PREVIEW', 'ACCEPTED', ''],
  ['CUSTOMER_PREVIEW', 'ACTIVE', `${USUAL} UPDATE_SCHEDULED_CALLBACK CANCEL_SCHEDULED_CALLBACK`],
  [
    'CUSTOMER_PREVIEW_DIRECT',
    'ACTIVE',
    `${USUAL} UPDATE_SCHEDULED_CALLBACK CANCEL_SCHEDULED_CALLBACK RECLASSIFY`,
  ],
  ['CUSTOMER_PREVIEW_DIRECT', 'WRAP_UP', 'UPDATE_CALL_DATA RECLASSIFY'],
  ['CUSTOMER_PREVIEW', 'WRAP_UP', 'UPDATE_CALL_DATA'],
] as const)('outbound option: %s in %s has %s', (callType, state, expected) => {
  expect(outbound(callType, state)).toBe(expected);
});
