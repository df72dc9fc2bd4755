import { AgentState, MESSAGES, ServiceMask } from '@poise/ged188';
import { beforeEach, describe, expect, it } from 'vitest';
import { DESKTOP } from './testing/fake-client.ts';
import { LOGIN, TestCentre } from './testing/test-centre.ts';

let test: TestCentre;
beforeEach(() => {
  test = new TestCentre();
});

describe('queries', () => {
  it('QUERY_AGENT_STATE finds agents by id, skill target and phone', () => {
    const client = test.open();
    client.setState(AgentState.LOGIN, LOGIN);
    client.inbox.length = 0;
    for (const key of [
      { AgentID: '2001' },
      { ICMAgentID: 5001 },
      { AgentInstrument: '2003' },
      { AgentExtension: '2003' },
      { AgentID: '2002' },
    ]) {
      client.request('QUERY_AGENT_STATE_REQ', { PeripheralID: 5001, MRDID: 1, ...key });
    }
    expect(client.take('AgentState', 'AgentID', 'AgentInstrument', 'NumSkillGroups')).toEqual([
      ...Array.from(
        { length: 4 },
        () => 'QUERY_AGENT_STATE_CONF AgentState=2 AgentID=2001 AgentInstrument=2003 NumSkillGroups=1',
      ),
      'QUERY_AGENT_STATE_CONF AgentState=1 AgentID=2002 NumSkillGroups=2',
    ]);
    client.request('QUERY_AGENT_STATE_REQ', { MRDID: 1, AgentInstrument: '2005' });
    client.request('QUERY_AGENT_STATE_REQ', { MRDID: 1, AgentID: 'nobody' });
    client.request('QUERY_AGENT_STATE_REQ', { MRDID: 7, AgentID: '2001' });
    client.request('QUERY_AGENT_STATE_REQ', { MRDID: 1 });
    expect(client.take('Status', 'FailureCode')).toEqual([
      'FAILURE_CONF Status=9',
      'CONTROL_FAILURE_CONF FailureCode=256',
      'FAILURE_CONF Status=88',
      'FAILURE_CONF Status=6',
    ]);
  });

  it('devices are known, without calls', () => {
    const client = test.open();
    client.request('SNAPSHOT_DEVICE_REQ', { AgentInstrument: '2003' });
    client.request('SNAPSHOT_DEVICE_REQ', { AgentInstrument: '1' });
    client.request('QUERY_DEVICE_INFO_REQ', { AgentInstrument: '2003' });
    client.request('SNAPSHOT_CALL_REQ', { ConnectionCallID: 1, ConnectionDeviceID: '2003' });
    expect(client.take('NumCalls', 'FailureCode', 'PeripheralType', 'NumLines')).toEqual([
      'SNAPSHOT_DEVICE_CONF NumCalls=0',
      'CONTROL_FAILURE_CONF FailureCode=12',
      'QUERY_DEVICE_INFO_CONF PeripheralType=17 NumLines=1',
      'CONTROL_FAILURE_CONF FailureCode=13',
    ]);
  });

  it('desk settings follow the team', () => {
    const client = test.open();
    for (const AgentID of ['2002', 'agent-x', '2001']) client.request('AGENT_DESK_SETTINGS_REQ', { AgentID });
    client.request('AGENT_DESK_SETTINGS_REQ', { AgentID: 'nobody' });
    expect(
      client.take('WrapupDataIncomingMode', 'WrapupDataOutgoingMode', 'WorkModeTimer', 'Status'),
    ).toEqual([
      'AGENT_DESK_SETTINGS_CONF WrapupDataIncomingMode=0 WrapupDataOutgoingMode=2 WorkModeTimer=30',
      'AGENT_DESK_SETTINGS_CONF WrapupDataIncomingMode=1 WrapupDataOutgoingMode=1 WorkModeTimer=7200',
      'AGENT_DESK_SETTINGS_CONF WrapupDataIncomingMode=2 WrapupDataOutgoingMode=2 WorkModeTimer=7200',
      'FAILURE_CONF Status=8',
    ]);
  });

  it('teams of a supervisor come in segments of 64', () => {
    test.directory.agentList[2] = {
      ...test.directory.agentList[2]!,
      supervisorOf: Array.from({ length: 65 }, (_, i) => 100 + i),
    };
    test.directory.changed();
    const client = test.open();
    client.request('LIST_AGENT_TEAM_REQ', { SupervisorID: 5003 });
    client.request('LIST_AGENT_TEAM_REQ', { SupervisorID: 5001 });
    expect(client.take('NumberOfAgentTeams', 'SegmentNumber', 'More', 'Status')).toEqual([
      'LIST_AGENT_TEAM_CONF NumberOfAgentTeams=64 SegmentNumber=1 More=1',
      'LIST_AGENT_TEAM_CONF NumberOfAgentTeams=1 SegmentNumber=2 More=0',
      'FAILURE_CONF Status=64',
    ]);
  });
});

