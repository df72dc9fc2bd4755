import { ControlFailureCode as CF } from '@poise/ged188';
import type { ConnectionState } from './call.ts';

/**
 * The state machine of one connection (CSTA local connection states) and what requests demand of it, as
 * tables. A state: go there. A number: refused with that ControlFailureCode.
 */

const CONNECTION_STATES = ['INITIATE', 'ALERTING', 'CONNECT', 'HOLD', 'QUEUED', 'FAIL'] as const;
export type LiveState = (typeof CONNECTION_STATES)[number];

/** NULL: not (or no longer) in the call. */
export const CONNECTION_PLACES = ['NULL', ...CONNECTION_STATES] as const;
export type ConnectionPlace = ConnectionState;

/** What can happen to a connection. */
export const CONNECTION_INPUTS = [
  /** The device goes off-hook, or a caller arrives. */
  'initiate',
  /** The device rings. */
  'alert',
  /** The call waits at a route point. */
  'queue',
  /** The device is added to a call without ringing. */
  'join',
  'answer',
  /** The party that the device waits for has answered. */
  'reach',
  /** The party that the device waits for cannot be had. */
  'fail',
  'hold',
  'retrieve',
  /** The call leaves the device for another one: not answered, deflected, taken from the queue. */
  'divert',
  'clear',
] as const;
export type ConnectionInput = (typeof CONNECTION_INPUTS)[number];

type Effect = ConnectionPlace | number;
type Row<T> = Readonly<Partial<Record<ConnectionPlace, T>> & { otherwise: number }>;

const STATE = CF.INVALID_OBJECT_STATE;

export const CONNECTION_TABLE: Readonly<Record<ConnectionInput, Row<Effect>>> = {
  initiate: { NULL: 'INITIATE', otherwise: STATE },
  alert: { NULL: 'ALERTING', otherwise: STATE },
  queue: { NULL: 'QUEUED', otherwise: STATE },
  join: { NULL: 'CONNECT', otherwise: STATE },
  answer: { ALERTING: 'CONNECT', otherwise: CF.NO_CALL_TO_ANSWER },
  reach: { INITIATE: 'CONNECT', otherwise: STATE },
  fail: { INITIATE: 'FAIL', otherwise: STATE },
  hold: { CONNECT: 'HOLD', otherwise: CF.NO_ACTIVE_CALL },
  retrieve: { HOLD: 'CONNECT', otherwise: CF.NO_HELD_CALL },
  divert: { ALERTING: 'NULL', QUEUED: 'NULL', otherwise: STATE },
  clear: {
    INITIATE: 'NULL',
    ALERTING: 'NULL',
    CONNECT: 'NULL',
    HOLD: 'NULL',
    QUEUED: 'NULL',
    FAIL: 'NULL',
    otherwise: CF.NO_CONNECTION_TO_CLEAR,
  },
};

/** The next place of a connection, or why not. Pure and total. */
export function connectionStep(place: ConnectionPlace, input: ConnectionInput): Effect {
  const row = CONNECTION_TABLE[input];
  return row[place] ?? row.otherwise;
}

/** What a request asks of one connection of the device; pairs have a row for each. */
export const CONNECTION_ROLES = [
  'answer',
  'hold',
  'retrieve',
  'clear',
  'clearCall',
  'consult',
  'alternateActive',
  'alternateHeld',
  'reconnectActive',
  'reconnectHeld',
  'transferActive',
  'transferHeld',
  'conferenceActive',
  'conferenceHeld',
  'singleStep',
  'deflect',
  'dtmf',
  'record',
  'supervised',
] as const;
export type ConnectionRole = (typeof CONNECTION_ROLES)[number];

const ANY = {
  INITIATE: 'ok',
  ALERTING: 'ok',
  CONNECT: 'ok',
  HOLD: 'ok',
  QUEUED: 'ok',
  FAIL: 'ok',
} as const;
/** While the other side still rings there is nobody to hand over to or to talk with. */
const TALKING_ONLY = { CONNECT: 'ok', otherwise: CF.INVALID_CONNECTION_ID_FOR_ACTIVE_CALL } as const;
const HELD_ONLY = { HOLD: 'ok', otherwise: CF.NO_HELD_CALL } as const;

/** Column NULL: the device has no such connection. */
export const REQUEST_TABLE: Readonly<Record<ConnectionRole, Row<'ok' | number>>> = {
  answer: { ALERTING: 'ok', otherwise: CF.NO_CALL_TO_ANSWER },
  hold: { CONNECT: 'ok', HOLD: STATE, otherwise: CF.NO_ACTIVE_CALL },
  retrieve: HELD_ONLY,
  clear: { ...ANY, otherwise: CF.NO_CONNECTION_TO_CLEAR },
  clearCall: { ...ANY, ALERTING: STATE, otherwise: CF.NO_CALL_TO_CLEAR },
  consult: { CONNECT: 'ok', HOLD: STATE, otherwise: CF.NO_ACTIVE_CALL },
  alternateActive: TALKING_ONLY,
  alternateHeld: HELD_ONLY,
  reconnectActive: { ...TALKING_ONLY, INITIATE: 'ok', FAIL: 'ok' },
  reconnectHeld: HELD_ONLY,
  transferActive: TALKING_ONLY,
  transferHeld: HELD_ONLY,
  conferenceActive: TALKING_ONLY,
  conferenceHeld: HELD_ONLY,
  singleStep: { CONNECT: 'ok', HOLD: STATE, otherwise: CF.NO_ACTIVE_CALL },
  deflect: { ALERTING: 'ok', otherwise: STATE },
  dtmf: { CONNECT: 'ok', HOLD: STATE, otherwise: CF.NO_ACTIVE_CALL },
  record: { CONNECT: 'ok', HOLD: STATE, otherwise: CF.NO_ACTIVE_CALL },
  supervised: { CONNECT: 'ok', HOLD: CF.INVALID_DESTINATION, otherwise: CF.NO_ACTIVE_CALL },
};

/** Whether a connection in this place will do for the request, or the code of the refusal. */
export function suits(place: ConnectionPlace, role: ConnectionRole): 'ok' | number {
  const row = REQUEST_TABLE[role];
  return row[place] ?? row.otherwise;
}
