import { type CtiMessage, FailureStatus, type Fields, type MessageName } from '@poise/ged188';
import type { CtiClient } from './client.ts';
import type { ContactCentre } from './contact-centre.ts';
import { isOwnPeripheral } from './open-request.ts';
import { AGENT_REQUESTS } from './requests/agent.ts';
import { CALL_CONTROL_REQUESTS } from './requests/call-control.ts';
import { CALL_DATA_REQUESTS } from './requests/call-data.ts';
import { CONFIGURATION_REQUESTS } from './requests/configuration.ts';
import { MONITOR_REQUESTS } from './requests/monitor.ts';
import { RECORDING_REQUESTS } from './requests/recording.ts';
import {
  type Answer,
  CONTROL,
  control,
  type Handler,
  NULL_ID,
  type RequestTable,
  sendAnswer,
  status,
} from './requests/request.ts';
import { SNAPSHOT_REQUESTS } from './requests/snapshot.ts';
import { STATISTICS_REQUESTS } from './requests/statistics.ts';
import { SUPERVISE_REQUESTS } from './requests/supervise.ts';
import { MISCELLANEOUS_REQUESTS } from './requests/user-message.ts';

/**
 * What each request of a client does, as a table in parts; the session has already refused requests whose service
 * it was not granted. Every request gets exactly one answer (LIST_AGENT_TEAM several parts of one); what is not in
 * the table is answered with FAILURE_CONF 12.
 */
const TABLE: RequestTable = {
  ...AGENT_REQUESTS,
  ...CALL_CONTROL_REQUESTS,
  ...CALL_DATA_REQUESTS,
  ...CONFIGURATION_REQUESTS,
  ...MISCELLANEOUS_REQUESTS,
  ...MONITOR_REQUESTS,
  ...RECORDING_REQUESTS,
  ...SNAPSHOT_REQUESTS,
  ...STATISTICS_REQUESTS,
  ...SUPERVISE_REQUESTS,
  // The dialer and greetings are features that this switch does not have.
  MAKE_PREDICTIVE_CALL_REQ: () => control(CONTROL.INVALID_FEATURE),
  AGENT_GREETING_CONTROL_REQ: () => control(CONTROL.INVALID_FEATURE),
};

/** Answers one request of an open session. */
export function answer(centre: ContactCentre, client: CtiClient, request: CtiMessage): void {
  const name = request.name as MessageName;
  const fields = request.fields;
  const invokeId = typeof fields.InvokeID === 'number' ? fields.InvokeID : null;
  const result = resultOf(centre, client, name, fields, invokeId ?? 0);
  if (result === 'later' || result === 'none' || invokeId === null) return;
  sendAnswer(client, invokeId, result);
}

function resultOf(
  centre: ContactCentre,
  client: CtiClient,
  name: MessageName,
  fields: Fields,
  invokeId: number,
): Answer {
  const peripheral = fields.PeripheralID;
  if (
    typeof peripheral === 'number' &&
    peripheral !== NULL_ID &&
    !isOwnPeripheral(peripheral, centre.dialect)
  ) {
    return status(FailureStatus.INVALID_PERIPHERAL_ID);
  }
  const handle = TABLE[name] as Handler<MessageName> | undefined;
  return handle?.(centre, client, fields as never, invokeId) ?? status(FailureStatus.FUNCTION_NOT_AVAILABLE);
}
