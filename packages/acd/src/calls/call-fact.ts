import type { EventCause } from '@poise/ged188';
import type { AgentChange } from '../agent-model.ts';
import type { CallDataPatch, CallView, ConnectionRef, DeviceKind } from './call.ts';

/**
 * What happened, in the order in which it happened: each fact becomes one GED-188 event per device that is
 * concerned. Call facts and agent facts come in one sequence. `call` is the state after the fact.
 */

export type Cause = keyof typeof EventCause;

/** A device as events name it: its id and what it is. */
export interface DeviceName {
  readonly id: string;
  readonly kind: DeviceKind;
}

interface OfCall {
  readonly call: CallView;
}

/** A connection in the party lists of transfers and conferences. */
export interface PartyName extends ConnectionRef {
  readonly kind: DeviceKind;
}

export type CallFact =
  /** BEGIN_CALL_EVENT: the call comes into the scope of this device, before every other event of it there. */
  | (OfCall & { readonly type: 'begin'; readonly device: DeviceName })
  /** CALL_SERVICE_INITIATED_EVENT: the device is off-hook. */
  | (OfCall & { readonly type: 'serviceInitiated'; readonly device: DeviceName; readonly cause: Cause })
  /** CALL_ORIGINATED_EVENT: the number is dialled. */
  | (OfCall & {
      readonly type: 'originated';
      readonly calling: DeviceName;
      readonly called: DeviceName;
      readonly cause: Cause;
    })
  /** CALL_REACHED_NETWORK_EVENT: the call left the switch for an outside number. */
  | (OfCall & { readonly type: 'reachedNetwork'; readonly calling: DeviceName; readonly called: DeviceName })
  /** CALL_DELIVERED_EVENT: the device rings. */
  | (OfCall & {
      readonly type: 'delivered';
      readonly alerting: DeviceName;
      readonly calling: DeviceName | null;
      readonly called: DeviceName;
      readonly lastRedirect: DeviceName | null;
      readonly cause: Cause;
    })
  /** CALL_ESTABLISHED_EVENT. */
  | (OfCall & {
      readonly type: 'established';
      readonly answering: DeviceName;
      readonly calling: DeviceName | null;
      readonly called: DeviceName;
      readonly lastRedirect: DeviceName | null;
      readonly cause: Cause;
    })
  | (OfCall & { readonly type: 'held'; readonly device: DeviceName; readonly cause: Cause })
  | (OfCall & { readonly type: 'retrieved'; readonly device: DeviceName; readonly cause: Cause })
  /** CALL_QUEUED_EVENT at a route point. */
  | (OfCall & {
      readonly type: 'queued';
      readonly routePoint: DeviceName;
      readonly calling: DeviceName | null;
      readonly skillGroup: number;
      /** Calls waiting there, this one included. */
      readonly waiting: number;
      readonly cause: Cause;
    })
  /** CALL_DEQUEUED_EVENT. */
  | (OfCall & {
      readonly type: 'dequeued';
      readonly routePoint: DeviceName;
      readonly skillGroup: number;
      /** Calls still waiting there. */
      readonly waiting: number;
      readonly cause: Cause;
    })
  /** CALL_DIVERTED_EVENT: the call leaves `diverting` (not answered, deflected) for `called`. */
  | (OfCall & {
      readonly type: 'diverted';
      readonly diverting: DeviceName;
      readonly called: DeviceName;
      readonly cause: Cause;
    })
  /** CALL_FAILED_EVENT: `failing` could not be reached; the caller's connection is in FAIL. */
  | (OfCall & {
      readonly type: 'failed';
      readonly failing: DeviceName;
      readonly called: DeviceName;
      readonly cause: Cause;
    })
  /** CALL_CONNECTION_CLEARED_EVENT: `releasing` has left; it is no longer among the connections. */
  | (OfCall & { readonly type: 'connectionCleared'; readonly releasing: DeviceName; readonly cause: Cause })
  /** CALL_CLEARED_EVENT: nobody is left. `devices` are those that were in the call last. */
  | (OfCall & { readonly type: 'cleared'; readonly devices: readonly DeviceName[]; readonly cause: Cause })
  /**
   * CALL_TRANSFERRED_EVENT. `call` is the surviving one, `primaryCallId` the held and `secondaryCallId` the
   * active one (null: single step). `parties` are connected now; `moved` changed their call number.
   */
  | (OfCall & {
      readonly type: 'transferred';
      readonly primaryCallId: number;
      readonly secondaryCallId: number | null;
      readonly transferring: DeviceName;
      readonly transferred: DeviceName | null;
      readonly parties: readonly PartyName[];
      readonly moved: readonly PartyName[];
      readonly cause: Cause;
    })
  /** CALL_CONFERENCED_EVENT; members as above. */
  | (OfCall & {
      readonly type: 'conferenced';
      readonly primaryCallId: number;
      readonly secondaryCallId: number | null;
      readonly controller: DeviceName;
      readonly added: DeviceName | null;
      readonly parties: readonly PartyName[];
      readonly moved: readonly PartyName[];
      readonly cause: Cause;
    })
  /** CALL_DATA_UPDATE_EVENT: what changed; with a type alone when the call type changed. */
  | (OfCall & { readonly type: 'dataUpdated'; readonly changed: CallDataPatch })
  /** END_CALL_EVENT: the association of this device with the call is over, the last event of the call there. */
  | (OfCall & { readonly type: 'end'; readonly device: DeviceName })
  /** AGENT_PRE_CALL_EVENT: what is known before the phone rings. */
  | (OfCall & {
      readonly type: 'preCall';
      readonly agentId: string;
      readonly instrument: string;
      readonly skillGroup: number;
    })
  /** AGENT_PRE_CALL_ABORT_EVENT: the reservation is off. */
  | (OfCall & { readonly type: 'preCallAbort'; readonly agentId: string; readonly instrument: string })
  /** AGENT_STATE_EVENT. */
  | { readonly type: 'agent'; readonly change: AgentChange };

export type CallFactType = CallFact['type'];
