import type { Element } from '@poise/xml';
import { find, idOf, list, type Open, text, time } from './read.ts';

export type DialogState = Open<
  'INITIATING' | 'INITIATED' | 'ALERTING' | 'ACTIVE' | 'HELD' | 'FAILED' | 'DROPPED' | 'WRAP_UP' | 'ACCEPTED'
>;

export interface CallVariable {
  /** `callVariable1` … `callVariable10`, `user.<name>` for expanded variables, `BA…` for campaigns. */
  readonly name: string;
  readonly value: string;
}

export interface Participant {
  readonly mediaAddress: string;
  /** `AGENT_DEVICE` for devices of agents, '' for outside parties. */
  readonly mediaAddressType: string;
  readonly state: DialogState;
  readonly stateCause: string;
  readonly startTime: Date | null;
  readonly stateChangeTime: Date | null;
  /** What this party may ask for now, e.g. `ANSWER`, `HOLD`, `DROP`. */
  readonly actions: readonly string[];
}

/** An empty part is not told. */
export interface ScheduledCallback {
  /** Local time of the customer, YYYY-MM-DDTHH:MM. */
  readonly time: string;
  readonly number: string;
}

/** A call, or a task of a nonvoice medium. */
export interface Dialog {
  readonly uri: string;
  readonly id: string;
  readonly state: DialogState;
  readonly mediaType: string;
  readonly fromAddress: string;
  readonly toAddress: string;
  readonly associatedDialogUri: string;
  /** Id of the call that a transfer or conference ended; '' otherwise. */
  readonly secondaryId: string;
  /** Callback that an agent arranged with a customer of a campaign; null: none. */
  readonly scheduledCallback: ScheduledCallback | null;
  readonly callType: string;
  readonly dialedNumber: string;
  readonly dnis: string;
  readonly wrapUpReason: string;
  readonly callVariables: readonly CallVariable[];
  /** All simple media properties by their name on the wire, also those named above. */
  readonly mediaProperties: Readonly<Record<string, string>>;
  readonly participants: readonly Participant[];
}

/** A `Dialog`, as GET answers it and events bear it. */
export function readDialog(element: Element): Dialog {
  const media = find(element, 'mediaProperties');
  return {
    uri: text(element, 'uri'),
    id: idOf(element),
    state: text(element, 'state'),
    mediaType: text(element, 'mediaType'),
    fromAddress: text(element, 'fromAddress'),
    toAddress: text(element, 'toAddress'),
    associatedDialogUri: text(element, 'associatedDialogUri'),
    secondaryId: text(element, 'secondaryId'),
    scheduledCallback: readCallback(find(element, 'scheduledCallbackInfo')),
    callType: text(media, 'callType'),
    dialedNumber: text(media, 'dialedNumber'),
    dnis: text(media, 'DNIS'),
    wrapUpReason: text(media, 'wrapUpReason'),
    callVariables: list(find(media, 'callvariables'), 'CallVariable').map((variable) => ({
      name: text(variable, 'name'),
      value: find(variable, 'value')?.text ?? '',
    })),
    mediaProperties: Object.fromEntries(
      (media?.elements() ?? [])
        .filter((property) => property.elements().length === 0)
        .map((property) => [property.name, property.text]),
    ),
    participants: list(find(element, 'participants'), 'Participant').map(readParticipant),
  };
}

function readCallback(element: Element | undefined): ScheduledCallback | null {
  if (element === undefined) return null;
  const callback = { time: text(element, 'callbackTime'), number: text(element, 'callbackNumber') };
  return callback.time === '' && callback.number === '' ? null : callback;
}

export function readDialogs(root: Element): Dialog[] {
  return list(root, 'Dialog').map(readDialog);
}

function readParticipant(element: Element): Participant {
  return {
    mediaAddress: text(element, 'mediaAddress'),
    mediaAddressType: text(element, 'mediaAddressType'),
    state: text(element, 'state'),
    stateCause: text(element, 'stateCause'),
    startTime: time(element, 'startTime'),
    stateChangeTime: time(element, 'stateChangeTime'),
    actions: list(find(element, 'actions'), 'action').map((action) => action.text),
  };
}
