import type { Deployment } from '../dialect.ts';
import type { CallTypeName } from './call.ts';
import type { Cause } from './call-fact.ts';

/** Which CallType a party sees (objects.md 3.5, ged188.md 8.1), by what the call is to it. */
export interface CallTypes {
  readonly routed: CallTypeName;
  /** From outside to an extension. */
  readonly direct: CallTypeName;
  readonly inside: CallTypeName;
  /** To an outside number, before it has left the switch and from then on. */
  readonly dialledOut: CallTypeName;
  readonly out: CallTypeName;
  readonly consult: CallTypeName;
  /** At the party that is consulted. */
  readonly consulted: CallTypeName;
  /** At the receiver of a single-step transfer. */
  readonly directTransfer: CallTypeName;
  readonly transferred: CallTypeName;
  readonly conference: CallTypeName;
}

const CCE: CallTypes = {
  routed: 'PREROUTE_ACD_IN',
  direct: 'OTHER_IN',
  inside: 'AGENT_INSIDE',
  dialledOut: 'OUT',
  out: 'OUT',
  consult: 'CONSULT',
  consulted: 'CONSULT_OFFERRED',
  directTransfer: 'TRANSFER_IN',
  transferred: 'TRANSFER_IN',
  conference: 'CONFERENCE',
};

const CCX: CallTypes = {
  ...CCE,
  routed: 'ACD_IN',
  dialledOut: 'AGENT_INSIDE',
  consulted: 'TRANSFER_IN',
  directTransfer: 'OFFERED',
};

/** Calls for a supervisor, and the cause that their events tell. */
export const HELP_TYPES = { assist: 'ASSIST', emergency: 'EMERGENCY' } as const;
export const HELP_CAUSES: Readonly<Partial<Record<CallTypeName, Cause>>> = {
  ASSIST: 'SUPERVISOR_ASSIST',
  EMERGENCY: 'EMERGENCY_CALL',
};

export const CALL_TYPES: Readonly<Record<Deployment, CallTypes>> = { CCE, CCX };
