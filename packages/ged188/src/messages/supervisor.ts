import { defineMessages } from './define.ts';

/** Supervision, teams, and calls for help. */
export const supervisorMessages = defineMessages({
  SUPERVISOR_ASSIST_REQ: {
    type: 118,
    direction: 'C2S',
    service: 'clientControl',
    fixed: [
      ['InvokeID', 'UINT'],
      ['PeripheralID', 'UINT', { none: 0xffffffff }],
      ['ConnectionCallID', 'UINT', { none: 0xffffffff }],
      ['ConnectionDeviceIDType', 'USHORT', { enum: 'ConnectionDeviceIDType' }],
    ],
    floating: [
      ['ConnectionDeviceID', 'CONNECTION_DEVID_TAG'],
      ['AgentExtension', 'AGENT_EXTENSION_TAG', { required: 'conditional' }],
      ['AgentID', 'AGENT_ID_TAG', { required: 'conditional' }],
      ['AgentInstrument', 'AGENT_INSTRUMENT_TAG', { required: 'conditional' }],
    ],
  },
  SUPERVISOR_ASSIST_CONF: {
    type: 119,
    direction: 'S2C',
    service: 'clientControl',
    fixed: [
      ['InvokeID', 'UINT'],
      ['ConnectionCallID', 'UINT', { none: 0xffffffff }],
      ['ConnectionDeviceIDType', 'USHORT', { enum: 'ConnectionDeviceIDType' }],
      ['LineHandle', 'USHORT', { none: 0xffff }],
      ['LineType', 'USHORT', { enum: 'LineType' }],
    ],
    floating: [['ConnectionDeviceID', 'CONNECTION_DEVID_TAG', { required: true }]],
  },
  EMERGENCY_CALL_REQ: {
    type: 121,
    direction: 'C2S',
    service: 'clientControl',
    fixed: [
      ['InvokeID', 'UINT'],
      ['PeripheralID', 'UINT', { none: 0xffffffff }],
      ['ConnectionCallID', 'UINT', { none: 0xffffffff }],
      ['ConnectionDeviceIDType', 'USHORT', { enum: 'ConnectionDeviceIDType' }],
    ],
    floating: [
      ['ConnectionDeviceID', 'CONNECTION_DEVID_TAG'],
      ['AgentExtension', 'AGENT_EXTENSION_TAG', { required: 'conditional' }],
      ['AgentID', 'AGENT_ID_TAG', { required: 'conditional' }],
      ['AgentInstrument', 'AGENT_INSTRUMENT_TAG', { required: 'conditional' }],
    ],
  },
  EMERGENCY_CALL_CONF: {
    type: 122,
    direction: 'S2C',
    service: 'clientControl',
    fixed: [
      ['InvokeID', 'UINT'],
      ['ConnectionCallID', 'UINT', { none: 0xffffffff }],
      ['ConnectionDeviceIDType', 'USHORT', { enum: 'ConnectionDeviceIDType' }],
      ['LineHandle', 'USHORT', { none: 0xffff }],
      ['LineType', 'USHORT', { enum: 'LineType' }],
    ],
    floating: [['ConnectionDeviceID', 'CONNECTION_DEVID_TAG', { required: true }]],
  },
  EMERGENCY_CALL_EVENT: {
    type: 123,
    direction: 'S2C',
    service: 'supervisor',
    fixed: [
      ['PeripheralID', 'UINT', { none: 0xffffffff }],
      ['ConnectionCallID', 'UINT', { none: 0xffffffff }],
      ['ConnectionDeviceIDType', 'USHORT', { enum: 'ConnectionDeviceIDType' }],
      ['SessionID', 'UINT'],
    ],
    floating: [
      ['ConnectionDeviceID', 'CONNECTION_DEVID_TAG', { required: true }],
      ['ClientID', 'CLIENT_ID_TAG'],
      ['ClientAddress', 'CLIENT_ADDRESS_TAG'],
      ['AgentExtension', 'AGENT_EXTENSION_TAG'],
      ['AgentID', 'AGENT_ID_TAG'],
      ['AgentInstrument', 'AGENT_INSTRUMENT_TAG'],
      ['ClientAddressIPv6', 'CLIENT_ADDRESS_IPV6_TAG'],
    ],
  },
  /** AgentConnectionCallID unknown: the agent's active call. SupervisorConnectionCallID unknown: the supervisor has none. */
  SUPERVISE_CALL_REQ: {
    type: 124,
    direction: 'C2S',
    service: 'supervisor',
    fixed: [
      ['InvokeID', 'UINT'],
      ['PeripheralID', 'UINT', { none: 0xffffffff }],
      ['AgentConnectionCallID', 'UINT', { none: 0xffffffff }],
      ['SupervisorConnectionCallID', 'UINT', { none: 0xffffffff }],
      ['AgentConnectionDeviceIDType', 'USHORT', { enum: 'ConnectionDeviceIDType' }],
      ['SupervisorConnectionDeviceIDType', 'USHORT', { enum: 'ConnectionDeviceIDType' }],
      ['SupervisoryAction', 'USHORT', { enum: 'SupervisoryAction' }],
    ],
    floating: [
      ['AgentConnectionDeviceID', 'AGENT_CONNECTION_DEVID_TAG', { required: 'conditional' }],
      ['SupervisorConnectionDeviceID', 'SUPERVISOR_CONNECTION_DEVID_TAG', { required: 'conditional' }],
      ['AgentExtension', 'AGENT_EXTENSION_TAG', { required: 'conditional' }],
      ['AgentID', 'AGENT_ID_TAG', { required: 'conditional' }],
      ['AgentInstrument', 'AGENT_INSTRUMENT_TAG', { required: 'conditional' }],
      ['SupervisorInstrument', 'SUPERVISOR_INSTRUMENT_TAG', { required: 'conditional' }],
    ],
  },
  SUPERVISE_CALL_CONF: {
    type: 125,
    direction: 'S2C',
    service: 'supervisor',
    fixed: [
      ['InvokeID', 'UINT'],
      ['ConnectionCallID', 'UINT', { none: 0xffffffff }],
      ['ConnectionDeviceIDType', 'USHORT', { enum: 'ConnectionDeviceIDType' }],
    ],
    floating: [['ConnectionDeviceID', 'CONNECTION_DEVID_TAG', { required: true }]],
  },
  AGENT_TEAM_CONFIG_EVENT: {
    type: 128,
    direction: 'S2C',
    service: 'supervisor',
    fixed: [
      ['PeripheralID', 'UINT', { none: 0xffffffff }],
      ['TeamID', 'UINT'],
      ['NumberOfAgents', 'USHORT'],
      ['ConfigOperation', 'USHORT', { enum: 'TeamConfigOperation' }],
      ['DepartmentID', 'INT', { since: 19 }],
    ],
    floating: [
      ['AgentTeamName', 'AGENT_TEAM_NAME_TAG'],
      {
        group: 'agents',
        count: 'NumberOfAgents',
        max: 64,
        fields: [
          ['AtcAgentID', 'ATC_AGENT_ID_TAG'],
          ['AgentFlags', 'AGENT_FLAGS_TAG'],
          ['AtcAgentState', 'ATC_AGENT_STATE_TAG'],
          ['AtcStateDuration', 'ATC_STATE_DURATION_TAG'],
        ],
      },
    ],
  },
  /** SupervisorID is the skill target id of the supervisor. */
  LIST_AGENT_TEAM_REQ: {
    type: 133,
    direction: 'C2S',
    service: 'supervisor',
    fixed: [
      ['InvokeID', 'UINT'],
      ['SupervisorID', 'UINT'],
    ],
    floating: [],
  },
  /** Repeats with one InvokeID while More is 1. */
  LIST_AGENT_TEAM_CONF: {
    type: 134,
    direction: 'S2C',
    service: 'supervisor',
    fixed: [
      ['InvokeID', 'UINT'],
      ['NumberOfAgentTeams', 'USHORT'],
      ['SegmentNumber', 'USHORT'],
      ['More', 'USHORT'],
    ],
    floating: [
      { group: 'teams', count: 'NumberOfAgentTeams', max: 64, fields: [['TeamID', 'LIST_TEAM_ID_TAG']] },
    ],
  },
  MONITOR_AGENT_TEAM_START_REQ: {
    type: 135,
    direction: 'C2S',
    service: 'supervisor',
    fixed: [
      ['InvokeID', 'UINT'],
      ['TeamID', 'UINT'],
    ],
    floating: [['CTIOSCILClientID', 'CTIOS_CIL_CLIENT_ID_TAG']],
  },
  MONITOR_AGENT_TEAM_START_CONF: {
    type: 136,
    direction: 'S2C',
    service: 'supervisor',
    fixed: [
      ['InvokeID', 'UINT'],
      ['MonitorID', 'UINT'],
    ],
    floating: [],
  },
  MONITOR_AGENT_TEAM_STOP_REQ: {
    type: 137,
    direction: 'C2S',
    service: 'supervisor',
    fixed: [
      ['InvokeID', 'UINT'],
      ['MonitorID', 'UINT'],
    ],
    floating: [['CTIOSCILClientID', 'CTIOS_CIL_CLIENT_ID_TAG']],
  },
  MONITOR_AGENT_TEAM_STOP_CONF: {
    type: 138,
    direction: 'S2C',
    service: 'supervisor',
    fixed: [['InvokeID', 'UINT']],
    floating: [],
  },
  /** The device id type precedes the call id, unlike other requests. */
  BAD_CALL_REQ: {
    type: 139,
    direction: 'C2S',
    service: 'clientControl',
    fixed: [
      ['InvokeID', 'UINT'],
      ['PeripheralID', 'UINT', { none: 0xffffffff }],
      ['ConnectionDeviceIDType', 'USHORT', { enum: 'ConnectionDeviceIDType' }],
      ['ConnectionCallID', 'UINT', { none: 0xffffffff }],
    ],
    floating: [
      ['ConnectionDeviceID', 'CONNECTION_DEVID_TAG', { required: true }],
      ['AgentID', 'AGENT_ID_TAG'],
    ],
  },
  BAD_CALL_CONF: {
    type: 140,
    direction: 'S2C',
    service: 'clientControl',
    fixed: [['InvokeID', 'UINT']],
    floating: [],
  },
});
