import { defineEnum } from './define.ts';

// Calls: connection and device states, types, causes, and the mask of call messages.

/** State of the monitored device's own connection after the event. */
export const LocalConnectionState = defineEnum(
  'enum',
  'USHORT',
  {
    NONE: 0xffff,
    NULL: 0,
    INITIATE: 1,
    ALERTING: 2,
    CONNECT: 3,
    HOLD: 4,
    QUEUED: 5,
    FAIL: 6,
  },
  { prefix: 'LCS_' },
);

export const ConnectionDeviceIDType = defineEnum(
  'enum',
  'USHORT',
  {
    NONE: 0xffff,
    STATIC: 0,
    DYNAMIC: 1,
  },
  { prefix: 'CONNECTION_ID_' },
);

export const DeviceIDType = defineEnum(
  'enum',
  'USHORT',
  {
    NONE: 0xffff,
    DEVICE_IDENTIFIER: 0,
    TRUNK_IDENTIFIER: 70,
    TRUNK_GROUP_IDENTIFIER: 71,
    IP_PHONE_MAC_IDENTIFIER: 72,
    CTI_PORT: 73,
    ROUTE_POINT: 74,
    EXTERNAL: 75,
    AGENT_DEVICE: 76,
    QUEUE: 77,
    NON_ACD_DEVICE_IDENTIFIER: 78,
    SHARED_DEVICE_IDENTIFIER: 79,
  },
  { prefix: 'DEVID_' },
);

export const LineType = defineEnum(
  'enum',
  'USHORT',
  {
    INBOUND_ACD: 0,
    OUTBOUND_ACD: 1,
    INSIDE: 2,
    UNKNOWN: 3,
    SUPERVISOR: 4,
    MESSAGE: 5,
    HELP: 6,
    OUTBOUND: 7,
    DID: 8,
    SILENT_MONITOR: 9,
    NON_ACD_IN: 10,
    NON_ACD_OUT: 11,
    NONE: 0xffff,
  },
  { prefix: 'LINETYPE_' },
);

/** Up to version 18, 27 was NON_ACD. */
export const CallType = defineEnum(
  'enum',
  'USHORT',
  {
    ACD_IN: 1,
    PREROUTE_ACD_IN: 2,
    PREROUTE_DIRECT_AGENT: 3,
    TRANSFER_IN: 4,
    OVERFLOW_IN: 5,
    OTHER_IN: 6,
    AUTO_OUT: 7,
    AGENT_OUT: 8,
    OUT: 9,
    AGENT_INSIDE: 10,
    OFFERED: 11,
    CONSULT: 12,
    CONSULT_OFFERRED: 13,
    CONSULT_CONFERENCE: 14,
    CONFERENCE: 15,
    UNMONITORED: 16,
    PREVIEW: 17,
    RESERVATION: 18,
    ASSIST: 19,
    EMERGENCY: 20,
    SUPERVISOR_MONITOR: 21,
    SUPERVISOR_WHISPER: 22,
    SUPERVISOR_BARGEIN: 23,
    SUPERVISOR_INTERCEPT: 24,
    TASK_ROUTED_BY_ICM: 25,
    TASK_ROUTED_BY_APPLICATION: 26,
    RESERVATION_PREVIEW: 27,
    RESERVATION_PREVIEW_DIRECT: 28,
    RESERVATION_PREDICTIVE: 29,
    RESERVATION_CALLBACK: 30,
    RESERVATION_PERSONAL_CALLBACK: 31,
    CUSTOMER_PREVIEW: 32,
    CUSTOMER_PREVIEW_DIRECT: 33,
    CUSTOMER_PREDICTIVE: 34,
    CUSTOMER_CALLBACK: 35,
    CUSTOMER_PERSONAL: 36,
    CUSTOMER_IVR: 37,
    NON_ACD: 38,
    PLAY_AGENT_GREETING: 39,
    RECORD_AGENT_GREETING: 40,
    VOICE_CALL_BACK: 41,
    NULL: 0xffff,
  },
  {
    prefix: 'CALLTYPE_',
    before: { version: 19, values: { NON_ACD: 27 } },
    sinceByName: {
      RESERVATION_PREVIEW: 19,
      RESERVATION_PREVIEW_DIRECT: 19,
      RESERVATION_PREDICTIVE: 19,
      RESERVATION_CALLBACK: 19,
      RESERVATION_PERSONAL_CALLBACK: 19,
      CUSTOMER_PREVIEW: 19,
      CUSTOMER_PREVIEW_DIRECT: 19,
      CUSTOMER_PREDICTIVE: 19,
      CUSTOMER_CALLBACK: 19,
      CUSTOMER_PERSONAL: 19,
      CUSTOMER_IVR: 19,
    },
  },
);

