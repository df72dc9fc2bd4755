/** A user at work: one or more sessions that keep every Update, and the REST requests that cause them. */
import { type Element, parse } from '@poise/xml';
import { type Ports, rest } from '../server.ts';
import { eventually } from './deadline.ts';
import type { XmppSession } from './xmpp-session.ts';

export interface SeenUpdate {
  readonly node: string;
  readonly event: string;
  readonly requestId: string;
  readonly source: string;
  /** The element inside `data`. */
  readonly data: Element | undefined;
  /** The payload as text. */
  readonly text: string;
}

/** Reads an Update out of the text of a message stanza. */
function updateIn(message: string): SeenUpdate | undefined {
  const payload = /<notification[^>]*>([\s\S]*?)<\/notification>/.exec(message)?.[1];
  if (payload === undefined) return undefined;
  const text = payload.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
  const root = parse(text);
  const value = (name: string) => root.child(name)?.text ?? '';
  return {
    node: /<items node="([^"]*)"/.exec(message)?.[1] ?? '',
    event: value('event'),
    requestId: value('requestId'),
    source: value('source'),
    data: root.child('data')?.elements()[0],
    text,
  };
}

/** What one session was sent, in order. */
export class UpdateLog {
  readonly updates: SeenUpdate[] = [];
  readonly #session: XmppSession;

  constructor(session: XmppSession) {
    this.#session = session;
    void this.#read();
  }

  async #read(): Promise<void> {
    for (;;) {
      try {
        const text = await this.#session.until(/<message[\s\S]*?<\/message>/, 3_600_000);
        const update = updateIn(text.slice(text.lastIndexOf('<message')));
        if (update) this.updates.push(update);
      } catch {
        return;
      }
    }
  }
}

export class UserDesk {
  readonly id: string;
  readonly extension: string;
  readonly log: UpdateLog;
  readonly #ports: Ports;
  /** Updates before this one were looked at. */
  #taken = 0;

  constructor(ports: Ports, id: string, extension: string, session: XmppSession) {
    this.#ports = ports;
    this.id = id;
    this.extension = extension;
    this.log = new UpdateLog(session);
  }

  /** Sends a request; the status of the answer is 202. @returns the one Update with its requestId */
  async act(method: string, path: string, body: string, requestId: string): Promise<SeenUpdate> {
    const answer = await this.rest(method, path, body, requestId);
    if (answer.status !== 202) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return this.answered(requestId);
  }

  rest(method: string, path: string, body?: string, requestId?: string) {
    const headers: Record<string, string> = requestId === undefined ? {} : { requestId };
    return rest({ ports: this.#ports }, this.id, method, path, body, headers);
  }

  answered(requestId: string): Promise<SeenUpdate> {
    return eventually(`the Update of ${requestId} at ${this.id}`, () =>
      this.log.updates.find((update) => update.requestId === requestId),
    );
  }

  setState(state: string, requestId: string, more = ''): Promise<SeenUpdate> {
    return this.act('PUT', `/User/${this.id}`, `<User><state>${state}</state>${more}</User>`, requestId);
  }

  signIn(requestId: string): Promise<SeenUpdate> {
    return this.setState('LOGIN', requestId, `<extension>${this.extension}</extension>`);
  }

  /** An action on a dialog, on the own leg. */
  dialog(id: string, action: string, requestId: string, more = '', target = this.extension) {
    return this.act(
      'PUT',
      `/Dialog/${id}`,
      `<Dialog><requestedAction>${action}</requestedAction><targetMediaAddress>${target}</targetMediaAddress>${more}</Dialog>`,
      requestId,
    );
  }

  /** POST on the own Dialogs: MAKE_CALL, SILENT_MONITOR, BARGE_CALL. */
  call(action: string, toAddress: string, requestId: string, more = '') {
    return this.act(
      'POST',
      `/User/${this.id}/Dialogs`,
      `<Dialog><requestedAction>${action}</requestedAction><fromAddress>${this.extension}</fromAddress><toAddress>${toAddress}</toAddress>${more}</Dialog>`,
      requestId,
    );
  }

  /** Waits for the next Update that fits, among those that were not looked at. */
  async next(what: string, fits: (update: SeenUpdate) => boolean): Promise<SeenUpdate> {
    return eventually(`${what} at ${this.id}`, () => {
      for (let i = this.#taken; i < this.log.updates.length; i++) {
        const update = this.log.updates[i]!;
        if (!fits(update)) continue;
        this.#taken = i + 1;
        return update;
      }
      return undefined;
    });
  }

  /** The next Update of the Dialogs node in which the own leg of a dialog is in this state. */
  leg(state: string, dialogId?: string): Promise<SeenUpdate> {
    return this.next(`a leg ${state}`, (update) =>
      dialogsOf(update).some(
        (dialog) =>
          (dialogId === undefined || idOf(dialog) === dialogId) && legOf(dialog, this.extension) === state,
      ),
    );
  }

  /** The next call that begins to ring here. @returns its dialog, as it is first told of */
  async rings(): Promise<Element> {
    const update = await this.next(
      'a call that rings',
      (u) =>
        u.event === 'POST' && dialogsOf(u).some((dialog) => legOf(dialog, this.extension) === 'ALERTING'),
    );
    return dialogIn(update);
  }

  /** Waits until the own User object is in this state, whether or not the way there was looked at. */
  becomes(state: string): Promise<string> {
    return eventually(`${this.id} is ${state}`, async () => {
      const { text } = await this.rest('GET', `/User/${this.id}`);
      return text.includes(`<state>${state}</state>`) ? text : undefined;
    });
  }

  /** The end of a dialog, before or after what was looked at. */
  over(dialogId: string): Promise<SeenUpdate> {
    return eventually(`the end of dialog ${dialogId} at ${this.id}`, () =>
      this.log.updates.find(
        (update) =>
          update.event === 'DELETE' && dialogsOf(update).some((dialog) => idOf(dialog) === dialogId),
      ),
    );
  }

  /** The next state of the own User object. */
  state(state: string): Promise<SeenUpdate> {
    return this.next(
      `state ${state}`,
      ({ node, data }) => node === `/finesse/api/User/${this.id}` && data?.child('state')?.text === state,
    );
  }
}

/** The dialogs inside an Update, of either form. */
export function dialogsOf({ data }: SeenUpdate): readonly Element[] {
  if (data?.name === 'dialog') return [data];
  return data?.name === 'dialogs' ? data.elements('Dialog') : [];
}

export const idOf = (dialog: Element): string => dialog.child('id')?.text ?? '';

export function participants(dialog: Element): readonly Element[] {
  return dialog.child('participants')?.elements('Participant') ?? [];
}

/** State of the participant with this address. */
export function legOf(dialog: Element, mediaAddress: string): string | undefined {
  return participants(dialog)
    .find((party) => party.child('mediaAddress')?.text === mediaAddress)
    ?.child('state')?.text;
}

export function actionsOf(dialog: Element, mediaAddress: string): readonly string[] {
  const party = participants(dialog).find((one) => one.child('mediaAddress')?.text === mediaAddress);
  return (
    party
      ?.child('actions')
      ?.elements('action')
      .map((action) => action.text) ?? []
  );
}

/** The first dialog of an Update. */
export function dialogIn(update: SeenUpdate): Element {
  const [dialog] = dialogsOf(update);
  if (!dialog) throw new Error(`no dialog in ${update.text}`);
  return dialog;
}
