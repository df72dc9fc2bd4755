import { AgentState, CallMsgMask, ServiceMask } from '@poise/ged188';
import { beforeEach, describe, expect, it } from 'vitest';
import type { CallFact, DeviceName } from './calls/call-fact.ts';
import { at, callOf, type FakeCalls } from './testing/fake-calls.ts';
import { DESKTOP, FakeClient } from './testing/fake-client.ts';
import { centreWithFakeCalls, LOGIN, type TestCentre } from './testing/test-centre.ts';

const phone = (id: string): DeviceName => ({ id, kind: 'station' });
const CALL = callOf(77, 'AGENT_INSIDE', [at('2003'), at('2005')]);
const held: CallFact = { type: 'held', call: CALL, device: phone('2003'), cause: 'NONE' };
const begin = (id: string): CallFact => ({ type: 'begin', call: CALL, device: phone(id) });

let test: TestCentre;
let calls: FakeCalls;
beforeEach(() => {
  ({ test, calls } = centreWithFakeCalls());
});
const copies = (client: FakeClient) => client.take('MonitorID', 'ConnectionDeviceID');

describe('a copy goes to', () => {
  it('every bridge, whichever phone it is of', () => {
    const bridges = [test.open(), test.open({ version: 14 })];
    calls.happen(begin('2003'), begin('2005'), held);
    for (const bridge of bridges) {
      expect(copies(bridge)).toEqual([
        'BEGIN_CALL_EVENT MonitorID=0 ConnectionDeviceID=2003',
        'BEGIN_CALL_EVENT MonitorID=0 ConnectionDeviceID=2005',
        'CALL_HELD_EVENT MonitorID=0 ConnectionDeviceID=2003',
        'CALL_HELD_EVENT MonitorID=0 ConnectionDeviceID=2005',
      ]);
    }
  });

  it('the session of its phone or agent, once, and to no other desktop', () => {
    test.open().setState(AgentState.LOGIN, LOGIN);
    const desktops = [
      test.open({ services: DESKTOP, binding: { agentId: null, instrument: '2003' } }),
      test.open({ services: DESKTOP, binding: { agentId: '2001', instrument: null } }),
    ];
    const other = test.open({ services: DESKTOP, binding: { agentId: null, instrument: '2006' } });
    calls.happen(begin('2003'), begin('2005'), held);
    for (const desktop of desktops)
      expect(copies(desktop)).toEqual([
        'BEGIN_CALL_EVENT MonitorID=0 ConnectionDeviceID=2003',
        'CALL_HELD_EVENT MonitorID=0 ConnectionDeviceID=2003',
      ]);
    expect(copies(other)).toEqual([]);
  });

  it('the session of the agent who took the call, also after sign-out', () => {
    const desktop = test.open({ services: DESKTOP, binding: { agentId: '2001', instrument: null } });
    const call = callOf(77, 'AGENT_INSIDE', [at('2003', 'CONNECT', 'station', { agentId: '2001' })]);
    calls.happen({ type: 'begin', call, device: phone('2003') });
    expect(copies(desktop)).toEqual(['BEGIN_CALL_EVENT MonitorID=0 ConnectionDeviceID=2003']);
  });

  it('nobody whose CallMsgMask does not ask for it', () => {
    const bridge = test.open({ callMsgMask: CallMsgMask.BEGIN_CALL });
    const desktop = test.open({
      services: DESKTOP,
      binding: { agentId: null, instrument: '2003' },
      callMsgMask: CallMsgMask.CALL_HELD,
    });
    calls.happen(begin('2003'), held);
    expect(copies(bridge)).toEqual(['BEGIN_CALL_EVENT MonitorID=0 ConnectionDeviceID=2003']);
    expect(copies(desktop)).toEqual(['CALL_HELD_EVENT MonitorID=0 ConnectionDeviceID=2003']);
  });
});

