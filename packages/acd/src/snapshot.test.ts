import { beforeEach, describe, expect, it } from 'vitest';
import { at, callOf, type FakeCalls } from './testing/fake-calls.ts';
import type { FakeClient } from './testing/fake-client.ts';
import { centreWithFakeCalls, LOGIN, type TestCentre } from './testing/test-centre.ts';

let test: TestCentre;
let calls: FakeCalls;
let bridge: FakeClient;
beforeEach(() => {
  ({ test, calls } = centreWithFakeCalls());
  bridge = test.open();
});

describe('SNAPSHOT_DEVICE', () => {
  it('lists the calls of a phone with the state of its own connection', () => {
    calls.set(
      callOf(77, 'PREROUTE_ACD_IN', [at('15551234', 'CONNECT', 'external'), at('2003', 'HOLD')]),
      callOf(78, 'CONSULT', [at('2003'), at('2005', 'ALERTING')]),
    );
    for (const version of [14, 18, 20, 24, 25]) {
      const client = test.open({ version });
      client.request('SNAPSHOT_DEVICE_REQ', { AgentInstrument: '2003' });
      const call = (id: number, CallState: number) => ({
        CallConnectionCallID: id,
        CallConnectionDeviceIDType: 0,
        CallConnectionDeviceID: '2003',
        CallState,
        SilentMonitorStatus: 0,
      });
      expect(client.inbox).toEqual([
        {
          name: 'SNAPSHOT_DEVICE_CONF',
          fields: { InvokeID: 1, NumCalls: 2, calls: [call(77, 4), call(78, 3)] },
        },
      ]);
    }
  });

  it('of a phone without calls, and of none', () => {
    bridge.request('SNAPSHOT_DEVICE_REQ', { AgentInstrument: '2003' });
    bridge.request('SNAPSHOT_DEVICE_REQ', { AgentInstrument: '1' });
    bridge.request('SNAPSHOT_DEVICE_REQ', { AgentInstrument: '' });
    expect(bridge.take('NumCalls', 'FailureCode')).toEqual([
      'SNAPSHOT_DEVICE_CONF NumCalls=0',
      'CONTROL_FAILURE_CONF FailureCode=12',
      'CONTROL_FAILURE_CONF FailureCode=12',
    ]);
  });

  it('lists the call that is being wrapped up, without a connection', () => {
    const call = callOf(77, 'PREROUTE_ACD_IN', []);
    calls.callsAt = () => [call];
    bridge.request('SNAPSHOT_DEVICE_REQ', { AgentInstrument: '2003' });
    expect(bridge.inbox[0]?.fields.calls).toMatchObject([{ CallConnectionCallID: 77, CallState: 0 }]);
  });

  it('shows who listens and who is listened to, until the listening ends', () => {
    bridge.setState(0, LOGIN);
    bridge.setState(0, { ...LOGIN, AgentID: '2050', AgentInstrument: '2005' });
    calls.set(callOf(77, 'PREROUTE_ACD_IN', [at('2003')]));
    const monitor = callOf(90, 'SUPERVISOR_MONITOR', [at('2005', 'CONNECT', 'station', { listening: true })]);
    calls.answer = (_request, done) => {
      calls.set(monitor);
      done({ ok: true, connection: { callId: 90, device: '2005' }, call: monitor });
    };
    bridge.request('SUPERVISE_CALL_REQ', {
      SupervisoryAction: 1,
      AgentConnectionDeviceID: '2003',
      SupervisorInstrument: '2005',
    });
    const statusOf = (phone: string) => {
      bridge.inbox.length = 0;
      bridge.request('SNAPSHOT_DEVICE_REQ', { AgentInstrument: phone });
      const [call] = (bridge.inbox[0]?.fields.calls ?? []) as { SilentMonitorStatus: number }[];
      return call?.SilentMonitorStatus;
    };
    expect([statusOf('2003'), statusOf('2005')]).toEqual([2, 1]);
    const device = { id: '2005', kind: 'station' } as const;
    calls.happen({ type: 'end', call: monitor, device });
    expect(statusOf('2003')).toBe(0);
  });
});

