import {
  AgentStateMask,
  CallControlMask,
  CallMsgMask,
  ClassOfDevice,
  ENUMS,
  type Fields,
  LineType,
  OtherFeatures,
  SilentMonitorStatus,
  TransferConferenceSetup,
  TypeOfDevice,
} from '@poise/ged188';
import {
  callDataAtDevice,
  callDevices,
  callTypeNumber,
  connectionFields,
  originFields,
  routerKey,
} from '../call-fields.ts';
import type { CallView } from '../calls/call.ts';
import type { ContactCentre } from '../contact-centre.ts';
import { connectionOf } from './connection.ts';
import { CONTROL, control, phoneOf, type RequestTable } from './request.ts';

/** What devices can do, and what goes on at them now. */

/** Most calls that SNAPSHOT_DEVICE_CONF lists. */
const CALLS_MAX = 16;

export const SNAPSHOT_REQUESTS: RequestTable = {
  SNAPSHOT_DEVICE_REQ: (centre, client, fields) => {
    const device = phoneOf(fields.AgentInstrument) ?? centre.boundDevice(client);
    if (device === null || !centre.knowsDevice(device)) return control(CONTROL.INVALID_DEVICE);
    if (!centre.mayControl(client, device)) return control(CONTROL.PRIVILEGE_VIOLATION);
    const calls = centre.calls.callsAt(device).slice(0, CALLS_MAX);
    return {
      conf: 'SNAPSHOT_DEVICE_CONF',
      fields: { calls: calls.map((call) => callAt(centre, call, device)) },
    };
  },

  SNAPSHOT_CALL_REQ: (centre, client, fields) => {
    const connection = connectionOf(centre, client, fields);
    if ('kind' in connection) return connection;
    const { callId, device } = connection;
    const call = callId === null ? centre.calls.callsAt(device)[0] : centre.calls.call(callId);
    if (call === undefined) return control(CONTROL.INVALID_CONNECTION);
    const own = centre.calls.callsAt(device).some(({ id }) => id === call.id);
    if (!own && !call.connections.some((party) => party.device === device))
      return control(CONTROL.INVALID_CONNECTION);
    if (!centre.mayControl(client, device)) return control(CONTROL.PRIVILEGE_VIOLATION);
    return { conf: 'SNAPSHOT_CALL_CONF', fields: snapshotOf(centre, call, device) };
  },

  QUERY_DEVICE_INFO_REQ: ({ model, dialect }, _client, fields) =>
    model.roster.hasDevice(phoneOf(fields.AgentInstrument) ?? '')
      ? { conf: 'QUERY_DEVICE_INFO_CONF', fields: { PeripheralType: dialect.peripheralType, ...PHONE } }
      : control(CONTROL.INVALID_DEVICE),
};

function callAt(centre: ContactCentre, call: CallView, device: string): Fields {
  const own = call.connections.find((connection) => connection.device === device);
  return {
    ...connectionFields('CallConnection', { callId: call.id, device }),
    // A call that is being wrapped up has no connection any more.
    CallState: ENUMS.LocalConnectionState[own?.state ?? 'NULL'],
    SilentMonitorStatus: own?.listening
      ? SilentMonitorStatus.INITIATOR
      : centre.supervisions.isTarget(device)
        ? SilentMonitorStatus.TARGET
        : SilentMonitorStatus.NORMAL,
  };
}

function snapshotOf(centre: ContactCentre, call: CallView, device: string): Fields {
  const own = call.connections.find((connection) => connection.device === device);
  return {
    CallType: callTypeNumber(own?.callType ?? call.type),
    ...callDataAtDevice(call.data, own),
    ...routerKey(call.data),
    callDevices: callDevices(call),
    // A monitor call belongs to the connection that it listens to.
    ...originFields(call, centre.supervisions.targetOf(call.id) ?? device),
  };
}

const bits = (mask: Readonly<Record<string, number>>, names: readonly string[]): number =>
  names.reduce((sum, name) => sum | (mask[name] ?? 0), 0) >>> 0;

const EVENTS = [
  'CALL_DELIVERED',
  'CALL_QUEUED',
  'CALL_ESTABLISHED',
  'CALL_HELD',
  'CALL_RETRIEVED',
  'CALL_CLEARED',
  'CALL_CONNECTION_CLEARED',
  'CALL_ORIGINATED',
  'CALL_CONFERENCED',
  'CALL_TRANSFERRED',
  'CALL_DIVERTED',
  'CALL_SERVICE_INITIATED',
  'BEGIN_CALL',
  'END_CALL',
  'CALL_DATA_UPDATE',
  'CALL_FAILED',
  'CALL_REACHED_NETWORK',
  'CALL_DEQUEUED',
  'AGENT_PRE_CALL',
  'AGENT_PRE_CALL_ABORT',
] as const satisfies readonly (keyof typeof CallMsgMask)[];

/** Everything but predictive dialling. */
const CONTROLS = Object.keys(CallControlMask).filter((name) => name !== 'MAKE_PREDICTIVE_CALL');

/** The phone as QUERY_DEVICE_INFO_CONF describes it. */
const PHONE: Fields = {
  TypeOfDevice: TypeOfDevice.STATION,
  ClassOfDevice: ClassOfDevice.VOICE,
  NumLines: 1,
  Reserved: 0,
  MaxActiveCalls: 1,
  MaxHeldCalls: 1,
  MaxDevicesInConference: 16,
  MakeCallSetup: bits(AgentStateMask, ['NOT_READY', 'AVAILABLE', 'WORK_NOT_READY', 'WORK_READY']),
  TransferConferenceSetup:
    TransferConferenceSetup.CONF_SETUP_CONSULT_SPECIFIC |
    TransferConferenceSetup.CONF_SETUP_ANY_SINGLE_CALL |
    TransferConferenceSetup.TRANS_SETUP_ANY_SINGLE_CALL,
  CallEventsSupported: bits(CallMsgMask, EVENTS),
  CallControlSupported: bits(CallControlMask, CONTROLS),
  OtherFeaturesSupported: OtherFeatures.UNIQUE_CONSULT_CALLID,
  lines: [{ LineHandle: 0, LineType: LineType.UNKNOWN }],
};
