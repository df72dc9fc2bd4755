/** The Dialog: our picture of one call, and what its users are told of it (objects.md 3). */

export const PARTICIPANT_STATES = [
  'INITIATING',
  'INITIATED',
  'ALERTING',
  'ACTIVE',
  'HELD',
  'FAILED',
  'DROPPED',
  'WRAP_UP',
  'ACCEPTED',
] as const;
export type ParticipantState = (typeof PARTICIPANT_STATES)[number];

export const DIALOG_STATES = [
  'INITIATING',
  'INITIATED',
  'ALERTING',
  'ACTIVE',
  'FAILED',
  'DROPPED',
  'ACCEPTED',
] as const;
export type DialogState = (typeof DIALOG_STATES)[number];

/** Words of a participant's `actions`. */
export type DialogAction =
  | 'ANSWER'
  | 'HOLD'
  | 'RETRIEVE'
  | 'DROP'
  | 'CONSULT_CALL'
  | 'TRANSFER'
  | 'CONFERENCE'
  | 'TRANSFER_SST'
  | 'SEND_DTMF'
  | 'UPDATE_CALL_DATA'
  | 'START_RECORDING'
  | 'PARTICIPANT_DROP'
  | 'BARGE_CALL'
  | 'SILENT_MONITOR'
  | 'ACCEPT'
  | 'REJECT'
  | 'CLOSE'
  | 'RECLASSIFY'
  | 'UPDATE_SCHEDULED_CALLBACK'
  | 'CANCEL_SCHEDULED_CALLBACK';

/** What the dialog says to the user at one device and to no other. */
export interface OwnView {
  /** The call type as told to this device, in Finesse's words; null: that of the dialog. */
  readonly callType: string | null;
  /** The number that was delivered to this device; null: that of the dialog. */
  readonly dnis: string | null;
  /** Monitor call from which the supervisor at this device barged in; null: as for everybody. */
  readonly associatedDialogId: string | null;
}

/** One party of a call. Immutable. */
export interface Participant extends OwnView {
  /** Extension or number. */
  readonly mediaAddress: string;
  /** AGENT_DEVICE for devices known to the agent system, empty for outside parties. */
  readonly mediaAddressType: 'AGENT_DEVICE' | '';
  /** Login id of the agent on the device when it joined; null for everybody else. */
  readonly agentId: string | null;
  readonly state: ParticipantState;
  /** BUSY, BAD_DESTINATION, OTHER, DEVICE_RESOURCE_NOT_AVAILABLE or empty. */
  readonly stateCause: string;
  /** Wall ms; null when unknown (after a failover). */
  readonly startTime: number | null;
  readonly stateChangeTime: number | null;
}

/** `user.<name>` or `user.<name>[i]` with its value. */
export interface NamedCallVariable {
  readonly name: string;
  readonly index: number | null;
  readonly value: string;
}

/** scheduledCallbackInfo; an empty part is as it was. */
export interface ScheduledCallback {
  /** Local time of the customer, YYYY-MM-DDTHH:MM. */
  readonly time: string;
  readonly number: string;
}

export interface DialogMedia {
  readonly dialedNumber: string;
  readonly dnis: string;
  readonly callType: string;
  /** As the agent reclassified the call; empty: not. */
  readonly outboundClassification: string;
  /** The callback that the agent arranged; null: none. */
  readonly callback: ScheduledCallback | null;
  /** Null: not chosen yet. */
  readonly wrapUpReason: string | null;
  /** callVariable1 to callVariable10; empty: not set. Always ten. */
  readonly callVariables: readonly string[];
  readonly named: readonly NamedCallVariable[];
  /** Queue that the call came through, when known. */
  readonly queueNumber: number | null;
  readonly queueName: string | null;
  /** RouterCallKey of CCE, when known. */
  readonly callKey: { readonly day: number; readonly callId: number; readonly sequence: number } | null;
}

/** `consult`: placed from an active call; `monitor`: a supervisor listens. */
export type DialogKind = 'call' | 'consult' | 'monitor';

/** One call. Immutable. */
export interface Dialog {
  /** ConnectionCallID in decimal digits. */
  readonly id: string;
  readonly kind: DialogKind;
  readonly state: DialogState;
  readonly fromAddress: string;
  /** Empty while INITIATING. */
  readonly toAddress: string;
  /** Consult ↔ original, monitor → watched call; null otherwise. */
  readonly associatedDialogId: string | null;
  /** Call that a transfer or conference ended; null otherwise. */
  readonly secondaryId: string | null;
  readonly media: DialogMedia;
  /** In the order in which they joined; one that has left stays for one Update as DROPPED. */
  readonly participants: readonly Participant[];
  /** Extension that may add and remove parties of a conference; null outside conferences. */
  readonly controller: string | null;
  /** Recording runs. */
  readonly recording: boolean;
}

/** What an event did to a dialog: names of the GED-188 call events, `recovered` after a snapshot. */
export type DialogHappening =
  | 'begun'
  | 'initiated'
  | 'originated'
  | 'delivered'
  | 'established'
  | 'held'
  | 'retrieved'
  | 'failed'
  | 'diverted'
  | 'connectionCleared'
  | 'cleared'
  | 'transferred'
  | 'conferenced'
  | 'dataUpdated'
  | 'wrapUp'
  | 'ended'
  | 'recovered';

/** One Update on one user's Dialogs node. */
export interface DialogChange {
  readonly kind: 'POST' | 'PUT' | 'DELETE';
  /** Login id of the user whose node it goes to. */
  readonly viewer: string;
  /** Extension of the viewer in this dialog. */
  readonly extension: string;
  /** After the change; of a DELETE with state DROPPED. */
  readonly dialog: Dialog;
  readonly happening: DialogHappening;
  /** Nothing but who is signed in at the phones has changed: it is worth telling only where somebody may do something else now. */
  readonly agentsOnly?: true;
}

/** What others may ask of the picture of the calls. */
export interface DialogBookView {
  get(id: string): Dialog | undefined;
  /** Dialogs in which the extension takes part (also those in WRAP_UP), oldest first. */
  at(extension: string): readonly Dialog[];
  /** What the user at the extension is shown: these, then the dialogs of those who silently listen. */
  shownAt(extension: string): readonly Dialog[];
  /** Who is shown the dialog: login id by extension. */
  viewersOf(id: string): ReadonlyMap<string, string>;
  readonly size: number;
}