describe('monitors repeat', () => {
  it('the calls of a phone, as far as their CallMsgMask goes', () => {
    const watcher = test.open({ services: ServiceMask.PERIPHERAL_MONITOR });
    watcher.request('MONITOR_START_REQ', {
      MonitoredDeviceID: '2003',
      CallMsgMask: CallMsgMask.CALL_HELD,
      ConnectionCallID: 0,
    });
    calls.happen(begin('2003'), begin('2005'), held);
    expect(copies(watcher)).toEqual([
      'MONITOR_START_CONF MonitorID=1',
      'CALL_HELD_EVENT MonitorID=1 ConnectionDeviceID=2003',
    ]);
    watcher.request('CHANGE_MONITOR_MASK_REQ', { MonitorID: 1, CallMsgMask: 0 });
    calls.happen(held);
    expect(copies(watcher)).toEqual(['CHANGE_MONITOR_MASK_CONF']);
  });

  it('one call at all its phones, until it ends', () => {
    const watcher = test.open({ services: ServiceMask.PERIPHERAL_MONITOR });
    const start = { ConnectionCallID: 77, ConnectionDeviceID: '2003', MonitoredDeviceType: 0xffff };
    watcher.request('MONITOR_START_REQ', { ...start, CallMsgMask: 0xffffffff });
    calls.happen(begin('2003'), begin('2005'));
    watcher.request('MONITOR_START_REQ', { ...start, CallMsgMask: 0xffffffff });
    calls.happen(held);
    expect(watcher.take('MonitorID', 'ConnectionDeviceID', 'Status')).toEqual([
      'FAILURE_CONF Status=13',
      'MONITOR_START_CONF MonitorID=1',
      'CALL_HELD_EVENT MonitorID=1 ConnectionDeviceID=2003',
      'CALL_HELD_EVENT MonitorID=1 ConnectionDeviceID=2005',
    ]);
    calls.happen(
      { type: 'end', call: CALL, device: phone('2003') },
      { type: 'end', call: CALL, device: phone('2005') },
    );
    watcher.request('MONITOR_STOP_REQ', { MonitorID: 1 });
    expect(watcher.take('Status').slice(2)).toEqual(['FAILURE_CONF Status=55']);
  });

  it("the calls of a team's members", () => {
    const bridge = test.open();
    bridge.setState(AgentState.LOGIN, LOGIN);
    bridge.setState(AgentState.LOGIN, { ...LOGIN, AgentID: 'agent-x', AgentInstrument: '2005' });
    const supervisor = test.open({
      services: DESKTOP | ServiceMask.SUPERVISOR,
      binding: { agentId: '2050', instrument: null },
    });
    supervisor.request('MONITOR_AGENT_TEAM_START_REQ', { TeamID: 5002 });
    calls.happen(begin('2003'), begin('2005'), held);
    expect(copies(supervisor)).toEqual([
      'MONITOR_AGENT_TEAM_START_CONF MonitorID=1',
      'BEGIN_CALL_EVENT MonitorID=1 ConnectionDeviceID=2003',
      'CALL_HELD_EVENT MonitorID=1 ConnectionDeviceID=2003',
    ]);
  });

  it('changed data in the form of their version', () => {
    const call = callOf(77, 'OUT', [at('2003')], {
      data: { named: [{ name: 'user.a', index: null, value: '1' }] },
    });
    const watchers = [21, 22].map((version) => {
      const watcher = test.open({ version, services: ServiceMask.PERIPHERAL_MONITOR });
      watcher.request('MONITOR_START_REQ', { MonitoredDeviceID: '2003', CallMsgMask: 0xffffffff });
      return watcher;
    });
    calls.happen({ type: 'begin', call, device: phone('2003') });
    for (const watcher of watchers) watcher.inbox.length = 0;
    calls.happen({ type: 'dataUpdated', call, changed: { wrapUp: 'x' } });
    expect(watchers.map((watcher) => watcher.take('NumNamedVariables'))).toEqual([
      ['CALL_DATA_UPDATE_EVENT NumNamedVariables=0'],
      ['CALL_DATA_UPDATE_EVENT NumNamedVariables=1'],
    ]);
  });
});

it('a desktop that opens hears of the calls at its phone, before the state of its agent', () => {
  test.open().setState(AgentState.LOGIN, LOGIN);
  calls.happen(begin('2003'));
  const opened = (callMsgMask: number) => {
    const client = new FakeClient(test.centre, {
      services: DESKTOP,
      binding: { agentId: '2001', instrument: null },
      clientSignature: `sig-${callMsgMask}`,
      callMsgMask,
    });
    test.centre.opened(client);
    return client.take('ConnectionCallID', 'AgentID');
  };
  expect(opened(0xffffffff)).toEqual([
    'BEGIN_CALL_EVENT ConnectionCallID=77',
    'AGENT_STATE_EVENT AgentID=2001',
  ]);
  expect(opened(0)).toEqual(['AGENT_STATE_EVENT AgentID=2001']);
});

