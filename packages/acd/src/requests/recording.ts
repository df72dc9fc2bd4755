import { FailureStatus, type Fields, type MessageName, ServerMode } from '@poise/ged188';
import type { CtiClient } from '../client.ts';
import type { ContactCentre } from '../contact-centre.ts';
import { RECORDING_SERVICE, type RecordingRequest } from '../recording-servers.ts';
import { connectionOf, controlled } from './connection.ts';
import {
  type Answer,
  CONTROL,
  control,
  type Handler,
  type Reply,
  type RequestTable,
  status,
} from './request.ts';

const MODES: readonly number[] = Object.values(ServerMode);

/**
 * Recording (ged188.md 11). Registered applications (SERVER service) are passed the requests on; without one the
 * switch itself records: then the session number is the call's, and START and STOP are told to no other client.
 */
export const RECORDING_REQUESTS: RequestTable = {
  REGISTER_SERVICE_REQ: ({ recordingServers }, client, fields) => {
    const mode = Number(fields.ServerMode);
    if (fields.ServiceName !== RECORDING_SERVICE) return status(FailureStatus.INVALID_SERVICE);
    if (!MODES.includes(mode)) return status(FailureStatus.BAD_MESSAGE_FORMAT);
    const id = recordingServers.register(client, mode);
    if (id === null) return status(FailureStatus.SERVICE_CONFLICT);
    return { conf: 'REGISTER_SERVICE_CONF', fields: { RegisteredServiceID: id } };
  },
  UNREGISTER_SERVICE_REQ: ({ recordingServers }, client, fields) =>
    recordingServers.unregister(client, Number(fields.RegisteredServiceID))
      ? { conf: 'UNREGISTER_SERVICE_CONF' }
      : status(FailureStatus.INVALID_SERVICE),

  START_RECORDING_REQ: (centre, client, fields, invokeId) =>
    record(centre, client, fields, invokeId, 'START_RECORDING_REQ', (callId) => ({
      conf: 'START_RECORDING_CONF',
      fields: { SessionID: callId ?? 0, ServerData: 0 },
    })),
  STOP_RECORDING_REQ: (centre, client, fields, invokeId) =>
    record(centre, client, fields, invokeId, 'STOP_RECORDING_REQ', () => ({ conf: 'STOP_RECORDING_CONF' })),

  START_RECORDING_CONF: passedBack('START_RECORDING_CONF'),
  STOP_RECORDING_CONF: passedBack('STOP_RECORDING_CONF'),
  FAILURE_CONF: passedBack('FAILURE_CONF'),
  CONTROL_FAILURE_CONF: passedBack('CONTROL_FAILURE_CONF'),
};

/** What a registered application answers. */
function passedBack<Name extends MessageName>(name: Name): Handler<Name> {
  return ({ recordingServers }, client, fields) => {
    recordingServers.answered(client, { name, fields });
    return 'none';
  };
}

/** @param bySwitch the confirmation where no server is registered, told the number of the call that is recorded */
function record(
  centre: ContactCentre,
  client: CtiClient,
  fields: Fields,
  invokeId: number,
  name: RecordingRequest,
  bySwitch: (callId: number | null) => Reply,
): Answer {
  const connection = connectionOf(centre, client, fields);
  if ('kind' in connection) return connection;
  const { recordingServers } = centre;
  const { callId, device } = connection;
  if (recordingServers.none) {
    const request = { type: 'record', connection, on: name === 'START_RECORDING_REQ' } as const;
    return controlled(centre, client, invokeId, device, request, ({ call }) => bySwitch(call?.id ?? callId));
  }
  if (!centre.mayControl(client, device)) return control(CONTROL.PRIVILEGE_VIOLATION);
  const parties = callId === null ? [] : (centre.calls.call(callId)?.connections ?? []);
  if (callId !== null && !parties.some((party) => party.device === device))
    return control(CONTROL.INVALID_CONNECTION);
  return recordingServers.passOn(client, invokeId, name, fields);
}
