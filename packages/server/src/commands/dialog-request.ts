/**
 * Requests about dialogs: what is asked, what it becomes at the CTI server, and which change of which dialog is its
 * outcome. Events carry no InvokeID, so the outcome is known by the dialog, the user and the leg.
 */
import type { CallControl, CallDataWish } from '../cti/port.ts';
import type {
  Dialog,
  DialogBookView,
  DialogChange,
  Participant,
  ParticipantState,
} from '../domain/dialog.ts';
import { RESPONSE_VARIABLE } from '../domain/outbound.ts';
import type { Cause } from '../happenings.ts';
import type { ForeignRequest } from './foreign-requests.ts';
import type { LaneRequest } from './request-lanes.ts';
import type { Phase } from './request-life.ts';

/** What is asked, with everything that the request brought. */
export type DialogWish =
  | { readonly verb: 'MAKE_CALL'; readonly toAddress: string; readonly data: CallDataWish }
  | {
      readonly verb: 'ANSWER' | 'HOLD' | 'RETRIEVE' | 'DROP' | 'TRANSFER' | 'CONFERENCE' | 'START_RECORDING';
    }
  | { readonly verb: 'CONSULT_CALL' | 'TRANSFER_SST'; readonly toAddress: string }
  | { readonly verb: 'SEND_DTMF'; readonly digits: string }
  | { readonly verb: 'UPDATE_CALL_DATA'; readonly data: CallDataWish }
  | { readonly verb: 'PARTICIPANT_DROP'; readonly target: string }
  | { readonly verb: 'SILENT_MONITOR'; readonly agentExtension: string }
  | {
      readonly verb: 'BARGE_CALL';
      readonly agentExtension: string;
      readonly watchedDialogId: string;
      readonly monitorDialogId: string;
    }
  /** An action of the outbound option: what BAResponse is set to. */
  | { readonly verb: 'RESPOND'; readonly word: string; readonly responses: readonly string[] }
  /** An action that exists, but not on our dialogs: it is never among those a participant has. */
  | { readonly verb: 'FOREIGN'; readonly word: string };

export type DialogVerb = DialogWish['verb'];

/** Everything about a request that does not change. */
export interface DialogRequestData {
  readonly wish: DialogWish;
  /** The dialog addressed; null when one is to be made. */
  readonly dialogId: string | null;
  /** Extension of the leg that acts. */
  readonly extension: string;
  /** Login id of the user who asks. */
  readonly actingId: string;
  /** Login id of the user whose node gets the answer: the one who asks, but for administrators. */
  readonly viewer: string;
  /** Printed in Updates; empty when the client sent none. */
  readonly requestId: string;
  readonly cause: Cause;
  /** Name of the other node at which it was made; absent: at this one. */
  readonly node?: string;
}

/** What decides whether a change is the outcome of a request, wherever it was made. */
export interface OpenDialogRequest {
  readonly data: DialogRequestData;
  phase: Phase;
  /** Told by the confirmation. */
  newDialogId: string | null;
  /** The dialog as the viewer saw it last: the answer when it is gone. */
  last: Dialog | null;
}

/** A request under way. */
export interface DialogRequest extends LaneRequest, OpenDialogRequest {
  phase: Phase;
  /** When it went to the CTI server, monotonic ms. */
  at: number;
  /** By which the other nodes know it; undefined: they have not heard of it. */
  ref: number | undefined;
  /** The dialog whose change was its outcome; null: none was. */
  outcomeId: string | null;
}

/** A request that was made at another node. */
export interface ForeignDialogRequest extends ForeignRequest<DialogRequestData>, OpenDialogRequest {
  readonly data: DialogRequestData;
  phase: Phase;
}

/** Requests wait in one lane per dialog; those that make one in a lane of the user. */
export const laneOf = ({ dialogId, viewer }: Pick<DialogRequestData, 'dialogId' | 'viewer'>): string =>
  dialogId === null ? laneOfUser(viewer) : laneOfDialog(dialogId);
export const laneOfDialog = (dialogId: string): string => `Dialog/${dialogId}`;
export const laneOfUser = (loginId: string): string => `User/${loginId}/Dialogs`;

export const legAt = (dialog: Dialog, extension: string): Participant | undefined =>
  dialog.participants.find(({ mediaAddress }) => mediaAddress === extension);

const isOver = (leg: Participant | undefined): boolean =>
  leg === undefined || leg.state === 'DROPPED' || leg.state === 'WRAP_UP';

// ---- outcomes ------------------------------------------------------------------------------------

type Fit = (change: DialogChange, request: OpenDialogRequest) => boolean;

/** The own leg is in this state. */
const legIs =
  (state: ParticipantState): Fit =>
  ({ dialog }, { data }) =>
    legAt(dialog, data.extension)?.state === state;

const happened =
  (happening: DialogChange['happening'], fit: Fit = () => true): Fit =>
  (change, request) =>
    change.happening === happening && fit(change, request);

const leaves: Fit = (change, { data }) =>
  change.kind === 'DELETE' || isOver(legAt(change.dialog, data.extension));

/** The leg leaves by a transfer. Before the confirmation it may as well be the other side that hangs up. */
const transfers: Fit = (change, request) =>
  (change.happening === 'transferred' || request.phase === 'confirmed') && leaves(change, request);

const never: Fit = () => false;

