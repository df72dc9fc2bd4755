import { connectionOf, controlled } from './connection.ts';
import type { RequestTable } from './request.ts';

/**
 * Recording without a registered recording application (SERVER service): the switch itself records. The session
 * number is the call's; START and STOP are told to no other client.
 */
export const RECORDING_REQUESTS: RequestTable = {
  START_RECORDING_REQ: (centre, client, fields, invokeId) => {
    const connection = connectionOf(centre, client, fields);
    if ('kind' in connection) return connection;
    const request = { type: 'record', connection, on: true } as const;
    return controlled(centre, client, invokeId, connection.device, request, () => ({
      conf: 'START_RECORDING_CONF',
      fields: { SessionID: connection.callId ?? 0, ServerData: 0 },
    }));
  },
  STOP_RECORDING_REQ: (centre, client, fields, invokeId) => {
    const connection = connectionOf(centre, client, fields);
    if ('kind' in connection) return connection;
    const request = { type: 'record', connection, on: false } as const;
    return controlled(centre, client, invokeId, connection.device, request, () => ({
      conf: 'STOP_RECORDING_CONF',
    }));
  },
};
