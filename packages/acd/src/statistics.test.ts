import { AgentState } from '@poise/ged188';
import { beforeEach, describe, expect, it } from 'vitest';
import type { CallTypeName, ConnectionState, ConnectionView } from './calls/call.ts';
import { at, callOf, type FakeCalls } from './testing/fake-calls.ts';
import { DESKTOP, type FakeClient } from './testing/fake-client.ts';
import { centreWithFakeCalls, LOGIN, type TestCentre } from './testing/test-centre.ts';

let test: TestCentre;
let calls: FakeCalls;
let bridge: FakeClient;
beforeEach(() => {
  ({ test, calls } = centreWithFakeCalls());
  bridge = test.open();
});

describe('QUERY_AGENT_STATISTICS', () => {
  const DEVICE = { id: '2003', kind: 'station' } as const;
  /** The counters that are not 0. */
  const counters = (suffix: string): Record<string, unknown> => {
    bridge.inbox.length = 0;
    bridge.request('QUERY_AGENT_STATISTICS_REQ', { AgentInstrument: '2003' });
    const { fields } = bridge.inbox[0] ?? { fields: {} };
    return Object.fromEntries(
      Object.entries(fields)
        .filter(([name, value]) => name.endsWith(suffix) && value !== 0)
        .map(([name, value]) => [name.slice(0, -suffix.length), value]),
    );
  };
  const call = (
    id: number,
    type: CallTypeName,
    own?: ConnectionState,
    other = '15551234',
    placed = false,
  ) => {
    const agent: Partial<ConnectionView>[] = own ? [at('2003', own, 'station', { agentId: '2001' })] : [];
    const party = at(other, 'CONNECT', 'external');
    return callOf(id, type, placed ? [...agent, party] : [party, ...agent]);
  };
  const passes = (seconds: number) => test.clock.advance(seconds * 1000);
  /** A call with 5 s of ringing, 60 s of talk, 10 s of hold, 20 s of talk. */
  const wholeCall = (id: number, type: CallTypeName, placed = false) => {
    const as = (state?: ConnectionState) => call(id, type, state, '15551234', placed);
    calls.happen({ type: 'begin', call: as('ALERTING'), device: DEVICE });
    passes(5);
    calls.happen({ type: 'held', call: as('CONNECT'), device: DEVICE, cause: 'NONE' });
    passes(60);
    calls.happen({ type: 'held', call: as('HOLD'), device: DEVICE, cause: 'NONE' });
    passes(10);
    calls.happen({ type: 'retrieved', call: as('CONNECT'), device: DEVICE, cause: 'NONE' });
    passes(20);
    calls.happen({ type: 'connectionCleared', call: as(), releasing: DEVICE, cause: 'NONE' });
  };

  beforeEach(() => bridge.setState(AgentState.LOGIN, LOGIN));

  it('counts the time in each state, of the state that lasts as well', () => {
    passes(10);
    bridge.setState(AgentState.AVAILABLE, { AgentID: '2001' });
    passes(30);
    bridge.setState(AgentState.NOT_READY, { AgentID: '2001', EventReasonCode: 10 });
    passes(5);
    const times = {
      LoggedOnTime: 45,
      RoutableTime: 45,
      NotReadyTime: 15,
      AvailTime: 30,
      ICMAvailableTime: 30,
    };
    expect(counters('Session')).toEqual(times);
    expect(counters('Today')).toEqual(times);
  });

  it.each<[CallTypeName, boolean, object]>([
    [
      'PREROUTE_ACD_IN',
      false,
      {
        HandledCalls: 1,
        HandledCallsTalkTime: 90,
        HandledCallsTime: 90,
        IncomingCallsHeld: 1,
        IncomingCallsHeldTime: 10,
      },
    ],
    [
      'OUT',
      true,
      {
        AgentOutCalls: 1,
        AgentOutCallsTalkTime: 95,
        AgentOutCallsTime: 95,
        AgentOutCallsHeld: 1,
        AgentOutCallsHeldTime: 10,
      },
    ],
    [
      'AGENT_INSIDE',
      true,
      { InternalCalls: 1, InternalCallsTime: 95, InternalCallsHeld: 1, InternalCallsHeldTime: 10 },
    ],
    [
      'AGENT_INSIDE',
      false,
      { InternalCallsRcvd: 1, InternalCallsRcvdTime: 95, InternalCallsHeld: 1, InternalCallsHeldTime: 10 },
    ],
    ['SUPERVISOR_MONITOR', true, { MonitorCalls: 1 }],
    ['SUPERVISOR_BARGEIN', true, { BargeInCalls: 1 }],
    ['EMERGENCY', true, { EmergencyCalls: 1 }],
  ])('counts %s, placed %s', (type, placed, expected) => {
    wholeCall(77, type, placed);
    const { LoggedOnTime: _a, RoutableTime: _b, NotReadyTime: _c, ...counted } = counters('Session');
    expect(counted).toEqual(expected);
  });

  it('a call that was not answered does not count', () => {
    calls.happen({ type: 'begin', call: call(77, 'PREROUTE_ACD_IN', 'ALERTING'), device: DEVICE });
    passes(5);
    const gone = call(77, 'PREROUTE_ACD_IN');
    calls.happen({ type: 'connectionCleared', call: gone, releasing: DEVICE, cause: 'CALL_NOT_ANSWERED' });
    expect(counters('Session').HandledCalls).toBeUndefined();
  });

  it('a call that was merged into another goes on there, and counts once', () => {
    calls.happen({ type: 'begin', call: call(78, 'CONSULT', 'CONNECT', '2005'), device: DEVICE });
    passes(30);
    const into = call(77, 'TRANSFER_IN', 'CONNECT');
    const party = { callId: 77, device: '2003', kind: 'station' } as const;
    calls.happen({
      type: 'transferred',
      call: into,
      primaryCallId: 77,
      secondaryCallId: 78,
      transferring: { id: '2005', kind: 'station' },
      transferred: DEVICE,
      parties: [party],
      moved: [party],
      cause: 'TRANSFER',
    });
    passes(30);
    calls.happen({ type: 'end', call: call(78, 'CONSULT'), device: { id: '2005', kind: 'station' } });
    calls.happen({
      type: 'connectionCleared',
      call: call(77, 'TRANSFER_IN'),
      releasing: DEVICE,
      cause: 'NONE',
    });
    expect(counters('Session')).toMatchObject({ InternalCallsRcvd: 1, InternalCallsRcvdTime: 60 });
  });

  it('the consult call of whoever makes a conference of it is over with that', () => {
    calls.happen({ type: 'begin', call: call(77, 'PREROUTE_ACD_IN', 'CONNECT'), device: DEVICE });
    calls.happen({ type: 'begin', call: call(78, 'CONSULT', 'CONNECT', '2005', true), device: DEVICE });
    passes(30);
    calls.happen({
      type: 'conferenced',
      call: call(77, 'CONFERENCE', 'CONNECT'),
      primaryCallId: 77,
      secondaryCallId: 78,
      controller: DEVICE,
      added: { id: '2005', kind: 'station' },
      parties: [],
      moved: [],
      cause: 'NONE',
    });
    const { LoggedOnTime: _a, RoutableTime: _b, NotReadyTime: _c, ...counted } = counters('Session');
    expect(counted).toEqual({ InternalCalls: 1, InternalCallsTime: 30 });
  });

  it('a new sign-in counts anew, the day goes on until midnight', () => {
    passes(60);
    bridge.setState(AgentState.LOGOUT, { AgentID: '2001' });
    passes(600);
    bridge.setState(AgentState.LOGIN, LOGIN);
    passes(10);
    expect(counters('Session').LoggedOnTime).toBe(10);
    expect(counters('Today').LoggedOnTime).toBe(70);
    const toMidnight = 86_400 - Math.floor((test.clock.now() % 86_400_000) / 1000);
    passes(toMidnight + 5);
    expect(counters('Today').LoggedOnTime).toBe(5);
    expect(counters('Session').LoggedOnTime).toBe(15 + toMidnight);
  });

  it('finds the agent by phone, extension, id, or the own session', () => {
    const desktop = test.open({ services: DESKTOP, binding: { agentId: '2001', instrument: null } });
    bridge.inbox.length = 0;
    for (const who of [{ AgentInstrument: '2003' }, { AgentExtension: '2003' }, { AgentID: '2001' }])
      bridge.request('QUERY_AGENT_STATISTICS_REQ', who);
    desktop.request('QUERY_AGENT_STATISTICS_REQ');
    const conf = 'QUERY_AGENT_STATISTICS_CONF AgentID=2001 AgentInstrument=2003 AgentExtension=2003';
    expect(bridge.take('AgentID', 'AgentInstrument', 'AgentExtension')).toEqual([conf, conf, conf]);
    expect(desktop.take('AgentID', 'AgentInstrument', 'AgentExtension')).toEqual([conf]);
    for (const who of [{}, { AgentInstrument: '2005' }, { AgentID: 'nobody' }, { AgentInstrument: '1' }])
      bridge.request('QUERY_AGENT_STATISTICS_REQ', who);
    expect(bridge.take('Status', 'FailureCode')).toEqual([
      'FAILURE_CONF Status=6',
      'FAILURE_CONF Status=9',
      'CONTROL_FAILURE_CONF FailureCode=256',
      'CONTROL_FAILURE_CONF FailureCode=256',
    ]);
  });
});

