import type { Fields, FieldsOf, MessageName } from '@poise/ged188';
import type { AgentView, Failure } from '../agent-model.ts';
import type { CtiClient } from '../client.ts';
import type { ContactCentre } from '../contact-centre.ts';

/** What the tables of requests have in common: rows, answers, and how failures are written. */

/** A confirmation without the InvokeID, or a refusal. */
export type Reply = { readonly conf: MessageName; readonly fields?: Fields } | Failure;
/** Answer to a request; `later`: it answers by itself, `none`: the request has no answer. */
export type Answer = Reply | 'later' | 'none';

export type Handler<Name extends MessageName> = (
  centre: ContactCentre,
  client: CtiClient,
  fields: FieldsOf<Name> & Fields,
  invokeId: number,
) => Answer;

/** Rows of a table of requests: name → what it does. */
export type RequestTable = { readonly [Name in MessageName]?: Handler<Name> };

/** "None" in UINT and USHORT fields. */
export const NULL_ID = 0xffffffff;
export const NULL_SHORT = 0xffff;

/** ControlFailureCode values that requests are refused with before they reach a model. */
export const CONTROL = {
  VALUE_OUT_OF_RANGE: 3,
  PRIVILEGE_VIOLATION: 8,
  INVALID_DEVICE: 12,
  INVALID_CONNECTION: 13,
  INVALID_FEATURE: 15,
  RESOURCE_OUT_OF_SERVICE: 34,
  OUTSTANDING_REQUEST_LIMIT: 44,
  INVALID_AGENT_ID: 256,
  INVALID_CONSULT_TYPE: 273,
} as const;

/** FAILURE_CONF with a FailureStatus. */
export const status = (code: number): Failure => ({ kind: 'status', status: code });
/** CONTROL_FAILURE_CONF with a ControlFailureCode. */
export const control = (code: number, peripheral = 0): Failure => ({ kind: 'control', code, peripheral });

/** An empty text counts as absent. */
export function text(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

/** The phone of an AgentInstrument; a mobile agent's is written "instrument;phone". */
export function phoneOf(instrument: string | undefined): string | undefined {
  return text(instrument?.split(';', 1)[0]);
}

/** Whoever AgentInstrument, AgentExtension or AgentID name. Undefined: nobody is named, or nobody is known. */
export function agentNamed(
  { model }: ContactCentre,
  fields: {
    readonly AgentID?: string;
    readonly AgentInstrument?: string;
    readonly AgentExtension?: string;
  },
): AgentView | undefined {
  const phone = phoneOf(fields.AgentInstrument) ?? text(fields.AgentExtension);
  if (phone !== undefined) return model.agentOn(phone);
  const id = text(fields.AgentID);
  return id === undefined ? undefined : model.agent(id);
}

/** Sends a confirmation or a refusal. */
export function sendAnswer(client: CtiClient, invokeId: number, result: Reply): void {
  if ('conf' in result) client.send({ name: result.conf, fields: { InvokeID: invokeId, ...result.fields } });
  else if (result.kind === 'status')
    client.send({ name: 'FAILURE_CONF', fields: { InvokeID: invokeId, Status: result.status } });
  else {
    client.send({
      name: 'CONTROL_FAILURE_CONF',
      fields: { InvokeID: invokeId, FailureCode: result.code, PeripheralErrorCode: result.peripheral },
    });
  }
}
