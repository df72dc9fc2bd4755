import { VirtualClock } from '@poise/clock';
import { AgentState, CallMsgMask, MESSAGES, ServiceMask } from '@poise/ged188';
import { beforeEach, describe, expect, it } from 'vitest';
import { AGENT_REQUESTS_WAITING_MAX, ContactCentre } from './contact-centre.ts';
import { demoDirectory } from './testing/demo-directory.ts';
import { BRIDGE, DESKTOP, FakeClient } from './testing/fake-client.ts';

let directory: ReturnType<typeof demoDirectory>;
let clock: VirtualClock;
let centre: ContactCentre;
const noted: string[] = [];

function create(deployment: 'CCE' | 'CCX' = 'CCE'): void {
  noted.length = 0;
  directory = demoDirectory();
  clock = new VirtualClock(1_366_756_808_000);
  centre = new ContactCentre({
    directory,
    clock,
    deployment,
    onDisconnect: 'notReady',
    log: (text) => noted.push(text),
  });
}
function open(options: ConstructorParameters<typeof FakeClient>[1] = {}): FakeClient {
  const client = new FakeClient(centre, options);
  centre.opened(client);
  client.inbox.length = 0;
  return client;
}
const LOGIN = { AgentID: '2001', AgentInstrument: '2003', EventReasonCode: 50004, ForcedFlag: 1 };
beforeEach(() => create());

describe('opening', () => {
  it('a bridge hears of every team', () => {
    const client = new FakeClient(centre);
    centre.opened(client);
    expect(client.take('TeamID', 'NumberOfAgents', 'ConfigOperation', 'AgentTeamName')).toEqual([
      'AGENT_TEAM_CONFIG_EVENT TeamID=5000 NumberOfAgents=3 ConfigOperation=0 AgentTeamName=Minnies_Team',
      'AGENT_TEAM_CONFIG_EVENT TeamID=5001 NumberOfAgents=2 ConfigOperation=0 AgentTeamName=Maths',
      'AGENT_TEAM_CONFIG_EVENT TeamID=5002 NumberOfAgents=3 ConfigOperation=0 AgentTeamName=Sandbox',
    ]);
  });

  it('a large team is told in messages of 64', () => {
    directory.agentList.push(
      ...Array.from({ length: 127 }, (_, i) => ({
        ...directory.agentList[0]!,
        loginId: `7${i}`,
        skillTargetId: 9000 + i,
        teamId: 5001,
      })),
    );
    directory.changed();
    const client = new FakeClient(centre);
    centre.opened(client);
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
    open().setState(AgentState.LOGIN, LOGIN);
    const desktop = new FakeClient(centre, {
      services: DESKTOP,
      binding: { agentId: '2001', instrument: null },
    });
    centre.opened(desktop);
    expect(desktop.take('AgentID', 'AgentState', 'AgentExtension')).toEqual([
      'AGENT_STATE_EVENT AgentID=2001 AgentState=2 AgentExtension=2003',
    ]);
  });

  it('the same client opening again ends its older session; another signature does not', () => {
    const first = open({ clientId: 'Poise', clientSignature: 'Poise-a' });
    const other = open({ clientId: 'Poise', clientSignature: 'Poise-b' });
    const again = open({ clientId: 'Poise', clientSignature: 'Poise-a' });
    expect([first.ended, other.ended, again.ended]).toEqual([11, null, null]);
    expect([...centre.router.clients]).toEqual([other, again]);
  });
});

