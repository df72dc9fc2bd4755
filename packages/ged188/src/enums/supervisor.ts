import { defineEnum } from './define.ts';

// Supervision and teams.

export const SupervisoryAction = defineEnum(
  'enum',
  'USHORT',
  {
    CLEAR: 0,
    MONITOR: 1,
    WHISPER: 2,
    BARGE_IN: 3,
    INTERCEPT: 4,
  },
  { prefix: 'SUPERVISOR_' },
);

export const TeamConfigOperation = defineEnum('enum', 'USHORT', {
  RESTORE_PERMANENT_CONFIG: 0,
  ADD_AGENT: 1,
  REMOVE_AGENT: 2,
});
