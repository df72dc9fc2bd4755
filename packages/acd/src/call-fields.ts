import { ENUMS, type Fields } from '@poise/ged188';
import type {
  CallData,
  CallTypeName,
  CallView,
  ConnectionView,
  DeviceKind,
  NamedVariable,
} from './calls/call.ts';
import { NAMED_VARIABLES_BYTES, namedBytes } from './calls/call-data.ts';
import type { DeviceName } from './calls/call-fact.ts';
import { clip } from './clip.ts';
import type { Roster } from './directory.ts';

/** How calls, their data and their devices look in the fields of GED-188 messages. */

const { CallType, ConnectionDeviceIDType, DeviceIDType, LineType } = ENUMS;
/** Sizes of text fields in bytes, zero byte included. */
const SIZE = {
  device: 64,
  ani: 40,
  dnis: 32,
  number: 40,
  digits: 40,
  variable: 41,
  wrapUp: 40,
  uui: 132,
} as const;
const VARIABLE_NAME_SIZE = 33;
const VARIABLE_VALUE_SIZE = 211;
/** Most connections that one message lists. */
const PARTIES_MAX = 16;
export const NULL_UINT = 0xffffffff;
const NULL_USHORT = 0xffff;

const DEVICE_TYPES: Readonly<Record<DeviceKind, number>> = {
  station: DeviceIDType.AGENT_DEVICE,
  external: DeviceIDType.EXTERNAL,
  routePoint: DeviceIDType.ROUTE_POINT,
};

/** DeviceIDType of a device. */
export const deviceType = (kind: DeviceKind): number => DEVICE_TYPES[kind];

/** `<Role>DeviceType` and `<Role>DeviceID`; nobody: NONE and no id. */
export function role(name: string, device: DeviceName | null): Fields {
  if (device === null) return { [`${name}DeviceType`]: DeviceIDType.NONE };
  return {
    [`${name}DeviceType`]: deviceType(device.kind),
    [`${name}DeviceID`]: deviceId(device.id),
  };
}

/** A device id that fits its field. */
export const deviceId = (id: string): string => clip(id, SIZE.device);

/** A connection in the three fields of the given prefix; without one the "none" values. */
export function connectionFields(
  prefix: string,
  connection: { callId: number; device: string } | null,
): Fields {
  return {
    [`${prefix}CallID`]: connection?.callId ?? NULL_UINT,
    [`${prefix}DeviceIDType`]:
      connection === null ? ConnectionDeviceIDType.NONE : ConnectionDeviceIDType.STATIC,
    [`${prefix}DeviceID`]: connection === null ? '' : deviceId(connection.device),
  };
}

const INBOUND: readonly CallTypeName[] = [
  'ACD_IN',
  'PREROUTE_ACD_IN',
  'PREROUTE_DIRECT_AGENT',
  'TRANSFER_IN',
  'OVERFLOW_IN',
];
/** Customers of a campaign, called from the agent's phone. */
const CUSTOMERS: readonly CallTypeName[] = [
  'CUSTOMER_PREVIEW',
  'CUSTOMER_PREVIEW_DIRECT',
  'CUSTOMER_CALLBACK',
  'CUSTOMER_PERSONAL',
];
const LINE_TYPES: ReadonlyMap<CallTypeName, number> = new Map([
  ...INBOUND.map((type) => [type, LineType.INBOUND_ACD] as const),
  ['OTHER_IN', LineType.DID],
  ['OUT', LineType.OUTBOUND],
  ['AGENT_OUT', LineType.OUTBOUND_ACD],
  ['AUTO_OUT', LineType.OUTBOUND_ACD],
  ...CUSTOMERS.map((type) => [type, LineType.OUTBOUND_ACD] as const),
  ['AGENT_INSIDE', LineType.INSIDE],
  ['OFFERED', LineType.INSIDE],
  ['CONSULT', LineType.INSIDE],
  ['CONSULT_OFFERRED', LineType.INSIDE],
  ['CONSULT_CONFERENCE', LineType.INSIDE],
  ['ASSIST', LineType.HELP],
  ['EMERGENCY', LineType.HELP],
  ['SUPERVISOR_MONITOR', LineType.SILENT_MONITOR],
  ['SUPERVISOR_WHISPER', LineType.SUPERVISOR],
  ['SUPERVISOR_BARGEIN', LineType.SUPERVISOR],
  ['SUPERVISOR_INTERCEPT', LineType.SUPERVISOR],
]);

/** LineHandle and LineType of a phone (it has one line, 0) that takes part in a call of this type. */
export function lineFields(kind: DeviceKind, type: CallTypeName): Fields {
  if (kind !== 'station') return { LineHandle: NULL_USHORT, LineType: LineType.NONE };
  return { LineHandle: 0, LineType: LINE_TYPES.get(type) ?? LineType.UNKNOWN };
}

export const callTypeNumber = (type: CallTypeName): number => CallType[type];

/** Whether calls of this type go to a customer of a campaign. */
export const isCampaign = (type: CallTypeName): boolean => CUSTOMERS.includes(type);

/** Whether calls of this type came in through a queue. */
export const isInbound = (type: CallTypeName): boolean => INBOUND.includes(type);