describe('monitors', () => {
  it('repeat the events of a team with their id until they are stopped', () => {
    const [bridge, supervisor] = [
      test.open(),
      test.open({
        services: DESKTOP | ServiceMask.SUPERVISOR,
        binding: { agentId: '2050', instrument: null },
      }),
    ];
    supervisor.request('MONITOR_AGENT_TEAM_START_REQ', { TeamID: 5002 });
    supervisor.request('MONITOR_AGENT_TEAM_START_REQ', { TeamID: 5002 });
    supervisor.request('MONITOR_AGENT_TEAM_START_REQ', { TeamID: 1 });
    expect(supervisor.take('MonitorID', 'Status')).toEqual([
      'MONITOR_AGENT_TEAM_START_CONF MonitorID=1',
      'FAILURE_CONF Status=83',
      'FAILURE_CONF Status=65',
    ]);
    bridge.setState(AgentState.LOGIN, LOGIN);
    bridge.setState(AgentState.LOGIN, { ...LOGIN, AgentID: 'agent-x', AgentInstrument: '2006' });
    expect(supervisor.take('MonitorID', 'AgentID')).toEqual(['AGENT_STATE_EVENT MonitorID=1 AgentID=2001']);
    supervisor.request('MONITOR_AGENT_TEAM_STOP_REQ', { MonitorID: 1 });
    supervisor.request('MONITOR_AGENT_TEAM_STOP_REQ', { MonitorID: 1 });
    expect(supervisor.take('Status')).toEqual(['MONITOR_AGENT_TEAM_STOP_CONF', 'FAILURE_CONF Status=55']);
    bridge.setState(AgentState.AVAILABLE, { AgentID: '2001' });
    expect(supervisor.take()).toEqual([]);
  });

  it('of a device follow the phone', () => {
    const [bridge, watcher] = [test.open(), test.open({ services: ServiceMask.PERIPHERAL_MONITOR })];
    watcher.request('MONITOR_START_REQ', { MonitoredDeviceID: '2003', AgentStateMask: 0x3fff });
    bridge.setState(AgentState.LOGIN, LOGIN);
    watcher.request('CHANGE_MONITOR_MASK_REQ', { MonitorID: 1, AgentStateMask: 2 });
    bridge.setState(AgentState.AVAILABLE, { AgentID: '2001' });
    expect(watcher.take('MonitorID', 'AgentState')).toEqual([
      'MONITOR_START_CONF MonitorID=1',
      'AGENT_STATE_EVENT MonitorID=1 AgentState=2',
      'CHANGE_MONITOR_MASK_CONF',
    ]);
    test.centre.closed(watcher);
    bridge.setState(AgentState.NOT_READY, { AgentID: '2001' });
    expect(watcher.take()).toEqual([]);
  });
});

describe('requests that cannot be served', () => {
  it('every request of the protocol that carries an InvokeID is answered exactly once', () => {
    const handledBySession = ['OPEN_REQ', 'HEARTBEAT_REQ', 'CLOSE_REQ'];
    const names = MESSAGES.filter(
      ({ layout }) => layout?.direction !== 'S2C' && layout?.fixed[0]?.[0] === 'InvokeID',
    )
      .map(({ name }) => name)
      .filter((name) => name.endsWith('_REQ') && !handledBySession.includes(name));
    expect(names.length).toBeGreaterThan(40);
    const client = test.open({ version: 25, services: 0xffffffff });
    for (const name of names) {
      test.centre.received(client, { name, fields: { InvokeID: 4711 } });
      const answers = client.inbox.splice(0).filter(({ fields }) => fields.InvokeID === 4711);
      expect(`${name}: ${answers.length}`).toBe(`${name}: 1`);
    }
  });

  it('calls do not exist', () => {
    const client = test.open();
    const call = { ConnectionCallID: 1, ConnectionDeviceID: '2003' };
    client.request('ANSWER_CALL_REQ', call);
    client.request('MAKE_CALL_REQ', { DialedNumber: '6001', AgentInstrument: '2003' });
    client.request('SET_CALL_DATA_REQ', call);
    expect(client.take('FailureCode', 'Status')).toEqual([
      'CONTROL_FAILURE_CONF FailureCode=13',
      'CONTROL_FAILURE_CONF FailureCode=15',
      'FAILURE_CONF Status=13',
    ]);
  });
});

describe('user messages', () => {
  it('go to one client, to the supervisors, to the team, to all', () => {
    const bridge = test.open({ clientId: 'bridge' });
    const desktop = test.open({ services: DESKTOP, binding: { agentId: '2001', instrument: null } });
    const mate = test.open({ services: DESKTOP, binding: { agentId: '3001', instrument: null } });
    const supervisor = test.open({ services: DESKTOP, binding: { agentId: '2050', instrument: null } });
    const send = (Distribution: number, fields = {}) =>
      desktop.request('USER_MESSAGE_REQ', { Distribution, Text: `to ${Distribution}`, ...fields });
    send(0, { ClientID: 'bridge' });
    send(1);
    send(2);
    send(3);
    send(0, { ClientID: 'nobody' });
    send(9);
    expect(desktop.take('Status')).toEqual([
      ...Array.from({ length: 4 }, () => 'USER_MESSAGE_CONF'),
      'FAILURE_CONF Status=63',
      'FAILURE_CONF Status=71',
    ]);
    expect(bridge.take('Text')).toEqual(['USER_MESSAGE_EVENT Text=to 0', 'USER_MESSAGE_EVENT Text=to 3']);
    expect(mate.take('Text')).toEqual(['USER_MESSAGE_EVENT Text=to 2', 'USER_MESSAGE_EVENT Text=to 3']);
    expect(supervisor.take('Text')).toEqual(
      ['to 1', 'to 2', 'to 3'].map((text) => `USER_MESSAGE_EVENT Text=${text}`),
    );
  });
});
