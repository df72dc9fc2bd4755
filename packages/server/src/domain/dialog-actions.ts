/** What a participant may do with a dialog, as a table (objects.md 3.6). */
import type { Dialog, DialogAction, Participant, ParticipantState } from './dialog.ts';
import { outboundType } from './outbound.ts';
import { isSince, type Profile } from './profile.ts';

/** The question: whose actions, in which dialog, beside which other calls. */
export interface ActionQuestion {
  readonly dialog: Dialog;
  readonly participant: Participant;
  /** Dialogs at the participant's extension; this one among them or not. */
  readonly dialogsThere: readonly Dialog[];
  readonly profile: Profile;
  /** Whether the property lets this participant remove parties of a conference (enableDropParticipantFor). */
  readonly mayDropParticipants: boolean;
}

/** The columns of the table: what kind of dialog, and whether the device has another call. */
export type ActionSituation = 'single' | 'besides' | 'consult' | 'monitor';

type Row = Readonly<Record<ActionSituation, readonly DialogAction[]>>;

const row = (
  single: readonly DialogAction[],
  besides = single,
  consult = besides,
  monitor: readonly DialogAction[] = [],
): Row => ({ single, besides, consult, monitor });

/** Printed order: as live systems print it where that is known, additions after it. */
export const DIALOG_ACTIONS: Readonly<Record<ParticipantState, Row>> = {
  INITIATING: row(['UPDATE_CALL_DATA', 'DROP'], undefined, undefined, ['DROP']),
  INITIATED: row(['UPDATE_CALL_DATA', 'DROP'], undefined, undefined, ['DROP']),
  ALERTING: row(['ANSWER']),
  ACTIVE: row(
    [
      'TRANSFER_SST',
      'CONSULT_CALL',
      'HOLD',
      'UPDATE_CALL_DATA',
      'SEND_DTMF',
      'DROP',
      'PARTICIPANT_DROP',
      'START_RECORDING',
    ],
    undefined,
    ['HOLD', 'UPDATE_CALL_DATA', 'SEND_DTMF', 'DROP', 'START_RECORDING'],
    ['BARGE_CALL', 'DROP', 'START_RECORDING'],
  ),
  HELD: row(
    ['RETRIEVE', 'DROP', 'UPDATE_CALL_DATA', 'PARTICIPANT_DROP'],
    ['RETRIEVE', 'DROP', 'UPDATE_CALL_DATA', 'TRANSFER', 'CONFERENCE', 'PARTICIPANT_DROP'],
    // A consult call that is held while the original is active may be completed from its side (objects.md 3.1).
    ['RETRIEVE', 'DROP', 'UPDATE_CALL_DATA', 'TRANSFER', 'CONFERENCE'],
  ),
  FAILED: row(['DROP'], undefined, undefined, ['DROP']),
  DROPPED: row([]),
  WRAP_UP: row(['UPDATE_CALL_DATA']),
  ACCEPTED: row([]),
};

/** Where an agent is reserved for a contact of a campaign. Some phones answer the reservation by themselves. */
const RESERVATION_ACTIONS: Readonly<Partial<Record<ParticipantState, readonly DialogAction[]>>> = {
  ALERTING: ['ACCEPT', 'REJECT', 'CLOSE'],
  ACTIVE: ['ACCEPT', 'REJECT', 'CLOSE'],
};

/** What the call of a customer of a campaign offers besides. */
const CUSTOMER_ACTIONS: Readonly<Partial<Record<ParticipantState, readonly DialogAction[]>>> = {
  INITIATED: ['RECLASSIFY'],
  ACTIVE: ['UPDATE_SCHEDULED_CALLBACK', 'CANCEL_SCHEDULED_CALLBACK', 'RECLASSIFY'],
  HELD: ['UPDATE_SCHEDULED_CALLBACK', 'CANCEL_SCHEDULED_CALLBACK', 'RECLASSIFY'],
  WRAP_UP: ['RECLASSIFY'],
};

/** What the rules below look at. */
interface Facts {
  readonly profile: Profile;
  /** States of the same device in its other calls. */
  readonly elsewhere: readonly ParticipantState[];
  readonly consultUnderWay: boolean;
  readonly conference: boolean;
  /** Not a conference, or its controller, or nobody knows who that is. */
  readonly controls: boolean;
  readonly mayDropParticipants: boolean;
  /** The contact is this agent's own. */
  readonly personal: boolean;
  readonly reclassify: boolean;
}

/** Actions of the table that need more than the state. */
const RULES: Readonly<Partial<Record<DialogAction, (facts: Facts) => boolean>>> = {
  CONSULT_CALL: ({ consultUnderWay, controls }) => !consultUnderWay && controls,
  TRANSFER_SST: ({ consultUnderWay, controls, profile }) =>
    !consultUnderWay && controls && (profile.deployment === 'CCE' || isSince(profile.release, '12.6')),
  TRANSFER: ({ elsewhere }) => elsewhere.includes('ACTIVE'),
  CONFERENCE: ({ elsewhere, controls }) => elsewhere.includes('ACTIVE') && controls,
  PARTICIPANT_DROP: ({ conference, mayDropParticipants, profile }) =>
    conference && mayDropParticipants && profile.deployment === 'CCE',
  REJECT: ({ personal }) => !personal,
  RECLASSIFY: ({ reclassify }) => reclassify,
  START_RECORDING: ({ profile }) => profile.deployment === 'CCX',
};

/** Allowed actions in the printed order. Outside parties get them too; they mean nothing there. */
export function actionsOf(question: ActionQuestion): readonly DialogAction[] {
  const facts = factsOf(question);
  const listed = listedFor(question, facts);
  return listed.filter((action) => RULES[action]?.(facts) ?? true);
}

function listedFor({ dialog, participant }: ActionQuestion, facts: Facts): readonly DialogAction[] {
  const { state } = participant;
  const outbound = outboundType(participant.callType ?? dialog.media.callType);
  if (outbound?.reservation) return RESERVATION_ACTIONS[state] ?? [];
  const usual = DIALOG_ACTIONS[state][situationOf(dialog, facts)];
  return outbound ? [...usual, ...(CUSTOMER_ACTIONS[state] ?? [])] : usual;
}

function situationOf(dialog: Dialog, facts: Facts): ActionSituation {
  if (dialog.kind !== 'call') return dialog.kind;
  return facts.elsewhere.length > 0 ? 'besides' : 'single';
}

function factsOf({ dialog, participant, dialogsThere, profile, mayDropParticipants }: ActionQuestion): Facts {
  const elsewhere: ParticipantState[] = [];
  let consultUnderWay = false;
  for (const other of dialogsThere) {
    if (other.id === dialog.id) continue;
    const there = other.participants.find(({ mediaAddress }) => mediaAddress === participant.mediaAddress);
    if (there === undefined || OVER.has(there.state)) continue;
    elsewhere.push(there.state);
    consultUnderWay ||= other.kind === 'consult';
  }
  const conference = dialog.participants.filter(({ state }) => !OVER.has(state)).length > 2;
  const { controller } = dialog;
  const controls = !conference || controller === null || controller === participant.mediaAddress;
  const outbound = outboundType(participant.callType ?? dialog.media.callType);
  const personal = outbound?.personal === true;
  const reclassify = outbound?.reclassify === true;
  return {
    profile,
    elsewhere,
    consultUnderWay,
    conference,
    controls,
    mayDropParticipants,
    personal,
    reclassify,
  };
}

/** States of a participant that is no longer connected. */
const OVER: ReadonlySet<ParticipantState> = new Set(['DROPPED', 'WRAP_UP']);
