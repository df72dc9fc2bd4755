import { FailureStatus, type Fields, type MessageName, ServiceMask } from '@poise/ged188';
import { beforeEach, describe, expect, it } from 'vitest';
import type { CallOutcome } from './calls/call-request.ts';
import { at, callOf, type FakeCalls } from './testing/fake-calls.ts';
import { BRIDGE, DESKTOP, type FakeClient } from './testing/fake-client.ts';
import { centreWithFakeCalls, LOGIN, type TestCentre } from './testing/test-centre.ts';

let test: TestCentre;
let calls: FakeCalls;
let bridge: FakeClient;
beforeEach(() => {
  ({ test, calls } = centreWithFakeCalls());
  bridge = test.open();
  const customer = at('15551234', 'CONNECT', 'external');
  calls.set(
    callOf(77, 'PREROUTE_ACD_IN', [customer, at('2003', 'HOLD')]),
    callOf(78, 'CONSULT', [at('2003'), at('2005')]),
  );
});

const ACTIVE = { ActiveConnectionCallID: 78, ActiveConnectionDeviceID: '2003' };
const HELD = { HeldConnectionCallID: 77, HeldConnectionDeviceID: '2003' };
const HERE = { ConnectionCallID: 78, ConnectionDeviceID: '2003' };
const here = { callId: 78, device: '2003' };
const held = { callId: 77, device: '2003' };
const answers = (client: FakeClient) => client.take('Status', 'FailureCode');

describe('each request reaches the model in its words, and is confirmed', () => {
  const variables = {
    CallVariable1: 'one',
    CallVariable10: 'ten',
    CallWrapupData: 'Sale made',
    UserToUserInfo: 'uui',
    namedVariables: [{ NamedVariable: { name: 'user.id', value: '7' } }],
    namedArrays: [{ NamedArray: { index: 3, name: 'user.list', value: 'x' } }],
  };
  const data = {
    variables: { 0: 'one', 9: 'ten' },
    wrapUp: 'Sale made',
    userToUser: 'uui',
    named: [
      { name: 'user.id', index: null, value: '7' },
      { name: 'user.list', index: 3, value: 'x' },
    ],
  };
  it.each<[MessageName, Fields, object]>([
    ['ANSWER_CALL_REQ', HERE, { type: 'answer', connection: here }],
    [
      'ANSWER_CALL_REQ',
      { ConnectionCallID: 0xffffffff, ConnectionDeviceIDType: 0xffff, ConnectionDeviceID: '2003' },
      { type: 'answer', connection: { callId: null, device: '2003' } },
    ],
    ['ANSWER_CALL_REQ', { ...HERE, AgentInstrument: '2003' }, { type: 'answer', connection: here }],
    ['HOLD_CALL_REQ', HERE, { type: 'hold', connection: here }],
    ['RETRIEVE_CALL_REQ', HELD, { type: 'retrieve', connection: held }],
    ['CLEAR_CALL_REQ', HERE, { type: 'clearCall', connection: here }],
    ['CLEAR_CONNECTION_REQ', HERE, { type: 'clear', connection: here, requesting: '2003' }],
    [
      'CLEAR_CONNECTION_REQ',
      { ...HERE, ConnectionDeviceID: '2005', RequestingDeviceID: '2003' },
      { type: 'clear', connection: { callId: 78, device: '2005' }, requesting: '2003' },
    ],
    [
      'CLEAR_CONNECTION_REQ',
      { ...HERE, ConnectionDeviceID: '2005', AgentInstrument: '2003' },
      { type: 'clear', connection: { callId: 78, device: '2005' }, requesting: '2003' },
    ],
    [
      'DEFLECT_CALL_REQ',
      { ...HERE, CalledDeviceID: '2006' },
      { type: 'deflect', connection: here, to: '2006' },
    ],
    [
      'SEND_DTMF_SIGNAL_REQ',
      { ...HERE, DTMFString: '1#*D' },
      { type: 'dtmf', connection: here, digits: '1#*D' },
    ],
    [
      'ALTERNATE_CALL_REQ',
      { ...ACTIVE, OtherConnectionCallID: 77, OtherConnectionDeviceID: '2003' },
      { type: 'alternate', active: here, held },
    ],
    ['RECONNECT_CALL_REQ', { ...ACTIVE, ...HELD }, { type: 'reconnect', active: here, held }],
    ['TRANSFER_CALL_REQ', { ...ACTIVE, ...HELD }, { type: 'transfer', active: here, held }],
    [
      'TRANSFER_CALL_REQ',
      { ...ACTIVE, HeldConnectionCallID: 0xffffffff, HeldConnectionDeviceIDType: 0xffff },
      { type: 'transfer', active: here, held: { callId: null, device: '2003' } },
    ],
    ['CONFERENCE_CALL_REQ', { ...ACTIVE, ...HELD }, { type: 'conference', active: here, held }],
    [
      'TRANSFER_CALL_REQ',
      {
        ...ACTIVE,
        HeldConnectionCallID: 0xffffffff,
        HeldConnectionDeviceIDType: 0xffff,
        DialedNumber: '6001',
      },
      { type: 'singleStepTransfer', active: here, dialed: '6001', data: {} },
    ],
    [
      'CONFERENCE_CALL_REQ',
      { ...ACTIVE, HeldConnectionCallID: 0xffffffff, DialedNumber: '2006', ...variables },
      { type: 'singleStepConference', active: here, dialed: '2006', data },
    ],
    [
      'CONSULTATION_CALL_REQ',
      { ...ACTIVE, DialedNumber: '2006', ConsultType: 2, ...variables },
      { type: 'consult', active: here, dialed: '2006', purpose: 'conference', data },
    ],
    [
      'MAKE_CALL_REQ',
      { AgentInstrument: '2003', DialedNumber: '15551234', CallMannerType: 2, ...variables },
      { type: 'make', device: '2003', dialed: '15551234', belligerent: true, data },
    ],
    [
      'MAKE_CALL_REQ',
      { AgentInstrument: '2003;15557777', DialedNumber: '2005' },
      { type: 'make', device: '2003', dialed: '2005', belligerent: false, data: {} },
    ],
    ['SET_CALL_DATA_REQ', { ...HERE, ...variables }, { type: 'setData', connection: here, data }],
    [
      'SET_CALL_DATA_REQ',
      { ...HERE, CallVariable2: '' },
      { type: 'setData', connection: here, data: { variables: { 1: '' } } },
    ],
    ['RELEASE_CALL_REQ', HERE, { type: 'release', connection: here }],
    ['START_RECORDING_REQ', HERE, { type: 'record', connection: here, on: true }],
    ['STOP_RECORDING_REQ', HERE, { type: 'record', connection: here, on: false }],
  ])('%s %j', (name, fields, request) => {
    for (const version of [14, 19, 20, 24, 25]) {
      const client = test.open({ version });
      client.request(name, fields);
      expect(calls.requests.splice(0)).toEqual([request]);
      expect(client.take()).toEqual([name.replace('_REQ', '_CONF')]);
    }
  });
});

