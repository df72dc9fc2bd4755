import { defineEnum } from './define.ts';

// Devices, what a switch can do, and desk settings.

export const TypeOfDevice = defineEnum(
  'enum',
  'USHORT',
  {
    STATION: 0,
    LINE: 1,
    BUTTON: 2,
    ACD: 3,
    TRUNK: 4,
    OPERATOR: 5,
    STATION_GROUP: 16,
    LINE_GROUP: 17,
    BUTTON_GROUP: 18,
    ACD_GROUP: 19,
    TRUNK_GROUP: 20,
    OPERATOR_GROUP: 21,
    CTI_PORT_SCCP: 22,
    CTI_PORT_SIP: 23,
    OTHER: 255,
  },
  { prefix: 'DEVT_' },
);

export const ClassOfDevice = defineEnum(
  'mask',
  'USHORT',
  {
    OTHER: 0x10,
    IMAGE: 0x20,
    DATA: 0x40,
    VOICE: 0x80,
  },
  { prefix: 'DEVC_' },
);

export const TransferConferenceSetup = defineEnum('mask', 'UINT', {
  CONF_SETUP_CONSULT_SPECIFIC: 1,
  CONF_SETUP_CONSULT_ANY: 2,
  CONF_SETUP_CONN_HELD: 4,
  CONF_SETUP_ANY_TWO_CALLS: 8,
  CONF_SETUP_SINGLE_ACD_CALL: 0x10,
  TRANS_SETUP_SINGLE_ACD_CALL: 0x20,
  CONF_SETUP_ANY_SINGLE_CALL: 0x40,
  TRANS_SETUP_ANY_SINGLE_CALL: 0x80,
});

export const CallControlMask = defineEnum(
  'mask',
  'UINT',
  {
    QUERY_AGENT_STATE: 1,
    SET_AGENT_STATE: 2,
    ALTERNATE_CALL: 4,
    ANSWER_CALL: 8,
    CLEAR_CALL: 0x10,
    CLEAR_CONNECTION: 0x20,
    CONFERENCE_CALL: 0x40,
    CONSULTATION_CALL: 0x80,
    DEFLECT_CALL: 0x100,
    HOLD_CALL: 0x200,
    MAKE_CALL: 0x400,
    MAKE_PREDICTIVE_CALL: 0x800,
    RECONNECT_CALL: 0x1000,
    RETRIEVE_CALL: 0x2000,
    TRANSFER_CALL: 0x4000,
    QUERY_DEVICE_INFO: 0x8000,
    SNAPSHOT_CALL: 0x10000,
    SNAPSHOT_DEVICE: 0x20000,
    SEND_DTMF_SIGNAL: 0x40000,
  },
  { prefix: 'CONTROL_' },
);

export const OtherFeatures = defineEnum(
  'mask',
  'UINT',
  {
    POST_ROUTE: 1,
    UNIQUE_CONSULT_CALLID: 2,
  },
  { prefix: 'FEATURE_' },
);

export const DeskSettingsMask = defineEnum(
  'mask',
  'UINT',
  {
    AVAIL_AFTER_INCOMING: 1,
    AVAIL_AFTER_OUTGOING: 2,
    AUTO_ANSWER_ENABLED: 4,
    IDLE_REASON_REQUIRED: 8,
    LOGOUT_REASON_REQUIRED: 0x10,
    SUPERVISOR_CALLS_ALLOWED: 0x20,
    AGENT_TO_AGENT_CALLS_ALLOWED: 0x40,
    OUTBOUND_ACCESS_INTERNATIONAL: 0x80,
    OUTBOUND_ACCESS_PUBLIC_NET: 0x100,
    OUTBOUND_ACCESS_PRIVATE_NET: 0x200,
    OUTBOUND_ACCESS_OPERATOR_ASSISTED: 0x400,
    OUTBOUND_ACCESS_PBX: 0x800,
    NON_ACD_CALLS_ALLOWED: 0x1000,
    AGENT_CAN_SELECT_GROUP: 0x2000,
  },
  { prefix: 'DESK_' },
);

/** REQUIRED_WITH_WRAPUP_DATA: incoming mode only. */
export const WrapupDataMode = defineEnum('enum', 'UINT', {
  REQUIRED: 0,
  OPTIONAL: 1,
  NOT_ALLOWED: 2,
  REQUIRED_WITH_WRAPUP_DATA: 3,
});
