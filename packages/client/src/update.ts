import { Element, parse, serialize } from '@poise/xml';
import { type ApiErrorDetail, readApiErrors } from './api-error.ts';
import { type Dialog, readDialog, readDialogs } from './objects/dialog.ts';
import { type Queue, readQueue, readQueues } from './objects/queue.ts';
import { readSystemInfo, type SystemInfo } from './objects/system-info.ts';
import { readTeamMessage, type TeamMessage } from './objects/team-message.ts';
import { readTeam, readUser, type Team, type User } from './objects/user.ts';

/** What an Update carries, told apart by `type`. */
export type UpdateData =
  | { readonly type: 'user'; readonly user: User }
  | { readonly type: 'dialog'; readonly dialog: Dialog }
  | { readonly type: 'dialogs'; readonly dialogs: readonly Dialog[] }
  | { readonly type: 'team'; readonly team: Team }
  | { readonly type: 'queue'; readonly queue: Queue }
  | { readonly type: 'queues'; readonly queues: readonly Queue[] }
  | { readonly type: 'teamMessage'; readonly teamMessage: TeamMessage }
  | { readonly type: 'systemInfo'; readonly systemInfo: SystemInfo }
  | { readonly type: 'apiErrors'; readonly errors: readonly ApiErrorDetail[] }
  /** An object that this SDK has no type for (media, devices …), or that does not say which one it is. */
  | { readonly type: 'other'; readonly element: Element }
  /** A deleted object, or a request without data. */
  | { readonly type: 'none' };

/** A notification: what changed, how, and which request caused it. */
export interface Update {
  /** The node, e.g. `/finesse/api/User/2001`. */
  readonly node: string;
  readonly event: 'POST' | 'PUT' | 'DELETE' | (string & {});
  /** The header of the request that caused the change; '' when there was none. */
  readonly requestId: string;
  /** URI of the changed resource. */
  readonly source: string;
  readonly data: UpdateData;
}

/** An event as the server wrote it, for those who read it their own way. */
export interface Notification {
  readonly node: string;
  /** Text of the Update. */
  readonly xml: string;
}

/** One Update is at most this large; a team of a thousand members has its place. */
const UPDATE_LIMITS = { bytesMax: 4_194_304, textLengthMax: 4_194_304, depthMax: 64 } as const;

/** Reads the payload of a `notification`: escaped XML text. Throws XmlError. */
export function readUpdate(node: string, payload: string | Element): Update {
  const root = payload instanceof Element ? payload : parsePayload(payload);
  const value = (name: string) => root.child(name)?.text.trim() ?? '';
  return {
    node,
    // Upper case in updates of objects, lower case in errors.
    event: value('event').toUpperCase(),
    requestId: value('requestId'),
    source: value('source'),
    data: readData(root.child('data')?.elements()[0]),
  };
}

function parsePayload(payload: string): Element {
  return parse(payload.trim(), { ...UPDATE_LIMITS, declaration: 'allow', comments: 'skip' });
}

function readData(element: Element | undefined): UpdateData {
  if (element === undefined) return { type: 'none' };
  // The first letter is lower case except in a few places of some releases.
  switch (element.name.charAt(0).toLowerCase() + element.name.slice(1)) {
    case 'user': {
      const user = readUser(element);
      return user.loginId === '' ? { type: 'other', element } : { type: 'user', user };
    }
    case 'dialog': {
      const dialog = readDialog(element);
      return dialog.id === '' ? { type: 'other', element } : { type: 'dialog', dialog };
    }
    case 'dialogs':
      return { type: 'dialogs', dialogs: readDialogs(element) };
    case 'team':
      return { type: 'team', team: readTeam(element) };
    case 'queue':
      return { type: 'queue', queue: readQueue(element) };
    case 'queues':
      return { type: 'queues', queues: readQueues(element) };
    case 'teamMessage':
      return { type: 'teamMessage', teamMessage: readTeamMessage(element) };
    case 'systemInfo':
      return { type: 'systemInfo', systemInfo: readSystemInfo(element) };
    case 'apiErrors':
      return { type: 'apiErrors', errors: readApiErrors(element) };
    default:
      return { type: 'other', element };
  }
}

const NS_PUBSUB_EVENT = 'http://jabber.org/protocol/pubsub#event';

/**
 * The Updates of a message of the pubsub service (XEP-0060 7.1.2): each item's `notification`, whose
 * namespace depends on the release. Items that cannot be read are handed to `onProblem`; the others count. `onNotification` gets
 * the text of each, too.
 */
export function readEventMessage(
  message: Element,
  onProblem: (error: unknown) => void,
  onNotification: (notification: Notification, root: Element) => void = () => {},
): Update[] {
  const updates: Update[] = [];
  for (const items of message.child('event', NS_PUBSUB_EVENT)?.elements('items') ?? []) {
    for (const item of items.elements('item')) {
      const notification = item.child('notification');
      if (notification === undefined) continue;
      try {
        const node = items.attr('node') ?? '';
        const inner = notification.child('Update');
        const root = inner ?? parsePayload(notification.text);
        updates.push(readUpdate(node, root));
        onNotification({ node, xml: inner ? serialize(inner) : notification.text.trim() }, root);
      } catch (error) {
        onProblem(error);
      }
    }
  }
  return updates;
}