/** SkillGroupNumber, SkillGroupID, SkillGroupPriority of a queue's number. */
export function skillGroupFields(number: number | null, roster: Roster): Fields {
  return {
    SkillGroupNumber: number ?? NULL_UINT,
    SkillGroupID: (number === null ? undefined : roster.skillGroup(number)?.id) ?? NULL_UINT,
    SkillGroupPriority: 0,
  };
}

/** What every message about a call's data carries; empty values are left out. */
export function callData(data: CallData): Fields {
  const fields: { [name: string]: Fields[string] } = {
    ANI: filled(data.ani, SIZE.ani),
    UserToUserInfo: filled(data.userToUser, SIZE.uui),
    DialedNumber: filled(data.dialedNumber, SIZE.number),
    CallerEnteredDigits: filled(data.callerEnteredDigits, SIZE.digits),
    ...namedFields(data.named),
  };
  for (const [i, value] of data.variables.entries())
    fields[`CallVariable${i + 1}`] = filled(value, SIZE.variable);
  return fields;
}

/**
 * DNIS and CallWrapupData, which most of these messages carry too. The number that was delivered to a phone that was
 * called is its own, wherever the call goes from there; the others read where it went.
 */
export function callDataAtDevice(
  data: CallData,
  own: Pick<ConnectionView, 'device' | 'kind' | 'outgoing'> | undefined,
): Fields {
  const called = own !== undefined && own.kind === 'station' && !own.outgoing;
  return {
    ...callData(data),
    DNIS: filled(called ? own.device : data.dnis, SIZE.dnis),
    CallWrapupData: filled(data.wrapUp, SIZE.wrapUp),
  };
}

/** RouterCallKeyDay and RouterCallKeyCallID, of routed calls only. */
export function routerKey({ key }: CallData): Fields {
  return key === null ? {} : { RouterCallKeyDay: key.day, RouterCallKeyCallID: key.callId };
}

/** The router call key with its sequence number. */
export function routerKeyInFull(data: CallData): Fields {
  return { ...routerKey(data), RouterCallKeySequenceNumber: data.key?.sequence };
}

/** COC…: the connection from which a consult call was placed, or that a monitor call listens to. */
export function originFields(call: CallView, device: string): Fields {
  if (call.associated === null) return {};
  return {
    COCConnectionCallID: call.associated,
    COCCallConnectionDeviceIDType: ConnectionDeviceIDType.STATIC,
    COCCallConnectionDeviceID: deviceId(device),
  };
}

/** The changed values alone; a value that became empty is told as empty. Expanded variables are not among them. */
export function changedData(data: CallData, changed: Partial<Record<keyof CallData, unknown>>): Fields {
  const fields: { [name: string]: Fields[string] } = {};
  if (changed.callerEnteredDigits !== undefined)
    fields.CallerEnteredDigits = clip(data.callerEnteredDigits, SIZE.digits);
  if (changed.userToUser !== undefined) fields.UserToUserInfo = clip(data.userToUser, SIZE.uui);
  if (changed.wrapUp !== undefined) fields.CallWrapupData = clip(data.wrapUp, SIZE.wrapUp);
  for (const index of Object.keys(changed.variables ?? {}))
    fields[`CallVariable${Number(index) + 1}`] = clip(data.variables[Number(index)] ?? '', SIZE.variable);
  return fields;
}

/** Expanded variables: scalars and array elements. A call never has more than a message may carry; see call-data.ts. */
export function namedFields(named: readonly NamedVariable[]): Fields {
  const scalars: Fields[] = [];
  const elements: Fields[] = [];
  let bytes = 0;
  for (const variable of named) {
    bytes += namedBytes([variable]);
    if (bytes > NAMED_VARIABLES_BYTES) break;
    const name = clip(variable.name, VARIABLE_NAME_SIZE);
    const value = clip(variable.value, VARIABLE_VALUE_SIZE);
    if (variable.index === null) scalars.push({ NamedVariable: { name, value } });
    else elements.push({ NamedArray: { index: variable.index & 0xff, name, value } });
  }
  return { namedVariables: scalars, namedArrays: elements };
}

/** The `parties` group: who is connected, with the call number that counts from now on. */
export function partyFields(
  parties: readonly { callId: number; device: string; kind: DeviceKind }[],
): Fields[] {
  return parties.slice(0, PARTIES_MAX).map(({ callId, device, kind }) => ({
    ConnectedPartyCallID: callId,
    ConnectedPartyDeviceIDType: deviceType(kind),
    ConnectedPartyDeviceID: deviceId(device),
  }));
}

/** The `callDevices` group of a snapshot: every connection of a call. */
export function callDevices({ connections }: CallView): Fields[] {
  return connections.slice(0, PARTIES_MAX).map(({ callId, device, kind, state }) => ({
    ...connectionFields('CallConnection', { callId, device }),
    CallDeviceType: deviceType(kind),
    CallDeviceID: deviceId(device),
    CallDeviceConnectionState: ENUMS.LocalConnectionState[state],
  }));
}

function filled(value: string, size: number): string | undefined {
  return value === '' ? undefined : clip(value, size);
}
