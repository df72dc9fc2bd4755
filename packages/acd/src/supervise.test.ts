import { AgentState, ServiceMask } from '@poise/ged188';
import { beforeEach, describe, expect, it } from 'vitest';
import { at, callOf, type FakeCalls } from './testing/fake-calls.ts';
import { BRIDGE, DESKTOP, type FakeClient } from './testing/fake-client.ts';
import { centreWithFakeCalls, LOGIN, type TestCentre } from './testing/test-centre.ts';

let test: TestCentre;
let calls: FakeCalls;
let bridge: FakeClient;
beforeEach(() => {
  ({ test, calls } = centreWithFakeCalls());
  bridge = test.open({ services: BRIDGE | ServiceMask.CALL_DATA_UPDATE });
  signIn('2001', '2003');
  calls.set(callOf(77, 'PREROUTE_ACD_IN', [at('15551234', 'CONNECT', 'external'), at('2003')]));
});
const signIn = (AgentID: string, AgentInstrument: string) => {
  bridge.setState(AgentState.LOGIN, { ...LOGIN, AgentID, AgentInstrument });
  bridge.inbox.length = 0;
};
const answers = (client: FakeClient) => client.take('Status', 'FailureCode');
const MONITOR = { SupervisoryAction: 1, AgentConnectionDeviceID: '2003', SupervisorInstrument: '2005' };

describe('SUPERVISE_CALL', () => {
  it.each([
    [0, 'clear'],
    [1, 'monitor'],
    [2, 'whisper'],
    [3, 'bargeIn'],
    [4, 'intercept'],
  ])('action %i is %s, and the confirmation tells the connection of the supervisor', (number, action) => {
    signIn('2050', '2005');
    calls.answer = (_request, done) => done({ ok: true, connection: { callId: 90, device: '2005' } });
    bridge.request('SUPERVISE_CALL_REQ', {
      ...MONITOR,
      SupervisoryAction: number,
      AgentConnectionCallID: 77,
      SupervisorConnectionCallID: number === 1 ? 0xffffffff : 77,
    });
    expect(calls.requests).toEqual([
      {
        type: 'supervise',
        action,
        agent: { callId: 77, device: '2003' },
        supervisor: { callId: number === 1 ? null : 77, device: '2005' },
      },
    ]);
    expect(bridge.inbox[0]).toMatchObject({
      name: 'SUPERVISE_CALL_CONF',
      fields: { ConnectionCallID: 90, ConnectionDeviceIDType: 0, ConnectionDeviceID: '2005' },
    });
  });

  it('finds the agent by connection, instrument, extension or id; the call may be left out', () => {
    signIn('2050', '2005');
    for (const who of [
      { AgentConnectionDeviceID: '2003' },
      { AgentInstrument: '2003' },
      { AgentExtension: '2003' },
      { AgentID: '2001' },
    ])
      bridge.request('SUPERVISE_CALL_REQ', { ...who, SupervisoryAction: 1, SupervisorInstrument: '2005' });
    expect(calls.requests).toEqual(
      Array.from({ length: 4 }, () => ({
        type: 'supervise',
        action: 'monitor',
        agent: { callId: null, device: '2003' },
        supervisor: { callId: null, device: '2005' },
      })),
    );
  });

  it('from a desktop uses its own phone', () => {
    signIn('2050', '2005');
    const desktop = test.open({
      services: DESKTOP | ServiceMask.SUPERVISOR,
      binding: { agentId: '2050', instrument: null },
    });
    desktop.request('SUPERVISE_CALL_REQ', { SupervisoryAction: 1, AgentConnectionDeviceID: '2003' });
    expect(answers(desktop)).toEqual(['SUPERVISE_CALL_CONF']);
  });

  it.each([
    ['nobody on the phone of the supervisor', () => {}, MONITOR, 'FAILURE_CONF Status=64'],
    ['somebody who is no supervisor', () => signIn('2002', '2005'), MONITOR, 'FAILURE_CONF Status=64'],
    [
      'a supervisor of another team',
      () => signIn('2051', '2005'),
      MONITOR,
      'CONTROL_FAILURE_CONF FailureCode=8',
    ],
    [
      'oneself',
      () => signIn('2050', '2005'),
      { ...MONITOR, AgentConnectionDeviceID: '2005' },
      'CONTROL_FAILURE_CONF FailureCode=8',
    ],
    [
      'a phone without an agent',
      () => signIn('2050', '2005'),
      { ...MONITOR, AgentConnectionDeviceID: '2006' },
      'FAILURE_CONF Status=9',
    ],
    [
      'no supervisor named by a bridge',
      () => {},
      { SupervisoryAction: 1, AgentInstrument: '2003' },
      'FAILURE_CONF Status=6',
    ],
    [
      'no agent named',
      () => {},
      { SupervisoryAction: 1, SupervisorInstrument: '2005' },
      'FAILURE_CONF Status=6',
    ],
    [
      'an unknown call',
      () => signIn('2050', '2005'),
      { ...MONITOR, AgentConnectionCallID: 1 },
      'CONTROL_FAILURE_CONF FailureCode=13',
    ],
  ])('is refused for %s', (_what, prepare, fields, expected) => {
    prepare();
    bridge.request('SUPERVISE_CALL_REQ', fields);
    expect(answers(bridge)).toEqual([expected]);
    expect(calls.requests).toEqual([]);
  });

  it('a desktop cannot lend another supervisor its rights', () => {
    signIn('2050', '2005');
    const desktop = test.open({
      services: DESKTOP | ServiceMask.SUPERVISOR,
      binding: { agentId: '2051', instrument: null },
    });
    desktop.request('SUPERVISE_CALL_REQ', MONITOR);
    expect(answers(desktop)).toEqual(['CONTROL_FAILURE_CONF FailureCode=8']);
  });
});

