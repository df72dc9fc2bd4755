import { describe, expect, test } from 'vitest';
import { decodedBean, describeDecoded, formatMessage, message, traceAgentEvent } from './index.ts';

/** The sign-in of agent 2001 in the public trace of release 9.1. */
const signIn = message('AGENT_STATE_EVENT', {
  PeripheralID: 5001,
  PeripheralType: 17,
  SkillGroupState: 0,
  SkillGroupNumber: 85881,
  SkillGroupID: 5000,
  AgentState: 2,
  MRDID: 1,
  AgentMode: 1,
  MaxTaskLimit: 1,
  ICMAgentID: 5001,
  NumFltSkillGroups: 0,
  StateDuration: 0,
  SkillGroupPriority: 0,
  EventReasonCode: 0,
  ClientSignature: '',
  AgentID: '2001',
  AgentExtension: '2003',
  AgentInstrument: '2003',
});

describe('the long form of the CTI trace', () => {
  test('prints a sign-in as the original does, with what CTI OS adds', () => {
    const extra = {
      RemaskNumMasks: 1,
      RemaskInstrument: '2003',
      RemaskExtension: '2003',
      RemaskCallId: 0xffffffff,
      RemaskFunctionFlag: {
        value: 0x38,
        names: ['LogoutCodeReq', 'NotRdyCodeReq', 'WrapDataReq'],
        digits: 2,
      },
      RemaskCallMask: { value: 0x21000000, names: ['MC', 'Emerg'] },
      RemaskAgentMask: { value: 0x0a000000, names: ['Logout', 'Avail'] },
    };
    expect(formatMessage(signIn, 18, extra)).toBe(
      'MsgType:AGENT_STATE_EVENT (MonitorID:0 PeripheralID:5001 SessionID:0x0 ' +
        'PeripheralType:EnterpriseAgent SkillGroupState:LOGIN StateDuration:0 ' +
        'SkillGroupNumber:85881 SkillGroupID:5000 SkillGroupPriority:0 AgentState:NOT_READY ' +
        'EventReasonCode:0 MRDID:1 NumTasks:0 AgentMode:1 MaxTaskLimit:1 ' +
        'ICMAgentID:5001 AgentAvailabilityStatus:0 NumFltSkillGroups:0 Direction:0 ' +
        'ClientSignature:"" AgentID:"2001" AgentExtension:"2003" AgentInstrument:"2003" ' +
        'RemaskNumMasks:1 RemaskInstrument:"2003" RemaskExtension:"2003" RemaskCallId:0xffffffff ' +
        'RemaskFunctionFlag:<0x38> <LogoutCodeReq,NotRdyCodeReq,WrapDataReq> ' +
        'RemaskCallMask:<0x21000000> <MC,Emerg> RemaskAgentMask:<0x0a000000> <Logout,Avail> )',
    );
  });

  test('prints masks in hexadecimal with the names of their bits, and calls in hexadecimal', () => {
    const open = message('OPEN_REQ', {
      InvokeID: 1,
      VersionNumber: 24,
      ServicesRequested: 0x94,
      ClientID: 'a',
    });
    expect(formatMessage(open, 24)).toContain(
      'ServicesRequested:<0x00000094> <CLIENT_CONTROL,ALL_EVENTS,SUPERVISOR> ',
    );
    expect(formatMessage(open, 24)).toContain('PeripheralID:0xffffffff ');
    const begin = message('BEGIN_CALL_EVENT', {
      ConnectionCallID: 0x1000001,
      ConnectionDeviceID: '2003',
      namedVariables: [{ NamedVariable: { name: 'user.x', value: 'a "b"' } }],
    });
    expect(formatMessage(begin, 24)).toContain('ConnectionCallID:0x1000001 ');
    expect(formatMessage(begin, 24)).toContain('NamedVariable:"user.x"="a \\"b\\"" )');
  });

  test('never prints a password', () => {
    const login = message('SET_AGENT_STATE_REQ', { AgentInstrument: '2003', AgentPassword: 'topsecret' });
    const open = message('OPEN_REQ', { ClientID: 'a', ClientPassword: 'topsecret' });
    for (const one of [login, open]) {
      expect(formatMessage(one)).toMatch(/Password:\*\*\* /);
      expect(formatMessage(one) + decodedBean(one)).not.toContain('topsecret');
    }
  });

  test('keeps a text with line breaks on its line', () => {
    const text = message('SYSTEM_EVENT', { SystemEventID: 5, Text: 'a\r\nMsgType:FAKE' });
    expect(formatMessage(text)).toContain('Text:"a\\x0d\\x0aMsgType:FAKE" ');
    expect(decodedBean(text)).toContain('text=a\\x0d\\x0aMsgType:FAKE');
  });
});

