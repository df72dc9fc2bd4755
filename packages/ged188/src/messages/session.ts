import { defineMessages } from './define.ts';

/** Opening, keeping and closing a session; failures; events of the system. */
export const sessionMessages = defineMessages({
  /** Answers any request. The guide of version 24 prints the body of CONTROL_FAILURE_CONF here; see alternate-layout.ts. */
  FAILURE_CONF: {
    type: 1,
    direction: 'S2C',
    service: 'session',
    fixed: [
      ['InvokeID', 'UINT'],
      ['Status', 'UINT', { enum: 'FailureStatus' }],
    ],
    floating: [
      ['Text', 'TEXT_TAG'],
      ['CTIOSCILClientID', 'CTIOS_CIL_CLIENT_ID_TAG'],
    ],
  },
  /** CTI_SERVER_OFFLINE: the client must close the session. */
  FAILURE_EVENT: {
    type: 2,
    direction: 'S2C',
    service: 'session',
    fixed: [['Status', 'UINT', { enum: 'FailureStatus' }]],
    floating: [['Text', 'TEXT_TAG']],
  },
  /** ClientPassword is present even when empty; the reserved fields are zero. */
  OPEN_REQ: {
    type: 3,
    direction: 'C2S',
    service: 'session',
    fixed: [
      ['InvokeID', 'UINT'],
      ['VersionNumber', 'UINT'],
      ['IdleTimeout', 'UINT'],
      ['PeripheralID', 'UINT', { none: 0xffffffff }],
      ['ServicesRequested', 'UINT', { mask: 'ServiceMask' }],
      ['CallMsgMask', 'UINT', { mask: 'CallMsgMask' }],
      ['AgentStateMask', 'UINT', { mask: 'AgentStateMask' }],
      ['ConfigMsgMask', 'UINT', { mask: 'ConfigMask' }],
      ['Reserved1', 'UINT'],
      ['Reserved2', 'UINT'],
      ['Reserved3', 'UINT'],
    ],
    floating: [
      ['ClientID', 'CLIENT_ID_TAG', { required: true }],
      ['ClientPassword', 'CLIENT_PASSWORD_TAG', { required: true }],
      ['ClientSignature', 'CLIENT_SIGNATURE_TAG'],
      ['AgentExtension', 'AGENT_EXTENSION_TAG', { required: 'conditional' }],
      ['AgentID', 'AGENT_ID_TAG', { required: 'conditional' }],
      ['AgentInstrument', 'AGENT_INSTRUMENT_TAG', { required: 'conditional' }],
      ['ApplicationPathID', 'APP_PATH_ID_TAG'],
    ],
  },
  OPEN_CONF: {
    type: 4,
    direction: 'S2C',
    service: 'session',
    fixed: [
      ['InvokeID', 'UINT'],
      ['ServicesGranted', 'UINT', { mask: 'ServiceMask' }],
      ['MonitorID', 'UINT'],
      ['PGStatus', 'UINT', { mask: 'PGStatus' }],
      ['ICMCentralControllerTime', 'TIME'],
      ['PeripheralOnline', 'BOOL'],
      ['PeripheralType', 'USHORT', { enum: 'PeripheralType' }],
      ['AgentState', 'USHORT', { enum: 'AgentState' }],
      ['DepartmentID', 'INT', { since: 19 }],
      ['SessionType', 'USHORT', { since: 24, enum: 'SessionType' }],
    ],
    floating: [
      ['AgentExtension', 'AGENT_EXTENSION_TAG'],
      ['AgentID', 'AGENT_ID_TAG'],
      ['AgentInstrument', 'AGENT_INSTRUMENT_TAG'],
      ['NumPeripherals', 'NUM_PERIPHERALS_TAG'],
      {
        group: 'peripherals',
        count: 'NumPeripherals',
        fields: [
          ['FltPeripheralID', 'PERIPHERAL_ID_TAG'],
          ['MultilineAgentControl', 'MULTI_LINE_AGENT_CONTROL_TAG'],
        ],
      },
    ],
  },
  HEARTBEAT_REQ: {
    type: 5,
    direction: 'C2S',
    service: 'session',
    fixed: [['InvokeID', 'UINT']],
    floating: [],
  },
  HEARTBEAT_CONF: {
    type: 6,
    direction: 'S2C',
    service: 'session',
    fixed: [['InvokeID', 'UINT']],
    floating: [],
  },
  CLOSE_REQ: {
    type: 7,
    direction: 'C2S',
    service: 'session',
    fixed: [
      ['InvokeID', 'UINT'],
      ['Status', 'UINT', { enum: 'FailureStatus' }],
    ],
    floating: [],
  },
  CLOSE_CONF: {
    type: 8,
    direction: 'S2C',
    service: 'session',
    fixed: [['InvokeID', 'UINT']],
    floating: [],
  },
  SYSTEM_EVENT: {
    type: 31,
    direction: 'S2C',
    service: 'miscellaneous',
    fixed: [
      ['PGStatus', 'UINT', { mask: 'PGStatus' }],
      ['ICMCentralControllerTime', 'TIME'],
      ['SystemEventID', 'UINT', { enum: 'SystemEventID' }],
      ['SystemEventArg1', 'UINT'],
      ['SystemEventArg2', 'UINT'],
      ['SystemEventArg3', 'UINT'],
      ['EventDeviceType', 'USHORT', { enum: 'DeviceIDType' }],
    ],
    floating: [
      ['Text', 'TEXT_TAG'],
      ['EventDeviceID', 'EVENT_DEVICE_ID_TAG'],
    ],
  },
  CONTROL_FAILURE_CONF: {
    type: 35,
    direction: 'S2C',
    service: 'clientControl',
    fixed: [
      ['InvokeID', 'UINT'],
      ['FailureCode', 'USHORT', { enum: 'ControlFailureCode' }],
      ['PeripheralErrorCode', 'UINT'],
    ],
    floating: [
      ['Text', 'TEXT_TAG'],
      ['CTIOSCILClientID', 'CTIOS_CIL_CLIENT_ID_TAG'],
    ],
  },
});
