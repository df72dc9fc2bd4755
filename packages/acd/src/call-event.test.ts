import { beforeEach, describe, expect, it } from 'vitest';
import type { CallView } from './calls/call.ts';
import type { CallFact, DeviceName } from './calls/call-fact.ts';
import { at, callOf, type FakeCalls } from './testing/fake-calls.ts';
import { DESKTOP, type FakeClient } from './testing/fake-client.ts';
import { centreWithFakeCalls, type TestCentre } from './testing/test-centre.ts';

const phone = (id: string): DeviceName => ({ id, kind: 'station' });
const CUSTOMER: DeviceName = { id: '15551234', kind: 'external' };
const QUEUE: DeviceName = { id: '6001', kind: 'routePoint' };
const KEY = { day: 152_000, callId: 17, sequence: 1 };
const DATA = {
  ani: '15551234',
  dnis: '2003',
  dialedNumber: '6001',
  callerEnteredDigits: '42',
  userToUser: 'uui',
  variables: ['one', '', '', '', '', '', '', '', '', 'ten'],
  named: [
    { name: 'user.id', index: null, value: '7' },
    { name: 'user.list', index: 3, value: 'x' },
  ],
  key: KEY,
};
const VERSIONS = [14, 18, 20, 22, 24, 25];

let test: TestCentre;
let calls: FakeCalls;
let bridges: FakeClient[];
beforeEach(() => {
  ({ test, calls } = centreWithFakeCalls());
  bridges = VERSIONS.map((version) => test.open({ version }));
});

/** The call at 2003, known there. */
function known(call: CallView, ...devices: DeviceName[]): CallView {
  calls.happen(...devices.map((device) => ({ type: 'begin', call, device }) as const));
  for (const bridge of bridges) bridge.inbox.length = 0;
  return call;
}

/** What version 24 got; every other got messages of the same names. */
function told(...facts: CallFact[]): { name: string; fields: Record<string, unknown> }[] {
  calls.happen(...facts);
  const [first, ...others] = bridges.map((bridge) => bridge.inbox.splice(0));
  for (const other of others) expect(other.map(({ name }) => name)).toEqual(first?.map(({ name }) => name));
  return others[3] ?? [];
}

const CONNECTION = {
  MonitorID: 0,
  PeripheralID: 5001,
  PeripheralType: 17,
  ConnectionDeviceIDType: 0,
  ConnectionCallID: 77,
  ConnectionDeviceID: '2003',
};
const NO_SERVICE = { ServiceNumber: 0xffffffff, ServiceID: 0xffffffff };
const SALES = { SkillGroupNumber: 85881, SkillGroupID: 5000, SkillGroupPriority: 0 };
const NO_GROUP = { SkillGroupNumber: 0xffffffff, SkillGroupID: 0xffffffff, SkillGroupPriority: 0 };
const TEXTS = {
  ANI: '15551234',
  DNIS: '2003',
  DialedNumber: '6001',
  CallerEnteredDigits: '42',
  UserToUserInfo: new Uint8Array(Buffer.from('uui')),
  CallVariable1: 'one',
  CallVariable10: 'ten',
  NumNamedVariables: 1,
  NumNamedArrays: 1,
  namedVariables: [{ NamedVariable: { name: 'user.id', value: '7' } }],
  namedArrays: [{ NamedArray: { index: 3, name: 'user.list', value: 'x' } }],
};
const routed = (...connections: Parameters<typeof callOf>[2]) =>
  callOf(77, 'PREROUTE_ACD_IN', connections, { skillGroup: 85881, data: DATA });

