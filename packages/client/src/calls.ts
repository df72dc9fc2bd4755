import { type Element, element } from '@poise/xml';
import { localError } from './api-error.ts';
import {
  type CallVariable,
  type Dialog,
  readDialog,
  readDialogs,
  type ScheduledCallback,
} from './objects/dialog.ts';
import type { Expectation } from './pending-actions.ts';
import type { Update } from './update.ts';

/** What the calls need of the client. */
export interface CallsDependencies {
  readonly act: (
    method: 'PUT' | 'POST',
    path: string,
    body: Element,
    expectation: Expectation,
  ) => Promise<Update>;
  readonly get: (path: string) => Promise<Element>;
  /** `/User/<own id>`. */
  readonly ownPath: () => Promise<string>;
  /** The own extension; '' while signed out. */
  readonly ownExtension: () => Promise<string>;
}

/** What {@link Calls.updateData} may change. */
export interface CallDataChange {
  readonly variables?: readonly CallVariable[];
  /** Label of the reason, not its id. */
  readonly wrapUpReason?: string;
}

/** A dialog, or its id. */
export type DialogOrId = Dialog | string;

/**
 * Call control of the own user. Each request resolves with the Dialog of the event that carries its requestId, and
 * rejects with ApiError when the server or the telephone system refuses it. What a party may ask for stands in
 * its `actions`.
 */
export class Calls {
  readonly #d: CallsDependencies;

  constructor(dependencies: CallsDependencies) {
    this.#d = dependencies;
  }

  /** One dialog that the user takes part in. */
  async get(id: string): Promise<Dialog> {
    return readDialog(await this.#d.get(`/Dialog/${encodeURIComponent(id)}`));
  }

  /** The own voice dialogs. */
  async list(): Promise<Dialog[]> {
    return readDialogs(await this.#d.get(`${await this.#d.ownPath()}/Dialogs`));
  }

  /** Calls a number; resolves with the new dialog. Variables go with the call (CCE). */
  make(toAddress: string, variables: readonly CallVariable[] = []): Promise<Dialog> {
    return this.#create('MAKE_CALL', [leaf('toAddress', toAddress), ...mediaProperties({ variables })]);
  }

  answer(dialog: DialogOrId): Promise<Dialog> {
    return this.#request(dialog, 'ANSWER');
  }

  hold(dialog: DialogOrId): Promise<Dialog> {
    return this.#request(dialog, 'HOLD');
  }

  retrieve(dialog: DialogOrId): Promise<Dialog> {
    return this.#request(dialog, 'RETRIEVE');
  }

  /** The own party leaves. */
  drop(dialog: DialogOrId): Promise<Dialog> {
    return this.#request(dialog, 'DROP');
  }

  /** Holds the call and calls another number; resolves with the dialog that was addressed. */
  consult(dialog: DialogOrId, toAddress: string): Promise<Dialog> {
    return this.#request(dialog, 'CONSULT_CALL', [leaf('toAddress', toAddress)]);
  }

  /** Connects the parties of the held dialog and of the active one, and leaves. */
  transfer(heldDialog: DialogOrId): Promise<Dialog> {
    return this.#request(heldDialog, 'TRANSFER');
  }

  /** Joins the held dialog and the active one. */
  conference(heldDialog: DialogOrId): Promise<Dialog> {
    return this.#request(heldDialog, 'CONFERENCE');
  }

  /** Sends the call to another number without asking there. */
  transferDirectly(dialog: DialogOrId, toAddress: string): Promise<Dialog> {
    return this.#request(dialog, 'TRANSFER_SST', [leaf('toAddress', toAddress)]);
  }

  /** Keys 0 to 9, *, # and, with CCE, A to D. */
  sendDtmf(dialog: DialogOrId, digits: string): Promise<Dialog> {
    return this.#request(dialog, 'SEND_DTMF', actionParams({ dtmfString: digits }));
  }

  /** Outbound option: calls the customer that the agent was reserved for. */
  accept(dialog: DialogOrId): Promise<Dialog> {
    return this.#request(dialog, 'ACCEPT');
  }

  /** Outbound option: the contact stays in the campaign. */
  reject(dialog: DialogOrId): Promise<Dialog> {
    return this.#request(dialog, 'REJECT');
  }

  /** Outbound option: the campaign calls the contact no more. */
  close(dialog: DialogOrId): Promise<Dialog> {
    return this.#request(dialog, 'CLOSE');
  }

  /** Outbound option: what answered. VOICE, FAX, ANS_MACHINE, INVALID, BUSY or DO_NOT_CALL. */
  reclassify(dialog: DialogOrId, outboundClassification: string): Promise<Dialog> {
    return this.#request(dialog, 'RECLASSIFY', actionParams({ outboundClassification }));
  }

  /** Outbound option: `time` is local at the customer, YYYY-MM-DDTHH:MM. */
  scheduleCallback(dialog: DialogOrId, { time, number }: Partial<ScheduledCallback>): Promise<Dialog> {
    return this.#request(
      dialog,
      'UPDATE_SCHEDULED_CALLBACK',
      actionParams({
        ...(time === undefined ? {} : { callbackTime: time }),
        ...(number === undefined ? {} : { callbackNumber: number }),
      }),
    );
  }

  cancelCallback(dialog: DialogOrId): Promise<Dialog> {
    return this.#request(dialog, 'CANCEL_SCHEDULED_CALLBACK');
  }

  updateData(dialog: DialogOrId, change: CallDataChange): Promise<Dialog> {
    return this.#request(dialog, 'UPDATE_CALL_DATA', mediaProperties(change));
  }

  /** CCX only. */
  startRecording(dialog: DialogOrId): Promise<Dialog> {
    return this.#request(dialog, 'START_RECORDING');
  }

  /** Removes another party of a conference (CCE). */
  async dropParticipant(dialog: DialogOrId, mediaAddress: string): Promise<Dialog> {
    return this.#put(dialog, 'PARTICIPANT_DROP', mediaAddress, []);
  }

  /** Supervisors: listens to the call of an agent; resolves with the monitor dialog. */
  silentMonitor(agentExtension: string): Promise<Dialog> {
    return this.#create('SILENT_MONITOR', [leaf('toAddress', agentExtension)]);
  }

  /** Supervisors: joins the call that is being monitored; resolves with the conference. */
  barge(agentExtension: string, monitorDialog: DialogOrId): Promise<Dialog> {
    const uri = `/finesse/api/Dialog/${idOf(monitorDialog)}`;
    return this.#create('BARGE_CALL', [leaf('toAddress', agentExtension), leaf('associatedDialogUri', uri)]);
  }

  async #create(requestedAction: string, more: readonly Element[]): Promise<Dialog> {
    const path = `${await this.#d.ownPath()}/Dialogs`;
    const body = element('Dialog', '', {}, [
      leaf('requestedAction', requestedAction),
      leaf('fromAddress', await this.#d.ownExtension()),
      ...more,
    ]);
    return dialogOf(await this.#d.act('POST', path, body, ANY_DIALOG));
  }

  async #request(
    dialog: DialogOrId,
    requestedAction: string,
    more: readonly Element[] = [],
  ): Promise<Dialog> {
    return this.#put(dialog, requestedAction, await this.#d.ownExtension(), more);
  }

  async #put(
    dialog: DialogOrId,
    requestedAction: string,
    targetMediaAddress: string,
    more: readonly Element[],
  ): Promise<Dialog> {
    const body = element('Dialog', '', {}, [
      leaf('requestedAction', requestedAction),
      leaf('targetMediaAddress', targetMediaAddress),
      ...more,
    ]);
    return dialogOf(
      await this.#d.act('PUT', `/Dialog/${encodeURIComponent(idOf(dialog))}`, body, ANY_DIALOG),
    );
  }
}

