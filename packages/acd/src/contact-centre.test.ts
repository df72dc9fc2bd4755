import { AgentState, CallMsgMask, ServiceMask } from '@poise/ged188';
import { beforeEach, describe, expect, it } from 'vitest';
import { BRIDGE, DESKTOP, FakeClient } from './testing/fake-client.ts';
import { LOGIN, TestCentre } from './testing/test-centre.ts';

let test: TestCentre;
beforeEach(() => {
  test = new TestCentre();
});

describe('opening', () => {
  it('a bridge hears of every team', () => {
    const client = new FakeClient(test.centre);
    test.centre.opened(client);
    expect(client.take('TeamID', 'NumberOfAgents', 'ConfigOperation', 'AgentTeamName')).toEqual([
      'AGENT_TEAM_CONFIG_EVENT TeamID=5000 NumberOfAgents=3 ConfigOperation=0 AgentTeamName=Minnies_Team',
      'AGENT_TEAM_CONFIG_EVENT TeamID=5001 NumberOfAgents=2 ConfigOperation=0 AgentTeamName=Maths',
      'AGENT_TEAM_CONFIG_EVENT TeamID=5002 NumberOfAgents=3 ConfigOperation=0 AgentTeamName=Sandbox',
    ]);
  });

  it('a large team is told in messages of 64', () => {
    test.directory.agentList.push(
      ...Array.from({ length: 127 }, (_, i) => ({
        ...test.directory.agentList[0]!,
        loginId: `7${i}`,
        skillTargetId: 9000 + i,
        teamId: 5001,
      })),
    );
    test.directory.changed();
    const client = new FakeClient(test.centre);
    test.centre.opened(client);
    const parts = client
      .take('TeamID', 'NumberOfAgents', 'ConfigOperation')
      .filter((line) => line.includes('TeamID=5001'));
    expect(parts).toEqual([
      'AGENT_TEAM_CONFIG_EVENT TeamID=5001 NumberOfAgents=64 ConfigOperation=0',
      'AGENT_TEAM_CONFIG_EVENT TeamID=5001 NumberOfAgents=64 ConfigOperation=1',
      'AGENT_TEAM_CONFIG_EVENT TeamID=5001 NumberOfAgents=1 ConfigOperation=1',
    ]);
  });

  it('a desktop hears the present state of its agent', () => {
    test.open().setState(AgentState.LOGIN, LOGIN);
    const desktop = new FakeClient(test.centre, {
      services: DESKTOP,
      binding: { agentId: '2001', instrument: null },
    });
    test.centre.opened(desktop);
    expect(desktop.take('AgentID', 'AgentState', 'AgentExtension')).toEqual([
      'AGENT_STATE_EVENT AgentID=2001 AgentState=2 AgentExtension=2003',
    ]);
  });

  it('the same client opening again ends its older session; another signature does not', () => {
    const first = test.open({ clientId: 'Poise', clientSignature: 'Poise-a' });
    const other = test.open({ clientId: 'Poise', clientSignature: 'Poise-b' });
    const again = test.open({ clientId: 'Poise', clientSignature: 'Poise-a' });
    expect([first.ended, other.ended, again.ended]).toEqual([11, null, null]);
    expect([...test.centre.router.clients]).toEqual([other, again]);
  });
});

describe('sign-in on the wire', () => {
  it('is confirmed, then told to every bridge in the form of a Cisco server', () => {
    const [a, b] = [test.open(), test.open({ version: 14 })];
    const invokeId = a.setState(AgentState.LOGIN, LOGIN);
    expect(a.inbox[0]).toEqual({ name: 'SET_AGENT_STATE_CONF', fields: { InvokeID: invokeId } });
    expect(a.inbox[1]).toEqual({
      name: 'AGENT_STATE_EVENT',
      fields: {
        MonitorID: 0,
        PeripheralID: 5001,
        SessionID: 0,
        PeripheralType: 17,
        SkillGroupState: 0,
        StateDuration: 0,
        SkillGroupNumber: 85881,
        SkillGroupID: 5000,
        SkillGroupPriority: 0,
        AgentState: 2,
        EventReasonCode: 0,
        MRDID: 1,
        NumTasks: 0,
        AgentMode: 1,
        MaxTaskLimit: 1,
        ICMAgentID: 5001,
        AgentAvailabilityStatus: 0,
        NumFltSkillGroups: 0,
        DepartmentID: 0,
        Direction: 0,
        ClientSignature: '',
        AgentID: '2001',
        AgentExtension: '2003',
        AgentInstrument: '2003',
      },
    });
    expect(b.take('AgentID', 'AgentState', 'SkillGroupState')).toEqual([
      'AGENT_STATE_EVENT AgentID=2001 AgentState=2 SkillGroupState=0',
    ]);
  });

  it('of an agent with two skill groups carries both sets', () => {
    const client = test.open();
    client.setState(AgentState.LOGIN, { ...LOGIN, AgentID: '2002', AgentInstrument: '2005' });
    expect(client.inbox[1]?.fields).toMatchObject({
      SkillGroupNumber: 85881,
      NumFltSkillGroups: 2,
      skillGroups: [
        {
          FltSkillGroupNumber: 85881,
          FltSkillGroupID: 5000,
          FltSkillGroupPriority: 0,
          FltSkillGroupState: 0,
        },
        {
          FltSkillGroupNumber: 85882,
          FltSkillGroupID: 5001,
          FltSkillGroupPriority: 0,
          FltSkillGroupState: 0,
        },
      ],
    });
  });

  it('of a supervisor without a skill group has none', () => {
    const client = test.open();
    client.setState(AgentState.LOGIN, { ...LOGIN, AgentID: '2051' });
    expect(client.inbox[1]?.fields).toMatchObject({
      SkillGroupNumber: 0xffffffff,
      SkillGroupID: 0xffffffff,
      AgentState: 2,
    });
  });

  it('again is confirmed and reported with the unchanged state', () => {
    const client = test.open();
    client.setState(AgentState.LOGIN, LOGIN);
    client.setState(AgentState.AVAILABLE, { AgentID: '2001' });
    test.clock.advance(12_000);
    client.inbox.length = 0;
    client.setState(AgentState.LOGIN, LOGIN);
    expect(client.take('AgentState', 'SkillGroupState', 'StateDuration', 'AgentAvailabilityStatus')).toEqual([
      'SET_AGENT_STATE_CONF',
      'AGENT_STATE_EVENT AgentState=3 SkillGroupState=3 StateDuration=12 AgentAvailabilityStatus=1',
    ]);
  });

  it('refusals name code and peripheral error', () => {
    const client = test.open();
    client.setState(AgentState.LOGIN, { ...LOGIN, AgentInstrument: '1' });
    client.setState(AgentState.LOGIN, { ...LOGIN, AgentID: '1' });
    client.setState(AgentState.TALKING, LOGIN);
    client.setState(AgentState.LOGIN, { ...LOGIN, AgentWorkMode: 9 });
    client.setState(AgentState.LOGIN, { ...LOGIN, PeripheralID: 77 });
    expect(client.take('FailureCode', 'PeripheralErrorCode', 'Status')).toEqual([
      'CONTROL_FAILURE_CONF FailureCode=260 PeripheralErrorCode=10125',
      'CONTROL_FAILURE_CONF FailureCode=256 PeripheralErrorCode=0',
      'CONTROL_FAILURE_CONF FailureCode=3 PeripheralErrorCode=0',
      'FAILURE_CONF Status=50',
      'FAILURE_CONF Status=7',
    ]);
  });
});