describe('a call for help', () => {
  const confirmed = { callId: 91, device: '2003' };
  beforeEach(() => {
    calls.answer = (_request, done) =>
      done({ ok: true, connection: confirmed, call: callOf(91, 'ASSIST', [at('2003')]) });
  });

  it('without a call dials a supervisor of the team who is signed in and free', () => {
    signIn('2050', '2005');
    bridge.request('SUPERVISOR_ASSIST_REQ', { AgentInstrument: '2003', ConnectionCallID: 0xffffffff });
    expect(calls.requests).toEqual([
      { type: 'make', device: '2003', belligerent: true, dialed: '2005', data: {}, help: 'assist' },
    ]);
    expect(bridge.inbox).toEqual([
      {
        name: 'SUPERVISOR_ASSIST_CONF',
        fields: {
          InvokeID: expect.any(Number),
          ConnectionCallID: 91,
          ConnectionDeviceIDType: 0,
          ConnectionDeviceID: '2003',
          LineHandle: 0,
          LineType: 6,
        },
      },
    ]);
  });

  it('from a call is a consultation', () => {
    signIn('2050', '2005');
    bridge.request('EMERGENCY_CALL_REQ', {
      AgentID: '2001',
      ConnectionCallID: 77,
      ConnectionDeviceID: '2003',
    });
    expect(calls.requests).toEqual([
      {
        type: 'consult',
        active: { callId: 77, device: '2003' },
        purpose: 'unspecified',
        dialed: '2005',
        data: {},
        help: 'emergency',
      },
    ]);
  });

  it('in an emergency is told to the supervisors of the team, and to nobody else', () => {
    signIn('2050', '2005');
    const desktop = (agentId: string, services = DESKTOP | ServiceMask.SUPERVISOR) =>
      test.open({ services, binding: { agentId, instrument: null } });
    const [own, other, mate] = [desktop('2050'), desktop('2051'), desktop('3001', DESKTOP)];
    bridge.request('EMERGENCY_CALL_REQ', { AgentInstrument: '2003', ConnectionCallID: 0xffffffff });
    const event = 'EMERGENCY_CALL_EVENT ConnectionCallID=91 AgentID=2001';
    expect(own.take('ConnectionCallID', 'AgentID')).toEqual([event]);
    expect([other.take(), mate.take()]).toEqual([[], []]);
    expect(bridge.take('ConnectionCallID', 'AgentID')).toEqual([
      event,
      'EMERGENCY_CALL_CONF ConnectionCallID=91',
    ]);
  });

  it.each([
    ['nobody could help', { AgentInstrument: '2003' }, 'FAILURE_CONF Status=64'],
    ['nobody asks', {}, 'FAILURE_CONF Status=6'],
    ['the agent is not signed in', { AgentID: '2002' }, 'FAILURE_CONF Status=9'],
  ])('is refused when %s', (_what, fields, expected) => {
    bridge.request('SUPERVISOR_ASSIST_REQ', { ConnectionCallID: 0xffffffff, ...fields });
    expect(answers(bridge)).toEqual([expected]);
  });
});

it('BAD_CALL is noted for the operator', () => {
  bridge.request('BAD_CALL_REQ', { ConnectionCallID: 77, ConnectionDeviceID: '2003' });
  expect(answers(bridge)).toEqual(['BAD_CALL_CONF']);
  expect(test.noted).toEqual(['call 77 at 2003 was reported as bad']);
});

it('a recording without a recording application is made by the switch', () => {
  bridge.request('START_RECORDING_REQ', { ConnectionCallID: 77, ConnectionDeviceID: '2003' });
  expect(bridge.take('SessionID', 'ServerData')).toEqual(['START_RECORDING_CONF SessionID=77 ServerData=0']);
  calls.refuse({ kind: 'control', code: 22, peripheral: 0 });
  bridge.request('STOP_RECORDING_REQ', { ConnectionCallID: 77, ConnectionDeviceID: '2003' });
  expect(answers(bridge)).toEqual(['CONTROL_FAILURE_CONF FailureCode=22']);
});