describe('each fact is one message for each phone of the call, in every version', () => {
  it('begin', () => {
    const call = routed(at('15551234', 'CONNECT', 'external'), at('2003', 'ALERTING'));
    expect(told({ type: 'begin', call, device: phone('2003') })).toEqual([
      {
        name: 'BEGIN_CALL_EVENT',
        fields: {
          ...CONNECTION,
          ...TEXTS,
          CallType: 2,
          CalledPartyDisposition: 0,
          NumCTIClients: 0,
          RouterCallKeyDay: KEY.day,
          RouterCallKeyCallID: KEY.callId,
          RouterCallKeySequenceNumber: KEY.sequence,
        },
      },
    ]);
  });

  it('begin tells a phone that was called its own number, and one that dialled where the call went', () => {
    const call = routed(at('2001', 'CONNECT', 'station', { outgoing: true }), at('2003'), at('2004'));
    const dnis = (device: string) => told({ type: 'begin', call, device: phone(device) })[0]?.fields.DNIS;
    expect(['2001', '2003', '2004'].map(dnis)).toEqual(['2003', '2003', '2004']);
  });

  it('begin names the desktop of the phone among the clients', () => {
    test.open({ services: DESKTOP, clientSignature: 'sig', binding: { agentId: null, instrument: '2003' } });
    const [begin] = told({ type: 'begin', call: routed(at('2003')), device: phone('2003') });
    expect(begin?.fields.ctiClients).toEqual([
      { CTIClientSignature: 'sig', CTIClientTimestamp: 1_366_756_808 },
    ]);
  });

  it('serviceInitiated, of a consultation with its origin', () => {
    const call = callOf(78, 'CONSULT', [at('2003', 'INITIATE')], { associated: 77 });
    known(call, phone('2003'));
    expect(told({ type: 'serviceInitiated', call, device: phone('2003'), cause: 'NONE' })).toEqual([
      {
        name: 'CALL_SERVICE_INITIATED_EVENT',
        fields: {
          ...CONNECTION,
          ConnectionCallID: 78,
          LineHandle: 0,
          LineType: 2,
          ...NO_SERVICE,
          ...NO_GROUP,
          CallingDeviceType: 76,
          CallingDeviceID: '2003',
          LocalConnectionState: 1,
          EventCause: 0xffff,
          COCConnectionCallID: 77,
          COCCallConnectionDeviceIDType: 0,
          COCCallConnectionDeviceID: '2003',
        },
      },
    ]);
  });

  it('originated', () => {
    const call = known(callOf(77, 'OUT', [at('2003')]), phone('2003'));
    const fact = {
      type: 'originated',
      call,
      calling: phone('2003'),
      called: CUSTOMER,
      cause: 'NEW_CALL',
    } as const;
    expect(told(fact)).toEqual([
      {
        name: 'CALL_ORIGINATED_EVENT',
        fields: {
          ...CONNECTION,
          LineHandle: 0,
          LineType: 7,
          ...NO_SERVICE,
          ...NO_GROUP,
          CallingDeviceType: 76,
          CallingDeviceID: '2003',
          CalledDeviceType: 75,
          CalledDeviceID: '15551234',
          LocalConnectionState: 3,
          EventCause: 22,
        },
      },
    ]);
  });

  it('reachedNetwork', () => {
    const call = known(callOf(77, 'OUT', [at('2003')]), phone('2003'));
    expect(told({ type: 'reachedNetwork', call, calling: phone('2003'), called: CUSTOMER })).toEqual([
      {
        name: 'CALL_REACHED_NETWORK_EVENT',
        fields: {
          ...CONNECTION,
          LineHandle: 0,
          LineType: 7,
          TrunkUsedDeviceType: 0xffff,
          CalledDeviceType: 75,
          CalledDeviceID: '15551234',
          LocalConnectionState: 3,
          EventCause: 0xffff,
        },
      },
    ]);
  });

  it('delivered, with the data of the call', () => {
    const call = known(routed(at('15551234', 'CONNECT', 'external'), at('2003', 'ALERTING')), phone('2003'));
    const fact = {
      type: 'delivered',
      call,
      alerting: phone('2003'),
      calling: CUSTOMER,
      called: phone('2003'),
      lastRedirect: QUEUE,
      cause: 'NEW_CALL',
    } as const;
    expect(told(fact)).toEqual([
      {
        name: 'CALL_DELIVERED_EVENT',
        fields: {
          ...CONNECTION,
          ...TEXTS,
          LineHandle: 0,
          LineType: 0,
          ...NO_SERVICE,
          ...SALES,
          AlertingDeviceType: 76,
          AlertingDeviceID: '2003',
          CallingDeviceType: 75,
          CallingDeviceID: '15551234',
          CalledDeviceType: 76,
          CalledDeviceID: '2003',
          LastRedirectDeviceType: 74,
          LastRedirectDeviceID: '6001',
          LocalConnectionState: 2,
          EventCause: 22,
        },
      },
    ]);
  });

  it('established: one copy for each phone, each with its own connection', () => {
    const call = callOf(77, 'AGENT_INSIDE', [
      at('2003'),
      at('2005', 'CONNECT', 'station', { callType: 'OTHER_IN' }),
    ]);
    known(call, phone('2003'), phone('2005'));
    const fact = {
      type: 'established',
      call,
      answering: phone('2005'),
      calling: phone('2003'),
      called: phone('2005'),
      lastRedirect: null,
      cause: 'NONE',
    } as const;
    const common = {
      ...CONNECTION,
      LineHandle: 0,
      ...NO_SERVICE,
      ...NO_GROUP,
      AnsweringDeviceType: 76,
      AnsweringDeviceID: '2005',
      CallingDeviceType: 76,
      CallingDeviceID: '2003',
      CalledDeviceType: 76,
      CalledDeviceID: '2005',
      LastRedirectDeviceType: 0xffff,
      LocalConnectionState: 3,
      EventCause: 0xffff,
    };
    expect(told(fact)).toEqual([
      { name: 'CALL_ESTABLISHED_EVENT', fields: { ...common, LineType: 2 } },
      { name: 'CALL_ESTABLISHED_EVENT', fields: { ...common, ConnectionDeviceID: '2005', LineType: 8 } },
    ]);
  });

  it('held and retrieved', () => {
    const held = known(routed(at('2003', 'HOLD')), phone('2003'));
    expect(told({ type: 'held', call: held, device: phone('2003'), cause: 'NONE' })).toEqual([
      {
        name: 'CALL_HELD_EVENT',
        fields: {
          ...CONNECTION,
          HoldingDeviceType: 76,
          HoldingDeviceID: '2003',
          LocalConnectionState: 4,
          EventCause: 0xffff,
        },
      },
    ]);
    const call = routed(at('2003'));
    expect(told({ type: 'retrieved', call, device: phone('2003'), cause: 'ALTERNATE' })).toEqual([
      {
        name: 'CALL_RETRIEVED_EVENT',
        fields: {
          ...CONNECTION,
          RetrievingDeviceType: 76,
          RetrievingDeviceID: '2003',
          LocalConnectionState: 3,
          EventCause: 2,
        },
      },
    ]);
  });

  it('queued and dequeued, at the route point', () => {
    const call = routed(at('15551234', 'CONNECT', 'external'), at('6001', 'QUEUED', 'routePoint'));
    known(call, QUEUE);
    const queued = { call, routePoint: QUEUE, skillGroup: 85881, waiting: 2, cause: 'NONE' } as const;
    const own = { ...CONNECTION, ConnectionDeviceID: '6001', ...NO_SERVICE, LocalConnectionState: 5 };
    const group = { NumSkillGroups: 1, skillGroups: [SALES], EventCause: 0xffff, NumQueued: 2 };
    expect(told({ type: 'queued', calling: CUSTOMER, ...queued }, { type: 'dequeued', ...queued })).toEqual([
      {
        name: 'CALL_QUEUED_EVENT',
        fields: {
          ...own,
          ...group,
          QueueDeviceType: 0xffff,
          CallingDeviceType: 75,
          CallingDeviceID: '15551234',
          CalledDeviceType: 74,
          CalledDeviceID: '6001',
          LastRedirectDeviceType: 0xffff,
        },
      },
      { name: 'CALL_DEQUEUED_EVENT', fields: { ...own, ...group, QueueDeviceType: 0xffff } },
    ]);
  });

  it('diverted: the phone that has lost the call is told with NULL', () => {
    known(routed(at('2003', 'ALERTING')), phone('2003'));
    const call = routed(at('15551234', 'CONNECT', 'external'));
    const fact = {
      type: 'diverted',
      call,
      diverting: phone('2003'),
      called: QUEUE,
      cause: 'CALL_NOT_ANSWERED',
    } as const;
    expect(told(fact)).toEqual([
      {
        name: 'CALL_DIVERTED_EVENT',
        fields: {
          ...CONNECTION,
          ...NO_SERVICE,
          DivertingDeviceType: 76,
          DivertingDeviceID: '2003',
          CalledDeviceType: 74,
          CalledDeviceID: '6001',
          LocalConnectionState: 0,
          EventCause: 10,
        },
      },
    ]);
  });

  it('failed', () => {
    const call = known(callOf(77, 'OUT', [at('2003', 'FAIL')]), phone('2003'));
    const fact = { type: 'failed', call, failing: CUSTOMER, called: CUSTOMER, cause: 'BUSY' } as const;
    expect(told(fact)).toEqual([
      {
        name: 'CALL_FAILED_EVENT',
        fields: {
          ...CONNECTION,
          FailingDeviceType: 75,
          FailingDeviceID: '15551234',
          CalledDeviceType: 75,
          CalledDeviceID: '15551234',
          LocalConnectionState: 6,
          EventCause: 3,
        },
      },
    ]);
  });

  it('connectionCleared, cleared, end', () => {
    known(callOf(77, 'AGENT_INSIDE', [at('2003'), at('2005')]), phone('2003'), phone('2005'));
    const left = callOf(77, 'AGENT_INSIDE', [at('2003')]);
    const nobody = callOf(77, 'AGENT_INSIDE', []);
    const local = (fields: Record<string, unknown>) => [
      fields.ConnectionDeviceID,
      fields.LocalConnectionState,
    ];
    const events = told(
      { type: 'connectionCleared', call: left, releasing: phone('2005'), cause: 'NONE' },
      { type: 'end', call: left, device: phone('2005') },
      { type: 'cleared', call: nobody, devices: [phone('2003')], cause: 'NONE' },
      { type: 'end', call: nobody, device: phone('2003') },
    );
    expect(events.map(({ name, fields }) => [name, ...local(fields), fields.ReleasingDeviceID])).toEqual([
      ['CALL_CONNECTION_CLEARED_EVENT', '2003', 3, '2005'],
      ['CALL_CONNECTION_CLEARED_EVENT', '2005', 0, '2005'],
      ['END_CALL_EVENT', '2005', undefined, undefined],
      ['CALL_CLEARED_EVENT', '2003', 0, undefined],
      ['END_CALL_EVENT', '2003', undefined, undefined],
    ]);
  });

  it('transferred: the phone whose call is gone learns the number that counts from now on', () => {
    known(routed(at('15551234', 'CONNECT', 'external'), at('2003', 'HOLD')), phone('2003'));
    known(callOf(78, 'CONSULT', [at('2003'), at('2005')]), phone('2003'), phone('2005'));
    const call = callOf(77, 'TRANSFER_IN', [at('15551234', 'CONNECT', 'external'), at('2005')], {
      data: DATA,
    });
    const parties = [
      { callId: 77, device: '15551234', kind: 'external' },
      { callId: 77, device: '2005', kind: 'station' },
    ] as const;
    const events = told(
      {
        type: 'transferred',
        call,
        primaryCallId: 77,
        secondaryCallId: 78,
        transferring: phone('2003'),
        transferred: phone('2005'),
        parties,
        moved: [parties[1]],
        cause: 'TRANSFER',
      },
      { type: 'end', call, device: phone('2003') },
      { type: 'end', call: callOf(78, 'CONSULT', []), device: phone('2003') },
    );
    const merging = {
      MonitorID: 0,
      PeripheralID: 5001,
      PeripheralType: 17,
      PrimaryDeviceIDType: 0,
      PrimaryCallID: 77,
      SecondaryDeviceIDType: 0,
      SecondaryCallID: 78,
      LineHandle: 0,
      LineType: 0,
      ...NO_GROUP,
      NumParties: 2,
      TransferringDeviceType: 76,
      TransferringDeviceID: '2003',
      TransferredDeviceType: 76,
      TransferredDeviceID: '2005',
      EventCause: 32,
      parties: [
        { ConnectedPartyCallID: 77, ConnectedPartyDeviceIDType: 75, ConnectedPartyDeviceID: '15551234' },
        { ConnectedPartyCallID: 77, ConnectedPartyDeviceIDType: 76, ConnectedPartyDeviceID: '2005' },
      ],
    };
    expect(events.slice(0, 2)).toEqual([
      {
        name: 'CALL_TRANSFERRED_EVENT',
        fields: { ...merging, PrimaryDeviceID: '2005', SecondaryDeviceID: '2005', LocalConnectionState: 3 },
      },
      {
        name: 'CALL_TRANSFERRED_EVENT',
        fields: { ...merging, PrimaryDeviceID: '2003', SecondaryDeviceID: '2003', LocalConnectionState: 0 },
      },
    ]);
    expect(events[2]).toMatchObject({
      name: 'CALL_DATA_UPDATE_EVENT',
      fields: {
        ConnectionCallID: 78,
        ConnectionDeviceID: '2005',
        NewConnectionCallID: 77,
        NewConnectionDeviceID: '2005',
        CallType: 4,
      },
    });
    expect(events.slice(3).map(({ name, fields }) => [name, fields.ConnectionCallID])).toEqual([
      ['END_CALL_EVENT', 77],
      ['END_CALL_EVENT', 78],
    ]);
  });

  it('transferred in a single step has no secondary call', () => {
    known(routed(at('2003')), phone('2003'));
    const call = routed(at('15551234', 'CONNECT', 'external'));
    const fact = {
      type: 'transferred',
      call,
      primaryCallId: 77,
      secondaryCallId: null,
      transferring: phone('2003'),
      transferred: null,
      parties: [],
      moved: [],
      cause: 'TRANSFER',
    } as const;
    expect(told(fact)[0]?.fields).toMatchObject({
      SecondaryDeviceIDType: 0xffff,
      SecondaryCallID: 0xffffffff,
      SecondaryDeviceID: '',
      NumParties: 0,
      TransferredDeviceType: 0xffff,
    });
  });

  it('conferenced', () => {
    known(routed(at('15551234', 'CONNECT', 'external'), at('2003', 'HOLD')), phone('2003'));
    known(callOf(78, 'CONSULT', [at('2003'), at('2005')]), phone('2003'), phone('2005'));
    const connections = [at('15551234', 'CONNECT', 'external'), at('2003'), at('2005')];
    const call = callOf(77, 'CONFERENCE', connections, { controller: '2003' });
    const parties = call.connections.map(({ callId, device, kind }) => ({ callId, device, kind }));
    const events = told({
      type: 'conferenced',
      call,
      primaryCallId: 77,
      secondaryCallId: 78,
      controller: phone('2003'),
      added: phone('2005'),
      parties,
      moved: parties.slice(2),
      cause: 'KEY_CONFERENCE',
    });
    expect(
      events.map(({ name, fields }) => [
        name,
        fields.PrimaryDeviceID ?? fields.NewConnectionCallID,
        fields.LocalConnectionState,
        fields.ControllerDeviceID,
        fields.AddedPartyDeviceID,
        fields.NumParties,
      ]),
    ).toEqual([
      ['CALL_CONFERENCED_EVENT', '2003', 3, '2003', '2005', 3],
      ['CALL_CONFERENCED_EVENT', '2005', 3, '2003', '2005', 3],
      ['CALL_DATA_UPDATE_EVENT', 77, undefined, undefined, undefined, undefined],
    ]);
  });

  it('preCall and preCallAbort', () => {
    const call = routed(at('15551234', 'CONNECT', 'external'));
    const fact = { call, agentId: '2001', instrument: '2003' } as const;
    const key = {
      RouterCallKeyDay: KEY.day,
      RouterCallKeyCallID: KEY.callId,
      RouterCallKeySequenceNumber: KEY.sequence,
    };
    const { DNIS: _none, ...texts } = TEXTS;
    expect(told({ type: 'preCall', ...fact, skillGroup: 85881 }, { type: 'preCallAbort', ...fact })).toEqual([
      {
        name: 'AGENT_PRE_CALL_EVENT',
        fields: {
          MonitorID: 0,
          ...NO_SERVICE,
          ...SALES,
          MRDID: 1,
          AgentSkillTargetID: 5001,
          AgentInstrument: '2003',
          AgentID: '2001',
          ...key,
          ...texts,
        },
      },
      {
        name: 'AGENT_PRE_CALL_ABORT_EVENT',
        fields: { MonitorID: 0, MRDID: 1, AgentInstrument: '2003', ...key },
      },
    ]);
  });
});

