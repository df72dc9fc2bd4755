import { AgentState, type Fields } from '@poise/ged188';
import { beforeEach, describe, expect, it } from 'vitest';
import type { CallTypeName, ConnectionState, ConnectionView } from './calls/call.ts';
import type { SkillGroupFigures } from './calls/skill-group-figures.ts';
import { at, callOf, type FakeCalls } from './testing/fake-calls.ts';
import type { FakeClient } from './testing/fake-client.ts';
import { call as callNumber, FlowCentre } from './testing/flow.ts';
import { centreWithFakeCalls, type TestCentre } from './testing/test-centre.ts';

const [SALES, SUPPORT] = [85881, 85882];
const MINUTE = 60;
const NOBODY = { callsInQueue: 0, longestQueuedSince: null } as unknown as SkillGroupFigures;

/** The counters of a group that are neither 0 nor unknown, without their suffix. */
function counters(client: FakeClient, group: number, suffix: string): Record<string, unknown> {
  client.inbox.length = 0;
  client.request('QUERY_SKILL_GROUP_STATISTICS_REQ', { SkillGroupNumber: group });
  const { fields } = client.inbox.pop() ?? { fields: {} as Fields };
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([name, value]) => name.endsWith(suffix) && value !== 0 && value !== 0xffffffff)
      .map(([name, value]) => [name.slice(0, -suffix.length), value]),
  );
}

