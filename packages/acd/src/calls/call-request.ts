import type { Failure } from '../agent-model.ts';
import type { CallDataPatch, CallTypeName, CallView, ConnectionRef } from './call.ts';
import type { PartyName } from './call-fact.ts';

/** Call control as the model takes it: the requests of GED-188 without their wire form. */

/** A connection whose call number a client may leave out: then the device's only call in a fitting state. */
export interface ConnectionWish {
  readonly callId: number | null;
  readonly device: string;
}

/**
 * A call for a supervisor: SUPERVISOR_ASSIST_REQ (call type ASSIST, cause SUPERVISOR_ASSIST), EMERGENCY_CALL_REQ
 * (EMERGENCY, EMERGENCY_CALL).
 */
export type HelpWanted = 'assist' | 'emergency';

export type CallRequest =
  /** MAKE_CALL_REQ. `belligerent`: an available agent may dial (CallMannerType 2). */
  | {
      readonly type: 'make';
      readonly help?: HelpWanted;
      /** Call type of a customer's call that the agent was reserved for; never asked for by a client. */
      readonly outbound?: CallTypeName;
      readonly device: string;
      readonly dialed: string;
      readonly belligerent: boolean;
      readonly data: CallDataPatch;
    }
  | { readonly type: 'answer' | 'hold' | 'retrieve'; readonly connection: ConnectionWish }
  /** CLEAR_CONNECTION_REQ; `requesting` differs from the connection's device when another party is removed. */
  | { readonly type: 'clear'; readonly connection: ConnectionWish; readonly requesting: string }
  /** CLEAR_CALL_REQ: every party. */
  | { readonly type: 'clearCall'; readonly connection: ConnectionWish }
  | {
      readonly type: 'consult';
      readonly help?: HelpWanted;
      readonly active: ConnectionWish;
      readonly dialed: string;
      readonly purpose: 'unspecified' | 'transfer' | 'conference';
      readonly data: CallDataPatch;
    }
  | {
      readonly type: 'alternate' | 'reconnect' | 'transfer' | 'conference';
      readonly active: ConnectionWish;
      readonly held: ConnectionWish;
    }
  /** TRANSFER_CALL_REQ or CONFERENCE_CALL_REQ without a held connection. */
  | {
      readonly type: 'singleStepTransfer' | 'singleStepConference';
      readonly active: ConnectionWish;
      readonly dialed: string;
      readonly data: CallDataPatch;
    }
  /** DEFLECT_CALL_REQ: an alerting call goes elsewhere. */
  | { readonly type: 'deflect'; readonly connection: ConnectionWish; readonly to: string }
  | { readonly type: 'dtmf'; readonly connection: ConnectionWish; readonly digits: string }
  /** SET_CALL_DATA_REQ. */
  | { readonly type: 'setData'; readonly connection: ConnectionWish; readonly data: CallDataPatch }
  /** RELEASE_CALL_REQ: the client needs the data of an ended call no longer. */
  | { readonly type: 'release'; readonly connection: ConnectionWish }
  /** SUPERVISE_CALL_REQ; `supervisor.callId` null: the supervisor has no call yet. */
  | {
      readonly type: 'supervise';
      readonly action: 'clear' | 'monitor' | 'whisper' | 'bargeIn' | 'intercept';
      readonly agent: ConnectionWish;
      readonly supervisor: ConnectionWish;
    }
  /** START_RECORDING_REQ, STOP_RECORDING_REQ. */
  | { readonly type: 'record'; readonly connection: ConnectionWish; readonly on: boolean };

export type CallRequestType = CallRequest['type'];

/**
 * How a request ended. `connection` is the new one of make, consult, transfer, conference and supervise; `call` the
 * call it belongs to; `parties` those who are in the call once a transfer or conference is done: it is answered before.
 */
export type CallOutcome =
  | {
      readonly ok: true;
      readonly connection?: ConnectionRef;
      readonly call?: CallView;
      readonly parties?: readonly PartyName[];
    }
  | { readonly ok: false; readonly failure: Failure };