const ANY_DIALOG: Expectation = {
  accepts: ({ data }) => data.type === 'dialog' || (data.type === 'dialogs' && data.dialogs.length > 0),
};

function dialogOf({ data, requestId }: Update): Dialog {
  if (data.type === 'dialog') return data.dialog;
  const [first] = data.type === 'dialogs' ? data.dialogs : [];
  if (first === undefined) throw localError(502, 'Bad Reply', 'the event carries no dialog', requestId);
  return first;
}

function actionParams(values: Readonly<Record<string, string>>): Element[] {
  const parameters = Object.entries(values).map(([name, value]) =>
    element('ActionParam', '', {}, [leaf('name', name), leaf('value', value)]),
  );
  return [element('actionParams', '', {}, parameters)];
}

function mediaProperties({ variables = [], wrapUpReason }: CallDataChange): Element[] {
  if (variables.length === 0 && wrapUpReason === undefined) return [];
  const callVariables = variables.map(({ name, value }) =>
    element('CallVariable', '', {}, [leaf('name', name), leaf('value', value)]),
  );
  return [
    element('mediaProperties', '', {}, [
      ...(wrapUpReason === undefined ? [] : [leaf('wrapUpReason', wrapUpReason)]),
      ...(callVariables.length === 0 ? [] : [element('callvariables', '', {}, callVariables)]),
    ]),
  ];
}

const idOf = (dialog: DialogOrId): string => (typeof dialog === 'string' ? dialog : dialog.id);

function leaf(name: string, text: string): Element {
  return element(name, '', {}, [text]);
}