test('the short form of the CTI trace has four lines', () => {
  expect(traceAgentEvent(signIn)).toEqual([
    'Trace: AGENT_EVENT: ID=2001 Periph=5001 Ext=2003 Inst=2003 Sig=',
    'Trace: SkgState=LOGIN SkgDuration=0 OverallState=NOT_READY OverallDuration=0 Reason=0',
    'Trace: MRDID=1 NumTasks=0 MaxTaskLimit=1 AgtMode=1 AGTAvailabilityStatus=0 ICMAgtID=5001',
    'Trace: SkTgtID=5001 SkGrpNo=0x14f79 SkGrpID=5000 NumLines=0 CurLine=0 ClientStatus=0x0 Direction=0',
  ]);
});

describe('the text of the webservices log', () => {
  test('is that of release 9.1', () => {
    const times = { receivedAt: 1366756808374, dispatchedAt: 1366756808375 };
    expect(describeDecoded(signIn, { form: '9.1', ...times })).toBe(
      'CTIAgentStateEvent [skillGroupState=0 (LOGIN), stateDuration=0, skillGroupNumber=85881, ' +
        'skillGroupPriority=0, agentState=2 (NOT_READY), eventReasonCode=0, ' +
        'numFltSkillGroups=0,CTIClientSignature=, agentID=2001, agentExtension=2003, ' +
        'agentInstrument=2003, agentID_Long=null, duration=null, nextAgentState=null, ' +
        'fltSkillGroupNumberList=[], fltSkillGroupIDList=[], fltSkillGroupPriorityList=[], ' +
        'fltSkillGroupStateList=[]]CTIMessageBean [invokeID=null, msgID=30, timeTracker=' +
        '{"id": "AgentStateEvent", "CTI_MSG_RECEIVED":1366756808374, ' +
        '"CTI_MSG_DISPATCH":1366756808375}, msgName=AgentStateEvent, deploymentType=CCE]',
    );
  });

  test('is that of the trace of 2017, an agent signed out by the server', () => {
    const signOut = message('AGENT_STATE_EVENT', {
      SkillGroupState: 1,
      StateDuration: 0,
      SkillGroupNumber: 0xffffffff,
      SkillGroupPriority: 0,
      AgentState: 1,
      EventReasonCode: 255,
      NumFltSkillGroups: 0,
      AgentID: '1001003',
      AgentExtension: '1001003',
      AgentIDLong: '1001003',
      MRDID: 1,
      AgentMode: 0,
    });
    const options = { receivedAt: 1497638824642, dispatchedAt: 1497638824643, sequence: 105 };
    expect(describeDecoded(signOut, { ...options, deployment: 'CCX' })).toBe(
      'CTIAgentStateEvent [skillGroupState=1 (LOGOUT), stateDuration=0, skillGroupNumber=-1, ' +
        'skillGroupPriority=0, agentState=1 (LOGOUT), eventReasonCode=255, numFltSkillGroups=0, ' +
        'CTIClientSignature=null, agentID=1001003, agentExtension=1001003, agentInstrument=null, ' +
        'agentID_Long=1001003, duration=null, nextAgentState=null, fltSkillGroupNumberList=[], ' +
        'fltSkillGroupIDList=[], fltSkillGroupPriorityList=[], fltSkillGroupStateList=[], MRDId=1, ' +
        'agentMode=0]CTIMessageBean [invokeID=null, cti_sequence_id=105, msgID=30, timeTracker=' +
        '{"id": "AgentStateEvent", "CTI_MSG_RECEIVED":1497638824642, ' +
        '"CTI_MSG_DISPATCH":1497638824643}, msgName=AgentStateEvent, deploymentType=CCX]',
    );
  });

  test('prints numbers with a sign, groups as lists, and other messages by one rule', () => {
    const event = message('AGENT_STATE_EVENT', {
      EventReasonCode: 50004,
      skillGroups: [{ FltSkillGroupNumber: 1 }, { FltSkillGroupNumber: 2 }],
    });
    expect(decodedBean(event)).toContain('eventReasonCode=-15532');
    expect(decodedBean(event)).toContain('fltSkillGroupNumberList=[1, 2]');
    const conf = message('CONTROL_FAILURE_CONF', { InvokeID: 20, FailureCode: 257, PeripheralErrorCode: 0 });
    expect(decodedBean(conf)).toBe(
      'CTIControlFailureConf [failureCode=257 (INVALID_PASSWORD_SPECIFIED), peripheralErrorCode=0, ' +
        'text=null, CTIOSCILClientID=null]',
    );
    expect(decodedBean({ name: 'UNKNOWN', fields: {} })).toBe('CTIUnknown []');
  });
});
