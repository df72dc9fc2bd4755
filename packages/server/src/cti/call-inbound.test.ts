import {
  CallType,
  ConnectionDeviceIDType,
  DeviceIDType,
  decode,
  EVENT_NEEDS,
  EventCause,
  encode,
  type Fields,
  LocalConnectionState,
  type MessageName,
  NONE_UINT,
} from '@poise/ged188';
import { expect, test } from 'vitest';
import { isCallMessage, readCallNews } from './call-inbound.ts';
import { Connections } from './connections.ts';

const connections = new Connections();

/** Through the codec, as the link reads it. */
function read(name: MessageName, fields: Fields, known = connections) {
  const message = decode(encode({ name, fields } as never, 24), 24);
  return readCallNews(message, {
    now: 5,
    version: 24,
    extensionOf: (callId, deviceId) => known.extensionOf(callId, deviceId),
  });
}

const event = (name: MessageName, fields: Fields, known?: Connections) => read(name, fields, known)?.event;

const at = (device: string, callId = 16_777_300, local: number = LocalConnectionState.CONNECT) => ({
  MonitorID: 0,
  PeripheralID: 5000,
  ConnectionCallID: callId,
  ConnectionDeviceIDType: ConnectionDeviceIDType.STATIC,
  ConnectionDeviceID: device,
  LocalConnectionState: local,
});
const begin = (device: string, more: Fields = {}) => {
  const { LocalConnectionState: _, ...connection } = at(device);
  return { ...connection, CallType: CallType.PREROUTE_ACD_IN, ...more };
};
const of = { callId: '16777300', at: 5, device: '2001', local: 'CONNECT' };

/** Media streams, teams, greetings and where a recording goes: nothing that a dialog shows. */
const NOT_SHOWN: readonly string[] = [
  'RTP_STARTED_EVENT',
  'RTP_STOPPED_EVENT',
  'AGENT_TEAM_CONFIG_EVENT',
  'AGENT_LEGACY_PRE_CALL_EVENT',
  'CALL_TERMINATION_EVENT',
  'CALL_AGENT_GREETING_EVENT',
  'NETWORK_RECORDING_TARGET_INFO_EVENT',
];

test('every event of calls that a server sends is a row of the table', () => {
  for (const [name, need] of Object.entries(EVENT_NEEDS))
    if (need.call !== undefined) expect(isCallMessage(name), name).toBe(!NOT_SHOWN.includes(name));
});

test('the beginning of a call tells type, data and the key of the router', () => {
  const fields = begin('2001', {
    ANI: '9001',
    DNIS: '2001',
    DialedNumber: '6003',
    CallVariable1: 'one',
    CallVariable10: '',
    CallWrapupData: '',
    RouterCallKeyDay: 154_000,
    RouterCallKeyCallID: 7,
    RouterCallKeySequenceNumber: 2,
    namedVariables: [{ NamedVariable: { name: 'user.tier', value: 'gold' } }],
    namedArrays: [{ NamedArray: { index: 3, name: 'user.list', value: 'x' } }],
  });
  expect(event('BEGIN_CALL_EVENT', fields)).toEqual({
    ...of,
    local: null,
    type: 'begun',
    callType: 'PREROUTE_ACD_IN',
    data: {
      ani: '9001',
      dnis: '2001',
      dialedNumber: '6003',
      wrapUpReason: '',
      variables: { 0: 'one', 9: '' },
      named: [
        { name: 'user.tier', index: null, value: 'gold' },
        { name: 'user.list', index: 3, value: 'x' },
      ],
      callKey: { day: 154_000, callId: 7, sequence: 2 },
    },
  });
});

test.each([
  ['TRANSFER_IN', 'TRANSFER'],
  ['CONSULT_OFFERRED', 'CONSULT_OFFERED'],
  ['ASSIST', 'ASSIST_CALL'],
  ['SUPERVISOR_BARGEIN', 'BARGE_IN_CONSULT'],
  ['SUPERVISOR_MONITOR', 'SUPERVISOR_MONITOR'],
  ['CUSTOMER_PREDICTIVE', 'CUSTOMER_PREDICTIVE'],
  ['OUT', 'OUT'],
] as const)('call type %s of GED-188 is %s of Finesse', (wire, word) => {
  expect(event('BEGIN_CALL_EVENT', begin('2001', { CallType: CallType[wire] }))).toMatchObject({
    callType: word,
  });
});

