/**
 * What the CTI server says of calls, in our words: one row for each call message of GED-188 (ged188.md 8, 12).
 * Foreign servers send one event per call, ours one per device; both read the same here.
 */
import type { NamedCallVariable } from './dialog.ts';

/** LocalConnectionState: what the connection of the monitored device is in after the event. */
export type LocalState = 'NULL' | 'INITIATE' | 'ALERTING' | 'CONNECT' | 'HOLD' | 'QUEUED' | 'FAIL';

/** `agent`: a device of the agent system; `queue`: a route point, queue or IVR port; `outside`: known to be none of ours. */
export type PartyKind = 'agent' | 'queue' | 'outside' | 'unknown';

/** A device as an event names it. */
export interface CallParty {
  /** Extension or number, never empty. */
  readonly address: string;
  readonly kind: PartyKind;
}

/** What an event says of the data of a call; undefined: nothing. Indexes of `variables` are 0 to 9. */
export interface CallDataNews {
  readonly ani?: string | undefined;
  readonly dnis?: string | undefined;
  readonly dialedNumber?: string | undefined;
  readonly wrapUpReason?: string | undefined;
  readonly variables?: Readonly<Record<number, string>> | undefined;
  readonly named?: readonly NamedCallVariable[] | undefined;
  /** Snapshots do not tell the sequence. */
  readonly callKey?:
    | { readonly day: number; readonly callId: number; readonly sequence?: number | undefined }
    | undefined;
}

interface OfCall {
  /** ConnectionCallID in decimal digits. */
  readonly callId: string;
  /** Wall ms at which we heard of it. */
  readonly at: number;
  /** The device whose copy of the event this is: extension or number; null when the server does not say. */
  readonly device: string | null;
  /** State of that device's connection after the event; null: not said. */
  readonly local: LocalState | null;
}

/** EventCause by its GED-188 name (EventCause, EventCauseExtended); empty: none or unknown. */
export type CallCause = string;

/** A party of the lists of transfers, conferences and snapshots. */
export interface ListedParty extends CallParty {
  readonly callId: string;
  /** Only snapshots tell it. */
  readonly local: LocalState | null;
}

interface Merging extends OfCall {
  /** The held call. `callId` is the same. */
  readonly primaryCallId: string;
  /** The active call; null: single step. */
  readonly secondaryCallId: string | null;
  /** Who is connected now, with the call number that goes on. May be empty. */
  readonly parties: readonly ListedParty[];
  readonly cause: CallCause;
}

export type CallEvent =
  /** BEGIN_CALL_EVENT: the call came into the scope of the device. */
  | (OfCall & { readonly type: 'begun'; readonly callType: string; readonly data: CallDataNews })
  /** CALL_DATA_UPDATE_EVENT. New ids differ from the old ones when the connection got another name. */
  | (OfCall & {
      readonly type: 'dataUpdated';
      readonly newCallId: string;
      readonly newDevice: string | null;
      /** Null: not said. */
      readonly callType: string | null;
      readonly data: CallDataNews;
    })
  /** CALL_SERVICE_INITIATED_EVENT: off-hook. `original`: the call that this consultation was placed from. */
  | (OfCall & {
      readonly type: 'initiated';
      readonly calling: CallParty | null;
      readonly original: string | null;
    })
  /** CALL_ORIGINATED_EVENT and CALL_REACHED_NETWORK_EVENT: dialled. */
  | (OfCall & {
      readonly type: 'originated';
      readonly calling: CallParty | null;
      readonly called: CallParty | null;
    })
  /** CALL_DELIVERED_EVENT. `original`: the other call that a consult or monitor call belongs to, when said. */
  | (OfCall & {
      readonly type: 'delivered';
      readonly alerting: CallParty | null;
      readonly calling: CallParty | null;
      readonly called: CallParty | null;
      /** SkillGroupNumber; null: none. */
      readonly skillGroup: number | null;
      readonly original: string | null;
      readonly cause: CallCause;
      readonly data: CallDataNews;
    })
  /** CALL_ESTABLISHED_EVENT. */
  | (OfCall & {
      readonly type: 'established';
      readonly answering: CallParty | null;
      readonly calling: CallParty | null;
      readonly called: CallParty | null;
      readonly skillGroup: number | null;
      readonly cause: CallCause;
    })
  | (OfCall & { readonly type: 'held'; readonly holding: CallParty | null })
  | (OfCall & { readonly type: 'retrieved'; readonly retrieving: CallParty | null })
  /** CALL_QUEUED_EVENT; CALL_DEQUEUED_EVENT says nothing that a dialog shows. */
  | (OfCall & {
      readonly type: 'queued';
      readonly calling: CallParty | null;
      readonly skillGroup: number | null;
    })
  | (OfCall & {
      readonly type: 'diverted';
      readonly diverting: CallParty | null;
      readonly cause: CallCause;
    })
  | (OfCall & { readonly type: 'failed'; readonly failing: CallParty | null; readonly cause: CallCause })
  | (OfCall & {
      readonly type: 'connectionCleared';
      readonly releasing: CallParty | null;
      readonly cause: CallCause;
    })
  | (OfCall & { readonly type: 'cleared'; readonly cause: CallCause })
  | (Merging & {
      readonly type: 'transferred';
      readonly transferring: CallParty | null;
      readonly transferred: CallParty | null;
    })
  | (Merging & {
      readonly type: 'conferenced';
      readonly controller: CallParty | null;
      readonly added: CallParty | null;
    })
  /** END_CALL_EVENT: the association of the device with the call is over. */
  | (OfCall & { readonly type: 'ended' })
  /** A recording was started or stopped; no call event tells it (START_RECORDING_CONF, NETWORK_RECORDING_…). */
  | (OfCall & { readonly type: 'recording'; readonly on: boolean })
  /**
   * SNAPSHOT_CALL_CONF: the whole call. `reportedBy`: devices whose SNAPSHOT_DEVICE_CONF named it, other than as
   * the target of a silent monitor.
   */
  | (OfCall & {
      readonly type: 'snapshot';
      readonly callType: string;
      readonly data: CallDataNews;
      readonly parties: readonly ListedParty[];
      readonly original: string | null;
      /** Whose connection in the original call it belongs to: who is listened to. Undefined: not said. */
      readonly originalDevice?: string | undefined;
      readonly reportedBy: readonly string[];
    });

export type CallEventType = CallEvent['type'];

/** AGENT_PRE_CALL_EVENT: the call that the router is about to send to an agent; its number is not known yet. */
export interface PreCall {
  readonly extension: string;
  readonly skillGroup: number | null;
  readonly callKey: { readonly day: number; readonly callId: number; readonly sequence: number };
}
