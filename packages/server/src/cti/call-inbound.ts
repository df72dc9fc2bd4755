/** Call messages of the CTI server in our words, as a table (ged188.md 8, 12, 14). Pure. */
import {
  CallType,
  ConnectionDeviceIDType,
  type CtiMessage,
  DeviceIDType,
  enumName,
  type Fields,
  LocalConnectionState,
  NONE_UINT,
  NONE_USHORT,
} from '@poise/ged188';
import type {
  CallDataNews,
  CallEvent,
  CallParty,
  ListedParty,
  LocalState,
  PartyKind,
  PreCall,
} from '../domain/call-event.ts';
import type { NamedCallVariable } from '../domain/dialog.ts';
import type { Connection } from './connections.ts';
import { group, number, record, text } from './fields.ts';

export interface CallReading {
  /** Wall ms. */
  readonly now: number;
  readonly version: number;
  /** The device of a dynamic connection id, when known. */
  extensionOf(callId: number, deviceId: string): string | null;
}

/** A connection that a message names, and the device that it belongs to (null: not known). */
export interface NamedConnection {
  readonly connection: Connection;
  readonly extension: string | null;
  /** From a list of parties. */
  readonly listed?: boolean;
}

/** What a call message says; `connections` are noted before `event` is passed on. */
export interface CallNews {
  readonly event: CallEvent | null;
  readonly preCall: PreCall | null;
  readonly connections: readonly NamedConnection[];
}

type OfCall = Pick<CallEvent, 'callId' | 'at' | 'device' | 'local'>;

interface Row {
  /** Names of the fields that hold the connection of the monitored device; default ConnectionCallID and so on. */
  readonly prefix?: 'Primary';
  /** The device that a copy with this local state belongs to, when its id is dynamic. */
  readonly whose?: (fields: Fields, local: LocalState | null) => CallParty | null;
  readonly read: (fields: Fields, of: OfCall, reading: CallReading) => CallEvent | null;
}

const device =
  (name: string) =>
  (fields: Fields): CallParty | null =>
    party(fields, name);

/** The alerting device, or the one that calls. */
const alertingOrCalling = (fields: Fields, local: LocalState | null): CallParty | null =>
  party(fields, local === 'ALERTING' ? 'Alerting' : 'Calling');