it('each copy is a line of the CTI trace', () => {
  calls.happen(begin('2003'), held);
  expect(test.traced).toEqual([
    expect.stringMatching(
      /^MsgType:BEGIN_CALL_EVENT \(MonitorID:0 PeripheralID:5001 .*CallType:AGENT_INSIDE .*ConnectionDeviceID:"2003" DNIS:"2003" \)$/,
    ),
    expect.stringMatching(/^MsgType:CALL_HELD_EVENT \(.*HoldingDeviceID:"2003" \)$/),
  ]);
});

describe('manners', () => {
  const talking = (): CallFact => {
    const agent = test.centre.model.agent('2001');
    if (!agent) throw new Error('no agent');
    return { type: 'agent', change: { kind: 'again', agent, previousInstrument: '2003' } };
  };

  it('agentEventsBeforeCallEvents tells the agents of one happening first', () => {
    ({ test, calls } = centreWithFakeCalls('CCE', { agentEventsBeforeCallEvents: true }));
    const bridge = test.open();
    bridge.setState(AgentState.LOGIN, LOGIN);
    test.clock.advance(0);
    bridge.inbox.length = 0;
    calls.happen(begin('2003'), talking(), held, talking());
    test.clock.advance(0);
    expect(bridge.take()).toEqual([
      'AGENT_STATE_EVENT',
      'AGENT_STATE_EVENT',
      'BEGIN_CALL_EVENT',
      'CALL_HELD_EVENT',
    ]);
  });

  it('without it the order is that of the facts', () => {
    const bridge = test.open();
    bridge.setState(AgentState.LOGIN, LOGIN);
    bridge.inbox.length = 0;
    calls.happen(begin('2003'), talking(), held, talking());
    expect(bridge.take()).toEqual([
      'BEGIN_CALL_EVENT',
      'AGENT_STATE_EVENT',
      'CALL_HELD_EVENT',
      'AGENT_STATE_EVENT',
    ]);
  });

  it('endCallBeforeWrapUp ends the call before the wrap-up is told, and not once more after it', () => {
    for (const endCallBeforeWrapUp of [true, false]) {
      ({ test, calls } = centreWithFakeCalls('CCE', { endCallBeforeWrapUp }));
      const bridge = test.open();
      bridge.setState(AgentState.LOGIN, LOGIN);
      const call = callOf(77, 'PREROUTE_ACD_IN', []);
      const agent = test.centre.model.agent('2001');
      if (!agent) throw new Error('no agent');
      const wrapUp = { ...agent, status: { ...agent.status, state: 'WORK_READY' } } as const;
      calls.happen(begin('2003'));
      calls.set(call);
      bridge.inbox.length = 0;
      calls.happen(
        { type: 'agent', change: { kind: 'state', agent: wrapUp, previousInstrument: '2003' } },
        { type: 'end', call, device: phone('2003') },
      );
      const events = ['AGENT_STATE_EVENT', 'END_CALL_EVENT'];
      expect(bridge.take()).toEqual(endCallBeforeWrapUp ? events.reverse() : events);
    }
  });

  it('confirmAfterEvents and confirmDelayMs hold for call requests as well', () => {
    const hold = { ConnectionCallID: 77, ConnectionDeviceID: '2003' };
    for (const manners of [{ confirmAfterEvents: true }, { confirmDelayMs: 50 }]) {
      ({ test, calls } = centreWithFakeCalls('CCE', manners));
      const bridge = test.open();
      calls.happen(begin('2003'));
      bridge.inbox.length = 0;
      calls.answer = (_request, done) => {
        done({ ok: true });
        calls.happen(held);
      };
      bridge.request('HOLD_CALL_REQ', hold);
      test.clock.advance(50);
      expect(bridge.take()).toEqual(['CALL_HELD_EVENT', 'HOLD_CALL_CONF']);
    }
  });

  it('confirmAfterEvents also when the switch takes its time', () => {
    ({ test, calls } = centreWithFakeCalls('CCE', { confirmAfterEvents: true }));
    const bridge = test.open();
    calls.happen(begin('2003'));
    bridge.inbox.length = 0;
    let finish = () => {};
    calls.answer = (_request, done) => {
      finish = () => {
        done({ ok: true });
        calls.happen(held);
      };
    };
    bridge.request('HOLD_CALL_REQ', { ConnectionCallID: 77, ConnectionDeviceID: '2003' });
    finish();
    test.clock.advance(0);
    expect(bridge.take()).toEqual(['CALL_HELD_EVENT', 'HOLD_CALL_CONF']);
  });
});