describe('SNAPSHOT_CALL', () => {
  const KEY = { day: 152_000, callId: 17, sequence: 1 };

  it('tells type, data and every connection', () => {
    const data = {
      ani: '15551234',
      dnis: '2003',
      dialedNumber: '6001',
      variables: ['one', '', '', '', '', '', '', '', '', ''],
      named: [{ name: 'user.id', index: null, value: '7' }],
      wrapUp: 'Sale made',
      key: KEY,
    };
    const parties = [at('15551234', 'CONNECT', 'external'), at('2003', 'HOLD')];
    calls.set(callOf(77, 'PREROUTE_ACD_IN', parties, { data, associated: 70 }));
    for (const version of [14, 18, 20, 24, 25]) {
      const client = test.open({ version });
      client.request('SNAPSHOT_CALL_REQ', { ConnectionCallID: 77, ConnectionDeviceID: '2003' });
      const party = (device: string, type: number, state: number) => ({
        CallConnectionCallID: 77,
        CallConnectionDeviceIDType: 0,
        CallConnectionDeviceID: device,
        CallDeviceType: type,
        CallDeviceID: device,
        CallDeviceConnectionState: state,
      });
      expect(client.inbox).toEqual([
        {
          name: 'SNAPSHOT_CALL_CONF',
          fields: {
            InvokeID: 1,
            CallType: 2,
            NumCTIClients: 0,
            NumCallDevices: 2,
            NumNamedVariables: 1,
            NumNamedArrays: 0,
            CalledPartyDisposition: 0,
            ANI: '15551234',
            DNIS: '2003',
            DialedNumber: '6001',
            RouterCallKeyDay: KEY.day,
            RouterCallKeyCallID: KEY.callId,
            CallVariable1: 'one',
            CallWrapupData: 'Sale made',
            namedVariables: [{ NamedVariable: { name: 'user.id', value: '7' } }],
            callDevices: [party('15551234', 75, 3), party('2003', 76, 4)],
            COCConnectionCallID: 70,
            COCCallConnectionDeviceIDType: 0,
            COCCallConnectionDeviceID: '2003',
          },
        },
      ]);
    }
  });

  it('the type is that of the connection asked about', () => {
    calls.set(
      callOf(78, 'CONSULT', [
        at('2003'),
        at('2005', 'ALERTING', 'station', { callType: 'CONSULT_OFFERRED' }),
      ]),
    );
    for (const device of ['2003', '2005'])
      bridge.request('SNAPSHOT_CALL_REQ', { ConnectionCallID: 78, ConnectionDeviceID: device });
    expect(bridge.take('CallType')).toEqual([
      'SNAPSHOT_CALL_CONF CallType=12',
      'SNAPSHOT_CALL_CONF CallType=13',
    ]);
  });

  it('of a call that does not exist, or that the device is not in', () => {
    calls.set(callOf(77, 'OUT', [at('2003')]));
    for (const [ConnectionCallID, ConnectionDeviceID] of [
      [1, '2003'],
      [77, '2005'],
      [0xffffffff, '2005'],
    ] as const)
      bridge.request('SNAPSHOT_CALL_REQ', { ConnectionCallID, ConnectionDeviceID });
    expect(bridge.take('FailureCode')).toEqual(
      Array.from({ length: 3 }, () => 'CONTROL_FAILURE_CONF FailureCode=13'),
    );
  });

  it('with more parties than a message holds tells the first 16', () => {
    const parties = Array.from({ length: 20 }, (_, i) => at(`155${i}`, 'CONNECT', 'external'));
    calls.set(callOf(77, 'CONFERENCE', [at('2003'), ...parties]));
    bridge.request('SNAPSHOT_CALL_REQ', { ConnectionCallID: 77, ConnectionDeviceID: '2003' });
    expect(bridge.take('NumCallDevices')).toEqual(['SNAPSHOT_CALL_CONF NumCallDevices=16']);
  });
});

it('QUERY_DEVICE_INFO tells what the phone can do', () => {
  bridge.request('QUERY_DEVICE_INFO_REQ', { AgentInstrument: '2003' });
  expect(bridge.inbox[0]).toEqual({
    name: 'QUERY_DEVICE_INFO_CONF',
    fields: {
      InvokeID: 1,
      PeripheralType: 17,
      TypeOfDevice: 0,
      ClassOfDevice: 0x80,
      NumLines: 1,
      Reserved: 0,
      MaxActiveCalls: 1,
      MaxHeldCalls: 1,
      MaxDevicesInConference: 16,
      MakeCallSetup: 0x6c,
      TransferConferenceSetup: 0xc1,
      CallEventsSupported: 0x1fefff,
      CallControlSupported: 0x7f7ff,
      OtherFeaturesSupported: 2,
      lines: [{ LineHandle: 0, LineType: 3 }],
    },
  });
});
