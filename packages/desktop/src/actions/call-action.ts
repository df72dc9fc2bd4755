/** What an agent can do with a call, each thing one object; the server's list of actions decides when. */
import type { Dialog } from '@poise/client';
import type { MessageKey } from '../messages/catalogue.ts';
import { allows, otherParties, waitsForKeypad } from '../session/calls.ts';
import type { DesktopController } from '../session/controller.ts';
import type { DesktopState, Sentence } from '../session/store.ts';

/** Words of `requestedAction` that the page uses. */
export type CallVerb =
  | 'ANSWER'
  | 'HOLD'
  | 'RETRIEVE'
  | 'CONSULT_CALL'
  | 'TRANSFER'
  | 'CONFERENCE'
  | 'TRANSFER_SST'
  | 'SEND_DTMF'
  | 'PARTICIPANT_DROP'
  | 'BARGE_CALL'
  | 'DROP';

/**
 * Places of the buttons in a row. What takes the place of another when the call goes on is the next step of the same thing, so
 * that no button moves and the focus stays where it is.
 */
export const PLACES = ['answer', 'consult', 'direct', 'hold', 'keypad', 'drop', 'end'] as const;
export type Place = (typeof PLACES)[number];

export interface CallAction {
  readonly verb: CallVerb;
  readonly label: MessageKey;
  readonly place: Place;
  /** What the agent chooses before it can be done: a number, keys, or a party of the call. */
  readonly asks?: 'number' | 'digits' | 'party';
  readonly look?: 'primary' | 'danger';
  run(controller: DesktopController, dialog: Dialog, text: string): Promise<void>;
}

/** In the order in which the buttons stand (desktop.md 4.1). */
export const CALL_ACTIONS: readonly CallAction[] = [
  {
    verb: 'ANSWER',
    label: 'call.answer',
    place: 'answer',
    look: 'primary',
    run: (controller, { id }) => controller.call(id, (calls) => calls.answer(id)),
  },
  {
    verb: 'CONSULT_CALL',
    label: 'call.consult',
    place: 'consult',
    asks: 'number',
    run: (controller, { id }, number) => controller.call(id, (calls) => calls.consult(id, number)),
  },
  {
    verb: 'TRANSFER',
    label: 'call.transfer',
    place: 'consult',
    run: (controller, { id }) => controller.call(id, (calls) => calls.transfer(id)),
  },
  {
    verb: 'TRANSFER_SST',
    label: 'call.directTransfer',
    place: 'direct',
    asks: 'number',
    run: (controller, { id }, number) =>
      controller.call(id, (calls) => calls.transferDirectly(id, number), number),
  },
  {
    verb: 'CONFERENCE',
    label: 'call.conference',
    place: 'direct',
    run: (controller, { id }) => controller.call(id, (calls) => calls.conference(id)),
  },
  {
    verb: 'HOLD',
    label: 'call.hold',
    place: 'hold',
    run: (controller, { id }) => controller.call(id, (calls) => calls.hold(id)),
  },
  {
    verb: 'RETRIEVE',
    label: 'call.retrieve',
    place: 'hold',
    run: (controller, { id }) => controller.call(id, (calls) => calls.retrieve(id)),
  },
  {
    verb: 'SEND_DTMF',
    label: 'call.keypad',
    place: 'keypad',
    asks: 'digits',
    run: async (controller, { id }) => controller.openKeypad(id),
  },
  {
    verb: 'BARGE_CALL',
    label: 'call.barge',
    place: 'drop',
    run: (controller, dialog, agentExtension) =>
      controller.call(dialog.id, (calls) => calls.barge(agentExtension, dialog.id)),
  },
  {
    verb: 'PARTICIPANT_DROP',
    label: 'call.dropParty',
    place: 'drop',
    asks: 'party',
    run: (controller, { id }, party) => controller.call(id, (calls) => calls.dropParticipant(id, party)),
  },
  {
    verb: 'DROP',
    label: 'call.end',
    place: 'end',
    look: 'danger',
    run: (controller, { id }) => controller.call(id, (calls) => calls.drop(id)),
  },
];

/** Those that the server lists for the agent's own part now. */
export function callActions(dialog: Dialog, extension: string): readonly CallAction[] {
  return CALL_ACTIONS.filter(({ verb }) => allows(dialog, extension, verb));
}

/** What is done without being asked anything: the agent who is listened to is the other party. */
export function textFor({ verb }: CallAction, dialog: Dialog, extension: string): string {
  return verb === 'BARGE_CALL' ? monitoredIn(dialog, extension) : '';
}

/** Extension of the agent whom a supervisor listens to. */
export function monitoredIn(dialog: Dialog, extension: string): string {
  const monitored = dialog.fromAddress === extension ? dialog.toAddress : '';
  return monitored || (otherParties(dialog, extension)[0] ?? '');
}

/**
 * Why an action that the server lists cannot be used now: null where it can be, '' where a banner, or the answer in a
 * moment, says so.
 */
export function whyBlocked(action: CallAction, dialog: Dialog, state: DesktopState): Sentence | '' | null {
  const { calls, link, user } = state;
  if (link !== 'up' || calls.busy.has(dialog.id)) return '';
  if (action.verb === 'ANSWER' && user?.mobileMode === 'CALL_BY_CALL') return { key: 'call.answerByPhone' };
  const isOwnKeypad = action.verb === 'SEND_DTMF' && calls.keypad?.of === dialog.id;
  return waitsForKeypad(calls) && !isOwnKeypad && action.verb !== 'ANSWER'
    ? { key: 'call.keypadOpen' }
    : null;
}
