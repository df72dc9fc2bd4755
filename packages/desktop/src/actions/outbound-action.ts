/** What an agent can do with a contact of a campaign (desktop.md 4.5); the server's list of actions decides when. */
import type { Dialog } from '@poise/client';
import type { MessageKey } from '../messages/catalogue.ts';
import type { DesktopController } from '../session/controller.ts';
import type { OutboundVerb } from '../session/outbound.ts';

export interface OutboundAction {
  readonly verb: OutboundVerb;
  readonly label: MessageKey;
  /** Name of the command that a shortcut gives. */
  readonly command: string;
  run(controller: DesktopController, dialog: Dialog, text: string): Promise<void>;
}

export const ACCEPT: OutboundAction = {
  verb: 'ACCEPT',
  label: 'outbound.accept',
  command: 'accept',
  run: (controller, { id }) => controller.call(id, (calls) => calls.accept(id)),
};

/** The two ways to decline: a personal callback has only the second. */
export const DECLINES: readonly OutboundAction[] = [
  {
    verb: 'REJECT',
    label: 'outbound.reject',
    command: 'reject',
    run: (controller, { id }) => controller.call(id, (calls) => calls.reject(id)),
  },
  {
    verb: 'CLOSE',
    label: 'outbound.close',
    command: 'close',
    run: (controller, { id }) => controller.call(id, (calls) => calls.close(id)),
  },
];

export const RECLASSIFY: OutboundAction = {
  verb: 'RECLASSIFY',
  label: 'outbound.reclassify',
  command: 'reclassify',
  run: (controller, { id }, word) => controller.call(id, (calls) => calls.reclassify(id, word)),
};

/** `text`: the time and the number, parted by a blank; an empty number stays as it was. */
export const SCHEDULE: OutboundAction = {
  verb: 'UPDATE_SCHEDULED_CALLBACK',
  label: 'outbound.callback',
  command: 'callback',
  run: (controller, { id }, text) => {
    const [time = '', number = ''] = text.split(' ');
    return controller.call(id, (calls) =>
      calls.scheduleCallback(id, { time, ...(number === '' ? {} : { number }) }),
    );
  },
};

export const CANCEL_CALLBACK: OutboundAction = {
  verb: 'CANCEL_SCHEDULED_CALLBACK',
  label: 'outbound.cancelCallback',
  command: 'cancel-callback',
  run: (controller, { id }) => controller.call(id, (calls) => calls.cancelCallback(id)),
};