/** Which change of the dialog addressed, on the viewer's node, is the outcome. */
const OUTCOMES: Readonly<Record<DialogVerb, Fit>> = {
  ANSWER: legIs('ACTIVE'),
  HOLD: happened('held', legIs('HELD')),
  RETRIEVE: happened('retrieved', legIs('ACTIVE')),
  DROP: leaves,
  // The call is put on hold first; the consult call is a dialog of its own.
  CONSULT_CALL: happened('held', legIs('HELD')),
  TRANSFER: transfers,
  TRANSFER_SST: transfers,
  CONFERENCE: happened('conferenced'),
  UPDATE_CALL_DATA: (change, { data }) => shows(change.dialog, data.wish),
  PARTICIPANT_DROP: (change, { data }) =>
    data.wish.verb === 'PARTICIPANT_DROP' && isOver(legAt(change.dialog, data.wish.target)),
  // The confirmation is all that is heard of them.
  SEND_DTMF: never,
  START_RECORDING: never,
  RESPOND: (change, request) => shows(change.dialog, request.data.wish) || leaves(change, request),
  FOREIGN: never,
  // New dialogs.
  MAKE_CALL: ({ kind, dialog }, { data, newDialogId }) =>
    kind === 'POST' && (newDialogId === null ? placedBy(dialog, data.extension) : dialog.id === newDialogId),
  SILENT_MONITOR: ({ kind, dialog }) => kind === 'POST' && dialog.kind === 'monitor',
  BARGE_CALL: ({ kind, dialog, happening }, { data }) =>
    dialog.kind !== 'monitor' &&
    (happening === 'conferenced' ||
      (kind === 'POST' && data.wish.verb === 'BARGE_CALL' && dialog.id === data.wish.watchedDialogId)),
};

const placedBy = (dialog: Dialog, extension: string): boolean =>
  dialog.kind === 'call' && dialog.fromAddress === extension;

/** Verbs whose confirmation is the outcome. */
export const ENDS_WITH_CONFIRMATION: ReadonlySet<DialogVerb> = new Set(['SEND_DTMF', 'START_RECORDING']);

/** Whether a change can be the outcome of the request. */
export function fits(request: OpenDialogRequest, change: DialogChange): boolean {
  const { data } = request;
  if (change.viewer !== data.viewer) return false;
  if (data.dialogId !== null && change.dialog.id !== data.dialogId) return false;
  return OUTCOMES[data.wish.verb](change, request);
}

/** Whether the dialog shows all that the request sets. */
export function shows(dialog: Dialog, wish: DialogWish): boolean {
  if (wish.verb === 'RESPOND')
    return dialog.media.named.some(
      ({ name, value }) => name === RESPONSE_VARIABLE && value === wish.responses.at(-1),
    );
  if (wish.verb !== 'UPDATE_CALL_DATA') return false;
  const { variables = {}, named = [], wrapUpReason } = wish.data;
  const { media } = dialog;
  return (
    (wrapUpReason === undefined || media.wrapUpReason === wrapUpReason) &&
    Object.entries(variables).every(([index, value]) => media.callVariables[Number(index)] === value) &&
    named.every(({ name, index, value }) =>
      media.named.some((known) => known.name === name && known.index === index && known.value === value),
    )
  );
}

// ---- what goes to the CTI server -----------------------------------------------------------------

/** What else decides about the request when it goes. */
export interface Surroundings {
  readonly dialogs: DialogBookView;
  /** The agent who acts is READY, and the deployment lets it dial all the same. */
  readonly fromReady: boolean;
}

/** The request in the words of the CTI port; null when a dialog that it needs is missing. */
export function controlOf(data: DialogRequestData, around: Surroundings): CallControl | null {
  const { wish, extension } = data;
  const dialogId = data.dialogId ?? '';
  switch (wish.verb) {
    case 'MAKE_CALL':
      return { ...wish, extension, fromReady: around.fromReady };
    case 'ANSWER':
    case 'HOLD':
    case 'RETRIEVE':
    case 'DROP':
    case 'START_RECORDING':
      return { verb: wish.verb, dialogId, extension };
    case 'CONSULT_CALL':
    case 'TRANSFER_SST':
    case 'SEND_DTMF':
    case 'UPDATE_CALL_DATA':
    case 'PARTICIPANT_DROP':
      return { ...wish, dialogId, extension };
    case 'TRANSFER':
    case 'CONFERENCE': {
      const active = activeBeside(around.dialogs, extension, dialogId);
      return active === undefined
        ? null
        : { verb: wish.verb, heldDialogId: dialogId, activeDialogId: active.id, extension };
    }
    case 'SILENT_MONITOR': {
      const watched = activeBeside(around.dialogs, wish.agentExtension, '');
      return watched === undefined
        ? null
        : supervision(wish.verb, watched.id, wish.agentExtension, extension, null);
    }
    case 'BARGE_CALL':
      return supervision(
        wish.verb,
        wish.watchedDialogId,
        wish.agentExtension,
        extension,
        wish.monitorDialogId,
      );
    case 'RESPOND':
      return { verb: wish.verb, dialogId, extension, responses: wish.responses };
    case 'FOREIGN':
      return null;
  }
}

const supervision = (
  verb: 'SILENT_MONITOR' | 'BARGE_CALL',
  dialogId: string,
  agentExtension: string,
  supervisorExtension: string,
  monitorDialogId: string | null,
): CallControl => ({ verb, dialogId, agentExtension, supervisorExtension, monitorDialogId });

/** The dialog, other than this one, in which the extension is ACTIVE. */
export function activeBeside(
  dialogs: DialogBookView,
  extension: string,
  dialogId: string,
): Dialog | undefined {
  return dialogs
    .at(extension)
    .find((other) => other.id !== dialogId && legAt(other, extension)?.state === 'ACTIVE');
}
