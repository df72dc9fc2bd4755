import { defineEnum } from './define.ts';

// Configuration upload: items, records and their outcome.

/** The CCX dialect uses 16 for terminals. */
export const ConfigMask = defineEnum(
  'mask',
  'UINT',
  {
    SERVICE: 1,
    SKILL_GROUP: 2,
    AGENT: 4,
    DEVICE: 8,
    CALL_TYPE: 0x10,
    MEDIA_ROUTING_DOMAIN: 0x20,
    PERIPHERAL: 0x40,
    AGENT_DESK_SETTINGS: 0x80,
    TERMINAL: 0x100,
    AGENT_SERVICE: 0x200,
  },
  {
    sinceByName: {
      MEDIA_ROUTING_DOMAIN: 20,
      PERIPHERAL: 22,
      AGENT_DESK_SETTINGS: 22,
      TERMINAL: 25,
      AGENT_SERVICE: 24,
    },
  },
);

export const RecordType = defineEnum('enum', 'USHORT', {
  ADD: 0,
  CHANGE: 1,
  DELETE: 2,
});

export const ConfigDeviceType = defineEnum('enum', 'USHORT', {
  UNKNOWN: 0,
  SERVICE: 1,
  SKILL_GROUP: 2,
  AGENT_ID: 3,
  AGENT_DEVICE_EXTENSION: 4,
  ROUTE_POINT: 5,
  CTI_PORT: 6,
  CALL_CONTROL_GROUP: 7,
});

export const ConfigType = defineEnum('enum', 'USHORT', {
  UNUSED: 0,
  SOLICITED: 1,
  UPDATE: 2,
});

export const ConfigKeyStatus = defineEnum('enum', 'UINT', {
  SUCCESS: 0,
  SERVICE_PROVIDER: 1,
  NO_KEY_SUPPORT: 2,
  UNKNOWN_CUSTOMER: 3,
});

export const ConfigEndStatus = defineEnum('enum', 'UINT', {
  SUCCESS: 0,
  NO_SERVICE_PROVIDER: 1,
  UNKNOWN_CUSTOMER: 2,
  INVALID: 3,
  EMPTY: 4,
  PARTIAL: 5,
});