const ROWS: Readonly<Record<string, Row | null>> = {
  BEGIN_CALL_EVENT: {
    read: (fields, of, { version }) => ({
      ...of,
      type: 'begun',
      callType: callTypeOf(fields, version) ?? 'NULL',
      data: dataOf(fields),
    }),
  },
  END_CALL_EVENT: { read: (_fields, of) => ({ ...of, type: 'ended' }) },
  CALL_DATA_UPDATE_EVENT: {
    read: (fields, of, reading) => {
      const renamed = connectionOf(fields, 'NewConnection');
      return {
        ...of,
        type: 'dataUpdated',
        newCallId: renamed === null ? of.callId : String(renamed.callId),
        newDevice: renamed === null ? null : (extensionOf(renamed, reading) ?? of.device),
        callType: callTypeOf(fields, reading.version),
        data: dataOf(fields),
      };
    },
  },
  CALL_SERVICE_INITIATED_EVENT: {
    whose: device('Calling'),
    read: (fields, of) => ({
      ...of,
      type: 'initiated',
      calling: party(fields, 'Calling'),
      original: callIdIn(fields, 'COCConnectionCallID'),
    }),
  },
  CALL_ORIGINATED_EVENT: {
    whose: device('Calling'),
    read: (fields, of) => ({
      ...of,
      type: 'originated',
      calling: party(fields, 'Calling'),
      called: party(fields, 'Called'),
    }),
  },
  CALL_REACHED_NETWORK_EVENT: {
    read: (fields, of) => ({ ...of, type: 'originated', calling: null, called: party(fields, 'Called') }),
  },
  CALL_DELIVERED_EVENT: {
    whose: alertingOrCalling,
    read: (fields, of) => ({
      ...of,
      type: 'delivered',
      alerting: party(fields, 'Alerting'),
      calling: party(fields, 'Calling'),
      called: party(fields, 'Called'),
      skillGroup: skillGroupOf(fields),
      original: callIdIn(fields, 'SecondaryConnectionCallID'),
      cause: causeOf(fields),
      data: dataOf(fields),
    }),
  },
  CALL_ESTABLISHED_EVENT: {
    read: (fields, of) => ({
      ...of,
      type: 'established',
      answering: party(fields, 'Answering'),
      calling: party(fields, 'Calling'),
      called: party(fields, 'Called'),
      skillGroup: skillGroupOf(fields),
      cause: causeOf(fields),
    }),
  },
  CALL_HELD_EVENT: {
    whose: (fields, local) => (local === 'HOLD' ? party(fields, 'Holding') : null),
    read: (fields, of) => ({ ...of, type: 'held', holding: party(fields, 'Holding') }),
  },
  CALL_RETRIEVED_EVENT: {
    read: (fields, of) => ({ ...of, type: 'retrieved', retrieving: party(fields, 'Retrieving') }),
  },
  CALL_QUEUED_EVENT: {
    read: (fields, of) => ({
      ...of,
      type: 'queued',
      calling: party(fields, 'Calling'),
      skillGroup: skillGroupOf(group(fields, 'skillGroups')[0] ?? {}),
    }),
  },
  // Dialogs do not show that a call waits, nor that it does so no longer.
  CALL_DEQUEUED_EVENT: null,
  CALL_DIVERTED_EVENT: {
    whose: (fields, local) => (local === 'NULL' ? party(fields, 'Diverting') : null),
    read: (fields, of) => ({
      ...of,
      type: 'diverted',
      diverting: party(fields, 'Diverting'),
      cause: causeOf(fields),
    }),
  },
  CALL_FAILED_EVENT: {
    read: (fields, of) => ({
      ...of,
      type: 'failed',
      failing: party(fields, 'Failing'),
      cause: causeOf(fields),
    }),
  },
  CALL_CONNECTION_CLEARED_EVENT: {
    whose: (fields, local) => (local === 'NULL' ? party(fields, 'Releasing') : null),
    read: (fields, of) => ({
      ...of,
      type: 'connectionCleared',
      releasing: party(fields, 'Releasing'),
      cause: causeOf(fields),
    }),
  },
  CALL_CLEARED_EVENT: { read: (fields, of) => ({ ...of, type: 'cleared', cause: causeOf(fields) }) },
  CALL_TRANSFERRED_EVENT: {
    prefix: 'Primary',
    read: (fields, of, reading) => ({
      ...of,
      ...mergerOf(fields, of, reading),
      type: 'transferred',
      transferring: party(fields, 'Transferring'),
      transferred: party(fields, 'Transferred'),
    }),
  },
  CALL_CONFERENCED_EVENT: {
    prefix: 'Primary',
    read: (fields, of, reading) => ({
      ...of,
      ...mergerOf(fields, of, reading),
      type: 'conferenced',
      controller: party(fields, 'Controller'),
      added: party(fields, 'AddedParty'),
    }),
  },
  NETWORK_RECORDING_STARTED_EVENT: { read: (_fields, of) => ({ ...of, type: 'recording', on: true }) },
  NETWORK_RECORDING_ENDED_EVENT: { read: (_fields, of) => ({ ...of, type: 'recording', on: false }) },
  NETWORK_RECORDING_FAILED_EVENT: { read: (_fields, of) => ({ ...of, type: 'recording', on: false }) },
  // Trunks and services are below what a dialog shows.
  CALL_TRANSLATION_ROUTE_EVENT: null,
  CALL_ATTRIBUTE_CHANGE_EVENT: null,
  // The agent's state says that the reservation is off.
  AGENT_PRE_CALL_ABORT_EVENT: null,
};

/** Whether a message is one of calls. */
export const isCallMessage = (name: string): boolean =>
  Object.hasOwn(ROWS, name) || name === 'AGENT_PRE_CALL_EVENT';

/** Null: nothing of interest, or not a message of calls. */
export function readCallNews(message: CtiMessage, reading: CallReading): CallNews | null {
  const { name, fields } = message;
  // Events of monitors repeat those of the session.
  if (number(fields, 'MonitorID') !== 0) return null;
  if (name === 'AGENT_PRE_CALL_EVENT') return { event: null, preCall: preCallOf(fields), connections: [] };
  const row = Object.hasOwn(ROWS, name) ? ROWS[name] : null;
  if (row == null) return null;
  const { prefix } = row;
  const connection = prefix === undefined ? connectionOf(fields, 'Connection') : mergedConnection(fields);
  if (connection === null) return null;
  const local = localOf(fields);
  const whose = row.whose?.(fields, local)?.address ?? null;
  const extension = extensionOf(connection, reading) ?? whose;
  const of: OfCall = { callId: String(connection.callId), at: reading.now, device: extension, local };
  return {
    event: row.read(fields, of, reading),
    preCall: null,
    connections: [{ connection, extension }, ...otherConnections(fields, reading)],
  };
}

