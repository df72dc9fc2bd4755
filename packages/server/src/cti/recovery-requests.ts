/** The three questions of a recovery as messages, and what their answers mean (ged188.md 12, steps 3 to 5). */
import {
  ConnectionDeviceIDType,
  ControlFailureCode,
  type DecodedMessage,
  DeviceIDType,
  type Fields,
  LocalConnectionState,
  type MessageName,
  NONE_UINT,
  SilentMonitorStatus,
} from '@poise/ged188';
import type { AgentEvent } from '../domain/agents.ts';
import type { CallEvent, ListedParty } from '../domain/call-event.ts';
import type { CtiRefusal } from '../domain/errors.ts';
import { type AgentKey, queryAgentStateFields } from './agent-messages.ts';
import {
  type CallReading,
  callTypeOf,
  connectionOf,
  dataOf,
  extensionOf,
  kindOfDevice,
  localStateOf,
} from './call-inbound.ts';
import type { Connection, Connections } from './connections.ts';
import { group, number, text } from './fields.ts';
import type { CallAnswer, DeviceCall, ExpectedCall, RecoveryDependencies, Reporters } from './recovery.ts';
import type { FiledRequest } from './requests.ts';

type Snapshot = Extract<AgentEvent, { type: 'snapshot' }>;

/** What the CTI server did not tell within the deadline; what was known of it stands. */
export type Untold =
  | { readonly agentId: string }
  | { readonly extension: string }
  /** `extensions`: phones that have reported it. */
  | { readonly callId: string; readonly extensions: readonly string[] };

export interface RecoveryOutcomes {
  agent(agentId: string, snapshot: Snapshot): void;
  unknownAgent(agentId: string): void;
  call(event: CallEvent): void;
  callsAt(extension: string, callIds: readonly string[]): void;
  untold(what: Untold): void;
}

export interface RecoveryRequestsDependencies {
  readonly request: (name: MessageName, fields: Fields, filed: FiledRequest) => void;
  readonly peripheralId: number;
  readonly connections: Connections;
  readonly reading: () => CallReading;
  readonly outcomes: RecoveryOutcomes;
  /** The CTI server told of another agent than the one asked for. */
  readonly foreign: (invokeId: number, asked: string, told: string) => void;
  /** An answer about a device or call tells of other devices; `asked`: in words. */
  readonly foreignDevices: (name: string, asked: string, told: readonly string[]) => void;
  /** Whether the answer about an agent may still be used. */
  readonly isFresh: (agentId: string) => boolean;
}

/** How often one agent, device or call is asked for while the CTI server tells of others. */
export const FOREIGN_ATTEMPTS_MAX = 3;

type Questions = Pick<RecoveryDependencies, 'queryAgent' | 'snapshotDevice' | 'snapshotCall'>;

export function recoveryRequests(d: RecoveryRequestsDependencies): Questions {
  const { connections, outcomes, peripheralId } = d;
  return {
    queryAgent(agent: AgentKey, done) {
      const { loginId: agentId } = agent;
      const answered = (snapshot: Snapshot | null, refusal?: CtiRefusal) => {
        if (refusal?.code === ControlFailureCode.INVALID_AGENT_ID_SPECIFIED) outcomes.unknownAgent(agentId);
        if (snapshot === null) outcomes.untold({ agentId });
        else if (d.isFresh(agentId)) outcomes.agent(agentId, snapshot);
        done(snapshot === null || snapshot.state === 'LOGOUT' ? null : (snapshot.extension ?? null));
      };
      const ask = (attempt: number) =>
        d.request('QUERY_AGENT_STATE_REQ', queryAgentStateFields(agent, peripheralId), {
          kind: 'agentQuery',
          agentId,
          answered,
          foreign(invokeId, told) {
            d.foreign(invokeId, agentId, told);
            if (attempt < FOREIGN_ATTEMPTS_MAX) ask(attempt + 1);
            else answered(null);
          },
        });
      ask(1);
    },
    snapshotDevice(extension, done, isOtherDevice) {
      const fields = {
        PeripheralID: peripheralId,
        SnapshotDeviceType: DeviceIDType.AGENT_DEVICE,
        AgentInstrument: extension,
      };
      const ask = (attempt: number) =>
        d.request('SNAPSHOT_DEVICE_REQ', fields, {
          kind: 'query',
          answered(answer) {
            const calls = answer.type === 'answered' ? deviceCalls(answer.message.fields) : null;
            const others = (calls ?? []).flatMap(({ connection: { deviceIdType, deviceId } }) =>
              deviceIdType === ConnectionDeviceIDType.STATIC && isOtherDevice(deviceId) ? [deviceId] : [],
            );
            if (others.length > 0) {
              d.foreignDevices('SNAPSHOT_DEVICE_CONF', `device ${extension}`, others);
              if (attempt < FOREIGN_ATTEMPTS_MAX) return void ask(attempt + 1);
            }
            const used = others.length > 0 ? null : calls;
            if (used === null) outcomes.untold({ extension });
            else
              outcomes.callsAt(
                extension,
                used.map((call) => String(call.connection.callId)),
              );
            for (const { connection } of used ?? []) connections.note(connection, extension);
            return done(used ?? []);
          },
        });
      ask(1);
    },
    snapshotCall(connection, done, expected) {
      const callId = String(connection.callId);
      const untold = () => outcomes.untold({ callId, extensions: [...expected.devices.keys()] });
      const fields = {
        PeripheralID: peripheralId,
        ConnectionCallID: connection.callId,
        ConnectionDeviceIDType: connection.deviceIdType,
        ConnectionDeviceID: connection.deviceId,
      };
      const ask = (attempt: number) =>
        d.request('SNAPSHOT_CALL_REQ', fields, {
          kind: 'query',
          answered(answer) {
            if (answer.type === 'answered' && !isOf(answer.message.fields, expected)) {
              const told = devicesIn(answer.message.fields).map(
                ({ address, deviceId }) => address ?? deviceId,
              );
              d.foreignDevices(
                'SNAPSHOT_CALL_CONF',
                `call ${callId} of ${[...expected.devices.keys()].join(', ')}`,
                told,
              );
              if (attempt < FOREIGN_ATTEMPTS_MAX) return void ask(attempt + 1);
              untold();
              return done(null);
            }
            // A refusal says that the call is gone; silence says nothing.
            if (answer.type === 'timeout') untold();
            return done(answer.type === 'answered' ? callAnswer(connection, answer.message, d) : null);
          },
        });
      ask(1);
    },
  };
}