describe('sign-in on the wire', () => {
  it('is confirmed, then told to every bridge in the form of a Cisco server', () => {
    const [a, b] = [open(), open({ version: 14 })];
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
    const client = open();
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
    const client = open();
    client.setState(AgentState.LOGIN, { ...LOGIN, AgentID: '2051' });
    expect(client.inbox[1]?.fields).toMatchObject({
      SkillGroupNumber: 0xffffffff,
      SkillGroupID: 0xffffffff,
      AgentState: 2,
    });
  });

  it('again is confirmed and reported with the unchanged state', () => {
    const client = open();
    client.setState(AgentState.LOGIN, LOGIN);
    client.setState(AgentState.AVAILABLE, { AgentID: '2001' });
    clock.advance(12_000);
    client.inbox.length = 0;
    client.setState(AgentState.LOGIN, LOGIN);
    expect(client.take('AgentState', 'SkillGroupState', 'StateDuration', 'AgentAvailabilityStatus')).toEqual([
      'SET_AGENT_STATE_CONF',
      'AGENT_STATE_EVENT AgentState=3 SkillGroupState=3 StateDuration=12 AgentAvailabilityStatus=1',
    ]);
  });

  it('refusals name code and peripheral error', () => {
    const client = open();
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
    const client = open();
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
    create('CCX');
    const client = open();
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

describe('passwords', () => {
  it('that came are checked, also from a bridge', async () => {
    const client = open();
    client.setState(AgentState.LOGIN, { ...LOGIN, AgentPassword: 'wrong' });
    client.setState(AgentState.LOGIN, { ...LOGIN, AgentPassword: '2001' });
    await settled();
    expect(client.take('FailureCode')).toEqual([
      'CONTROL_FAILURE_CONF FailureCode=257',
      'SET_AGENT_STATE_CONF',
      'AGENT_STATE_EVENT',
    ]);
  });

  it('a desktop without one may not sign in; with SSOEnabled it may', async () => {
    const desktop = open({ services: DESKTOP, binding: { agentId: '2001', instrument: null } });
    desktop.setState(AgentState.LOGIN, LOGIN);
    desktop.setState(AgentState.LOGIN, { ...LOGIN, SSOEnabled: 1 });
    expect(desktop.take('FailureCode')).toEqual([
      'CONTROL_FAILURE_CONF FailureCode=257',
      'SET_AGENT_STATE_CONF',
      'AGENT_STATE_EVENT',
    ]);
  });

  it('hold back later requests of the same agent and nobody else', async () => {
    const [a, b] = [open(), open()];
    a.setState(AgentState.LOGIN, { ...LOGIN, AgentPassword: '2001' });
    b.setState(AgentState.AVAILABLE, { AgentID: '2001' });
    b.setState(AgentState.LOGIN, { ...LOGIN, AgentID: '3001', AgentInstrument: '3001' });
    expect(b.take('AgentID')).toEqual(['SET_AGENT_STATE_CONF', 'AGENT_STATE_EVENT AgentID=3001']);
    await settled();
    expect(b.take('AgentID', 'AgentState')).toEqual([
      'AGENT_STATE_EVENT AgentID=2001 AgentState=2',
      'SET_AGENT_STATE_CONF',
      'AGENT_STATE_EVENT AgentID=2001 AgentState=3',
    ]);
  });

  it('requests that pile up behind a check are refused with 44 at the limit', () => {
    const client = open();
    for (let i = 0; i < AGENT_REQUESTS_WAITING_MAX + 2; i++)
      client.setState(AgentState.LOGIN, { ...LOGIN, AgentPassword: 'x' });
    expect(client.take('FailureCode')).toEqual(['CONTROL_FAILURE_CONF FailureCode=44']);
  });

  it('a check that fails to run counts as wrong and is noted, without the password', async () => {
    directory.checkPassword = () => Promise.reject(new Error('store is closed'));
    const client = open();
    client.setState(AgentState.LOGIN, { ...LOGIN, AgentPassword: 'secret' });
    await settled();
    expect(client.take('FailureCode')).toEqual(['CONTROL_FAILURE_CONF FailureCode=257']);
    expect(noted).toEqual(['the password of 2001 could not be checked: Error: store is closed']);
  });

  it('of a client that went away meanwhile sign nobody in', async () => {
    const [leaver, witness] = [open(), open()];
    leaver.setState(AgentState.LOGIN, { ...LOGIN, AgentPassword: '2001' });
    centre.closed(leaver);
    await settled();
    expect(witness.take()).toEqual([]);
    expect(centre.model.signedIn).toBe(0);
  });
});

/** Lets promises settle. */
async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

describe('a desktop session', () => {
  it('sees its own device only and may control nothing else', () => {
    const bridge = open();
    const desktop = open({
      services: DESKTOP,
      binding: { agentId: '2001', instrument: null },
      clientSignature: 'mine',
    });
    bridge.setState(AgentState.LOGIN, { ...LOGIN, AgentID: '3001', AgentInstrument: '3001' });
    bridge.setState(AgentState.LOGIN, LOGIN);
    expect(desktop.take('AgentID', 'ClientSignature')).toEqual([
      'AGENT_STATE_EVENT AgentID=2001 ClientSignature=mine',
    ]);
    desktop.setState(AgentState.AVAILABLE, { AgentID: '3001' });
    desktop.setState(AgentState.AVAILABLE, { AgentInstrument: '3001' });
    desktop.setState(AgentState.AVAILABLE, { AgentInstrument: '2003' });
    expect(desktop.take('FailureCode', 'AgentState')).toEqual([
      'CONTROL_FAILURE_CONF FailureCode=8',
      'CONTROL_FAILURE_CONF FailureCode=8',
      'SET_AGENT_STATE_CONF',
      'AGENT_STATE_EVENT AgentState=3',
    ]);
  });

  it('bound to a phone follows whoever signs in there, to the last event', () => {
    const bridge = open();
    const desktop = open({ services: DESKTOP, binding: { agentId: null, instrument: '2003' } });
    bridge.setState(AgentState.LOGIN, LOGIN);
    bridge.setState(AgentState.LOGIN, { ...LOGIN, AgentInstrument: '2005' });
    bridge.setState(AgentState.AVAILABLE, { AgentID: '2001' });
    expect(desktop.take('AgentInstrument')).toEqual([
      'AGENT_STATE_EVENT AgentInstrument=2003',
      'AGENT_STATE_EVENT AgentInstrument=2005',
    ]);
  });
});

describe('queries', () => {
  it('QUERY_AGENT_STATE finds agents by id, skill target and phone', () => {
    const client = open();
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
    const client = open();
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
    const client = open();
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
    directory.agentList[2] = {
      ...directory.agentList[2]!,
      supervisorOf: Array.from({ length: 65 }, (_, i) => 100 + i),
    };
    directory.changed();
    const client = open();
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
      open(),
      open({ services: DESKTOP | ServiceMask.SUPERVISOR, binding: { agentId: '2050', instrument: null } }),
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
    const [bridge, watcher] = [open(), open({ services: ServiceMask.PERIPHERAL_MONITOR })];
    watcher.request('MONITOR_START_REQ', { MonitoredDeviceID: '2003', AgentStateMask: 0x3fff });
    bridge.setState(AgentState.LOGIN, LOGIN);
    watcher.request('CHANGE_MONITOR_MASK_REQ', { MonitorID: 1, AgentStateMask: 2 });
    bridge.setState(AgentState.AVAILABLE, { AgentID: '2001' });
    expect(watcher.take('MonitorID', 'AgentState')).toEqual([
      'MONITOR_START_CONF MonitorID=1',
      'AGENT_STATE_EVENT MonitorID=1 AgentState=2',
      'CHANGE_MONITOR_MASK_CONF',
    ]);
    centre.closed(watcher);
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
    const client = open({ version: 25, services: 0xffffffff });
    for (const name of names) {
      centre.received(client, { name, fields: { InvokeID: 4711 } });
      const answers = client.inbox.splice(0).filter(({ fields }) => fields.InvokeID === 4711);
      expect(`${name}: ${answers.length}`).toBe(`${name}: 1`);
    }
  });

  it('calls do not exist', () => {
    const client = open();
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
    const bridge = open({ clientId: 'bridge' });
    const desktop = open({ services: DESKTOP, binding: { agentId: '2001', instrument: null } });
    const mate = open({ services: DESKTOP, binding: { agentId: '3001', instrument: null } });
    const supervisor = open({ services: DESKTOP, binding: { agentId: '2050', instrument: null } });
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

describe('configuration', () => {
  const BITS = 'ConfigType ConfigInformation NumRecords ConfigEndStatus'.split(' ');

  it('is uploaded item by item in the documented order', () => {
    const client = open({ version: 25 });
    client.request('CONFIG_REQUEST_EVENT', {
      ConfigInformation: 0x3ff,
      ConfigMsgMask: 0x3ff,
      PeripheralID: 5001,
    });
    expect(client.take(...BITS)).toEqual([
      'CONFIG_BEGIN_EVENT ConfigType=1 ConfigInformation=1',
      'CONFIG_END_EVENT ConfigEndStatus=4',
      'CONFIG_BEGIN_EVENT ConfigType=1 ConfigInformation=2',
      'CONFIG_SKILL_GROUP_EVENT NumRecords=3',
      'CONFIG_END_EVENT ConfigEndStatus=0',
      'CONFIG_BEGIN_EVENT ConfigType=1 ConfigInformation=4',
      'CONFIG_AGENT_EVENT NumRecords=6',
      'CONFIG_END_EVENT ConfigEndStatus=0',
      'CONFIG_BEGIN_EVENT ConfigType=1 ConfigInformation=512',
      'CONFIG_END_EVENT ConfigEndStatus=4',
      'CONFIG_BEGIN_EVENT ConfigType=1 ConfigInformation=8',
      'CONFIG_DEVICE_EVENT NumRecords=5',
      'CONFIG_END_EVENT ConfigEndStatus=0',
      'CONFIG_BEGIN_EVENT ConfigType=1 ConfigInformation=16',
      'CONFIG_END_EVENT ConfigEndStatus=4',
      'CONFIG_BEGIN_EVENT ConfigType=1 ConfigInformation=32',
      'CONFIG_MRD_EVENT NumRecords=1',
      'CONFIG_END_EVENT ConfigEndStatus=0',
      'CONFIG_BEGIN_EVENT ConfigType=1 ConfigInformation=64',
      'CONFIG_PERIPHERAL_EVENT NumRecords=1',
      'CONFIG_END_EVENT ConfigEndStatus=0',
      'CONFIG_BEGIN_EVENT ConfigType=1 ConfigInformation=128',
      'CONFIG_AGENT_DESK_SETTINGS_EVENT NumRecords=3',
      'CONFIG_END_EVENT ConfigEndStatus=0',
      'CONFIG_BEGIN_EVENT ConfigType=1 ConfigInformation=256',
      'CONFIG_END_EVENT ConfigEndStatus=4',
    ]);
  });

  it('leaves out what an old version does not know', () => {
    const client = open({ version: 14 });
    client.request('CONFIG_REQUEST_EVENT', { ConfigInformation: 0x3ff, PeripheralID: 5001 });
    expect(client.take('ConfigInformation').filter((line) => line.startsWith('CONFIG_BEGIN'))).toEqual(
      [1, 2, 4, 8, 16].map((bit) => `CONFIG_BEGIN_EVENT ConfigInformation=${bit}`),
    );
  });

  it('an agent record tells names, team settings and skills', () => {
    const client = open();
    client.request('CONFIG_REQUEST_EVENT', { ConfigInformation: 4 });
    expect((client.inbox[1]!.fields.records as object[])[1]).toMatchObject({
      RecordType: 0,
      AgentType: 0,
      AgentDeskSettingsID: 5000,
      LoginID: '2002',
      LoginName: 'name-2002',
      LastName: 'Last 2002',
      FirstName: 'First',
      AgentSkillTargetID: 5002,
      NumSkills: 2,
      SSOEnabled: 0,
      NumMRDs: 1,
      skillGroups: [
        { FltSkillGroupNumber: 85881, FltSkillGroupPriority: 0 },
        { FltSkillGroupNumber: 85882, FltSkillGroupPriority: 0 },
      ],
      FltAgentMRDID: [1],
      FltAgentMRDState: [1],
    });
  });

  it.each([14, 19, 20, 24])(
    'of a large centre keeps the limits of version %i, even with the longest names and most skills',
    (version) => {
      directory.groupList.push(
        ...Array.from({ length: 200 }, (_, i) => ({ number: i, id: i, name: `${i}${'ü'.repeat(100)}` })),
      );
      directory.agentList.push(
        ...Array.from({ length: 250 }, (_, i) => ({
          ...directory.agentList[0]!,
          loginId: `agent-with-a-long-id-${i}`,
          loginName: `ñ`.repeat(300),
          lastName: '名'.repeat(50),
          firstName: 'zero\0inside',
          skillTargetId: 9000 + i,
          skillGroups: Array.from({ length: 150 }, (_, n) => n),
        })),
      );
      directory.changed();
      const client = open({ version });
      client.request('CONFIG_REQUEST_EVENT', { ConfigInformation: 0x3ff });
      const agents = client.inbox
        .filter(({ name }) => name === 'CONFIG_AGENT_EVENT')
        .flatMap(({ fields }) => fields.records as object[]);
      expect(agents).toHaveLength(256);
      client.setState(AgentState.LOGIN, { AgentIDLong: 'agent-with-a-long-id-3', AgentInstrument: '2003' });
      expect(client.inbox.at(-1)?.fields).toMatchObject({
        AgentIDLong: 'agent-with-a-long-id-3',
        NumFltSkillGroups: 99,
      });
    },
  );

  it('has keys that change with the data and with nothing else', () => {
    const client = open();
    const keys = () => {
      client.request('CONFIG_REQUEST_KEY_EVENT', { PeripheralID: 5001 });
      return client.inbox.splice(0)[0]?.fields;
    };
    const first = keys();
    expect(first?.AgentConfigKey).toHaveLength(8);
    client.setState(AgentState.LOGIN, LOGIN);
    client.inbox.length = 0;
    directory.changed();
    expect(keys()).toEqual(first);
    directory.agentList[0] = { ...directory.agentList[0]!, lastName: 'Renamed' };
    directory.changed();
    const second = keys();
    expect(second?.AgentConfigKey).not.toEqual(first?.AgentConfigKey);
    expect(second?.DeviceConfigKey).toEqual(first?.DeviceConfigKey);
  });

  it('changes are told to those who asked: removal, change, addition, and the teams', () => {
    const [asked, silent] = [open(), open({ services: ServiceMask.ALL_EVENTS })];
    asked.request('CONFIG_REQUEST_EVENT', { ConfigInformation: 0 });
    expect(asked.take()).toEqual([]);
    directory.agentList = [
      ...directory.agentList
        .filter((agent) => agent.loginId !== '3001')
        .map((agent) => (agent.loginId === '2002' ? { ...agent, teamId: 5001 } : agent)),
      { ...directory.agentList[0]!, loginId: '4001', skillTargetId: 4001, teamId: 5001 },
    ];
    directory.phoneList = [...directory.phoneList, '4001'];
    directory.changed();
    const records = asked.inbox
      .filter(({ name }) => name === 'CONFIG_AGENT_EVENT')
      .flatMap(({ fields }) => fields.records as { RecordType: number; LoginID: string }[]);
    expect(records.map((record) => `${record.RecordType} ${record.LoginID}`)).toEqual([
      '2 3001',
      '1 2002',
      '0 4001',
    ]);
    expect(asked.take(...BITS, 'TeamID', 'ConfigOperation', 'NumberOfAgents')).toEqual([
      'CONFIG_BEGIN_EVENT ConfigType=2 ConfigInformation=4',
      'CONFIG_AGENT_EVENT NumRecords=3',
      'CONFIG_END_EVENT ConfigEndStatus=0',
      'CONFIG_BEGIN_EVENT ConfigType=2 ConfigInformation=8',
      'CONFIG_DEVICE_EVENT NumRecords=1',
      'CONFIG_END_EVENT ConfigEndStatus=0',
      'AGENT_TEAM_CONFIG_EVENT TeamID=5001 ConfigOperation=1 NumberOfAgents=2',
      'AGENT_TEAM_CONFIG_EVENT TeamID=5002 ConfigOperation=2 NumberOfAgents=1',
      'AGENT_TEAM_CONFIG_EVENT TeamID=5000 ConfigOperation=2 NumberOfAgents=1',
    ]);
    expect(silent.take()).toEqual([]);
  });

  it('re-skilling a signed-in agent is told by record and by state', () => {
    const client = open();
    client.request('CONFIG_REQUEST_EVENT', { ConfigInformation: 0 });
    client.setState(AgentState.LOGIN, LOGIN);
    client.inbox.length = 0;
    directory.agentList[0] = { ...directory.agentList[0]!, skillGroups: [85882, 85883] };
    directory.changed();
    expect(client.take(...BITS, 'SkillGroupNumber', 'SkillGroupState', 'NumFltSkillGroups')).toEqual([
      'CONFIG_BEGIN_EVENT ConfigType=2 ConfigInformation=4',
      'CONFIG_AGENT_EVENT NumRecords=1',
      'CONFIG_END_EVENT ConfigEndStatus=0',
      'AGENT_STATE_EVENT SkillGroupNumber=85882 SkillGroupState=2 NumFltSkillGroups=2',
    ]);
  });

  it('a removed agent is signed out before the phone is free again', () => {
    const client = open();
    client.setState(AgentState.LOGIN, LOGIN);
    client.inbox.length = 0;
    directory.agentList.shift();
    directory.changed();
    expect(client.take('AgentState', 'EventReasonCode', 'AgentID').slice(0, 1)).toEqual([
      'AGENT_STATE_EVENT AgentState=1 EventReasonCode=65534 AgentID=2001',
    ]);
    client.inbox.length = 0;
    client.setState(AgentState.LOGIN, { ...LOGIN, AgentID: '2002' });
    expect(client.take()).toEqual(['SET_AGENT_STATE_CONF', 'AGENT_STATE_EVENT']);
  });

  it('a directory that cannot be read leaves everything as it was', () => {
    const client = open();
    client.setState(AgentState.LOGIN, LOGIN);
    directory.agents = () => {
      throw new Error('store is closed');
    };
    directory.changed();
    expect(noted).toEqual(['the directory could not be read, the old one stays: Error: store is closed']);
    expect(centre.model.signedIn).toBe(1);
  });
});

describe('phones out of service', () => {
  it('are told, and their agent is signed out with 50003', () => {
    const client = open();
    client.setState(AgentState.LOGIN, LOGIN);
    client.inbox.length = 0;
    centre.setInstrumentService('2003', false);
    centre.setInstrumentService('2003', true);
    expect(client.take('SystemEventID', 'Text', 'AgentState', 'EventReasonCode')).toEqual([
      'SYSTEM_EVENT SystemEventID=10 Text=2003',
      'AGENT_STATE_EVENT AgentState=1 EventReasonCode=50003',
      'SYSTEM_EVENT SystemEventID=11 Text=2003',
    ]);
  });
});

describe('masks', () => {
  it('states outside the mask are not sent; teams only with the call event mask', () => {
    const watcher = open();
    Object.assign(watcher, { agentStateMask: 2, callMsgMask: 0xffffffff & ~CallMsgMask.AGENT_TEAM_CONFIG });
    open({ services: BRIDGE }).setState(AgentState.LOGIN, LOGIN);
    expect(watcher.take()).toEqual([]);
    open().setState(AgentState.LOGOUT, { AgentID: '2001', AgentInstrument: '2003', EventReasonCode: 3 });
    expect(watcher.take('AgentState')).toEqual(['AGENT_STATE_EVENT AgentState=1']);
  });

  it('repetitions are kept from clients that ignore duplicates', () => {
    const [client, deaf] = [open(), open({ services: BRIDGE | ServiceMask.IGNORE_DUPLICATE_AGENT_EVENTS })];
    client.setState(AgentState.LOGIN, LOGIN);
    client.setState(AgentState.LOGIN, LOGIN);
    expect(deaf.take()).toEqual(['AGENT_STATE_EVENT']);
  });
});
