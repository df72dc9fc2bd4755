/**
 * What one node tells the others of a request, as JSON, and how it is read: strictly, because what comes from outside may be of any form
 * (docs/cluster.md). Told is what decides which event is the outcome, and nothing else: no password, no digits, no number that is called.
 */
import type { MobileAgent } from '../domain/agents.ts';
import type { NamedCallVariable } from '../domain/dialog.ts';
import type { AsyncError } from '../domain/errors.ts';
import type { Cause } from '../happenings.ts';
import type { AgentRequestData, OwnEnd } from './agent-request.ts';
import type { DialogRequestData, DialogWish } from './dialog-request.ts';
import type { ToldOutcome } from './foreign-requests.ts';
import {
  flag,
  list,
  type Members,
  members,
  name,
  oneOf,
  readOrigin,
  text,
  textOf,
  VALUE_MAX,
  WordError,
  whole,
} from './word-members.ts';

/** The word that a request goes to the CTI server. */
export interface AskedWord<D> {
  /** Its number at the process that made it. */
  readonly number: number;
  readonly data: D;
  /** How long the node itself may take to answer it, ms. */
  readonly withinMs: number;
}

/** The word that it is over. */
export interface EndedWord<D> {
  readonly number: number;
  readonly data: D;
  readonly outcome: ToldOutcome;
  readonly end: OwnEnd['type'];
}

/** Longest time that a node may take, ms. */
export const WITHIN_MAX_MS = 300_000;
// ---- what is told --------------------------------------------------------------------------------

export const agentWord = ({ forced: _, singleSignOn: __, node: ___, cause, ...data }: AgentRequestData) => ({
  ...data,
  cause: causeWord(cause),
});

export const dialogWord = ({ wish, node: _, cause, ...data }: DialogRequestData) => ({
  ...data,
  wish: wishWord(wish),
  cause: causeWord(cause),
});

/** What others need of a cause. */
export const causeWord = ({ nocache, requestId, user }: Cause): Cause => ({ nocache, requestId, user });

function wishWord(wish: DialogWish): DialogWish {
  switch (wish.verb) {
    case 'MAKE_CALL':
      return { verb: wish.verb, toAddress: '', data: {} };
    case 'CONSULT_CALL':
    case 'TRANSFER_SST':
      return { verb: wish.verb, toAddress: '' };
    case 'SEND_DTMF':
      return { verb: wish.verb, digits: '' };
    default:
      return wish;
  }
}

/** Named variables, and responses, of one request. */
const NAMED_MAX = 256;
const RESPONSES_MAX = 16;

// ---- how it is read ------------------------------------------------------------------------------

/** @throws {WordError} */
export const readAgentAsked = (body: unknown, node: string): AskedWord<AgentRequestData> =>
  readAsked(body, (data) => readAgentData(data, node));
/** @throws {WordError} */
export const readAgentEnded = (body: unknown, node: string): EndedWord<AgentRequestData> =>
  readEnded(body, (data) => readAgentData(data, node));
/** @throws {WordError} */
export const readDialogAsked = (body: unknown, node: string): AskedWord<DialogRequestData> =>
  readAsked(body, (data) => readDialogData(data, node));
/** @throws {WordError} */
export const readDialogEnded = (body: unknown, node: string): EndedWord<DialogRequestData> =>
  readEnded(body, (data) => readDialogData(data, node));

/** Of a team message; undefined: it cannot be used. */
export function readMessageWord(
  body: unknown,
): { readonly id: string; readonly requestId: string; readonly cause: Cause } | undefined {
  try {
    const word = members(body, 'body');
    return {
      id: name(word, 'id'),
      ...readOrigin(word),
    };
  } catch (error) {
    if (error instanceof WordError) return undefined;
    throw error;
  }
}

function readAsked<D>(body: unknown, read: (data: Members) => D): AskedWord<D> {
  const word = members(body, 'body');
  return {
    number: whole(word, 'number', Number.MAX_SAFE_INTEGER),
    withinMs: whole(word, 'withinMs', WITHIN_MAX_MS),
    data: read(members(word.data, 'data')),
  };
}

function readEnded<D>(body: unknown, read: (data: Members) => D): EndedWord<D> {
  const word = members(body, 'body');
  return {
    number: whole(word, 'number', Number.MAX_SAFE_INTEGER),
    data: read(members(word.data, 'data')),
    outcome: readOutcome(members(word.outcome, 'outcome')),
    end: oneOf(word, 'end', ENDS),
  };
}

const ENDS = ['event', 'settled', 'cancelled', 'refused', 'timeout', 'lost'] as const;
const VERBS = ['LOGIN', 'LOGOUT', 'READY', 'NOT_READY', 'WORK'] as const;
const ASKING = ['agent', 'supervisor', 'administrator', 'presence'] as const;
const MODES = ['CALL_BY_CALL', 'NAILED_CONNECTION'] as const;