describe('CALL_DATA_UPDATE_EVENT', () => {
  it('carries what changed, and from version 22 on every expanded variable', () => {
    const call = known(routed(at('2003')), phone('2003'));
    const changed = {
      variables: { 0: 'one', 1: '' },
      wrapUp: '',
      named: [{ name: 'user.id', index: null, value: '7' }],
    };
    calls.happen({ type: 'dataUpdated', call, changed });
    const all = {
      NumNamedVariables: 1,
      NumNamedArrays: 1,
      namedVariables: TEXTS.namedVariables,
      namedArrays: TEXTS.namedArrays,
    };
    const only = { NumNamedVariables: 1, NumNamedArrays: 0, namedVariables: TEXTS.namedVariables };
    for (const [i, bridge] of bridges.entries()) {
      expect(bridge.inbox).toEqual([
        {
          name: 'CALL_DATA_UPDATE_EVENT',
          fields: {
            ...CONNECTION,
            ...((VERSIONS[i] ?? 0) < 22 ? only : all),
            NumCTIClients: 0,
            CallType: 2,
            NewConnectionDeviceIDType: 0,
            NewConnectionCallID: 77,
            NewConnectionDeviceID: '2003',
            CalledPartyDisposition: 0,
            CampaignID: 0,
            QueryRuleID: 0,
            CallVariable1: 'one',
            CallVariable2: '',
            CallWrapupData: '',
          },
        },
      ]);
    }
  });

  it('reaches a phone that is wrapping up', () => {
    known(routed(at('2003')), phone('2003'));
    const [event] = told({ type: 'dataUpdated', call: routed(), changed: { wrapUp: 'x' } });
    expect(event).toMatchObject({ name: 'CALL_DATA_UPDATE_EVENT', fields: { ConnectionDeviceID: '2003' } });
  });
});

