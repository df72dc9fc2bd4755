import { defineMessages } from './define.ts';

/** Active and standby side (version 24 and later). */
export const failoverMessages = defineMessages({
  STANDBY_ACTIVE_EVENT: {
    type: 277,
    direction: 'S2C',
    service: 'session',
    since: 24,
    fixed: [],
    floating: [],
  },
  /** Of the server. The answer is due within 5 s; silence counts as refusal. */
  ACTIVE_MAINTENANCE_REQ: {
    type: 278,
    direction: 'S2C',
    service: 'session',
    since: 24,
    fixed: [['InvokeID', 'UINT']],
    floating: [],
  },
  ACTIVE_MAINTENANCE_RESP: {
    type: 279,
    direction: 'C2S',
    service: 'session',
    since: 24,
    fixed: [
      ['InvokeID', 'UINT'],
      ['MaintenanceModeAccepted', 'BOOL'],
    ],
    floating: [],
  },
  ACTIVE_MAINTENANCE_EVENT: {
    type: 280,
    direction: 'S2C',
    service: 'session',
    since: 24,
    fixed: [['MaintenanceModeContinue', 'BOOL']],
    floating: [],
  },
  STOPPING_REQUESTS_TO_THIS_SIDE_IND: {
    type: 281,
    direction: 'C2S',
    service: 'session',
    since: 24,
    fixed: [],
    floating: [],
  },
});
