import type { Cause } from './call-fact.ts';
import type { LegCause } from './switch.ts';

/** What an event says where a leg could not be had or has ended. */
export const EVENT_CAUSE: Readonly<Record<LegCause, Cause>> = {
  normal: 'NONE',
  busy: 'BUSY',
  unobtainable: 'DEST_NOT_OBTAINABLE',
  noAnswer: 'CALL_NOT_ANSWERED',
  rejected: 'BUSY',
  outOfService: 'DEST_NOT_OBTAINABLE',
  congestion: 'TRUNKS_BUSY',
  failure: 'NETWORK_NOT_OBTAINABLE',
};

/** What a phone is told whose leg is ended for more than a hang-up. */
export const LEG_CAUSE: Readonly<Partial<Record<Cause, LegCause>>> = {
  BUSY: 'busy',
  DEST_NOT_OBTAINABLE: 'unobtainable',
  CALL_NOT_ANSWERED: 'noAnswer',
  RESOURCES_NOT_AVAILABLE: 'congestion',
  MAX_QUEUE_EXCEEDED: 'busy',
  NO_AVAILABLE_AGENTS: 'unobtainable',
  TRUNKS_BUSY: 'congestion',
  MAINTENANCE: 'outOfService',
};
