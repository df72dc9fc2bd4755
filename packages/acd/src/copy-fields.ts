import { ENUMS, type Fields } from '@poise/ged188';
import {
  callDataAtDevice,
  callTypeNumber,
  connectionFields,
  lineFields,
  NULL_UINT,
  partyFields,
  routerKeyInFull,
  skillGroupFields,
} from './call-fields.ts';
import type { CallView, ConnectionView } from './calls/call.ts';
import type { CallFact, Cause, DeviceName } from './calls/call-fact.ts';
import type { Dialect } from './dialect.ts';
import type { Roster } from './directory.ts';

/** What the messages about calls have in common: blocks of fields of one device's copy. */

const { EventCause, LocalConnectionState } = ENUMS;

/** What a message needs to know beyond the fact. */
export interface CallEventContext {
  readonly dialect: Dialect;
  readonly roster: Roster;
  /** ClientSignature of the desktop session at a device; empty: none. */
  readonly signatureOf: (device: string) => string;
  /** Seconds since 1970. */
  readonly time: number;
}

/** One device's view of a fact. */
export interface Copy {
  readonly device: DeviceName;
  /** The device's connection in the call; undefined: it has left. */
  readonly connection: ConnectionView | undefined;
  readonly context: CallEventContext;
}

/** BEGIN_CALL_EVENT: also for calls that are at a device already when its session opens. */
export function beginFields(call: CallView, copy: Copy): Fields {
  const signature = copy.context.signatureOf(copy.device.id);
  return {
    ...connection(call, copy),
    CallType: callTypeNumber(typeAt(call, copy)),
    ...callDataAtDevice(call.data, copy.connection),
    ...routerKeyInFull(call.data),
    ctiClients:
      signature === '' ? [] : [{ CTIClientSignature: signature, CTIClientTimestamp: copy.context.time }],
  };
}

/** CALL_DATA_UPDATE_EVENT without what changed; `from`: the number that the device has known the call by. */
export function updateFields(call: CallView, copy: Copy, from: number): Fields {
  const own = { callId: from, device: copy.device.id };
  return {
    ...peripheral(copy),
    CallType: callTypeNumber(typeAt(call, copy)),
    ...connectionFields('Connection', own),
    ...connectionFields('NewConnection', { ...own, callId: call.id }),
  };
}

function peripheral({ context: { dialect } }: Copy): Fields {
  return { MonitorID: 0, PeripheralID: dialect.peripheralId, PeripheralType: dialect.peripheralType };
}

export function connection(call: CallView, copy: Copy): Fields {
  return {
    ...peripheral(copy),
    ...connectionFields('Connection', { callId: call.id, device: copy.device.id }),
  };
}

const typeAt = (call: CallView, copy: Copy) => copy.connection?.callType ?? call.type;

export const line = (call: CallView, copy: Copy): Fields => lineFields(copy.device.kind, typeAt(call, copy));

export const skillGroup = (call: CallView, { context }: Copy): Fields =>
  skillGroupFields(call.skillGroup, context.roster);

/** Services (of the peripheral, not of the protocol) do not exist here. */
export const service = (): Fields => ({ ServiceNumber: NULL_UINT, ServiceID: NULL_UINT });

export function local(copy: Copy, cause: Cause): Fields {
  return {
    LocalConnectionState: LocalConnectionState[copy.connection?.state ?? 'NULL'],
    EventCause: EventCause[cause],
  };
}

/** The common part of transfers and conferences. Both connections are named at the device whose copy it is. */
export function merging(
  fact: Extract<CallFact, { type: 'transferred' | 'conferenced' }>,
  copy: Copy,
): Fields {
  const device = copy.device.id;
  const secondary = fact.secondaryCallId === null ? null : { callId: fact.secondaryCallId, device };
  return {
    ...peripheral(copy),
    ...connectionFields('Primary', { callId: fact.primaryCallId, device }),
    ...line(fact.call, copy),
    ...skillGroup(fact.call, copy),
    ...connectionFields('Secondary', secondary),
    ...local(copy, fact.cause),
    parties: partyFields(fact.parties),
  };
}

/** Both parts of the key are required; a call that no router has seen has zeros. */
export function preCallKey({ data }: CallView): Fields {
  return { RouterCallKeyDay: 0, RouterCallKeyCallID: 0, ...routerKeyInFull(data) };
}