describe('confirmations tell the new connection', () => {
  const outcome: CallOutcome = {
    ok: true,
    connection: { callId: 79, device: '2003' },
    call: callOf(79, 'OUT', [at('2003'), at('15551234', 'ALERTING', 'external')]),
    parties: [
      { callId: 79, device: '2003', kind: 'station' },
      { callId: 79, device: '2005', kind: 'station' },
    ],
  };
  const NEW = {
    InvokeID: 1,
    NewConnectionCallID: 79,
    NewConnectionDeviceIDType: 0,
    NewConnectionDeviceID: '2003',
    LineHandle: 0,
    LineType: 7,
  };
  beforeEach(() => {
    calls.answer = (_request, done) => done(outcome);
  });

  it('of a call and a consultation', () => {
    bridge.request('MAKE_CALL_REQ', { AgentInstrument: '2003', DialedNumber: '15551234' });
    bridge.request('CONSULTATION_CALL_REQ', { ...ACTIVE, DialedNumber: '2005' });
    expect(bridge.inbox).toEqual([
      { name: 'MAKE_CALL_CONF', fields: NEW },
      { name: 'CONSULTATION_CALL_CONF', fields: { ...NEW, InvokeID: 2 } },
    ]);
  });

  it('of a transfer and a conference, with the parties that the call will have', () => {
    bridge.request('TRANSFER_CALL_REQ', { ...ACTIVE, ...HELD });
    bridge.request('CONFERENCE_CALL_REQ', { ...ACTIVE, ...HELD });
    const parties = [
      { ConnectedPartyCallID: 79, ConnectedPartyDeviceIDType: 76, ConnectedPartyDeviceID: '2003' },
      { ConnectedPartyCallID: 79, ConnectedPartyDeviceIDType: 76, ConnectedPartyDeviceID: '2005' },
    ];
    expect(bridge.inbox).toEqual([
      { name: 'TRANSFER_CALL_CONF', fields: { ...NEW, NumParties: 2, parties } },
      { name: 'CONFERENCE_CALL_CONF', fields: { ...NEW, InvokeID: 2, NumParties: 2, parties } },
    ]);
  });

  it('a transfer that leaves nothing tells "none"', () => {
    calls.answer = (_request, done) => done({ ok: true });
    bridge.request('TRANSFER_CALL_REQ', { ...ACTIVE, ...HELD });
    expect(bridge.inbox[0]?.fields).toMatchObject({
      NewConnectionCallID: 0xffffffff,
      NewConnectionDeviceIDType: 0xffff,
      NewConnectionDeviceID: '',
      NumParties: 0,
    });
  });
});

