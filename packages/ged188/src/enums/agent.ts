import { defineEnum } from './define.ts';

// Agents: states, modes, work modes and the mask of states a client wants to hear of.

/** ACTIVE to NOT_ACTIVE belong to nonvoice media. CTI OS uses nearly the same names with other numbers. */
export const AgentState = defineEnum(
  'enum',
  'USHORT',
  {
    LOGIN: 0,
    LOGOUT: 1,
    NOT_READY: 2,
    AVAILABLE: 3,
    TALKING: 4,
    WORK_NOT_READY: 5,
    WORK_READY: 6,
    BUSY_OTHER: 7,
    RESERVED: 8,
    UNKNOWN: 9,
    HOLD: 10,
    ACTIVE: 11,
    PAUSED: 12,
    INTERRUPTED: 13,
    NOT_ACTIVE: 14,
  },
  { prefix: 'AGENT_STATE_' },
);

export const AgentInternalState = defineEnum(
  'enum',
  'USHORT',
  {
    LOGIN: 0,
    LOGOUT: 1,
    NOT_READY: 2,
    AVAILABLE: 3,
    TALKING: 4,
    WORK_NOT_READY: 5,
    WORK_READY: 6,
    BUSY_OTHER: 7,
    ACTIVE: 11,
  },
  { since: 19 },
);

export const AgentMode = defineEnum('enum', 'USHORT', {
  NOT_ROUTABLE: 0,
  ROUTABLE: 1,
});

export const AgentAvailabilityStatus = defineEnum('enum', 'UINT', {
  NOT_AVAILABLE: 0,
  ICM_AVAILABLE: 1,
  APPLICATION_AVAILABLE: 2,
});

export const AgentWorkMode = defineEnum(
  'enum',
  'USHORT',
  {
    UNSPECIFIED: 0,
    AUTO_IN: 1,
    MANUAL_IN: 2,
    RA_CALL_BY_CALL: 3,
    RA_NAILED_CONNECTION: 4,
  },
  { prefix: 'AWM_' },
);

/** Means something with LOGIN and LOGOUT only. */
export const ForcedFlag = defineEnum('enum', 'UCHAR', {
  FALSE: 0,
  TRUE: 1,
  AUTHENTICATE_ONLY: 2,
});

export const AgentServiceReq = defineEnum('mask', 'UINT', {
  OUTBOUND_SUPPORT: 1,
});

/** 0 is a regular agent. */
export const AgentFlags = defineEnum('mask', 'USHORT', {
  PRIMARY_SUPERVISOR: 1,
  TEMPORARY_AGENT: 2,
  SUPERVISOR: 4,
});

/** CCE numbers; the CCX dialect uses 1 for an agent and 2 for a supervisor. */
export const AgentType = defineEnum('enum', 'USHORT', {
  AGENT: 0,
  SUPERVISOR: 1,
});

export const AgentServiceType = defineEnum(
  'enum',
  'USHORT',
  {
    AGENT_ANSWERS: 1,
    AGENT_CALL_TRANSCRIPTION: 2,
  },
  { since: 24 },
);

/** Bits are not 1 << AgentState: HOLD is state 10 but bit 9; UNKNOWN has no bit. */
export const AgentStateMask = defineEnum('mask', 'UINT', {
  LOGIN: 1,
  LOGOUT: 2,
  NOT_READY: 4,
  AVAILABLE: 8,
  TALKING: 0x10,
  WORK_NOT_READY: 0x20,
  WORK_READY: 0x40,
  BUSY_OTHER: 0x80,
  RESERVED: 0x100,
  HOLD: 0x200,
  ACTIVE: 0x400,
  PAUSED: 0x800,
  INTERRUPTED: 0x1000,
  NOT_ACTIVE: 0x2000,
});

export const TaskState = defineEnum(
  'enum',
  'USHORT',
  {
    PRE_CALL: 0,
    ACTIVE: 1,
    WRAPUP: 2,
    PAUSED: 3,
    OFFERED: 4,
    INTERRUPTED: 5,
    NOT_READY: 6,
    LOGGED_OUT: 7,
  },
  { since: 20 },
);