export const CallDirection = defineEnum(
  'enum',
  'UINT',
  {
    NONE: 0,
    IN: 1,
    OUT: 2,
    OTHER_IN: 3,
    OTHER_OUT: 4,
    OUTBOUND_RESERVE: 5,
    OUTBOUND_PREVIEW: 6,
    OUTBOUND_PREDICTIVE: 7,
  },
  { since: 16 },
);

export const AllocationState = defineEnum(
  'enum',
  'USHORT',
  {
    CALL_DELIVERED: 0,
    CALL_ESTABLISHED: 1,
  },
  { prefix: 'ALLOC_' },
);

export const CallPlacementType = defineEnum(
  'enum',
  'USHORT',
  {
    UNSPECIFIED: 0,
    LINE_CALL: 1,
    OUTBOUND: 2,
    OUTBOUND_NO_ACCESS_CODE: 3,
    DIRECT_POSITION: 4,
    DIRECT_AGENT: 5,
    SUPERVISOR_ASSIST: 6,
  },
  { prefix: 'CPT_' },
);

/** BELLIGERENT lets an available agent dial: NOT_READY with reason 50006 meanwhile. */
export const CallMannerType = defineEnum(
  'enum',
  'USHORT',
  {
    UNSPECIFIED: 0,
    POLITE: 1,
    BELLIGERENT: 2,
    SEMI_POLITE: 3,
    RESERVED: 4,
  },
  { prefix: 'CMT_' },
);

export const CallOption = defineEnum(
  'enum',
  'USHORT',
  {
    UNSPECIFIED: 0,
    CALLING_AGENT_ONLINE: 1,
    CALLING_AGENT_RESERVED: 2,
    CALLING_AGENT_NOT_RESERVED: 3,
    CALLING_AGENT_BUZZ_BASE: 4,
    CALLING_AGENT_BEEP_HSET: 5,
    SERVICE_CIRCUIT_ON: 6,
  },
  { prefix: 'COPT_' },
);

export const ConsultType = defineEnum(
  'enum',
  'USHORT',
  {
    UNSPECIFIED: 0,
    TRANSFER: 1,
    CONFERENCE: 2,
  },
  { prefix: 'CT_' },
);

export const FacilityType = defineEnum(
  'enum',
  'USHORT',
  {
    UNSPECIFIED: 0,
    TRUNK_GROUP: 1,
    SKILL_GROUP: 2,
  },
  { prefix: 'FT_' },
);

export const AnsweringMachine = defineEnum(
  'enum',
  'USHORT',
  {
    UNSPECIFIED: 0,
    CONNECT: 1,
    DISCONNECT: 2,
    NONE: 3,
    NONE_NO_MODEM: 4,
    CONNECT_NO_MODEM: 5,
  },
  { prefix: 'AM_' },
);

export const AnswerDetectMode = defineEnum(
  'enum',
  'USHORT',
  {
    UNSPECIFIED: 0,
    VOICE_THRESHOLD: 1,
    VOICE_END: 2,
    VOICE_END_DELAY: 3,
    VOICE_AND_BEEP: 4,
    BEEP: 5,
  },
  { prefix: 'ADM_' },
);