test('a ringing phone: parties, queue, the other call', () => {
  const news = event('CALL_DELIVERED_EVENT', {
    ...at('2001', 16_777_300, LocalConnectionState.ALERTING),
    SkillGroupNumber: 5001,
    AlertingDeviceType: DeviceIDType.AGENT_DEVICE,
    AlertingDeviceID: '2001',
    CallingDeviceType: DeviceIDType.EXTERNAL,
    CallingDeviceID: '9001',
    CalledDeviceType: DeviceIDType.ROUTE_POINT,
    CalledDeviceID: '6003',
    LastRedirectDeviceType: DeviceIDType.NONE,
    SecondaryConnectionCallID: 16_777_299,
    EventCause: EventCause.SUPERVISOR_MONITOR,
  });
  expect(news).toMatchObject({
    ...of,
    local: 'ALERTING',
    type: 'delivered',
    alerting: { address: '2001', kind: 'agent' },
    calling: { address: '9001', kind: 'outside' },
    called: { address: '6003', kind: 'queue' },
    skillGroup: 5001,
    original: '16777299',
    cause: 'SUPERVISOR_MONITOR',
  });
});

test.each([
  ['CALL_HELD_EVENT', 'Holding', 'held', 'holding'],
  ['CALL_RETRIEVED_EVENT', 'Retrieving', 'retrieved', 'retrieving'],
  ['CALL_CONNECTION_CLEARED_EVENT', 'Releasing', 'connectionCleared', 'releasing'],
  ['CALL_DIVERTED_EVENT', 'Diverting', 'diverted', 'diverting'],
  ['CALL_FAILED_EVENT', 'Failing', 'failed', 'failing'],
  ['CALL_SERVICE_INITIATED_EVENT', 'Calling', 'initiated', 'calling'],
  ['CALL_ORIGINATED_EVENT', 'Calling', 'originated', 'calling'],
  ['CALL_ESTABLISHED_EVENT', 'Answering', 'established', 'answering'],
] as const)('%s names the device that acts', (name, prefix, type, word) => {
  const named = { [`${prefix}DeviceType`]: DeviceIDType.AGENT_DEVICE, [`${prefix}DeviceID`]: '2002' };
  expect(event(name, { ...at('2001'), ...named })).toMatchObject({
    ...of,
    type,
    [word]: { address: '2002', kind: 'agent' },
  });
  expect(event(name, at('2001'))).toMatchObject({ ...of, type, [word]: null });
});

test('a consultation names the call that it was placed from', () => {
  expect(
    event('CALL_SERVICE_INITIATED_EVENT', { ...at('2001'), COCConnectionCallID: 16_777_299 }),
  ).toMatchObject({ original: '16777299' });
});

test('transfers name both calls and who is connected; the type in the list is that of the device', () => {
  const news = read('CALL_TRANSFERRED_EVENT', {
    MonitorID: 0,
    PeripheralID: 5000,
    PrimaryCallID: 100,
    PrimaryDeviceIDType: ConnectionDeviceIDType.STATIC,
    PrimaryDeviceID: '2001',
    SecondaryCallID: 101,
    SecondaryDeviceIDType: ConnectionDeviceIDType.STATIC,
    SecondaryDeviceID: '2001',
    TransferringDeviceType: DeviceIDType.AGENT_DEVICE,
    TransferringDeviceID: '2001',
    TransferredDeviceType: DeviceIDType.AGENT_DEVICE,
    TransferredDeviceID: '2002',
    LocalConnectionState: LocalConnectionState.NULL,
    EventCause: EventCause.TRANSFER,
    parties: [
      {
        ConnectedPartyCallID: 100,
        ConnectedPartyDeviceIDType: DeviceIDType.EXTERNAL,
        ConnectedPartyDeviceID: '9001',
      },
      {
        ConnectedPartyCallID: 100,
        ConnectedPartyDeviceIDType: DeviceIDType.AGENT_DEVICE,
        ConnectedPartyDeviceID: '2002',
      },
    ],
  });
  expect(news?.event).toEqual({
    type: 'transferred',
    callId: '100',
    at: 5,
    device: '2001',
    local: 'NULL',
    primaryCallId: '100',
    secondaryCallId: '101',
    transferring: { address: '2001', kind: 'agent' },
    transferred: { address: '2002', kind: 'agent' },
    parties: [
      { address: '9001', kind: 'outside', callId: '100', local: null },
      { address: '2002', kind: 'agent', callId: '100', local: null },
    ],
    cause: 'TRANSFER',
  });
  expect(news?.connections).toContainEqual({
    connection: { callId: 100, deviceIdType: ConnectionDeviceIDType.STATIC, deviceId: '2002' },
    extension: '2002',
    listed: true,
  });
});

