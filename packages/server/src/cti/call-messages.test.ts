import { decode, encode, type Fields, NONE_UINT, NONE_USHORT, SupervisoryAction } from '@poise/ged188';
import { expect, test } from 'vitest';
import { callRequests } from './call-messages.ts';
import type { Connection } from './connections.ts';
import type { CallControl } from './port.ts';

/** Connections with ids that nobody could guess. */
const KNOWN: Readonly<Record<string, Connection>> = {
  '100 2001': { callId: 100, deviceIdType: 1, deviceId: 'dyn/2001/100' },
  '100 9001': { callId: 100, deviceIdType: 0, deviceId: '9001' },
  '101 2001': { callId: 101, deviceIdType: 0, deviceId: '2001' },
  '300 2050': { callId: 300, deviceIdType: 0, deviceId: '2050' },
};

const make = (wish: CallControl) =>
  callRequests(wish, 5000, (dialogId, extension) => KNOWN[`${dialogId} ${extension}`]);

/** Names and fields of the requests, after a way through the codec. */
function sent(wish: CallControl): Array<readonly [string, Fields]> {
  return (make(wish) ?? []).map(({ name, fields }) => {
    const message = decode(encode({ name, fields: { InvokeID: 1, ...fields } } as never, 24), 24, {
      strict: true,
    });
    expect(message.unknown).toEqual([]);
    return [message.name, message.fields] as const;
  });
}

const verbatim = (prefix: string) => ({
  [`${prefix}CallID`]: 100,
  [`${prefix}DeviceIDType`]: 1,
  [`${prefix}DeviceID`]: 'dyn/2001/100',
});
const OWN = { dialogId: '100', extension: '2001' };

test.each([
  ['ANSWER', 'ANSWER_CALL_REQ', 'Connection'],
  ['HOLD', 'HOLD_CALL_REQ', 'Connection'],
  ['RETRIEVE', 'RETRIEVE_CALL_REQ', 'HeldConnection'],
  ['DROP', 'CLEAR_CONNECTION_REQ', 'Connection'],
  ['START_RECORDING', 'START_RECORDING_REQ', 'Connection'],
] as const)('%s is %s and names the connection as the server did', (verb, name, prefix) => {
  const [[type, fields]] = sent({ verb, ...OWN }) as [readonly [string, Fields]];
  expect(type).toBe(name);
  expect(fields).toMatchObject({ PeripheralID: 5000, AgentInstrument: '2001', ...verbatim(prefix) });
});

test('MAKE_CALL has every enumeration at 0; who is available dials belligerently', () => {
  const wish = {
    verb: 'MAKE_CALL',
    extension: '2001',
    toAddress: '99555',
    fromReady: false,
    data: {
      variables: { 0: 'a', 9: 'z' },
      named: [
        { name: 'user.x', index: null, value: '1' },
        { name: 'user.y', index: 2, value: '2' },
      ],
    },
  } as const;
  const [[name, fields]] = sent(wish) as [readonly [string, Fields]];
  expect(name).toBe('MAKE_CALL_REQ');
  expect(fields).toMatchObject({
    CallPlacementType: 0,
    CallMannerType: 0,
    AlertRings: 0,
    CallOption: 0,
    FacilityType: 0,
    AnsweringMachine: 0,
    Priority: 0,
    PostRoute: 0,
    SkillGroupNumber: NONE_UINT,
    AgentInstrument: '2001',
    DialedNumber: '99555',
    CallVariable1: 'a',
    CallVariable10: 'z',
    namedVariables: [{ NamedVariable: { name: 'user.x', value: '1' } }],
    namedArrays: [{ NamedArray: { index: 2, name: 'user.y', value: '2' } }],
  });
  expect(fields.CallVariable2).toBeUndefined();
  expect(sent({ ...wish, fromReady: true })[0]?.[1].CallMannerType).toBe(2);
});

test('SET_CALL_DATA_REQ sends what changes and nothing else', () => {
  const [[name, fields]] = sent({
    verb: 'UPDATE_CALL_DATA',
    ...OWN,
    data: { variables: { 2: '' }, wrapUpReason: 'Sale made' },
  }) as [readonly [string, Fields]];
  expect(name).toBe('SET_CALL_DATA_REQ');
  expect(fields).toMatchObject({ CallType: NONE_USHORT, CallVariable3: '', CallWrapupData: 'Sale made' });
  expect(Object.keys(fields).filter((field) => /^(CallVariable|named|ANI)/.test(field))).toEqual([
    'CallVariable3',
  ]);
});