function readAgentData(data: Members, node: string): AgentRequestData {
  return {
    agentId: name(data, 'agentId'),
    actingId: name(data, 'actingId'),
    by: oneOf(data, 'by', ASKING),
    verb: oneOf(data, 'verb', VERBS),
    extension: text(data, 'extension'),
    mobile: readMobile(data.mobile),
    activeDeviceId: data.activeDeviceId === null ? null : text(data, 'activeDeviceId'),
    reasonCode: whole(data, 'reasonCode', 0xffff),
    forced: false,
    ...readOrigin(data),
    wantsAnswer: flag(data, 'wantsAnswer'),
    node,
  };
}

function readMobile(value: unknown): MobileAgent | null {
  if (value === null) return null;
  const mobile = members(value, 'mobile');
  return { mode: oneOf(mobile, 'mode', MODES), dialNumber: text(mobile, 'dialNumber') };
}

function readDialogData(data: Members, node: string): DialogRequestData {
  return {
    wish: readWish(members(data.wish, 'wish')),
    dialogId: data.dialogId === null ? null : name(data, 'dialogId'),
    extension: text(data, 'extension'),
    actingId: name(data, 'actingId'),
    viewer: name(data, 'viewer'),
    ...readOrigin(data),
    node,
  };
}

const PLAIN_WISHES = [
  'ANSWER',
  'HOLD',
  'RETRIEVE',
  'DROP',
  'TRANSFER',
  'CONFERENCE',
  'START_RECORDING',
] as const;

function readWish(wish: Members): DialogWish {
  const { verb } = wish;
  switch (verb) {
    case 'MAKE_CALL':
      return { verb, toAddress: '', data: {} };
    case 'CONSULT_CALL':
    case 'TRANSFER_SST':
      return { verb, toAddress: '' };
    case 'SEND_DTMF':
      return { verb, digits: '' };
    case 'UPDATE_CALL_DATA':
      return { verb, data: readCallData(members(wish.data, 'wish.data')) };
    case 'PARTICIPANT_DROP':
      return { verb, target: text(wish, 'target') };
    case 'SILENT_MONITOR':
      return { verb, agentExtension: text(wish, 'agentExtension') };
    case 'BARGE_CALL':
      return {
        verb,
        agentExtension: text(wish, 'agentExtension'),
        watchedDialogId: name(wish, 'watchedDialogId'),
        monitorDialogId: name(wish, 'monitorDialogId'),
      };
    case 'RESPOND':
      return {
        verb,
        word: text(wish, 'word'),
        responses: list(wish.responses, 'responses', RESPONSES_MAX).map((one) => textOf(one, 'responses')),
      };
    case 'FOREIGN':
      return { verb, word: text(wish, 'word') };
    default:
      return { verb: oneOf(wish, 'verb', PLAIN_WISHES) };
  }
}

function readCallData(data: Members): Extract<DialogWish, { verb: 'UPDATE_CALL_DATA' }>['data'] {
  const variables: Record<number, string> = {};
  for (const [index, value] of Object.entries(
    data.variables === undefined ? {} : members(data.variables, 'variables'),
  )) {
    if (!/^[0-9]$/.test(index)) throw new WordError('variables');
    variables[Number(index)] = textOf(value, 'variables', VALUE_MAX);
  }
  const named =
    data.named === undefined ? undefined : list(data.named, 'named', NAMED_MAX).map((one) => readNamed(one));
  return {
    variables,
    ...(named === undefined ? {} : { named }),
    ...(data.wrapUpReason === undefined ? {} : { wrapUpReason: text(data, 'wrapUpReason', VALUE_MAX) }),
  };
}

function readNamed(value: unknown): NamedCallVariable {
  const named = members(value, 'named');
  return {
    name: text(named, 'name'),
    index: named.index === null ? null : whole(named, 'index', 0xffff),
    value: text(named, 'value', VALUE_MAX),
  };
}

function readOutcome(outcome: Members): ToldOutcome {
  const { type } = outcome;
  switch (type) {
    case 'changed':
    case 'unchanged':
      return { type, dialogId: outcome.dialogId === null ? null : name(outcome, 'dialogId') };
    case 'error':
      return { type, error: readError(members(outcome.error, 'error')) };
    default:
      return { type: oneOf(outcome, 'type', ['wished', 'none'] as const) };
  }
}

function readError(error: Members): AsyncError {
  const { peripheralErrorCode: code, peripheralErrorText: words } = error;
  if (code !== undefined && !Number.isSafeInteger(code)) throw new WordError('peripheralErrorCode');
  return {
    errorType: text(error, 'errorType'),
    errorData: text(error, 'errorData'),
    errorMessage: text(error, 'errorMessage', VALUE_MAX),
    ...(code === undefined ? {} : { peripheralErrorCode: code as number }),
    ...(words === undefined ? {} : { peripheralErrorText: text(error, 'peripheralErrorText', VALUE_MAX) }),
  };
}