describe('sign-out on the wire', () => {
  it('CCE: no skill group, not routable, the reason, the phone that was left', () => {
    const client = test.open();
    client.setState(AgentState.LOGIN, LOGIN);
    client.inbox.length = 0;
    client.setState(AgentState.LOGOUT, { AgentID: '2001', AgentInstrument: '2003', EventReasonCode: 1 });
    expect(client.inbox[1]?.fields).toMatchObject({
      SkillGroupState: 1,
      AgentState: 1,
      SkillGroupNumber: 0xffffffff,
      EventReasonCode: 1,
      AgentMode: 0,
      AgentExtension: '2003',
      AgentInstrument: '2003',
    });
  });

  it('CCX: reason 255, long id, no instrument, peripheral 1 of type 21', () => {
    test = new TestCentre('CCX');
    const client = test.open();
    client.setState(AgentState.LOGIN, LOGIN);
    client.inbox.length = 0;
    client.setState(AgentState.LOGOUT, {
      AgentID: '2001',
      AgentInstrument: '2003',
      EventReasonCode: 255,
      ForcedFlag: 1,
      PeripheralID: 0,
    });
    const fields = client.inbox[1]?.fields;
    expect(fields).toMatchObject({
      PeripheralID: 1,
      PeripheralType: 21,
      EventReasonCode: 255,
      AgentID: '2001',
      AgentIDLong: '2001',
      AgentExtension: '2003',
    });
    expect(fields?.AgentInstrument).toBeUndefined();
    expect(fields?.ClientSignature).toBeUndefined();
  });
});

describe('phones out of service', () => {
  it('are told, and their agent is signed out with 50003', () => {
    const client = test.open();
    client.setState(AgentState.LOGIN, LOGIN);
    client.inbox.length = 0;
    test.centre.setInstrumentService('2003', false);
    test.centre.setInstrumentService('2003', true);
    expect(client.take('SystemEventID', 'Text', 'AgentState', 'EventReasonCode')).toEqual([
      'SYSTEM_EVENT SystemEventID=10 Text=2003',
      'AGENT_STATE_EVENT AgentState=1 EventReasonCode=50003',
      'SYSTEM_EVENT SystemEventID=11 Text=2003',
    ]);
  });
});

describe('masks', () => {
  it('states outside the mask are not sent; teams only with the call event mask', () => {
    const watcher = test.open();
    Object.assign(watcher, { agentStateMask: 2, callMsgMask: 0xffffffff & ~CallMsgMask.AGENT_TEAM_CONFIG });
    test.open({ services: BRIDGE }).setState(AgentState.LOGIN, LOGIN);
    expect(watcher.take()).toEqual([]);
    test.open().setState(AgentState.LOGOUT, { AgentID: '2001', AgentInstrument: '2003', EventReasonCode: 3 });
    expect(watcher.take('AgentState')).toEqual(['AGENT_STATE_EVENT AgentState=1']);
  });

  it('repetitions are kept from clients that ignore duplicates', () => {
    const [client, deaf] = [
      test.open(),
      test.open({ services: BRIDGE | ServiceMask.IGNORE_DUPLICATE_AGENT_EVENTS }),
    ];
    client.setState(AgentState.LOGIN, LOGIN);
    client.setState(AgentState.LOGIN, LOGIN);
    expect(deaf.take()).toEqual(['AGENT_STATE_EVENT']);
  });
});
