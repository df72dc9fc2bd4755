/** Bodies of POST User/{id}/Dialogs and PUT Dialog/{id}: what can be judged without knowing the call. */
import type { Element } from '@poise/xml';
import { failure } from '../domain/errors.ts';
import { CANCEL_CALLBACK, CLASSIFICATIONS, callbackAt, callbackTo } from '../domain/outbound.ts';
import type { Deployment } from '../domain/profile.ts';
import { type CallDataRequest, readCallData } from './call-data-request.ts';
import { childText, lastChild, type Reading, refuse } from './request.ts';

/** A call to be made or watched. */
export type NewDialogRequest =
  | {
      readonly action: 'MAKE_CALL';
      readonly fromAddress: string;
      readonly toAddress: string;
      readonly data: CallDataRequest;
    }
  | {
      readonly action: 'CONSULT_CALL' | 'SILENT_MONITOR';
      readonly fromAddress: string;
      readonly toAddress: string;
    }
  | {
      readonly action: 'BARGE_CALL';
      readonly fromAddress: string;
      readonly toAddress: string;
      readonly monitorDialogId: string;
    };

/** Actions of task routing, which no voice dialog has. */
export type ForeignAction = 'START' | 'PAUSE' | 'RESUME' | 'WRAP_UP';

/** Actions of the outbound option. */
export type OutboundAction =
  | 'ACCEPT'
  | 'CLOSE'
  | 'REJECT'
  | 'RECLASSIFY'
  | 'UPDATE_SCHEDULED_CALLBACK'
  | 'CANCEL_SCHEDULED_CALLBACK';

/** What is asked of a dialog, without the leg. */
export type DialogActionRequest =
  | {
      readonly action:
        | 'ANSWER'
        | 'HOLD'
        | 'RETRIEVE'
        | 'DROP'
        | 'TRANSFER'
        | 'CONFERENCE'
        | 'START_RECORDING';
    }
  | { readonly action: 'CONSULT_CALL' | 'TRANSFER_SST'; readonly toAddress: string }
  | { readonly action: 'SEND_DTMF'; readonly digits: string }
  | { readonly action: 'UPDATE_CALL_DATA'; readonly data: CallDataRequest }
  | { readonly action: 'PARTICIPANT_DROP' }
  /** What BAResponse is set to, one text after the other. */
  | { readonly action: OutboundAction; readonly responses: readonly string[] }
  | { readonly action: ForeignAction };

export interface DialogRequest {
  /** Undefined only where it may be left out (UPDATE_CALL_DATA). */
  readonly targetMediaAddress: string | undefined;
  readonly request: DialogActionRequest;
}