describe('what is refused before it reaches the model', () => {
  const long = 'ä'.repeat(21);
  const named = (...list: { name: string; value: string }[]) => ({
    namedVariables: list.map((NamedVariable) => ({ NamedVariable })),
  });
  it.each<[string, MessageName, Fields, string]>([
    ['an unknown call', 'HOLD_CALL_REQ', { ...HERE, ConnectionCallID: 1 }, 'FailureCode=13'],
    [
      'an unknown held call',
      'TRANSFER_CALL_REQ',
      { ...ACTIVE, ...HELD, HeldConnectionCallID: 1 },
      'FailureCode=13',
    ],
    [
      'an unknown call whose data are set',
      'SET_CALL_DATA_REQ',
      { ...HERE, ConnectionCallID: 1 },
      'Status=13',
    ],
    ['an unknown call that is released', 'RELEASE_CALL_REQ', { ...HERE, ConnectionCallID: 1 }, 'Status=13'],
    ['an unknown bad call', 'BAD_CALL_REQ', { ...HERE, ConnectionCallID: 1 }, 'FailureCode=13'],
    [
      'two calls of different phones',
      'TRANSFER_CALL_REQ',
      { ...ACTIVE, ...HELD, HeldConnectionDeviceID: '2005' },
      'FailureCode=13',
    ],
    ['a dynamic device id', 'HOLD_CALL_REQ', { ...HERE, ConnectionDeviceIDType: 1 }, 'Status=33'],
    ['an unknown type of id', 'RETRIEVE_CALL_REQ', { ...HELD, HeldConnectionDeviceIDType: 9 }, 'Status=33'],
    [
      'no device at all',
      'ANSWER_CALL_REQ',
      { ConnectionCallID: 0xffffffff, ConnectionDeviceID: '' },
      'Status=6',
    ],
    ['a device that contradicts', 'HOLD_CALL_REQ', { ...HERE, AgentInstrument: '2005' }, 'Status=32'],
    ['another peripheral', 'HOLD_CALL_REQ', { ...HERE, PeripheralID: 7 }, 'Status=7'],
    ['a call from nowhere', 'MAKE_CALL_REQ', { AgentInstrument: '', DialedNumber: '2005' }, 'Status=6'],
    ['a call to nowhere', 'MAKE_CALL_REQ', { AgentInstrument: '2003', DialedNumber: '' }, 'Status=6'],
    ['an unknown phone', 'MAKE_CALL_REQ', { AgentInstrument: '1', DialedNumber: '2005' }, 'FailureCode=12'],
    ['a consultation with nobody', 'CONSULTATION_CALL_REQ', { ...ACTIVE, DialedNumber: '' }, 'Status=6'],
    [
      'a wrong ConsultType',
      'CONSULTATION_CALL_REQ',
      { ...ACTIVE, DialedNumber: '2005', ConsultType: 3 },
      'FailureCode=273',
    ],
    [
      'a wrong CallPlacementType',
      'MAKE_CALL_REQ',
      { AgentInstrument: '2003', DialedNumber: '2005', CallPlacementType: 7 },
      'Status=45',
    ],
    [
      'a wrong CallMannerType',
      'MAKE_CALL_REQ',
      { AgentInstrument: '2003', DialedNumber: '2005', CallMannerType: 5 },
      'Status=44',
    ],
    [
      'a wrong CallOption',
      'MAKE_CALL_REQ',
      { AgentInstrument: '2003', DialedNumber: '2005', CallOption: 7 },
      'Status=51',
    ],
    [
      'a wrong FacilityType',
      'MAKE_CALL_REQ',
      { AgentInstrument: '2003', DialedNumber: '2005', FacilityType: 3 },
      'Status=47',
    ],
    [
      'a wrong AnsweringMachine',
      'MAKE_CALL_REQ',
      { AgentInstrument: '2003', DialedNumber: '2005', AnsweringMachine: 6 },
      'Status=43',
    ],
    ['a deflection to nowhere', 'DEFLECT_CALL_REQ', { ...HERE, CalledDeviceID: '' }, 'Status=6'],
    ['no digits', 'SEND_DTMF_SIGNAL_REQ', { ...HERE, DTMFString: '' }, 'Status=6'],
    ['digits that are none', 'SEND_DTMF_SIGNAL_REQ', { ...HERE, DTMFString: '12x' }, 'Status=24'],
    ['a number of the caller', 'SET_CALL_DATA_REQ', { ...HERE, ANI: '1' }, 'Status=14'],
    [
      'a variable without a name',
      'SET_CALL_DATA_REQ',
      { ...HERE, ...named({ name: '', value: 'x' }) },
      'Status=67',
    ],
    [
      'an array without a name',
      'SET_CALL_DATA_REQ',
      { ...HERE, namedArrays: [{ NamedArray: { index: 0, name: '', value: '' } }] },
      'Status=68',
    ],
    [
      'a variable that is scalar and array',
      'SET_CALL_DATA_REQ',
      {
        ...HERE,
        ...named({ name: 'user.x', value: '' }),
        namedArrays: [{ NamedArray: { index: 0, name: 'user.x', value: '' } }],
      },
      'Status=76',
    ],
    ['a wrong SupervisoryAction', 'SUPERVISE_CALL_REQ', { SupervisoryAction: 5 }, 'Status=82'],
  ])('%s: %s', (_what, name, fields, expected) => {
    const client = test.open({ services: BRIDGE | ServiceMask.CALL_DATA_UPDATE });
    client.request(name, fields);
    const [answer, ...more] = answers(client);
    expect(answer).toContain(expected);
    expect(more).toEqual([]);
    expect(calls.requests).toEqual([]);
  });

  it('text that grows beyond its field when it is written as UTF-8', () => {
    for (const fields of [{ CallVariable3: long }, { CallWrapupData: long }, { CallerEnteredDigits: long }]) {
      // As read from Latin-1: FakeClient would not let it pass.
      test.centre.received(bridge, {
        name: 'SET_CALL_DATA_REQ',
        fields: { InvokeID: 9, ...HERE, ...fields },
      });
    }
    expect(answers(bridge)).toEqual(Array.from({ length: 3 }, () => 'FAILURE_CONF Status=74'));
  });

  it('expanded variables that do not fit into one message together with those that are there', () => {
    const value = 'x'.repeat(200);
    const present = Array.from({ length: 9 }, (_, i) => ({ name: `user.${i}`, index: null, value }));
    calls.set(callOf(78, 'CONSULT', [at('2003')], { data: { named: present } }));
    bridge.request('SET_CALL_DATA_REQ', { ...HERE, ...named({ name: 'user.0', value: 'short' }) });
    bridge.request('SET_CALL_DATA_REQ', { ...HERE, ...named({ name: 'user.9', value }) });
    bridge.request('SET_CALL_DATA_REQ', {
      ...HERE,
      namedArrays: [{ NamedArray: { index: 0, name: 'user.0', value: 'x' } }],
    });
    expect(answers(bridge)).toEqual([
      'SET_CALL_DATA_CONF',
      `FAILURE_CONF Status=${FailureStatus.TOO_MUCH_DATA}`,
      `FAILURE_CONF Status=${FailureStatus.ARRAY_FUNCTION_ON_SCALAR}`,
    ]);
  });

  it('more expanded variables than a message may carry, from a client that writes them all the same', () => {
    const list = (count: number) =>
      Array.from({ length: count }, (_, i) => ({
        NamedVariable: { name: `user.${i}`, value: 'x'.repeat(192) },
      }));
    const ask = (name: MessageName, fields: Fields) =>
      // Our own encoder would refuse it.
      test.centre.received(bridge, { name, fields: { InvokeID: 9, ...fields } });
    for (const count of [10, 11]) {
      ask('MAKE_CALL_REQ', { AgentInstrument: '2003', DialedNumber: '2005', namedVariables: list(count) });
      ask('SET_CALL_DATA_REQ', { ...HERE, namedVariables: list(count) });
    }
    expect(answers(bridge)).toEqual([
      'MAKE_CALL_CONF',
      'SET_CALL_DATA_CONF',
      'FAILURE_CONF Status=73',
      'FAILURE_CONF Status=73',
    ]);
  });

  it('everything while the peripheral is away', () => {
    test.centre.setPeripheralOnline(false);
    bridge.inbox.length = 0;
    bridge.request('HOLD_CALL_REQ', HERE);
    expect(answers(bridge)).toEqual(['CONTROL_FAILURE_CONF FailureCode=34']);
  });
});

