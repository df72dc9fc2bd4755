import { CallMannerType, ConsultType, FailureStatus, type Fields, type MessageName } from '@poise/ged188';
import type { Failure } from '../agent-model.ts';
import { connectionFields, lineFields, partyFields } from '../call-fields.ts';
import type { CallOutcome, CallRequest, ConnectionWish } from '../calls/call-request.ts';
import type { CtiClient } from '../client.ts';
import type { ContactCentre } from '../contact-centre.ts';
import { dataOf } from './call-data.ts';
import { actingDevice, callNumber, connectionOf, controlled, number, string } from './connection.ts';
import { CONTROL, control, phoneOf, type RequestTable, status } from './request.ts';

/** Requests that act on calls, as a table: how each is read, and what its confirmation tells. */

/** A request for the model, and the device that acts: whoever may control that one may make the request. */
interface Demand {
  readonly device: string;
  readonly request: CallRequest;
}
type Confirmed = Extract<CallOutcome, { ok: true }>;

interface Row {
  readonly read: (centre: ContactCentre, client: CtiClient, fields: Fields) => Demand | Failure;
  readonly conf: MessageName;
  readonly fields?: (outcome: Confirmed) => Fields;
}

/** Enumerations that the model has no use for, but that must hold a value of theirs: greatest value, refusal. */
const CHECKED: readonly (readonly [field: string, max: number, failure: number])[] = [
  ['CallPlacementType', 6, FailureStatus.INVALID_CALL_PLACEMENT_TYPE],
  ['CallMannerType', 4, FailureStatus.INVALID_CALL_MANNER_TYPE],
  ['CallOption', 6, FailureStatus.INVALID_CALL_OPTION],
  ['FacilityType', 2, FailureStatus.INVALID_FACILITY_TYPE],
  ['AnsweringMachine', 5, FailureStatus.INVALID_ANSWERING_MACHINE],
];

const PURPOSES: ReadonlyMap<number, 'unspecified' | 'transfer' | 'conference'> = new Map([
  [ConsultType.UNSPECIFIED, 'unspecified'],
  [ConsultType.TRANSFER, 'transfer'],
  [ConsultType.CONFERENCE, 'conference'],
]);