describe('QUERY_SKILL_GROUP_STATISTICS', () => {
  const FIGURES = {
    agentsLoggedOn: 12,
    agentsAvail: 1,
    agentsNotReady: 2,
    agentsReady: 10,
    agentsTalkingIn: 3,
    agentsTalkingOut: 4,
    agentsTalkingOther: 5,
    agentsWorkNotReady: 6,
    agentsWorkReady: 7,
    agentsBusyOther: 8,
    agentsReserved: 9,
    agentsHold: 11,
    callsInQueue: 13,
    longestQueuedSince: null as number | null,
  };

  it('tells the present figures; the queue of a peripheral is unknown', () => {
    calls.figuresOf.set(85881, { ...FIGURES, longestQueuedSince: test.clock.now() - 61_500 });
    for (const version of [14, 19, 24]) {
      const client = test.open({ version });
      client.request('QUERY_SKILL_GROUP_STATISTICS_REQ', { SkillGroupNumber: 85881 });
      expect(client.inbox[0]?.fields).toMatchObject({
        PeripheralID: 5001,
        SkillGroupNumber: 85881,
        SkillGroupID: 5000,
        AgentsLoggedOn: 12,
        AgentsAvail: 1,
        AgentsNotReady: 2,
        AgentsReady: 10,
        AgentsTalkingIn: 3,
        AgentsTalkingOut: 4,
        AgentsTalkingOther: 5,
        AgentsWorkNotReady: 6,
        AgentsWorkReady: 7,
        AgentsBusyOther: 8,
        AgentsReserved: 9,
        AgentsHold: 11,
        RouterCallsQNow: 13,
        LongestRouterCallQNow: 61,
        AvailTimeTo5: 0,
        CallsQ5: 0xffffffff,
        CallsQTimeHalf: 0xffffffff,
        LongestCallQToday: 0xffffffff,
      });
    }
  });

  it('finds the group by number or id; one that does not exist is refused with 72', () => {
    calls.figuresOf.set(85881, FIGURES);
    for (const group of [
      { SkillGroupNumber: 85881 },
      { SkillGroupID: 5000 },
      { SkillGroupNumber: 85881, SkillGroupID: 5001 },
      { SkillGroupNumber: 1 },
      {},
    ])
      bridge.request('QUERY_SKILL_GROUP_STATISTICS_REQ', group);
    expect(bridge.take('SkillGroupNumber', 'LongestRouterCallQNow', 'Status')).toEqual([
      'QUERY_SKILL_GROUP_STATISTICS_CONF SkillGroupNumber=85881 LongestRouterCallQNow=0',
      'QUERY_SKILL_GROUP_STATISTICS_CONF SkillGroupNumber=85881 LongestRouterCallQNow=0',
      'FAILURE_CONF Status=72',
      'FAILURE_CONF Status=72',
      'FAILURE_CONF Status=72',
    ]);
  });
});
