import { ConnectionDeviceIDType, FailureStatus, type Fields } from '@poise/ged188';
import type { Failure } from '../agent-model.ts';
import type { CallOutcome, CallRequest, ConnectionWish } from '../calls/call-request.ts';
import type { CtiClient } from '../client.ts';
import type { ContactCentre } from '../contact-centre.ts';
import {
  type Answer,
  CONTROL,
  control,
  NULL_ID,
  NULL_SHORT,
  phoneOf,
  type Reply,
  status,
  text,
} from './request.ts';

/** The connection that a request names, and the way of a request to the call model. */

const ID_TYPES: readonly number[] = [ConnectionDeviceIDType.STATIC, NULL_SHORT];

/**
 * The connection in the fields of a prefix ("Active", "Held", "" …). The device may be left out where AgentInstrument
 * or the session's own phone says it; the call number may be "none".
 * @param unknown the refusal of a call number that does not exist
 */
export function connectionOf(
  centre: ContactCentre,
  client: CtiClient,
  fields: Fields,
  prefix = '',
  unknown: Failure = control(CONTROL.INVALID_CONNECTION),
): ConnectionWish | Failure {
  const type = number(fields[`${prefix}ConnectionDeviceIDType`]) ?? ConnectionDeviceIDType.STATIC;
  if (!ID_TYPES.includes(type)) return status(FailureStatus.INVALID_CONNECTION_ID_TYPE);
  const device = string(fields[`${prefix}ConnectionDeviceID`]) ?? actingDevice(centre, client, fields);
  if (device === null) return status(FailureStatus.REQUIRED_DATA_MISSING);
  const callId = callNumber(fields[`${prefix}ConnectionCallID`]);
  if (callId !== null && !centre.calls.call(callId)) return unknown;
  return { callId, device };
}

/** The phone that acts: AgentInstrument, else the session's own. */
export function actingDevice(centre: ContactCentre, client: CtiClient, fields: Fields): string | null {
  return phoneOf(string(fields.AgentInstrument)) ?? centre.boundDevice(client);
}

/** A request goes to the model if its client may control the device that acts. */
export function controlled(
  centre: ContactCentre,
  client: CtiClient,
  invokeId: number,
  device: string,
  request: CallRequest,
  confirm: (outcome: Extract<CallOutcome, { ok: true }>) => Reply,
): Answer {
  if (!centre.mayControl(client, device)) return control(CONTROL.PRIVILEGE_VIOLATION);
  return centre.controlCall(client, invokeId, request, confirm);
}

/** A call number; null: none. */
export function callNumber(value: Fields[string]): number | null {
  const id = number(value) ?? NULL_ID;
  return id === NULL_ID ? null : id;
}

export const number = (value: Fields[string]): number | undefined =>
  typeof value === 'number' ? value : undefined;

export const string = (value: Fields[string]): string | undefined =>
  text(typeof value === 'string' ? value : undefined);