it('what the model refuses is told in its words', () => {
  calls.refuse({ kind: 'control', code: 22, peripheral: 5 });
  bridge.request('HOLD_CALL_REQ', HERE);
  calls.refuse({ kind: 'status', status: 13 });
  bridge.request('SET_CALL_DATA_REQ', HERE);
  expect(bridge.take('FailureCode', 'PeripheralErrorCode', 'Status')).toEqual([
    'CONTROL_FAILURE_CONF FailureCode=22 PeripheralErrorCode=5',
    'FAILURE_CONF Status=13',
  ]);
});

describe('who may control what', () => {
  const desktop = (agentId: string | null, instrument: string | null, services = DESKTOP) =>
    test.open({ services, binding: { agentId, instrument } });

  it('a desktop its own phone and no other', () => {
    bridge.setState(0, LOGIN);
    for (const client of [desktop(null, '2003'), desktop('2001', null)]) {
      client.request('HOLD_CALL_REQ', HERE);
      client.request('HOLD_CALL_REQ', { ConnectionCallID: 78, ConnectionDeviceID: '2005' });
      client.request('CLEAR_CONNECTION_REQ', { ConnectionCallID: 78, ConnectionDeviceID: '2005' });
      client.request('MAKE_CALL_REQ', { AgentInstrument: '2005', DialedNumber: '2006' });
      client.request('SNAPSHOT_DEVICE_REQ', { AgentInstrument: '2005' });
      client.request('SNAPSHOT_CALL_REQ', { ConnectionCallID: 78, ConnectionDeviceID: '2005' });
      expect(answers(client)).toEqual([
        'HOLD_CALL_CONF',
        'CONTROL_FAILURE_CONF FailureCode=8',
        'CLEAR_CONNECTION_CONF',
        'CONTROL_FAILURE_CONF FailureCode=8',
        'CONTROL_FAILURE_CONF FailureCode=8',
        'CONTROL_FAILURE_CONF FailureCode=8',
      ]);
    }
    expect(calls.requests.at(-1)).toEqual({
      type: 'clear',
      connection: { callId: 78, device: '2005' },
      requesting: '2003',
    });
  });

  it('may leave its own phone out', () => {
    const client = desktop(null, '2003');
    client.request('MAKE_CALL_REQ', { AgentInstrument: '', DialedNumber: '2006' });
    client.request('HOLD_CALL_REQ', { ConnectionCallID: 78, ConnectionDeviceID: '' });
    expect(answers(client)).toEqual(['MAKE_CALL_CONF', 'HOLD_CALL_CONF']);
  });

  it("a supervisor the own teams' phones as well", () => {
    bridge.setState(0, LOGIN);
    bridge.setState(0, { ...LOGIN, AgentID: 'agent-x', AgentInstrument: '2005' });
    const client = desktop('2050', null, DESKTOP | ServiceMask.SUPERVISOR);
    client.request('CLEAR_CONNECTION_REQ', { ...HERE, RequestingDeviceID: '2003' });
    client.request('CLEAR_CONNECTION_REQ', { ...HERE, RequestingDeviceID: '2005' });
    expect(answers(client)).toEqual(['CLEAR_CONNECTION_CONF', 'CONTROL_FAILURE_CONF FailureCode=8']);
  });

  it('a monitor alone controls nothing', () => {
    const client = test.open({ services: ServiceMask.PERIPHERAL_MONITOR | ServiceMask.CLIENT_CONTROL });
    client.request('HOLD_CALL_REQ', HERE);
    expect(answers(client)).toEqual(['CONTROL_FAILURE_CONF FailureCode=8']);
  });
});

describe('each is answered exactly once', () => {
  it('also when the model says so twice', () => {
    calls.answer = (_request, done) => {
      done({ ok: true });
      done({ ok: false, failure: { kind: 'control', code: 1, peripheral: 0 } });
    };
    bridge.request('HOLD_CALL_REQ', HERE);
    expect(answers(bridge)).toEqual(['HOLD_CALL_CONF']);
  });

  it('a client that has gone is not told', () => {
    let finish: (outcome: CallOutcome) => void = () => {};
    calls.answer = (_request, done) => {
      finish = done;
    };
    bridge.request('HOLD_CALL_REQ', HERE);
    test.centre.closed(bridge);
    finish({ ok: true });
    expect(bridge.inbox).toEqual([]);
  });
});