/** DialedNumber of GED-188 has room for 40 bytes with its end. Any ASCII, no digit conversion (rest-api.md 5). */
const ADDRESS = /^[\x20-\x7e]{1,39}$/;
/** An id is a ConnectionCallID: 32 bits without sign. */
const DIALOG_URI = /^(?:https?:\/\/[^/]{1,255})?\/finesse\/api\/Dialog\/(\d{1,10})\/?$/;
/** DTMFString of GED-188 has room for 32 bytes with its end. */
const DTMF: Readonly<Record<Deployment, RegExp>> = {
  CCE: /^[0-9*#A-D]{1,31}$/,
  CCX: /^[0-9*#]{1,31}$/,
};

const missing = (name: string) => refuse(failure('PARAMETER_MISSING', name, `${name} Parameter missing`));
const invalid = (name: string) =>
  refuse(failure('INVALID_INPUT', name, `Invalid ${name} specified for dialog`));

// ---- POST User/{id}/Dialogs ----------------------------------------------------------------------

export function readNewDialog(root: Element, deployment: Deployment): Reading<NewDialogRequest> {
  const action = childText(root, 'requestedAction');
  if (action === undefined) return missing('requestedAction');
  if (
    action !== 'MAKE_CALL' &&
    action !== 'CONSULT_CALL' &&
    action !== 'SILENT_MONITOR' &&
    action !== 'BARGE_CALL'
  )
    return invalid('requestedAction');
  const from = readAddress(root, 'fromAddress');
  if (!from.ok) return from;
  const to = readAddress(root, 'toAddress');
  if (!to.ok) return to;
  const addresses = { fromAddress: from.value, toAddress: to.value };
  if (action === 'BARGE_CALL') {
    const uri = childText(root, 'associatedDialogUri');
    if (uri === undefined) return missing('associatedDialogUri');
    const monitorDialogId = DIALOG_URI.exec(uri)?.[1];
    if (monitorDialogId === undefined) return invalid('associatedDialogUri');
    return { ok: true, value: { action, ...addresses, monitorDialogId } };
  }
  if (action !== 'MAKE_CALL') return { ok: true, value: { action, ...addresses } };
  const data = readDataOfNewCall(root, deployment);
  return data.ok ? { ok: true, value: { action, ...addresses, data: data.value } } : data;
}

function readDataOfNewCall(root: Element, deployment: Deployment): Reading<CallDataRequest> {
  const properties = lastChild(root, 'mediaProperties');
  if (properties === undefined) return { ok: true, value: {} };
  if (deployment === 'CCX') return invalid('mediaProperties');
  if (lastChild(properties, 'wrapUpReason') !== undefined) return invalid('wrapUpReason');
  return readCallData(properties, deployment);
}

// ---- PUT Dialog/{id} -----------------------------------------------------------------------------

type Reader = (root: Element, deployment: Deployment) => Reading<DialogActionRequest>;

const plain =
  (action: 'ANSWER' | 'HOLD' | 'RETRIEVE' | 'DROP' | 'TRANSFER' | 'CONFERENCE' | 'START_RECORDING'): Reader =>
  () => ({ ok: true, value: { action } });

const towards =
  (action: 'CONSULT_CALL' | 'TRANSFER_SST'): Reader =>
  (root) => {
    const to = readAddress(root, 'toAddress');
    return to.ok ? { ok: true, value: { action, toAddress: to.value } } : to;
  };

const foreign =
  (action: ForeignAction): Reader =>
  () => ({ ok: true, value: { action } });

const outbound =
  (action: OutboundAction, read: (root: Element) => Reading<readonly string[]>): Reader =>
  (root) => {
    const responses = read(root);
    return responses.ok ? { ok: true, value: { action, responses: responses.value } } : responses;
  };

const saying = (response: string) => (): Reading<readonly string[]> => ({ ok: true, value: [response] });

interface ActionRow {
  /** The only deployment that has the action; the other one answers 501. */
  readonly only?: Deployment;
  /** targetMediaAddress may be left out. */
  readonly anyLeg?: boolean;
  readonly read: Reader;
}

/** Every word that requestedAction may be (rest-api.md 5). */
const ACTIONS: Readonly<Record<string, ActionRow>> = {
  ANSWER: { read: plain('ANSWER') },
  HOLD: { read: plain('HOLD') },
  RETRIEVE: { read: plain('RETRIEVE') },
  DROP: { read: plain('DROP') },
  TRANSFER: { read: plain('TRANSFER') },
  CONFERENCE: { read: plain('CONFERENCE') },
  START_RECORDING: { only: 'CCX', read: plain('START_RECORDING') },
  CONSULT_CALL: { read: towards('CONSULT_CALL') },
  TRANSFER_SST: { read: towards('TRANSFER_SST') },
  SEND_DTMF: { read: readDtmf },
  UPDATE_CALL_DATA: { anyLeg: true, read: readUpdate },
  PARTICIPANT_DROP: { only: 'CCE', read: () => ({ ok: true, value: { action: 'PARTICIPANT_DROP' } }) },
  ACCEPT: { read: outbound('ACCEPT', saying('Accept')) },
  CLOSE: { read: outbound('CLOSE', saying('Reject-Close')) },
  REJECT: { read: outbound('REJECT', saying('Reject')) },
  RECLASSIFY: { read: outbound('RECLASSIFY', readClassification) },
  UPDATE_SCHEDULED_CALLBACK: { read: outbound('UPDATE_SCHEDULED_CALLBACK', readCallback) },
  CANCEL_SCHEDULED_CALLBACK: { read: outbound('CANCEL_SCHEDULED_CALLBACK', saying(CANCEL_CALLBACK)) },
  START: { only: 'CCE', read: foreign('START') },
  PAUSE: { only: 'CCE', read: foreign('PAUSE') },
  RESUME: { only: 'CCE', read: foreign('RESUME') },
  WRAP_UP: { only: 'CCE', read: foreign('WRAP_UP') },
};

/** The words of requestedAction, for documentation and tests. */
export const DIALOG_REQUEST_WORDS: readonly string[] = Object.keys(ACTIONS);

export function readDialogRequest(root: Element, deployment: Deployment): Reading<DialogRequest> {
  const word = childText(root, 'requestedAction');
  if (word === undefined) return missing('requestedAction');
  const row = Object.hasOwn(ACTIONS, word) ? ACTIONS[word]! : undefined;
  if (row === undefined) return invalid('requestedAction');
  if (row.only !== undefined && row.only !== deployment)
    return refuse(failure('NOT_IMPLEMENTED', word, `${word} does not exist on ${deployment}`));
  const targetMediaAddress = childText(root, 'targetMediaAddress');
  if (targetMediaAddress === undefined && row.anyLeg !== true) return missing('targetMediaAddress');
  if (targetMediaAddress !== undefined && targetMediaAddress.length > 64)
    return invalid('targetMediaAddress');
  const request = row.read(root, deployment);
  return request.ok ? { ok: true, value: { targetMediaAddress, request: request.value } } : request;
}

function readAddress(root: Element, name: string): Reading<string> {
  const address = childText(root, name);
  if (address === undefined) return missing(name);
  return ADDRESS.test(address) ? { ok: true, value: address } : invalid(name);
}

function readUpdate(root: Element, deployment: Deployment): Reading<DialogActionRequest> {
  const properties = lastChild(root, 'mediaProperties');
  if (properties === undefined) return missing('mediaProperties');
  const data = readCallData(properties, deployment);
  if (!data.ok) return data;
  // Nothing to set would be nothing to answer.
  if (Object.keys(data.value).length === 0) return missing('callvariables');
  return { ok: true, value: { action: 'UPDATE_CALL_DATA', data: data.value } };
}

/** Value of the last ActionParam of that name; undefined when there is none. */
function actionParam(root: Element, name: string): string | undefined {
  const params = lastChild(root, 'actionParams')?.elements('ActionParam') ?? [];
  const param = params.filter((candidate) => childText(candidate, 'name') === name).at(-1);
  return param === undefined ? undefined : childText(param, 'value');
}

function readDtmf(root: Element, deployment: Deployment): Reading<DialogActionRequest> {
  if (lastChild(root, 'actionParams') === undefined) return missing('actionParams');
  const digits = actionParam(root, 'dtmfString');
  if (digits === undefined) return missing('dtmfString');
  if (!DTMF[deployment].test(digits)) return invalid('dtmfString');
  return { ok: true, value: { action: 'SEND_DTMF', digits } };
}

function readClassification(root: Element): Reading<readonly string[]> {
  const value = actionParam(root, 'outboundClassification');
  if (value === undefined) return missing('outboundClassification');
  const response = Object.hasOwn(CLASSIFICATIONS, value) ? CLASSIFICATIONS[value] : undefined;
  return response === undefined ? invalid('outboundClassification') : { ok: true, value: [response] };
}

/** A number and a time are told one after the other: the variable holds one of them. */
function readCallback(root: Element): Reading<readonly string[]> {
  const time = actionParam(root, 'callbackTime');
  const number = actionParam(root, 'callbackNumber');
  if (time === undefined && number === undefined) return missing('callbackTime');
  if (time !== undefined && !isLocalTime(time)) return invalid('callbackTime');
  if (number !== undefined && !ADDRESS.test(number)) return invalid('callbackNumber');
  return {
    ok: true,
    value: [
      ...(number === undefined ? [] : [callbackTo(number)]),
      ...(time === undefined ? [] : [callbackAt(time)]),
    ],
  };
}

/** A minute that the calendar has, e.g. 2014-03-07T14:30. */
function isLocalTime(text: string): boolean {
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text) ? Date.parse(`${text}Z`) : Number.NaN;
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}
