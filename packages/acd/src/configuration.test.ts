import { AgentState, ServiceMask } from '@poise/ged188';
import { beforeEach, describe, expect, it } from 'vitest';
import { LOGIN, TestCentre } from './testing/test-centre.ts';

let test: TestCentre;
beforeEach(() => {
  test = new TestCentre();
});

describe('configuration', () => {
  const BITS = 'ConfigType ConfigInformation NumRecords ConfigEndStatus'.split(' ');

  it('is uploaded item by item in the documented order', () => {
    const client = test.open({ version: 25 });
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
      'CONFIG_DEVICE_EVENT NumRecords=9',
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
    const client = test.open({ version: 14 });
    client.request('CONFIG_REQUEST_EVENT', { ConfigInformation: 0x3ff, PeripheralID: 5001 });
    expect(client.take('ConfigInformation').filter((line) => line.startsWith('CONFIG_BEGIN'))).toEqual(
      [1, 2, 4, 8, 16].map((bit) => `CONFIG_BEGIN_EVENT ConfigInformation=${bit}`),
    );
  });

  it('an agent record tells names, team settings and skills', () => {
    const client = test.open();
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
      test.directory.groupList.push(
        ...Array.from({ length: 200 }, (_, i) => ({ number: i, id: i, name: `${i}${'ü'.repeat(100)}` })),
      );
      test.directory.agentList.push(
        ...Array.from({ length: 250 }, (_, i) => ({
          ...test.directory.agentList[0]!,
          loginId: `agent-with-a-long-id-${i}`,
          loginName: `ñ`.repeat(300),
          lastName: '名'.repeat(50),
          firstName: 'zero\0inside',
          skillTargetId: 9000 + i,
          skillGroups: Array.from({ length: 150 }, (_, n) => n),
        })),
      );
      test.directory.changed();
      const client = test.open({ version });
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

  it('dialled numbers are route points among the devices, now and later', () => {
    const client = test.open();
    client.request('CONFIG_REQUEST_EVENT', { ConfigInformation: 8 });
    const records = client.inbox.flatMap(({ fields }) => (fields.records ?? []) as Record<string, unknown>[]);
    expect(records.map(({ DeviceType, DialedNumber }) => [DeviceType, DialedNumber])).toEqual([
      ...['2003', '2005', '2006', '3001', 'desk-7'].map((phone) => [4, phone]),
      ...['6001', '6002', '6003', '6009'].map((number) => [5, number]),
    ]);
    expect(records[5]).toEqual({
      RecordType: 0,
      FltPeripheralID: 5001,
      PeripheralNumber: 6001,
      DeviceType: 5,
      DialedNumber: '6001',
      Extension: '6001',
      Description: 'Sales',
    });
    client.inbox.length = 0;
    test.directory.numberList = [
      { number: '6001', skillGroup: 85882 },
      { number: '6010', skillGroup: 85881 },
    ];
    test.directory.changed();
    const changes = client.inbox.flatMap(({ fields }) => (fields.records ?? []) as Record<string, unknown>[]);
    expect(
      changes.map(({ RecordType, PeripheralNumber, Description }) => [
        RecordType,
        PeripheralNumber,
        Description,
      ]),
    ).toEqual([
      [2, 6002, undefined],
      [2, 6003, undefined],
      [2, 6009, undefined],
      [1, 6001, 'Support'],
      [0, 6010, 'Sales'],
    ]);
  });

  it('has keys that change with the data and with nothing else', () => {
    const client = test.open();
    const keys = () => {
      client.request('CONFIG_REQUEST_KEY_EVENT', { PeripheralID: 5001 });
      return client.inbox.splice(0)[0]?.fields;
    };
    const first = keys();
    expect(first?.AgentConfigKey).toHaveLength(8);
    client.setState(AgentState.LOGIN, LOGIN);
    client.inbox.length = 0;
    test.directory.changed();
    expect(keys()).toEqual(first);
    test.directory.agentList[0] = { ...test.directory.agentList[0]!, lastName: 'Renamed' };
    test.directory.changed();
    const second = keys();
    expect(second?.AgentConfigKey).not.toEqual(first?.AgentConfigKey);
    expect(second?.DeviceConfigKey).toEqual(first?.DeviceConfigKey);
  });

  it('changes are told to those who asked: removal, change, addition, and the teams', () => {
    const [asked, silent] = [test.open(), test.open({ services: ServiceMask.ALL_EVENTS })];
    asked.request('CONFIG_REQUEST_EVENT', { ConfigInformation: 0 });
    expect(asked.take()).toEqual([]);
    test.directory.agentList = [
      ...test.directory.agentList
        .filter((agent) => agent.loginId !== '3001')
        .map((agent) => (agent.loginId === '2002' ? { ...agent, teamId: 5001 } : agent)),
      { ...test.directory.agentList[0]!, loginId: '4001', skillTargetId: 4001, teamId: 5001 },
    ];
    test.directory.phoneList = [...test.directory.phoneList, '4001'];
    test.directory.changed();
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
    const client = test.open();
    client.request('CONFIG_REQUEST_EVENT', { ConfigInformation: 0 });
    client.setState(AgentState.LOGIN, LOGIN);
    client.inbox.length = 0;
    test.directory.agentList[0] = { ...test.directory.agentList[0]!, skillGroups: [85882, 85883] };
    test.directory.changed();
    expect(client.take(...BITS, 'SkillGroupNumber', 'SkillGroupState', 'NumFltSkillGroups')).toEqual([
      'CONFIG_BEGIN_EVENT ConfigType=2 ConfigInformation=4',
      'CONFIG_AGENT_EVENT NumRecords=1',
      'CONFIG_END_EVENT ConfigEndStatus=0',
      'AGENT_STATE_EVENT SkillGroupNumber=85882 SkillGroupState=2 NumFltSkillGroups=2',
    ]);
  });

  it('a removed agent is signed out before the phone is free again', () => {
    const client = test.open();
    client.setState(AgentState.LOGIN, LOGIN);
    client.inbox.length = 0;
    test.directory.agentList.shift();
    test.directory.changed();
    expect(client.take('AgentState', 'EventReasonCode', 'AgentID').slice(0, 1)).toEqual([
      'AGENT_STATE_EVENT AgentState=1 EventReasonCode=65534 AgentID=2001',
    ]);
    client.inbox.length = 0;
    client.setState(AgentState.LOGIN, { ...LOGIN, AgentID: '2002' });
    expect(client.take()).toEqual(['SET_AGENT_STATE_CONF', 'AGENT_STATE_EVENT']);
  });

  it('a directory that cannot be read leaves everything as it was', () => {
    const client = test.open();
    client.setState(AgentState.LOGIN, LOGIN);
    test.directory.agents = () => {
      throw new Error('store is closed');
    };
    test.directory.changed();
    expect(test.noted).toEqual([
      'the directory could not be read, the old one stays: Error: store is closed',
    ]);
    expect(test.centre.model.signedIn).toBe(1);
  });
});
