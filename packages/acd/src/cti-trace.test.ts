import { VirtualClock } from '@poise/clock';
import { AgentState } from '@poise/ged188';
import { expect, it } from 'vitest';
import { ContactCentre } from './contact-centre.ts';
import { demoDirectory } from './testing/demo-directory.ts';
import { FakeClient } from './testing/fake-client.ts';

function trace(agentId: string, ...requests: [number, Record<string, unknown>][]): string[] {
  const lines: string[] = [];
  const directory = demoDirectory();
  const centre = new ContactCentre({
    directory,
    clock: new VirtualClock(),
    deployment: 'CCE',
    onDisconnect: 'notReady',
    trace: (line) => lines.push(line),
  });
  const client = new FakeClient(centre);
  centre.opened(client);
  for (const [state, fields] of requests) client.setState(state, { AgentID: agentId, ...(fields as object) });
  return lines;
}

it('a sign-in is traced in the short and the long form of the original', () => {
  expect(
    trace('2002', [AgentState.LOGIN, { AgentInstrument: '2003', EventReasonCode: 50004, ForcedFlag: 1 }]),
  ).toEqual([
    'Trace: AGENT_EVENT: ID=2002 Periph=5001 Ext=2003 Inst=2003 Sig=',
    'Trace: SkgState=LOGIN SkgDuration=0 OverallState=NOT_READY OverallDuration=0 Reason=0',
    'Trace: MRDID=1 NumTasks=0 MaxTaskLimit=1 AgtMode=1 AGTAvailabilityStatus=0 ICMAgtID=5002',
    'Trace: SkTgtID=5002 SkGrpNo=0x14f79 SkGrpID=5000 NumLines=0 CurLine=0 ClientStatus=0x0 Direction=0',
    expect.stringMatching(
      new RegExp(
        [
          '^MsgType:AGENT_STATE_EVENT \\(MonitorID:0 PeripheralID:5001 SessionID:0x0 PeripheralType:EnterpriseAgent',
          'SkillGroupState:LOGIN StateDuration:0 SkillGroupNumber:85881 SkillGroupID:5000 SkillGroupPriority:0',
          'AgentState:NOT_READY EventReasonCode:0 MRDID:1 NumTasks:0 AgentMode:1 MaxTaskLimit:1 ICMAgentID:5002',
          'AgentAvailabilityStatus:0 NumFltSkillGroups:2 Direction:0 ClientSignature:"" AgentID:"2002"',
          'AgentExtension:"2003" AgentInstrument:"2003" .*RemaskNumMasks:1 RemaskInstrument:"2003" RemaskExtension:"2003"',
          'RemaskCallId:0xffffffff RemaskFunctionFlag:<0x38> <LogoutCodeReq,NotRdyCodeReq,WrapDataReq>',
          'RemaskCallMask:<0x21000000> <MC,Emerg> RemaskAgentMask:<0x0a000000> <Logout,Avail> \\)$',
        ].join(' '),
      ),
    ),
  ]);
});

it('a sign-out is traced with its reason and without a skill group', () => {
  const lines = trace(
    '2001',
    [AgentState.LOGIN, { AgentInstrument: '2003' }],
    [AgentState.LOGOUT, { EventReasonCode: 255 }],
  );
  expect(lines.slice(5, 9)).toEqual([
    'Trace: AGENT_EVENT: ID=2001 Periph=5001 Ext=2003 Inst=2003 Sig=',
    'Trace: SkgState=LOGOUT SkgDuration=0 OverallState=LOGOUT OverallDuration=0 Reason=255',
    'Trace: MRDID=1 NumTasks=0 MaxTaskLimit=1 AgtMode=0 AGTAvailabilityStatus=0 ICMAgtID=5001',
    'Trace: SkTgtID=5001 SkGrpNo=0xffffffff SkGrpID=4294967295 NumLines=0 CurLine=0 ClientStatus=0x0 Direction=0',
  ]);
  expect(lines[9]).toMatch(/RemaskAgentMask:<0x01000000> <Login> \)$/);
});