test('TRANSFER and CONFERENCE name the active and the held connection; a single step has no held one', () => {
  const two = { heldDialogId: '100', activeDialogId: '101', extension: '2001' };
  const active = { ActiveConnectionCallID: 101, ActiveConnectionDeviceID: '2001' };
  expect(sent({ verb: 'TRANSFER', ...two })).toMatchObject([
    ['TRANSFER_CALL_REQ', { ...active, ...verbatim('HeldConnection') }],
  ]);
  expect(sent({ verb: 'CONFERENCE', ...two })).toMatchObject([
    ['CONFERENCE_CALL_REQ', { ...active, ...verbatim('HeldConnection') }],
  ]);
  expect(sent({ verb: 'TRANSFER_SST', ...OWN, toAddress: '2002' })).toMatchObject([
    [
      'TRANSFER_CALL_REQ',
      {
        ...verbatim('ActiveConnection'),
        HeldConnectionCallID: NONE_UINT,
        HeldConnectionDeviceIDType: NONE_USHORT,
        DialedNumber: '2002',
      },
    ],
  ]);
});

/** Bytes 16 to 23 of the frame hold the two call numbers: which comes first differs (ged188.md 8.4). */
test('on the wire a transfer has the active call first, a conference the held one', () => {
  const numbers = (verb: 'TRANSFER' | 'CONFERENCE') => {
    const [{ name, fields }] = make({
      verb,
      heldDialogId: '100',
      activeDialogId: '101',
      extension: '2001',
    })! as [{ name: string; fields: Fields }];
    const frame = encode({ name, fields: { InvokeID: 1, ...fields } } as never, 24);
    const view = new DataView(frame.buffer, frame.byteOffset);
    return [view.getUint32(16), view.getUint32(20)];
  };
  expect(numbers('TRANSFER')).toEqual([101, 100]);
  expect(numbers('CONFERENCE')).toEqual([100, 101]);
});

test('CONSULT_CALL and SEND_DTMF', () => {
  expect(sent({ verb: 'CONSULT_CALL', ...OWN, toAddress: '2002' })).toMatchObject([
    ['CONSULTATION_CALL_REQ', { ...verbatim('ActiveConnection'), DialedNumber: '2002', ConsultType: 0 }],
  ]);
  expect(sent({ verb: 'SEND_DTMF', ...OWN, digits: '12#' })).toMatchObject([
    ['SEND_DTMF_SIGNAL_REQ', { ...verbatim('Connection'), DTMFString: '12#' }],
  ]);
});

test('removing a party clears its connection on behalf of whoever asks', () => {
  expect(sent({ verb: 'PARTICIPANT_DROP', ...OWN, target: '9001' })).toMatchObject([
    [
      'CLEAR_CONNECTION_REQ',
      {
        ConnectionCallID: 100,
        ConnectionDeviceID: '9001',
        AgentInstrument: '2001',
        RequestingDeviceID: '2001',
      },
    ],
  ]);
});

test('listening in names the call of the agent, and no call of the supervisor', () => {
  const wish = {
    verb: 'SILENT_MONITOR',
    dialogId: '100',
    agentExtension: '2001',
    supervisorExtension: '2050',
    monitorDialogId: null,
  } as const;
  expect(sent(wish)).toMatchObject([
    [
      'SUPERVISE_CALL_REQ',
      {
        ...verbatim('AgentConnection'),
        SupervisorConnectionCallID: NONE_UINT,
        SupervisoryAction: SupervisoryAction.MONITOR,
        AgentInstrument: '2001',
        SupervisorInstrument: '2050',
      },
    ],
  ]);
});

test('barging in from a monitor call ends that one first', () => {
  const wish = {
    verb: 'BARGE_CALL',
    dialogId: '100',
    agentExtension: '2001',
    supervisorExtension: '2050',
  } as const;
  const actions = (monitorDialogId: string | null) =>
    sent({ ...wish, monitorDialogId }).map(([, fields]) => [
      fields.SupervisoryAction,
      fields.SupervisorConnectionCallID,
    ]);
  expect(actions('300')).toEqual([
    [SupervisoryAction.CLEAR, 300],
    [SupervisoryAction.BARGE_IN, NONE_UINT],
  ]);
  expect(actions(null)).toEqual([[SupervisoryAction.BARGE_IN, NONE_UINT]]);
  expect(actions('999')).toEqual([[SupervisoryAction.BARGE_IN, NONE_UINT]]);
});

test('without its connection nothing can be asked', () => {
  expect(make({ verb: 'ANSWER', dialogId: '7', extension: '2001' })).toBeNull();
  expect(make({ verb: 'TRANSFER', heldDialogId: '7', activeDialogId: '101', extension: '2001' })).toBeNull();
});

test('an answer to a campaign is BAResponse, one request for each text', () => {
  const requests = sent({ verb: 'RESPOND', ...OWN, responses: ['P#5551212', 'Callback 03072014 14:30'] });
  expect(requests.map(([name]) => name)).toEqual(['SET_CALL_DATA_REQ', 'SET_CALL_DATA_REQ']);
  expect(requests[1]?.[1]).toMatchObject({
    ...verbatim('Connection'),
    namedVariables: [{ NamedVariable: { name: 'BAResponse', value: 'Callback 03072014 14:30' } }],
  });
});
