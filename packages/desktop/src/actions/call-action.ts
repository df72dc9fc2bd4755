/** What an agent can do with a call, each thing one object; the server's list of actions decides when. */
import type { Dialog } from '@poise/client';
import type { MessageKey } from '../messages/catalogue.ts';
import { allows } from '../session/calls.ts';
import type { DesktopController } from '../session/controller.ts';

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
  | 'UPDATE_CALL_DATA'
  | 'DROP';

export interface CallAction {
  readonly verb: CallVerb;
  readonly label: MessageKey;
  /** What the agent types before it can be done. */
  readonly asks?: 'number' | 'digits';
  readonly look?: 'primary' | 'danger';
  run(controller: DesktopController, dialog: Dialog, text: string): Promise<void>;
}

/** In the order in which the buttons stand. */
export const CALL_ACTIONS: readonly CallAction[] = [
  {
    verb: 'ANSWER',
    label: 'call.answer',
    look: 'primary',
    run: (controller, { id }) => controller.call(id, (calls) => calls.answer(id)),
  },
  {
    verb: 'HOLD',
    label: 'call.hold',
    run: (controller, { id }) => controller.call(id, (calls) => calls.hold(id)),
  },
  {
    verb: 'RETRIEVE',
    label: 'call.retrieve',
    run: (controller, { id }) => controller.call(id, (calls) => calls.retrieve(id)),
  },
  {
    verb: 'CONSULT_CALL',
    label: 'call.consult',
    asks: 'number',
    run: (controller, { id }, number) => controller.call(id, (calls) => calls.consult(id, number)),
  },
  {
    verb: 'TRANSFER',
    label: 'call.transfer',
    run: (controller, { id }) => controller.call(id, (calls) => calls.transfer(id)),
  },
  {
    verb: 'CONFERENCE',
    label: 'call.conference',
    run: (controller, { id }) => controller.call(id, (calls) => calls.conference(id)),
  },
  {
    verb: 'TRANSFER_SST',
    label: 'call.directTransfer',
    asks: 'number',
    run: (controller, { id }, number) => controller.call(id, (calls) => calls.transferDirectly(id, number)),
  },
  {
    verb: 'SEND_DTMF',
    label: 'call.keypad',
    asks: 'digits',
    run: (controller, { id }, digits) => controller.call(id, (calls) => calls.sendDtmf(id, digits)),
  },
  {
    verb: 'DROP',
    label: 'call.end',
    look: 'danger',
    run: (controller, { id }) => controller.call(id, (calls) => calls.drop(id)),
  },
];

/** Those that the server lists for the agent's own part now. */
export function callActions(dialog: Dialog, extension: string): readonly CallAction[] {
  return CALL_ACTIONS.filter(({ verb }) => allows(dialog, extension, verb));
}