// ---- connections ----------------------------------------------------------------------------------

/** `Connection` → ConnectionCallID, ConnectionDeviceIDType, ConnectionDeviceID. Null: none. */
export function connectionOf(fields: Fields, prefix: string): Connection | null {
  const callId = fields[`${prefix}CallID`];
  const deviceId = text(fields, `${prefix}DeviceID`);
  if (typeof callId !== 'number' || callId === NONE_UINT || deviceId === undefined) return null;
  return { callId, deviceIdType: number(fields, `${prefix}DeviceIDType`), deviceId };
}

/** The call number stands alone in transfers without a held connection. */
const mergedConnection = (fields: Fields): Connection | null =>
  connectionOf(fields, 'Primary') ?? connectionOf(fields, 'Secondary');

/** A static id is that of the device; a dynamic one may be known from earlier messages. */
export function extensionOf(connection: Connection, reading: CallReading): string | null {
  return connection.deviceIdType === ConnectionDeviceIDType.DYNAMIC
    ? reading.extensionOf(connection.callId, connection.deviceId)
    : connection.deviceId;
}

function otherConnections(fields: Fields, reading: CallReading): NamedConnection[] {
  const others = [connectionOf(fields, 'Secondary'), connectionOf(fields, 'NewConnection')];
  const parties = group(fields, 'parties').map(listedConnection);
  const named = (connection: Connection | null, listed: boolean): NamedConnection[] =>
    connection === null ? [] : [{ connection, extension: extensionOf(connection, reading), listed }];
  return [
    ...others.flatMap((connection) => named(connection, false)),
    ...parties.flatMap((connection) => named(connection, true)),
  ];
}

/** Lists of parties tell the type of the device, not that of the connection id. */
function listedConnection(listed: Fields): Connection | null {
  const connection = connectionOf(listed, 'ConnectedParty');
  return connection === null ? null : { ...connection, deviceIdType: ConnectionDeviceIDType.STATIC };
}

// ---- parties --------------------------------------------------------------------------------------

const KINDS: Readonly<Record<number, PartyKind>> = {
  [DeviceIDType.AGENT_DEVICE]: 'agent',
  [DeviceIDType.SHARED_DEVICE_IDENTIFIER]: 'agent',
  [DeviceIDType.ROUTE_POINT]: 'queue',
  [DeviceIDType.QUEUE]: 'queue',
  [DeviceIDType.CTI_PORT]: 'queue',
  [DeviceIDType.EXTERNAL]: 'outside',
  [DeviceIDType.TRUNK_IDENTIFIER]: 'outside',
  [DeviceIDType.TRUNK_GROUP_IDENTIFIER]: 'outside',
};

export const kindOfDevice = (deviceType: number): PartyKind => KINDS[deviceType] ?? 'unknown';

/** `Alerting` → AlertingDeviceID and AlertingDeviceType. */
function party(fields: Fields, prefix: string): CallParty | null {
  const address = text(fields, `${prefix}DeviceID`);
  return address === undefined
    ? null
    : { address, kind: kindOfDevice(number(fields, `${prefix}DeviceType`)) };
}

function mergerOf(fields: Fields, of: OfCall, reading: CallReading) {
  const secondary = fields.SecondaryCallID;
  const primary = fields.PrimaryCallID;
  const primaryCallId = typeof primary === 'number' && primary !== NONE_UINT ? String(primary) : of.callId;
  const secondaryCallId = typeof secondary === 'number' && secondary !== NONE_UINT ? String(secondary) : null;
  return {
    callId: primaryCallId,
    primaryCallId,
    secondaryCallId: secondaryCallId === primaryCallId ? null : secondaryCallId,
    parties: group(fields, 'parties').flatMap((listed): ListedParty[] => {
      const connection = listedConnection(listed);
      if (connection === null) return [];
      const { callId, deviceId } = connection;
      const address = reading.extensionOf(callId, deviceId) ?? deviceId;
      const kind = kindOfDevice(number(listed, 'ConnectedPartyDeviceIDType'));
      return [{ address, kind, callId: String(callId), local: null }];
    }),
    cause: causeOf(fields),
  };
}

