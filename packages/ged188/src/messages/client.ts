import { defineMessages } from './define.ts';

/** Reports of clients and messages between users. */
export const clientMessages = defineMessages({
  CLIENT_EVENT_REPORT_REQ: {
    type: 32,
    direction: 'C2S',
    service: 'miscellaneous',
    fixed: [
      ['InvokeID', 'UINT'],
      ['State', 'USHORT', { enum: 'ClientEventState' }],
    ],
    floating: [
      ['ObjectName', 'OBJECT_NAME_TAG'],
      ['Text', 'TEXT_TAG', { required: true }],
    ],
  },
  CLIENT_EVENT_REPORT_CONF: {
    type: 33,
    direction: 'S2C',
    service: 'miscellaneous',
    fixed: [['InvokeID', 'UINT']],
    floating: [],
  },
  USER_MESSAGE_REQ: {
    type: 107,
    direction: 'C2S',
    service: 'miscellaneous',
    fixed: [
      ['InvokeID', 'UINT'],
      ['PeripheralID', 'UINT', { none: 0xffffffff }],
      ['Distribution', 'USHORT', { enum: 'MessageDistribution' }],
    ],
    floating: [
      ['ClientID', 'CLIENT_ID_TAG', { required: 'conditional' }],
      ['AgentExtension', 'AGENT_EXTENSION_TAG', { required: 'conditional' }],
      ['AgentID', 'AGENT_ID_TAG', { required: 'conditional' }],
      ['AgentInstrument', 'AGENT_INSTRUMENT_TAG', { required: 'conditional' }],
      ['Text', 'TEXT_TAG', { required: true }],
      ['CTIOSCILClientID', 'CTIOS_CIL_CLIENT_ID_TAG'],
    ],
  },
  USER_MESSAGE_CONF: {
    type: 108,
    direction: 'S2C',
    service: 'miscellaneous',
    fixed: [['InvokeID', 'UINT']],
    floating: [],
  },
  USER_MESSAGE_EVENT: {
    type: 109,
    direction: 'S2C',
    service: 'miscellaneous',
    fixed: [
      ['ICMCentralControllerTime', 'TIME'],
      ['Distribution', 'USHORT', { enum: 'MessageDistribution' }],
    ],
    floating: [
      ['ClientID', 'CLIENT_ID_TAG', { required: true }],
      ['Text', 'TEXT_TAG', { required: true }],
    ],
  },
});