const DTMF_DIGITS = /^[0-9*#A-Da-d,]+$/;

const TABLE: Partial<Record<MessageName, Row>> = {
  ANSWER_CALL_REQ: { read: single('answer'), conf: 'ANSWER_CALL_CONF' },
  HOLD_CALL_REQ: { read: single('hold'), conf: 'HOLD_CALL_CONF' },
  RETRIEVE_CALL_REQ: { read: single('retrieve', 'Held'), conf: 'RETRIEVE_CALL_CONF' },
  CLEAR_CALL_REQ: { read: single('clearCall'), conf: 'CLEAR_CALL_CONF' },

  CLEAR_CONNECTION_REQ: {
    conf: 'CLEAR_CONNECTION_CONF',
    read: (centre, client, fields) => {
      const connection = connectionOf(centre, client, fields);
      if ('kind' in connection) return connection;
      // A bridge that names nobody acts for the party that leaves.
      const requesting =
        string(fields.RequestingDeviceID) ?? actingDevice(centre, client, fields) ?? connection.device;
      return { device: requesting, request: { type: 'clear', connection, requesting } };
    },
  },

  MAKE_CALL_REQ: {
    conf: 'MAKE_CALL_CONF',
    fields: newConnection,
    read: (centre, client, fields) => {
      const device = actingDevice(centre, client, fields);
      const dialed = string(fields.DialedNumber);
      if (device === null || dialed === undefined) return status(FailureStatus.REQUIRED_DATA_MISSING);
      if (!centre.model.roster.hasDevice(device)) return control(CONTROL.INVALID_DEVICE);
      const data = dialData(fields);
      if ('kind' in data) return data;
      const belligerent = fields.CallMannerType === CallMannerType.BELLIGERENT;
      return { device, request: { type: 'make', device, dialed, belligerent, data } };
    },
  },

  CONSULTATION_CALL_REQ: {
    conf: 'CONSULTATION_CALL_CONF',
    fields: newConnection,
    read: (centre, client, fields) => {
      const active = ownConnection(centre, client, fields, 'Active');
      if ('kind' in active) return active;
      const dialed = string(fields.DialedNumber);
      if (dialed === undefined) return status(FailureStatus.REQUIRED_DATA_MISSING);
      const purpose = PURPOSES.get(number(fields.ConsultType) ?? ConsultType.UNSPECIFIED);
      if (purpose === undefined) return control(CONTROL.INVALID_CONSULT_TYPE);
      const data = dialData(fields);
      if ('kind' in data) return data;
      return { device: active.device, request: { type: 'consult', active, dialed, purpose, data } };
    },
  },

  ALTERNATE_CALL_REQ: { read: pair('alternate', 'Other'), conf: 'ALTERNATE_CALL_CONF' },
  RECONNECT_CALL_REQ: { read: pair('reconnect', 'Held'), conf: 'RECONNECT_CALL_CONF' },
  TRANSFER_CALL_REQ: {
    read: completion('transfer', 'singleStepTransfer'),
    conf: 'TRANSFER_CALL_CONF',
    fields: newCall,
  },
  CONFERENCE_CALL_REQ: {
    read: completion('conference', 'singleStepConference'),
    conf: 'CONFERENCE_CALL_CONF',
    fields: newCall,
  },

  DEFLECT_CALL_REQ: {
    conf: 'DEFLECT_CALL_CONF',
    read: (centre, client, fields) => {
      const connection = ownConnection(centre, client, fields);
      if ('kind' in connection) return connection;
      const to = string(fields.CalledDeviceID);
      if (to === undefined) return status(FailureStatus.REQUIRED_DATA_MISSING);
      return { device: connection.device, request: { type: 'deflect', connection, to } };
    },
  },

  SEND_DTMF_SIGNAL_REQ: {
    conf: 'SEND_DTMF_SIGNAL_CONF',
    read: (centre, client, fields) => {
      const connection = ownConnection(centre, client, fields);
      if ('kind' in connection) return connection;
      const digits = string(fields.DTMFString);
      if (digits === undefined) return status(FailureStatus.REQUIRED_DATA_MISSING);
      if (!DTMF_DIGITS.test(digits)) return status(FailureStatus.INVALID_DIGITS);
      return { device: connection.device, request: { type: 'dtmf', connection, digits } };
    },
  },
};

export const CALL_CONTROL_REQUESTS: RequestTable = Object.fromEntries(
  Object.entries(TABLE).map(([name, { read, conf, fields: told }]) => [
    name,
    (centre: ContactCentre, client: CtiClient, fields: Fields, invokeId: number) => {
      const wrong = CHECKED.find(([field, max]) => Number(fields[field] ?? 0) > max);
      if (wrong) return status(wrong[2]);
      const demand = read(centre, client, fields);
      if ('kind' in demand) return demand;
      return controlled(centre, client, invokeId, demand.device, demand.request, (outcome) => ({
        conf,
        fields: told?.(outcome) ?? {},
      }));
    },
  ]),
);

/** A connection that only its own device acts on: an AgentInstrument that says otherwise contradicts it. */
function ownConnection(
  centre: ContactCentre,
  client: CtiClient,
  fields: Fields,
  prefix = '',
): ConnectionWish | Failure {
  const connection = connectionOf(centre, client, fields, prefix);
  if ('kind' in connection) return connection;
  const instrument = phoneOf(string(fields.AgentInstrument));
  if (instrument !== undefined && instrument !== connection.device)
    return status(FailureStatus.INCONSISTENT_AGENT_DATA);
  return connection;
}

function single(type: 'answer' | 'hold' | 'retrieve' | 'clearCall', prefix = ''): Row['read'] {
  return (centre, client, fields) => {
    const connection = ownConnection(centre, client, fields, prefix);
    return 'kind' in connection ? connection : { device: connection.device, request: { type, connection } };
  };
}

function pair(
  type: 'alternate' | 'reconnect' | 'transfer' | 'conference',
  other: 'Other' | 'Held',
): Row['read'] {
  return (centre, client, fields) => {
    const active = ownConnection(centre, client, fields, 'Active');
    if ('kind' in active) return active;
    const named = string(fields[`${other}ConnectionDeviceID`]) ?? active.device;
    const held = connectionOf(centre, client, { ...fields, [`${other}ConnectionDeviceID`]: named }, other);
    if ('kind' in held) return held;
    if (held.device !== active.device) return control(CONTROL.INVALID_CONNECTION);
    return { device: active.device, request: { type, active, held } };
  };
}

/** TRANSFER and CONFERENCE: of two calls, or with a number and no held call in a single step. */
function completion(
  type: 'transfer' | 'conference',
  singleStep: 'singleStepTransfer' | 'singleStepConference',
): Row['read'] {
  const ofTwo = pair(type, 'Held');
  return (centre, client, fields) => {
    const dialed = string(fields.DialedNumber);
    if (callNumber(fields.HeldConnectionCallID) !== null || dialed === undefined)
      return ofTwo(centre, client, fields);
    const active = ownConnection(centre, client, fields, 'Active');
    if ('kind' in active) return active;
    const present = active.callId === null ? undefined : centre.calls.call(active.callId)?.data;
    const data = dataOf(fields, present);
    if ('kind' in data) return data;
    return { device: active.device, request: { type: singleStep, active, dialed, data } };
  };
}

/** Data of a call that does not exist yet. */
const dialData = (fields: Fields) => dataOf(fields);

/** MAKE_CALL_CONF, CONSULTATION_CALL_CONF: the connection of the device that dialled. */
function newConnection({ connection, call }: Confirmed): Fields {
  return {
    ...connectionFields('NewConnection', connection ?? null),
    ...lineFields('station', call?.type ?? 'UNMONITORED'),
  };
}

/** TRANSFER_CALL_CONF, CONFERENCE_CALL_CONF: the call that goes on, and who is in it from now on. */
function newCall(outcome: Confirmed): Fields {
  return { ...newConnection(outcome), parties: partyFields(outcome.parties ?? []) };
}