describe('limits', () => {
  it('text that does not fit its field is cut, more than 16 parties are not listed, too many variables are left out', () => {
    const long = 'ä'.repeat(200);
    const connections = Array.from({ length: 20 }, (_, i) => at(`15${i}`, 'CONNECT', 'external'));
    const call = callOf(77, 'CONFERENCE', [at('2003'), ...connections], {
      data: {
        ani: long,
        dnis: long,
        dialedNumber: long,
        callerEnteredDigits: long,
        userToUser: long,
        wrapUp: long,
        variables: Array.from({ length: 10 }, () => long),
        named: Array.from({ length: 50 }, (_, i) => ({
          name: `user.${i}.${long}`,
          index: null,
          value: long,
        })),
      },
    });
    const parties = call.connections.map(({ callId, device, kind }) => ({ callId, device, kind }));
    const [begin, conferenced] = told(
      { type: 'begin', call, device: phone('2003') },
      {
        type: 'conferenced',
        call,
        primaryCallId: 77,
        secondaryCallId: null,
        controller: phone('2003'),
        added: null,
        parties,
        moved: [],
        cause: 'NONE',
      },
    );
    expect(begin?.fields.ANI).toBe('ä'.repeat(19));
    expect(begin?.fields.CallVariable1).toBe('ä'.repeat(20));
    expect(conferenced?.fields.NumParties).toBe(16);
  });
});

describe('the scope of a call at a phone', () => {
  it('begins with BEGIN and ends with END, once each, whatever the model says', () => {
    const call = routed(at('2003'), at('2005'));
    const held = { type: 'held', call, device: phone('2003'), cause: 'NONE' } as const;
    const begin = { type: 'begin', call, device: phone('2003') } as const;
    const end = { type: 'end', call, device: phone('2003') } as const;
    expect(told(held, begin, begin, held, end, held, end).map(({ name }) => name)).toEqual([
      'BEGIN_CALL_EVENT',
      'CALL_HELD_EVENT',
      'END_CALL_EVENT',
    ]);
  });

  it('outside parties are nobody to tell', () => {
    const call = routed(at('15551234', 'CONNECT', 'external'));
    expect(told({ type: 'begin', call, device: CUSTOMER }, { type: 'end', call, device: CUSTOMER })).toEqual(
      [],
    );
  });
});