describe('counters of a skill group', () => {
  let test: TestCentre;
  let calls: FakeCalls;
  let bridge: FakeClient;
  beforeEach(() => {
    ({ test, calls } = centreWithFakeCalls());
    bridge = test.open();
    for (const group of [SALES, SUPPORT]) calls.figuresOf.set(group, NOBODY);
    // 00:00:00 of some day: all three intervals begin.
    test.clock.advance(86_400_000 - (test.clock.now() % 86_400_000));
  });

  const passes = (seconds: number) => test.clock.advance(seconds * 1000);
  const signIn = (AgentID: string, AgentInstrument: string) =>
    bridge.setState(AgentState.LOGIN, { AgentID, AgentInstrument, ForcedFlag: 1 });
  const state = (AgentID: string, AgentState: number, EventReasonCode = 0) =>
    bridge.setState(AgentState, { AgentID, EventReasonCode });

  it('times count for each agent in every group of the agent', () => {
    signIn('2001', '2003');
    signIn('2002', '2005');
    passes(10);
    state('2002', AgentState.AVAILABLE);
    passes(20);
    state('2002', AgentState.NOT_READY, 7);
    state('2001', AgentState.LOGOUT);
    passes(3);
    expect(counters(bridge, SALES, 'To5')).toEqual({ LoggedOnTime: 63, NotReadyTime: 43, AvailTime: 20 });
    expect(counters(bridge, SUPPORT, 'To5')).toEqual({ LoggedOnTime: 33, NotReadyTime: 13, AvailTime: 20 });
    passes(7);
    expect(counters(bridge, SALES, 'Today')).toEqual({ LoggedOnTime: 70, NotReadyTime: 50, AvailTime: 20 });
  });

  it('an interval begins anew at its minute of the clock, and what goes on counts from there', () => {
    passes(4 * MINUTE);
    signIn('2001', '2003');
    passes(90);
    expect(counters(bridge, SALES, 'To5').LoggedOnTime).toBe(30);
    expect(counters(bridge, SALES, 'ToHalf').LoggedOnTime).toBe(90);
    passes(25 * MINUTE);
    expect(counters(bridge, SALES, 'To5').LoggedOnTime).toBe(30);
    expect(counters(bridge, SALES, 'ToHalf').LoggedOnTime).toBe(30);
    expect(counters(bridge, SALES, 'Today').LoggedOnTime).toBe(90 + 25 * MINUTE);
    passes(24 * 60 * MINUTE - 30 * MINUTE);
    expect(counters(bridge, SALES, 'Today').LoggedOnTime).toBe(30);
  });

  it('an interval in which nothing happened leaves nothing of the one before it', () => {
    signIn('2001', '2003');
    passes(10);
    state('2001', AgentState.LOGOUT);
    passes(5 * MINUTE);
    expect(counters(bridge, SALES, 'To5')).toEqual({});
    expect(counters(bridge, SALES, 'ToHalf')).toEqual({ LoggedOnTime: 10, NotReadyTime: 10 });
  });

  it('new skills move the times of an agent, and an agent who is removed counts no longer', () => {
    signIn('2002', '2005');
    passes(10);
    const { agentList } = test.directory;
    const index = agentList.findIndex(({ loginId }) => loginId === '2002');
    agentList[index] = { ...agentList[index]!, skillGroups: [SUPPORT] };
    test.directory.changed();
    passes(10);
    agentList.splice(index, 1);
    test.directory.changed();
    passes(10);
    expect(counters(bridge, SALES, 'To5').LoggedOnTime).toBe(10);
    expect(counters(bridge, SUPPORT, 'To5').LoggedOnTime).toBe(20);
  });

  const DEVICE = { id: '2005', kind: 'station' } as const;
  /** A call of agent 2002 with 5 s of ringing, 60 s of talk, 10 s of hold, 20 s of talk. */
  const wholeCall = (type: CallTypeName, skillGroup: number | null, placed = false) => {
    const as = (own?: ConnectionState) => {
      const agent: Partial<ConnectionView>[] = own
        ? [at('2005', own, 'station', { agentId: '2002', skillGroup })]
        : [];
      const party = at('15551234', 'CONNECT', 'external');
      return callOf(77, type, placed ? [...agent, party] : [party, ...agent]);
    };
    calls.happen({ type: 'begin', call: as('ALERTING'), device: DEVICE });
    passes(5);
    calls.happen({ type: 'held', call: as('CONNECT'), device: DEVICE, cause: 'NONE' });
    passes(60);
    calls.happen({ type: 'held', call: as('HOLD'), device: DEVICE, cause: 'NONE' });
    passes(10);
    calls.happen({ type: 'retrieved', call: as('CONNECT'), device: DEVICE, cause: 'NONE' });
    passes(20);
    expect(Object.keys(counters(bridge, SALES, 'To5')).filter((name) => name.includes('Calls'))).toEqual([]);
    calls.happen({ type: 'connectionCleared', call: as(), releasing: DEVICE, cause: 'NONE' });
  };
  const inbound = {
    HandledCalls: 1,
    HandledCallsTalkTime: 90,
    HandledCallsTime: 90,
    IncomingCallsHeld: 1,
    IncomingCallsHeldTime: 10,
  };
  const outbound = {
    AgentOutCalls: 1,
    AgentOutCallsTalkTime: 95,
    AgentOutCallsTime: 95,
    AgentOutCallsHeld: 1,
    AgentOutCallsHeldTime: 10,
  };
  const held = { InternalCallsHeld: 1, InternalCallsHeldTime: 10 };

  it.each<[CallTypeName, number | null, boolean, object, object]>([
    ['PREROUTE_ACD_IN', SUPPORT, false, {}, inbound],
    ['PREROUTE_ACD_IN', SALES, false, inbound, {}],
    ['OUT', null, true, outbound, {}],
    // Of a group that the agent does not work for.
    ['TRANSFER_IN', 85883, false, inbound, {}],
    ['AGENT_INSIDE', null, false, { InternalCallsRcvd: 1, InternalCallsRcvdTime: 95, ...held }, {}],
    ['AGENT_INSIDE', null, true, held, {}],
    ['SUPERVISOR_MONITOR', SUPPORT, true, {}, { MonitorCalls: 1 }],
    ['SUPERVISOR_WHISPER', SUPPORT, true, {}, { WhisperCalls: 1 }],
    ['SUPERVISOR_BARGEIN', SUPPORT, true, {}, { BargeInCalls: 1 }],
    ['SUPERVISOR_INTERCEPT', SUPPORT, true, {}, { InterceptCalls: 1 }],
    ['EMERGENCY', SUPPORT, true, {}, { EmergencyCalls: 1 }],
  ])('counts %s of %s, placed %s, when it is over', (type, skillGroup, placed, sales, support) => {
    signIn('2002', '2005');
    wholeCall(type, skillGroup, placed);
    for (const suffix of ['To5', 'ToHalf', 'Today']) {
      const [inSales, inSupport] = [SALES, SUPPORT].map((group) => {
        const { LoggedOnTime: _a, NotReadyTime: _b, ...counted } = counters(bridge, group, suffix);
        return counted;
      });
      expect(inSales).toEqual(sales);
      expect(inSupport).toEqual(support);
    }
  });

  it('a call counts in the interval in which it ends', () => {
    signIn('2002', '2005');
    passes(4 * MINUTE);
    wholeCall('PREROUTE_ACD_IN', SALES);
    expect(counters(bridge, SALES, 'To5')).toMatchObject(inbound);
    passes(5 * MINUTE);
    expect(counters(bridge, SALES, 'To5').HandledCalls).toBeUndefined();
    expect(counters(bridge, SALES, 'ToHalf')).toMatchObject(inbound);
  });
});

it('after-call work goes on counting for the call that it follows', () => {
  const flow = new FlowCentre();
  const { exchange, bridge, test } = flow;
  const begin = 1800_000 - (test.clock.now() % 1800_000);
  test.clock.advance(begin);
  flow.signIn('2002', '2005', true);
  exchange.arrive('15551234', '6002');
  test.clock.advance(3_000);
  exchange.pickUp('2005');
  test.clock.advance(40_000);
  bridge.request('CLEAR_CONNECTION_REQ', {
    AgentInstrument: '2005',
    ConnectionCallID: callNumber(1),
    ConnectionDeviceID: '2005',
  });
  test.clock.advance(12_000);
  const expected = { HandledCalls: 1, HandledCallsTalkTime: 40, HandledCallsTime: 52 };
  expect(counters(bridge, SUPPORT, 'ToHalf')).toMatchObject({ ...expected, HandledCallsAfterCallTime: 12 });
  expect(counters(bridge, SALES, 'ToHalf').HandledCallsAfterCallTime).toBeUndefined();
  bridge.request('QUERY_AGENT_STATISTICS_REQ', { AgentID: '2002' });
  expect(bridge.inbox.pop()?.fields).toMatchObject({
    HandledCallsTalkTimeSession: 40,
    HandledCallsTimeSession: 52,
    HandledCallsAfterCallTimeSession: 12,
  });
});