// ---- values ---------------------------------------------------------------------------------------

const LOCAL_STATES: ReadonlyMap<number, LocalState> = new Map(
  Object.entries(LocalConnectionState).flatMap(([name, value]) =>
    name === 'NONE' || typeof value !== 'number' ? [] : [[value, name as LocalState] as const],
  ),
);

export const localStateOf = (value: unknown): LocalState | null =>
  typeof value === 'number' ? (LOCAL_STATES.get(value) ?? null) : null;

const localOf = (fields: Fields): LocalState | null => localStateOf(fields.LocalConnectionState);

/** Finesse's words where they differ from those of GED-188 (ged188.md 14, `finesse.callType`); outbound calls: domain/outbound.ts. */
const CALL_TYPE_WORDS: Readonly<Record<string, string>> = {
  TRANSFER_IN: 'TRANSFER',
  CONSULT_OFFERRED: 'CONSULT_OFFERED',
  ASSIST: 'ASSIST_CALL',
  SUPERVISOR_BARGEIN: 'BARGE_IN_CONSULT',
};

/** Null: the message does not say. */
export function callTypeOf(fields: Fields, version: number): string | null {
  const type = fields.CallType;
  if (typeof type !== 'number' || type === CallType.NULL) return null;
  const name = enumName('CallType', type, version);
  return name === undefined ? null : (CALL_TYPE_WORDS[name] ?? name);
}

function causeOf(fields: Fields): string {
  const cause = number(fields, 'EventCause');
  if (cause === NONE_USHORT || cause === 0) return '';
  return enumName('EventCause', cause) ?? enumName('EventCauseExtended', cause) ?? '';
}

function skillGroupOf(fields: Fields): number | null {
  const group = fields.SkillGroupNumber;
  return typeof group === 'number' && group !== NONE_UINT && group !== 0 ? group : null;
}

function callIdIn(fields: Fields, name: string): string | null {
  const id = fields[name];
  return typeof id === 'number' && id !== NONE_UINT && id !== 0 ? String(id) : null;
}

/** Data fields are the same in all messages; absent ones say nothing, empty ones that the value is gone. */
export function dataOf(fields: Fields): CallDataNews {
  const said = (name: string): string | undefined => {
    const value = fields[name];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    // An empty number is one that the server does not know.
    ani: text(fields, 'ANI'),
    dnis: text(fields, 'DNIS'),
    dialedNumber: text(fields, 'DialedNumber'),
    wrapUpReason: said('CallWrapupData'),
    variables: variablesOf(said),
    named: namedOf(fields),
    callKey: callKeyOf(fields),
  };
}

function variablesOf(said: (name: string) => string | undefined): Record<number, string> | undefined {
  const found: Record<number, string> = {};
  let any = false;
  for (let index = 0; index < 10; index += 1) {
    const value = said(`CallVariable${index + 1}`);
    if (value === undefined) continue;
    found[index] = value;
    any = true;
  }
  return any ? found : undefined;
}

function namedOf(fields: Fields): readonly NamedCallVariable[] | undefined {
  const scalars = group(fields, 'namedVariables').map((entry) => record(entry, 'NamedVariable'));
  const elements = group(fields, 'namedArrays').map((entry) => record(entry, 'NamedArray'));
  const found = [...scalars, ...elements].flatMap((variable) =>
    variable === undefined || typeof variable.name !== 'string' || typeof variable.value !== 'string'
      ? []
      : [
          {
            name: variable.name,
            index: typeof variable.index === 'number' ? variable.index : null,
            value: variable.value,
          },
        ],
  );
  return found.length === 0 ? undefined : found;
}

function callKeyOf(fields: Fields): CallDataNews['callKey'] {
  const {
    RouterCallKeyDay: day,
    RouterCallKeyCallID: callId,
    RouterCallKeySequenceNumber: sequence,
  } = fields;
  if (typeof day !== 'number' || typeof callId !== 'number' || (day === 0 && callId === 0)) return undefined;
  return { day, callId, sequence: typeof sequence === 'number' ? sequence : undefined };
}

function preCallOf(fields: Fields): PreCall | null {
  const extension = text(fields, 'AgentInstrument')?.split(';', 1)[0];
  const key = callKeyOf(fields);
  if (extension === undefined || extension === '' || key === undefined) return null;
  const { day, callId, sequence = 0 } = key;
  return { extension, skillGroup: skillGroupOf(fields), callKey: { day, callId, sequence } };
}