test('a single step has no second call', () => {
  expect(
    event('CALL_TRANSFERRED_EVENT', {
      PrimaryCallID: 100,
      PrimaryDeviceIDType: 0,
      PrimaryDeviceID: '2001',
      SecondaryCallID: NONE_UINT,
      SecondaryDeviceIDType: ConnectionDeviceIDType.NONE,
      SecondaryDeviceID: '',
    }),
  ).toMatchObject({ primaryCallId: '100', secondaryCallId: null, parties: [] });
});

test('new ids of a call are told beside the old ones', () => {
  const renamed = { NewConnectionCallID: 100, NewConnectionDeviceIDType: 0, NewConnectionDeviceID: '2001' };
  expect(event('CALL_DATA_UPDATE_EVENT', begin('2001', renamed))).toMatchObject({
    callId: '16777300',
    newCallId: '100',
    newDevice: '2001',
  });
  const same = {
    NewConnectionCallID: NONE_UINT,
    NewConnectionDeviceIDType: 0xffff,
    NewConnectionDeviceID: '',
  };
  expect(event('CALL_DATA_UPDATE_EVENT', begin('2001', { ...same, CallType: CallType.NULL }))).toMatchObject({
    newCallId: '16777300',
    newDevice: null,
    callType: null,
  });
});

test('a dynamic connection id belongs to the device that the event is about, and is known from then on', () => {
  const known = new Connections();
  const dynamic = { ConnectionDeviceIDType: ConnectionDeviceIDType.DYNAMIC, ConnectionDeviceID: 'c9:1' };
  const ringing = read(
    'CALL_DELIVERED_EVENT',
    {
      ...at('', 100, LocalConnectionState.ALERTING),
      ...dynamic,
      AlertingDeviceType: 0,
      AlertingDeviceID: '2001',
    },
    known,
  )!;
  expect(ringing.event?.device).toBe('2001');
  for (const { connection, extension } of ringing.connections) known.note(connection, extension);
  expect(event('CALL_RETRIEVED_EVENT', { ...at('', 100), ...dynamic }, known)?.device).toBe('2001');
  expect(event('CALL_RETRIEVED_EVENT', { ...at('', 101), ...dynamic }, known)?.device).toBeNull();
  expect(known.find(100, '2001')).toEqual({ callId: 100, deviceIdType: 1, deviceId: 'c9:1' });
});

test('a call that the router announces', () => {
  const fields = {
    MonitorID: 0,
    SkillGroupNumber: 5001,
    AgentInstrument: '2001;15551234',
    RouterCallKeyDay: 154_000,
    RouterCallKeyCallID: 7,
  };
  expect(read('AGENT_PRE_CALL_EVENT', fields)?.preCall).toEqual({
    extension: '2001',
    skillGroup: 5001,
    callKey: { day: 154_000, callId: 7, sequence: 0 },
  });
});

test('events of monitors, messages without a connection and other messages mean nothing', () => {
  expect(read('CALL_HELD_EVENT', { ...at('2001'), MonitorID: 3 })).toBeNull();
  expect(read('CALL_HELD_EVENT', { ...at('2001'), ConnectionCallID: NONE_UINT })).toBeNull();
  const reading = { now: 0, version: 24, extensionOf: () => null };
  for (const name of [
    'CALL_HELD_EVENT',
    'BEGIN_CALL_EVENT',
    'AGENT_PRE_CALL_EVENT',
    'AGENT_STATE_EVENT',
    'toString',
  ]) {
    const news = readCallNews({ name, fields: {} } as never, reading);
    expect(news?.event ?? null).toBeNull();
    expect(news?.preCall ?? null).toBeNull();
  }
});