export const DestinationCountry = defineEnum(
  'enum',
  'USHORT',
  {
    UNSPECIFIED: 0,
    US_AND_CANADA: 1,
  },
  { prefix: 'DEST_' },
);

export const CallVariableMask = defineEnum('mask', 'USHORT', {
  CALL_VAR_1: 1,
  CALL_VAR_2: 2,
  CALL_VAR_3: 4,
  CALL_VAR_4: 8,
  CALL_VAR_5: 0x10,
  CALL_VAR_6: 0x20,
  CALL_VAR_7: 0x40,
  CALL_VAR_8: 0x80,
  CALL_VAR_9: 0x100,
  CALL_VAR_10: 0x200,
});

export const CallMsgMask = defineEnum(
  'mask',
  'UINT',
  {
    CALL_DELIVERED: 1,
    CALL_QUEUED: 2,
    CALL_ESTABLISHED: 4,
    CALL_HELD: 8,
    CALL_RETRIEVED: 0x10,
    CALL_CLEARED: 0x20,
    CALL_CONNECTION_CLEARED: 0x40,
    CALL_ORIGINATED: 0x80,
    CALL_CONFERENCED: 0x100,
    CALL_TRANSFERRED: 0x200,
    CALL_DIVERTED: 0x400,
    CALL_SERVICE_INITIATED: 0x800,
    CALL_TRANSLATION_ROUTE: 0x1000,
    BEGIN_CALL: 0x2000,
    END_CALL: 0x4000,
    CALL_DATA_UPDATE: 0x8000,
    CALL_FAILED: 0x10000,
    CALL_REACHED_NETWORK: 0x20000,
    CALL_DEQUEUED: 0x40000,
    AGENT_PRE_CALL: 0x80000,
    AGENT_PRE_CALL_ABORT: 0x100000,
    RTP_STARTED: 0x200000,
    RTP_STOPPED: 0x400000,
    AGENT_TEAM_CONFIG: 0x800000,
    AGENT_LEGACY_PRE_CALL: 0x1000000,
    CALL_ATTRIBUTE_CHANGE: 0x2000000,
    CALL_TERMINATION: 0x4000000,
    CALL_AGENT_GREETING: 0x8000000,
    NETWORK_RECORDING_STARTED: 0x10000000,
    NETWORK_RECORDING_ENDED: 0x20000000,
    NETWORK_RECORDING_FAILED: 0x40000000,
    NETWORK_RECORDING_TARGET_INFO: 0x80000000,
  },
  {
    sinceByName: {
      CALL_AGENT_GREETING: 15,
      NETWORK_RECORDING_STARTED: 23,
      NETWORK_RECORDING_ENDED: 23,
      NETWORK_RECORDING_FAILED: 23,
      NETWORK_RECORDING_TARGET_INFO: 23,
    },
  },
);

export const SilentMonitorStatus = defineEnum('enum', 'USHORT', {
  NORMAL: 0,
  INITIATOR: 1,
  TARGET: 2,
});

export const GreetingEventCode = defineEnum('enum', 'USHORT', {
  STARTED: 0,
  ENDED: 1,
  FAILED: 2,
});

export const GreetingAction = defineEnum('enum', 'USHORT', {
  STOP: 0,
  DISABLE: 1,
  ENABLE: 2,
});

export const RTPDirection = defineEnum('enum', 'USHORT', {
  INPUT: 0,
  OUTPUT: 1,
  BIDIRECTIONAL: 2,
});

export const RTPType = defineEnum('enum', 'USHORT', {
  AUDIO: 0,
  VIDEO: 1,
  DATA: 2,
});

export const PlayToneDirection = defineEnum(
  'enum',
  'USHORT',
  {
    LOCAL: 0,
    REMOTE: 1,
    BOTH: 2,
    NONE: 3,
  },
  { since: 23 },
);