interface NamedParty {
  readonly address?: string;
  readonly deviceId: string;
  readonly callId: number | undefined;
}

/** The parties of a call snapshot as they are named: by number, and by their connection. */
function devicesIn(fields: Fields): readonly NamedParty[] {
  return group(fields, 'callDevices').flatMap((device): NamedParty[] => {
    const address = text(device, 'CallDeviceID');
    const deviceId = text(device, 'CallConnectionDeviceID') ?? address;
    const id = device.CallConnectionCallID;
    const callId = typeof id === 'number' && id !== NONE_UINT ? id : undefined;
    return deviceId === undefined
      ? []
      : [{ ...(address === undefined ? {} : { address }), deviceId, callId }];
  });
}

/**
 * Whether at least one of the devices that have reported the call is in its snapshot, and not under the number of another call. Other
 * numbers may be those of the parties themselves (ged188.md 8.1). A snapshot without parties says nothing of them.
 */
function isOf(fields: Fields, { devices, isOtherCall }: ExpectedCall): boolean {
  const parties = devicesIn(fields);
  if (parties.length === 0 || devices.size === 0) return true;
  const ids = new Set(devices.values());
  return parties.some(
    ({ address, deviceId, callId }) =>
      (callId === undefined || !isOtherCall(callId)) &&
      (ids.has(deviceId) || devices.has(deviceId) || devices.has(address ?? deviceId)),
  );
}

/** Null: not an answer to a device snapshot. */
function deviceCalls(fields: Fields): readonly DeviceCall[] | null {
  if (fields.NumCalls === undefined) return null;
  return group(fields, 'calls').flatMap((call) => {
    const connection = connectionOf(call, 'CallConnection');
    if (connection === null) return [];
    return [
      {
        connection,
        watched: number(call, 'SilentMonitorStatus') === SilentMonitorStatus.TARGET,
        over: call.CallState === LocalConnectionState.NULL,
      },
    ];
  });
}

function callAnswer(
  connection: Connection,
  message: DecodedMessage,
  d: RecoveryRequestsDependencies,
): CallAnswer {
  const reading = d.reading();
  const { fields } = message;
  const parties = partiesOf(fields, connection, d.connections, reading);
  return {
    use({ devices, over }: Reporters) {
      const wrapping = over.filter((extension) => !parties.some(({ address }) => address === extension));
      d.outcomes.call({
        type: 'snapshot',
        callId: String(connection.callId),
        at: reading.now,
        device: null,
        local: null,
        callType: callTypeOf(fields, reading.version) ?? 'NULL',
        data: dataOf(fields),
        parties: [
          ...parties,
          ...wrapping.map(
            (address): ListedParty => ({
              address,
              kind: 'agent',
              callId: String(connection.callId),
              local: 'NULL',
            }),
          ),
        ],
        original: originalOf(fields),
        originalDevice: originalDeviceOf(fields, reading),
        reportedBy: devices,
      });
    },
  };
}

function partiesOf(
  fields: Fields,
  asked: Connection,
  connections: Connections,
  reading: CallReading,
): readonly ListedParty[] {
  return group(fields, 'callDevices').flatMap((device): ListedParty[] => {
    const connection = connectionOf(device, 'CallConnection');
    const address =
      text(device, 'CallDeviceID') ?? (connection === null ? null : extensionOf(connection, reading));
    if (address === null) return [];
    // The parties of one call may be told with numbers of their own (ged188.md 8.1).
    if (connection !== null) connections.note({ ...connection, callId: asked.callId }, address);
    return [
      {
        address,
        kind: kindOfDevice(number(device, 'CallDeviceType')),
        callId: String(asked.callId),
        local: localStateOf(device.CallDeviceConnectionState),
      },
    ];
  });
}

function originalOf(fields: Fields): string | null {
  const id = number(fields, 'COCConnectionCallID');
  return id === 0 || id === NONE_UINT ? null : String(id);
}

function originalDeviceOf(fields: Fields, reading: CallReading): string | undefined {
  const device = text(fields, 'COCCallConnectionDeviceID');
  if (device === undefined) return undefined;
  return reading.extensionOf(number(fields, 'COCConnectionCallID'), device) ?? device;
}
