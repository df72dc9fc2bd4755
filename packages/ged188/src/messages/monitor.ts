import { defineMessages } from './define.ts';

/** Monitors of calls, devices and client sessions. */
export const monitorMessages = defineMessages({
  /** A call: its connection, MonitoredDeviceType NONE. A device: ConnectionCallID 0, ConnectionDeviceIDType NONE, MonitoredDeviceID. */
  MONITOR_START_REQ: {
    type: 93,
    direction: 'C2S',
    service: 'peripheralMonitor',
    fixed: [
      ['InvokeID', 'UINT'],
      ['PeripheralID', 'UINT', { none: 0xffffffff }],
      ['ConnectionCallID', 'UINT', { none: 0xffffffff }],
      ['CallMsgMask', 'UINT', { mask: 'CallMsgMask' }],
      ['AgentStateMask', 'UINT', { mask: 'AgentStateMask' }],
      ['ConnectionDeviceIDType', 'USHORT', { enum: 'ConnectionDeviceIDType' }],
      ['MonitoredDeviceType', 'USHORT', { enum: 'DeviceIDType' }],
    ],
    floating: [
      ['ConnectionDeviceID', 'CONNECTION_DEVID_TAG', { required: 'conditional' }],
      ['MonitoredDeviceID', 'MONITORED_DEVID_TAG', { required: 'conditional' }],
    ],
  },
  MONITOR_START_CONF: {
    type: 94,
    direction: 'S2C',
    service: 'peripheralMonitor',
    fixed: [
      ['InvokeID', 'UINT'],
      ['MonitorID', 'UINT'],
    ],
    floating: [],
  },
  MONITOR_STOP_REQ: {
    type: 95,
    direction: 'C2S',
    service: 'peripheralMonitor',
    fixed: [
      ['InvokeID', 'UINT'],
      ['MonitorID', 'UINT'],
    ],
    floating: [],
  },
  MONITOR_STOP_CONF: {
    type: 96,
    direction: 'S2C',
    service: 'peripheralMonitor',
    fixed: [['InvokeID', 'UINT']],
    floating: [],
  },
  CHANGE_MONITOR_MASK_REQ: {
    type: 97,
    direction: 'C2S',
    service: 'peripheralMonitor',
    fixed: [
      ['InvokeID', 'UINT'],
      ['MonitorID', 'UINT'],
      ['CallMsgMask', 'UINT', { mask: 'CallMsgMask' }],
      ['AgentStateMask', 'UINT', { mask: 'AgentStateMask' }],
    ],
    floating: [['CTIOSCILClientID', 'CTIOS_CIL_CLIENT_ID_TAG']],
  },
  CHANGE_MONITOR_MASK_CONF: {
    type: 98,
    direction: 'S2C',
    service: 'peripheralMonitor',
    fixed: [['InvokeID', 'UINT']],
    floating: [],
  },
  CLIENT_SESSION_OPENED_EVENT: {
    type: 99,
    direction: 'S2C',
    service: 'clientMonitor',
    fixed: [
      ['SessionID', 'UINT'],
      ['PeripheralID', 'UINT', { none: 0xffffffff }],
      ['ServicesGranted', 'UINT', { mask: 'ServiceMask' }],
      ['CallMsgMask', 'UINT', { mask: 'CallMsgMask' }],
      ['AgentStateMask', 'UINT', { mask: 'AgentStateMask' }],
      ['ClientPort', 'UINT'],
    ],
    floating: [
      ['ClientAddress', 'CLIENT_ADDRESS_TAG', { required: true }],
      ['ClientID', 'CLIENT_ID_TAG', { required: true }],
      ['ClientSignature', 'CLIENT_SIGNATURE_TAG', { required: true }],
      ['AgentExtension', 'AGENT_EXTENSION_TAG'],
      ['AgentID', 'AGENT_ID_TAG'],
      ['AgentInstrument', 'AGENT_INSTRUMENT_TAG'],
      ['ClientAddressIPv6', 'CLIENT_ADDRESS_IPV6_TAG'],
    ],
  },
  CLIENT_SESSION_CLOSED_EVENT: {
    type: 100,
    direction: 'S2C',
    service: 'clientMonitor',
    fixed: [
      ['SessionID', 'UINT'],
      ['PeripheralID', 'UINT', { none: 0xffffffff }],
      ['Status', 'UINT', { enum: 'FailureStatus' }],
      ['ClientPort', 'UINT'],
    ],
    floating: [
      ['ClientAddress', 'CLIENT_ADDRESS_TAG', { required: true }],
      ['ClientID', 'CLIENT_ID_TAG', { required: true }],
      ['ClientSignature', 'CLIENT_SIGNATURE_TAG', { required: true }],
      ['AgentExtension', 'AGENT_EXTENSION_TAG'],
      ['AgentID', 'AGENT_ID_TAG'],
      ['AgentInstrument', 'AGENT_INSTRUMENT_TAG'],
      ['ClientAddressIPv6', 'CLIENT_ADDRESS_IPV6_TAG'],
    ],
  },
  SESSION_MONITOR_START_REQ: {
    type: 101,
    direction: 'C2S',
    service: 'clientMonitor',
    fixed: [
      ['InvokeID', 'UINT'],
      ['SessionID', 'UINT'],
    ],
    floating: [['CTIOSCILClientID', 'CTIOS_CIL_CLIENT_ID_TAG']],
  },
  SESSION_MONITOR_START_CONF: {
    type: 102,
    direction: 'S2C',
    service: 'clientMonitor',
    fixed: [
      ['InvokeID', 'UINT'],
      ['MonitorID', 'UINT'],
    ],
    floating: [],
  },
  SESSION_MONITOR_STOP_REQ: {
    type: 103,
    direction: 'C2S',
    service: 'clientMonitor',
    fixed: [
      ['InvokeID', 'UINT'],
      ['MonitorID', 'UINT'],
    ],
    floating: [['CTIOSCILClientID', 'CTIOS_CIL_CLIENT_ID_TAG']],
  },
  SESSION_MONITOR_STOP_CONF: {
    type: 104,
    direction: 'S2C',
    service: 'clientMonitor',
    fixed: [['InvokeID', 'UINT']],
    floating: [],
  },
});
