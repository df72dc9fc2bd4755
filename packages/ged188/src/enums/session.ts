import { defineEnum } from './define.ts';

// Sessions: services, status of the peripheral gateway, system events.

/** ROUTING and MINIMIZE_EVENTS are printed without numbers: theirs follow from the order of the list. */
export const ServiceMask = defineEnum(
  'mask',
  'UINT',
  {
    CLIENT_EVENTS: 1,
    CALL_DATA_UPDATE: 2,
    CLIENT_CONTROL: 4,
    CONNECTION_MONITOR: 8,
    ALL_EVENTS: 0x10,
    PERIPHERAL_MONITOR: 0x20,
    CLIENT_MONITOR: 0x40,
    SUPERVISOR: 0x80,
    SERVER: 0x100,
    AGENT_REPORTING: 0x400,
    ALL_TASK_EVENTS: 0x800,
    TASK_MONITOR: 0x1000,
    AGENT_STATE_CONTROL_ONLY: 0x2000,
    DEVICE_STATE_CONTROL: 0x8000,
    ROUTING: 0x10000,
    MINIMIZE_EVENTS: 0x20000,
    CONFIG_EVENTS: 0x40000,
    UPDATE_EVENTS: 0x80000,
    IGNORE_DUPLICATE_AGENT_EVENTS: 0x100000,
    IGNORE_CONF: 0x200000,
    ACD_LINE_ONLY: 0x400000,
    ACTIVE_STANDBY: 0x2000000,
    DEBUG: 0x80000000,
  },
  { prefix: 'CTI_SERVICE_', sinceByName: { ACTIVE_STANDBY: 24 } },
);

/** 0: fully operational. The last two are raised on the client side, never on the wire. */
export const PGStatus = defineEnum(
  'mask',
  'UINT',
  {
    OPC_DOWN: 1,
    CC_DOWN: 2,
    PERIPHERAL_OFFLINE: 4,
    CTI_SERVER_OFFLINE: 8,
    LIMITED_FUNCTION: 0x10,
  },
  { prefix: 'PGS_' },
);

export const SessionType = defineEnum(
  'enum',
  'USHORT',
  {
    UNKNOWN: 0,
    ACTIVE: 1,
    STANDBY: 2,
  },
  { since: 24 },
);

/** 7 and 8 are raised on the client side, never on the wire. */
export const SystemEventID = defineEnum(
  'enum',
  'UINT',
  {
    CENTRAL_CONTROLLER_ONLINE: 1,
    CENTRAL_CONTROLLER_OFFLINE: 2,
    PERIPHERAL_ONLINE: 3,
    PERIPHERAL_OFFLINE: 4,
    TEXT_FYI: 5,
    PERIPHERAL_GATEWAY_OFFLINE: 6,
    CTI_SERVER_OFFLINE: 7,
    CTI_SERVER_ONLINE: 8,
    HALF_HOUR_CHANGE: 9,
    INSTRUMENT_OUT_OF_SERVICE: 10,
    INSTRUMENT_BACK_IN_SERVICE: 11,
  },
  { prefix: 'SYS_' },
);

/** 17 on CCE, 21 on CCX. */
export const PeripheralType = defineEnum(
  'enum',
  'USHORT',
  {
    NONE: 0xffff,
    ASPECT: 1,
    MERIDIAN: 2,
    G2: 3,
    DEFINITY_ECS_NON_EAS: 4,
    DEFINITY_ECS_EAS: 5,
    GALAXY: 6,
    SPECTRUM: 7,
    VRU: 8,
    VRU_POLLED: 9,
    DMS100: 10,
    SIEMENS_9006: 11,
    SIEMENS_9005: 12,
    ALCATEL: 13,
    NEC_NEAX_2X00: 14,
    ACP_1000: 15,
    SYMPOSIUM: 16,
    ENTERPRISE_AGENT: 17,
    MD110: 18,
    MEDIA_ROUTING: 19,
    GENERIC: 20,
    ACMI_CRS: 21,
    ACMI_IPCC: 22,
    SIMPLIFIED_IPCC: 23,
    ARS: 24,
    ACMI_ERS: 25,
    ACMI_EXPERT_ADVISOR: 26,
    RESERVED_27: 27,
  },
  { prefix: 'PT_' },
);

export const ClientEventState = defineEnum('enum', 'USHORT', {
  NORMAL: 0,
  WARNING: 1,
  ERROR: 2,
});

export const MessageDistribution = defineEnum(
  'enum',
  'USHORT',
  {
    CLIENT: 0,
    SUPERVISOR: 1,
    TEAM: 2,
    ALL: 3,
  },
  { prefix: 'DISTRIBUTE_TO_' },
);

export const ServerMode = defineEnum('enum', 'USHORT', {
  EXCLUSIVE: 0,
  ROUND_ROBIN: 1,
  PARALLEL: 2,
});
